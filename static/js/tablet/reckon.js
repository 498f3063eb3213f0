// What an entry is worth and what a sheet adds up to, by the rules that the server sent with the blank sheet.

import { ZERO, absolute, add, compare, divide, floor, fraction, multiply, round, subtract } from "./exact.js";

const HUNDRED = fraction("100");

const STEPS = {
  round: (step, value) => round(value, fraction(step.to), step.mode),
  absolute: (_step, value) => absolute(value),
  multiply: (step, value) => multiply(value, fraction(step.by)),
  divide: (step, value) => quotient(value, fraction(step.by)),
  divide_into: (step, value) => quotient(fraction(step.by), value),
  add: (step, value) => add(value, fraction(step.by)),
  subtract: (step, value) => subtract(value, fraction(step.by)),
  subtract_from: (step, value) => subtract(fraction(step.by), value),
  at_least: (step, value) => (compare(value, fraction(step.by)) < 0 ? fraction(step.by) : value),
  at_most: (step, value) => (compare(value, fraction(step.by)) > 0 ? fraction(step.by) : value),
  bands,
  lookup,
  piecewise,
  deviation,
  rate,
};

function quotient(above, below) {
  return below.n === 0n ? null : divide(above, below);
}

function bands(step, value) {
  for (const [low, high, withLow, withHigh, points] of step.rows) {
    const fromLow = low === null ? 1 : compare(value, fraction(low));
    const fromHigh = high === null ? -1 : compare(value, fraction(high));
    if ((fromLow > 0 || (withLow && fromLow === 0)) && (fromHigh < 0 || (withHigh && fromHigh === 0))) return fraction(points);
  }
  return step.otherwise === null ? null : fraction(step.otherwise);
}

function lookup(step, value) {
  const row = step.rows.find(([key]) => compare(fraction(key), value) === 0);
  if (row) return fraction(row[1]);
  return step.otherwise === null ? null : fraction(step.otherwise);
}

function piecewise(step, value) {
  const points = step.rows.map((row) => row.map(fraction));
  if (compare(value, points[0][0]) <= 0) return points[0][1];
  for (let i = 1; i < points.length; i += 1) {
    const [[x0, y0], [x1, y1]] = [points[i - 1], points[i]];
    if (compare(value, x1) <= 0) return add(y0, divide(multiply(subtract(y1, y0), subtract(value, x0)), subtract(x1, x0)));
  }
  return points[points.length - 1][1];
}

function deviation(step, value) {
  const target = fraction(step.by);
  const beyond = subtract(absolute(subtract(value, target)), fraction(step.tolerance));
  let excess = divide(beyond.n < 0n ? ZERO : beyond, fraction(step.per));
  if (step.partial === "floor") excess = floor(excess);
  if (step.partial === "ceiling") excess = subtract(ZERO, floor(subtract(ZERO, excess)));
  const each = fraction(compare(value, target) > 0 ? step.over : step.under);
  return add(fraction(step.start), multiply(excess, each));
}

function rate(step, value) {
  const target = fraction(step.by);
  if (step.form === "target_by_actual") return quotient(multiply(HUNDRED, target), value);
  const reached = quotient(multiply(HUNDRED, value), target);
  if (reached === null || step.form !== "complement") return reached;
  return subtract(fraction("200"), reached);
}

/** @returns {import("./exact.js").Fraction | null} the value after the steps; null where a rule has no result */
export function afterSteps(steps, value) {
  return steps.reduce((now, step) => (now === null ? null : STEPS[step.do](step, now)), value);
}

/** What an entered value of an aspect is worth; null where one judge's sheet cannot tell. */
export const worth = (aspect, value) => (aspect.steps === null ? null : afterSteps(aspect.steps, value));

/**
 * What the sheet adds up to so far; what is not marked counts for nothing yet.
 * @param {object | null} part how the sheet adds up, as the server sent it
 * @param {(aspect: string) => import("./exact.js").Fraction | null | undefined} worthOf undefined: not marked
 * @returns {import("./exact.js").Fraction | null} null where one sheet cannot tell
 */
export function total(part, worthOf) {
  if (part === null) return null;
  const sum = sumOf(part, worthOf);
  return sum === undefined ? ZERO : sum;
}

function sumOf(part, worthOf) {
  if (part.aspect !== undefined) return worthOf(part.aspect);
  let sum = fraction(part.start);
  let isMarked = false;
  for (const [coefficient, child] of part.parts) {
    const value = sumOf(child, worthOf);
    if (value === null) return null;
    if (value === undefined) continue;
    isMarked = true;
    const weighted = afterSteps(part.round, multiply(value, fraction(coefficient)));
    if (weighted === null) return null;
    sum = add(sum, weighted);
  }
  return isMarked ? afterSteps(part.steps, sum) : undefined;
}
