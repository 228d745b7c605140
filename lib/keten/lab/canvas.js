// The part of the exploring panel that the browser draws: the charts, and the buttons that give figures away.
// `vegaEmbed` comes with the bundle that canvas.py makes, so that nothing is fetched.
const BRUSH = "tijdvak";

function options(model) {
  return {
    actions: false,
    renderer: "svg",
    tooltip: { theme: "custom", disableDefaultStyle: true, id: "keten-tip" },
    formatLocale: model.get("number_locale"),
    timeFormatLocale: model.get("time_locale"),
  };
}

// One chart after another: a newer specification waits for the older one and replaces it.
function drawer(model, place, name, listen) {
  let busy = Promise.resolve();
  let view = null;
  const draw = async () => {
    const spec = model.get(name);
    if (view) view.finalize();
    view = null;
    place.replaceChildren();
    place.hidden = !Object.keys(spec).length;
    if (place.hidden) return;
    const inner = place.appendChild(document.createElement("div"));
    view = (await vegaEmbed(inner, spec, options(model))).view;
    const picture = inner.querySelector("svg");
    picture.setAttribute("role", "img");
    picture.setAttribute("aria-label", model.get("words")[name] || "");
    picture.querySelectorAll("[role], [aria-label]").forEach((part) => {
      for (const attribute of ["role", "aria-label", "aria-roledescription"]) part.removeAttribute(attribute);
    });
    listen(view);
  };
  const later = () => (busy = busy.then(draw, draw)); // also after one that failed
  model.on(`change:${name}`, later);
  later();
  return () => {
    model.off(`change:${name}`, later);
    if (view) view.finalize();
  };
}

function pickOnClick(model, view) {
  view.addEventListener("click", (event, item) => {
    const datum = item && item.datum;
    const name = datum && (datum.category || datum.name);
    if (!name) return;
    model.set("picked", model.get("picked") === name ? "" : name);
    model.save_changes();
  });
}

function sendBrush(model, view) {
  let timer = 0;
  view.addSignalListener(BRUSH, (name, value) => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const days = (value.time || []).map((moment) => new Date(moment).toLocaleDateString("sv-SE"));
      model.set("brush", days.sort());
      model.save_changes();
    }, 120);
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
  const ends = [
    drawer(model, place("keten-trend"), "trend", (view) => {
      pickOnClick(model, view);
      sendBrush(model, view);
    }),
    drawer(model, place("keten-ranking"), "ranking", (view) => pickOnClick(model, view)),
  ];
  return () => ends.forEach((end) => end());
}

export default { render };
