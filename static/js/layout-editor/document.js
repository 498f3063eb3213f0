// A layout's data and what may be done to it. Every act gives a new object; the old one stays for undo.
// The keys are those of docs/formats/layout.md, and nothing else is ever put in.

import { limits, moved } from "./geometry.js";

export const itemOf = (layout, id) => layout.items.find((item) => item.id === id) ?? null;

const withItems = (layout, items) => ({ ...layout, items });

/** Some keys of an item replaced; a key with `undefined` is taken away. */
export function changed(layout, id, patch) {
  return withItems(layout, layout.items.map((item) => (item.id === id ? tidy({ ...item, ...patch }) : item)));
}

function tidy(object) {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}

export const removed = (layout, id) => withItems(layout, layout.items.filter((item) => item.id !== id));

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

/** The layout with a copy of an item beside it, and the copy's id. */
export function doubled(layout, id) {
  const item = itemOf(layout, id);
  const copy = { ...item, id: freshId(layout, item.id), box: moved(item.box, 4, 4, limits(layout.page)) };
  return [withItems(layout, [...layout.items, copy]), copy.id];
}

/** An item earlier (-1) or later (+1) in the order of drawing and of reading aloud. */
export function reordered(layout, id, by) {
  const items = [...layout.items];
  const from = items.findIndex((item) => item.id === id);
  const to = Math.min(Math.max(from + by, 0), items.length - 1);
  items.splice(to, 0, ...items.splice(from, 1));
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
