// What the page has of modules' clocks: cards in the list, the view of one clock, and times for contestants' sheets.

import { ClockView, batchName } from "./clock_view.js";
import { Clocks } from "./clocks.js";
import { fill, h, icon, t } from "./dom.js";
import { lane, readingAt, whole } from "./module_clock.js";
import { timeText } from "./stopwatch.js";

const TICK_MS = 500;

export class ClockDesk {
  /**
   * @param {number} judgeId
   * @param {string} url
   * @param {{list: HTMLElement, clock: HTMLElement}} places
   * @param {{render: () => void, count: () => void, sheet: () => void, keeping: Function}} page what is drawn anew when something changes, and
   *   the way in which everything is written
   */
  constructor(judgeId, url, places, page) {
    Object.assign(this, { places, page, shown: null });
    this.clocks = new Clocks(judgeId, url, () => this.told(), page.keeping);
    this.view = new ClockView(places.clock, this.clocks);
  }

  async start() {
    await this.clocks.load();
    setInterval(() => this.tick(), TICK_MS);
    window.addEventListener("online", () => this.clocks.send().catch(() => null));
    window.addEventListener("popstate", () => this.close());
    if (navigator.onLine !== false) await this.clocks.refresh();
  }

  told() {
    document.body.dataset.presses = String(this.clocks.waiting);
    this.drawn = null;
    this.page.count();
    this.page.render();
    this.tick();
  }

  tick() {
    if (document.visibilityState !== "visible") return;
    if (this.shown) this.view.paint();
    else this.cards();
    this.page.sheet();
  }

  get title() {
    return `${t("clock")} · ${batchName(this.shown.batch.batch)}`;
  }

  open(moduleId, batch) {
    this.shown = this.clocks.find(moduleId, batch);
    this.view.show(moduleId, batch);
    history.pushState({}, "", "#clock");
    this.page.render();
  }

  close() {
    this.shown = null;
  }

  /** One card for each clock that this judge keeps; only its figures change while it runs. */
  cards() {
    const { kept } = this.clocks;
    const now = this.clocks.now();
    const facts = kept.map(({ module, batch }) => {
      const { state, gross } = readingAt(whole(this.clocks.presses(module.module_id, batch.batch)), now);
      return { module, batch, state, time: state === "idle" ? "" : timeText(gross, "1") };
    });
    const sign = JSON.stringify(facts.map((one) => [one.module.module_id, one.batch.batch, one.state]));
    if (sign !== this.drawn) {
      this.drawn = sign;
      this.faces = facts.map(() => h("b.clock-card__time", {}));
      fill(this.places.list, ...facts.map((one, n) => this.card(one, this.faces[n])));
    }
    facts.forEach((one, n) => (this.faces[n].textContent = one.time));
  }

  card({ module, batch, state }, face) {
    const words = t({ idle: "clock_idle", running: "timing", paused: "watch_is_paused", stopped: "clock_stopped" }[state]);
    return h(
      `button.clock-card.clock-card--${state}`,
      { onclick: () => this.open(module.module_id, batch.batch), data: { clock: `${module.module_id}.${batch.batch}` } },
      icon(state === "paused" ? "pause" : "play"),
      h("span.clock-card__name", {}, `${t("clock")} · ${module.module} · ${batchName(batch.batch)}`),
      h("span.clock-card__state", {}, words),
      face,
    );
  }

  /** What a module's clock shows for a contestant now; null where it has not been begun. */
  readingOf(moduleId, drawNumber) {
    const found = this.clocks.of(moduleId, drawNumber);
    const moments = found ? lane(found.presses, found.entrant) : [];
    return moments.length ? readingAt(moments, this.clocks.now()) : null;
  }

  /** The moments that a contestant's time rests on, as a stop watch of an aspect keeps them. */
  momentsOf(moduleId, drawNumber) {
    const { entrant, presses } = this.clocks.of(moduleId, drawNumber);
    return lane(presses, entrant).map(({ kind, at, mono, life, seconds, reason }) => ({
      kind,
      at,
      mono,
      life,
      ...(seconds ? { seconds } : {}),
      ...(reason ? { reason } : {}),
    }));
  }
}
