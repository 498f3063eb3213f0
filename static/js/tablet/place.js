// The line at the head: whose sheet this is, called by number, and the ways to the list and to the neighbours.

import { h, icon, t } from "./dom.js";

const AWAY = ["absent", "withdrawn", "disqualified"];

const square = (label, onclick, shape, data, more = {}) => h("button.square", { onclick, "aria-label": t(label), data, ...more }, icon(shape));

const toList = (close) => square("back", close, "grid", { go: "list" });

/** Above a page of its own, as that for handing over. */
export const titled = (title, close) => [toList(close), h("h1.place__title", {}, title)];

/** Above the list. */
export const listTitle = () => [h("h1.place__title", {}, t("my_sheets"))];

/**
 * Above a sheet.
 * @param {{event: string, module: string}} blank
 * @param {(number | null)[]} neighbours the sheets before and after it in its module
 */
export function place(record, { event, module }, neighbours, { open, close }) {
  const [before, after] = neighbours;
  const turn = (id, key, shape) => square(key, () => open(id), shape, { go: key, to: id }, { disabled: id === null });
  const away = AWAY.includes(record.entrant_status) ? h("b.place__away", {}, t(record.entrant_status)) : null;
  return [
    toList(close),
    h("h1.place__number", { "aria-label": t("contestant", { n: record.draw_number }) }, String(record.draw_number ?? "—")),
    h("p.place__text", {}, h("span", {}, event), h("span.place__module", {}, module), away),
    h("div.place__turn", {}, turn(before, "previous_contestant", "back"), turn(after, "next_contestant", "forward")),
  ];
}
