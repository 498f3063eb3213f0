// What is wrong with the layout for the people of the real list: a list in words, marks for the boxes, the samples.

export class Problems {
  /** @param {HTMLElement} list @param {HTMLSelectElement} samples @param {(sample: string, item: string) => void} go */
  constructor(list, samples, go) {
    this.list = list;
    this.samples = samples;
    this.wrong = new Set();
    this.shown = null;
    list.addEventListener("click", (event) => {
      const row = event.target.closest("[data-item]");
      if (row) go(row.dataset.sample, row.dataset.item);
    });
  }

  /** Take over what the server has measured. */
  take(found) {
    this.wrong = new Set(found.problems.filter((one) => one.is_error).map((one) => one.item));
    this.shown = new Set(found.shown);
    this.#samples(found);
    this.list.replaceChildren(...found.problems.map((one) => this.#row(one)));
    this.list.hidden = found.problems.length === 0;
    this.errors = found.problems.filter((one) => one.is_error).length;
  }

  /** Which boxes are to be marked, of a layout. */
  marks(layout) {
    const hidden = layout.items.map((item) => item.id).filter((id) => this.shown && !this.shown.has(id));
    return { wrong: this.wrong, hidden: new Set(hidden) };
  }

  #samples(found) {
    const options = found.samples.map((one) => {
      const mark = one.errors ? " ⚠" : "";
      return new Option(one.who ? `${one.why} — ${one.who}${mark}` : `${one.why}${mark}`, one.key);
    });
    this.samples.replaceChildren(...options);
    this.samples.value = found.sample;
  }

  #row(one) {
    const row = document.createElement("li");
    row.className = one.is_error ? "problem problem--error" : "problem";
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.item = one.item;
    button.dataset.sample = one.sample;
    const who = document.createElement("b");
    who.textContent = one.who;
    const words = document.createElement("span");
    words.textContent = one.message;
    button.append(who, " ", words);
    row.append(button);
    return row;
  }
}
