// Styles the outputs of the workbook in JupyterLab, also those that come later: style, charts, links and keys.
// A function of the style sheet and of the script of the charts; to run it again changes nothing but the style.
(style, charts) => {
  const add = (id, tag) => document.body.appendChild(Object.assign(document.createElement(tag), { id }));
  const known = document.getElementById("keten-style");
  (known || add("keten-style", "style")).textContent = style;
  if (known) return;

  add("keten-tips", "div").className = "keten chart-home";
  charts();

  // Keys that JupyterLab would take for its own shortcuts, such as Enter (edit the cell), on what answers to them here.
  const own = new Set(["Enter", " ", "ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"]);
  const keep = (event) => {
    const plain = !(event.ctrlKey || event.metaKey || event.altKey || event.shiftKey);
    if (plain && own.has(event.key) && event.target !== event.currentTarget) event.stopPropagation();
  };

  // A link leads within its own notebook: another one that is open has the same names.
  const follow = (event) => {
    const link = event.target.closest("a[href^='#']");
    const place = link && link.closest(".jp-Notebook, body");
    if (!link || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    const target = place.querySelector("#" + CSS.escape(decodeURIComponent(link.hash.slice(1))));
    if (!target) {
      if (!link.nextElementSibling?.matches(".later")) {
        link.insertAdjacentHTML("afterend", ' <small class="later" role="status"></small>');
        link.nextElementSibling.textContent = "(staat verderop: voer eerst alle cellen uit)";
      }
      return;
    }
    for (let part = target; part; part = part.parentElement) if (part.localName === "details") part.open = true;
    target.tabIndex = -1;
    target.focus({ preventScroll: true });
    target.scrollIntoView({ block: "center" });
    document.querySelectorAll(".keten .arrived").forEach((one) => one.classList.remove("arrived"));
    target.classList.add("arrived");
  };

  // Where a run breaks off JupyterLab stays at the end of the notebook: show what went wrong instead.
  const tell = (message) => {
    const cell = message.closest(".jp-Cell");
    let next = cell && cell.nextElementSibling;
    while (next && !next.matches(".jp-CodeCell")) next = next.nextElementSibling;
    if (next && !/\d|\*/.test(next.querySelector(".jp-InputPrompt").textContent)) message.scrollIntoView({ block: "center" });
  };

  // After all cells have run JupyterLab stays at the last one: show the panel, unless somebody went elsewhere meanwhile.
  const running = new WeakSet();
  const prompts = (notebook) => [...notebook.querySelectorAll(".jp-InputPrompt")].map((one) => one.textContent);
  const follows = (notebook) => {
    const waiting = prompts(notebook).filter((text) => text.includes("*")).length;
    if (waiting > 5) running.add(notebook);
    if (waiting || !running.delete(notebook)) return;
    const cells = [...notebook.querySelectorAll(".jp-Cell")];
    const last = cells[cells.length - 1];
    const panel = notebook.querySelector(".keten-panel");
    if (!panel || !last.matches(".jp-mod-active") || !/\d/.test(prompts(last).join(""))) return;
    const cell = panel.closest(".jp-Cell");
    setTimeout(() => (cell.previousElementSibling || cell).scrollIntoView({ block: "start" }), 500);
  };

  const met = new WeakSet();
  const look = () => {
    for (const message of document.querySelectorAll(".jp-Notebook [data-mime-type='application/vnd.jupyter.stderr']")) {
      if (met.has(message)) continue;
      met.add(message);
      setTimeout(tell, 500, message); // by then JupyterLab has taken the cells that follow out of the queue
    }
    for (const output of document.querySelectorAll(".keten")) {
      if (met.has(output)) continue;
      met.add(output);
      output.addEventListener("keydown", keep);
      output.addEventListener("click", follow);
    }
    document.querySelectorAll(".jp-Notebook").forEach(follows);
    document.dispatchEvent(new Event("keten-charts"));
  };
  let waiting = 0;
  const soon = () => {
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(look);
  };
  new MutationObserver(soon).observe(document.body, { childList: true, subtree: true });
  look();
}
