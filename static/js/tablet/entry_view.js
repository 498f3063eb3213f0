// The side of the sheet where a mark is made: cards, two buttons, a list or the keypad, as the aspect needs.

import { decimal } from "./exact.js";
import { fill, h, icon, t } from "./dom.js";
import { controlOf, keysOf, levels, read } from "./entry.js";
import { worth } from "./reckon.js";

/** How an entered text is shown: yes and no in the reader's language, all else as entered. */
export function shown(aspect, text) {
  if (text === null || controlOf(aspect) !== "yes_no") return text;
  const { value } = read(aspect, text);
  if (!value) return text;
  const isYes = value.n !== 0n;
  if (isTrap(aspect)) return t(isYes ? "triggered" : "not_triggered");
  return t(isYes ? "yes" : "no");
}

const isTrap = (aspect) => aspect.kind === "veto" || aspect.kind === "disqualification";

/** What an entered text is worth in points, as text; empty where it says no more than the entry itself. */
export function worthText(aspect, text) {
  if (text === null || isTrap(aspect)) return "";
  const entered = read(aspect, text);
  const points = entered.value ? worth(aspect, entered.value) : null;
  if (points === null || points === undefined) return "";
  const isPlain = aspect.kind === "points" && decimal(points) === decimal(entered.value);
  return isPlain ? "" : `${decimal(points)} ${t("points")}`;
}

/** The bounds of an aspect in words. */
export function boundsText(aspect) {
  const { low, high, step, unit } = aspect;
  const tail = unit ? ` ${unit}` : "";
  if (aspect.options.length) return "";
  const range =
    low !== null && high !== null
      ? t("range", { low, high: high + tail })
      : low !== null
        ? t("at_least", { low: low + tail })
        : high !== null
          ? t("at_most", { high: high + tail })
          : "";
  return step === null || controlOf(aspect) === "cards" ? range : [range, t("step", { step })].filter(Boolean).join(" · ");
}

/** How a time is read: the form to write it in, or what a number without a colon has come to. */
export function clockText(aspect, text) {
  if (!aspect.is_time) return "";
  if (!text) return t("time_form");
  const entered = /^\d+$/.test(text) ? Number(text) : 0;
  return entered < 60 ? "" : t("time_read", { clock: `${Math.floor(entered / 60)}:${String(entered % 60).padStart(2, "0")}` });
}

export class EntryView {
  /**
   * @param {HTMLElement} element
   * @param {{choose: (text: string) => void, press: (key: string) => void, next: () => void}} hand
   */
  constructor(element, hand) {
    this.element = element;
    this.hand = hand;
  }

  /** Draw the control of another aspect. */
  draw(aspect) {
    this.aspect = aspect;
    this.choices = [];
    this.screen = null;
    const controls = { cards: () => this.cards(), yes_no: () => this.yesNo(), choice: () => this.list(), keypad: () => this.keypad() };
    fill(this.element, controls[controlOf(aspect)]());
  }

  /** Show what stands there now. */
  paint(text, problem = "") {
    for (const { value, button } of this.choices) button.setAttribute("aria-pressed", String(shown(this.aspect, value) === shown(this.aspect, text)));
    if (this.screen) {
      const { box, points, bounds } = this.screen;
      box.textContent = text === null || text === "" ? t("not_marked") : text;
      box.dataset.empty = text === null || text === "" ? "yes" : "no";
      points.textContent = problem ? "" : text ? worthText(this.aspect, text) : "";
      bounds.textContent = problem || [boundsText(this.aspect), clockText(this.aspect, text)].filter(Boolean).join(" · ");
      bounds.dataset.wrong = problem ? "yes" : "no";
    }
  }

  choice(value, ...inside) {
    const button = h("button.choice", { onclick: () => this.hand.choose(value), "aria-pressed": "false", data: { value } }, ...inside);
    this.choices.push({ value, button });
    return button;
  }

  cards() {
    const texts = new Map(this.aspect.benchmarks);
    const cards = levels(this.aspect).map((level) =>
      this.choice(
        level,
        h("span.choice__level", {}, level),
        h("span.choice__text", {}, texts.get(level) ?? t("level", { n: level })),
        h("span.choice__worth", {}, worthText(this.aspect, level)),
      ),
    );
    return h("div.choices.choices--cards", {}, ...cards);
  }

  yesNo() {
    const big = this.aspect.options.map(([value]) =>
      this.choice(value, h("span.choice__word", {}, shown(this.aspect, value)), h("span.choice__worth", {}, worthText(this.aspect, value))),
    );
    return h("div.choices.choices--two", {}, ...big);
  }

  list() {
    const rows = this.aspect.options.map(([label]) =>
      this.choice(label, h("span.choice__text", {}, label), h("span.choice__worth", {}, worthText(this.aspect, label))),
    );
    return h("div.choices.choices--list", {}, ...rows);
  }

  keypad() {
    const { point, half, colon, minus, words, none } = keysOf(this.aspect);
    const box = h("output.screen__value", { "aria-live": "polite" });
    const points = h("span.screen__points");
    const bounds = h("span.screen__bounds", { role: "alert" });
    this.screen = { box, points, bounds };
    const key = (name, label, more = "") => h(`button.key${more}`, { onclick: () => this.hand.press(name), data: { key: name } }, label);
    const digit = (n) => key(String(n), String(n));
    const gap = () => h("span.key.key--none", { "aria-hidden": "true" });
    const erase = key("erase", icon("erase"), ".key--soft");
    erase.setAttribute("aria-label", t("erase"));
    const zero = h("button.key.key--soft", { onclick: () => this.hand.choose("0"), data: { key: "none" } }, t("none_deducted"));
    const special = [none && zero, half && key("half", "½"), colon && key(":", ":"), minus && key("minus", "±")];
    const more = [...special.filter(Boolean), ...words.map((word) => key(`word:${word}`, word, ".key--soft"))];
    const left = point ? key(".", ".") : (more.shift() ?? gap());
    const right = more.shift() ?? gap();
    return h(
      "div.keypad",
      {},
      h("div.screen", {}, box, h("span.screen__unit", {}, this.aspect.unit), points, bounds),
      this.aspect.rule ? h("p.keypad__rule", { tabindex: 0 }, h("b", {}, `${t("rule")} `), this.aspect.rule) : null,
      more.length ? h("div.keys.keys--extra", {}, ...more) : null,
      h(
        "div.keys",
        { role: "group", "aria-label": t("keypad") },
        ...[7, 8, 9].map(digit),
        erase,
        ...[4, 5, 6].map(digit),
        key("clear", t("clear"), ".key--soft"),
        ...[1, 2, 3].map(digit),
        h("button.key.key--next", { onclick: () => this.hand.next(), data: { key: "next" } }, t("next")),
        left,
        digit(0),
        right,
      ),
    );
  }
}
