"""The contrast of text inside SVG, which accessibility checkers leave out: its colour against what lies under it."""

import re

from selenium import webdriver

CHECK = r"""
const numbers = (colour) => {
  const found = colour.match(/[\d.]+/g).map(Number);
  return found.length < 4 ? [...found.slice(0, 3), 1] : found;
};
const over = (top, under) => {
  const share = top[3];
  return [0, 1, 2].map((place) => top[place] * share + under[place] * (1 - share)).concat(1);
};
const luminance = (colour) => {
  const parts = colour.slice(0, 3).map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
};
const ratio = (one, other) => {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
};
const opacities = new Map();
const opacity = (element) => {
  if (!element) return 1;
  if (!opacities.has(element)) {
    opacities.set(element, Number(getComputedStyle(element).opacity) * opacity(element.parentElement));
  }
  return opacities.get(element);
};
const canvas = document.createElement("div");
canvas.style.backgroundColor = "Canvas";
document.body.append(canvas);
const base = numbers(getComputedStyle(canvas).backgroundColor);
canvas.remove();
const paper = (element) => {
  const layers = [];
  for (let at = element; at; at = at.parentElement) layers.unshift(numbers(getComputedStyle(at).backgroundColor));
  return layers.reduce((under, top) => over(top, under), base);
};
// A shape with its look and the way from the screen to its own coordinates; nothing for one that is not seen.
const seen = (shape) => {
  const look = getComputedStyle(shape);
  if (look.fill === "none" || look.display === "none" || !shape.getClientRects().length) return null;
  return { shape, look, inverse: shape.getScreenCTM().inverse() };
};
const failures = [];
for (const image of document.querySelectorAll("svg")) {
  if (!image.getClientRects().length) continue;
  const background = paper(image);
  const before = []; // what is drawn before a text lies under it
  for (const text of image.querySelectorAll("*")) {
    if (text instanceof SVGGeometryElement) before.push(seen(text));
    if (text.localName !== "text") continue;
    const style = getComputedStyle(text);
    if (style.visibility !== "visible" || !text.textContent.trim() || !text.getClientRects().length) continue;
    if (style.fill === "none") {
      failures.push(`${text.textContent}: no fill`);
      continue;
    }
    const box = text.getBBox();
    const matrix = text.getScreenCTM();
    const size = parseFloat(style.fontSize) * Math.hypot(matrix.a, matrix.b);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const limit = large ? 3 : 4.5;
    let worst = Infinity;
    for (const share of [0.1, 0.5, 0.9]) {
      const point = new DOMPoint(box.x + share * box.width, box.y + box.height / 2).matrixTransform(matrix);
      let under = background;
      for (const { shape, look, inverse } of before.filter(Boolean)) {
        if (!shape.isPointInFill(point.matrixTransform(inverse))) continue;
        const fill = numbers(look.fill);
        under = over([...fill.slice(0, 3), fill[3] * Number(look.fillOpacity) * opacity(shape)], under);
      }
      const ink = numbers(style.fill);
      const shown = over([...ink.slice(0, 3), ink[3] * Number(style.fillOpacity) * opacity(text)], under);
      worst = Math.min(worst, ratio(shown, under));
    }
    if (worst < limit) failures.push(`${text.textContent}: ${worst.toFixed(2)} < ${limit} (${style.fill})`);
  }
}
return failures;
"""


def failures(browser: webdriver.Chrome) -> list[str]:
    """Each text in an SVG of the present page with a contrast below 4.5 (3 when it is large), as one sentence."""
    return browser.execute_script(CHECK)


def ratio(one: str, other: str) -> float:
    """Contrast of two computed colours such as `rgb(21, 66, 115)`."""
    bright, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
