// Modules' clocks on this device: what the server said last, what has been pressed here, and the way of presses to it.
// They have a disk of their own: a press never waits for a mark, nor a mark for a press.

import { ordered } from "./module_clock.js";
import { ask } from "./outbox.js";
import { moment } from "./stopwatch.js";
import { uuid } from "./store.js";

const VERSION = 1;
const MOST_AT_ONCE = 50;
const AGAIN_MS = 5000;

const done = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

export class Clocks {
  /**
   * @param {number} judgeId whose
   * @param {string} url where clocks are read; presses go to `/presses` beneath
   * @param {() => void} told called when anything has changed
   * @param {(write: () => Promise<void>) => Promise<void>} keeping runs what writes a press; the page says so meanwhile
   */
  constructor(judgeId, url, told, keeping) {
    Object.assign(this, { name: `clocks-${judgeId}`, url, told, keeping, modules: [], offset: 0, queue: [], refusals: [] });
    this.opening = null;
    this.isBusy = false;
    this.timer = 0;
  }

  open() {
    this.opening ??= new Promise((resolve, reject) => {
      const request = indexedDB.open(this.name, VERSION);
      request.onupgradeneeded = () => {
        request.result.createObjectStore("known");
        request.result.createObjectStore("presses", { keyPath: "seq", autoIncrement: true });
      };
      request.onsuccess = () => {
        request.result.onversionchange = () => request.result.close();
        resolve(request.result);
      };
      request.onerror = () => reject(request.error);
    });
    return this.opening;
  }

  /** Run `use(known, presses)` in one transaction; resolves with its result after the commit. */
  async within(mode, use) {
    const db = await this.open();
    return new Promise((resolve, reject) => {
      const transaction = db.transaction(["known", "presses"], mode, { durability: "strict" });
      let result;
      transaction.oncomplete = () => resolve(result);
      transaction.onabort = () => reject(transaction.error ?? new Error("aborted"));
      Promise.resolve(use(transaction.objectStore("known"), transaction.objectStore("presses"))).then((value) => (result = value), reject);
    });
  }

  /** Read what is on disk, as after a reload without network. */
  async load() {
    const [news, queue] = await this.within("readonly", (known, presses) => Promise.all([done(known.get("news")), done(presses.getAll())]));
    if (news && !this.modules.length) Object.assign(this, news);
    this.queue = queue;
    this.told();
  }

  get waiting() {
    return this.queue.length;
  }

  /** This moment by the server's clock, as far as it is known here. */
  now() {
    const here = moment("now");
    return { ...here, at: this.there(here.at) };
  }

  /** A moment of this device's wall clock by the server's; `shift` is by how much the clock has been set since. */
  there(at, shift = 0) {
    return new Date(Date.parse(at) + shift + this.offset).toISOString();
  }

  /** The clocks that this judge keeps, as pairs of module and batch. */
  get kept() {
    return this.modules.filter((module) => module.may_keep).flatMap((module) => module.batches.map((batch) => ({ module, batch })));
  }

  find(moduleId, number) {
    const module = this.modules.find((one) => one.module_id === moduleId);
    return { module, batch: module?.batches.find((one) => one.batch === number) };
  }

  /** The presses of a clock in the order of time, those that wait here among them. */
  presses(moduleId, number) {
    const { batch } = this.find(moduleId, number);
    const mine = this.queue.filter((row) => row.module_id === moduleId && row.batch === number);
    return ordered([...(batch?.presses ?? []), ...mine.map((row) => ({ ...row, at: this.there(row.at, row.shift) }))]);
  }

  /** The presses that concern a contestant of a module, by draw number; null where the module is not timed. */
  of(moduleId, drawNumber) {
    const module = this.modules.find((one) => one.module_id === moduleId);
    for (const batch of module?.batches ?? []) {
      const member = batch.members.find((one) => one.draw_number === drawNumber);
      if (member) return { entrant: member.id, presses: this.presses(moduleId, batch.batch) };
    }
    return null;
  }

