// The properties at the side: of the item that is chosen, or of the whole layout. Fields say in data attributes what
// they stand for; what is typed becomes a change of the layout's data.

import { itemOf, resizedText, valueAt } from "./document.js";
import { round } from "./geometry.js";

const BLANK_SEAL = "seal.";

export class Panel {
  /**
   * @param {HTMLElement} root
   * @param {{change: Function, set: Function, rename: Function}} acts
   */
  constructor(root, acts) {
    this.root = root;
    this.acts = acts;
    this.layout = null;
    this.item = null;
    this.faces = JSON.parse(root.dataset.faces);
    this.fields = [];
    root.addEventListener("input", (event) => this.#typed(event.target));
    root.addEventListener("change", (event) => this.#typed(event.target, true));
    for (const chooser of root.querySelectorAll("[data-insert]")) {
      chooser.addEventListener("change", () => this.#insert(chooser));
    }
  }

  show(layout, selected) {
    this.layout = layout;
    this.item = selected ? itemOf(layout, selected) : null;
    const kind = this.item?.type ?? "";
    for (const part of this.root.querySelectorAll("[data-kinds]")) {
      part.hidden = !part.dataset.kinds.split(" ").includes(kind || "layout");
    }
    this.#fonts();
    this.#roles();
    this.fields = [...this.root.querySelectorAll("[data-key], [data-box], [data-path]")];
    for (const field of this.fields) this.#fill(field);
  }

  /** The roles of this layout as choices, each with its face. */
  #fonts() {
    const roles = Object.entries(this.layout.fonts);
    for (const select of this.root.querySelectorAll('select[data-key="font"]')) {
      if (select.dataset.roles === roles.join()) continue;
      select.dataset.roles = roles.join();
      select.replaceChildren(...roles.map(([role, face]) => new Option(`${role} · ${this.faces[face]}`, role)));
    }
  }

  /** For every role a choice of its face, where the whole layout is shown. */
  #roles() {
    const place = this.root.querySelector("[data-roles]");
    const roles = Object.keys(this.layout.fonts);
    if (place.dataset.roles === roles.join()) return;
    place.dataset.roles = roles.join();
    place.replaceChildren(
      ...roles.map((role) => {
        const label = document.createElement("label");
        const name = document.createElement("span");
        name.textContent = role;
        const select = document.createElement("select");
        select.className = "form-select form-select-sm";
        select.dataset.path = `fonts/${role}`;
        select.append(...Object.entries(this.faces).map(([face, words]) => new Option(words, face)));
        label.append(name, select);
        return label;
      }),
    );
  }

  #fill(field) {
    if (field === document.activeElement && field.type !== "checkbox") return;
    const value = this.#value(field);
    if (field.type === "checkbox") field.checked = value !== undefined;
    else if (field.dataset.key === "asset" && field.dataset.seal !== undefined) {
      field.value = String(value ?? "").startsWith(BLANK_SEAL) ? "" : value;
      if (value && !String(value).startsWith(BLANK_SEAL) && field.value !== value) {
        field.append(new Option(value, value));
        field.value = value;
      }
    } else field.value = value ?? field.dataset.default ?? "";
  }

  #value(field) {
    if (field.dataset.path) return valueAt(this.layout, field.dataset.path.split("/"));
    if (!this.item) return undefined;
    return field.dataset.box ? this.item.box[Number(field.dataset.box)] : this.item[field.dataset.key];
  }

  #typed(field, isDone = false) {
    if (!this.fields.includes(field)) return;
    if (!field.checkValidity() && field.type !== "checkbox") return;
    const value = this.#read(field);
    if (value === null || value === this.#value(field)) return;
    if (field.dataset.path) this.acts.set(field.dataset.path.split("/"), value, `set:${field.dataset.path}`);
    else if (field.dataset.key === "id") {
      if (isDone) this.acts.rename(this.item.id, value);
    } else this.acts.change(this.item.id, this.#patch(field, value), `panel:${this.item.id}:${field.dataset.key ?? field.dataset.box}`);
  }

  /** What a field says as data: null for not yet, undefined for nothing. */
  #read(field) {
    if (field.type === "checkbox") return field.checked ? (field.dataset.on ?? "#FFFFFF") : undefined;
    if (field.type === "number") return field.value === "" ? (field.required ? null : undefined) : Number(field.value);
    if (field.type === "color") return field.value.toUpperCase();
    if (field.dataset.seal !== undefined && field.value === "") return `${BLANK_SEAL}1`;
    return field.value === "" ? (field.required ? null : undefined) : field.value;
  }

  #patch(field, value) {
    if (field.dataset.box) {
      const box = [...this.item.box];
      box[Number(field.dataset.box)] = round(value);
      return { box };
    }
    if (field.dataset.key === "size") return resizedText(this.item, value);
    return { [field.dataset.key]: value };
  }

  #insert(chooser) {
    const field = this.root.querySelector(`#${chooser.dataset.insert}`);
    const words = chooser.value;
    chooser.value = "";
    if (!words || !field) return;
    const start = field.selectionStart ?? field.value.length;
    field.setRangeText(words, start, field.selectionEnd ?? start, "end");
    this.#typed(field, true);
    field.focus();
  }
}
