// Pictures as evidence: shrunk on the tablet, kept on its disk, sent one by one when no mark waits. Marks never wait for them.

import { ask } from "./outbox.js";
import { uuid } from "./store.js";

const VERSION = 1;
const LONGEST_SIDE = 1600;
const QUALITY = 0.82;
const STAMP_SIDE = 160;
/** The sheet is another's, or this page is: the picture stays here, and those behind it go. */
const NOT_OURS = ["foreign_sheet", "sheet_replaced"];

/** The picture upright, small, and without what the camera wrote beside it. */
export async function shrunk(file, longest = LONGEST_SIDE) {
  const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, longest / Math.max(bitmap.width, bitmap.height));
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
   * @param {(write: () => Promise<void>) => Promise<void>} keeping runs what the judge changes; the page says so meanwhile
   */
  constructor(judgeId, url, told, keeping) {
    Object.assign(this, { name: `photos-${judgeId}`, url, told, keeping });
    /**
     * `stamp` is small, for the judge to know it by. `was` is the aspect at which the server has it; `wish`, while it has not
     * been told, where it shall be: another aspect, or null for nowhere; `changed` says since when. What was `handed` over
     * may have been taken in or not.
     * @type {{key: string, sheet: number, called: string, place: string, aspect: string, at: string, state: "waiting" | "sent" | "refused", why?: string, stamp?: Blob, was?: string, wish?: string | null, changed?: string, handed?: boolean}[]}
     */
    this.known = [];
    this.changes = 0; // how many the server has answered
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
  take(record, aspect, file) {
    return this.keeping(() => this.keep(record, aspect, file));
  }

  async keep({ id: sheet, draw_number: number, blank: place }, aspect, file) {
    const blob = await shrunk(file);
    const row = { key: uuid(), sheet, called: String(number ?? ""), place, aspect, at: new Date().toISOString(), state: "waiting", stamp: await shrunk(blob, STAMP_SIDE) };
    await this.within("readwrite", (photos, files) => {
      photos.put(row);
      return files.put(blob, row.key);
    });
    this.known.push(row);
    this.told();
  }

  /**
   * Pictures of an aspect: those of this device, how many of them the server has there, how many wait, and why the newest
   * was refused, or stays where it was.
   */
  of(sheet, aspect) {
    const all = this.known.filter((row) => row.sheet === sheet);
    const here = all.filter((row) => row.aspect === aspect && row.wish !== null);
    const rows = here.filter((row) => row.state !== "refused");
    return {
      rows,
      served: all.filter((row) => row.state === "sent" && (row.was ?? row.aspect) === aspect).length,
      waiting: rows.filter((row) => row.state === "waiting").length,
      why: here.filter((row) => row.why).pop()?.why ?? "",
    };
  }

  get waiting() {
    return this.known.filter((row) => row.state === "waiting" || "wish" in row).length;
  }

  /**
   * Hang a picture on another aspect, or with null take it back. What the server may have by now it is told; the bytes of
   * one that is taken back leave the device at once.
   */
  async change(key, aspect) {
    const row = this.known.find((one) => one.key === key);
    const was = row.was ?? row.aspect;
    const isSent = row.state === "sent";
    row.changed = new Date().toISOString();
    if (aspect === null) Object.assign(row, { state: "sent", was, wish: null, why: "" });
    else Object.assign(row, { aspect, why: "" }, isSent ? { was, wish: aspect } : {});
    if (isSent && row.wish === was && !row.handed) delete row.wish;
    await this.keeping(() => this.put(row, aspect === null));
  }

  /** Write one row; without its bytes if they are not needed any more. */
  async put(row, isEmpty) {
    await this.within("readwrite", (photos, files) => {
      photos.put(row);
      return isEmpty ? files.delete(row.key) : null;
    });
    this.told();
  }

  /**
   * Tell the server of pictures that have been hung elsewhere or taken back: before the sheet is handed in, as it was done.
   * @param {number | null} sheet only of this one
   * @returns {Promise<string | null>} what stood in the way
   */
  async tell(sheet = null) {
    for (const row of this.known.filter((one) => "wish" in one && (sheet === null || one.sheet === sheet))) {
      const { wish } = row;
      const reply = await this.post(row, "photo-changes", { key: row.key, aspect: wish, device_changed_at: row.changed });
      if (reply.trouble === "not_ours") continue;
      if (reply.trouble) return reply.trouble;
      const isGone = wish === null && [201, 404].includes(reply.status);
      if (row.wish !== wish) continue; // the judge has thought better of it meanwhile
      delete row.wish;
      delete row.handed;
      if (reply.status === 201) row.was = row.aspect;
      else Object.assign(row, { aspect: row.was, why: reply.body.detail ?? "" });
      this.changes += 1;
      if (isGone) this.known = this.known.filter((one) => one !== row);
      await (isGone ? this.within("readwrite", (photos) => photos.delete(row.key)).then(this.told) : this.put(row, false));
    }
    return null;
  }

  /** Post about a picture; what is no answer about it is trouble. */
  async post(row, where, body) {
    const headers = { "Content-Type": "application/json", Accept: "application/json" };
    const reply = await ask(this.url(row.sheet).replace(/photos$/, where), { method: "POST", headers, body: JSON.stringify(body) });
    if (reply.status === 401) return { trouble: "signed_out" };
    const isNoAnswer = reply.trouble || reply.status === 429 || reply.status >= 500 || reply.body.code === "forged";
    if (NOT_OURS.includes(reply.body?.code)) return { trouble: "not_ours" };
    return isNoAnswer ? { trouble: "trouble" } : reply;
  }

  /** What waits with its bytes, oldest first, for handing over without network. */
  async unsent() {
    const rows = this.queued();
    return Promise.all(rows.map(async (row) => ({ row, blob: await this.within("readonly", (_photos, files) => files.get(row.key)) })));
  }

  /** What the server has not been told of pictures that it has, oldest first, for handing over without network. */
  untold() {
    const rows = this.known.filter((row) => "wish" in row).sort((a, b) => (a.changed < b.changed ? -1 : 1));
    return rows.map(({ key, sheet, wish, changed }) => ({ kind: "photo_change", key, sheet_id: sheet, aspect: wish, device_changed_at: changed }));
  }

  /** All of that has been handed over, and may or may not be taken in. */
  async handOver() {
    for (const row of this.known.filter((one) => ("wish" in one || one.state === "waiting") && !one.handed)) await this.put(Object.assign(row, { handed: true }), false);
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
      const trouble = await this.tell();
      if (trouble) return trouble;
      for (const row of this.queued()) {
        const trouble = await this.sendOne(row);
        if (trouble && trouble !== "not_ours") return trouble;
      }
      return null;
    } finally {
      this.isBusy = false;
    }
  }

  async sendOne(row) {
    const blob = await this.within("readonly", (_photos, files) => files.get(row.key));
    const body = { key: row.key, image: await inBase64(blob), aspect: row.aspect, device_taken_at: row.at, called: row.called, place: row.place };
    const reply = await this.post(row, "photos", body);
    if (reply.trouble) return reply.trouble;
    if (row.wish === null) return null; // taken back meanwhile: the server is told of that next
    row.state = reply.status === 201 ? "sent" : "refused";
    row.why = reply.body.detail ?? "";
    if (reply.status === 201) row.was = reply.body.aspect;
    delete row.handed;
    if (row.state === "sent" && row.was !== row.aspect) row.wish = row.aspect;
    await this.put(row, true);
    return null;
  }
}
