// The stop watch above the keypad of a time: start, pause, stop, time granted with its reason, begin anew.

import { fill, h, icon, renew, t } from "./dom.js";
import { reasonForm } from "./reason_form.js";
import { moment, readingNow, timeText, ways } from "./stopwatch.js";

const SHOW_MS = 100;
const MAIN = ["start", "resume", "unstop", "pause", "stop"];
const SHAPES = { start: "play", resume: "play", unstop: "play", pause: "pause", stop: "stop", credit: "plus", clear: "undo" };
export const WANT_REASON = ["unstop", "credit", "clear"];

export class WatchView {
  /** @param {{press: (aspect: object, moment: object) => void, take: (aspect: object) => void}} hand */
  constructor(hand) {
    this.hand = hand;
    this.element = h("section.watch", { "aria-label": t("watch") });
    this.shared = h("div.watch__shared", { hidden: true });
    this.timer = 0;
    this.asking = null;
  }

  /** Show the watch of an aspect of a sheet, or none. A reason that is being written for it stays. */
  draw(aspect, sheet) {
    const place = aspect ? `${sheet}/${aspect.id}` : null;
    if (place !== this.place) {
      this.asking = null;
      this.drawn = null;
    }
    this.place = place;
    this.aspect = aspect;
    this.element.hidden = !aspect;
  }

  paint(moments) {
    this.moments = moments;
    const { state } = readingNow(moments);
    const sign = this.asking ?? state;
    if (sign !== this.drawn) {
      this.drawn = sign;
      const hadFocus = this.element.contains(document.activeElement);
      this.make(state);
      if (hadFocus) this.element.querySelector("input, button").focus();
    }
    this.show();
  }

  make(state) {
    const kinds = ways(state);
    const order = [...MAIN, "credit", "clear"].filter((kind) => kinds.includes(kind));
    this.face = h("output.watch__face", { "aria-live": "off" });
    this.note = h("span.watch__note", {});
    const button = (kind) =>
      h(`button.watch__key${MAIN.includes(kind) && kind !== "unstop" ? ".watch__key--main" : ""}`, { onclick: () => this.press(kind), data: { watch: kind } }, icon(SHAPES[kind]), t(`watch_${kind}`));
    fill(
      this.element,
      h("div.watch__head", {}, this.face, this.note),
      this.asking ? this.form(this.asking) : h("div.watch__keys", {}, ...order.map(button)),
      this.shared,
    );
  }

  /** The time as it stands; again and again while it runs and can be seen. */
  show() {
    clearTimeout(this.timer);
    const { state, net, credit } = readingNow(this.moments);
    if (state === "running" && this.face.isConnected) this.timer = setTimeout(() => this.show(), SHOW_MS);
    this.element.dataset.state = state;
    this.face.textContent = timeText(net, state === "running" ? "0.1" : this.aspect.step);
    this.note.textContent = credit ? t("watch_credited", { time: timeText(credit, "1") }) : state === "idle" ? "" : t(`watch_is_${state}`);
  }

  press(kind) {
    if (WANT_REASON.includes(kind)) {
      this.asking = kind;
      this.paint(this.moments);
      return;
    }
    this.hand.press(this.aspect, moment(kind));
  }

  form(kind) {
    const leave = () => {
      this.asking = null;
      this.paint(this.moments);
    };
    const done = (more) => {
      this.asking = null;
      this.hand.press(this.aspect, moment(kind, more));
    };
    return reasonForm(kind, done, leave);
  }

  /** What the clock of the whole module shows for this contestant, with the way to take it over once it stands. */
  forAll(found) {
    const { state, net } = found ?? { state: "idle" };
    this.shared.hidden = state === "idle";
    if (state === "idle") return;
    const time = timeText(net, state === "stopped" ? this.aspect.step : "1");
    const words = h("span.watch__note", {}, t(state === "stopped" ? "clock_time" : "clock_runs", { time }));
    const take = h("button.watch__key", { onclick: () => this.hand.take(this.aspect), data: { watch: "take" } }, icon("check"), t("clock_take"));
    renew(this.shared, words, state === "stopped" ? take : null);
  }
}
