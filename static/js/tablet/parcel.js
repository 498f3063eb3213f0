// The queue as a parcel for the chief judge: packed, sealed under this device's key, and cut into pieces for QR codes.

import { sha256 } from "./sha256.js";

const FORMAT = "hand-over/1";
const KINDS = ["save", "submit", "press", "photo", "photo_change"];
const ALONE = KINDS.slice(2);
const GROWING = ["marks", "notes"];
const STAYING = ["scheme_version_id", "doubts"];
const BASE = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

const utf8 = (text) => new TextEncoder().encode(text);
const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const isSame = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/**
 * Rows of the outbox, each but the first of a sheet saying only what differs from the row before it; a press of a clock, a
 * picture and where it belongs stand for themselves.
 * @param {object[]} rows oldest first
 */
export function packed(rows) {
  const newest = new Map();
  return rows.filter((row) => KINDS.includes(row.kind)).map(({ seq, ...row }) => {
    if (ALONE.includes(row.kind)) return row;
    const before = newest.get(row.sheet_id);
    const found = { ...row };
    if (row.kind === "save") {
      newest.set(row.sheet_id, row);
      delete found.kind;
      if (before) shorten(found, before);
    }
    if (before && row.base_key === before.key) delete found.base_key;
    return found;
  });
}

function shorten(found, before) {
  for (const name of STAYING) if (isSame(found[name], before[name])) delete found[name];
  for (const name of GROWING) {
    const [now, then] = [found[name], before[name]];
    if (Object.keys(then).some((key) => !(key in now))) continue; // something is gone: the whole has to be said
    const more = Object.fromEntries(Object.entries(now).filter(([key, value]) => then[key] !== value));
    delete found[name];
    if (Object.keys(more).length) found[`+${name}`] = more;
  }
}

/** HMAC-SHA256 in hex; the browser's own is missing on plain HTTP. */
export function sealed(key, content) {
  const block = new Uint8Array(64);
  block.set(key.match(/../g).map((pair) => parseInt(pair, 16)));
  const inner = sha256(joined(block.map((byte) => byte ^ 0x36), utf8(content)));
  return hex(sha256(joined(block.map((byte) => byte ^ 0x5c), inner)));
}

function joined(one, other) {
  const found = new Uint8Array(one.length + other.length);
  found.set(one);
  found.set(other, one.length);
  return found;
}

/**
 * The text of a parcel, as it stands in a file. The bytes of pictures stand beside what is sealed, which names their digests.
 * @param {{competition: number, judge: number, device: number, key: string}} who
 * @param {Object<string, string>} photos key of a picture → its bytes in base64
 */
export function parcel(who, rows, at, photos = {}) {
  const { key, ...head } = who;
  const content = JSON.stringify({ ...head, made_at: at, rows: packed(rows) });
  const beside = Object.keys(photos).length ? { photos } : {};
  return JSON.stringify({ format: FORMAT, content, seal: sealed(key, content), ...beside });
}

/** The row of a picture: everything but its bytes, for which their digest stands. */
export async function photoRow({ key, sheet, aspect, at, changed }, blob) {
  const digest = hex(sha256(new Uint8Array(await blob.arrayBuffer())));
  return { kind: "photo", key, sheet_id: sheet, aspect, device_taken_at: at, device_changed_at: changed, sha256: digest };
}

/**
 * The parcel as texts for QR codes, each naming its place.
 * @param {string} text of a parcel
 * @param {number} room characters that one code holds
 */
export async function pieces(text, room) {
  const small = await deflated(utf8(text));
  const kind = small ? "Z" : "P";
  const data = base45(small ?? utf8(text));
  const id = hex(sha256(utf8(text))).slice(0, 8).toUpperCase();
  const length = room - "HO1Z//999/999//".length - 8 - id.length - 1;
  const count = Math.ceil(data.length / length);
  return Array.from({ length: count }, (_none, n) => {
    const piece = data.slice(n * length, (n + 1) * length);
    const check = hex(sha256(utf8(piece))).slice(0, 8).toUpperCase();
    return `HO1${kind}/${id}/${n + 1}/${count}/${check}/${piece}/`;
  });
}

/** Deflated where the browser can; null where it cannot. */
async function deflated(bytes) {
  if (typeof CompressionStream === "undefined") return null;
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** RFC 9285: two bytes are three characters, one byte is two. */
function base45(bytes) {
  let found = "";
  for (let n = 0; n < bytes.length; n += 2) {
    const isPair = n + 1 < bytes.length;
    let value = isPair ? bytes[n] * 256 + bytes[n + 1] : bytes[n];
    for (let digit = 0; digit < (isPair ? 3 : 2); digit++) {
      found += BASE[value % 45];
      value = Math.floor(value / 45);
    }
  }
  return found;
}
