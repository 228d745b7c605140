// Makes the charts of a page interactive in place: tips by mouse, touch and arrow keys, series to highlight or hide.
// The picture holds everything: marks with data-series (number) and data-tip (text); the names are those of its key.
// Where charts come later, as in JupyterLab, the event "keten-charts" asks to look again.
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

  const close = () => {
    clearTimeout(closing);
    if (current) current.classList.remove("current");
    current = null;
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
  const show = (mark, names) => {
    clearTimeout(closing);
    if (mark !== current) {
      close();
      current = mark;
      mark.classList.add("current");
    }
    about.textContent = names[mark.dataset.series] || "";
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

  const enlivened = new WeakSet();
  const enliven = (figure) => {
    if (enlivened.has(figure) || !figure.querySelector("[data-tip]")) return;
    enlivened.add(figure);
    const picture = figure.querySelector(".keten-chart");
    const region = picture.parentElement;
    const key = figure.querySelector(".chart-key.series");
    const names = key ? [...key.querySelectorAll("li")].map((item) => item.textContent) : [];
    const hidden = new Set();
    const marks = () => [...picture.querySelectorAll("[data-tip]")].filter((mark) => !hidden.has(mark.dataset.series));
    const each = (name, chosen) => {
      for (const mark of picture.querySelectorAll("[data-series]")) {
        mark.classList.toggle(name, chosen(mark.dataset.series));
      }
    };

    const point = (event) => {
      const mark = nearest(marks(), event.clientX, event.clientY);
      if (mark) show(mark, names);
      else if (current) later();
    };
    picture.addEventListener("pointermove", point);
    picture.addEventListener("pointerdown", point);
    picture.addEventListener("pointerleave", (event) => {
      if (event.pointerType === "mouse") later();
    });

    const walk = (event) => {
      const all = marks();
      if (!all.length || event.altKey || event.ctrlKey || event.metaKey) return;
      const here = picture.contains(current) ? current : null;
      const series = [...new Set(all.map((mark) => mark.dataset.series))].sort((a, b) => a - b);
      const own = here ? all.filter((mark) => mark.dataset.series === here.dataset.series) : [];
      const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -1, ArrowDown: 1 }[event.key];
      const rows = event.key === "ArrowUp" || event.key === "ArrowDown";
      let next = null;
      if (rows) {
        if (!here || series.length < 2) return;
        const other = series[(series.indexOf(here.dataset.series) + step + series.length) % series.length];
        const box = here.getBoundingClientRect();
        const far = (mark) => {
          const its = mark.getBoundingClientRect();
          return Math.hypot(its.left + its.width / 2 - box.left - box.width / 2, (its.top - box.top) / 100);
        };
        next = all.filter((mark) => mark.dataset.series === other).sort((a, b) => far(a) - far(b))[0];
      } else if (event.key === "Home" || event.key === "End") {
        const line = here ? own : all.filter((mark) => mark.dataset.series === series[0]);
        next = line[event.key === "Home" ? 0 : line.length - 1];
      } else if (step) {
        const line = here ? own : all.filter((mark) => mark.dataset.series === series[0]);
        const at = here ? line.indexOf(here) + step : step > 0 ? 0 : line.length - 1;
        next = line[Math.max(0, Math.min(line.length - 1, at))];
      }
      if (!next) return;
      event.preventDefault();
      const box = next.getBoundingClientRect();
      const frame = region.getBoundingClientRect();
      if (box.left < frame.left || box.right > frame.right) {
        region.scrollLeft += box.left + box.width / 2 - frame.left - frame.width / 2;
      }
      next.scrollIntoView({ block: "nearest", inline: "nearest" });
      show(next, names);
      live.textContent = [about.textContent, says.textContent].filter(Boolean).join(", ");
    };
    region.addEventListener("keydown", walk);
    region.addEventListener("focus", () => {
      if (!region.matches(":focus-visible")) return;
      close();
      about.textContent = "";
      says.textContent = "Loop met de pijltjestoetsen langs de cijfers; Esc sluit.";
      live.textContent = says.textContent;
      const frame = region.getBoundingClientRect();
      place(new DOMRect(frame.left, frame.top, Math.min(frame.width, 400), 0));
    });
    region.addEventListener("blur", close);

    if (!key) return;
    const direct = key.hidden;
    key.classList.toggle("named", direct);
    key.hidden = false;
    key.setAttribute("aria-label", "Reeksen tonen of verbergen");
    const restore = { type: "button", className: "all", textContent: "Toon alle reeksen", hidden: true };
    const buttons = [...key.querySelectorAll("li")].map((item, number) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...item.childNodes);
      item.append(button);
      const series = String(number);
      const light = () => each("dim", (its) => its !== series && !hidden.has(series));
      const plain = () => each("dim", () => false);
      const press = () => {
        if (!hidden.delete(series)) hidden.add(series);
        update();
        plain();
      };
      for (const [name, act] of [["mouseenter", light], ["focus", light], ["mouseleave", plain], ["blur", plain]]) {
        button.addEventListener(name, act);
      }
      button.addEventListener("click", press);
      return button;
    });
    const all = add(add(key, "li", {}), "button", restore);
    const update = () => {
      each("off", (its) => hidden.has(its));
      buttons.forEach((button, number) => button.setAttribute("aria-pressed", String(!hidden.has(String(number)))));
      all.hidden = all.parentElement.hidden = !hidden.size;
      close();
    };
    all.addEventListener("click", () => {
      hidden.clear();
      buttons[0].focus();
      update();
      each("dim", () => false);
    });
    update();
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
