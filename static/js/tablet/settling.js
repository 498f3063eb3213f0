// How what is still being entered becomes a mark: a number on the keypad, a stop watch that stands still.

import { read, tidied } from "./entry.js";
import { marked, owed } from "./ledger.js";
import { reading, timeText } from "./stopwatch.js";

/**
 * The record with what stands on the keypad made a mark, if its aspect admits it. If not, the aspect has no mark: a "1" that
 * was kept while the judge was still typing "166" was never meant, and must not come back when the "166" is refused.
 */
export function settled(record, blank) {
  if (!record.typing) return record;
  const { aspect: id, text } = record.typing;
  const aspect = blank.aspects.find((one) => one.id === id);
  if (!aspect) return { ...record, typing: null };
  if (text === "") return marked(record, id, null);
  const kept = tidied(text);
  if (!read(aspect, kept).problem) return marked(record, id, kept);
  return owed(record, id) ? record : { ...marked(record, id, null), typing: record.typing };
}

/** The record with what its stop watch shows as the mark; while the watch runs, or was begun anew, there is none. */
export function withTime(record, aspect) {
  const { state, net } = reading(record.times[aspect.id] ?? []);
  if (state !== "stopped") return marked(record, aspect.id, null);
  const text = timeText(net, aspect.step);
  if (read(aspect, text).problem) return { ...marked(record, aspect.id, null), typing: { aspect: aspect.id, text } };
  return marked(record, aspect.id, text);
}
