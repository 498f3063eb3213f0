// The device's disk: one IndexedDB per judge. A promise resolves when the transaction is on disk, not before.

const VERSION = 1;

/** A version-4 UUID; `crypto.randomUUID` is missing on plain HTTP. */
export function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

export class Store {
  /** @param {number} judgeId whose; two judges on one tablet never share a queue */
  constructor(judgeId) {
    this.name = `tablet-${judgeId}`;
    this.opening = null;
  }

  open() {
    this.opening ??= new Promise((resolve, reject) => {
      const request = indexedDB.open(this.name, VERSION);
      request.onupgradeneeded = () => {
        request.result.createObjectStore("sheets", { keyPath: "id" });
        request.result.createObjectStore("outbox", { keyPath: "seq", autoIncrement: true });
      };
      request.onsuccess = () => {
        const forget = () => {
          request.result.close();
          this.opening = null;
        };
        request.result.onversionchange = forget;
        request.result.onclose = forget;
        resolve(request.result);
      };
      request.onerror = () => reject(request.error);
      request.onblocked = () => reject(new Error("blocked"));
    });
    return this.opening;
  }

  /** Run `use(sheets, outbox)` in one transaction; resolves with what `use` resolved with, after the commit. */
  async within(mode, use) {
    const db = await this.open();
    return new Promise((resolve, reject) => {
      const transaction = db.transaction(["sheets", "outbox"], mode, { durability: "strict" });
      let result;
      transaction.oncomplete = () => resolve(result);
      transaction.onabort = () => reject(transaction.error ?? new Error("aborted"));
      use(transaction.objectStore("sheets"), transaction.objectStore("outbox")).then(
        (value) => (result = value),
        (error) => {
          reject(error);
          try {
            transaction.abort();
          } catch {
            // It has ended already; the error has been told.
          }
        },
      );
    });
  }

  /** All records, by id. */
  async records() {
    const all = await this.within("readonly", (sheets) => done(sheets.getAll()));
    return new Map(all.map((record) => [record.id, record]));
  }

  /** How many rows wait. */
  waiting() {
    return this.within("readonly", (_sheets, outbox) => done(outbox.count()));
  }

  /** All rows that wait, oldest first. */
  queued() {
    return this.within("readonly", (_sheets, outbox) => done(outbox.getAll()));
  }

  /** The oldest rows, at most `most`. */
  oldest(most) {
    return this.within("readonly", (_sheets, outbox) => done(outbox.getAll(null, most)));
  }

  /**
   * Change one record and put rows behind the queue, in one transaction.
   * @param {(record: object) => {record: object, rows?: object[]}} change applied to what is on disk now
   */
  change(id, change) {
    return this.within("readwrite", async (sheets, outbox) => {
      const { record, rows = [] } = change(await done(sheets.get(id)));
      sheets.put(record);
      for (const row of rows) outbox.add(row);
      return record;
    });
  }

  /** Put records that the device has not seen before. */
  add(records) {
    return this.within("readwrite", async (sheets) => {
      for (const record of records) sheets.put(record);
    });
  }

  /**
   * Take answered rows out of the queue and tell their records, in one transaction.
   * @param {{row: object, answer: object}[]} pairs
   * @param {(record: object, row: object, answer: object) => object} tell
   */
  settle(pairs, tell) {
    return this.within("readwrite", async (sheets, outbox) => {
      for (const { row, answer } of pairs) {
        const held = await done(outbox.get(row.seq));
        if (!held || held.key !== row.key) continue; // another page of this device was first
        outbox.delete(row.seq);
        const record = await done(sheets.get(row.sheet_id));
        if (record) sheets.put(tell(record, row, answer));
      }
    });
  }
}

function done(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
