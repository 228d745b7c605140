// What the checks of audit.py ask of a page. Each function returns sentences; none means that all is well.

/** How an element is called in a finding: tag, id or class, and the first words of its text. */
function nameOf(element) {
  const css = element.getAttribute("class");
  const mark = element.id ? `#${element.id}` : css ? `.${css.trim().split(/\s+/).join(".")}` : "";
  const words = (element.getAttribute("aria-label") || element.textContent || "").trim().replace(/\s+/g, " ");
  return `${element.localName}${mark} "${words.slice(0, 40)}"`;
}

function visible(element) {
  const box = element.getBoundingClientRect();
  return box.width > 1 && box.height > 1 && element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
}

function tabbable() {
  const candidates = document.querySelectorAll("a[href], button, input, select, textarea, summary, audio, video, [tabindex]");
  return [...candidates].filter((element) =>
    element.tabIndex >= 0 && !element.disabled && element.checkVisibility({ visibilityProperty: true }));
}

// -- what the page is made of ------------------------------------------------------------------------------

function structure() {
  const found = [];
  const root = document.documentElement;
  if (!/^nl(-|$)/.test(root.lang)) found.push(`lang is "${root.lang}"`);
  if (!document.title.trim()) found.push("no title");
  if (document.querySelectorAll("h1").length !== 1) found.push(`${document.querySelectorAll("h1").length} h1`);
  let level = 0;
  for (const heading of document.querySelectorAll("h1, h2, h3, h4, h5, h6")) {
    const own = Number(heading.localName[1]);
    if (own > level + 1) found.push(`after level ${level} comes ${nameOf(heading)}`);
    if (!heading.textContent.trim()) found.push(`empty ${heading.localName}`);
    level = own;
  }
  for (const landmark of ["header", "main", "footer"]) {
    const there = [...document.querySelectorAll(landmark)].filter((one) => one.parentElement === document.body);
    if (there.length !== 1) found.push(`${there.length} ${landmark} in the body`);
  }
  const ids = new Set();
  for (const { id } of document.querySelectorAll("[id]")) {
    if (ids.has(id)) found.push(`id ${id} is there twice`);
    ids.add(id);
  }
  for (const attribute of ["aria-labelledby", "aria-describedby", "aria-controls", "for", "headers"]) {
    for (const element of document.querySelectorAll(`[${attribute}]`)) {
      for (const id of element.getAttribute(attribute).trim().split(/\s+/)) {
        if (!ids.has(id)) found.push(`${attribute} of ${nameOf(element)} names ${id}, which is not there`);
      }
    }
  }
  for (const link of document.querySelectorAll("a[href^='#']")) {
    const target = decodeURIComponent(link.getAttribute("href").slice(1));
    if (!ids.has(target)) found.push(`${nameOf(link)} leads to #${target}, which is not there`);
  }
  for (const table of document.querySelectorAll("table")) {
    if (!table.caption || !table.caption.textContent.trim()) found.push(`no caption: ${nameOf(table)}`);
    if (!table.querySelector("thead th")) found.push(`no column heads: ${nameOf(table)}`);
    for (const head of table.querySelectorAll("th")) {
      const expected = head.closest("thead") ? /^col(group)?$/ : /^row(group)?$/;
      if (!expected.test(head.getAttribute("scope") || "")) found.push(`scope of ${nameOf(head)} in ${nameOf(table)}`);
    }
    for (const row of table.querySelectorAll("tbody tr")) {
      if (!row.querySelector("th")) found.push(`no row head: ${nameOf(row)} in ${nameOf(table)}`);
    }
  }
  for (const image of document.querySelectorAll("body svg")) {
    const hidden = image.closest("[aria-hidden=true]");
    const named = image.getAttribute("role") === "img" && (image.getAttribute("aria-label") || "").trim();
    if (!hidden && !named && !image.getAttribute("aria-labelledby")) found.push(`svg without role and name: ${nameOf(image)}`);
    const inner = image.querySelector("[role], [aria-label], [aria-roledescription], a[href], [tabindex]");
    if (image.getAttribute("role") === "img" && inner) found.push(`inside an image: ${nameOf(inner)}`);
  }
  return found;
}

/** Size of the window against what scrolls: the page itself never sideways, a part of it only when it takes focus. */
function sideways() {
  const root = document.documentElement;
  const found = [];
  if (root.scrollWidth > root.clientWidth) {
    const wide = [...document.body.querySelectorAll("*")].filter((element) =>
      element.getBoundingClientRect().right > root.clientWidth + 1 && !scroller(element));
    found.push(`page is ${root.scrollWidth} px in ${root.clientWidth}: ${wide.slice(0, 3).map(nameOf).join(", ")}`);
  }
  for (const element of document.body.querySelectorAll("*")) {
    if (element.closest("svg") || element.scrollWidth <= element.clientWidth + 1 || !visible(element)) continue;
    const overflow = getComputedStyle(element).overflowX;
    if (/hidden|clip/.test(overflow) && element.clientWidth > 1) found.push(`cut off: ${nameOf(element)}`);
    if (/auto|scroll/.test(overflow) && element.tabIndex < 0 && !element.querySelector("a[href], button, [tabindex='0']")) {
      found.push(`scrolls but cannot be reached by keyboard: ${nameOf(element)}`);
    }
  }
  return found;
}

