// 交接: what waits on this device, as a file or as QR codes, for the hour when the network does not come back.

import { fill, h, icon, t } from "./dom.js";
import { parcel, pieces } from "./parcel.js";
import { capacity, symbol } from "./qr.js";

const VERSION = 15;
const ON_A_PAGE = 6;
const TURN_MS = 600;
const QUIET = 4;

export class HandOverView {
  /**
   * @param {HTMLElement} element
   * @param {{who: object, rows: () => Promise<object[]>, pictures: () => number}} page
   */
  constructor(element, page) {
    Object.assign(this, { element, page, codes: [], first: 0, timer: 0, saved: "" });
  }

  async show() {
    this.hide();
    this.rows = await this.page.rows();
    this.codes = [];
    this.saved = "";
    this.paint();
  }

  hide() {
    clearInterval(this.timer);
    this.timer = 0;
  }

  paint() {
    fill(this.element, ...(this.codes.length ? this.run() : this.choice()));
  }

  choice() {
    const saves = this.rows.filter((row) => row.kind === "save").length;
    const submissions = this.rows.filter((row) => row.kind === "submit").length;
    const others = this.rows.length - saves - submissions + this.page.pictures();
    if (!saves && !submissions) return [h("p.handover__text", {}, t("handover_empty"))];
    return [
      h("p.handover__text", {}, t("handover_about", { saves, submissions })),
      h("p.handover__text", {}, t("handover_safe")),
      others ? h("p.handover__text", {}, t("handover_others", { n: others })) : null,
      h(
        "div.handover__ways",
        {},
        this.way("handover_file", () => this.save(), "disk"),
        this.way("handover_codes", () => this.draw(), "grid"),
      ),
      this.saved ? h("p.handover__text", { role: "status" }, t("handover_saved", { name: this.saved })) : null,
    ];
  }

  way(key, onclick, shape, more = {}) {
    return h("button.way", { onclick, data: { go: key }, ...more }, icon(shape), t(key));
  }

  text() {
    return parcel(this.page.who, this.rows, new Date().toISOString());
  }

  save() {
    const url = URL.createObjectURL(new Blob([this.text()], { type: "application/json" }));
    const stamp = new Date().toISOString().slice(0, 19).replace(/\D/g, "");
    this.saved = `hand-over-${this.page.who.judge}-${stamp}.json`;
    h("a", { href: url, download: this.saved }).click();
    this.paint();
    setTimeout(() => URL.revokeObjectURL(url), 60000);
  }

  async draw() {
    this.codes = await pieces(this.text(), capacity(VERSION));
    this.first = 0;
    this.hide();
    this.paint();
  }

  run() {
    const count = this.codes.length;
    const isTurning = this.timer !== 0;
    const size = isTurning ? 1 : ON_A_PAGE;
    const last = Math.min(this.first + size, count);
    const go = (by) => () => {
      this.first = Math.min(Math.max(this.first + by, 0), count - 1);
      this.paint();
    };
    const many = count > ON_A_PAGE && !isTurning;
    return [
      h(
        "div.handover__ways",
        {},
        h("p.handover__place", {}, t("handover_place", { first: this.first + 1, last, n: count })),
        many ? this.way("handover_before", go(-size), "back", { disabled: this.first === 0 }) : null,
        many ? this.way("handover_after", go(size), "forward", { disabled: last >= count }) : null,
        count > 1 ? this.way(isTurning ? "handover_still" : "handover_turn", () => this.turn(), isTurning ? "grid" : "forward") : null,
      ),
      h(
        `div.handover__codes${isTurning || count === 1 ? ".handover__codes--one" : ""}`,
        { data: { count } },
        ...this.codes.slice(this.first, last).map((code, n) => this.code(code, this.first + n + 1)),
      ),
    ];
  }

  /** One large code after the other, for a camera that reads along. */
  turn() {
    const wasTurning = this.timer !== 0;
    this.hide();
    this.first = 0;
    if (!wasTurning)
      this.timer = setInterval(() => {
        this.first = (this.first + 1) % this.codes.length;
        this.paint();
      }, TURN_MS);
    this.paint();
  }

  code(text, place) {
    const { size, dark } = symbol(text, VERSION);
    const canvas = h("canvas.handover__code", { width: size + 2 * QUIET, height: size + 2 * QUIET, role: "img", "aria-label": t("handover_code", { n: place }), data: { code: text } });
    const pen = canvas.getContext("2d");
    pen.fillStyle = "#ffffff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.fillStyle = "#000000";
    dark.forEach((value, at) => value && pen.fillRect(QUIET + (at % size), QUIET + Math.floor(at / size), 1, 1));
    return h("figure.handover__figure", {}, canvas, h("figcaption", {}, String(place)));
  }
}
