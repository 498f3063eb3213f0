// A button that is held: what cannot be undone by the judge alone takes a second of will, by finger or by key.

const HOLD_MS = 900;

/**
 * Make `button` act when it has been held.
 * @param {HTMLButtonElement} button
 * @param {() => void} act
 */
export function onHold(button, act) {
  let timer = 0;
  const begin = () => {
    if (button.disabled || timer) return;
    button.dataset.held = "yes";
    timer = setTimeout(() => {
      end();
      act();
    }, HOLD_MS);
  };
  const end = () => {
    clearTimeout(timer);
    timer = 0;
    delete button.dataset.held;
  };
  button.addEventListener("pointerdown", (event) => {
    if (event.button === 0) begin();
  });
  for (const name of ["pointerup", "pointerleave", "pointercancel", "blur", "keyup"]) button.addEventListener(name, end);
  button.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    event.stopPropagation();
    begin();
  });
  button.addEventListener("contextmenu", (event) => event.preventDefault());
}
