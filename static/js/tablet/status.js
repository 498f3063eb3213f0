// The line that is always in sight: kept on this device, how much waits, received, no network. In words.

import { h, icon, renew, t } from "./dom.js";

const TROUBLES = ["server_trouble", "signed_out", "other_judge"];

/** How much has not been sent, in words; empty if nothing. */
export const unsentWords = (saves, pictures) =>
  [saves ? t("unsent_saves", { n: saves }) : "", pictures ? t("unsent_photos", { n: pictures }) : ""].filter(Boolean).join(t("and"));

export class Status {
  constructor(element, urls) {
    this.element = element;
    this.urls = urls;
    this.now = { saving: 0, waiting: 0, photos: null, line: "idle", isBroken: false, others: 0 };
  }

  /** @param {{saving?: number, waiting?: number, photos?: number | null, line?: string, isBroken?: boolean, others?: number}} news */
  tell(news) {
    Object.assign(this.now, news);
    this.paint();
  }

  paint() {
    const { saving, waiting, photos, line, isBroken, others } = this.now;
    const isOffline = line === "offline" || navigator.onLine === false;
    const { dataset } = document.body;
    Object.assign(dataset, { kept: saving ? "no" : "yes", waiting: String(waiting), photos: String(photos ?? ""), line: isOffline ? "offline" : line });
    if (isBroken) {
      renew(this.element, part("broken", "warning", t("storage_failed")));
      return;
    }
    const kept = saving ? part("soft", "disk", t("saving")) : part("good", "disk", t("kept"));
    const sent = waiting ? part("waiting", "up", t("waiting", { n: waiting })) : part("good", "cloud", t("received"));
    const pictures = photos ? part("waiting", "camera", t("photos_unsent", { n: photos })) : null;
    const twin = others ? part("waiting", "warning", t("twin", { n: others })) : null;
    renew(this.element, kept, sent, pictures, twin, isOffline ? part("off", "offline", t("offline")) : this.trouble(line));
  }

  trouble(line) {
    if (!TROUBLES.includes(line)) return null;
    const isEmpty = line === "signed_out" && !this.now.waiting;
    const key = isEmpty ? (this.now.photos ? "signed_out_photos" : "signed_out_empty") : line;
    const way = line === "server_trouble" ? null : h("a.status__way", { href: this.urls.sign_in }, t("sign_in"));
    return h("span.status__part.status__part--off", {}, icon("warning"), h("span", {}, t(key)), way);
  }
}

const part = (tone, shape, words) => h(`span.status__part.status__part--${tone}`, {}, icon(shape), h("span", {}, words));
