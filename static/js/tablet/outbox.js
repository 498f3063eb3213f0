// The way to the server: oldest first, again and again, and nothing leaves the queue but on the server's own answer.

import { answered } from "./ledger.js";

const MOST_AT_ONCE = 50;
const PATIENCE = 10000;
const FIRST_DELAY = 1000;
const LONGEST_DELAY = 30000;

/** @typedef {"idle" | "sending" | "offline" | "server_trouble" | "signed_out" | "other_judge"} Line */

export class Outbox {
  /**
   * @param {import("./store.js").Store} store
   * @param {{sync: string, submit: (id: number) => string}} urls
   * @param {number} judgeId who queued; the server refuses the queue under another name
   * @param {(line: Line) => void} told called when the line's state changes, and after every answer
   * @param {() => number} beside how much waits on this device beside the queue, as pictures; the board counts it too
   * @param {(sheet: number) => Promise<unknown>} first what the server has to know of a sheet before it is handed in
   */
  constructor(store, urls, judgeId, told, beside, first) {
    Object.assign(this, { store, urls, judgeId, told, beside, first });
    this.delay = FIRST_DELAY;
    this.timer = 0;
    this.isBusy = false;
    this.isWanted = false;
  }

  /** Send soon: at once, or after `wait` milliseconds. */
  kick(wait = 0) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.run(), wait);
  }

  /** There is a sign that the server can be reached: do not wait out the delay. */
  wake() {
    this.delay = FIRST_DELAY;
    this.kick();
  }

  async run() {
    if (this.isBusy) {
      this.isWanted = true;
      return;
    }
    this.isBusy = true;
    try {
      await alone(`outbox-${this.judgeId}`, () => this.drain(), () => this.kick(FIRST_DELAY));
    } catch {
      this.later("server_trouble");
    } finally {
      this.isBusy = false;
    }
    if (this.isWanted) {
      this.isWanted = false;
      this.kick();
    }
  }

  async drain() {
    for (;;) {
      const rows = await this.store.oldest(MOST_AT_ONCE);
      if (!rows.length) {
        this.delay = FIRST_DELAY;
        this.told("idle");
        return;
      }
      this.told("sending");
      const end = rows.findIndex((row) => row.kind === "submit");
      const trouble = end === 0 ? await this.submit(rows[0]) : await this.sync(end < 0 ? rows : rows.slice(0, end));
      if (trouble) {
        this.later(trouble);
        return;
      }
      this.delay = FIRST_DELAY;
      this.told("sending");
    }
  }

  async sync(rows) {
    const waiting = await this.store.waiting();
    const saves = rows.map(({ kind, seq, ...save }) => save);
    const unsent = waiting - rows.length + this.beside();
    const reply = await post(this.urls.sync, { judge_id: this.judgeId, unsent, saves });
    if (reply.trouble) return reply.trouble;
    if (reply.status !== 200 || !Array.isArray(reply.body.answers)) return "server_trouble";
    const answers = new Map(reply.body.answers.map((answer) => [answer.key, answer]));
    const pairs = rows.filter((row) => answers.has(row.key)).map((row) => ({ row, answer: answers.get(row.key) }));
    if (!pairs.length) return "server_trouble";
    await this.store.settle(pairs, answered);
    return null;
  }

  async submit(row) {
    const { kind, seq, sheet_id: id, ...body } = row;
    await this.first(id);
    const unsent = (await this.store.waiting()) - 1 + this.beside();
    const reply = await post(this.urls.submit(id), { ...body, unsent });
    if (reply.trouble) return reply.trouble;
    const answer = reply.status === 201 ? { ...reply.body, status: 201 } : reply.body;
    if (!answer.status) return "server_trouble";
    await this.store.settle([{ row, answer }], answered);
    return null;
  }

  /** Let the board know how much waits here now, where only pictures have come or gone. */
  async tell() {
    if (await this.store.waiting()) return; // the saves themselves will tell
    await post(this.urls.sync, { judge_id: this.judgeId, unsent: this.beside(), saves: [] });
  }

  later(line) {
    this.told(line);
    this.delay = Math.min(this.delay * 2, LONGEST_DELAY);
    this.kick(this.delay / 2 + (Math.random() * this.delay) / 2);
  }
}

/** One page of this device sends at a time, where the browser can tell; a double sending would be harmless. */
function alone(name, work, later) {
  if (!navigator.locks) return work();
  return navigator.locks.request(name, { ifAvailable: true }, (lock) => (lock ? work() : later()));
}

/** Answers that are about the connection or the sign-in and not about the row that was sent. */
const TROUBLES = { not_signed_in: "signed_out", other_judge: "other_judge", forged: "server_trouble", busy: "server_trouble" };

/** Post JSON; a captive portal, a proxy's page or a broken server are trouble, never an answer. */
async function post(url, body) {
  const reply = await ask(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify(body),
  });
  if (reply.trouble) return reply;
  const code = reply.body.code;
  if (TROUBLES[code]) return { trouble: TROUBLES[code] };
  if (reply.status >= 500 || reply.status === 429 || /^http_/.test(code ?? "")) return { trouble: "server_trouble" };
  return reply;
}

/** Ask the server for JSON, with patience; `trouble` says what stood in the way. */
export async function ask(url, options = {}) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE);
  try {
    const reply = await fetch(url, { credentials: "same-origin", cache: "no-store", signal: stop.signal, ...options });
    if (!/json/.test(reply.headers.get("Content-Type") ?? "")) return { trouble: "server_trouble" };
    return { status: reply.status, body: await reply.json() };
  } catch {
    return { trouble: "offline" };
  } finally {
    clearTimeout(timer);
  }
}
