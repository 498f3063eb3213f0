// The editor of certificate layouts: the page, the properties, the list of items, and the truth from the server.

import * as layouts from "./document.js";
import { History } from "./history.js";
import { Panel } from "./panel.js";
import { Problems } from "./problems.js";
import { RefusedError, Service } from "./service.js";
import { Stage } from "./stage.js";

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
    this.selected = null;
    this.zoom = 1;
    const change = (id, patch, tag) => this.commit(layouts.changed(this.layout, id, patch), tag);
    this.stage = new Stage(root.querySelector(".stage"), {
      select: (id) => this.select(id),
      change,
      remove: (id) => this.remove(id),
      double: (id) => this.double(id),
    });
    this.panel = new Panel(root.querySelector(".panel"), {
      change,
      set: (path, value, tag) => this.commit(layouts.withValue(this.layout, path, value), tag),
      rename: (id, fresh) => this.rename(id, fresh),
    });
    this.problems = new Problems(root.querySelector(".problems"), root.querySelector("#sample"), (sample, item) => {
      this.sample = sample;
      this.select(item);
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
      remove: () => this.selected && this.remove(this.selected),
      double: () => this.selected && this.double(this.selected),
      earlier: () => this.selected && this.commit(layouts.reordered(this.layout, this.selected, -1)),
      later: () => this.selected && this.commit(layouts.reordered(this.layout, this.selected, 1)),
      middle: () => this.selected && this.middle(),
      larger: () => this.scaled(1.25),
      smaller: () => this.scaled(0.8),
    };
    this.root.addEventListener("click", (event) => {
      const act = event.target.closest("[data-act]")?.dataset.act;
      if (act) acts[act]?.();
      const kind = event.target.closest("[data-add]")?.dataset.add;
      if (kind) this.add(kind);
      const row = event.target.closest(".items [data-item]");
      if (row) {
        this.select(row.dataset.item);
        this.stage.focus(row.dataset.item);
      }
    });
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
    const isTyping = event.target.matches("input, textarea, select");
    if (key === "s") {
      event.preventDefault();
      this.root.querySelector("#save").showModal();
    } else if (!isTyping && key === "z") {
      event.preventDefault();
      this.step(event.shiftKey ? "redo" : "undo");
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
    if (!layouts.itemOf(this.layout, this.selected)) this.selected = null;
    this.render();
    this.later();
  }

  select(id) {
    this.selected = id;
    this.render();
  }

  add(kind) {
    const given = {
      font: Object.keys(this.layout.fonts).includes("body") ? "body" : Object.keys(this.layout.fonts)[0],
      picture: this.root.dataset.picture,
      words: this.words.words,
    };
    const fresh = layouts.freshItem(kind, this.layout.page, given);
    const [layout, id] = layouts.added(this.layout, fresh);
    this.selected = id;
    this.commit(layout);
    this.stage.focus(id);
  }

  remove(id) {
    if (this.layout.items.length === 1) return this.say("last", true);
    this.selected = null;
    return this.commit(layouts.removed(this.layout, id));
  }

  double(id) {
    const [layout, copy] = layouts.doubled(this.layout, id);
    this.selected = copy;
    this.commit(layout);
    this.stage.focus(copy);
  }

  rename(id, fresh) {
    if (layouts.itemOf(this.layout, fresh)) return this.say("taken", true);
    this.selected = fresh;
    return this.commit(layouts.changed(this.layout, id, { id: fresh }));
  }

  middle() {
    const [, y, w, h] = layouts.itemOf(this.layout, this.selected).box;
    const x = Math.round((this.layout.page.width - w) * 5) / 10;
    this.commit(layouts.changed(this.layout, this.selected, { box: [x, y, w, h] }));
  }

  scaled(by) {
    this.zoom = Math.min(Math.max(this.zoom * by, 0.5), 4);
    this.stage.root.style.width = `${Math.round(this.zoom * 100)}%`;
    this.later();
  }

  render() {
    this.stage.show(this.layout, this.selected, this.problems.marks(this.layout));
    this.panel.show(this.layout, this.selected);
    this.root.querySelector('[data-act="undo"]').disabled = !this.history.canUndo;
    this.root.querySelector('[data-act="redo"]').disabled = !this.history.canRedo;
    for (const button of this.root.querySelectorAll("[data-needs-item]")) button.disabled = !this.selected;
    this.root.querySelector("[data-dirty]").hidden = !this.isDirty;
    this.items.replaceChildren(...this.layout.items.map((item) => this.#row(item)));
  }

  #row(item) {
    const row = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.item = item.id;
    button.textContent = item.id;
    if (item.id === this.selected) button.setAttribute("aria-current", "true");
    if (this.problems.wrong.has(item.id)) button.classList.add("items__wrong");
    const kind = document.createElement("small");
    kind.textContent = this.words[`kind-${item.type}`] ?? item.type;
    button.append(" ", kind);
    row.append(button);
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
      this.root.classList.remove("editor--waiting");
      this.say(this.problems.errors ? "wrong" : "right", Boolean(this.problems.errors));
    } catch (error) {
      if (error.name === "AbortError") return;
      this.root.classList.remove("editor--waiting");
      this.status.classList.add("status--wrong");
      this.status.textContent = error instanceof RefusedError ? error.message : this.words.offline;
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
