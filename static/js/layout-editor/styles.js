// The text styles at the side: how the chosen texts look, the named styles inside texts, the faces of the font roles.
// Each is shown beside its fields as the program draws it.

import { changedAll, freshName, itemOf, renamedStyle, resizedText, usesOfRole, usesOfStyle, withValue } from "./document.js";
import { WIDTH, sheetOf } from "./sheet.js";

const TEXTS = ["text", "paragraph"];
const USUAL_ROLES = ["title", "body", "strong", "small"];
const FIRST_COLOR = "#C00D1E";
const PERCENT = 100;
const SCREEN_INCH = 25.4;
const LARGEST_DPI = 200;

export class Styles {
  /**
   * @param {HTMLElement} root holds .looks, .styles, .roles and templates for a row of each
   * @param {{commit: Function, say: Function}} acts
   * @param {import("./names.js").Names} names
   * @param {object} words sentences of the page
   * @param {object} faces names of the faces
   */
  constructor(root, acts, names, words, faces) {
    Object.assign(this, { root, acts, names, words, faces, layout: null, items: [] });
    root.addEventListener("input", (event) => this.#typed(event.target));
    root.addEventListener("change", (event) => this.#typed(event.target, true));
    root.addEventListener("click", (event) => this.#pressed(event.target));
  }

  show(layout, selection) {
    this.layout = layout;
    this.items = selection.map((id) => itemOf(layout, id)).filter((item) => TEXTS.includes(item.type));
    this.root.querySelector("[data-chosen]").hidden = this.items.length === 0;
    this.root.querySelector("[data-nothing]").hidden = this.items.length > 0;
    for (const field of this.root.querySelectorAll("[data-look]")) this.#fill(field);
    this.#rows("styles", Object.keys(layout.styles ?? {}), (row, name) => this.#fillStyle(row, name));
    this.#rows("roles", Object.keys(layout.fonts), (row, role) => this.#fillRole(row, role));
  }

  /** What is to be drawn for the strips, and how fine. */
  sheet(pixels) {
    const item = this.items.length === 1 ? this.items[0] : null;
    const { document, strips } = sheetOf(this.layout, item, this.words.sample);
    this.strips = strips;
    this.height = document.page.height;
    return { document, dpi: Math.min(Math.round((pixels * SCREEN_INCH) / WIDTH), LARGEST_DPI) };
  }

  /** Cut the picture of the sheet into strips. */
  paint(blob) {
    if (this.address) URL.revokeObjectURL(this.address);
    this.address = URL.createObjectURL(blob);
    for (const place of this.root.querySelectorAll("[data-strip]")) {
      const strip = this.strips.find((one) => one.key === place.dataset.strip);
      place.hidden = !strip;
      if (!strip) continue;
      place.style.aspectRatio = `${WIDTH} / ${strip.height}`;
      place.style.backgroundImage = `url("${this.address}")`;
      place.style.backgroundSize = `100% ${(this.height / strip.height) * PERCENT}%`;
      place.style.backgroundPosition = `0 ${(strip.top / Math.max(this.height - strip.height, 1)) * PERCENT}%`;
    }
  }

  /** Fields for what the chosen texts have; one in which they differ stays empty. */
  #fill(field) {
    const kinds = field.closest("[data-of]")?.dataset.of.split(" ") ?? TEXTS;
    const meant = this.items.filter((item) => kinds.includes(item.type));
    field.closest("label").hidden = meant.length === 0;
    if (field === document.activeElement || !meant.length) return;
    const values = new Set(meant.map((item) => item[field.dataset.look] ?? this.#usual(field, item)));
    const isOne = values.size === 1;
    field.value = isOne ? [...values][0] : field.type === "color" ? FIRST_COLOR : "";
    field.placeholder = isOne ? "" : this.words.differ;
    field.title = field.placeholder;
    field.classList.toggle("is-mixed", !isOne);
  }

  #usual(field, item) {
    if (field.dataset.look === "min_size") return item.size;
    if (field.dataset.look === "align") return item.type === "paragraph" ? "justify" : "left";
    return field.dataset.default ?? "";
  }

  /** A row for every name, made from the template; rows that are there stay, so that a field keeps its focus. */
  #rows(kind, names, fill) {
    const place = this.root.querySelector(`.${kind}`);
    const template = this.root.querySelector(`template[data-row="${kind}"]`);
    if (place.dataset.names !== names.join("\n")) {
      place.dataset.names = names.join("\n");
      place.replaceChildren(
        ...names.map((name) => {
          const row = template.content.firstElementChild.cloneNode(true);
          row.dataset.name = name;
          row.querySelector("[data-strip]").dataset.strip = `${template.dataset.key}:${name}`;
          return row;
        }),
      );
    }
    for (const row of place.children) fill(row, row.dataset.name);
  }

  #fillStyle(row, name) {
    const style = this.layout.styles[name];
    row.setAttribute("aria-label", this.names.style(name));
    const roles = Object.keys(this.layout.fonts);
    const select = row.querySelector('[data-style="font"]');
    if (select.dataset.known !== roles.join()) {
      select.dataset.known = roles.join();
      select.replaceChildren(select.options[0], ...roles.map((role) => new Option(this.names.role(role), role)));
    }
    const set = (key, value) => {
      const field = row.querySelector(`[data-style="${key}"]`);
      if (field !== document.activeElement) field.value = value;
    };
    set("name", this.names.style(name));
    set("font", style.font ?? "");
    set("scale", Math.round((style.scale ?? 1) * PERCENT));
    set("color", style.color ?? FIRST_COLOR);
    row.querySelector('[data-style="colored"]').checked = style.color !== undefined;
    row.querySelector('[data-style="color"]').disabled = style.color === undefined;
    const uses = usesOfStyle(this.layout, name);
    row.querySelector("[data-remove-style]").disabled = uses > 0;
    row.querySelector("[data-uses]").textContent = this.words.uses.replace("{n}", String(uses));
  }

  #fillRole(row, role) {
    const select = row.querySelector("[data-role]");
    if (!select.options.length) {
      select.replaceChildren(...Object.entries(this.faces).map(([face, words]) => new Option(words, face)));
    }
    row.querySelector("[data-name-of-role]").textContent = this.names.role(role);
    select.value = this.layout.fonts[role];
    const isUsed = usesOfRole(this.layout, role) > 0 || Object.keys(this.layout.fonts).length === 1;
    row.querySelector("[data-remove-role]").disabled = isUsed;
  }

