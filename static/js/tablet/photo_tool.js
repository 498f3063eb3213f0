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
  }

  /** Stand beside an aspect of a sheet. */
  draw(record, aspect) {
    Object.assign(this, { record, sheet: record.id, aspect, isUnreadable: false });
    this.paint();
  }

  /** How many pictures an aspect has: those that the server has, from whichever device, and those that wait here. */
  count(record, aspect) {
    const { kept, waiting } = this.photos.of(record.id, aspect);
    return Math.max(record.photos?.[aspect] ?? 0, kept - waiting) + waiting;
  }

  paint() {
    if (this.sheet === undefined) return;
    const { waiting, why } = this.photos.of(this.sheet, this.aspect);
    const kept = this.count(this.record, this.aspect);
    const words = [t("photo"), kept ? String(kept) : "", waiting ? t("photos_waiting", { n: waiting }) : ""];
    fill(this.word, words.filter(Boolean).join(" "));
    this.element.dataset.kept = String(kept);
    this.element.dataset.waiting = String(waiting);
    this.problem.textContent = this.isUnreadable ? t("photo_unreadable") : why;
    this.problem.hidden = !this.problem.textContent;
  }

  async take() {
    const [file] = this.input.files;
    this.input.value = "";
    if (!file) return;
    try {
      await this.photos.take(this.sheet, this.aspect, file);
      this.isUnreadable = false;
    } catch {
      this.isUnreadable = true;
    }
    this.paint();
  }
}
