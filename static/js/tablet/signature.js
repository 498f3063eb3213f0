// A box to sign in with a finger. What is drawn is kept as an SVG path in a box of 600 × 200.

import { h, icon, t } from "./dom.js";

const WIDTH = 600;
const HEIGHT = 200;
const LONGEST = 19000;
const SVG = "http://www.w3.org/2000/svg";

/** A picture of a path that was drawn before. */
export function picture(path) {
  const svg = document.createElementNS(SVG, "svg");
  const line = document.createElementNS(SVG, "path");
  svg.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
  svg.setAttribute("class", "pad__ink");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

export class SignaturePad {
  /** @param {string} who whose hand, as a key of the sentences */
  constructor(who = "sign_here") {
    this.path = "";
    this.changed = () => {};
    this.svg = picture("");
    this.hint = h("span.pad__hint", {}, t(who));
    this.again = h("button.pad__again", { onclick: () => this.clear(), hidden: true }, icon("undo"), t("sign_again"));
    this.box = h("div.pad__box", { role: "img", "aria-label": t(who) }, this.hint, this.svg);
    this.element = h("div.pad", {}, this.box, this.again);
    let isDown = false; // a tap that the page did not want begins no stroke
    this.box.addEventListener("pointerdown", (event) => {
      isDown = true;
      this.stroke(event, "M");
    });
    this.box.addEventListener("pointermove", (event) => {
      isDown &&= event.buttons !== 0;
      if (isDown) this.stroke(event, "L");
    });
  }

  stroke(event, command) {
    event.preventDefault();
    if (this.path.length > LONGEST) return;
    const { left, top, width, height } = this.box.getBoundingClientRect();
    const x = Math.round(((event.clientX - left) / width) * WIDTH);
    const y = Math.round(((event.clientY - top) / height) * HEIGHT);
    if (x < 0 || y < 0 || x > WIDTH || y > HEIGHT) return;
    this.path += `${this.path ? command : "M"}${x} ${y}`;
    this.show();
  }

  clear() {
    this.path = "";
    this.show();
  }

  show() {
    this.svg.firstChild.setAttribute("d", this.path);
    this.hint.hidden = this.path !== "";
    this.again.hidden = this.path === "";
    this.changed();
  }
}
