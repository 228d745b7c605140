"use strict";
/* Looks answers up in the data of the page. Which figure answers was decided when the page was made; here it is only
   found, put in words and drawn. */
const Verken = (() => {
  let data, subjects, byKey;

  // -- reading the data --
  async function read() {
    const element = document.getElementById("gegevens");
    const bytes = Uint8Array.from(atob(element.textContent.trim()), (one) => one.charCodeAt(0));
    const digest = new Uint8Array(await hash(bytes));
    const found = [...digest].map((one) => one.toString(16).padStart(2, "0")).join("");
    if (digest.length && found !== element.dataset.sha256) throw new Error("beschadigd");
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return JSON.parse(await new Response(stream).text());
  }
  const hash = (bytes) => (crypto.subtle ? crypto.subtle.digest("SHA-256", bytes) : Promise.resolve(new ArrayBuffer(0)));

  const summed = (steps) => { let at = 0; return steps.map((one) => (at += one)); };
  function spread(pairs) {
    const found = [];
    for (let at = 0; at < pairs.length; at += 2) for (let n = 0; n < pairs[at + 1]; n++) found.push(pairs[at]);
    return found;
  }
  function ahead(steps) {
    let last = -1;
    return steps.map((one) => (one === 0 ? -1 : (last += one > 0 ? one : one + 1)));
  }

  function subject(raw) {
    const [period, value, quality, origin] = [summed(raw.f[0]), raw.f[1], summed(raw.f[2]), summed(raw.f[3])];
    const figures = period.map((one, at) => figure(data.periods[one], value[at], quality[at], origin[at]));
    const now = ahead(raw.n), counts = spread(raw.u), years = spread(raw.y), back = raw.e.map(spread);
    const kinds = Object.entries(raw.k).map(([kind, of]) => [kind, summed(of)]);
    const columns = kinds.flatMap(([, of]) => of);
    const reasons = new Map(raw.r.map(([place, year, reason]) => [place + ":" + year, raw.t[reason]]));
    const panels = new Map();
    raw.c.forEach((name, row) => {
      const mine = new Map(), own = new Map();
      columns.forEach((_, column) => {
        const place = now[row * columns.length + column];
        if (place >= 0 && !own.has(figures[place].period[0])) own.set(figures[place].period[0], place);
      });
      columns.forEach((at, column) => {
        const place = row * columns.length + column;
        if (now[place] < 0 && !years[place]) return;
        const spoken = now[place] < 0 ? gap(data.periods[at]) : figures[now[place]];
        const before = Array.from({length: years[place]}, (_, year) => {
          const told = back[year][place], reason = reasons.get(place + ":" + year) || "";
          const moment = earlier(spoken.period, years[place] - year);
          const which = told ? told - 1 : own.get(moment[0]) ?? -1;
          const found = which < 0 ? gap(moment) : figures[which];
          return reason ? {...found, reason} : found;
        });
        mine.set(at, {now: spoken, before, count: raw.s[counts[place]]});
      });
      panels.set(data.names[name], mine);
    });
    const spoken = new Set([...panels.values()].flatMap((of) => [...of.keys()]));
    const others = new Map(raw.o.map(([name, count, at, one]) =>
      [data.names[raw.c[name]] + "|" + raw.s[count] + "|" + at, figures[one]]));
    return {measure: raw.m, by: raw.b, whole: raw.w, about: data.measures[raw.m], kinds: new Map(kinds), spoken, panels, others,
            leading: new Map(raw.l.map(([at, count]) => [at, raw.s[count]]))};
  }
  function figure(period, value, quality, origin) {
    const [unit, status, secrecy, precision, margin, decimals] = data.qualities[quality];
    return {period, value, unit, status, secrecy, precision, margin, decimals, origin, gap: false, reason: ""};
  }
  function gap(period) {
    return {period, value: null, unit: "", status: "missing", secrecy: "free", precision: "", margin: null,
            decimals: null, origin: -1, gap: true, reason: ""};
  }
  /* The same period some years earlier; what the data do not hold is made up of words alone. */
  function earlier(period, years) {
    const year = (text) => String(text - years).padStart(4, "0");
    const last = (of) => (of % 4 === 0 && (of % 100 !== 0 || of % 400 === 0) ? 29 : 28);
    const february = period[0].match(/(\d{4})-02-(28|29)$/);
    const ends = february && Number(february[2]) === last(february[1]) ? last(year(february[1])) : 0;
    const back = (words, pattern) => (ends ? words.replace(pattern, (_, __, rest) => ends + rest) : words).replace(/\d{4}/g, year);
    const text = (ends ? period[0].replace(/(28|29)$/, ends) : period[0]).replace(/\d{4}/g, year);
    const day = /(28|29)( februari)/;
    return data.texted.get(text) || [text, period[1], back(period[2], /(28|29)(-2-)/), back(period[3], day), back(period[4], day), "", ""];
  }
  function start(found) {
    data = found;
    data.texted = new Map(data.periods.map((one) => [one[0], one]));
    data.numbers = new Map(data.periods.map((one, at) => [one[0], at]));
    byKey = new Map(data.subjects.map((raw) => [[raw.m, raw.b, raw.w].join("|"), raw]));
    subjects = new Map();
  }
  function of(measure, by = "", whole = "") {
    const key = [measure, by, whole].join("|");
    if (!subjects.has(key) && byKey.has(key)) subjects.set(key, subject(byKey.get(key)));
    return subjects.get(key);
  }

  // -- numbers in words, as presentation/prose.py writes them --
  /* A number rounded half away from zero to so many decimals, with Dutch marks. */
  function fixed(value, decimals) {
    const [whole, part = ""] = String(Math.abs(value)).split(".");
    const digits = BigInt(whole + part.slice(0, decimals).padEnd(decimals, "0"));
    const up = part.length > decimals && part[decimals] >= "5" ? 1n : 0n;
    const text = String(digits + up).padStart(decimals + 1, "0");
    const head = text.slice(0, text.length - decimals).replace(/\B(?=(\d{3})+$)/g, ".");
    const tail = decimals ? "," + text.slice(text.length - decimals) : "";
    return (value < 0 && /[1-9]/.test(text) ? "-" : "") + head + tail;
  }
  const digits = (value, most) => fixed(value, most).replace(/0+$/, "").replace(/,$/, "");
  const number = (value, decimals = null) => (value === null ? "onbekend" : decimals === null ? digits(value, 2) : fixed(value, decimals));
  const unitOf = (unit) => data.units[unit] || ["", "", "", 0, "", "", ""];
  const shown = (value, unit) => unitOf(unit)[4] + digits(value, 2) + unitOf(unit)[5];
  const capital = (text) => text.slice(0, 1).toUpperCase() + text.slice(1);
  const small = (text) => text.slice(0, 1).toLowerCase() + text.slice(1);
  const listing = (items, last = "en") => (items.length > 1 ? items.slice(0, -1).join(", ") + " " + last + " " : "") + (items.at(-1) || "");
  const isDay = (period) => period[1] === "date";
  const SPAN = "de periode ";
  const when = (period) => (period[4].startsWith(SPAN) ? "van " + period[4].slice(SPAN.length) : (isDay(period) ? "op " : "in ") + period[4]);
  const over = (...all) => (isDay(all[0]) ? "op " : "over ") + listing(all.map((one) => one[4]));
  const named = (label, category) => (category && category !== "totaal" ? label + ": " + category.replaceAll(" + ", ", ") : label);

  const plain = (value) => Math.round(value * 1e9) / 1e9;
  const half = (value) => Math.sign(value) * Math.floor(Math.abs(value) + 0.5 + 1e-9);
  function marginOfSum(margins) {
    return Math.min(margins[0] + margins[1], 2 * Math.sqrt((margins[0] ** 2 + margins[1] ** 2) / 3));
  }
  function stepWithin(margin, finest) { let step = finest; while (margin >= 5 * step) step *= 10; return step; }
  function carried(value, step, finest) {
    for (const place of [step, finest]) {
      const rounded = plain(half(plain(value / place)) * place);
      if (rounded === value || (rounded !== 0 && rounded !== -100)) return rounded;
    }
    return value;
  }
  /* How a figure compares with an earlier one: the rules of `presentation.prose.change`. */
  function change(now, before) {
    const rate = unitOf(now.unit)[3] === 1, about = before.precision === "circa", nowAbout = now.precision === "circa";
    const reason = now.reason || before.reason, unit = now.unit;
    const old = reason ? null : before.value;
    const told = {now: now.value, before: old, absolute: null, percent: null, verdict: "onbekend", rate, rough: false, about, nowAbout, reason, unit};
    if (now.value === null || old === null) return told;
    let difference = plain(now.value - old);
    const halves = [now.margin || 0, before.margin || 0], margin = marginOfSum(halves);
    if (now.margin === 0 && before.margin === 0 && difference === 0) told.verdict = "gelijk";
    else if (Math.abs(difference) <= margin) told.verdict = "binnen de afronding";
    else told.verdict = difference > 0 ? "toegenomen" : "afgenomen";
    let step = 1;
    if (rate) {
      step = stepWithin(margin, 0.1);
      difference = carried(difference, step, 0.1);
    } else if (old >= 100) {
      step = stepWithin(100 * marginOfSum([halves[0] / old, halves[1] / old * Math.abs(now.value / old)]), 1);
      if (step <= 10) told.percent = carried(100 * difference / old, step, 1);
    }
    told.rough = step >= 10 && (rate || told.percent !== null);
    return {...told, absolute: difference};
  }
  function percentage(percent, exact, sign = "") {
    const size = Math.abs(percent), whole = fixed(size, 0);
    if (whole === "0" && !exact) return `minder dan ${sign}1%`;
    if (whole === "100" && size < 100) return `meer dan ${sign}99%`;
    return `${sign}${whole}%`;
  }
  function points(difference, unit, sign = "") {
    const word = unitOf(unit)[6], text = digits(Math.abs(difference), 1);
    return text === "0" ? `minder dan ${sign}0,1${word}` : `${sign}${text}${word}`;
  }
  const WITHIN = "een verschil binnen de afronding met ";
  function changeWords(one, before, unit) {
    const base = (one.about ? "ca. " : "") + shown(one.before, unit), then = when(before);
    if (one.verdict === "binnen de afronding" && one.now !== one.before) return `${WITHIN}${before[4]} (${base})`;
    if (one.verdict === "gelijk" || one.verdict === "binnen de afronding") {
      return `${one.verdict === "gelijk" ? "" : "afgerond "}${one.rate ? "even hoog" : "evenveel"} als ${then} (${base})`;
    }
    const more = one.absolute > 0, roughly = one.rough ? "ongeveer " : "";
    if (one.rate) return `${roughly}${points(one.absolute, unit)} ${more ? "hoger" : "lager"} dan ${then} (${base})`;
    const comparative = `${more ? "meer" : "minder"} dan ${then} (${base})`;
    return one.percent === null ? comparative : `${roughly}${percentage(one.percent, one.now === 0)} ${comparative}`;
  }
  function changeShort(one) {
    if (one.reason) return "geen vergelijkbaar cijfer";
    if (one.absolute === null) return "geen vergelijking";
    if (one.verdict === "gelijk") return "gelijk gebleven";
    if (one.verdict === "binnen de afronding") return one.verdict;
    const sign = one.absolute > 0 ? "+" : "-", roughly = one.rough ? "ca. " : "";
    if (one.rate) return roughly + points(one.absolute, one.unit, sign);
    if (one.percent === null) {
      return `van ${one.about ? "ca. " : ""}${shown(one.before, one.unit)} naar ${one.nowAbout ? "ca. " : ""}${shown(one.now, one.unit)}`;
    }
    return roughly + percentage(one.percent, one.now === 0, sign);
  }
  function cell(one, measure) {
    if (one.status === "suppressed") return {confidential: "vertrouwelijk", secondary: "afgeschermd"}[one.secrecy] || "minder dan 5";
    if (one.value === null) return one.reason ? "geen vergelijkbaar cijfer" : "geen cijfer";
    const unit = unitOf(one.unit), sign = measure.endsWith("_growth") && one.value > 0 ? "+" : "";
    return (one.precision === "circa" ? "ca. " : "") + unit[4] + sign + number(one.value, one.decimals) + unit[5] +
      (one.status === "provisional" ? "*" : "") + (one.reason ? "†" : "");
  }

  // -- a question and its answer --
  /* view: {measure, by, whole, names, kind, period, since}; `names` empty means the ten largest. */
  function answer(view) {
    const found = of(view.measure, view.by, view.whole), at = data.numbers.get(view.period);
    const names = view.by ? (view.names.length ? view.names : largest(view)) : [""];
    const rows = names.map((name) => {
      const panel = (found.panels.get(name) || new Map()).get(at);
      return {name, ...(panel || {now: gap(data.periods[at]), before: [], count: ""})};
    });
    const known = (row) => row.now.value !== null;
    for (const row of rows) row.changes = row.before.map((one) => change(row.now, one));
    return {found, rows, sentences: [...rows.filter(known), ...rows.filter((row) => !known(row))].map((row) => sentence(found, row)), period: data.periods[at], view};
  }
  /* The ten largest of the count that speaks first, as the panel in JupyterLab shows when none is chosen. */
  function largest(view) {
    const found = of(view.measure, view.by), at = data.numbers.get(view.period);
    const rows = [...found.panels].map(([name, of]) => [name, of.get(at)]).filter(([, one]) => one && one.count);
    const leading = found.leading.get(at) || rows[0]?.[1].count;
    return rows.filter(([name, one]) => one.count === leading && one.now.value !== null && !data.unranked.includes(name))
      .sort(([one, a], [other, b]) => b.now.value - a.now.value || (one < other ? -1 : 1)).slice(0, 10).map(([name]) => name);
  }
  const UP_OR_DOWN = "{hoger|lager}";
  function sentence(found, row) {
    const {now} = row, about = found.about, unit = unitOf(now.unit), rate = unit[3] === 1;
    const how = now.origin < 0 ? `percentage van ${small(data.measures[found.whole]?.label || "")}` : data.texts[data.origins[now.origin][2]];
    const label = named(about.label, row.name) + (found.whole ? ` (${how})` : "");
    if (now.value === null) return capital(`${label}: ${over(now.period)} is geen cijfer bekend.`);
    const usual = !found.whole && [about.unit, about.also].includes(now.unit) && (rate || ["", "totaal"].includes(row.name) || found.by === "nationality");
    const roughly = now.precision === "circa" ? "ongeveer " : "", turned = usual && about.sentence?.includes(UP_OR_DOWN);
    const figureText = roughly + shown(turned ? Math.abs(now.value) : now.value, now.unit);
    const one = number(now.value) === "1";
    let said;
    if (usual && about.sentence) said = about.sentence.replace(UP_OR_DOWN, now.value < 0 ? "lager" : "hoger").replace(/\{([^{}|]+)\|([^{}|]+)\}/g, one ? "$1" : "$2").replaceAll("{n}", figureText);
    else if (rate || now.unit === "EUR") said = `was dit ${figureText}`;
    else said = `ging het om ${roughly}${number(now.value)} ${number(now.value).replace(/^-+/, "") === "1" ? unit[0] : unit[1]}`;
    let text = usual && about.sentence && label === about.label ? `${when(now.period)} ${said}` : `${label}: ${when(now.period)} ${said}`;
    const pairs = row.before.map((before, year) => [before, row.changes[year]]).reverse().slice(0, 3);
    const alike = found.measure.endsWith("_growth") ? [] : pairs.filter(([, each]) => !each.reason), apart = pairs.filter(([, each]) => each.reason);
    const known = alike.filter(([, each]) => each.before !== null).map(([before, each]) => changeWords(each, before.period, found.whole ? "percent" : rate || now.unit === "EUR" ? now.unit : null));
    const unknown = alike.filter(([, each]) => each.before === null).map(([before]) => before.period);
    if (known.length) text += ", " + listing(known.map((each, place) => (place && known[place - 1].startsWith(WITHIN) && each.startsWith(WITHIN) ? each.slice(WITHIN.length) : each)));
    if (unknown.length) text += `; er is geen cijfer ${over(...unknown)} om mee te vergelijken`;
    text = capital(text) + ".";
    if (now.reason) return `${text} Let op: ${now.reason}.${behind(found, row)}`;
    if (apart.length) text += ` Er is geen vergelijkbaar cijfer ${over(...apart.map(([before]) => before.period))}.`;
    if (about.caution && alike.some(([, each]) => each.absolute !== null)) text += ` Let op: ${small(about.caution)}`;
    return text + behind(found, row);
  }
  /* Of what numbers a share was made. */
  function behind(found, row) {
    if (!found.whole) return "";
    const at = data.numbers.get(row.now.period[0]);
    const [part, whole] = [found.measure, found.whole].map((measure) => {
      const panel = of(measure, found.by) && of(measure, found.by).panels.get(row.name)?.get(at);
      return panel ? panel.now.value : null;
    });
    return ` Dat zijn er ${number(part)} van de ${number(whole)}.`;
  }
  /* All periods of one kind up to that of the answer, of the count that speaks there. */
  function overTime({found, rows, view}) {
    const until = data.texted.get(view.period)[6];
    const moments = (found.kinds.get(view.kind) || []).map((at) => [at, data.periods[at]])
      .filter(([, one]) => one[6] <= until && one[0].slice(0, 4) >= (view.since || ""));
    return moments.map(([at, period]) => ({period, cells: rows.map((row) => {
      const panel = found.panels.get(row.name)?.get(at);
      if (panel && !panel.now.gap && (panel.count === row.count || !row.count)) return marked(found, row, panel.now);
      const other = found.others.get(row.name + "|" + row.count + "|" + at);
      if (other) return marked(found, row, other);
      return {...gap(period), reason: panel && !panel.now.gap ? `wat er is, komt van ${data.texts[data.origins[panel.now.origin][1]]} en is een andere telling` : ""};
    })}));
  }
  /* With the reason when a break in the series lies between it and the answer: the rule of `model.breaks.crossed`. */
  function marked(found, row, one) {
    const publisher = one.origin < 0 ? "" : data.texts[data.origins[one.origin][1]], now = row.now.period;
    const splits = (period, day) => period[5] < day && day <= period[6];
    const broken = (found.about.breaks || []).find(([day, of]) => (!of || publisher.split(", ").includes(of)) &&
      (splits(one.period, day) || splits(now, day) || (one.period[5] < day) !== (now[5] < day)));
    return broken && one.value !== null && !one.reason ? {...one, reason: `geteld op een andere manier dan ${when(now)}: ${small(broken[2])}`} : one;
  }

  /* By what the figures of an answer are known later, as `model.figure_id` has it; none where the browser knows no hash. */
  async function ids({found, rows}) {
    const made = rows.filter(({now}) => !now.gap).map(async ({name, now}) => {
      const by = found.by ? found.by.split("+") : [], names = by.length > 1 ? name.split(" + ") : [name];
      const parts = !found.by || by.length === names.length ? by.map((one, at) => `${one}=${names[at]}`) : [`${found.by}=${name}`];
      const dimensions = [...parts, ...(found.whole ? ["statistic=share", `denominator=${found.whole}`] : [])].join(";");
      const publisher = now.origin < 0 ? "" : data.texts[data.origins[now.origin][1]];
      const cells = [found.measure, dimensions, now.period[0], now.value === null ? "" : String(now.value), now.unit, publisher];
      const digest = new Uint8Array(await hash(new TextEncoder().encode(JSON.stringify(cells))));
      return [...digest].slice(0, 6).map((one) => one.toString(16).padStart(2, "0")).join("");
    });
    return [...new Set(await Promise.all(made))].filter(Boolean).map((one) => "kw-" + one);
  }

  // -- finding a measure --
  const fold = (text) => text.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "");
  const wordsOf = (text) => fold(text).match(/[\p{L}\p{N}]+/gu) || [];
  const stem = (word) => word.replace(/(?<=.{3})(en|es|e|s)$/, "").replace(/(.)\1/g, "$1");
  let index;
  function indexed() {
    if (index) return index;
    index = new Map();
    const weights = data.search.weights, add = (text, measure, weight) => {
      for (const word of wordsOf(text)) {
        if (!index.has(word)) index.set(word, new Map());
        index.get(word).set(measure, Math.max(index.get(word).get(measure) || 0, weight));
      }
    };
    for (const [measure, about] of Object.entries(data.measures)) {
      add(about.label, measure, weights.label);
      add(about.english || "", measure, weights.label_en);
      add(measure, measure, weights.measure);
      add(about.definition || "", measure, weights.definition);
    }
    for (const raw of data.subjects) if (!raw.w) {
      add(data.dimensions[raw.b], raw.m, weights.breakdowns);
      for (const name of raw.c) add(data.names[name], raw.m, weights.breakdowns);
    }
    return index;
  }
  function fit(wanted, known) {
    if (wanted === known) return 1;
    const [a, b] = [stem(wanted), stem(known)];
    if (a === b) return 0.95;
    if (a.length >= 3 && b.startsWith(a)) return 0.9;
    return a.length >= 4 && b.includes(a) ? 0.85 : 0;
  }
  function distance(a, b) {
    let row = Array.from({length: b.length + 1}, (_, at) => at);
    for (let i = 1; i <= a.length; i++) {
      const next = [i];
      for (let j = 1; j <= b.length; j++) next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
      row = next;
    }
    return row[b.length];
  }
  function scores(word) {
    const wanted = new Map([[word, 1]]), found = new Map();
    for (const group of data.search.related) {
      const others = group.split(" ");
      if (others.map(stem).includes(stem(word))) for (const other of others) if (!wanted.has(other)) wanted.set(other, 0.6);
    }
    for (const [one, share] of wanted) for (const [known, measures] of indexed()) {
      const size = share * fit(one, known);
      if (size) for (const [measure, weight] of measures) found.set(measure, Math.max(found.get(measure) || 0, size * weight));
    }
    return found;
  }
  /* The measures that fit most of the words, best first; a word that fits nothing is taken for the nearest one. */
  function search(text) {
    let asked = [...new Set(wordsOf(text))];
    const about = asked.filter((word) => !data.search.nothing.includes(word));
    asked = about.length ? about : asked;
    const matched = new Map(), total = new Map();
    for (const word of asked) {
      let found = scores(word), share = 1;
      if (!found.size && word.length > 3) {
        const near = [...indexed().keys()].map((known) => [distance(word, known), known])
          .filter(([size, known]) => size <= Math.max(1, Math.floor(known.length / 4))).sort(([a], [b]) => a - b)[0];
        if (near) [found, share] = [scores(near[1]), 0.5];
      }
      for (const [measure, size] of found) {
        matched.set(measure, (matched.get(measure) || 0) + 1);
        total.set(measure, (total.get(measure) || 0) + share * size);
      }
    }
    /* Of two that fit about as well most people mean the one with more figures. */
    const many = new Map();
    for (const raw of data.subjects) if (!raw.w) many.set(raw.m, (many.get(raw.m) || 0) + raw.f[0].length);
    const rank = (measure) => total.get(measure) * (1 + Math.log10(1 + (many.get(measure) || 0)) / 20);
    const most = Math.max(0, ...matched.values());
    return [...matched].filter(([, n]) => n === most).map(([measure]) => measure)
      .sort((a, b) => rank(b) - rank(a) || (a < b ? -1 : 1));
  }

  return {read, start, of, answer, overTime, ids, search, cell, changeShort, wordsOf, fold, stem, listing, small, capital, unitOf, named, number, marked,
          get data() { return data; }};
})();
