// The part of the exploring panel that the browser does: the charts, and the buttons that give figures away.
// The charts come drawn; here they answer to the mouse. Each mark with a tip stands for a period or a category, in order.
const DRAG = 5; // pixels from which a movement is no click

function marksOf(place) {
  const groups = [...place.querySelectorAll("svg.keten-chart [data-name]")];
  return groups.map((group) => ({ group, marks: [...group.querySelectorAll("[data-tip]")] }));
}

function middle(mark) {
  const box = mark.getBoundingClientRect();
  return box.left + box.width / 2;
}

// Where the periods of the lines stand, from left to right.
function moments(model, place) {
  const periods = model.get("periods");
  return marksOf(place)
    .flatMap(({ group, marks }) =>
      marks.map((mark, index) => ({ at: middle(mark), period: (periods[group.dataset.name] || [])[index] })),
    )
    .filter(({ period }) => period)
    .sort((a, b) => a.at - b.at);
}

function pick(model, name) {
  if (!name) return;
  model.set("picked", model.get("picked") === name ? "" : name);
  model.save_changes();
}

function fade(model, trend, ranking) {
  const picked = model.get("picked");
  const known = model.get("periods");
  for (const { group } of marksOf(trend)) {
    group.classList.toggle("keten-faded", Boolean(picked) && group.dataset.name in known && group.dataset.name !== picked);
  }
  for (const { marks } of marksOf(ranking).slice(0, 1)) {
    marks.forEach((mark, index) =>
      mark.classList.toggle("keten-faded", Boolean(picked) && model.get("categories")[index] !== picked),
    );
  }
}

function band(picture, from, to) {
  picture.querySelectorAll(".keten-band").forEach((one) => one.remove());
  if (from === to) return;
  const box = picture.getBoundingClientRect();
  const scale = picture.viewBox.baseVal.width / (box.width || 1);
  const made = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  const size = { x: (from - box.left) * scale, y: 0, width: (to - from) * scale, height: picture.viewBox.baseVal.height - 28 };
  for (const [name, value] of Object.entries(size)) made.setAttribute(name, value);
  made.setAttribute("class", "keten-band");
  picture.prepend(made);
}

function showBrush(model, place) {
  const picture = place.querySelector("svg.keten-chart");
  if (!picture) return;
  const [first, last] = model.get("brush");
  const known = moments(model, place);
  const from = known.find(({ period }) => period === first);
  const to = known.findLast(({ period }) => period === last);
  band(picture, from && to ? from.at - 4 : 0, from && to ? to.at + 4 : 0);
}

// A drag over the lines chooses the periods below it; a click chooses a line.
function listenToTrend(model, place) {
  let start = null;
  let moved = false;
  place.addEventListener("pointerdown", (event) => {
    if (event.button || !event.target.closest("svg.keten-chart")) return;
    start = event.clientX;
    moved = false;
  });
  place.addEventListener("pointermove", (event) => {
    const picture = place.querySelector("svg.keten-chart");
    if (start === null || !picture) return;
    moved = moved || Math.abs(event.clientX - start) > DRAG;
    if (moved) {
      place.setPointerCapture(event.pointerId);
      band(picture, Math.min(start, event.clientX), Math.max(start, event.clientX));
    }
  });
  place.addEventListener("pointerup", (event) => {
    if (start === null) return;
    const [from, to] = [Math.min(start, event.clientX), Math.max(start, event.clientX)];
    start = null;
    if (!moved) {
      const group = event.target.closest("[data-name]");
      const name = group && group.dataset.name;
      return pick(model, name in model.get("periods") ? name : "");
    }
    const inside = moments(model, place).filter(({ at }) => at >= from && at <= to);
    model.set("brush", inside.length ? [inside[0].period, inside[inside.length - 1].period] : []);
    model.save_changes();
    showBrush(model, place);
  });
}

