// QR codes (ISO/IEC 18004) of capital letters and digits at level M, versions 1 to 20: drawn without any network.

const LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
// Level M, by version: words of error correction in each block, and how many blocks.
const CHECK_WORDS = [10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26];
const BLOCKS = [1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16];
const LEVEL_M = 0;

const sizeOf = (version) => 17 + 4 * version;
const countBits = (version) => (version < 10 ? 9 : 11);
const dataWords = (version) => Math.floor(room(version) / 8) - CHECK_WORDS[version - 1] * BLOCKS[version - 1];

/** Modules that carry data, in a symbol of this version. */
function room(version) {
  const rows = centres(version).length;
  const aligned = rows ? 25 * (rows * rows - 3) - 10 * (rows - 2) : 0;
  const about = version >= 7 ? 36 : 0;
  return sizeOf(version) ** 2 - 3 * 64 - 2 * (sizeOf(version) - 16) - 31 - aligned - about;
}

/** Rows (and columns) on which alignment patterns stand. */
function centres(version) {
  if (version === 1) return [];
  const count = Math.floor(version / 7) + 2;
  const step = Math.ceil((sizeOf(version) - 13) / (2 * count - 2)) * 2;
  const found = [6];
  for (let n = count - 2; n >= 0; n--) found.push(sizeOf(version) - 7 - n * step);
  return found;
}

/** How many characters a symbol holds. */
export function capacity(version) {
  const bits = dataWords(version) * 8 - 4 - countBits(version);
  return Math.floor(bits / 11) * 2 + (bits % 11 >= 6 ? 1 : 0);
}

/**
 * The symbol of a text.
 * @param {string} text of LETTERS only
 * @param {number} version large enough for it
 * @returns {{size: number, dark: Uint8Array}} modules row by row, 1 is dark
 */
export function symbol(text, version) {
  const frame = framed(version);
  place(frame, interleaved(words(text, version), version));
  let best = null;
  for (let mask = 0; mask < 8; mask++) {
    const dark = masked(frame, mask);
    const cost = penalty(dark, frame.size);
    if (!best || cost < best.cost) best = { cost, dark };
  }
  return { size: frame.size, dark: best.dark };
}

function words(text, version) {
  const bits = [];
  const push = (value, length) => {
    for (let n = length - 1; n >= 0; n--) bits.push((value >>> n) & 1);
  };
  push(0b0010, 4);
  push(text.length, countBits(version));
  for (let n = 0; n + 1 < text.length; n += 2) push(LETTERS.indexOf(text[n]) * 45 + LETTERS.indexOf(text[n + 1]), 11);
  if (text.length % 2) push(LETTERS.indexOf(text[text.length - 1]), 6);
  const all = dataWords(version);
  push(0, Math.min(4, all * 8 - bits.length));
  while (bits.length % 8) bits.push(0);
  const found = [];
  for (let n = 0; n < bits.length; n += 8) found.push(bits.slice(n, n + 8).reduce((word, bit) => word * 2 + bit, 0));
  for (let pad = 0; found.length < all; pad++) found.push(pad % 2 ? 0x11 : 0xec);
  return found;
}

// Powers of 2 in the field of 256 elements with the polynomial 0x11d, and their inverse.
const POWER = new Uint8Array(510);
const LOG = new Uint8Array(256);
for (let n = 0, value = 1; n < 255; n++) {
  POWER[n] = POWER[n + 255] = value;
  LOG[value] = n;
  value = value << 1 ^ (value & 0x80 ? 0x11d : 0);
}
const times = (one, other) => (one && other ? POWER[LOG[one] + LOG[other]] : 0);

/** The product of (x - 2^n) for n below `degree`, without its leading 1. */
function generator(degree) {
  let found = [1];
  for (let n = 0; n < degree; n++) {
    const next = [...found, 0];
    found.forEach((factor, place) => (next[place + 1] ^= times(factor, POWER[n])));
    found = next;
  }
  return found.slice(1);
}

function checkWords(data, divisor) {
  const rest = new Array(divisor.length).fill(0);
  for (const word of data) {
    const lead = word ^ rest.shift();
    rest.push(0);
    divisor.forEach((factor, place) => (rest[place] ^= times(factor, lead)));
  }
  return rest;
}

function interleaved(data, version) {
  const [count, checks] = [BLOCKS[version - 1], CHECK_WORDS[version - 1]];
  const short = Math.floor(data.length / count);
  const firstLong = count - (data.length % count);
  const divisor = generator(checks);
  const blocks = [];
  for (let n = 0, start = 0; n < count; n++) {
    const end = start + short + (n >= firstLong ? 1 : 0);
    blocks.push(data.slice(start, end));
    start = end;
  }
  const tails = blocks.map((block) => checkWords(block, divisor));
  const found = [];
  for (let n = 0; n <= short; n++) for (const block of blocks) if (n < block.length) found.push(block[n]);
  for (let n = 0; n < checks; n++) for (const tail of tails) found.push(tail[n]);
  return found;
}

