// The button that takes a picture of what an aspect is about, and says how many there are and how many still wait.

import { fill, h, icon, t } from "./dom.js";

export class PhotoTool {
  /** @param {import("./photos.js").Photos} photos */
  constructor(photos) {
    this.photos = photos;
    this.word = h("span.photo-tool__word");
    this.input = h("input.out", { type: "file", accept: "image/*", capture: "environment", onchange: () => this.take() });
    this.element = h("label.tool.photo-tool", { data: { tool: "photo" } }, icon("camera"), this.word, this.input);
    this.problem = h("p.photo-tool__problem", { role: "alert", hidden: true });
    this.strip = h("div.photos", { hidden: true });
  }

  /** Stand beside an aspect of a sheet; `aspects` are those to which its pictures may go. */
  draw(record, aspect, aspects) {
    Object.assign(this, { record, sheet: record.id, aspect, aspects, isUnreadable: false, chosen: null });
    this.paint();
  }

  /** How many pictures an aspect has: those that the server has, from whichever device, and those that wait here. */
  count(record, aspect) {
    const { rows, served } = this.photos.of(record.id, aspect);
    return Math.max((record.photos?.[aspect] ?? 0) - served, 0) + rows.length;
  }

  paint() {
    if (this.sheet === undefined) return;
    const { rows, waiting, why } = this.photos.of(this.sheet, this.aspect);
    const kept = this.count(this.record, this.aspect);
    const words = [t("photo"), kept ? String(kept) : "", waiting ? t("photos_waiting", { n: waiting }) : ""];
    fill(this.word, words.filter(Boolean).join(" "));
    this.element.dataset.kept = String(kept);
    this.element.dataset.waiting = String(waiting);
    this.problem.textContent = this.isUnreadable ? t("photo_unreadable") : why;
    this.problem.hidden = !this.problem.textContent;
    this.strip.hidden = !rows.length;
    if (rows.length) import("./photo_strip.js").then(({ paint }) => paint(this), () => null);
  }

  async take() {
    const [file] = this.input.files;
    this.input.value = "";
    if (!file) return;
    try {
      await this.photos.take(this.record, this.aspect, file);
      this.isUnreadable = false;
    } catch {
      this.isUnreadable = true;
    }
    this.paint();
  }
}
