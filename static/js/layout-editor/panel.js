// The properties at the side: of the item that is chosen, or of the whole layout. Fields say in data attributes what
// they stand for; what is typed becomes a change of the layout's data.

import { itemOf, valueAt } from "./document.js";
import { round } from "./geometry.js";

const BLANK_SEAL = "seal.";

export class Panel {
  /**
   * @param {HTMLElement} root
   * @param {{change: Function, set: Function, rename: Function}} acts
   * @param {import("./names.js").Names} names
   */
  constructor(root, acts, names) {
    this.root = root;
    this.acts = acts;
    this.names = names;
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

  show(layout, selection) {
    this.layout = layout;
    this.item = selection.length === 1 ? itemOf(layout, selection[0]) : null;
    const kind = selection.length > 1 ? "several" : (this.item?.type ?? "layout");
    for (const part of this.root.querySelectorAll("[data-kinds]")) {
      part.hidden = !part.dataset.kinds.split(" ").includes(kind);
    }
    this.#roles();
    this.#styles();
    this.fields = [...this.root.querySelectorAll("[data-key], [data-box], [data-path]")];
    for (const field of this.fields) this.#fill(field);
  }

  /** The roles of this layout as choices, each with its face. */
  #roles() {
    const roles = Object.entries(this.layout.fonts);
    for (const select of this.root.querySelectorAll("select[data-roles]")) {
      if (select.dataset.roles === roles.join()) continue;
      const first = [...select.options].filter((option) => option.value === "");
      select.dataset.roles = roles.join();
      const options = roles.map(([role, face]) => new Option(`${this.names.role(role)} · ${this.faces[face]}`, role));
      select.replaceChildren(...first, ...options);
    }
  }

  /** The styles of this layout, to be put around words. */
  #styles() {
    const styles = Object.keys(this.layout.styles ?? {});
    for (const select of this.root.querySelectorAll("select[data-wraps]")) {
      select.closest("label").hidden = styles.length === 0;
      const options = styles.map((style) => new Option(this.names.style(style), style));
      select.replaceChildren(select.options[0], ...options);
    }
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
    } else if (field.dataset.words !== undefined) field.value = this.names.shown(value ?? field.dataset.default ?? "");
    else field.value = value ?? field.dataset.default ?? "";
  }

  #value(field) {
    if (field.dataset.path) return valueAt(this.layout, field.dataset.path.split("/"));
    if (!this.item) return undefined;
    if (field.dataset.key === "id") return this.names.item(this.item.id);
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
    if (field.value === "") return field.required ? null : undefined;
    return field.dataset.words === undefined ? field.value : this.names.kept(field.value);
  }

  #patch(field, value) {
    if (field.dataset.box) {
      const box = [...this.item.box];
      box[Number(field.dataset.box)] = round(value);
      return { box };
    }
    return { [field.dataset.key]: value };
  }

  /** Put a variable into a text, or a style around the words that are marked in it. */
  #insert(chooser) {
    const field = this.root.querySelector(`#${chooser.dataset.insert}`);
    const chosen = chooser.value;
    chooser.value = "";
    if (!chosen || !field) return;
    const start = field.selectionStart ?? field.value.length;
    const end = field.selectionEnd ?? start;
    const words = chooser.dataset.wraps === undefined ? chosen : `<${chosen}>${field.value.slice(start, end)}</${chosen}>`;
    field.setRangeText(this.names.shown(words), start, end, "end");
    this.#typed(field, true);
    field.focus();
  }
}