/** The symbol with everything but data, and which modules are taken. */
function framed(version) {
  const size = sizeOf(version);
  const frame = { size, dark: new Uint8Array(size * size), taken: new Uint8Array(size * size) };
  const set = (x, y, isDark) => {
    if (x < 0 || y < 0 || x >= size || y >= size) return;
    frame.dark[y * size + x] = isDark ? 1 : 0;
    frame.taken[y * size + x] = 1;
  };
  const square = (x, y, reach, isLight) => {
    for (let dy = -reach; dy <= reach; dy++)
      for (let dx = -reach; dx <= reach; dx++) set(x + dx, y + dy, !isLight(Math.max(Math.abs(dx), Math.abs(dy))));
  };
  for (let n = 0; n < size; n++) {
    set(n, 6, n % 2 === 0);
    set(6, n, n % 2 === 0);
  }
  for (const [x, y] of [[3, 3], [size - 4, 3], [3, size - 4]]) square(x, y, 4, (far) => far === 2 || far === 4);
  const rows = centres(version);
  const last = rows.length - 1;
  rows.forEach((y, j) => rows.forEach((x, i) => {
    const isCorner = (i === 0 && j === 0) || (i === 0 && j === last) || (i === last && j === 0);
    if (!isCorner) square(x, y, 2, (far) => far === 1);
  }));
  writeFormat(set, size, 0);
  if (version >= 7) writeVersion(set, size, version);
  return frame;
}

/** Bits of `value` with the rest of their division by `divisor` behind them. */
function protectedBits(value, length, divisor) {
  let rest = value << length;
  for (let n = 31 - Math.clz32(rest); n >= length; n--) if ((rest >>> n) & 1) rest ^= divisor << (n - length);
  return (value << length) | rest;
}

function writeFormat(set, size, mask) {
  const bits = protectedBits((LEVEL_M << 3) | mask, 10, 0x537) ^ 0x5412;
  for (let n = 0; n < 15; n++) {
    const isDark = (bits >>> n) & 1;
    if (n < 8) set(size - 1 - n, 8, isDark);
    else set(8, size - 15 + n, isDark);
    if (n < 6) set(8, n, isDark);
    else if (n < 8) set(8, n + 1, isDark);
    else if (n === 8) set(7, 8, isDark);
    else set(14 - n, 8, isDark);
  }
  set(8, size - 8, 1);
}

function writeVersion(set, size, version) {
  const bits = protectedBits(version, 12, 0x1f25);
  for (let n = 0; n < 18; n++) {
    const [far, near] = [size - 11 + (n % 3), Math.floor(n / 3)];
    set(far, near, (bits >>> n) & 1);
    set(near, far, (bits >>> n) & 1);
  }
}

/** Data goes up and down in columns of two, from the right, past whatever is taken. */
function place(frame, data) {
  const { size, dark, taken } = frame;
  let bit = 0;
  let isUp = true;
  for (let right = size - 1; right > 0; right -= 2) {
    if (right === 6) right = 5;
    for (let n = 0; n < size; n++)
      for (const x of [right, right - 1]) {
        const at = (isUp ? size - 1 - n : n) * size + x;
        if (taken[at]) continue;
        dark[at] = bit < data.length * 8 ? (data[bit >>> 3] >>> (7 - (bit & 7))) & 1 : 0;
        bit += 1;
      }
    isUp = !isUp;
  }
}

const MASKS = [
  (x, y) => (x + y) % 2,
  (_x, y) => y % 2,
  (x) => x % 3,
  (x, y) => (x + y) % 3,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2,
  (x, y) => ((x * y) % 2) + ((x * y) % 3),
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2,
];

function masked({ size, dark, taken }, mask) {
  const found = dark.map((value, at) => (taken[at] || MASKS[mask](at % size, Math.floor(at / size)) ? value : value ^ 1));
  writeFormat((x, y, isDark) => (found[y * size + x] = isDark ? 1 : 0), size, mask);
  return found;
}

/** How hard a symbol is to read, as the standard reckons: runs, squares, false finders, imbalance. */
function penalty(dark, size) {
  let cost = 0;
  for (let n = 0; n < size; n++) {
    const row = dark.subarray(n * size, (n + 1) * size);
    const column = Uint8Array.from(row, (_value, y) => dark[y * size + n]);
    for (const line of [row, column]) {
      const text = line.join("");
      for (const run of text.match(/0{5,}|1{5,}/g) ?? []) cost += run.length - 2;
      cost += 40 * (text.match(/(?=10111010000|00001011101)/g) ?? []).length;
    }
  }
  for (let y = 0; y + 1 < size; y++)
    for (let x = 0; x + 1 < size; x++) {
      const at = y * size + x;
      const sum = dark[at] + dark[at + 1] + dark[at + size] + dark[at + size + 1];
      if (sum % 4 === 0) cost += 3;
    }
  const share = dark.reduce((sum, value) => sum + value, 0) / dark.length;
  return cost + 10 * Math.floor(Math.abs(share - 0.5) * 20);
}
