// The page on the screen: the true picture below, a box for every item above it, dragged by pointer and keys.

import { limits, moved, resized, snapped } from "./geometry.js";

const HANDLES = ["nw", "n", "ne", "e", "se", "s", "sw", "w"];
const GRID = 0.5;
const REACH_PIXELS = 6;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class Stage {
  /**
   * @param {HTMLElement} root the page; holds .stage__picture and .stage__boxes
   * @param {{select: Function, change: Function, remove: Function, double: Function}} acts
   */
  constructor(root, acts) {
    this.root = root;
    this.acts = acts;
    this.boxes = root.querySelector(".stage__boxes");
    this.picture = root.querySelector(".stage__picture");
    this.guides = root.querySelector(".stage__guides");
    this.snaps = true;
    this.layout = null;
    this.selected = null;
    this.elements = new Map();
    this.boxes.addEventListener("pointerdown", (event) => this.#begin(event));
    this.boxes.addEventListener("keydown", (event) => this.#key(event));
    this.boxes.addEventListener("focusin", (event) => {
      const id = event.target.closest(".box")?.dataset.id;
      if (id && id !== this.selected) this.acts.select(id);
    });
    root.addEventListener("pointerdown", (event) => {
      if (!event.target.closest(".box")) this.acts.select(null);
    });
  }

  /** @returns {number} pixels of the screen in a millimetre */
  get scale() {
    return this.root.clientWidth / this.layout.page.width;
  }

  /** Show a layout. `marks` tells of every item whether it is shown with the sample and whether something is wrong. */
  show(layout, selected, marks) {
    this.layout = layout;
    this.selected = selected;
    this.root.style.aspectRatio = `${layout.page.width} / ${layout.page.height}`;
    this.root.parentElement.style.setProperty("--ratio", String(layout.page.width / layout.page.height));
    const there = new Set(layout.items.map((item) => item.id));
    for (const [id, element] of this.elements) {
      if (!there.has(id)) {
        element.remove();
        this.elements.delete(id);
      }
    }
    layout.items.forEach((item, index) => this.#place(item, index, marks));
  }

  #place(item, index, marks) {
    const element = this.elements.get(item.id) ?? this.#made(item);
    if (this.boxes.children[index] !== element) this.boxes.insertBefore(element, this.boxes.children[index] ?? null);
    this.#lay(element, item.box);
    const [, , w, h] = item.box;
    // The smaller a box the higher it lies, so that none can hide another; the drawing keeps its own order.
    element.style.zIndex = String(Math.max(1, 100000 - Math.round(w * h)));
    const isSelected = item.id === this.selected;
    element.classList.toggle("box--selected", isSelected);
    element.classList.toggle("box--hidden", marks.hidden.has(item.id));
    element.classList.toggle("box--wrong", marks.wrong.has(item.id));
    element.setAttribute("aria-pressed", String(isSelected));
    element.setAttribute("aria-label", `${item.id} ${item.box.join(" ")}`);
  }

  #made(item) {
    const element = document.createElement("button");
    element.type = "button";
    element.className = "box";
    element.dataset.id = item.id;
    const name = document.createElement("span");
    name.className = "box__name";
    name.textContent = item.id;
    element.append(name);
    for (const side of HANDLES) {
      const handle = document.createElement("span");
      handle.className = `box__handle box__handle--${side}`;
      handle.dataset.side = side;
      element.append(handle);
    }
    this.elements.set(item.id, element);
    return element;
  }

  #lay(element, [x, y, w, h]) {
    const { width, height } = this.layout.page;
    element.style.left = `${(x / width) * 100}%`;
    element.style.top = `${(y / height) * 100}%`;
    element.style.width = `${(w / width) * 100}%`;
    element.style.height = `${(h / height) * 100}%`;
  }

  #begin(event) {
    const element = event.target.closest(".box");
    if (!element || event.button !== 0) return;
    const id = element.dataset.id;
    if (id !== this.selected) this.acts.select(id);
    element.focus({ preventScroll: true });
    const item = this.layout.items.find((one) => one.id === id);
    const drag = {
      sides: event.target.dataset.side ?? "",
      from: item.box,
      box: item.box,
      at: [event.clientX, event.clientY],
      others: this.layout.items.filter((one) => one.id !== id).map((one) => one.box),
    };
    element.setPointerCapture(event.pointerId);
    const move = (later) => this.#drag(element, drag, later);
    const end = () => {
      element.removeEventListener("pointermove", move);
      this.guides.replaceChildren();
      this.boxes.classList.remove("stage__boxes--dragging");
      if (drag.box !== drag.from) this.acts.change(id, { box: drag.box }, null);
    };
    element.addEventListener("pointermove", move);
    element.addEventListener("lostpointercapture", end, { once: true });
  }

  #drag(element, drag, event) {
    const dx = (event.clientX - drag.at[0]) / this.scale;
    const dy = (event.clientY - drag.at[1]) / this.scale;
    if (drag.box === drag.from && Math.hypot(dx, dy) * this.scale < 3) return;
    this.boxes.classList.add("stage__boxes--dragging");
    const area = limits(this.layout.page);
    const free = drag.sides ? resized(drag.from, drag.sides, dx, dy, area) : moved(drag.from, dx, dy, area);
    const how = { grid: GRID, reach: REACH_PIXELS / this.scale };
    const isFree = !this.snaps || event.altKey;
    const met = isFree ? { box: free, guides: [] } : snapped(free, drag.sides, drag.others, this.layout.page, how);
    drag.box = drag.sides ? resized(met.box, drag.sides, 0, 0, area) : moved(met.box, 0, 0, area);
    this.#lay(element, drag.box);
    this.#guide(met.guides);
  }

  #guide(found) {
    this.guides.replaceChildren(
      ...found.map(({ axis, at }) => {
        const line = document.createElement("i");
        line.className = `guide guide--${axis}`;
        if (axis === "x") line.style.left = `${(at / this.layout.page.width) * 100}%`;
        else line.style.top = `${(at / this.layout.page.height) * 100}%`;
        return line;
      }),
    );
  }

  /** Arrows move by 1 mm, with Shift by 0.1 mm; with Ctrl they shift the right and lower edge. */
  #key(event) {
    const id = event.target.closest(".box")?.dataset.id;
    const item = id && this.layout.items.find((one) => one.id === id);
    if (!item) return;
    const arrow = ARROWS[event.key];
    if (arrow && !event.altKey) {
      event.preventDefault();
      const step = event.shiftKey ? 0.1 : 1;
      const act = event.ctrlKey || event.metaKey ? (box, dx, dy, area) => resized(box, "es", dx, dy, area) : moved;
      const box = act(item.box, arrow[0] * step, arrow[1] * step, limits(this.layout.page));
      this.acts.change(id, { box }, `keys:${id}`);
    } else if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      this.acts.remove(id);
    } else if (event.key === "Escape") {
      this.acts.select(null);
      event.target.blur();
    } else if (event.key.toLowerCase() === "d" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.acts.double(id);
    }
  }

  focus(id) {
    this.elements.get(id)?.focus({ preventScroll: true });
  }

  /** Show a fresh picture; the one before it is let go. */
  paint(blob) {
    const before = this.picture.src;
    this.picture.src = URL.createObjectURL(blob);
    if (before.startsWith("blob:")) URL.revokeObjectURL(before);
  }
}
