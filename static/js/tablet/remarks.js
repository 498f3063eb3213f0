// What stands beside the marks: doubts with their reasons, notes, answers of the chief judge, votes asked for again.

import { h, icon, t } from "./dom.js";
import { shown } from "./entry_view.js";
import { isWordless, noted, owed } from "./ledger.js";

/** Why a judge may doubt, ready-made: a tap is faster than a keyboard in a glove. */
export const reasons = () => t("doubt_words").split("|");

/** The small signs of a row: icon, number beside it, words. */
export function flagsOf(record, aspect, photos) {
  const pictures = photos.count(record, aspect.id);
  return [
    record.doubts.includes(aspect.id) ? ["question", "", t("doubt")] : null,
    record.notes[aspect.id] ? ["note", "", t("note")] : null,
    pictures ? ["camera", String(pictures), t("photo_count", { n: pictures })] : null,
  ].filter(Boolean);
}

/** What the chief judge has to say about an aspect: a vote asked for again, with one's own earlier one; an answer. */
export function asked(record, aspect) {
  const due = owed(record, aspect.id);
  const answer = record.doubts.includes(aspect.id) ? record.answers?.[aspect.id] : null;
  if (!due && !answer) return null;
  const earlier = due && due.earlier !== null ? h("span.asked__own", {}, t("own_vote", { vote: shown(aspect, due.earlier) })) : null;
  const first = due ? h("p", {}, h("b", {}, t("vote_again")), " ", due.reason) : null;
  return h("div.asked", {}, first, earlier, answer ? answered(answer) : null);
}

const answered = (answer) => h("p", {}, h("b", {}, t("answered")), " ", answer);

/** What the judge has noted, in sight while the mark is made; a tap goes on writing. */
export function ownNote(record, aspect, write) {
  const text = record.notes[aspect.id];
  if (!text) return null;
  return h("button.own-note", { onclick: write, data: { tool: "own-note" } }, icon("note"), h("span.own-note__text", {}, h("b", {}, `${t("note")} `), text));
}

/**
 * A doubt without a word helps nobody: a tap says why, or the judge writes; the mark is entered as ever meanwhile.
 * @param {(fn: (record: object) => object) => void} change
 */
export function why(record, aspect, change, write) {
  if (!isWordless(record, aspect.id)) return null;
  const tap = (of, onclick, ...inside) => h("button.why__word", { onclick, data: { why: of } }, ...inside);
  const words = reasons().map((word, n) => tap(n, () => change((r) => noted(r, aspect.id, word)), word));
  return h("div.why", { role: "group", "aria-label": t("doubt_why") }, h("b", {}, t("doubt_why")), ...words, tap("write", write, icon("note"), t("doubt_write")));
}

/** Where a note is written: kept key by key, sent when the box is left. */
export function noteBox(record, aspect, change, done) {
  const box = h("textarea.note__text", { rows: "4", maxlength: "1000" });
  box.value = record.notes[aspect.id] ?? "";
  box.addEventListener("input", () => change((r) => ({ ...noted(r, aspect.id, box.value.trim()), isDirty: true }), false));
  box.addEventListener("blur", () => change((r) => r));
  requestAnimationFrame(() => box.focus());
  const label = h("label.note__label", {}, h("span", {}, t("note_for", { label: `${aspect.code} ${aspect.label}` })), box);
  return h("div.note", {}, label, h("button.way", { onclick: done }, t("done")));
}

/** Doubts without a word, named before the sheet is handed in; nobody has to do anything about them. */
export function wordless(record, blank, go) {
  const found = blank.aspects.filter((aspect) => isWordless(record, aspect.id));
  if (!found.length) return null;
  return h("button.own-note", { onclick: () => go(found[0].id), data: { go: "wordless" } }, icon("question"), t("doubt_wordless", { codes: found.map((aspect) => aspect.code).join(t("and")) }));
}

/** What stands beside the marks of a sheet that is handed in: notes, doubts with their answers, how many pictures. */
export function remarks(record, blank, photos) {
  const lines = blank.aspects.map((aspect) => {
    const words = flagsOf(record, aspect, photos).map(([, , word]) => word);
    if (!words.length) return null;
    const [note, answer] = [record.notes[aspect.id], record.answers?.[aspect.id]];
    return h(
      "li",
      { data: { remark: aspect.id } },
      h("p.remark__head", {}, h("b", {}, `${aspect.code} ${aspect.label}`), ` ${words.join(" · ")}`),
      note ? h("p", {}, note) : null,
      answer ? answered(answer) : null,
    );
  });
  const found = lines.filter(Boolean);
  return found.length ? h("section.remarks", {}, h("h3", {}, t("remarks")), h("ul", {}, ...found)) : null;
}
