// The judge's sheets: by event and module, each with its draw number, its state in words and how far it is.

import { fill, h, icon, t } from "./dom.js";
import { isEditable, isUnsent, missing, owesVotes } from "./ledger.js";
import { reading } from "./stopwatch.js";

const TONES = { again: "waiting", untouched: "off", open: "active", returned: "waiting", submitted: "done", confirmed: "done" };

const SHAPES = { again: "warning", untouched: "circle", open: "pen", returned: "warning", submitted: "check", confirmed: "lock" };

/** How a sheet stands, as a key of the texts. */
export function standing(record) {
  if (record.submitting || record.state === "submitted") return "submitted";
  if (record.state === "confirmed") return "confirmed";
  if (owesVotes(record)) return "again";
  if (record.return_reason) return "returned";
  return Object.values(record.marks).some((text) => text !== null) ? "open" : "untouched";
}

const isTiming = (record) => isEditable(record) && Object.values(record.times ?? {}).some((moments) => reading(moments).state === "running");

export class ListView {
  /** @param {{blanks: object, open: (id: number) => void}} page */
  constructor(element, page) {
    this.element = element;
    this.page = page;
  }

  show(records) {
    // Drawn anew only if something is to be seen: a tap on a tile that is replaced under the finger would be lost.
    const sign = JSON.stringify(records.map((record) => [record.id, record.blank, ...this.facts(record)]));
    if (sign === this.drawn) return;
    this.drawn = sign;
    if (!records.length) {
      fill(this.element, h("p.empty", {}, t("no_sheets")));
      return;
    }
    const groups = new Map();
    for (const record of records) {
      const { event, module } = this.page.blanks[record.blank];
      const key = `${event}\n${module}`;
      groups.set(key, [...(groups.get(key) ?? []), record]);
    }
    fill(this.element, ...[...groups].map(([key, members]) => this.group(key.split("\n"), members)));
  }

  group([event, module], records) {
    const done = records.filter((record) => ["submitted", "confirmed"].includes(standing(record))).length;
    return h(
      "section.group",
      {},
      h("h2.group__title", {}, h("span", {}, `${event} · ${module}`), h("span.group__count", {}, t("submitted_count", { done, all: records.length }))),
      h("ul.tiles", {}, ...records.map((record) => this.tile(record))),
    );
  }

  /** Everything of a record that its tile shows. */
  facts(record) {
    const blank = this.page.blanks[record.blank];
    const all = blank.required.length;
    const done = all ? all - missing(record, blank).length : Object.values(record.marks).filter((text) => text !== null).length;
    return [record.draw_number ?? "—", standing(record), done, all, record.entrant_status, isTiming(record), isUnsent(record)];
  }

  tile(record) {
    const [number, state, done, all] = this.facts(record);
    const away = ["absent", "withdrawn", "disqualified"].includes(record.entrant_status) ? t(record.entrant_status) : null;
    const count = all ? t("marked_count", { done, all }) : t("noted_count", { n: done });
    const words = `${t("draw_number")} ${number} · ${t(state)} · ${count}`;
    return h(
      "li",
      {},
      h(
        `button.tile.tile--${TONES[state]}`,
        { onclick: () => this.page.open(record.id), "aria-label": words, data: { sheet: record.id } },
        h("span.tile__number", {}, String(number)),
        h("span.tile__state", {}, icon(SHAPES[state]), t(state)),
        isTiming(record) ? h("span.tile__unsent", {}, icon("play"), t("timing")) : null,
        h("span.tile__count", {}, away ?? count),
        isUnsent(record) ? h("span.tile__unsent", {}, icon("up"), t("kept")) : null,
      ),
    );
  }
}
