// The sheet by keyboard alone: digits, point and back space make a mark, Enter goes on, arrows move between aspects.

import { controlOf, levels } from "./entry.js";
import { isEditable } from "./ledger.js";

const EDITING = { Backspace: "erase", Delete: "clear", ".": ".", ":": ":", "-": "minus" };

/** @param {() => import("./sheet_view.js").SheetView | null} shownSheet the sheet on the page, null on the list */
export function listenToKeys(shownSheet) {
  document.addEventListener("keydown", (event) => {
    const sheet = shownSheet();
    const isWriting = event.target.matches("input, textarea, select");
    if (!sheet || isWriting || event.ctrlKey || event.metaKey || event.altKey || !isEditable(sheet.record)) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      sheet.step(event.key === "ArrowDown" ? 1 : -1);
    } else if (enter(sheet, event)) event.preventDefault();
  });
}

function enter(sheet, event) {
  const aspect = sheet.aspect();
  if (!aspect || sheet.noting) return false;
  const control = controlOf(aspect);
  if (event.key === "Enter") {
    if (event.target.matches("button:not(.aspect)")) return false;
    sheet.next();
    return true;
  }
  if (control === "keypad" && (/^\d$/.test(event.key) || event.key in EDITING)) {
    sheet.press(EDITING[event.key] ?? event.key);
    return true;
  }
  const choice = choiceOf(aspect, control, event.key);
  if (choice === null) return false;
  sheet.choose(choice);
  return true;
}

/** A digit chooses: the level of a judgement, yes (1) or no (0), the option by its place. */
function choiceOf(aspect, control, key) {
  if (!/^\d$/.test(key)) return null;
  if (control === "cards") return levels(aspect).includes(key) ? key : null;
  if (control === "yes_no") return { 1: aspect.options[0][0], 0: aspect.options[1][0] }[key] ?? null;
  if (control === "choice") return aspect.options[Number(key) - 1]?.[0] ?? null;
  return null;
}
