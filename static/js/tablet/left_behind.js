// What other judges have left on this device: each has a disk of its own, and only they can send what waits there.

const NAMES = /^(tablet|photos|clocks)-(\d+)$/;
const STORES = { tablet: "outbox", photos: "photos", clocks: "presses" };

function opened(name) {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name);
    request.onupgradeneeded = () => request.transaction.abort(); // it has gone meanwhile; nothing is made in its place
    request.onsuccess = () => {
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("blocked"));
  });
}

function rows(db, store) {
  if (!db.objectStoreNames.contains(store)) return [];
  return new Promise((resolve, reject) => {
    const request = db.transaction(store, "readonly").objectStore(store).getAll();
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function waiting(name, kind) {
  const db = await opened(name);
  try {
    const found = await rows(db, STORES[kind]);
    return kind === "photos" ? found.filter((row) => row.state === "waiting" || "wish" in row).length : found.length;
  } finally {
    db.close();
  }
}

/**
 * How much waits on this device under the names of judges; nothing where the browser cannot tell.
 * @param {number | null} except the judge who is signed in and sees the own queue anyway
 * @returns {Promise<{saves: number, photos: number}>}
 */
export async function leftBehind(except = null) {
  const sum = { saves: 0, photos: 0 };
  const known = indexedDB.databases ? await indexedDB.databases() : [];
  for (const { name } of known) {
    const match = NAMES.exec(name ?? "");
    if (!match || Number(match[2]) === except) continue;
    sum[match[1] === "photos" ? "photos" : "saves"] += await waiting(name, match[1]);
  }
  return sum;
}
