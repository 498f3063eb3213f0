// A layout's data and what may be done to it. Every act gives a new object; the old one stays for undo.
// The keys are those of docs/formats/layout.md, and nothing else is ever put in.

import { shifted } from "./arranging.js";
import { limits } from "./geometry.js";

export const itemOf = (layout, id) => layout.items.find((item) => item.id === id) ?? null;

const withItems = (layout, items) => ({ ...layout, items });

/** Some keys of an item replaced; a key with `undefined` is taken away. */
export const changed = (layout, id, patch) => changedAll(layout, new Map([[id, patch]]));

/** As `changed`, for several items at once. @param {Map<string, object>} patches by id */
export function changedAll(layout, patches) {
  const change = (item) => (patches.has(item.id) ? tidy({ ...item, ...patches.get(item.id) }) : item);
  return withItems(layout, layout.items.map(change));
}

function tidy(object) {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}

export const removed = (layout, ids) => withItems(layout, layout.items.filter((item) => !ids.includes(item.id)));

/** An id that no item has: `kind`, then `kind-2` and so on. */
export function freshId(layout, kind) {
  const taken = new Set(layout.items.map((item) => item.id));
  if (!taken.has(kind)) return kind;
  let number = 2;
  while (taken.has(`${kind}-${number}`)) number += 1;
  return `${kind}-${number}`;
}

/** The layout with an item more, and the item's id. */
export function added(layout, fresh) {
  const item = { ...fresh, id: freshId(layout, fresh.type) };
  return [withItems(layout, [...layout.items, item]), item.id];
}

/** The layout with copies of items beside them, and the copies' ids. `base` gives the id that a copy's is made of. */
export function doubled(layout, ids, base) {
  const items = ids.map((id) => itemOf(layout, id));
  const boxes = shifted(items.map((item) => item.box), 4, 4, limits(layout.page));
  let result = layout;
  const copies = items.map((item, place) => {
    const copy = { ...item, id: freshId(result, base(item.id)), box: boxes[place] };
    result = withItems(result, [...result.items, copy]);
    return copy.id;
  });
  return [result, copies];
}

/** Items earlier (-1) or later (+1) in the order of drawing and of reading aloud; they keep their own order. */
export function reordered(layout, ids, by) {
  const items = [...layout.items];
  const places = items.map((_, place) => place);
  for (const from of by < 0 ? places : places.reverse()) {
    const to = from + by;
    const isFree = to >= 0 && to < items.length && !ids.includes(items[to].id);
    if (ids.includes(items[from].id) && isFree) [items[from], items[to]] = [items[to], items[from]];
  }
  return withItems(layout, items);
}

/** A value at a path such as ["page", "width"]; undefined takes it away. */
export function withValue(layout, [key, ...rest], value) {
  return tidy({ ...layout, [key]: rest.length ? withValue(layout[key] ?? {}, rest, value) : value });
}

export const valueAt = (layout, path) => path.reduce((found, key) => found?.[key], layout);

/** A new item of a kind in the middle of the page. `given` holds words and the first font, picture of the layout. */
export function freshItem(kind, page, given) {
  const sizes = { text: [100, 12], paragraph: [200, 40], qr: [24, 24], image: [40, 40], ornament: [89, 4], seal: [39, 39] };
  const [width, height] = sizes[kind].map((size, i) => Math.min(size, i ? page.height : page.width));
  const box = [Math.round((page.width - width) / 2), Math.round((page.height - height) / 2), width, height];
  const words = { font: given.font, size: 16, min_size: 10, color: "#1D1A17" };
  const more = {
    text: { ...words, align: "center", text: given.words },
    paragraph: { ...words, leading: 26, indent_em: 2, text: given.words },
    qr: { level: "M", content: "{cert.url}" },
    image: { asset: given.picture, alt: given.words },
    ornament: { name: "divider", color: "#B98A2E" },
    seal: { font: given.font, owner: "{issuer.1.name}", asset: "seal.1", label: "（盖章）" },
  };
  return { type: kind, box, ...more[kind] };
}

/** Sizes belong together: a smaller text needs a smaller lower bound, and its lines keep their proportion. */
export function resizedText(item, size) {
  const patch = { size };
  if (item.min_size !== undefined) patch.min_size = Math.min(item.min_size, size);
  if (item.leading !== undefined) patch.leading = Math.round(((item.leading * size) / item.size) * 10) / 10;
  return patch;
}

const TEXTS = ["text", "label", "owner", "content"];

/** How often the texts of a layout use a style. */
export function usesOfStyle(layout, style) {
  const texts = layout.items.flatMap((item) => TEXTS.map((key) => item[key] ?? ""));
  return texts.reduce((sum, text) => sum + text.split(`<${style}>`).length - 1, 0);
}

/** How often items and styles of a layout use a font role. */
export function usesOfRole(layout, role) {
  return [...layout.items, ...Object.values(layout.styles ?? {})].filter((one) => one.font === role).length;
}

/** A style under another name, in every text that uses it. */
export function renamedStyle(layout, style, fresh) {
  const renamed = (text) => text.replaceAll(`<${style}>`, `<${fresh}>`).replaceAll(`</${style}>`, `</${fresh}>`);
  const items = layout.items.map((item) => {
    const texts = TEXTS.filter((key) => item[key] !== undefined).map((key) => [key, renamed(item[key])]);
    return { ...item, ...Object.fromEntries(texts) };
  });
  const styles = Object.entries(layout.styles).map(([name, value]) => [name === style ? fresh : name, value]);
  return { ...layout, styles: Object.fromEntries(styles), items };
}

/** A name that nothing in a table has: `words 1` and so on. */
export function freshName(table, words) {
  let number = 1;
  while (`${words} ${number}` in table) number += 1;
  return `${words} ${number}`;
}
