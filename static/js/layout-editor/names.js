// What people call the parts of a layout. Texts are shown with these names, `{姓名}`, and kept as `{recipient.name}`.

const NUMBERED = /^(.+)-(\d+)$/;
const VARIABLE = /\{([^{}]*?)(\??)\}/g;
const TAG = /<(\/?)([^<>]*)>/g;

export class Names {
  /** @param {{items: object, roles: object, styles: object, variables: object}} known names by what the data say */
  constructor(known) {
    this.known = known;
    this.back = {
      variables: turned(known.variables),
      styles: turned(known.styles),
    };
  }

  item(id) {
    if (this.known.items[id]) return this.known.items[id];
    const base = this.base(id);
    return base === id ? id : `${this.known.items[base]} ${id.slice(base.length + 1)}`;
  }

  /** An id without the number of a copy. */
  base(id) {
    const found = this.known.items[id] ? null : NUMBERED.exec(id);
    return found && this.known.items[found[1]] ? found[1] : id;
  }

  role(role) {
    return this.known.roles[role] ?? role;
  }

  style(style) {
    return this.known.styles[style] ?? style;
  }

  /** A text of the data as it is shown. */
  shown(text) {
    return this.#turned(text, this.known.variables, this.known.styles);
  }

  /** A text as it was typed, for the data; what is written as in the data stays. */
  kept(text) {
    return this.#turned(text, this.back.variables, this.back.styles);
  }

  #turned(text, variables, styles) {
    return text
      .replace(VARIABLE, (all, name, optional) => `{${variables[name] ?? name}${optional}}`)
      .replace(TAG, (all, slash, name) => `<${slash}${styles[name] ?? name}>`);
  }
}

const turned = (names) => Object.fromEntries(Object.entries(names).map(([name, words]) => [words, name]));
