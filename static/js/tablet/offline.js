// What the page says and does so that it goes on without network, and that nothing is left on a tablet unseen.

import { t } from "./dom.js";
import { leftBehind } from "./left_behind.js";
import { unsentWords } from "./status.js";

/** What judges before this one have left on the device: only they can send it, but somebody has to tell them. */
export async function tellLeftBehind(notice, judge) {
  const { saves, photos } = await leftBehind(judge);
  notice.textContent = t("left_behind", { what: unsentWords(saves, photos) });
  notice.hidden = !saves && !photos;
}

/** Have the service worker keep the page where the browser allows it, and say in `help` how it is. */
export function keepForOffline(help, worker) {
  const isSecure = window.isSecureContext && "serviceWorker" in navigator;
  help.textContent = t(isSecure ? "install" : "plain_http");
  if (!isSecure) return;
  navigator.serviceWorker.register(worker).then(
    () => (document.body.dataset.worker = "yes"),
    () => (document.body.dataset.worker = "no"),
  );
  if (navigator.storage?.persist) navigator.storage.persist();
}
