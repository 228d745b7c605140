// Below each table of a page a link that saves it as CSV, as Dutch spreadsheets read it: semicolons, decimal commas, a
// byte order mark, and no text that is a formula. The file is made of the table itself (see reports/render/light_tables.py).
"use strict";
(() => {
  const EXACT = /^(?:ca\. )?([-+]?\d{1,3}(?:\.\d{3})*(?:,\d+)?)(?:%| procentpunt)?[*†]*$/;
  const number = (cell) => {
    const data = cell.querySelector("data");
    if (data) return data.value.replace(".", ",");
    const found = cell.localName === "td" && EXACT.exec(cell.textContent);
    return found ? found[1].replaceAll(".", "").replace("+", "") : null;
  };
  const inert = (text) => (/^[-=+@\t\r]/.test(text) ? `'${text}` : text);
  const quoted = (text) => (/[;"\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const content = (table) => {
    const rows = [...table.tBodies].flatMap((body) => [...body.rows]).map((row) => [...row.cells]);
    const unit = (place) => {
      const told = rows.map((row) => row[place]).filter((cell) => cell && number(cell) !== null).map((cell) => cell.textContent);
      const all = (sign) => told.length > 0 && told.every((text) => sign.test(text));
      return all(/%[*†]*$/) ? " (%)" : all(/^(ca\. )?€/) ? " (euro)" : "";
    };
    const heads = [...table.tHead.rows[0].cells].map((head, place) => inert(head.textContent + unit(place)));
    const lines = rows.map((row) => row.map((cell) => number(cell) ?? inert(cell.textContent)));
    return "\ufeff" + [heads, ...lines].map((line) => line.map(quoted).join(";") + "\r\n").join("");
  };
  document.querySelectorAll("figure > .behind, figure > figcaption > .behind").forEach((fold) => {
    const tables = fold.closest("figure").querySelectorAll("table");
    if (!tables.length) return;
    const table = tables[tables.length - 1];
    const title = (table.querySelector("caption .title") || table.caption || fold.firstChild).textContent;
    const add = (parent, tag, properties) => parent.appendChild(Object.assign(document.createElement(tag), properties));
    const home = Object.assign(document.createElement("p"), { className: "downloads" });
    const name = title.toLowerCase().replace(/[^\p{L}\p{N}_]+/gu, "-").replace(/^-+|-+$/g, "") || "tabel";
    const link = add(home, "a", { download: `${name}.csv`, href: "data:text/csv,", textContent: "Download als CSV" });
    add(link, "span", { className: "visually-hidden", textContent: `: ${title}` });
    link.addEventListener("click", () => {
      link.href = "data:text/csv;charset=utf-8," + encodeURIComponent(content(table));
    });
    fold.insertBefore(home, fold.querySelector(".origin"));
  });
})();