function listenToRanking(model, place) {
  place.addEventListener("click", (event) => {
    const mark = event.target.closest("[data-tip]");
    const every = marksOf(place).map(({ marks }) => marks.indexOf(mark));
    const index = every.find((at) => at >= 0);
    if (mark && index !== undefined) pick(model, model.get("categories")[index]);
  });
}

function download(name, type, bytes) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([bytes], { type }));
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

// Where a page is not served by this machine or over https, browsers have no clipboard for pictures.
function copyOldWay(parts) {
  const put = (event) => {
    event.preventDefault();
    for (const [type, text] of Object.entries(parts)) event.clipboardData.setData(type, text);
  };
  document.addEventListener("copy", put);
  const done = document.execCommand("copy");
  document.removeEventListener("copy", put);
  if (!done) throw new Error("copy");
}

async function copy(types, answer) {
  const blob = (type) => answer.then(({ parts }) => new Blob([parts[type]], { type }));
  if (navigator.clipboard && window.ClipboardItem) {
    const item = new ClipboardItem(Object.fromEntries(types.map((type) => [type, blob(type)])));
    await Promise.all([answer, navigator.clipboard.write([item])]);
  } else {
    const { parts } = await answer;
    if (types.includes("image/png")) throw new Error("copy");
    copyOldWay(parts);
  }
}

function asker(model) {
  const waiting = new Map();
  let number = 0;
  model.on("msg:custom", (message, buffers) => {
    const settle = waiting.get(message.number);
    if (!settle) return;
    waiting.delete(message.number);
    if (message.fault) return settle.reject(new Error(message.fault));
    const parts = Object.fromEntries(message.types.map((type, place) => [type, buffers[place].buffer || buffers[place]]));
    settle.resolve({ name: message.name, parts });
  });
  return (action) =>
    new Promise((resolve, reject) => {
      waiting.set(++number, { resolve, reject });
      model.send({ action, number });
    });
}

function buttons(model, place) {
  const ask = asker(model);
  const status = document.createElement("span");
  status.className = "keten-said";
  status.setAttribute("role", "status");
  for (const { action, label, types, kind } of model.get("actions")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "keten-button";
    button.dataset.action = action;
    button.textContent = label;
    button.onclick = async () => {
      status.textContent = "";
      try {
        const answer = ask(action);
        if (kind === "copy") {
          await copy(types, answer);
          status.textContent = "Gekopieerd: plak het met Ctrl+V.";
        } else {
          const { name, parts } = await answer;
          download(name, types[0], parts[types[0]]);
          status.textContent = `Bewaard in de map met downloads: ${name}`;
        }
      } catch (error) {
        status.textContent = model.get("faults")[error.message] || error.message;
      }
    };
    place.append(button);
  }
  place.append(status);
}

function render({ model, el }) {
  el.classList.add("keten-canvas");
  const part = (name) => {
    const made = el.appendChild(document.createElement("div"));
    made.className = name;
    return made;
  };
  const charts = part("keten-charts");
  const row = part("keten-buttons");
  row.setAttribute("role", "group");
  row.setAttribute("aria-label", "Grafiek en tabel meenemen");
  const place = (name) => {
    const made = charts.appendChild(document.createElement("div"));
    made.className = name;
    return made;
  };
  buttons(model, row);
  const [trend, ranking] = [place("keten-trend keten"), place("keten-ranking keten")];
  const drawn = new Map();
  const draw = () => {
    for (const [name, where] of [["trend", trend], ["ranking", ranking]]) {
      const html = model.get(name);
      if (drawn.get(where) === html) continue;
      drawn.set(where, html);
      where.innerHTML = html;
      where.hidden = !html;
    }
    fade(model, trend, ranking);
    showBrush(model, trend);
    document.dispatchEvent(new Event("keten-charts"));
  };
  listenToTrend(model, trend);
  listenToRanking(model, ranking);
  const seen = ["trend", "ranking", "periods", "categories", "picked", "brush"].map((name) => `change:${name}`).join(" ");
  model.on(seen, draw);
  draw();
  return () => model.off(seen, draw);
}

export default { render };
