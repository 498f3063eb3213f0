// One contestant's time from the presses of a module's clock, as the server reads it in scoring/engine/module_clock.py.

import { reading, span } from "./stopwatch.js";

const MOVES = {
  idle: { start: "running" },
  running: { pause: "paused", stop: "stopped" },
  paused: { resume: "running", stop: "stopped" },
  stopped: { unstop: "running" },
};

/** The state after a press; undefined where a watch does not allow it. */
function after(state, kind) {
  if (state !== "idle" && ["credit", "jump"].includes(kind)) return state;
  return MOVES[state][kind];
}

const isForAll = (press) => !press.entrants?.length;

/** The presses that concern one contestant; an end that was taken back has not been. */
function concerned(presses, entrant) {
  let found = [];
  for (const press of presses) {
    if (!isForAll(press) && !press.entrants.includes(entrant)) continue;
    if (isForAll(press) && press.kind === "clear") found = [];
    const end = isForAll(press) || press.kind !== "unstop" ? -1 : found.map((one) => !isForAll(one) && one.kind === "stop").lastIndexOf(true);
    if (end >= 0) found.splice(end, 1);
    else found.push(press);
  }
  return found;
}

/** The moments of one contestant's own stop watch. */
export function lane(presses, entrant) {
  let [kept, state, endedAlone] = [[], "idle", false];
  for (const press of concerned(presses, entrant)) {
    const { kind } = press;
    if (kind === "clear") {
      [kept, state, endedAlone] = [[], "idle", false];
      continue;
    }
    const isOwn = !isForAll(press);
    if (!isOwn && state === "stopped" && (endedAlone || !["unstop", "credit"].includes(kind))) continue;
    const next = after(state, kind);
    if (next === undefined) continue;
    state = next;
    kept.push(press);
    endedAlone = kind === "stop" ? isOwn : endedAlone && kind !== "unstop";
  }
  return kept;
}

/** The moments of the clock for everybody. */
export const whole = (presses) => presses.filter(isForAll);

/** In the order of time. */
export const ordered = (presses) => [...presses].sort((one, other) => Date.parse(one.at) - Date.parse(other.at));

/** What a watch shows at a moment. */
export function readingAt(moments, now) {
  const found = reading(moments);
  if (found.state !== "running") return found;
  const gross = found.gross + span(moments[moments.length - 1], now);
  return { ...found, gross, net: Math.max(0, gross - found.credit) };
}
