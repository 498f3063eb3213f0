// A sheet with a sample of every font role and style, and of the item that is chosen: a layout of its own, drawn by the
// program that draws the certificates, and cut into strips for the panel.

export const WIDTH = 100;
const STRIP = 14;
const OWN = 34;
const SMALLEST_PAGE = 50;
const EDGE = 2;
const PALE = 0.72;
const DARK_WORDS = "#1D1A17";
const PALE_WORDS = "#FFFFFF";
const BETWEEN = "#8A94A0";

/**
 * @param {object} layout
 * @param {object | null} item the text that is chosen
 * @param {string} sample words to show a face with
 * @returns {{document: object, strips: {key: string, top: number, height: number}[]}} keys are "item", "role:…", "style:…"
 */
export function sheetOf(layout, item, sample) {
  const styles = Object.keys(layout.styles ?? {});
  const roles = Object.keys(layout.fonts);
  const strips = [];
  const items = [];
  const isLight = isPale(layout, item);
  const line = (font, text) => ({ ...LINE, font, text, color: isLight ? PALE_WORDS : DARK_WORDS });
  let top = 0;
  const add = (key, height, made) => {
    strips.push({ key, top, height });
    items.push({ ...made, id: `s${items.length}`, box: [EDGE, top + 1, WIDTH - 2 * EDGE, height - 2] });
    top += height;
  };
  if (item) add("item", OWN, ownText(item));
  for (const role of roles) add(`role:${role}`, STRIP, line(role, sample));
  for (const style of styles) add(`style:${style}`, STRIP, line(roles[0], `${sample} <${style}>${sample}</${style}>`));
  const paper = isLight ? BETWEEN : (layout.background?.paper ?? "#FFFFFF");
  const document = {
    ...layout,
    page: { width: WIDTH, height: Math.max(top, SMALLEST_PAGE), bleed: 0 },
    background: { preset: "none", paper },
    items,
  };
  return { document, strips };
}

const LINE = { type: "text", size: 20, min_size: 8 };

function ownText(item) {
  const { visible_if: _condition, ...shown } = item;
  return { ...shown, min_size: 4 };
}

/** Whether words are too light to be read on white paper. */
function isPale(layout, item) {
  const colors = [item?.color, ...Object.values(layout.styles ?? {}).map((style) => style.color)];
  return colors.some((color) => color && brightness(color) > PALE);
}

function brightness(color) {
  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16) / 255);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