function scroller(element) {
  for (let parent = element.parentElement; parent && parent !== document.body; parent = parent.parentElement) {
    if (/auto|scroll|hidden|clip/.test(getComputedStyle(parent).overflowX)) return parent;
  }
  return null;
}

/** In print nothing scrolls: what is wider than the sheet is lost. `landscape`: look at parts on named pages or at the others. */
function beyondTheSheet(landscape) {
  const width = document.documentElement.clientWidth;
  const found = [];
  for (const element of document.body.querySelectorAll("table, svg, img, pre, p, li, dd, dt, h1, h2, h3, h4, td, th")) {
    if (!visible(element) || (element.closest("svg") && element.localName !== "svg")) continue;
    if (onNamedPage(element) !== landscape) continue;
    const { left, right } = element.getBoundingClientRect();
    if (right > width + 1 || left < -1) found.push(`${Math.round(left)}-${Math.round(right)} px on a sheet of ${width}: ${nameOf(element)}`);
  }
  return found;
}

function onNamedPage(element) {
  for (let one = element; one; one = one.parentElement) {
    if (getComputedStyle(one).page !== "auto") return true;
  }
  return false;
}

function motion() {
  const found = document.getAnimations().map((one) => `runs: ${one.animationName || one.transitionProperty}`);
  for (const element of document.querySelectorAll("*")) {
    const style = getComputedStyle(element);
    if (/[1-9]/.test(style.transitionDuration)) found.push(`transition: ${nameOf(element)}`);
    if (style.animationName !== "none" && /[1-9]/.test(style.animationDuration)) found.push(`animation: ${nameOf(element)}`);
    if (style.scrollBehavior !== "auto") found.push(`smooth scrolling: ${nameOf(element)}`);
  }
  return found;
}

// -- colours -----------------------------------------------------------------------------------------------

const pen = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
const colours = new Map();

/** [red, green, blue, alpha] of a CSS colour, 0-255 and 0-1. */
function parsed(css) {
  if (!colours.has(css)) {
    pen.clearRect(0, 0, 1, 1);
    pen.fillStyle = css;
    pen.fillRect(0, 0, 1, 1);
    const [red, green, blue, alpha] = pen.getImageData(0, 0, 1, 1).data;
    colours.set(css, [red, green, blue, alpha / 255]);
  }
  return colours.get(css);
}

function over(top, under) {
  return [...[0, 1, 2].map((place) => top[place] * top[3] + under[place] * (1 - top[3])), 1];
}

function luminance(colour) {
  const [red, green, blue] = colour.slice(0, 3).map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function ratio(one, other) {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

/** The colour behind an element: the backgrounds of its ancestors on the canvas of the page. `known`: what was found before. */
function backdrop(element, known) {
  if (!element) return parsed("Canvas");
  if (!known.has(element)) {
    known.set(element, over(parsed(getComputedStyle(element).backgroundColor), backdrop(element.parentElement, known)));
  }
  return known.get(element);
}

/** How much of an element is seen through its own opacity and that of its ancestors. */
function opacity(element, known) {
  if (!element) return 1;
  if (!known.has(element)) {
    known.set(element, Number(getComputedStyle(element).opacity) * opacity(element.parentElement, known));
  }
  return known.get(element);
}

/** Every text of the page against what lies under it; text in images has a check of its own. */
function textContrast() {
  const found = new Set();
  const backdrops = new Map();
  const opacities = new Map();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || element.closest("svg, script, style") || !visible(element)) continue;
    const style = getComputedStyle(element);
    const [red, green, blue, alpha] = parsed(style.color);
    const under = backdrop(element, backdrops);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const contrast = ratio(over([red, green, blue, alpha * opacity(element, opacities)], under), under);
    if (contrast < (large ? 3 : 4.5)) found.add(`${contrast.toFixed(2)}:1 ${nameOf(element)}`);
  }
  return [...found];
}

// -- keyboard ----------------------------------------------------------------------------------------------

/** Every stop comes in sight and has a visible focus: an outline of 2 px or more, 3:1 against its surroundings. Call after a Tab. */
function focusMarks() {
  const found = [];
  for (const element of tabbable()) {
    element.focus({ focusVisible: true });
    const style = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    const inSight = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
    if (!inSight) found.push(`out of sight: ${nameOf(element)}`);
    if (document.activeElement !== element) found.push(`does not take focus: ${nameOf(element)}`);
    else if (style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2) found.push(`no outline: ${nameOf(element)}`);
    else if (style.outlineStyle !== "auto") {
      const contrast = ratio(parsed(style.outlineColor), backdrop(element.parentElement, new Map()));
      if (contrast < 3) found.push(`outline of ${contrast.toFixed(2)}:1: ${nameOf(element)}`);
    }
    element.blur();
  }
  return found;
}

/** Stops that Tab comes to in another order than they have on the page. */
function ownOrder() {
  return tabbable().filter((element) => element.tabIndex > 0).map((element) => `has its own place in the order: ${nameOf(element)}`);
}

/** From now on note what each press of Tab leads to: its place among the stops (-1 for none) and its name. */
function noteStops() {
  const stops = tabbable();
  window.notedStops = [];
  window.noteStop = ({ key }) => {
    const element = document.activeElement;
    if (key === "Tab") window.notedStops.push({ place: stops.indexOf(element), name: nameOf(element) });
  };
  addEventListener("keyup", window.noteStop, true);
  return stops.length;
}

/** What was noted since; no more is. */
function notedStops() {
  removeEventListener("keyup", window.noteStop, true);
  return window.notedStops;
}
