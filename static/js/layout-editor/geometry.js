// Boxes in millimetres, [left, top, width, height]: moved, resized and snapped. Knows nothing of the page that shows them.

export const SMALLEST = 1;
const FINE = 10;

/** @param {number} mm @returns {number} to a tenth of a millimetre */
export const round = (mm) => Math.round(mm * FINE) / FINE;

/** The area that boxes may cover: the page with its bleed. */
export function limits(page) {
  const bleed = page.bleed ?? 3;
  return { left: -bleed, top: -bleed, right: page.width + bleed, bottom: page.height + bleed };
}

const clamp = (value, low, high) => Math.min(Math.max(value, low), Math.max(low, high));

/** A box shifted, kept inside the area. */
export function moved([x, y, w, h], dx, dy, area) {
  return [round(clamp(x + dx, area.left, area.right - w)), round(clamp(y + dy, area.top, area.bottom - h)), w, h];
}

/** A box with some of its sides shifted. `sides` holds letters: n, e, s, w. */
export function resized([x, y, w, h], sides, dx, dy, area) {
  let [left, top, right, bottom] = [x, y, x + w, y + h];
  if (sides.includes("w")) left = clamp(left + dx, area.left, right - SMALLEST);
  if (sides.includes("e")) right = clamp(right + dx, left + SMALLEST, area.right);
  if (sides.includes("n")) top = clamp(top + dy, area.top, bottom - SMALLEST);
  if (sides.includes("s")) bottom = clamp(bottom + dy, top + SMALLEST, area.bottom);
  return [round(left), round(top), round(right - left), round(bottom - top)];
}

const lines = (start, length) => [start, start + length / 2, start + length];

/** The nearest of `targets` to any of `values`: how far to shift, and the line that is met. */
function nearest(values, targets, reach) {
  let best = null;
  for (const value of values) {
    for (const target of targets) {
      const shift = target - value;
      if (Math.abs(shift) <= reach && (!best || Math.abs(shift) < Math.abs(best.shift))) best = { shift, at: target };
    }
  }
  return best;
}

const toGrid = (value, grid) => (grid ? Math.round(value / grid) * grid - value : 0);

/**
 * A box drawn to the edges and middles of the page and of other boxes, else to the grid.
 * @param {number[]} box
 * @param {string} sides which sides are being shifted; "" when the whole box moves
 * @param {number[][]} others boxes to align with
 * @param {{width: number, height: number}} page
 * @param {{grid: number, reach: number}} how grid 0 for none; reach in millimetres
 * @returns {{box: number[], guides: {axis: "x" | "y", at: number}[]}}
 */
export function snapped(box, sides, others, page, how) {
  const [x, y, w, h] = box;
  const guides = [];
  const across = [...lines(0, page.width), ...others.flatMap((o) => lines(o[0], o[2]))];
  const down = [...lines(0, page.height), ...others.flatMap((o) => lines(o[1], o[3]))];
  const shiftOf = (axis, start, length, near, far, targets) => {
    const watched = sides === "" ? lines(start, length) : near ? [start] : far ? [start + length] : [];
    if (!watched.length) return 0;
    const met = nearest(watched, targets, how.reach);
    if (met) guides.push({ axis, at: met.at });
    return met ? met.shift : toGrid(watched[0], how.grid);
  };
  const dx = shiftOf("x", x, w, sides.includes("w"), sides.includes("e"), across);
  const dy = shiftOf("y", y, h, sides.includes("n"), sides.includes("s"), down);
  if (sides === "") return { box: [round(x + dx), round(y + dy), w, h], guides };
  const left = sides.includes("w") ? x + dx : x;
  const top = sides.includes("n") ? y + dy : y;
  const right = sides.includes("e") ? x + w + dx : x + w;
  const bottom = sides.includes("s") ? y + h + dy : y + h;
  const size = (a, b) => Math.max(SMALLEST, round(b - a));
  return { box: [round(left), round(top), size(left, right), size(top, bottom)], guides };
}
