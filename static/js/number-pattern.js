// A pattern of certificate numbers, `HB-{year}-{serial:4}`, shown as pieces with names between fixed words.

const PIECE = /\{([a-z_]+)(?::([1-9]))?\}/;
const WIDTHS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
const USUAL_WIDTH = 4;
const LONGEST = 64;

/** @returns {(string | {name: string, width: number})[]} words and pieces by turns, words first and last */
export function partsOf(pattern) {
  const cut = pattern.split(PIECE);
  const parts = [cut[0]];
  for (let at = 1; at < cut.length; at += 3) {
    parts.push({ name: cut[at], width: Number(cut[at + 1] ?? 0) }, cut[at + 2]);
  }
  return parts;
}

export const patternOf = (parts) =>
  parts.map((part) => (typeof part === "string" ? part : `{${part.name}${part.width ? `:${part.width}` : ""}}`)).join("");

export class Pattern {
  /** @param {HTMLElement} root holds the plain field, the place for the pieces, and what they are called */
  constructor(root) {
    this.root = root;
    this.field = root.querySelector("input[name=pattern]");
    this.pieces = new Map(JSON.parse(root.dataset.pieces).map((piece) => [piece.key, piece]));
    this.words = Object.fromEntries(
      [...root.querySelectorAll("[data-text]")].map((one) => [one.dataset.text, one.textContent.trim()]),
    );
    this.parts = partsOf(this.field.value);
    if (this.parts.some((part) => typeof part !== "string" && !this.pieces.has(part.name))) return;
    this.list = root.querySelector(".pattern__pieces");
    this.example = root.querySelector(".pattern__example");
    this.caret = { at: this.parts.length - 1, place: this.parts.at(-1).length };
    this.field.closest(".field").querySelector("label").hidden = true;
    this.field.hidden = true;
    this.field.closest(".field").querySelector(".form-text").hidden = true;
    root.querySelector(".pattern").hidden = false;
    root.addEventListener("click", (event) => {
      const name = event.target.closest("[data-insert-piece]")?.dataset.insertPiece;
      if (name) this.#insert(name);
      const gone = event.target.closest("[data-remove-piece]")?.dataset.removePiece;
      if (gone) this.#remove(Number(gone));
    });
    this.#show();
  }

  /** A piece where the caret was last; the words are cut there. */
  #insert(name) {
    const { at, place } = this.caret;
    const words = this.parts[at];
    const width = name === "serial" ? USUAL_WIDTH : 0;
    this.parts.splice(at, 1, words.slice(0, place), { name, width }, words.slice(place));
    this.#show();
    this.list.querySelector(`[data-at="${at + 2}"]`).focus();
  }

  #remove(at) {
    const [before, , after] = this.parts.slice(at - 1, at + 2);
    this.parts.splice(at - 1, 3, before + after);
    this.#show();
    this.list.querySelector(`[data-at="${at - 1}"]`).focus();
  }

  #show() {
    this.list.replaceChildren(
      ...this.parts.map((part, at) => {
        const row = document.createElement("li");
        row.append(typeof part === "string" ? this.#fixed(part, at) : this.#named(part, at));
        return row;
      }),
    );
    this.caret = { at: this.parts.length - 1, place: this.parts.at(-1).length };
    this.#changed();
  }

  #fixed(words, at) {
    const field = document.createElement("input");
    field.type = "text";
    field.className = "pattern__words";
    field.dataset.at = at;
    field.value = words;
    field.maxLength = 30;
    field.setAttribute("aria-label", this.words.words);
    const fit = () => {
      field.style.width = `${Math.max(field.value.length, 1) * 1.1 + 1}em`;
    };
    const keep = () => {
      this.caret = { at, place: field.selectionStart ?? field.value.length };
    };
    fit();
    for (const kind of ["focus", "keyup", "click"]) field.addEventListener(kind, keep);
    field.addEventListener("input", () => {
      field.value = field.value.replace(/[{}]/g, "");
      this.parts[at] = field.value;
      fit();
      keep();
      this.#changed();
    });
    return field;
  }

  #named(part, at) {
    const { name } = this.pieces.get(part.name);
    const chip = document.createElement("span");
    chip.className = "pattern__piece";
    chip.append(name);
    if (part.name === "serial") chip.append(this.#digits(part));
    const gone = document.createElement("button");
    gone.type = "button";
    gone.dataset.removePiece = at;
    gone.textContent = "×";
    gone.setAttribute("aria-label", this.words.remove.replace("{name}", name));
    chip.append(gone);
    return chip;
  }

  #digits(part) {
    const select = document.createElement("select");
    select.setAttribute("aria-label", this.words.digits);
    const said = (width) => (width ? this.words.width.replace("{n}", String(width)) : this.words.free);
    select.append(...WIDTHS.map((width) => new Option(said(width), String(width))));
    select.value = String(part.width);
    select.addEventListener("change", () => {
      part.width = Number(select.value);
      this.#changed();
    });
    return select;
  }

  #changed() {
    const pattern = patternOf(this.parts);
    if (this.field.value !== pattern) {
      this.field.value = pattern;
      this.field.dispatchEvent(new Event("input", { bubbles: true }));
    }
    const named = this.parts.filter((part) => typeof part !== "string");
    const shown = (part) => (typeof part === "string" ? part : this.pieces.get(part.name).value.padStart(part.width, "0"));
    const number = this.parts.map(shown).join("");
    const serials = named.filter((part) => part.name === "serial").length;
    const wrong = serials !== 1 ? "serial" : number.length > LONGEST ? "long" : "";
    this.example.textContent = wrong ? this.words[wrong] : this.words.example.replace("{number}", number);
    this.example.classList.toggle("pattern__example--wrong", Boolean(wrong));
    this.root.querySelector('[data-insert-piece="serial"]').disabled = serials > 0;
  }
}
