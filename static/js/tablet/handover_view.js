// 交接: what waits on this device, as a file or as QR codes, for the hour when the network does not come back.

import { h, icon, renew, t } from "./dom.js";
import { parcel, photoRow, pieces } from "./parcel.js";
import { inBase64 } from "./photos.js";
import { capacity, symbol } from "./qr.js";

const VERSION = 15;
const ON_A_PAGE = 6;
const TURN_MS = 600;
const QUIET = 4;
const LONGEST_TITLE = 40;
/** Bytes of pictures in one file; more of them make further files. */
const MOST_PICTURES = 9 * 1024 * 1024;
const UNSAFE = /[\\/:*?"<>|\u0000-\u001f\u007f]|[. ]+$/g;

/**
 * What the file is called: no names of people in it, and nothing that any system refuses.
 * @param {string} title of the competition
 * @param {string[]} seats of the judge
 * @param {Date} now by the device's clock
 * @param {string} part which file of several
 */
export function fileName(title, seats, now, part = "") {
  const two = (number) => String(number).padStart(2, "0");
  const day = [now.getFullYear(), two(now.getMonth() + 1), two(now.getDate())].join("-");
  const time = [now.getHours(), now.getMinutes(), now.getSeconds()].map(two).join("");
  const short = [...title.normalize().replace(UNSAFE, "").trim()].slice(0, LONGEST_TITLE).join("");
  const own = [...new Set(seats)].sort((one, other) => one - other).slice(0, 5).join("-");
  const seat = own ? t("handover_seat", { n: own }) : "";
  return `${[t("handover_title"), short, seat, `${day}_${time}`, part].filter(Boolean).join("_").replace(/\s+/g, " ")}.json`;
}

/** Pictures in as many portions as there have to be files; one, maybe empty, goes with the marks. */
export function portions(pictures, most = MOST_PICTURES) {
  const found = [[]];
  let size = 0;
  for (const picture of pictures) {
    size += picture.blob.size;
    if (size > most && found[found.length - 1].length) {
      found.push([]);
      size = picture.blob.size;
    }
    found[found.length - 1].push(picture);
  }
  return found;
}

export class HandOverView {
  /**
   * @param {HTMLElement} element
   * @param {{who: object, title: string, seats: () => string[], rows: () => Promise<object[]>, pictures: () => Promise<object[]>, handed: () => Promise<void>}} page
   */
  constructor(element, page) {
    Object.assign(this, { element, page, codes: [], first: 0, timer: 0, saved: "" });
  }

  async show() {
    this.hide();
    this.rows = await this.page.rows();
    this.pictures = await this.page.pictures();
    this.files = portions(this.pictures);
    this.next = 0;
    this.codes = [];
    this.saved = "";
    this.paint();
  }

  hide() {
    clearInterval(this.timer);
    this.timer = 0;
  }

  paint() {
    renew(this.element, ...(this.codes.length ? this.run() : this.choice()));
  }

  choice() {
    const count = (kind) => this.rows.filter((row) => row.kind === kind).length;
    const parts = [["save", "unsent_saves"], ["submit", "unsent_submissions"], ["press", "unsent_presses"], ["photo_change", "unsent_changes"]];
    const what = parts.filter(([kind]) => count(kind)).map(([kind, key]) => t(key, { n: count(kind) }));
    const pictures = this.pictures.length;
    if (pictures) what.push(t("unsent_photos", { n: pictures }));
    if (!what.length) return [h("p.handover__text", {}, t("handover_empty"))];
    const bare = pictures ? h("p.handover__text", {}, t("handover_bare")) : null;
    return [
      h("p.handover__text", {}, t("handover_about", { what: what.join(t("and")) })),
      h("p.handover__text", {}, t("handover_safe")),
      bare,
      h(
        "div.handover__ways",
        {},
        this.way("handover_file", () => this.save(), "disk", {}, this.part()),
        this.rows.length ? this.way("handover_codes", () => this.draw(), "grid") : null,
      ),
      this.saved ? h("p.handover__text", { role: "status" }, t("handover_saved", { name: this.saved })) : null,
    ];
  }

  way(key, onclick, shape, more = {}, beside = "") {
    return h("button.way", { onclick, data: { go: key }, ...more }, icon(shape), [t(key), beside].filter(Boolean).join(" "));
  }

  /** Which file of several comes next; nothing where one holds everything. */
  part() {
    return this.files.length > 1 ? t("handover_part", { i: this.next + 1, n: this.files.length }) : "";
  }

  /** The file that comes next: the first with everything but pictures, and each with its portion of them. */
  async text() {
    const photos = {};
    const rows = this.next ? [] : [...this.rows];
    for (const { row, blob } of this.files[this.next]) {
      rows.push(await photoRow(row, blob));
      photos[row.key] = await inBase64(blob);
    }
    return parcel(this.page.who, rows, new Date().toISOString(), photos);
  }

  async save() {
    const url = URL.createObjectURL(new Blob([await this.text()], { type: "application/json" }));
    await this.page.handed();
    this.saved = fileName(this.page.title, this.page.seats(), new Date(), this.part());
    this.next = (this.next + 1) % this.files.length;
    h("a", { href: url, download: this.saved }).click();
    this.paint();
    setTimeout(() => URL.revokeObjectURL(url), 60000);
  }

  async draw() {
    this.codes = await pieces(parcel(this.page.who, this.rows, new Date().toISOString()), capacity(VERSION));
    await this.page.handed();
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
        this.way("back_to_choice", () => this.stop(), "back"),
        h("p.handover__how", {}, t("handover_how")),
        count > 1 ? h("p.handover__place", {}, t(last > this.first + 1 ? "handover_place" : "handover_place_one", { first: this.first + 1, last, n: count })) : null,
        many ? this.way("handover_before", go(-size), "back", { disabled: this.first === 0 }) : null,
        many ? this.way("handover_after", go(size), "forward", { disabled: last >= count }) : null,
        count > 1 ? this.way(isTurning ? "handover_still" : "handover_turn", () => this.turn(), isTurning ? "grid" : "forward") : null,
      ),
      h(
        `div.handover__codes${isTurning || count === 1 ? ".handover__codes--one" : count === 2 ? ".handover__codes--two" : ""}`,
        { data: { count } },
        ...this.codes.slice(this.first, last).map((code, n) => this.code(code, this.first + n + 1)),
      ),
    ];
  }

  /** Back to file or codes. */
  stop() {
    this.hide();
    this.codes = [];
    this.paint();
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
