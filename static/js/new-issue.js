// The page of a new issue: a number's pattern is put together of named pieces, and nothing is issued with terms that
// have been changed since the preview.

import { Pattern } from "./number-pattern.js";

const place = document.querySelector("[data-pattern]");
if (place) new Pattern(place);

const terms = document.querySelector(".issue__terms");
const issue = document.querySelector("[data-issue]");
if (terms && issue) {
  const asSeen = JSON.stringify([...new FormData(terms)]);
  const look = () => {
    const isStale = JSON.stringify([...new FormData(terms)]) !== asSeen;
    issue.disabled = isStale;
    document.querySelector("[data-stale]").hidden = !isStale;
  };
  terms.addEventListener("input", look);
  terms.addEventListener("change", look);
  window.addEventListener("pageshow", look);
}
