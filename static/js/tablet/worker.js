// The service worker: opens the page without network. It keeps the program and the last page, and never any JSON. The page
// is one judge's: it goes when somebody signs in or out here, whose own page is then waited for as long as it takes.

const CACHE = `tablet-${EDITION}`;
const PAGE = "/tablet";
const PROGRAM = "/tablet/program/";
const PATIENCE = 4000;

let judges = 0; // how often somebody has signed in or out while this worker lives

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
  if (url.origin !== self.location.origin) return;
  if (event.request.method === "POST" && event.request.mode === "navigate" && SIGNING.some((path) => url.pathname.startsWith(path)))
    event.respondWith(signing(event.request));
  if (event.request.method !== "GET") return;
  if (event.request.mode === "navigate") {
    if (url.pathname === PAGE || url.pathname === `${PAGE}/` || url.pathname.startsWith(`${PAGE}/sheets/`)) event.respondWith(page(event.request));
  } else if (url.pathname.startsWith(PROGRAM) || SHELL.includes(url.pathname + url.search)) {
    event.respondWith(caches.match(event.request).then((kept) => kept ?? fetch(event.request)));
  }
});

/** A sign-in or sign-out that succeeds leads on; then the page that is kept may be another judge's. */
async function signing(request) {
  const reply = await fetch(request);
  if (reply.type === "opaqueredirect" || reply.redirected) await forgetPage();
  return reply;
}

async function forgetPage() {
  judges += 1;
  for (const name of await caches.keys()) await (await caches.open(name)).delete(PAGE);
}

/** From the server if it answers in time, else the page as it was last. */
async function page(request) {
  const kept = (await (await caches.open(CACHE)).match(PAGE)) ?? (await caches.match(PAGE));
  const asked = fetch(request).then(keeping());
  if (!kept) return asked;
  const better = asked.then((response) => (response.status >= 500 ? kept : response)).catch(() => kept);
  const patience = new Promise((resolve) => setTimeout(() => resolve(kept), PATIENCE));
  return Promise.race([better, patience]);
}

/**
 * Every sheet is in every page, so one copy does for all addresses. A redirect to the sign-in is no page, a page of
 * another edition is not kept beside this edition's files (its own worker is on the way), and a page that was asked for
 * before somebody else signed in is not kept for them.
 */
function keeping() {
  const asked = judges;
  return async (response) => {
    if (!response.ok || response.headers.get("Program-Edition") !== EDITION || asked !== judges) return response;
    const cache = await caches.open(CACHE);
    await cache.put(PAGE, response.clone());
    if (asked !== judges) await cache.delete(PAGE); // somebody signed in while it was being written
    for (const name of await caches.keys()) if (name !== CACHE) await caches.delete(name);
    return response;
  };
}

const refreshPage = () => fetch(PAGE, { credentials: "same-origin" }).then(keeping(), () => null);