  #typed(field, isDone = false) {
    if (!field.checkValidity()) return;
    const name = field.closest("[data-name]")?.dataset.name;
    if (field.dataset.look) this.#look(field);
    else if (field.dataset.style === "name") {
      if (isDone) this.#rename(name, this.#nameOf(field.value.trim()));
    } else if (field.dataset.style) this.#style(name, field);
    else if (field.dataset.role !== undefined) {
      this.acts.commit(withValue(this.layout, ["fonts", name], field.value), `role:${name}`);
    }
  }

  /** The same for all chosen texts that can have it. */
  #look(field) {
    const key = field.dataset.look;
    const isNumber = field.type === "number";
    if (field.value === "" && (isNumber || field.tagName === "SELECT")) return;
    const value = isNumber ? Number(field.value) : field.type === "color" ? field.value.toUpperCase() : field.value;
    const kinds = field.closest("[data-of]")?.dataset.of.split(" ") ?? TEXTS;
    const meant = this.items.filter((item) => kinds.includes(item.type) && item[key] !== value);
    if (!meant.length) return;
    const patch = (item) => (key === "size" ? resizedText(item, value) : { [key]: value });
    const patches = new Map(meant.map((item) => [item.id, patch(item)]));
    this.acts.commit(changedAll(this.layout, patches), `look:${key}:${[...patches.keys()].join()}`);
  }

  #style(name, field) {
    const style = { ...this.layout.styles[name] };
    const key = field.dataset.style;
    if (key === "font") style.font = field.value || undefined;
    else if (key === "scale") style.scale = Number(field.value) / PERCENT;
    else if (key === "color") style.color = field.value.toUpperCase();
    else style.color = field.checked ? FIRST_COLOR : undefined;
    const kept = Object.fromEntries(Object.entries(style).filter(([, value]) => value !== undefined));
    this.acts.commit(withValue(this.layout, ["styles", name], kept), `style:${name}:${key}`);
  }

  /** The name in the data of what a person typed: a known style's shown name means that style. */
  #nameOf(words) {
    return this.names.back.styles[words] ?? words.replace(/[<>{}/]/g, "");
  }

  #rename(name, fresh) {
    if (!fresh || fresh === name) return;
    if (fresh in this.layout.styles) this.acts.say("taken", true);
    else this.acts.commit(renamedStyle(this.layout, name, fresh));
  }

  #pressed(target) {
    const name = target.closest("[data-name]")?.dataset.name;
    if (target.closest("[data-add-style]")) this.#added("styles", this.words.style, { color: FIRST_COLOR });
    else if (target.closest("[data-add-role]")) {
      const usual = USUAL_ROLES.find((role) => !(role in this.layout.fonts));
      this.#added("fonts", this.words.role, Object.keys(this.faces)[0], usual);
    } else if (target.closest("[data-remove-style]")) {
      this.acts.commit(withValue(this.layout, ["styles", name], undefined));
    } else if (target.closest("[data-remove-role]")) {
      this.acts.commit(withValue(this.layout, ["fonts", name], undefined));
    }
  }

  #added(table, words, value, usual = undefined) {
    const name = usual ?? freshName(this.layout[table] ?? {}, words);
    this.acts.commit(withValue(this.layout, [table, name], value));
    const place = table === "styles" ? ".styles" : ".roles";
    this.root.querySelector(`${place} [data-name="${CSS.escape(name)}"] :is(input, select)`)?.focus();
  }
}
