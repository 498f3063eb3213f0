// What the server did not take: both versions side by side with a choice, or what came too late. Nothing is hidden.

import { clock, fill, h, icon, t } from "./dom.js";
import { shown } from "./entry_view.js";

/** Of a sheet whose marks all arrived and that could not be handed in yet. */
const NOT_HANDED_IN = ["revote_pending", "incomplete_sheet", "judge_unsigned", "contestant_unsigned"];

/** Of a sheet that is no more, or another's now: the judge is to see these marks until they stand elsewhere. */
const GONE = ["not_found", "sheet_replaced", "foreign_sheet"];

/**
 * @param {HTMLElement} element
 * @param {{record: object, blank: object, choose: (choice: "mine" | "theirs") => void, dismiss: () => void}} page
 */
export function showProblem(element, page) {
  const { code } = page.record.problem;
  fill(element, code === "stale_revision" ? clash(page) : late(page));
}

function clash({ record, blank, choose }) {
  const { server } = record.problem;
  const rows = blank.aspects.map((aspect) => {
    const [mine, theirs] = [record.marks, server.marks].map((marks) => marks[aspect.id] ?? null);
    return h(
      `tr${mine === theirs ? "" : ".differs"}`,
      {},
      h("th", { scope: "row" }, `${aspect.code} ${aspect.label}`),
      h("td", {}, shown(aspect, mine) ?? "—"),
      h("td", {}, shown(aspect, theirs) ?? "—"),
    );
  });
  const titles = [t("aspect"), t("mine"), `${t("theirs")} ${clock(server.saved_at)}`];
  const head = h("tr", {}, ...titles.map((title) => h("th", { scope: "col" }, title)));
  return h(
    "section.problem",
    { role: "alertdialog", "aria-labelledby": "problem-title" },
    h("h2", { id: "problem-title" }, icon("warning"), t("clash_title")),
    h("p", {}, t("clash_text")),
    h("div.problem__table", { tabindex: "0" }, h("table", {}, h("thead", {}, head), h("tbody", {}, ...rows))),
    h(
      "div.problem__ways",
      {},
      h("button.way", { onclick: () => choose("mine"), data: { choose: "mine" } }, t("keep_mine")),
      h("button.way", { onclick: () => choose("theirs"), data: { choose: "theirs" } }, t("keep_theirs")),
    ),
  );
}

function late({ record, blank, dismiss }) {
  const { code, detail, errors } = record.problem;
  const names = new Map(blank.aspects.map((aspect) => [aspect.id, aspect]));
  const wrong = errors ? Object.values(errors).map((sentence) => h("li", {}, sentence)) : [];
  const [isBack, isGone] = [NOT_HANDED_IN, GONE].map((codes) => codes.includes(code));
  const marks = isBack ? [] : Object.entries(record.marks).filter(([id, text]) => text !== null && names.has(id));
  const kept = marks.map(([id, text]) => h("li", {}, `${names.get(id).code} ${names.get(id).label} · ${shown(names.get(id), text)}`));
  const list = wrong.length ? wrong : kept;
  return h(
    "section.problem",
    { role: "alertdialog", "aria-labelledby": "problem-title" },
    h("h2", { id: "problem-title" }, icon("warning"), t(isBack ? "not_handed_in" : isGone ? "gone_title" : ["sheet_closed", "handed_over"].includes(code) ? "late_title" : "refused_title")),
    h("p", {}, detail),
    list.length ? h("ul.problem__list", { tabindex: "0" }, ...list) : null,
    h("p", {}, t(isBack ? "not_handed_in_text" : isGone ? "gone_text" : "late_text")),
    h("div.problem__ways", {}, h("button.way", { onclick: dismiss, data: { choose: "dismiss" } }, t("understood"))),
  );
}
