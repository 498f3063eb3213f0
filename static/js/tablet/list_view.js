// The judge's sheets: first what is to be done, with one button that goes on with it; what is finished stands below, smaller.

import { clock, h, icon, renew, t } from "./dom.js";
import { isEditable, isUnsent, missing, owesVotes } from "./ledger.js";
import { reading } from "./stopwatch.js";

const TONES = { problem: "waiting", again: "waiting", untouched: "off", open: "active", returned: "waiting", submitted: "done", confirmed: "done" };

const SHAPES = { problem: "warning", again: "warning", untouched: "circle", open: "pen", returned: "warning", submitted: "check", confirmed: "lock" };

/** What is gone on with first: what was not taken, what came back, then what was begun, then by draw number. */
const FIRST = ["problem", "again", "returned", "open", "untouched"];
const AWAY = ["absent", "withdrawn", "disqualified"];

/** More sheets to be done than this stand in smaller tiles. */
const MANY = 24;

/** How a sheet stands, as a key of the texts. */
export function standing(record) {
  if (record.problem) return "problem";
  if (record.submitting || record.state === "submitted") return "submitted";
  if (record.state === "confirmed") return "confirmed";
  if (owesVotes(record)) return "again";
  if (record.return_reason) return "returned";
  return Object.values(record.marks).some((text) => text !== null) ? "open" : "untouched";
}

const isAway = (record) => AWAY.includes(record.entrant_status);

/** Whether the judge has nothing more to do on a sheet: it is handed in, or its contestant did not come or had to leave. */
export const isFinished = (record) => ["submitted", "confirmed"].includes(standing(record)) || isAway(record);

/** The sheet to go on with; null when none is left. */
export function nextOf(records) {
  const open = records.filter((record) => !isFinished(record));
  const rank = (record) => FIRST.indexOf(standing(record));
  return open.reduce((best, record) => (best === null || rank(record) < rank(best) ? record : best), null);
}

const isTiming = (record) => isEditable(record) && Object.values(record.times ?? {}).some((moments) => reading(moments).state === "running");

export class ListView {
  /** @param {{blankOf: (record: object) => object, passedOn: () => object[], open: (id: number) => void}} page */
  constructor(element, page) {
    this.element = element;
    this.page = page;
  }

  show(records) {
    // An answer of the server comes while a finger is on its way to the next tile: only what is to be seen is drawn.
    const passedOn = this.page.passedOn();
    const sign = JSON.stringify([passedOn, records.map((record) => [record.id, record.blank, ...this.facts(record)])]);
    if (sign === this.drawn) return;
    this.drawn = sign;
    const notices = passedOn.map(({ place, at, moved, is_vacant }) => h("p.list__notice", { role: "status" }, icon("warning"), t(is_vacant ? "passed_on_vacant" : "passed_on", { place, at: clock(at), n: moved })));
    if (!records.length) {
      renew(this.element, ...(notices.length ? notices : [h("p.empty", {}, t("no_sheets"))]));
      return;
    }
    const [open, finished] = [records.filter((record) => !isFinished(record)), records.filter(isFinished)];
    renew(this.element, ...notices, this.head(records, open), ...this.groups(open, records, open.length > MANY), ...this.below(finished, records));
  }

  /** The button that goes on, with how much there is left; or that all is done. */
  head(records, open) {
    const next = nextOf(records);
    if (!next) return h("section.onward.onward--done", {}, icon("check"), h("div", {}, h("h2", {}, t("all_finished")), h("p", {}, t("all_finished_then"))));
    const { event, module } = this.page.blankOf(next);
    const state = standing(next);
    const count = (key) => open.filter((record) => standing(record) === key).length;
    const left = open.length - count("problem");
    const parts = ["problem", "returned", "again"].filter(count).map((key) => `${t(key)} ${count(key)}`);
    const word = state === "untouched" && open.every((record) => standing(record) === "untouched") ? "begin" : "go_on";
    const [number, , done, all] = this.facts(next);
    return h(
      "section.onward",
      {},
      h(
        "button.onward__go",
        { onclick: () => this.page.open(next.id), data: { go: "on", onward: next.id } },
        h("span.onward__word", {}, t(word), icon("forward")),
        h("span.onward__what", {}, h("b", {}, t("contestant", { n: number })), h("span", {}, `${event} · ${module}`), h("span", {}, `${t(state)}${state === "untouched" ? "" : ` · ${this.count(done, all)}`}`)),
      ),
      h("p.onward__left", {}, left ? h("b", {}, t("left_count", { n: left })) : null, parts.length ? h("span.onward__back", {}, icon("warning"), parts.join(" · ")) : null),
    );
  }

  groups(members, all, isSmall, tag = "h2") {
    const found = new Map();
    for (const record of members) {
      const key = this.keyOf(record);
      found.set(key, [...(found.get(key) ?? []), record]);
    }
    return [...found].map(([key, own]) => this.group(key, own, all.filter((record) => this.keyOf(record) === key), isSmall, tag));
  }

  keyOf(record) {
    const { event, module } = this.page.blankOf(record);
    return `${event} · ${module}`;
  }

  group(title, members, all, isSmall, tag) {
    const expected = all.filter((record) => !isAway(record));
    const done = expected.filter(isFinished).length;
    return h(
      "section.group",
      {},
      h(`${tag}.group__title`, {}, h("span", {}, title), h("span.group__count", {}, t("submitted_count", { done, all: expected.length }))),
      h(`ul.tiles${isSmall ? ".tiles--small" : ""}`, {}, ...members.map((record) => this.tile(record))),
    );
  }

  below(finished, records) {
    if (!finished.length) return [];
    return [h("h2.list__finished", {}, t("finished"), h("span.group__count", {}, t("sheets_count", { n: finished.length }))), ...this.groups(finished, records, true, "h3")];
  }

  /** Everything of a record that its tile shows. */
  facts(record) {
    const blank = this.page.blankOf(record);
    const all = blank.required.length;
    const done = all ? all - missing(record, blank).length : Object.values(record.marks).filter((text) => text !== null).length;
    return [record.draw_number ?? "—", standing(record), done, all, record.entrant_status, isTiming(record), isUnsent(record)];
  }

  count = (done, all) => (all ? t("marked_count", { done, all }) : t("noted_count", { n: done }));

  tile(record) {
    const [number, state, done, all] = this.facts(record);
    const away = isAway(record) ? t(record.entrant_status) : null;
    const isComplete = all > 0 && done === all && ["open", "returned"].includes(state);
    const count = away ?? (isComplete ? t("to_submit") : this.count(done, all));
    const words = `${t("draw_number")} ${number} · ${t(state)} · ${count}`;
    const tone = away && TONES[state] !== "done" ? "off" : TONES[state];
    return h(
      "li",
      {},
      h(
        `button.tile.tile--${tone}`,
        { onclick: () => this.page.open(record.id), "aria-label": words, data: { sheet: record.id } },
        h("span.tile__number", {}, String(number)),
        h("span.tile__state", {}, icon(SHAPES[state]), h("span.tile__word", {}, t(state))),
        isTiming(record) ? h("span.tile__unsent", {}, icon("play"), t("timing")) : null,
        h("span.tile__count", {}, count),
        isUnsent(record) ? h("span.tile__unsent", {}, icon("up"), t("kept")) : null,
      ),
    );
  }
}