  /**
   * Press: it is on disk when this resolves, and leaves when there is network. The same again before that is the echo of a
   * finger: the page does not show yet that it was heard.
   */
  async press(moduleId, batch, kind, entrants = [], more = {}) {
    const what = JSON.stringify([moduleId, batch, kind, entrants, more]);
    if (this.pressing === what) return;
    this.pressing = what;
    try {
      await this.keep(moduleId, batch, kind, entrants, more);
    } finally {
      this.pressing = null;
    }
    this.send();
  }

  async keep(moduleId, batch, kind, entrants, more) {
    const row = { key: uuid(), module_id: moduleId, batch, entrants, shift: 0, ...moment(kind, more) };
    await this.keeping(async () => {
      row.seq = await this.within("readwrite", (_known, presses) => done(presses.add(row)));
      this.queue.push(row);
      this.told();
    });
  }

  /** Somebody has set this device's wall clock: what waits was pressed by the old one. */
  async onClockSet(shift) {
    this.offset -= shift;
    for (const row of this.queue) row.shift += shift;
    await this.within("readwrite", (_known, presses) => this.queue.forEach((row) => presses.put(row)));
  }

  /** Send what waits, oldest first; without network again after a while. */
  async send() {
    clearTimeout(this.timer);
    if (this.isBusy || !this.queue.length) return;
    this.isBusy = true;
    let isThrough = false;
    try {
      const rows = this.queue.slice(0, MOST_AT_ONCE);
      const headers = { "Content-Type": "application/json", Accept: "application/json" };
      const reply = await ask(`${this.url}/presses`, { method: "POST", headers, body: JSON.stringify({ presses: rows.map(sent) }) });
      isThrough = reply.status === 200 && Array.isArray(reply.body.answers);
      if (isThrough) await this.settle(reply.body);
    } finally {
      this.isBusy = false;
    }
    if (this.queue.length) this.timer = setTimeout(() => this.send().catch(() => null), isThrough ? 0 : AGAIN_MS);
  }

  async settle(body) {
    const answers = new Map(body.answers.map((answer) => [answer.key, answer]));
    const gone = this.queue.filter((row) => answers.has(row.key));
    for (const { key, status, detail } of answers.values()) if (status !== 201 && key) this.refusals.push(detail);
    await this.within("readwrite", (_known, presses) => gone.forEach((row) => presses.delete(row.seq)));
    this.queue = this.queue.filter((row) => !answers.has(row.key));
    await this.take(body);
  }

  async take({ modules, server_time }) {
    Object.assign(this, { modules, offset: Date.parse(server_time) - Date.now() });
    await this.within("readwrite", (known) => done(known.put({ modules, offset: this.offset }, "news")));
    this.told();
  }

  /** What waits, as rows for handing over without network; from disk, since another page of this device may have pressed. */
  async handed() {
    if (!this.modules.length) await this.load();
    const rows = await this.within("readonly", (_known, presses) => done(presses.getAll()));
    return rows.map(({ seq, shift, kind, at, ...row }) => ({ ...row, kind: "press", press: kind, at, pressed_at: this.there(at, shift) }));
  }

  /** Ask how the clocks stand. */
  async refresh() {
    if (this.queue.length) return this.send();
    const reply = await ask(this.url, { headers: { Accept: "application/json" } });
    if (reply.status === 200 && Array.isArray(reply.body.modules)) await this.take(reply.body);
    return null;
  }

  /** The refusals have been read. */
  dismiss() {
    this.refusals = [];
    this.told();
  }
}

/** A press as it goes over the line, with its age by whichever clock of the device saw more time pass. */
function sent({ seq, shift, ...row }) {
  const now = moment("now");
  const wall = Date.parse(now.at) - Date.parse(row.at) - shift;
  const passed = row.life === now.life ? now.mono - row.mono : 0;
  return { ...row, age_ms: Math.max(0, wall, passed) };
}
