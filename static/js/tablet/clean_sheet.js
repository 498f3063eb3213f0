// A sheet that asks only for what goes wrong: as long as nothing is entered, nobody has said that nothing went wrong.

import { read } from "./entry.js";
import { marked } from "./ledger.js";

const TRAPS = ["veto", "disqualification"];

/** What is entered where nothing went wrong; null where an aspect asks for something else. */
function clean(aspect) {
  if (aspect.kind === "deduction") return read(aspect, "0").problem ? null : "0";
  return TRAPS.includes(aspect.kind) && aspect.options.length ? aspect.options[1][0] : null;
}

/** Whether no mark is demanded and some only note what goes wrong. */
const asksForFaultsOnly = (blank) => !blank.required.length && blank.aspects.some((aspect) => clean(aspect) !== null);

/** Whether the judge has said neither that something went wrong nor that nothing did. */
export const isUnsaid = (record, blank) => asksForFaultsOnly(blank) && !Object.values(record.marks).some((text) => text !== null);

/** The record with everything said to be in order. */
export const allClean = (record, blank) =>
  blank.aspects.reduce((next, aspect) => (clean(aspect) === null ? next : marked(next, aspect.id, clean(aspect))), { ...record, typing: null });

/** How the button is called, as a key of the texts. */
export function cleanWord(blank) {
  const kinds = new Set(blank.aspects.map((aspect) => aspect.kind));
  if (!kinds.has("deduction")) return "all_clean_traps";
  return TRAPS.some((kind) => kinds.has(kind)) ? "all_clean_both" : "all_clean";
}
