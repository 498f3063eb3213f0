// The service worker: opens the page without network. It keeps the program and the last page, and never any JSON.

const CACHE = `tablet-${EDITION}`;
const PAGE = "/tablet";
const PROGRAM = "/tablet/program/";
const PATIENCE = 4000;

self.addEventListener("install", (event) => {
  const fresh = SHELL.map((url) => new Request(url, { cache: "reload" }));
  event.waitUntil(
    caches
      .open(CACHE)
      .then((cache) => cache.addAll(fresh))
      .then(() => self.skipWaiting()),
  );
});

// What an earlier edition kept goes only when this one holds a page of its own, so that there is always one to open.
self.addEventListener("activate", (event) => {
  event.waitUntil(self.clients.claim().then(() => refreshPage()));
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin) return;
  if (event.request.mode === "navigate") {
    if (url.pathname === PAGE || url.pathname.startsWith(`${PAGE}/sheets/`)) event.respondWith(page(event.request));
  } else if (url.pathname.startsWith(PROGRAM) || SHELL.includes(url.pathname + url.search)) {
    event.respondWith(caches.match(event.request).then((kept) => kept ?? fetch(event.request)));
  }
});

/** From the server if it answers in time, else the page as it was last. */
async function page(request) {
  const kept = (await (await caches.open(CACHE)).match(PAGE)) ?? (await caches.match(PAGE));
  const asked = fetch(request).then(keep);
  if (!kept) return asked;
  const better = asked.then((response) => (response.status >= 500 ? kept : response)).catch(() => kept);
  const patience = new Promise((resolve) => setTimeout(() => resolve(kept), PATIENCE));
  return Promise.race([better, patience]);
}

/**
 * Every sheet is in every page, so one copy does for all addresses. A redirect to the sign-in is no page, and a page
 * of another edition is not kept beside this edition's files: its own worker is on the way.
 */
async function keep(response) {
  if (!response.ok || response.headers.get("Program-Edition") !== EDITION) return response;
  await (await caches.open(CACHE)).put(PAGE, response.clone());
  for (const name of await caches.keys()) if (name !== CACHE) await caches.delete(name);
  return response;
}

const refreshPage = () => fetch(PAGE, { credentials: "same-origin" }).then(keep, () => null);
