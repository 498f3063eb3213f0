// The pictures of an aspect in small, each to be hung on another aspect or taken back until the sheet is handed in.

import { fill, h, t } from "./dom.js";

/** @param {import("./photo_tool.js").PhotoTool} tool whose strip is painted */
export function paint(tool) {
  const { rows } = tool.photos.of(tool.sheet, tool.aspect);
  const chosen = rows.find((row) => row.key === tool.chosen);
  const sign = JSON.stringify([tool.sheet, tool.aspect, tool.chosen, rows.map((row) => row.key), tool.aspects.length]);
  if (tool.strip.dataset.sign === sign) return;
  tool.strip.dataset.sign = sign;
  fill(tool.strip, h("div.photos__row", {}, ...rows.map((row, n) => stamp(tool, row, n + 1))), chosen ? form(tool, chosen) : null);
  if (chosen) tool.strip.scrollIntoView({ block: "nearest" });
}

function stamp(tool, row, n) {
  const canvas = h("canvas.photos__stamp", { width: 56, height: 56 });
  draw(canvas, row.stamp).catch(() => null); // one of an earlier edition has no stamp: its number stands for it
  const choose = () => {
    tool.chosen = tool.chosen === row.key ? null : row.key;
    tool.paint();
  };
  const label = { "aria-label": t("photo_nth", { n }), "aria-expanded": String(tool.chosen === row.key) };
  return h("button.photos__one", { onclick: choose, disabled: !tool.aspects.length, data: { photo: row.key }, ...label }, String(n), canvas);
}

async function draw(canvas, blob) {
  const bitmap = await createImageBitmap(blob);
  const scale = Math.max(canvas.width / bitmap.width, canvas.height / bitmap.height);
  const [width, height] = [bitmap.width * scale, bitmap.height * scale];
  canvas.getContext("2d").drawImage(bitmap, (canvas.width - width) / 2, (canvas.height - height) / 2, width, height);
}

function form(tool, row) {
  const change = (aspect) => {
    tool.chosen = null;
    tool.photos.change(row.key, aspect);
    tool.paint(); // before the disk has it: the next tap finds what there is
  };
  const others = tool.aspects.filter((aspect) => aspect.id !== tool.aspect);
  const options = others.map((aspect) => h("option", { value: aspect.id }, `${aspect.code} ${aspect.label}`));
  const select = h("select.photos__move", { onchange: () => change(select.value), "aria-label": t("photo_move") }, h("option", { value: "" }, t("photo_move")), ...options);
  const back = h("button.way", { data: { photo: "back" }, onclick: () => (back.dataset.sure ? change(null) : ask()) }, t("photo_back"));
  const ask = () => {
    back.dataset.sure = "yes";
    back.textContent = t("photo_sure");
  };
  return h("div.photos__form", {}, others.length ? select : null, back);
}
