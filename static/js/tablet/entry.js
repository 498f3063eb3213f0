// What may be entered for an aspect: reading a text, editing it key by key, and which control suits the aspect.

import { add, compare, decimal, fraction, isOnStep, ZERO } from "./exact.js";

const CLOCK = /^(?:(\d{1,3}):)?(\d{1,3}):([0-5]\d(?:\.\d{1,6})?)$/;
const MOST_CARDS = 6;
const LONGEST = 12;

/**
 * @param {object} aspect
 * @param {string} text
 * @returns {{value: import("./exact.js").Fraction} | {problem: string, params: object}} the value, or a text's key and params
 */
export function read(aspect, text) {
  const named = [...aspect.options, ...aspect.words].find(([word]) => word.toLowerCase() === text.toLowerCase());
  if (named) return { value: fraction(named[1]) };
  const value = aspect.options.length ? null : numeric(aspect, text);
  if (value === null) return { problem: "not_a_number", params: { text } };
  const isLow = aspect.low !== null && compare(value, fraction(aspect.low)) < 0;
  const isHigh = aspect.high !== null && compare(value, fraction(aspect.high)) > 0;
  if (isLow || isHigh) return { problem: "out_of_range", params: { text } };
  const from = aspect.low === null ? ZERO : fraction(aspect.low);
  if (aspect.step !== null && !isOnStep(value, from, fraction(aspect.step)))
    return { problem: "off_step", params: { text, step: aspect.step } };
  return { value };
}

function numeric(aspect, text) {
  const suffix = aspect.suffixes.find(([ending]) => text.endsWith(ending));
  const bare = suffix ? text.slice(0, -suffix[0].length) : text;
  const value = aspect.is_time && bare.includes(":") ? seconds(bare) : plain(bare);
  return value !== null && suffix ? add(value, fraction(suffix[1])) : value;
}

const plain = (text) => (/^[+-]?(\d+(\.\d+)?|\.\d+)$/.test(text) ? fraction(text) : null);

function seconds(text) {
  const match = CLOCK.exec(text);
  if (!match) return null;
  const [, hours = "0", minutes, rest] = match;
  return add(fraction(String(Number(hours) * 3600 + Number(minutes) * 60)), fraction(rest));
}

/** The text after one key of the keypad. */
export function pressed(text, key) {
  if (key === "clear") return "";
  if (key === "erase") return text.slice(0, -1);
  if (key === "half") return /\.5$/.test(text) ? text.slice(0, -2) : text.includes(".") ? text : `${text || "0"}.5`;
  if (key === "minus") return text.startsWith("-") ? text.slice(1) : `-${text}`;
  if (key === "." && (text.includes(".") || !text)) return text ? text : "0.";
  if (/^\d$/.test(key) && /^-?0$/.test(text)) return text.replace("0", key);
  return text.length < LONGEST ? text + key : text;
}

/** A number as it is kept: without a point at the end, or leading zeros. */
export const tidied = (text) => text.replace(/\.$/, "").replace(/^(-?)0+(?=\d)/, "$1");

/** Values of a scale with few points, lowest first; null where it has many or no end. */
export function levels(aspect) {
  if (aspect.kind !== "judgement" || aspect.low === null || aspect.high === null || aspect.step === null) return null;
  const found = [];
  let value = fraction(aspect.low);
  while (compare(value, fraction(aspect.high)) <= 0 && found.length <= MOST_CARDS) {
    found.push(decimal(value).replace("−", "-"));
    value = add(value, fraction(aspect.step));
  }
  return found.length <= MOST_CARDS ? found : null;
}

/** "cards", "yes_no", "choice" or "keypad". */
export function controlOf(aspect) {
  if (aspect.options.length) return aspect.kind === "choice" ? "choice" : "yes_no";
  return levels(aspect) ? "cards" : "keypad";
}

/** Which keys besides digits the keypad shows. */
export function keysOf(aspect) {
  const step = aspect.step === null ? null : fraction(aspect.step);
  const isWhole = step !== null && step.d === 1n && (aspect.low === null || fraction(aspect.low).d === 1n);
  return {
    point: !isWhole,
    half: step !== null && step.n === 1n && step.d === 2n,
    colon: aspect.is_time,
    minus: aspect.low !== null && fraction(aspect.low).n < 0n,
    words: [...aspect.words, ...aspect.suffixes].map(([word]) => word),
    none: aspect.kind === "deduction",
  };
}
