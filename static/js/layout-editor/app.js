// The editor of certificate layouts: the page, the properties, the list of items, and the truth from the server.

import { aligned, around, spread } from "./arranging.js";
import * as layouts from "./document.js";
import { History } from "./history.js";
import { Names } from "./names.js";
import { Panel } from "./panel.js";
import { Problems } from "./problems.js";
import { RefusedError, Service } from "./service.js";
import { Stage } from "./stage.js";
import { Styles } from "./styles.js";
import { Tabs } from "./tabs.js";

const QUIET = 250;
const LARGEST_DPI = 200;
const SCREEN_INCH = 25.4;

class Editor {
  constructor(root) {
    this.root = root;
    this.service = new Service(root.dataset);
    this.words = Object.fromEntries(
      [...root.querySelectorAll("[data-text]")].map((one) => [one.dataset.text, one.textContent.trim()]),
    );
    this.status = root.querySelector("[data-status]");
    this.names = new Names(JSON.parse(root.dataset.names));
    this.selection = [];
    this.zoom = 1;
    const change = (id, patch, tag) => this.commit(layouts.changed(this.layout, id, patch), tag);
    const acts = {
      select: (ids) => this.select(ids),
      toggle: (id) => this.toggle(id),
      change: (patches, tag) => this.commit(layouts.changedAll(this.layout, patches), tag),
      remove: () => this.remove(),
      double: () => this.double(),
    };
    this.stage = new Stage(root.querySelector(".stage"), acts, (item) => this.aloud(item), this.names);
    const panel = root.querySelector(".panel");
    const set = (path, value, tag) => this.commit(layouts.withValue(this.layout, path, value), tag);
    this.panel = new Panel(panel, { change, set, rename: (id, fresh) => this.rename(id, fresh) }, this.names);
    const told = { commit: (layout, tag) => this.commit(layout, tag), say: (key, isWrong) => this.say(key, isWrong) };
    this.styles = new Styles(root.querySelector(".text-styles"), told, this.names, this.words, this.panel.faces);
    this.tabs = new Tabs(panel.querySelector("[role=tablist]"), () => this.drawStrips());
    this.problems = new Problems(root.querySelector(".problems"), root.querySelector("#sample"), (sample, item) => {
      this.sample = sample;
      this.select([item]);
      this.stage.focus(item);
      this.refresh();
    });
    this.items = root.querySelector(".items");
  }

  get layout() {
    return this.history.current;
  }

  get isDirty() {
    return this.layout !== this.saved;
  }

  async start() {
    const { number, document: layout } = await this.service.load();
    this.number = number;
    this.history = new History(layout);
    this.saved = layout;
    this.sample = "";
    this.#listen();
    this.render();
    await this.refresh();
    this.root.classList.add("editor--ready");
  }

