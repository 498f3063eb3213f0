// The screen in the hall: turns its slides and asks whether anything else has been published.

const SLIDE_SECONDS = 9;
const ASK_SECONDS = 5;

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

/** Load the page anew when the published version is another; say so when nobody answers. */
async function look() {
  const reply = await fetch(ask, { headers: { "If-None-Match": `"${version}"` }, cache: "no-store" }).catch(() => null);
  const answered = reply !== null && (reply.ok || reply.status === 304);
  offline.hidden = answered;
  if (answered && reply.status === 200 && (await reply.json()).version !== version) window.location.reload();
  setTimeout(look, ASK_SECONDS * 1000);
}

setTimeout(look, ASK_SECONDS * 1000);
