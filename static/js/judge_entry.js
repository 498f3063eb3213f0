// Before a judge signs in again: whether this device still holds what has not been uploaded.

import { leftBehind } from "./tablet/left_behind.js";

const notice = document.querySelector("[data-left-behind]");

if (notice && window.indexedDB) {
  leftBehind().then(
    ({ saves, photos }) => {
      const parts = [saves ? notice.dataset.saves.replace("{n}", saves) : "", photos ? notice.dataset.photos.replace("{n}", photos) : ""];
      notice.textContent = notice.dataset.leftBehind.replace("{what}", parts.filter(Boolean).join(notice.dataset.and));
      notice.hidden = !saves && !photos;
    },
    () => null,
  );
}
