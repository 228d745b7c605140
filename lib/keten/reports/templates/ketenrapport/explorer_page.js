/* The page around the answers: what a reader chooses, sees and takes along. */
const Pagina = (() => {
  const $ = (id) => document.getElementById(id);
  const COLOURS = ["#154273", "#e17000", "#007bc7", "#a90061", "#94710a", "#8a63c4", "#696969"];
  const INKS = {"#e17000": "#a94f00", "#007bc7": "#0068a8", "#94710a": "#7d5f08", "#8a63c4": "#7450b0", "#696969": "#595959"};
  const DASHES = ["", "7 3", "2 2", "9 3 2 3", "12 5", "4 2", "6 2 2 2 2 2"];
  const KINDS = {month: "maand", quarter: "kwartaal", half_year: "halfjaar", year: "jaar", span: "tijdvak", date: "peildatum"};
  const KIND_WORDS = {maand: "month", kwartaal: "quarter", halfjaar: "half_year", jaar: "year", kwartalen: "quarter", maanden: "month", jaren: "year"};
  const YEAR = /^(19|20)\d\d$/;
  const START = ["asylum_first_applications", "asylum_inflow_total"];
  let view, told;

  function make(tag, attributes = {}, ...children) {
    const svg = ["svg", "g", "path", "line", "text", "circle", "title", "desc"].includes(tag);
    const element = svg ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) if (value !== "" && value !== null) element.setAttribute(name, value);
    element.append(...children);
    return element;
  }
  const empty = (element, ...children) => { element.replaceChildren(...children); return element; };

  // -- the view and the address --
  const kindsOf = (one) => [...(Verken.of(one.measure, one.by, one.whole)?.kinds.keys() || [])];
  function periodsOf(one) {
    const found = Verken.of(one.measure, one.by, one.whole);
    return (found.kinds.get(one.kind) || []).filter((at) => found.spoken.has(at)).map((at) => Verken.data.periods[at]);
  }
  const breakdowns = (measure, whole) => Verken.data.subjects.filter((raw) => raw.m === measure && raw.w === whole).map((raw) => raw.b);
  const wholes = (measure) => Verken.data.subjects.filter((raw) => raw.m === measure && raw.w).map((raw) => raw.w).filter((one, at, all) => all.indexOf(one) === at);

  /* The view with what does not exist replaced by the nearest that does. */
  function fitting(wanted) {
    const one = {names: [], whole: "", by: "", since: "", ...wanted};
    if (!Verken.data.measures[one.measure]) one.measure = START.find((name) => Verken.data.measures[name]) || Verken.data.subjects[0].m;
    if (!wholes(one.measure).includes(one.whole)) one.whole = "";
    const present = breakdowns(one.measure, one.whole);
    if (!present.includes(one.by)) one.by = present[0];
    const found = Verken.of(one.measure, one.by, one.whole), kinds = kindsOf(one);
    one.names = one.by ? [...new Set(one.names)].filter((name) => found.panels.has(name)) : [];
    if (!kinds.includes(one.kind)) {
      const ends = Verken.data.texted.get(Verken.data.edition)?.[6] || "9";
      one.kind = kinds.find((kind) => found.kinds.get(kind).some((at) => Verken.data.periods[at][6] === ends) && kind === Verken.data.texted.get(Verken.data.edition)?.[1])
        || kinds.find((kind) => kind === "year") || kinds[0];
    }
    const periods = periodsOf(one);
    if (!periods.some((period) => period[0] === one.period)) {
      const withFigure = periods.filter((period) => [...found.panels].some(([name, of]) => (!one.names.length || one.names.includes(name)) && of.get(Verken.data.numbers.get(period[0]))?.now.value != null));
      const end = Verken.data.texted.get(one.period)?.[6];
      const latest = withFigure.length ? withFigure : periods;
      one.period = (end ? latest.filter((period) => period[6] <= end).at(-1) || latest[0] : latest.at(-1))[0];
    }
    return one;
  }
  function address(one) {
    const pairs = [["m", one.measure], ["w", one.whole], ["d", one.by], ...one.names.map((name) => ["n", name]),
                   ["k", one.kind], ["p", one.period], ["s", one.since]].filter(([, value]) => value);
    return "#" + pairs.map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join("&");
  }
  function ofAddress(text) {
    const one = {names: []}, keys = {m: "measure", w: "whole", d: "by", k: "kind", p: "period", s: "since"};
    for (const pair of text.replace(/^#/, "").split("&")) {
      const [key, ...rest] = pair.split("=");
      let value;
      try { value = decodeURIComponent(rest.join("=")); } catch { continue; }
      if (key === "n") one.names.push(value);
      else if (keys[key]) one[keys[key]] = value;
    }
    if (one.names.length && one.by === undefined && one.measure) {
      one.by = breakdowns(one.measure, one.whole || "").find((by) => one.names.every((name) => Verken.of(one.measure, by, one.whole || "")?.panels.has(name)));
    }
    return one;
  }
  function show(wanted, push = true) {
    view = fitting(wanted);
    if (push) history.replaceState(null, "", address(view));
    told = Verken.answer(view);
    told.series = Verken.overTime(told);
    told.ids = [];
    const mine = told;
    mine.known = Verken.ids(mine).then((found) => { mine.ids = found; });
    controls();
    draw();
    document.body.dataset.ready = "yes";
  }
  const change = (part) => show({...view, ...part});

  // -- what can be chosen --
  function options(element, pairs, chosen) {
    empty(element, ...pairs.map(([value, words]) => {
      const option = make("option", {value}, words);
      option.selected = value === chosen;
      return option;
    }));
  }
  const measureName = (one) => Verken.data.measures[one].label;
  function title(one = view) {
    let label = measureName(one.measure);
    if (one.whole) label += ` als deel van ${Verken.small(measureName(one.whole))}`;
    if (one.names.length === 1) return Verken.named(label, one.names[0]);
    return one.by ? `${label} naar ${Verken.data.dimensions[one.by]}` : label;
  }
  function controls() {
    const {dimensions, periods} = Verken.data, found = told.found;
    options($("deel"), [["", "nee, de aantallen zelf"], ...wholes(view.measure).map((one) => [one, Verken.small(measureName(one))])], view.whole);
    $("deel").closest("label").hidden = !wholes(view.measure).length;
    options($("uitsplitsing"), breakdowns(view.measure, view.whole).map((by) => [by, by ? dimensions[by] : "geen (totaal)"]), view.by);
    options($("soort"), kindsOf(view).map((kind) => [kind, KINDS[kind]]), view.kind);
    options($("periode"), periodsOf(view).map((one) => [one[0], one[3]]).reverse(), view.period);
    const years = [...new Set(periodsOf(view).map((one) => one[0].slice(0, 4)))].filter((year) => year <= view.period.slice(0, 4));
    options($("sinds"), [["", "het begin"], ...years.map((year) => [year, year])], view.since);
    $("namen").hidden = !view.by;
    if (view.by) {
      const left = [...found.panels.keys()].filter((name) => !view.names.includes(name)).sort((a, b) => a.localeCompare(b, "nl"));
      options($("erbij"), [["", "kies…"], ...left.map((name) => [name, name])], "");
      $("erbij-naam").textContent = `${Verken.capital(dimensions[view.by])} toevoegen`;
      empty($("gekozen"), ...(view.names.length ? view.names.map((name) => {
        const button = make("button", {type: "button", "aria-label": `Haal ${name} weg`}, `${name} ×`);
        button.addEventListener("click", () => { change({names: view.names.filter((one) => one !== name)}); $("erbij").focus(); });
        return make("li", {}, button);
      }) : [make("li", {}, "de tien grootste")]));
    }
  }

  // -- what is seen --
  function draw() {
    const {found, rows, sentences} = told;
    $("onderwerp").textContent = title();
    document.title = `${title()}, ${told.period[3]} - Verken de cijfers`;
    empty($("zinnen"), ...sentences.slice(0, 3).map((one) => make("p", {}, one)));
    empty($("begrip"), found.about.definition || "");
    chart();
    empty($("vergelijking"), ...comparisons());
    empty($("reeks"), region("Tabel: over de tijd", seriesTable()));
    empty($("bij"), ...notes().map((one) => make("p", {class: "note"}, one)), make("p", {class: "source"}, source()));
    empty($("herkomst"), ...origins());
    $("gemeld").textContent = "";
    for (const element of document.querySelectorAll("[data-kind]")) element.hidden = !$("grafiek").firstChild;
  }
  const region = (label, table) => make("div", {class: "scroll", role: "region", tabindex: "0", "aria-label": label}, table);
  function table(name, subtitle, columns, rows) {
    const caption = make("caption", {}, make("span", {class: "title"}, name), " ", make("span", {class: "subtitle"}, subtitle));
    const head = make("tr", {}, ...columns.map((words, at) => make("th", {scope: "col", class: at ? "number" : ""}, words)));
    const body = rows.map(([first, ...cells]) => make("tr", {}, make("th", {scope: "row"}, first),
      ...cells.map(([words, missing]) => make("td", {class: missing ? "number missing" : "number"}, words))));
    return make("table", {}, caption, make("thead", {}, head), make("tbody", {}, ...body));
  }
  const unitWords = () => { const one = told.rows.map((row) => row.now.unit).find(Boolean); return one ? `In ${Verken.unitOf(one)[2]}` : ""; };
  /* Rows that are about the same periods stand in one table. */
  function grouped() {
    const groups = new Map();
    for (const row of told.rows) {
      if (row.now.gap && !row.before.length) continue;
      const key = [...row.before, row.now].map((one) => one.period[0]).join(" ");
      groups.set(key, [...(groups.get(key) || []), row]);
    }
    return [...groups.values()].map((of) => {
      const moments = [...of[0].before, of[0].now].map((one) => one.period[2]);
      const columns = [Verken.capital(view.by ? Verken.data.dimensions[view.by] : "onderwerp"), ...moments, ...moments.slice(0, -1).map((one) => `t.o.v. ${one}`)];
      const lines = of.map((row) => [row.name.replaceAll(" + ", ", ") || measureName(view.measure),
        ...[...row.before, row.now].map((one) => [Verken.cell(one, view.measure), one.value === null]),
        ...row.changes.map((one) => [Verken.changeShort(one), one.absolute === null])]);
      return {columns, lines};
    });
  }
  const comparisons = () => grouped().map(({columns, lines}) => region("Tabel: vergelijking met eerdere jaren", table("Vergeleken met eerdere jaren", unitWords(), columns, lines)));
  const seriesHeads = () => told.rows.map((row) => row.name.replaceAll(" + ", ", ") || measureName(view.measure));
  function seriesTable() {
    const rows = told.series.map(({period, cells}) => [period[2], ...cells.map((one) => [Verken.cell(one, view.measure), one.value === null])]);
    return table(`Per ${KINDS[view.kind]}`, unitWords(), ["Periode", ...seriesHeads()], rows.reverse());
  }
  function every() {
    return [...told.rows.flatMap((row) => [...row.before, row.now]), ...told.series.flatMap((one) => one.cells)];
  }
  function notes() {
    const all = every(), shown = all.filter((one) => one.value !== null), found = [];
    const said = {rounded_5: "afgerond op vijftallen", rounded_10: "afgerond op tientallen", circa: "bij benadering (ca.)", provisional: "voorlopig (*)", estimated: "geschat", break: "breuk in de reeks"};
    const parts = Object.entries(said).map(([word, words]) => [words, shown.filter((one) => one.precision === word || one.status === word).length])
      .filter(([, n]) => n).map(([words, n]) => (n < shown.length ? "deels " : "") + words);
    if (parts.length) found.push(`${Verken.capital((view.whole ? "berekend uit cijfers die zijn: " : "") + parts.join(", "))}.`);
    if (all.some((one) => one.value === null && one.status === "missing" && !one.reason)) found.push("Geen cijfer is niet nul.");
    if (all.some((one) => one.status === "suppressed")) found.push("Kleine aantallen zijn niet getoond, om herleiding tot personen te voorkomen.");
    for (const reason of new Set(all.filter((one) => one.value === null && one.reason).map((one) => one.reason))) found.push(`Geen vergelijkbaar cijfer: ${reason}.`);
    for (const reason of new Set(shown.filter((one) => one.reason).map((one) => one.reason))) found.push(`† ${Verken.capital(reason)}.`);
    const sums = new Set(shown.map((one) => text(one, 2)).filter((words) => words.startsWith("som")));
    if (sums.size) found.push(`Opgeteld: ${[...sums].join(", ")}.`);
    if (told.found.about.caution) found.push(told.found.about.caution);
    return found;
  }
  const text = (one, place) => (one.origin < 0 ? "" : Verken.data.texts[Verken.data.origins[one.origin][place]]);
  const documentsOf = (figures) => {
    const uses = new Map();
    for (const one of figures) if (one.origin >= 0) for (const at of Verken.data.origins[one.origin][0]) uses.set(at, (uses.get(at) || 0) + 1);
    return [...uses].sort(([, a], [, b]) => b - a).map(([at]) => Verken.data.sources[at]);
  };
  const day = (iso) => new Date(iso + "T12:00").toLocaleDateString("nl-NL", {day: "numeric", month: "long", year: "numeric"});
  function source(most = 4) {
    const figures = told.rows.flatMap((row) => [...row.before, row.now]).filter((one) => one.value !== null);
    const titles = documentsOf(figures.length ? figures : every()).map(([name]) => name).filter(Boolean), others = titles.length - most;
    if (!titles.length) return "";
    const days = figures.map((one) => text(one, 5)).filter(Boolean).sort();
    const more = others > 0 ? ` en ${others} andere ${others === 1 ? "publicatie" : "publicaties"}` : "";
    return `Bron: ${titles.slice(0, most).join("; ")}${more}${days.length ? `; stand van ${day(days.at(-1))}` : ""}.`;
  }
  function origins() {
    const all = every().filter((one) => one.origin >= 0), about = told.found.about;
    const publishers = [...new Set(all.map((one) => text(one, 1)))].filter(Boolean);
    const links = documentsOf(all).slice(0, 40).flatMap(([name, url], at) => [at ? "; " : "", /^https?:\/\//.test(url) ? make("a", {href: url}, name) : name]);
    const calculations = [...new Set(all.map((one) => text(one, 2)))].filter(Boolean), remarks = [...new Set(all.flatMap((one) => [text(one, 3), text(one, 4)]))].filter(Boolean);
    const lines = [["Begrip", [about.definition || ""]], ["Eenheid", [`${Verken.unitOf(about.unit)[1]}; ${about.kind}`]], ["Uitgever", [publishers.join(", ")]], ["Bron", links],
                   ["Berekening", [calculations.join("; ")]], ["Opmerking van het werkboek", [remarks.join("; ")]], ["Maat", [make("code", {}, view.measure)]]];
    return lines.filter(([, words]) => words.some((one) => one !== "")).map(([term, words]) => make("div", {}, make("dt", {}, term), make("dd", {}, ...words)));
  }

  // -- the chart --
  const time = (iso) => Date.parse(iso);
  const chart = () => empty($("grafiek"), ...[drawing(Math.min(900, $("grafiek").clientWidth || 900))].filter(Boolean));
  function drawing(width) {
    const narrow = width < 560, height = narrow ? 280 : 360, left = narrow ? 48 : 64, right = narrow ? 104 : 190, top = 34, bottom = 34;
    const most = narrow ? 13 : 24;
    const moments = told.series.map((one) => one.period), drawn = told.rows.map((row, at) => ({row, at, points: told.series.map((one) => one.cells[at])}))
      .filter((one) => one.points.some((point) => point.value !== null)).slice(0, 7);
    if (moments.length < 2 || !drawn.length) return null;
    const values = drawn.flatMap((one) => one.points.map((point) => point.value)).filter((one) => one !== null);
    const ticks = scale(Math.min(0, ...values), Math.max(...values));
    const x0 = time(moments[0][5]), x1 = time(moments.at(-1)[5]) || x0 + 1;
    const x = (period) => left + (width - left - right) * (x1 === x0 ? 0 : (time(period[5]) - x0) / (x1 - x0));
    const y = (value) => top + (height - top - bottom) * (1 - (value - ticks[0]) / (ticks.at(-1) - ticks[0]));
    const svg = make("svg", {viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": `Lijngrafiek: ${title()}, per ${KINDS[view.kind]}; de cijfers staan in de tabel hieronder.`, "font-family": "Segoe UI, Roboto, Noto Sans, Liberation Sans, Arial, sans-serif", "font-size": "13"});
    svg.append(make("text", {x: 0, y: 14, fill: "#595959"}, unitWords()));
    for (const tick of ticks) svg.append(make("line", {x1: left, x2: width - right, y1: y(tick), y2: y(tick), stroke: tick === 0 ? "#8f8f8f" : "#e4e4e4"}),
      make("text", {x: left - 8, y: y(tick) + 4, "text-anchor": "end", fill: "#595959"}, Verken.number(tick)));
    const years = [...new Set(moments.map((one) => one[5].slice(0, 4)))], every = Math.ceil(years.length / (narrow ? 4 : 9));
    years.forEach((year, at) => {
      const place = Math.max(time(`${year}-01-01`), x0);
      if (at % every === 0 && place <= x1) svg.append(make("text", {x: left + (width - left - right) * (place - x0) / ((x1 - x0) || 1), y: height - 10, "text-anchor": at ? "middle" : "start", fill: "#595959"}, year));
    });
    const labels = [];
    for (const {row, at, points} of drawn) {
      const colour = COLOURS[at % 7];
      let path = "", pen = false, broken = null;
      points.forEach((point, place) => {
        const mark = point.reason || "";
        if (point.value === null || (broken !== null && mark !== broken)) pen = false;
        broken = mark;
        if (point.value === null) return;
        path += `${pen ? "L" : "M"}${x(moments[place]).toFixed(1)} ${y(point.value).toFixed(1)}`;
        pen = true;
      });
      svg.append(make("path", {d: path, fill: "none", stroke: colour, "stroke-width": "2.2", "stroke-dasharray": DASHES[at % 7], "stroke-linejoin": "round"}));
      const last = points.findLastIndex((point) => point.value !== null);
      points.forEach((point, place) => {
        if (point.value === null) return;
        const dot = make("circle", {cx: x(moments[place]).toFixed(1), cy: y(point.value).toFixed(1), r: points.length > 60 && place !== last ? 1.6 : 3.2, fill: colour});
        dot.append(make("title", {}, `${row.name || measureName(view.measure)}, ${moments[place][3]}: ${Verken.cell(point, view.measure)}`));
        svg.append(dot);
      });
      const name = row.name || Verken.cell(points[last], view.measure);
      labels.push({name: name.length > most ? name.slice(0, most - 1) + "…" : name, at: y(points[last].value), ink: INKS[colour] || colour});
    }
    labels.sort((a, b) => a.at - b.at);
    labels.forEach((one, at) => { if (at && one.at < labels[at - 1].at + 16) one.at = labels[at - 1].at + 16; });
    const low = Math.max(0, (labels.at(-1)?.at || 0) - (height - bottom));
    for (const one of labels) svg.append(make("text", {x: width - right + 12, y: one.at - low + 4, fill: one.ink, "font-weight": "600"}, one.name));
    return svg;
  }
  function scale(least, most) {
    const rough = (most - least || 1) / 4, power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 2.5, 5, 10].map((one) => one * power).find((one) => one >= rough);
    const ticks = [];
    for (let at = Math.floor(least / step); (at - 1) * step < most; at++) ticks.push(Number((at * step).toPrecision(12)));
    if (ticks.length > 2 && ticks.at(-2) >= most) ticks.pop();
    return ticks;
  }

  // -- to take along --
  const fileName = () => `${title().toLowerCase().normalize("NFD").replace(/[^\w]+/g, "-").replace(/^-|-$/g, "").slice(0, 80)}-${view.period.replace("/", "_")}`;
  const tell = (words) => { $("gemeld").textContent = words; };
  function save(name, content, type) {
    const link = make("a", {href: URL.createObjectURL(content instanceof Blob ? content : new Blob([content], {type})), download: name});
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    tell(`Bewaard als ${name}.`);
  }
  const answerText = () => [...told.sentences, told.ids.length ? `Kenmerk: ${told.ids.join(", ")}.` : "", source(), `Ketenwerkboek, uitgave ${Verken.data.label}: ${location.href.split("#")[0].split("/").at(-1)}${address(view)}`].filter(Boolean).join("\n");
  async function copy(words, done) {
    try { await navigator.clipboard.writeText(words); tell(done); }
    catch { tell("Kopiëren mag hier niet van de browser; selecteer de tekst en kopieer haar zelf."); }
  }
  const inert = (words) => (/^[=+\-@\t\r]/.test(words) && !/^[+-]?[\d.,]+/.test(words) ? `'${words}` : words);
  const quoted = (words) => (/[;"\r\n]/.test(words) ? `"${words.replaceAll('"', '""')}"` : words);
  function csv() {
    const lines = [["Periode", ...seriesHeads()], ...told.series.map(({period, cells}) => [period[0].replace(/^(\d{4})-(\d\d)$/, "$1-M$2"), ...cells.map((one) => (one.value === null ? Verken.cell(one, view.measure) : String(one.value).replace(".", ",")))])];
    return "\ufeff" + lines.map((line) => line.map((one) => quoted(inert(one))).join(";") + "\r\n").join("");
  }
  function svgText() {
    const svg = drawing(900);
    svg.setAttribute("xmlns", "http://www.w3.org/2000/svg");
    const [, , width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
    svg.setAttribute("viewBox", `0 -34 ${width} ${height + 60}`);
    svg.setAttribute("height", height + 60);
    const words = [make("text", {x: 0, y: -14, "font-weight": "600", "font-size": "16", fill: "#154273"}, `${title()}, per ${KINDS[view.kind]}`),
                   make("text", {x: 0, y: height + 18, "font-size": "11", fill: "#595959"}, source(2))];
    const paper = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    for (const [name, value] of Object.entries({x: 0, y: -34, width, height: height + 60, fill: "#fff"})) paper.setAttribute(name, value);
    svg.prepend(paper);
    svg.append(...words);
    return new XMLSerializer().serializeToString(svg);
  }
  async function png() {
    const image = new Image();
    image.src = "data:image/svg+xml;base64," + btoa(String.fromCharCode(...new TextEncoder().encode(svgText())));
    await image.decode();
    const canvas = make("canvas", {width: image.width * 2, height: image.height * 2});
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    return new Promise((done) => canvas.toBlob(done, "image/png"));
  }

  // -- finding --
  let offered = [], marked = -1;
  function offer() {
    const words = $("zoek").value.trim();
    const subject = Verken.wordsOf(words).filter((word) => !KIND_WORDS[word] && !YEAR.test(word)).join(" ");
    offered = words ? Verken.search(subject || words).slice(0, 8) : [];
    marked = offered.length ? 0 : -1;
    empty($("gevonden"), ...offered.map((measure, at) => {
      const line = make("li", {role: "option", id: `vondst-${at}`, "aria-selected": String(at === marked)}, make("span", {}, measureName(measure)), " ", make("small", {}, Verken.data.measures[measure].english || ""));
      line.addEventListener("mousedown", (event) => { event.preventDefault(); take(measure); });
      return line;
    }));
    $("gevonden").hidden = !offered.length;
    $("zoek").setAttribute("aria-expanded", String(offered.length > 0));
    $("geen-vondst").textContent = words && !offered.length ? `Niets gevonden voor “${words}”. Probeer een ander woord, of kies uit de lijst onderaan.` : "";
    point();
  }
  function point() {
    [...$("gevonden").children].forEach((line, at) => line.setAttribute("aria-selected", String(at === marked)));
    if (marked >= 0) $("zoek").setAttribute("aria-activedescendant", `vondst-${marked}`);
    else $("zoek").removeAttribute("aria-activedescendant");
  }
  /* The measure, with the categories and the kind of period that the same words name. */
  function take(measure) {
    const words = new Set(Verken.wordsOf($("zoek").value)), one = {measure, names: []};
    for (const word of words) if (KIND_WORDS[word]) one.kind = KIND_WORDS[word];
    const year = [...words].find((word) => YEAR.test(word));
    if (year) one.since = year;
    for (const by of breakdowns(measure, "").filter(Boolean)) {
      const named = [...Verken.of(measure, by).panels.keys()].filter((name) => Verken.wordsOf(name).every((word) => words.has(word)));
      if (named.length && !one.names.length) [one.by, one.names] = [by, named];
    }
    $("zoek").value = "";
    offer();
    show(one);
    $("onderwerp").focus();
  }
  function keys(event) {
    if (event.key === "Escape") { $("zoek").value = ""; offer(); return; }
    if (!offered.length) return;
    if (event.key === "ArrowDown") marked = (marked + 1) % offered.length;
    else if (event.key === "ArrowUp") marked = (marked + offered.length - 1) % offered.length;
    else if (event.key === "Enter") { event.preventDefault(); take(offered[marked]); return; }
    else return;
    event.preventDefault();
    point();
  }

  function listen() {
    $("zoek").addEventListener("input", offer);
    $("zoek").addEventListener("keydown", keys);
    $("zoek").addEventListener("blur", () => { $("gevonden").hidden = true; $("zoek").setAttribute("aria-expanded", "false"); });
    $("zoek").addEventListener("focus", () => { if ($("zoek").value) offer(); });
    $("deel").addEventListener("change", (event) => change({whole: event.target.value}));
    $("uitsplitsing").addEventListener("change", (event) => change({by: event.target.value, names: []}));
    $("soort").addEventListener("change", (event) => change({kind: event.target.value}));
    $("periode").addEventListener("change", (event) => change({period: event.target.value}));
    $("sinds").addEventListener("change", (event) => change({since: event.target.value}));
    $("erbij").addEventListener("change", (event) => { if (event.target.value) change({names: [...view.names, event.target.value]}); });
    $("kopieer").addEventListener("click", () => copy(answerText(), "Het antwoord met zijn bron is gekopieerd."));
    $("kopieer-adres").addEventListener("click", () => copy(location.href, "Het adres van dit antwoord is gekopieerd."));
    $("csv").addEventListener("click", () => save(`${fileName()}.csv`, csv(), "text/csv;charset=utf-8"));
    $("svg").addEventListener("click", () => save(`${fileName()}.svg`, svgText(), "image/svg+xml"));
    $("png").addEventListener("click", async () => save(`${fileName()}.png`, await png()));
    let waiting;
    addEventListener("resize", () => { clearTimeout(waiting); waiting = setTimeout(chart, 100); });
    addEventListener("hashchange", () => show(ofAddress(location.hash)));
  }
  async function open() {
    try {
      Verken.start(await Verken.read());
    } catch (fault) {
      $("storing").hidden = false;
      throw fault;
    }
    listen();
    $("verkenner").hidden = false;
    $("lijst").open = false;
    show(ofAddress(location.hash), location.hash !== "");
  }
  return {open, show, answerText, csv, svgText, png, address, ofAddress, fitting, get told() { return told; }, get view() { return view; }};
})();
Pagina.open();
