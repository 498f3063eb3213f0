// The chief judge's board keeps itself up to date: asks for news at the server's pace, changes only what has changed.

import { morph } from "./morph.js";

const WAIT = 6;
const FIRST_DELAY = 2000;
const LONGEST_DELAY = 60000;

const board = document.querySelector("#board");
const state = document.querySelector("[data-live-state]");
const said = document.querySelector("[data-live-said]");

let tag = board?.dataset.tag;
let timer = 0;
let failures = 0;
let isAsking = false;
let freshAt = new Date();

/** Put what came in the place of what stands there; how many rows have changed. */
function place(page) {
  let rows = 0;
  for (const part of page.querySelectorAll("[data-live]")) {
    const old = board.querySelector(`[data-live="${part.dataset.live}"]`);
    if (!old || old.isEqualNode(part)) continue;
    morph(old, part);
    if (part.dataset.live.startsWith("row-")) rows += 1;
  }
  return rows;
}

/** The page anew, in its place: what had the focus keeps it, what was scrolled stays. */
async function whole() {
  const reply = await fetch(window.location.href, { credentials: "same-origin", cache: "no-store" });
  if (!reply.ok || reply.redirected) return window.location.reload();
  const page = new DOMParser().parseFromString(await reply.text(), "text/html");
  const fresh = page.querySelector("#board");
  if (!fresh) return window.location.reload();
  const focused = board.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  morph(board, fresh);
  if (focused) [...board.querySelectorAll("a")].find((link) => link.getAttribute("href") === focused)?.focus({ preventScroll: true });
  tag = fresh.dataset.tag;
}

function tell(isLost) {
  const time = freshAt.toLocaleTimeString(document.documentElement.lang, { hour12: false, timeZone: "Asia/Shanghai" });
  state.classList.toggle("live--lost", isLost);
  state.textContent = (isLost ? state.dataset.lost : state.dataset.fresh).replace("{time}", time);
}

async function ask() {
  const address = new URL(board.dataset.news, window.location.href);
  address.searchParams.set("wait", String(WAIT));
  const reply = await fetch(address, {
    credentials: "same-origin",
    cache: "no-store",
    headers: { "If-None-Match": `"${tag}"`, Accept: "text/html" },
  });
  if (reply.status === 401 || reply.status === 403 || reply.redirected) return window.location.reload();
  if (reply.status !== 304 && !reply.ok) throw new Error(`status ${reply.status}`);
  if (reply.headers.get("Board-Whole")) await whole();
  else if (reply.status === 200) {
    const rows = place(new DOMParser().parseFromString(await reply.text(), "text/html"));
    tag = reply.headers.get("ETag").replaceAll('"', "");
    if (rows) said.textContent = said.dataset.said.replace("{n}", rows);
  }
  return Number(reply.headers.get("Pause-Ms")) || FIRST_DELAY;
}

async function look() {
  if (isAsking || document.hidden) return;
  isAsking = true;
  let pause;
  try {
    pause = await ask();
    failures = 0;
    freshAt = new Date();
    tell(false);
  } catch {
    failures += 1;
    pause = Math.min(FIRST_DELAY * 2 ** failures, LONGEST_DELAY) * (0.5 + Math.random());
    tell(true);
  }
  isAsking = false;
  clearTimeout(timer);
  timer = setTimeout(look, pause);
}

// A page that nobody sees asks for nothing; it asks at once when it is seen again.
document.addEventListener("visibilitychange", look);
window.addEventListener("online", look);
if (board) {
  tell(false);
  look();
}
