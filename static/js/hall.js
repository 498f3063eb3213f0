// The screen in the hall: turns its slides and asks whether anything else has been published, at the server's pace.

const SLIDE_SECONDS = 9;
const ASK_MS = 5000;
const LONGEST_MS = 60000;

const slides = [...document.querySelectorAll("[data-slide]")];
let shown = 0;

/** Show the next slide, the first after the last. */
function turn() {
  slides[shown].hidden = true;
  shown = (shown + 1) % slides.length;
  slides[shown].hidden = false;
}

if (slides.length > 1) setInterval(turn, SLIDE_SECONDS * 1000);

const { version, ask } = document.body.dataset;
const offline = document.querySelector("#offline");
let timer = 0;
let failures = 0;

/** Load the page anew when the published version is another; say so when nobody answers. */
async function look() {
  if (document.hidden) return;
  const reply = await fetch(ask, { headers: { "If-None-Match": `"${version}"` }, cache: "no-store" }).catch(() => null);
  const answered = reply !== null && (reply.ok || reply.status === 304);
  offline.hidden = answered;
  failures = answered ? 0 : failures + 1;
  if (answered && reply.status === 200 && (await reply.json()).version !== version) window.location.reload();
  const told = answered ? Number(reply.headers.get("Pause-Ms")) : 0;
  clearTimeout(timer);
  timer = setTimeout(look, told || Math.min(ASK_MS * 2 ** Math.max(0, failures - 1), LONGEST_MS) * (0.5 + Math.random() / 2));
}

// A page that nobody sees asks for nothing; it asks at once when it is seen again.
document.addEventListener("visibilitychange", look);
window.addEventListener("online", look);
timer = setTimeout(look, Math.random() * ASK_MS);
