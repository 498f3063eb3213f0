// One module's clock on the tablet: a large face, what may be pressed for all or for some, every contestant with an own end.

import { h, icon, renew, t } from "./dom.js";
import { lane, readingAt, whole } from "./module_clock.js";
import { reasonForm } from "./reason_form.js";
import { timeText } from "./stopwatch.js";
import { WANT_REASON } from "./watch_view.js";

const SHAPES = { start: "play", resume: "play", unstop: "play", pause: "pause", stop: "stop", credit: "plus", clear: "undo" };
const FOR_ALL = { idle: ["start"], running: ["pause", "stop", "credit", "clear"], paused: ["resume", "stop", "credit", "clear"], stopped: ["unstop", "credit", "clear"] };
const FOR_SOME = ["stop", "credit", "unstop"];
const OUT = ["absent", "withdrawn", "disqualified"];
const STATES = { idle: "clock_idle", running: "timing", paused: "watch_is_paused", stopped: "clock_stopped" };

export const batchName = (number) => (number ? t("clock_batch", { n: number }) : t("clock_no_batch"));

export class ClockView {
  /** @param {import("./clocks.js").Clocks} clocks */
  constructor(element, clocks) {
    Object.assign(this, { element, clocks, chosen: new Set(), asking: null, tiles: [] });
    this.face = h("output.module-clock__face", { "aria-live": "off" });
    this.state = h("span.module-clock__state");
    this.left = h("span.module-clock__left");
    this.times = h("div.module-clock__times", {}, this.face, this.state, this.left);
    this.head = h("section.module-clock__head");
    this.lanes = h("ul.lanes");
  }

  show(moduleId, batch) {
    Object.assign(this, { moduleId, number: batch, chosen: new Set(), asking: null, drawn: null });
    this.paint();
  }

  paint() {
    const { module, batch } = this.clocks.find(this.moduleId, this.number);
    if (!batch) return;
    const presses = this.clocks.presses(this.moduleId, this.number);
    const now = this.clocks.now();
    const all = readingAt(whole(presses), now);
    const lanes = batch.members.map((member) => ({ member, ...readingAt(lane(presses, member.id), now) }));
    const sign = JSON.stringify([all.state, presses.length, [...this.chosen], this.asking, this.clocks.refusals, lanes.map((one) => [one.member.status, one.state])]);
    if (sign !== this.drawn) {
      this.drawn = sign;
      this.make(all, lanes);
    }
    const allowed = module.allowed_seconds === null ? null : module.allowed_seconds * 1000;
    this.face.textContent = timeText(all.gross, "1");
    this.tell(this.left, all.state === "idle" ? null : allowed, all);
    lanes.forEach((one, n) => this.paintLane(this.tiles[n], one, allowed));
  }

  tell(element, allowed, { gross, credit }) {
    const left = allowed === null ? null : allowed + credit - gross;
    element.textContent = left === null ? "" : t(left < 0 ? "clock_over" : "clock_left", { time: timeText(Math.abs(left), "1") });
    element.dataset.over = left !== null && left < 0 ? "yes" : "no";
  }

  paintLane({ time, left, credit }, one, allowed) {
    time.textContent = one.state === "idle" ? "" : timeText(one.net, "1");
    credit.textContent = one.credit ? t("clock_credit", { time: timeText(one.credit, "1") }) : "";
    this.tell(left, ["running", "paused"].includes(one.state) ? allowed : null, one);
  }

  /** Contestants end one right after the other: of all buttons only those are made anew that change. */
  make(all, lanes) {
    this.state.textContent = t(STATES[all.state]);
    this.head.dataset.state = all.state;
    renew(this.head, this.times, this.asking ? this.form() : this.keys(all, lanes));
    this.lay(lanes);
    const refused = this.clocks.refusals.map((why) => h("p.module-clock__refused", { role: "alert" }, icon("warning"), t("clock_refused", { why })));
    const ok = refused.length ? h("button.way", { onclick: () => this.clocks.dismiss() }, t("understood")) : null;
    renew(this.element, this.head, ...refused, ok, this.lanes);
  }

