// The page on the screen: the true picture below, a box for every item above it, dragged by pointer and keys.

import { around, isInside, shifted } from "./arranging.js";
import { limits, resized, snapped } from "./geometry.js";

const HANDLES = ["nw", "n", "ne", "e", "se", "s", "sw", "w"];
const GRID = 0.5;
const REACH_PIXELS = 6;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class Stage {
  /**
   * @param {HTMLElement} root the page; holds .stage__picture and .stage__boxes
   * @param {{select: Function, toggle: Function, change: Function, remove: Function, double: Function, all: Function}} acts
   * @param {(item: object) => string} words how a box is read aloud
   * @param {import("./names.js").Names} names
   */
  constructor(root, acts, words, names) {
    this.root = root;
    this.acts = acts;
    this.words = words;
    this.names = names;
    this.boxes = root.querySelector(".stage__boxes");
    this.picture = root.querySelector(".stage__picture");
    this.guides = root.querySelector(".stage__guides");
    this.band = root.querySelector(".stage__band");
    this.snaps = true;
    this.adds = false;
    this.points = false;
    this.layout = null;
    this.selection = [];
    this.elements = new Map();
    this.boxes.addEventListener("pointerdown", (event) => this.#begin(event));
    this.boxes.addEventListener("keydown", (event) => this.#key(event));
    this.boxes.addEventListener("focusin", (event) => {
      const id = event.target.closest(".box")?.dataset.id;
      if (id && !this.points && !this.adds && !this.selection.includes(id)) this.acts.select([id]);
    });
    root.addEventListener("pointerdown", (event) => {
      if (!event.target.closest(".box") && event.button === 0) this.#beginBand(event);
    });
  }

  /** @returns {number} pixels of the screen in a millimetre */
  get scale() {
    return this.root.clientWidth / this.layout.page.width;
  }

  /** Show a layout. `marks` tells of every item whether it is shown with the sample and whether something is wrong. */
  show(layout, selection, marks) {
    this.layout = layout;
    this.selection = selection;
    this.boxes.classList.toggle("stage__boxes--several", selection.length > 1);
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
    const isSelected = this.selection.includes(item.id);
    element.classList.toggle("box--selected", isSelected);
    element.classList.toggle("box--hidden", marks.hidden.has(item.id));
    element.classList.toggle("box--wrong", marks.wrong.has(item.id));
    element.setAttribute("aria-pressed", String(isSelected));
    element.setAttribute("aria-label", this.words(item));
  }

  #made(item) {
    const element = document.createElement("button");
    element.type = "button";
    element.className = "box";
    element.dataset.id = item.id;
    const name = document.createElement("span");
    name.className = "box__name";
    name.textContent = this.names.item(item.id);
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
    const isToggled = event.shiftKey || event.ctrlKey || event.metaKey || this.adds;
    this.points = true;
    element.focus({ preventScroll: true });
    this.points = false;
    if (isToggled) return this.acts.toggle(id);
    const wasChosen = this.selection.includes(id);
    if (!wasChosen) this.acts.select([id]);
    const drag = this.#dragOf(event);
    element.setPointerCapture(event.pointerId);
    const move = (later) => this.#drag(drag, later);
    const end = () => {
      element.removeEventListener("pointermove", move);
      this.guides.replaceChildren();
      this.boxes.classList.remove("stage__boxes--dragging");
      if (drag.boxes !== drag.from) this.acts.change(patches(drag.ids, drag.boxes), null);
      else if (wasChosen && drag.ids.length > 1) this.acts.select([id]);
    };
    element.addEventListener("pointermove", move);
    element.addEventListener("lostpointercapture", end, { once: true });
    return undefined;
  }

  #dragOf(event) {
    const chosen = this.layout.items.filter((one) => this.selection.includes(one.id));
    const from = chosen.map((one) => one.box);
    const others = this.layout.items.filter((one) => !this.selection.includes(one.id));
    return {
      ids: chosen.map((one) => one.id),
      sides: chosen.length === 1 ? (event.target.dataset.side ?? "") : "",
      from,
      boxes: from,
      at: [event.clientX, event.clientY],
      others: others.map((one) => one.box),
    };
  }

  #drag(drag, event) {
    const dx = (event.clientX - drag.at[0]) / this.scale;
    const dy = (event.clientY - drag.at[1]) / this.scale;
    if (drag.boxes === drag.from && Math.hypot(dx, dy) * this.scale < 3) return;
    this.boxes.classList.add("stage__boxes--dragging");
    const area = limits(this.layout.page);
    const whole = around(drag.from);
    const free = drag.sides ? resized(whole, drag.sides, dx, dy, area) : shifted([whole], dx, dy, area)[0];
    const how = { grid: GRID, reach: REACH_PIXELS / this.scale };
    const isFree = !this.snaps || event.altKey;
    const met = isFree ? { box: free, guides: [] } : snapped(free, drag.sides, drag.others, this.layout.page, how);
    drag.boxes = drag.sides
      ? [resized(met.box, drag.sides, 0, 0, area)]
      : shifted(drag.from, met.box[0] - whole[0], met.box[1] - whole[1], area);
    drag.ids.forEach((id, place) => this.#lay(this.elements.get(id), drag.boxes[place]));
    this.#guide(met.guides);
  }

  /** A frame drawn over the page: what lies wholly inside is chosen, with Shift besides what was chosen before. */
  #beginBand(event) {
    const rect = this.root.getBoundingClientRect();
    const place = (one) => [(one.clientX - rect.left) / this.scale, (one.clientY - rect.top) / this.scale];
    const [x, y] = place(event);
    const before = event.shiftKey || this.adds ? this.selection : [];
    this.acts.select(before);
    const move = (later) => {
      const [atX, atY] = place(later);
      const frame = [Math.min(x, atX), Math.min(y, atY), Math.abs(atX - x), Math.abs(atY - y)];
      this.band.hidden = false;
      this.#lay(this.band, frame);
      const met = this.layout.items.filter((item) => isInside(item.box, frame)).map((item) => item.id);
      const chosen = [...before.filter((id) => !met.includes(id)), ...met];
      if (chosen.join("\n") !== this.selection.join("\n")) this.acts.select(chosen);
    };
    const end = () => {
      this.band.hidden = true;
      this.root.removeEventListener("pointermove", move);
      if (this.selection.length) this.focus(this.selection.at(-1));
    };
    this.root.setPointerCapture(event.pointerId);
    this.root.addEventListener("pointermove", move);
    this.root.addEventListener("lostpointercapture", end, { once: true });
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

  /** Arrows move what is chosen by 1 mm, with Shift by 0.1 mm; with Ctrl they shift the right and lower edge of one. */
  #key(event) {
    const id = event.target.closest(".box")?.dataset.id;
    if (!id) return;
    const isControl = event.ctrlKey || event.metaKey;
    const arrow = ARROWS[event.key];
    if (arrow && !event.altKey) {
      event.preventDefault();
      this.#nudge(id, arrow, event.shiftKey ? 0.1 : 1, isControl);
    } else if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      this.acts.remove();
    } else if (event.key === "Escape") {
      this.acts.select([]);
      event.target.blur();
    } else if (event.key === " ") {
      event.preventDefault();
      this.acts.toggle(id);
    } else if (isControl && event.key.toLowerCase() === "d") {
      event.preventDefault();
      this.acts.double();
    }
  }

  #nudge(id, arrow, step, isResized) {
    const ids = this.selection.includes(id) ? this.selection : [id];
    const boxes = ids.map((one) => this.layout.items.find((item) => item.id === one).box);
    const [dx, dy] = arrow.map((one) => one * step);
    const area = limits(this.layout.page);
    if (isResized && ids.length > 1) return;
    const fresh = isResized ? [resized(boxes[0], "es", dx, dy, area)] : shifted(boxes, dx, dy, area);
    this.acts.change(patches(ids, fresh), `keys:${ids.join()}`);
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

const patches = (ids, boxes) => new Map(ids.map((id, place) => [id, { box: boxes[place] }]));
