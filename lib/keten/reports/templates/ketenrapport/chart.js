// Makes the charts of a page interactive in place: tips by mouse, touch and arrow keys, a tone per point, pictures to keep.
// The drawing holds everything: marks with data-tip (text; in the narrow drawing data-at, its place in the wide one), in groups
// with data-name; in a page those of a group are one path, with the texts as one list in data-tips (see light_charts.py, which
// writes what `unpack` reads). Where charts come later, as in JupyterLab, the event "keten-charts" asks to look again.
"use strict";
(() => {
  const home = document.querySelector(".chart-home") || document.querySelector("main") || document.body;
  const add = (parent, tag, properties) => parent.appendChild(Object.assign(document.createElement(tag), properties));
  const tip = add(home, "div", { className: "chart-tip", hidden: true });
  const about = add(tip, "b", {});
  const says = add(tip, "span", {});
  const live = add(home, "div", { className: "chart-live" });
  live.setAttribute("role", "status");
  let current = null;
  let closing = 0;
  let sound = null;

  const group = (mark) => mark.closest("[data-name]");
  const dim = (chosen) => {
    const all = chosen ? [...chosen.ownerSVGElement.querySelectorAll("[data-name]")] : [];
    document.querySelectorAll(".keten-chart .dim").forEach((one) => one.classList.remove("dim"));
    all.forEach((one) => one.classList.toggle("dim", one !== chosen));
  };
  const close = () => {
    clearTimeout(closing);
    if (current) current.classList.remove("current");
    current = null;
    dim(null);
    tip.hidden = true;
  };
  const later = () => {
    clearTimeout(closing);
    closing = setTimeout(close, 250);
  };
  const place = (box) => {
    tip.hidden = false;
    const { offsetWidth: width, offsetHeight: height } = tip;
    const page = document.documentElement;
    const left = Math.min(box.left + box.width / 2 - width / 2, page.clientWidth - width - 8);
    const above = box.top - height - 10;
    const below = Math.min(box.bottom + 10, window.innerHeight - height - 8);
    tip.style.left = Math.max(8, left) + "px";
    tip.style.top = (above >= 8 ? above : Math.max(8, below)) + "px";
  };
  const show = (mark) => {
    clearTimeout(closing);
    if (mark !== current) {
      close();
      current = mark;
      mark.classList.add("current");
      if (mark.localName === "circle") dim(group(mark));
    }
    about.textContent = group(mark) ? group(mark).dataset.name : "";
    says.textContent = mark.dataset.tip;
    place(mark.getBoundingClientRect());
  };
  // How far a mark lies from the pointer; of marks on top of each other the smallest is meant.
  const distance = (box, x, y) =>
    Math.hypot(Math.max(box.left - x, 0, x - box.right), Math.max(box.top - y, 0, y - box.bottom));
  const nearest = (marks, x, y) => {
    let best = null;
    for (const mark of marks) {
      const box = mark.getBoundingClientRect();
      const found = { mark, far: distance(box, x, y), size: box.width * box.height };
      const middle = Math.hypot(box.left + box.width / 2 - x, box.top + box.height / 2 - y);
      found.rank = found.far + (mark.localName === "circle" ? middle / 1e3 : found.size / 1e6);
      if (!best || found.rank < best.rank) best = found;
    }
    return best && best.far <= (best.mark.localName === "circle" ? 24 : 6) ? best.mark : null;
  };
  // A short tone, two octaves from the lowest to the highest mark of the drawing.
  const tone = (mark, all) => {
    const high = (one) => {
      const box = one.getBoundingClientRect();
      return one.localName === "rect" && box.width > box.height ? box.width : -box.top;
    };
    const known = all.map(high);
    const least = Math.min(...known);
    const at = (high(mark) - least) / (Math.max(...known) - least || 1);
    const now = sound.currentTime;
    const voice = sound.createOscillator();
    const volume = sound.createGain();
    voice.frequency.value = 220 * 4 ** at;
    volume.gain.setValueAtTime(0.15, now);
    volume.gain.exponentialRampToValueAtTime(0.001, now + 0.25);
    voice.connect(volume).connect(sound.destination);
    voice.start(now);
    voice.stop(now + 0.25);
  };
  const tell = (words) => {
    about.textContent = "";
    says.textContent = words;
    live.textContent = words;
  };

  // -- a picture to keep: headline, subtitle, drawing, notes and source, as in the page --
  const broken = (words, room, font) => {
    const pen = document.createElement("canvas").getContext("2d");
    pen.font = font;
    const lines = [];
    for (const word of words.split(/\s+/).filter(Boolean)) {
      const longer = lines.length ? `${lines[lines.length - 1]} ${word}` : word;
      if (lines.length && pen.measureText(longer).width <= room) lines[lines.length - 1] = longer;
      else lines.push(word);
    }
    return lines;
  };
  const picture = (figure) => {
    const chart = figure.querySelector(".keten-chart.wide").cloneNode(true);
    const [width, height] = ["width", "height"].map((name) => Number(chart.getAttribute(name)));
    chart.querySelectorAll("circle").forEach((one) => one.remove());
    for (const one of [chart, ...chart.querySelectorAll("*")]) {
      for (const name of ["class", "data-tip", "data-name", "aria-label", "role"]) one.removeAttribute(name);
    }
    const space = "http://www.w3.org/2000/svg";
    const whole = document.createElementNS(space, "svg");
    let y = 16;
    const write = (words, size, colour, bold) => {
      for (const line of broken(words, width, `${bold ? "bold " : ""}${size}px Arial, Helvetica, sans-serif`)) {
        const text = document.createElementNS(space, "text");
        y += size;
        for (const [name, value] of [["x", 16], ["y", y], ["font-size", size], ["fill", colour]]) {
          text.setAttribute(name, value);
        }
        if (bold) text.setAttribute("font-weight", "bold");
        text.textContent = line;
        whole.append(text);
        y += size * 0.35;
      }
    };
    const words = (part) => [...figure.querySelectorAll(part)].map((one) => one.textContent.trim());
    const paper = document.createElementNS(space, "rect");
    for (const [name, value] of [["width", "100%"], ["height", "100%"], ["fill", "white"]]) paper.setAttribute(name, value);
    whole.append(paper);
    write(words(".title")[0], 20, "#154273", true);
    write(words(".subtitle").join(" "), 15, "#595959");
    y += 12;
    chart.setAttribute("x", 16);
    chart.setAttribute("y", y);
    whole.append(chart);
    y += height + 12;
    words("ol.events li").forEach((line, place) => write(`${place + 1}. ${line}`, 13, "#333333"));
    for (const part of [".note", ".source"]) write(words(part).join(" "), 13, "#595959");
    const size = [width + 32, Math.ceil(y + 12)];
    whole.setAttribute("viewBox", `0 0 ${size.join(" ")}`);
    whole.setAttribute("width", size[0]);
    whole.setAttribute("height", size[1]);
    whole.setAttribute("font-family", "Arial, Helvetica, sans-serif");
    return { text: new XMLSerializer().serializeToString(whole), size };
  };
  const hand = (blob, name) => {
    const link = add(home, "a", { href: URL.createObjectURL(blob), download: name });
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  };
  const keep = (figure, kind) => {
    const title = figure.querySelector(".title").textContent;
    const name = title.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "").slice(0, 80) + "." + kind;
    const { text, size } = picture(figure);
    if (kind === "svg") return hand(new Blob([text], { type: "image/svg+xml" }), name);
    const image = new Image();
    image.onload = () => {
      const canvas = Object.assign(document.createElement("canvas"), { width: 2 * size[0], height: 2 * size[1] });
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      canvas.toBlob((blob) => hand(blob, name), "image/png");
    };
    image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(text);
  };

  // -- marks and their texts, out of the path and the list of a group --
  const STEPS = [
    "januari februari maart april mei juni juli augustus september oktober november december".split(" "),
    ["eerste", "tweede", "derde", "vierde"].map((which) => `${which} kwartaal`),
  ];
  const following = (period) => {
    const [, name, year] = /^(.*) (\d+)$/.exec(period) || [];
    const names = STEPS.find((one) => one.includes(name));
    const place = names && names.indexOf(name) + 1;
    return names && `${names[place % names.length]} ${Number(year) + Math.floor(place / names.length)}`;
  };
  const texts = (list) => {
    let period = "";
    let tail = "";
    return list.split("|").map((words) => {
      const [head, behind] = words.split("~");
      tail = behind ?? tail;
      const place = head.lastIndexOf(": ");
      period = place > 0 ? head.slice(0, place) : place === 0 ? following(period) : "";
      return (place === 0 ? period : "") + head + tail;
    });
  };
  const corners = (path) => {
    const wide = Number(path.getAttribute("stroke-width"));
    const upright = /M([-\d.]+),([-\d.]+)v([\d.]+)/g;
    const round = /M([-\d.]+),([-\d.]+)h([\d.]+)v([\d.]+)/g;
    const found = [...path.getAttribute("d").matchAll(wide ? upright : round)].map((one) => one.slice(1).map(Number));
    return found.map(([x, y, ...size]) => (wide ? { x: x - wide / 2, y, width: wide, height: size[0] } : { x, y, width: size[0], height: size[1] }));
  };
  const places = (path) => {
    const drawn = path.parentNode.querySelectorAll('path[fill="none"], path[transform]');
    const from = path.hasAttribute("d") ? [path] : [...drawn];
    const told = from.map((one) => one.getAttribute("transform") || one.getAttribute("d")).join(" ");
    const found = [...told.matchAll(/([-\d.]+),([-\d.]+)|H([-\d.]+)V([-\d.]+)/g)].map((one) => [one[1] ?? one[3], one[2] ?? one[4]]);
    const once = [...new Map(found.map((one) => [one.join(), one])).values()];
    return once.sort((a, b) => a[0] - b[0]).map(([cx, cy]) => ({ cx, cy, r: 6 }));
  };
  const unpack = (drawing) => {
    drawing.querySelectorAll(".boxes, .points").forEach((path) => {
      const boxes = path.classList.contains("boxes");
      const list = path.parentNode.dataset.tips;
      const tips = list === undefined ? [] : texts(list);
      const marks = (boxes ? corners(path) : places(path)).map((looks, place) => {
        const mark = document.createElementNS("http://www.w3.org/2000/svg", boxes ? "rect" : "circle");
        if (boxes && path.hasAttribute("fill")) mark.setAttribute("fill", path.getAttribute("fill"));
        for (const [name, value] of Object.entries(looks)) mark.setAttribute(name, value);
        if (tips.length) mark.dataset.tip = tips[place];
        else mark.dataset.at = "";
        return mark;
      });
      delete path.parentNode.dataset.tips;
      path.replaceWith(...marks);
    });
  };

  const enlivened = new WeakSet();
  const enliven = (figure) => {
    const region = figure.querySelector(".picture");
    if (enlivened.has(figure) || !region) return;
    enlivened.add(figure);
    const [wide, narrow = wide] = region.children;
    [wide, narrow].forEach(unpack);
    const each = [...wide.querySelectorAll("[data-tip]")].map((mark) => mark.dataset.tip);
    const tips = [...new Set(each)];
    narrow.querySelectorAll("[data-at]").forEach((mark, place) => {
      mark.dataset.tip = mark.dataset.at ? tips[mark.dataset.at] : each[place];
    });
    const shown = () => (getComputedStyle(wide).display === "none" ? narrow : wide);
    const marks = () => [...shown().querySelectorAll("[data-tip]")];

    const point = (event) => {
      const mark = nearest(marks(), event.clientX, event.clientY);
      if (mark) show(mark);
      else if (current) later();
    };
    region.addEventListener("pointermove", point);
    region.addEventListener("pointerdown", point);
    region.addEventListener("pointerleave", (event) => {
      if (event.pointerType === "mouse") later();
    });

    const walk = (event) => {
      const all = marks();
      if (!all.length || event.altKey || event.ctrlKey || event.metaKey) return;
      if (event.key === "g") {
        sound = sound ? null : new AudioContext();
        tell(sound ? "Geluid aan: een hogere toon is een hoger cijfer." : "Geluid uit.");
        place(region.getBoundingClientRect());
        return;
      }
      const here = region.contains(current) ? current : null;
      const lines = [...new Set(all.map(group))];
      const own = here ? all.filter((mark) => group(mark) === group(here)) : all.filter((mark) => group(mark) === lines[0]);
      const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -1, ArrowDown: 1 }[event.key];
      let next = null;
      if ((event.key === "ArrowUp" || event.key === "ArrowDown") && lines.length > 1) {
        if (!here) return;
        const other = lines[(lines.indexOf(group(here)) + step + lines.length) % lines.length];
        const box = here.getBoundingClientRect();
        const far = (mark) => {
          const its = mark.getBoundingClientRect();
          return Math.hypot(its.left + its.width / 2 - box.left - box.width / 2, (its.top - box.top) / 100);
        };
        next = all.filter((mark) => group(mark) === other).sort((a, b) => far(a) - far(b))[0];
      } else if (event.key === "Home" || event.key === "End") {
        next = own[event.key === "Home" ? 0 : own.length - 1];
      } else if (step) {
        const at = here ? own.indexOf(here) + step : step > 0 ? 0 : own.length - 1;
        next = own[Math.max(0, Math.min(own.length - 1, at))];
      }
      if (!next) return;
      event.preventDefault();
      next.scrollIntoView({ block: "nearest", inline: "nearest" });
      show(next);
      if (sound) tone(next, all);
      live.textContent = [about.textContent, says.textContent].filter(Boolean).join(", ");
    };
    region.addEventListener("keydown", walk);
    region.addEventListener("focus", () => {
      if (!region.matches(":focus-visible")) return;
      close();
      tell("Loop met de pijltjestoetsen langs de cijfers; g zet geluid aan; Esc sluit.");
      const frame = region.getBoundingClientRect();
      place(new DOMRect(frame.left, frame.top, Math.min(frame.width, 400), 0));
    });
    region.addEventListener("blur", close);

    const row = figure.querySelector(".more") || figure;
    const kept = add(row, "details", { className: "chart-keep" });
    add(kept, "summary", { textContent: "Bewaar grafiek" });
    add(kept.firstChild, "span", { className: "visually-hidden", textContent: `: ${figure.querySelector(".title").textContent}` });
    for (const kind of ["png", "svg"]) {
      add(kept, "button", { type: "button", textContent: kind.toUpperCase() }).addEventListener("click", () => keep(figure, kind));
    }
  };

  tip.addEventListener("pointerenter", () => clearTimeout(closing));
  tip.addEventListener("pointerleave", later);
  const follow = () => {
    if (!current) return;
    const box = current.getBoundingClientRect();
    if (box.bottom < 0 || box.top > window.innerHeight) close();
    else place(box);
  };
  document.addEventListener("scroll", follow, { capture: true, passive: true });
  window.addEventListener("resize", close);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
  });
  document.addEventListener("pointerdown", (event) => {
    if (!event.target.closest(".keten-chart, .chart-tip")) close();
  });
  const look = () => {
    if (current && !current.isConnected) close();
    document.querySelectorAll("figure.chart").forEach(enliven);
  };
  document.addEventListener("keten-charts", look);
  look();
})();
