// Time taken, as moments and never as a counter that runs: what the server reckons in scoring/engine/stopwatch.py.
// A moment has both clocks of the device: the wall clock outlives a reload, the monotonic one can not be set.

import { uuid } from "./store.js";

const LIFE = uuid();
const MOVES = {
  idle: { start: "running" },
  running: { pause: "paused", stop: "stopped" },
  paused: { resume: "running", stop: "stopped" },
  stopped: { unstop: "running" },
};

/** This moment, by both clocks of the device. */
export const moment = (kind, more = {}) => ({
  kind,
  at: new Date().toISOString(),
  mono: Math.floor(performance.now()),
  life: LIFE,
  ...more,
});

const after = (state, kind) => {
  if (kind === "clear") return "idle";
  return kind === "credit" || kind === "jump" ? state : MOVES[state][kind];
};

/** Which kinds of moment may follow. */
export const ways = (state) => [...Object.keys(MOVES[state]), ...(state === "idle" ? [] : ["credit", "clear"])];

const milliseconds = (one) => Math.trunc(Math.round(Number(one.seconds ?? 0) * 1e6) / 1e3);

/** Milliseconds between two moments of this device. */
export function span(first, then) {
  const shift = then.kind === "jump" ? milliseconds(then) : 0;
  const wall = Date.parse(then.at) - Date.parse(first.at) - shift;
  const passed = then.life === first.life ? then.mono - first.mono : 0;
  return Math.max(0, wall, passed);
}

/**
 * What a watch shows after its moments.
 * @returns {{state: string, gross: number, credit: number, net: number}} times in milliseconds
 */
export function reading(moments) {
  let [state, gross, credit, last] = ["idle", 0, 0, null];
  for (const one of moments) {
    if (last && (state === "running" || one.kind === "unstop")) gross += span(last, one);
    if (one.kind === "credit") credit += milliseconds(one);
    state = after(state, one.kind);
    if (state === "idle" || one.kind === "start") [gross, credit] = [0, 0];
    last = one;
  }
  return { state, gross, credit, net: Math.max(0, gross - credit) };
}

/** What it shows at this moment. */
export function readingNow(moments) {
  const found = reading(moments);
  if (found.state !== "running") return found;
  const gross = found.gross + span(moments[moments.length - 1], moment("now"));
  return { ...found, gross, net: Math.max(0, gross - found.credit) };
}

/** A time as it is entered: minutes and seconds, cut to the step of the aspect (whole seconds without one). */
export function timeText(net, step) {
  const unit = Math.max(1, Math.round(Number(step ?? "1") * 1000));
  const cut = Math.floor(net / unit) * unit;
  let places = 0;
  while (places < 3 && unit % 10 ** (3 - places)) places += 1;
  const [minutes, rest] = [Math.floor(cut / 60000), cut % 60000];
  const tail = places ? `.${String(rest % 1000).padStart(3, "0").slice(0, places)}` : "";
  return `${minutes}:${String(Math.floor(rest / 1000)).padStart(2, "0")}${tail}`;
}

const TICK = 500;
const TOLERANCE = 400;

/**
 * Tell when somebody or something sets the device's wall clock while the page is being looked at. A difference that
 * arises while the page is hidden is sleep, which the wall clock counts rightly.
 * @param {(shift: number) => void} told milliseconds, negative if set back
 */
export function watchClock(told) {
  let before = null;
  document.addEventListener("visibilitychange", () => (before = null));
  setInterval(() => {
    if (document.visibilityState !== "visible") return;
    const now = { wall: Date.now(), mono: performance.now() };
    const shift = before ? now.wall - before.wall - (now.mono - before.mono) : 0;
    before = now;
    if (Math.abs(shift) > TOLERANCE) told(Math.round(shift));
  }, TICK);
}

let lock = null;

/** Keep the screen on while a watch runs, where the browser can. */
export async function keepAwake(isRunning) {
  if (!navigator.wakeLock) return;
  if (!isRunning) {
    if (lock) lock.release().catch(() => null);
    lock = null;
  } else if (!lock && document.visibilityState === "visible") {
    lock = await navigator.wakeLock.request("screen").catch(() => null);
    if (lock) lock.addEventListener("release", () => (lock = null));
  }
}
