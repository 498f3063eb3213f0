// The faces of a module's clock go on by themselves; what counts is the server's time, asked for anew now and then.

const RELOAD_MS = 60_000;
const opened = performance.now();

const two = (number) => String(number).padStart(2, "0");

function text(milliseconds) {
  const seconds = Math.floor(Math.abs(milliseconds) / 1000);
  return `${Math.floor(seconds / 60)}:${two(seconds % 60)}`;
}

const faces = [...document.querySelectorAll("[data-runs]")];

function show() {
  for (const face of faces) {
    const run = Number(face.dataset.runs) + performance.now() - opened;
    if (face.dataset.allowed === undefined) {
      face.textContent = text(run);
      continue;
    }
    const left = Number(face.dataset.allowed) - run;
    face.textContent = text(left);
    face.classList.toggle("clock__face--over", left < 0);
    const word = document.querySelector("[data-left-word]");
    if (left < 0 && word) word.textContent = word.dataset.over;
  }
}

/** Somebody who is filling in the form is not interrupted. */
const isBusy = () => [...document.querySelectorAll("input[type=checkbox]")].some((box) => box.checked) || document.activeElement?.matches("input, select");

if (faces.length) setInterval(show, 250);
setInterval(() => document.visibilityState === "visible" && !isBusy() && window.location.reload(), RELOAD_MS);
