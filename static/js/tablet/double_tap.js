// The second half of a double tap is no will: by then the first may have put another button under the same finger.

const QUICK_MS = 300;
const NEAR_PX = 30;

const partOf = (event) => (event.target instanceof Element ? event.target.closest("button, a, label, .pad__box") : null);

/** Let nothing hear a tap so soon after another, at the same place, on something else. Keys and screen readers tap nowhere. */
export function ignoreDoubleTaps() {
  let last = { part: null, at: -Infinity, x: 0, y: 0 };
  const isSecond = (event, part) =>
    part !== last.part && event.timeStamp - last.at < QUICK_MS && Math.hypot(event.clientX - last.x, event.clientY - last.y) < NEAR_PX;
  const listen = (event) => {
    if (event.type === "click" && !event.detail) return;
    const part = partOf(event);
    if (isSecond(event, part)) {
      event.preventDefault();
      event.stopPropagation();
    } else if (event.type === "click") last = { part, at: event.timeStamp, x: event.clientX, y: event.clientY };
  };
  for (const name of ["pointerdown", "click"]) document.addEventListener(name, listen, true);
}