  #listen() {
    const acts = {
      undo: () => this.step("undo"),
      redo: () => this.step("redo"),
      save: () => this.root.querySelector("#save").showModal(),
      export: () => this.export(),
      remove: () => this.remove(),
      double: () => this.double(),
      earlier: () => this.commit(layouts.reordered(this.layout, this.selection, -1)),
      later: () => this.commit(layouts.reordered(this.layout, this.selection, 1)),
      several: (button) => this.several(button),
      larger: () => this.scaled(1.25),
      smaller: () => this.scaled(0.8),
    };
    this.root.addEventListener("click", (event) => {
      const button = event.target.closest("[data-act]");
      if (button) acts[button.dataset.act]?.(button);
      const align = event.target.closest("[data-align]")?.dataset.align;
      if (align) this.align(align);
      const axis = event.target.closest("[data-spread]")?.dataset.spread;
      if (axis) this.spread(axis);
      const kind = event.target.closest("[data-add]")?.dataset.add;
      if (kind) this.add(kind);
    });
    this.items.addEventListener("click", (event) => {
      const id = event.target.closest("[data-item]")?.dataset.item;
      if (!id) return;
      if (event.shiftKey || event.ctrlKey || event.metaKey) return this.toggle(id);
      this.select([id]);
      this.stage.focus(id);
      return undefined;
    });
    this.items.addEventListener("change", (event) => this.toggle(event.target.dataset.tick));
    this.root.querySelector("#snap").addEventListener("change", (event) => {
      this.stage.snaps = event.target.checked;
    });
    this.root.querySelector("#sample").addEventListener("change", (event) => {
      this.sample = event.target.value;
      this.refresh();
    });
    this.root.querySelector("#save form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.save(event.target.elements.reason.value);
    });
    this.root.querySelector("[data-close]").addEventListener("click", () => this.root.querySelector("#save").close());
    document.addEventListener("keydown", (event) => this.#key(event));
    window.addEventListener("beforeunload", (event) => {
      if (this.isDirty) event.preventDefault();
    });
  }

  #key(event) {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    const key = event.key.toLowerCase();
    const isTyping = event.target.matches("input:not([type=checkbox]), textarea, select");
    if (key === "s") {
      event.preventDefault();
      this.root.querySelector("#save").showModal();
    } else if (!isTyping && key === "z") {
      event.preventDefault();
      this.step(event.shiftKey ? "redo" : "undo");
    } else if (!isTyping && key === "a") {
      event.preventDefault();
      this.select(this.layout.items.map((item) => item.id));
      this.stage.focus(this.selection[0]);
    } else if (!isTyping && key === "y") {
      event.preventDefault();
      this.step("redo");
    }
  }

  commit(layout, tag = null) {
    this.history.commit(layout, tag);
    this.render();
    this.later();
  }

  step(act) {
    this.history[act]();
    this.selection = this.selection.filter((id) => layouts.itemOf(this.layout, id));
    this.render();
    this.later();
  }

  select(ids) {
    this.selection = ids;
    this.render();
    this.drawStrips();
  }

  /** One more or one less. */
  toggle(id) {
    const isChosen = this.selection.includes(id);
    this.select(isChosen ? this.selection.filter((one) => one !== id) : [...this.selection, id]);
  }

  /** Whether a tap adds to what is chosen: for fingers, which have no Shift. */
  several(button) {
    this.stage.adds = !this.stage.adds;
    button.setAttribute("aria-pressed", String(this.stage.adds));
  }

  /** How a box is read aloud. */
  aloud(item) {
    const [x, y, w, h] = item.box;
    const values = { name: this.names.item(item.id), x, y, w, h };
    return this.words.box.replace(/\{(\w+)\}/g, (_, key) => String(values[key]));
  }

  add(kind) {
    const given = {
      font: Object.keys(this.layout.fonts).includes("body") ? "body" : Object.keys(this.layout.fonts)[0],
      picture: this.root.dataset.picture,
      words: this.words.words,
    };
    const fresh = layouts.freshItem(kind, this.layout.page, given);
    const [layout, id] = layouts.added(this.layout, fresh);
    this.selection = [id];
    this.commit(layout);
    this.stage.focus(id);
  }

  remove() {
    if (!this.selection.length) return undefined;
    if (this.layout.items.length === this.selection.length) return this.say("last", true);
    const ids = this.selection;
    this.selection = [];
    return this.commit(layouts.removed(this.layout, ids));
  }

  double() {
    if (!this.selection.length) return;
    const [layout, copies] = layouts.doubled(this.layout, this.selection, (id) => this.names.base(id));
    this.selection = copies;
    this.commit(layout);
    this.stage.focus(copies[0]);
  }

  rename(id, fresh) {
    if (layouts.itemOf(this.layout, fresh)) return this.say("taken", true);
    this.selection = [fresh];
    return this.commit(layouts.changed(this.layout, id, { id: fresh }));
  }

  /** To the paper where one is chosen or the person wants it so, else to each other. */
  align(edge) {
    const { width, height } = this.layout.page;
    const isToPage = this.selection.length === 1 || this.root.querySelector("#to-page").checked;
    this.rearrange((boxes) => aligned(boxes, edge, isToPage ? [0, 0, width, height] : around(boxes)));
  }

  spread(axis) {
    if (this.selection.length > 2) this.rearrange((boxes) => spread(boxes, axis));
  }

  rearrange(act) {
    if (!this.selection.length) return;
    const boxes = act(this.selection.map((id) => layouts.itemOf(this.layout, id).box));
    const patches = new Map(this.selection.map((id, place) => [id, { box: boxes[place] }]));
    this.commit(layouts.changedAll(this.layout, patches));
  }

  scaled(by) {
    this.zoom = Math.min(Math.max(this.zoom * by, 0.5), 4);
    this.stage.root.style.width = `${Math.round(this.zoom * 100)}%`;
    this.later();
  }

  render() {
    this.stage.show(this.layout, this.selection, this.problems.marks(this.layout));
    this.panel.show(this.layout, this.selection);
    this.styles.show(this.layout, this.selection);
    this.root.querySelector('[data-act="undo"]').disabled = !this.history.canUndo;
    this.root.querySelector('[data-act="redo"]').disabled = !this.history.canRedo;
    for (const button of this.root.querySelectorAll("[data-needs]")) {
      button.disabled = this.selection.length < Number(button.dataset.needs);
    }
    this.root.querySelector("[data-dirty]").hidden = !this.isDirty;
    for (const place of this.root.querySelectorAll("[data-count]")) place.textContent = String(this.selection.length);
    this.#list();
  }

  /** The list of items, made anew only if it looks otherwise: an answer comes under the finger. Who has the focus keeps it. */
  #list() {
    const sign = JSON.stringify(this.layout.items.map(({ id, type }) => [id, type, this.selection.includes(id), this.problems.wrong.has(id)]));
    if (sign === this.listed) return;
    this.listed = sign;
    const held = this.items.contains(document.activeElement) ? document.activeElement : null;
    const [kind, id] = held?.dataset.tick ? ["tick", held.dataset.tick] : ["item", held?.dataset.item];
    this.items.replaceChildren(...this.layout.items.map((item) => this.#row(item)));
    if (id) this.items.querySelector(`[data-${kind}="${CSS.escape(id)}"]`)?.focus();
  }

  #row(item) {
    const row = document.createElement("li");
    const tick = document.createElement("input");
    tick.type = "checkbox";
    tick.dataset.tick = item.id;
    tick.checked = this.selection.includes(item.id);
    tick.setAttribute("aria-label", this.words.choose.replace("{name}", this.names.item(item.id)));
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.item = item.id;
    button.textContent = this.names.item(item.id);
    if (tick.checked) button.setAttribute("aria-current", "true");
    if (this.problems.wrong.has(item.id)) button.classList.add("items__wrong");
    const kind = document.createElement("small");
    kind.textContent = this.words[`kind-${item.type}`] ?? item.type;
    if (kind.textContent !== button.textContent) button.append(" ", kind);
    row.append(tick, button);
    return row;
  }

  /** Ask the server once nothing has changed for a moment. */
  later() {
    clearTimeout(this.timer);
    this.root.classList.add("editor--waiting");
    this.timer = setTimeout(() => this.refresh(), QUIET);
  }

  async refresh() {
    const asked = this.layout;
    this.root.classList.add("editor--waiting");
    const pixels = this.stage.root.clientWidth * Math.min(window.devicePixelRatio, 2);
    const dpi = Math.min(Math.round((pixels * SCREEN_INCH) / asked.page.width), LARGEST_DPI);
    try {
      const [found, picture] = await Promise.all([
        this.service.measure(asked, this.sample),
        this.service.draw(asked, this.sample, dpi),
      ]);
      this.sample = found.sample;
      this.problems.take(found);
      this.stage.paint(picture);
      this.render();
      this.drawStrips();
      this.root.classList.remove("editor--waiting");
      this.say(this.problems.errors ? "wrong" : "right", Boolean(this.problems.errors));
    } catch (error) {
      if (error.name === "AbortError") return;
      this.root.classList.remove("editor--waiting");
      this.status.classList.add("status--wrong");
      this.status.textContent = error instanceof RefusedError ? error.message : this.words.offline;
    }
  }

  /** The samples of the text styles, while they are in sight. A layout that is refused is told of elsewhere. */
  async drawStrips() {
    if (this.tabs.shown !== "text-styles") return;
    const pixels = this.styles.root.clientWidth * Math.min(window.devicePixelRatio, 2);
    const { document: sheet, dpi } = this.styles.sheet(pixels);
    try {
      this.styles.paint(await this.service.strips(sheet, this.sample, dpi));
    } catch (error) {
      if (error.name !== "AbortError" && !(error instanceof RefusedError)) throw error;
    }
  }

  say(key, isWrong) {
    this.status.textContent = this.words[key].replace("{n}", String(this.problems.errors ?? 0));
    this.status.classList.toggle("status--wrong", isWrong);
  }

  async save(reason) {
    const dialog = this.root.querySelector("#save");
    const refusal = dialog.querySelector("[role=alert]");
    const layout = this.layout;
    refusal.textContent = "";
    try {
      this.number = (await this.service.save(layout, this.number, reason)).number;
      this.saved = layout;
      dialog.close();
      dialog.querySelector("form").reset();
      this.root.querySelector("[data-number]").textContent = String(this.number);
      this.render();
      this.say("saved", false);
    } catch (error) {
      refusal.textContent = error instanceof RefusedError ? error.message : this.words.offline;
    }
  }

  /** The layout as it stands on the screen, as a file, saved or not. */
  export() {
    const link = document.createElement("a");
    const text = JSON.stringify(this.layout, null, 2);
    link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
    link.download = `${this.layout.name}.json`;
    link.click();
    URL.revokeObjectURL(link.href);
  }
}

const root = document.querySelector(".editor");
if (root) new Editor(root).start();
