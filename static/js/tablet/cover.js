// Whose device this is by now: a page that is kept, or open in another tab, shows no judge's sheets to the next one.

import { h, t } from "./dom.js";

export class Cover {
  /**
   * @param {{cookie: string, value: string}} mark of the sign-in for which the page was made
   * @param {string} judge whose sheets these are
   * @param {{list: string, sign_in: string}} urls
   */
  constructor(mark, judge, urls) {
    Object.assign(this, { mark: mark.value, cookie: mark.cookie, judge, urls, element: null });
  }

  /** The mark of the sign-in that this browser has now; empty where it does not say. */
  get now() {
    const start = `${this.cookie}=`;
    return document.cookie.split("; ").find((one) => one.startsWith(start))?.slice(start.length) ?? "";
  }

  get isOn() {
    return document.body.dataset.covered === "yes";
  }

  /** Cover the sheets at once where somebody has signed in or out since; only the server's word uncovers them. */
  look() {
    const { now } = this;
    if (now && now !== this.mark) this.close();
    return now;
  }

  close() {
    const link = (href, key) => h("a.way", { href }, t(key));
    const words = t("covered_why", { name: this.judge });
    this.element ??= h("section.cover", { role: "alert" }, h("h1", {}, t("covered")), h("p", {}, words), link(this.urls.list, "covered_open"), link(this.urls.sign_in, "sign_in"));
    document.body.dataset.covered = "yes";
    document.body.append(this.element);
  }

  /** The server has said, of the sign-in of this mark, that it is the same judge's. */
  open(mark) {
    if (mark) this.mark = mark;
    document.body.dataset.covered = "no";
    this.element?.remove();
    this.look();
  }
}
