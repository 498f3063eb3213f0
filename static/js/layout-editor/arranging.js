// Several boxes at once, in millimetres, [left, top, width, height]: shifted together, aligned, spread out evenly.

import { round } from "./geometry.js";

/** The smallest box around all of them. */
export function around(boxes) {
  const left = Math.min(...boxes.map((box) => box[0]));
  const top = Math.min(...boxes.map((box) => box[1]));
  const right = Math.max(...boxes.map((box) => box[0] + box[2]));
  const bottom = Math.max(...boxes.map((box) => box[1] + box[3]));
  return [round(left), round(top), round(right - left), round(bottom - top)];
}

/** Boxes shifted as one; none leaves the area, and they keep their places to each other. */
export function shifted(boxes, dx, dy, area) {
  const [x, y, w, h] = around(boxes);
  const right = Math.max(Math.min(dx, area.right - w - x), area.left - x);
  const down = Math.max(Math.min(dy, area.bottom - h - y), area.top - y);
  return boxes.map(([left, top, width, height]) => [round(left + right), round(top + down), width, height]);
}

const PLACES = {
  left: ([x], [fx]) => [fx - x, 0],
  centre: ([x, , w], [fx, , fw]) => [fx + (fw - w) / 2 - x, 0],
  right: ([x, , w], [fx, , fw]) => [fx + fw - w - x, 0],
  top: ([, y], [, fy]) => [0, fy - y],
  middle: ([, y, , h], [, fy, , fh]) => [0, fy + (fh - h) / 2 - y],
  bottom: ([, y, , h], [, fy, , fh]) => [0, fy + fh - h - y],
};

/** Boxes brought to an edge or a middle of a frame: left, centre, right, top, middle or bottom. */
export function aligned(boxes, edge, frame) {
  return boxes.map((box) => {
    const [dx, dy] = PLACES[edge](box, frame);
    return [round(box[0] + dx), round(box[1] + dy), box[2], box[3]];
  });
}

/** Boxes with equal gaps between them, across ("x") or down ("y"); the outermost stay. */
export function spread(boxes, axis) {
  const at = axis === "x" ? 0 : 1;
  const order = boxes.map((box, place) => ({ box, place })).sort((a, b) => a.box[at] - b.box[at]);
  const frame = around(boxes);
  const gap = (frame[at + 2] - boxes.reduce((sum, box) => sum + box[at + 2], 0)) / (boxes.length - 1);
  const result = [...boxes];
  let next = frame[at];
  for (const { box, place } of order) {
    const moved = [...box];
    moved[at] = round(next);
    result[place] = moved;
    next += box[at + 2] + gap;
  }
  return result;
}

/** Whether a box lies wholly inside a frame. */
export const isInside = ([x, y, w, h], [fx, fy, fw, fh]) =>
  x >= fx && y >= fy && x + w <= fx + fw && y + h <= fy + fh;
