// Small helpers for making the page: elements, icons, and sentences in the judge's language.

/**
 * An element.
 * @param {string} tag "button.key.key--wide" gives tag and classes
 * @param {object} [props] `on…` are listeners, `data` is the dataset, null and false are left out, the rest attributes
 * @param {...(Node | string | null)} children
 */
export function h(tag, props = {}, ...children) {
  const [name, ...classes] = tag.split(".");
  const element = document.createElement(name);
  if (classes.length) element.className = classes.join(" ");
  if (name === "button") element.type = "button";
  for (const [key, value] of Object.entries(props)) {
    if (value === null || value === false || value === undefined) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key === "data") Object.assign(element.dataset, value);
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

const SHAPES = {
  check: "M3 8.5l3.2 3.2L13 4.8",
  grid: "M2.5 2.5h4.5v4.5H2.5zM9 2.5h4.5v4.5H9zM2.5 9h4.5v4.5H2.5zM9 9h4.5v4.5H9z",
  circle: "M8 2.5a5.5 5.5 0 110 11 5.5 5.5 0 010-11",
  back: "M10 3L5 8l5 5",
  forward: "M6 3l5 5-5 5",
  disk: "M3 3h8l2 2v8H3zM5.5 3v3.5h5V3M5 13V9.5h6V13",
  up: "M8 12.5V4M4.5 7.2L8 3.7l3.5 3.5M3 14h10",
  cloud: "M4.5 12.5a3 3 0 01-.2-6 4 4 0 017.6-.6 3.3 3.3 0 01-.4 6.6zM6 9.2l1.5 1.5 2.6-2.8",
  offline: "M2 2l12 12M3 7a8 8 0 013-1.8M8 4.8c2 0 3.7.8 5 2.2M5.2 9.5A4.3 4.3 0 017 8.6M8 12.3v.2",
  warning: "M8 2.5l6 11H2zM8 6.5v3.2M8 11.4v.3",
  undo: "M4 6h6a3.5 3.5 0 010 7H6M6.5 3L3.5 6l3 3",
  note: "M3 3h10v7l-3 3H3zM5.5 6h5M5.5 9h3",
  question: "M5.8 6a2.3 2.3 0 114 1.6c-.9.8-1.8 1.2-1.8 2.4M8 12.3v.3",
  erase: "M5.5 4H14v8H5.5L2 8zM7.5 6.2l3.6 3.6M11.1 6.2L7.5 9.8",
  lock: "M4 7h8v6.5H4zM5.5 7V5a2.5 2.5 0 015 0v2",
  play: "M4.5 3l8 5-8 5z",
  pause: "M5 3v10M11 3v10",
  stop: "M4 4h8v8H4z",
  plus: "M8 3v10M3 8h10",
  camera: "M2 5h3l1-2h4l1 2h3v8H2zM8 6.5a2.3 2.3 0 110 4.6 2.3 2.3 0 010-4.6",
  pen: "M3 13l.7-3L10.5 3.2l2.3 2.3L6 12.3zM9 4.8l2.3 2.3",
};

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  for (const [key, value] of Object.entries({ class: "icon", viewBox: "0 0 16 16", "aria-hidden": "true" }))
    svg.setAttribute(key, value);
  path.setAttribute("d", SHAPES[name]);
  svg.append(path);
  return svg;
}

let texts = {};
let language = "zh-CN";

/** Take over the sentences that came with the page. */
export function speak(sentences, tag) {
  texts = sentences;
  language = tag;
}

/** The sentence `key`, with `{x}` filled in. */
export const t = (key, params = {}) => texts[key].replace(/\{(\w+)\}/g, (_whole, name) => params[name] ?? "");

/** A moment as people read it, in Beijing. */
export function clock(moment) {
  const options = { timeZone: "Asia/Shanghai", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hour12: false };
  return moment ? new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, options).format(new Date(moment)) : "";
}

/** Replace what an element holds. */
export function fill(element, ...children) {
  element.replaceChildren(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/**
 * As `fill`, but what looks as it shall stays: a tap on what is replaced under the finger would be lost. So what a button does
 * has to follow from how it looks and from its data.
 */
export function renew(element, ...children) {
  const fresh = children.filter((child) => child !== null && child !== undefined);
  fresh.forEach((child, n) => {
    const old = element.childNodes[n];
    if (!old) element.append(child);
    else if (old.isEqualNode(child)) return;
    else if (isFrameOf(old, child)) renew(old, ...child.childNodes);
    else old.replaceWith(child);
  });
  while (element.childNodes.length > fresh.length) element.lastChild.remove();
}

const isFrameOf = (old, child) =>
  child instanceof Element && child.nodeName !== "BUTTON" && old.cloneNode(false).isEqualNode(child.cloneNode(false));
