// The sheets as they stand here: changed at once on the page, then on disk, with a save behind the queue where marks changed.

import { saveOf } from "./ledger.js";
import { settled } from "./settling.js";
import { uuid } from "./store.js";

const IDLE_MS = 1500;
const CONTENT = ["marks", "notes", "doubts", "rounds", "times"];

export const timestamp = () => new Date().toISOString();

export class Sheets {
  /**
   * @param {import("./store.js").Store} store
   * @param {object} page blankOf(record), paint(record) if it is the one on the page, queued() when a save waits, tell(news) for the
   *   line that is always in sight, beside() how much waits beside the queue and what is being entered
   */
  constructor(store, page) {
    this.store = store;
    this.page = page;
    /** @type {Map<number, object>} */
    this.records = new Map();
    this.changing = 0;
    this.writing = 0;
    /** By sheet, the newest change that is on its way to the disk; until then the record here is ahead of the disk's. */
    this.writes = new Map();
    this.idle = 0;
  }

  get(id) {
    return this.records.get(id);
  }

  /** Those of these ids that are here. */
  of(ids) {
    return ids.map((id) => this.records.get(id)).filter(Boolean);
  }

  async load() {
    for (const [id, record] of await this.store.records()) this.records.set(id, record);
  }

  /** Put what the device has not seen before. */
  async add(fresh) {
    await this.store.add(fresh);
    for (const record of fresh) this.records.set(record.id, record);
  }

  /** While what the judge has done is written to one of the device's disks, the page does not say that all is kept. */
  async keeping(write) {
    this.writing += 1;
    this.tellSaving();
    try {
      return await write();
    } finally {
      this.writing -= 1;
      await this.count();
    }
  }

  tellSaving() {
    this.page.tell({ saving: this.changing + this.writing });
  }

  /** Change a sheet: at once on the page, then on disk; a change of content also puts a save behind the queue. */
  async change(id, fn, commit = true) {
    const after = fn(this.records.get(id));
    this.records.set(id, after);
    this.changing += 1;
    this.tellSaving();
    this.page.paint(after);
    const write = this.store.change(id, (held) => this.withSave(held, fn(held), commit));
    this.writes.set(id, write);
    try {
      const stored = await write.finally(() => (this.changing -= 1));
      if (this.writes.get(id) === write) {
        this.writes.delete(id);
        this.records.set(id, stored);
        this.page.paint(stored);
      }
      await this.count();
      if (stored.lastKey) this.page.queued();
    } catch (error) {
      this.page.tell({ isBroken: true });
      throw error;
    }
    if (after.typing || after.isDirty) this.settleLater(id);
  }

  withSave(held, next, commit) {
    const isSame = CONTENT.every((part) => held[part] === next[part]);
    if (!commit || (isSame && !next.isDirty)) return { record: next };
    const key = uuid();
    const row = saveOf(next, this.page.blankOf(next), key, timestamp());
    if (next.resolves) row.resolves = next.resolves;
    return { record: { ...next, lastKey: key, isDirty: false, resolves: null }, rows: [row] };
  }

  /** What stands on the keypad becomes a mark when the judge pauses, and what a note says by then is sent. */
  settleLater(id) {
    clearTimeout(this.idle);
    this.idle = setTimeout(() => this.settleNow(id), IDLE_MS);
  }

  settleNow(id) {
    const record = this.records.get(id);
    if (record && (record.typing || record.isDirty)) this.change(id, (one) => settled(one, this.page.blankOf(one)));
  }

  /** Until what the judge has just done to a sheet is on disk. */
  async written(id) {
    while (this.writes.has(id)) await this.writes.get(id).catch(() => this.writes.delete(id));
  }

  /** How much waits, everything counted that the server has not answered. */
  async count() {
    const rows = await this.store.waiting();
    const drafts = [...this.records.values()].filter((record) => record.typing?.text || record.isDirty).length;
    this.page.tell({ saving: this.changing + this.writing, waiting: rows + drafts + this.page.beside() });
  }

  /** Read the records from disk, as after an answer or when another page of this device has written; whether it was done. */
  async reread() {
    if (this.changing) return false;
    const onDisk = await this.store.records();
    if (this.changing) return false;
    for (const [id, record] of onDisk) if (this.records.has(id)) this.records.set(id, record);
    await this.count();
    return true;
  }
}
