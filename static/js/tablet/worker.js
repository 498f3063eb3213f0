// The service worker: opens the page without network. It keeps the program and the last page, and never any JSON.

const CACHE = `tablet-${EDITION}`;
const PAGE = "/tablet";
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

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name))))
      .then(() => self.clients.claim())
      .then(() => refreshPage()),
  );
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin) return;
  if (event.request.mode === "navigate") {
    if (url.pathname === PAGE || url.pathname.startsWith(`${PAGE}/sheets/`)) event.respondWith(page(event.request));
  } else if (SHELL.includes(url.pathname + url.search)) {
    event.respondWith(caches.match(event.request).then((kept) => kept ?? fetch(event.request)));
  }
});

/** From the server if it answers in time, else the page as it was last. */
async function page(request) {
  const kept = await (await caches.open(CACHE)).match(PAGE);
  const asked = fetch(request).then(keep);
  if (!kept) return asked;
  const better = asked.then((response) => (response.status >= 500 ? kept : response)).catch(() => kept);
  const patience = new Promise((resolve) => setTimeout(() => resolve(kept), PATIENCE));
  return Promise.race([better, patience]);
}

/** Every sheet is in every page, so one copy does for all addresses. A redirect to the sign-in is no page. */
async function keep(response) {
  if (response.ok && !response.redirected) await (await caches.open(CACHE)).put(PAGE, response.clone());
  return response;
}

const refreshPage = () => fetch(PAGE, { credentials: "same-origin" }).then(keep, () => null);
