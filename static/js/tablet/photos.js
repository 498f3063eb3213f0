// Pictures as evidence: shrunk on the tablet, kept on its disk, sent one by one when no mark waits. Marks never wait for them.

import { ask } from "./outbox.js";
import { uuid } from "./store.js";

const VERSION = 1;
const LONGEST_SIDE = 1600;
const QUALITY = 0.82;

/** The picture upright, small, and without what the camera wrote beside it. */
async function shrunk(file) {
  const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, LONGEST_SIDE / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
  if (!blob) throw new Error("no picture");
  return blob;
}

/** The bytes of a picture as text. */
export function inBase64(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}

export class Photos {
  /**
   * @param {number} judgeId whose
   * @param {(sheet: number) => string} url where pictures of a sheet go
   * @param {() => void} told called when anything has changed
   */
  constructor(judgeId, url, told) {
    Object.assign(this, { name: `photos-${judgeId}`, url, told });
    /** @type {{key: string, sheet: number, aspect: string, at: string, state: "waiting" | "sent" | "refused", why?: string}[]} */
    this.known = [];
    this.opening = null;
    this.isBusy = false;
  }

  open() {
    this.opening ??= new Promise((resolve, reject) => {
      const request = indexedDB.open(this.name, VERSION);
      request.onupgradeneeded = () => {
        request.result.createObjectStore("photos", { keyPath: "key" });
        request.result.createObjectStore("files");
      };
      request.onsuccess = () => {
        request.result.onversionchange = () => request.result.close();
        resolve(request.result);
      };
      request.onerror = () => reject(request.error);
    });
    return this.opening;
  }

  /** Run `use(photos, files)` in one transaction; resolves with its request's result after the commit. */
  async within(mode, use) {
    const db = await this.open();
    return new Promise((resolve, reject) => {
      const transaction = db.transaction(["photos", "files"], mode, { durability: "strict" });
      const request = use(transaction.objectStore("photos"), transaction.objectStore("files"));
      transaction.oncomplete = () => resolve(request?.result);
      transaction.onabort = () => reject(transaction.error ?? new Error("aborted"));
    });
  }

  /** Read what is on disk, as after a reload. */
  async load() {
    this.known = (await this.within("readonly", (photos) => photos.getAll())) ?? [];
    this.told();
  }

  /** Keep a picture; it is on disk when this resolves. */
  async take(sheet, aspect, file) {
    const blob = await shrunk(file);
    const row = { key: uuid(), sheet, aspect, at: new Date().toISOString(), state: "waiting" };
    await this.within("readwrite", (photos, files) => {
      photos.put(row);
      return files.put(blob, row.key);
    });
    this.known.push(row);
    this.told();
  }

  /** How many pictures of an aspect there are, how many wait, and why the newest was refused. */
  of(sheet, aspect) {
    const all = this.known.filter((row) => row.sheet === sheet && row.aspect === aspect);
    return {
      kept: all.filter((row) => row.state !== "refused").length,
      waiting: all.filter((row) => row.state === "waiting").length,
      why: all.filter((row) => row.state === "refused").pop()?.why ?? "",
    };
  }

  get waiting() {
    return this.known.filter((row) => row.state === "waiting").length;
  }

  /** What waits with its bytes, oldest first, for handing over without network. */
  async unsent() {
    const rows = this.queued();
    return Promise.all(rows.map(async (row) => ({ row, blob: await this.within("readonly", (_photos, files) => files.get(row.key)) })));
  }

  queued() {
    return this.known.filter((row) => row.state === "waiting").sort((a, b) => (a.at < b.at ? -1 : 1));
  }

  /**
   * Send what waits, oldest first, until something stands in the way; another occasion tries again.
   * @returns {Promise<string | null>} what stood in the way: "signed_out", "trouble"; null if nothing did
   */
  async send() {
    if (this.isBusy) return null;
    this.isBusy = true;
    try {
      for (const row of this.queued()) {
        const trouble = await this.sendOne(row);
        if (trouble) return trouble;
      }
      return null;
    } finally {
      this.isBusy = false;
    }
  }

  async sendOne(row) {
    const blob = await this.within("readonly", (_photos, files) => files.get(row.key));
    const body = { key: row.key, image: await inBase64(blob), aspect: row.aspect, device_taken_at: row.at };
    const headers = { "Content-Type": "application/json", Accept: "application/json" };
    const reply = await ask(this.url(row.sheet), { method: "POST", headers, body: JSON.stringify(body) });
    if (reply.status === 401) return "signed_out";
    if (reply.trouble || reply.status === 403 || reply.status === 429 || reply.status >= 500) return "trouble";
    row.state = reply.status === 201 ? "sent" : "refused";
    row.why = reply.body.detail ?? "";
    await this.within("readwrite", (photos, files) => {
      photos.put(row);
      return files.delete(row.key);
    });
    this.told();
    return null;
  }
}
