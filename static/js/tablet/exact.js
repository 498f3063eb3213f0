// Exact numbers in the browser: fractions of whole numbers, as the server reckons. Never a float.

/** @typedef {{n: bigint, d: bigint}} Fraction a fraction in lowest terms, d > 0 */

const DECIMAL = /^([+-]?)(\d*)(?:\.(\d+))?$/;

/** @returns {Fraction | null} the value of "1/3", "-2.10" or "5"; null if the text is no plain number */
export function fraction(text) {
  const parts = String(text).trim().split("/");
  if (parts.length > 2) return null;
  const [above, below] = parts.map(decimalFraction);
  if (!above || below === null) return null;
  if (below === undefined) return above;
  return below.n === 0n ? null : divide(above, below);
}

function decimalFraction(text) {
  const match = DECIMAL.exec(text.trim());
  if (!match || !/\d/.test(text)) return null;
  const [, sign, whole, decimals = ""] = match;
  const n = BigInt(whole + decimals || "0") * (sign === "-" ? -1n : 1n);
  return lowest(n, 10n ** BigInt(decimals.length));
}

function lowest(n, d) {
  if (d < 0n) return lowest(-n, -d);
  let [a, b] = [n < 0n ? -n : n, d];
  while (b) [a, b] = [b, a % b];
  return a > 1n ? { n: n / a, d: d / a } : { n, d };
}

export const ZERO = { n: 0n, d: 1n };
export const add = (a, b) => lowest(a.n * b.d + b.n * a.d, a.d * b.d);
export const subtract = (a, b) => lowest(a.n * b.d - b.n * a.d, a.d * b.d);
export const multiply = (a, b) => lowest(a.n * b.n, a.d * b.d);
export const divide = (a, b) => lowest(a.n * b.d, a.d * b.n);
export const absolute = (a) => ({ n: a.n < 0n ? -a.n : a.n, d: a.d });

/** @returns {number} below 0, 0 or above 0 as a is less than, equal to or greater than b */
export function compare(a, b) {
  const difference = a.n * b.d - b.n * a.d;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** @returns {Fraction} the largest whole number not above a */
export function floor(a) {
  const cut = a.n / a.d;
  return { n: a.n < 0n && cut * a.d !== a.n ? cut - 1n : cut, d: 1n };
}

/** @returns {boolean} whether a lies on `from` + a whole number of `step` */
export const isOnStep = (a, from, step) => divide(subtract(a, from), step).d === 1n;

/**
 * @param {Fraction} value
 * @param {Fraction} quantum results are whole multiples of it
 * @param {string} mode as the server names them: half_up, half_even, …, floor
 */
export function round(value, quantum, mode) {
  const units = divide(value, quantum);
  const below = floor(units);
  const rest = subtract(units, below);
  if (rest.n === 0n) return value;
  const half = compare(rest, { n: 1n, d: 2n });
  const goesUp = roundsUp(mode, value.n < 0n, below.n % 2n !== 0n, half);
  return multiply(goesUp ? add(below, { n: 1n, d: 1n }) : below, quantum);
}

function roundsUp(mode, isNegative, isOdd, half) {
  const directed = { ceiling: true, floor: false, up: !isNegative, down: isNegative };
  if (mode in directed) return directed[mode];
  if (half !== 0) return half > 0;
  const atMiddle = { half_up: !isNegative, half_down: isNegative, half_even: isOdd, half_ceiling: true, half_floor: false };
  return atMiddle[mode];
}

/** The value as people read it; what has no finite expansion, or more than four decimals, is cut to two, half up. */
export function decimal(value) {
  let shown = value;
  if (10000n % shown.d !== 0n) shown = round(shown, { n: 1n, d: 100n }, "half_up");
  let places = 0;
  while ((shown.n * 10n ** BigInt(places)) % shown.d !== 0n) places += 1;
  const digits = ((shown.n < 0n ? -shown.n : shown.n) * 10n ** BigInt(places)) / shown.d;
  const text = digits.toString().padStart(places + 1, "0");
  const whole = places ? `${text.slice(0, -places)}.${text.slice(-places)}` : text;
  return shown.n < 0n ? `−${whole}` : whole;
}