  lay(lanes) {
    const signOf = ({ member, state }) => JSON.stringify([this.moduleId, member, state, this.chosen.has(member.id)]);
    const before = new Map(this.tiles.map((tile) => [tile.sign, tile]));
    this.tiles = lanes.map((one) => before.get(signOf(one)) ?? { ...this.tile(one), sign: signOf(one) });
    for (const tile of before.values()) if (!this.tiles.includes(tile)) tile.element.remove();
    const { children } = this.lanes;
    this.tiles.forEach(({ element }, n) => children[n] === element || this.lanes.insertBefore(element, children[n] ?? null));
  }

  keys(all, lanes) {
    const chosen = lanes.filter((one) => this.chosen.has(one.member.id));
    const isSome = chosen.length > 0;
    const kinds = isSome ? FOR_SOME.filter((kind) => chosen.some((one) => this.fits(kind, one.state, all.state))) : FOR_ALL[all.state];
    const whom = isSome ? t("clock_some", { n: chosen.length }) : t("clock_all");
    const word = (kind) => (kind === "stop" ? t("clock_stop") : t(`watch_${kind}`));
    const key = (kind) =>
      h(
        `button.watch__key${["start", "resume"].includes(kind) || (isSome && kind === "stop") ? ".watch__key--main" : ""}`,
        { onclick: () => this.press(kind), data: { press: kind } },
        icon(SHAPES[kind]),
        ["start", "resume", "pause", "stop"].includes(kind) ? t("clock_press", { whom, word: word(kind) }) : word(kind),
      );
    return h("div.module-clock__keys", {}, h("p.module-clock__whom", {}, h("b", {}, t("clock_for", { whom })), isSome ? null : h("span", {}, ` ${t("clock_choose")}`)), h("div.watch__keys", {}, ...kinds.map(key)));
  }

  /** Whether a press makes sense for one contestant. */
  fits(kind, state, whole) {
    if (kind === "credit") return state !== "idle";
    return kind === "unstop" ? state === "stopped" && whole !== "paused" : ["running", "paused"].includes(state);
  }

  press(kind) {
    if (WANT_REASON.includes(kind)) {
      this.asking = kind;
      this.paint();
      return;
    }
    this.send(kind);
  }

  send(kind, more = {}) {
    const chosen = [...this.chosen];
    Object.assign(this, { asking: null, chosen: new Set() });
    this.clocks.press(this.moduleId, this.number, kind, chosen, more);
  }

  form() {
    const whom = this.chosen.size ? t("clock_some", { n: this.chosen.size }) : t("clock_all");
    const leave = () => {
      this.asking = null;
      this.paint();
    };
    return h("div.module-clock__keys", {}, h("p.module-clock__whom", {}, h("b", {}, t("clock_for", { whom }))), reasonForm(this.asking, (more) => this.send(this.asking, more), leave));
  }

  tile({ member, state }) {
    const isOut = OUT.includes(member.status);
    const [time, left, credit] = [h("b.lane__time"), h("span.lane__left"), h("span.lane__credit")];
    const isChosen = this.chosen.has(member.id);
    const station = member.station === null ? null : h("span.lane__station", {}, t("clock_station", { n: member.station }));
    const choose = h(
      "button.lane__choose",
      { onclick: () => this.choose(member.id), disabled: isOut || state === "idle", "aria-pressed": String(isChosen), data: { lane: member.draw_number ?? member.id } },
      h("span.lane__number", {}, String(member.draw_number ?? "—")),
      h("span.lane__words", {}, station, h("span", {}, isOut ? t(member.status) : t(STATES[state])), credit),
      h("span.lane__times", {}, time, left),
    );
    const isOn = !isOut && ["running", "paused"].includes(state);
    const end = isOn ? h("button.lane__end", { onclick: () => this.clocks.press(this.moduleId, this.number, "stop", [member.id]), data: { end: member.draw_number ?? member.id }, "aria-label": `${t("contestant", { n: member.draw_number })} ${t("clock_stop")}` }, icon("stop"), t("clock_stop")) : null;
    return { element: h(`li.lane.lane--${isOut ? "out" : state}`, {}, choose, end), time, left, credit };
  }

  choose(id) {
    if (this.chosen.has(id)) this.chosen.delete(id);
    else this.chosen.add(id);
    this.paint();
  }
}
