// Where an event asks for it: the contestant signs beside the judge, or the judge writes why not.

import { h, t } from "./dom.js";
import { SignaturePad } from "./signature.js";

export class Contestant {
  /**
   * @param {boolean} isAsked whether this sheet wants the contestant's signature
   * @param {() => void} changed called when there is more or less of an answer
   */
  constructor(isAsked, changed) {
    this.isAsked = Boolean(isAsked);
    if (!this.isAsked) {
      this.element = null;
      return;
    }
    this.pad = new SignaturePad("contestant_sign_here");
    this.pad.changed = changed;
    this.why = h("input.contestant__why", { maxlength: "300", placeholder: t("contestant_refusal"), "aria-label": t("contestant_refusal"), oninput: changed });
    this.element = h("div.contestant", {}, this.pad.element, this.why);
  }

  get isDone() {
    return !this.isAsked || this.pad.path !== "" || this.why.value.trim() !== "";
  }

  /** What goes with the submission. */
  get answer() {
    if (!this.isAsked) return {};
    return { contestant_signature: this.pad.path, contestant_refusal: this.pad.path ? "" : this.why.value.trim() };
  }
}
