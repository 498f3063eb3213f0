// The judge's page: one program for the list and the sheets, so that it goes on without network once it is open.

import { Cover } from "./cover.js";
import { h, icon, renew, speak, t } from "./dom.js";
import { ignoreDoubleTaps } from "./double_tap.js";
import { listenToKeys } from "./keyboard.js";
import { dismissed, fresh, isClash, isEditable, isUnsent, merged, resolved, saveOf, submissionOf, timed } from "./ledger.js";
import { ListView, isFinished, nextOf } from "./list_view.js";
import { Outbox, ask } from "./outbox.js";
import { PhotoTool } from "./photo_tool.js";
import { Photos } from "./photos.js";
import { SheetView, settled, withTime } from "./sheet_view.js";
import { Status } from "./status.js";
import { keepAwake, moment, reading, watchClock } from "./stopwatch.js";
import { Store, uuid } from "./store.js";

const IDLE_MS = 1500;
const REFRESH_MS = 30000;

const data = JSON.parse(document.getElementById("data").textContent);
speak(data.texts, document.documentElement.lang);

const $ = (id) => document.getElementById(id);
const store = new Store(data.judge.id);
const cover = new Cover(data.mark, data.judge.name, data.urls);
const status = new Status($("status"), data.urls);
const urls = { sync: data.urls.sync, submit: (id) => data.urls.submit.replace("/0/", `/${id}/`) };
const outbox = new Outbox(store, urls, data.judge.id, onLine, () => photos.waiting, (sheet) => photos.tell(sheet));
const photos = new Photos(data.judge.id, (id) => data.urls.photos.replace("/0/", `/${id}/`), () => {
  photoTool.paint();
  if (shownId !== null) sheet.paint(records.get(shownId));
  status.tell({ photos: photos.waiting });
  sendPhotos().catch(() => {});
}, keeping);
const photoTool = new PhotoTool(photos);
const list = new ListView($("list"), { blanks: data.blanks, passedOn: () => data.passed_on ?? [], open });
const sheet = new SheetView($("sheet"), {
  judge: data.judge.name,
  change: (fn, commit) => change(shownId, fn, commit),
  submit,
  photos: photoTool,
  press: (aspect, moment) => pressWatch(aspect, moment),
  takeTime: (aspect) => takeTime(aspect),
  clockOf: (record) => clockDesk?.readingOf(moduleOf(record), record.draw_number) ?? null,
  resolve: (choice) => change(shownId, (record) => decided(record, choice)),
  dismiss,
  nextButton,
});

/** @type {Map<number, object>} */
let records = new Map();
let shownId = null;
let changing = 0;
let writing = 0;
/** By sheet, the newest change that is on its way to the disk; until then the record here is ahead of the disk's. */
const writes = new Map();
let idle = 0;

const blankOf = (record) => data.blanks[record.blank];
const timestamp = () => new Date().toISOString();

/** While what the judge has done is written to one of the device's disks, the page does not say that all is kept. */
async function keeping(write) {
  writing += 1;
  status.tell({ saving: changing + writing });
  try {
    return await write();
  } finally {
    writing -= 1;
    await count();
  }
}

/** Change a sheet: at once on the page, then on disk; a change of content also puts a save behind the queue. */
async function change(id, fn, commit = true) {
  const before = records.get(id);
  const after = fn(before);
  records.set(id, after);
  changing += 1;
  status.tell({ saving: changing + writing });
  if (id === shownId) sheet.paint(after);
  const write = store.change(id, (held) => withSave(held, fn(held), commit));
  writes.set(id, write);
  try {
    const stored = await write.finally(() => (changing -= 1));
    if (writes.get(id) === write) {
      writes.delete(id);
      records.set(id, stored);
      if (id === shownId) sheet.paint(stored);
    }
    await count();
    if (stored.lastKey) outbox.kick();
  } catch (error) {
    status.tell({ isBroken: true });
    throw error;
  }
  if (after.typing || after.isDirty) settleLater(id);
}

function withSave(held, next, commit) {
  const isSame = ["marks", "notes", "doubts", "rounds", "times"].every((part) => held[part] === next[part]);
  if (!commit || (isSame && !next.isDirty)) return { record: next };
  const key = uuid();
  const row = saveOf(next, blankOf(next), key, timestamp());
  if (next.resolves) row.resolves = next.resolves;
  return { record: { ...next, lastKey: key, isDirty: false, resolves: null }, rows: [row] };
}

/** What stands on the keypad becomes a mark when the judge pauses, and what a note says by then is sent. */
function settleLater(id) {
  clearTimeout(idle);
  idle = setTimeout(() => settleNow(id), IDLE_MS);
}

function settleNow(id) {
  const record = records.get(id);
  if (record && (record.typing || record.isDirty)) change(id, (one) => settled(one, blankOf(one)));
}

const decided = (record, choice) =>
  record.problem ? { ...resolved(record, choice), isDirty: true, resolves: record.problem.key } : record;

/** The stop watch is pressed: the moment is kept, and a time that stands still becomes the mark. */
function pressWatch(aspect, moment) {
  change(shownId, (record) => withTime(timed(record, aspect.id, moment), aspect));
  keepAwakeIfTiming();
}

/** The time that the clock of the whole module shows for a contestant, with the presses that it rests on. */
function takeTime(aspect) {
  change(shownId, (record) => {
    const moments = clockDesk.momentsOf(moduleOf(record), record.draw_number);
    return withTime({ ...record, times: { ...record.times, [aspect.id]: moments } }, aspect);
  });
}

/** Of the key of a blank sheet the middle: version of the scheme, module, seat. */
const moduleOf = (record) => Number(record.blank.split(".")[1]);

/** Somebody has set the device's clock: every watch that runs is told, so that it goes on rightly. */
function onClockSet(shift) {
  const jump = moment("jump", { seconds: (shift / 1000).toFixed(3) });
  for (const record of records.values())
    for (const aspect of running(record)) change(record.id, (one) => timed(one, aspect, jump));
  if (clockDesk) clockDesk.clocks.onClockSet(shift);
}

const running = (record) => Object.keys(record.times ?? {}).filter((aspect) => reading(record.times[aspect]).state === "running");

const keepAwakeIfTiming = () => keepAwake([...records.values()].some((record) => isEditable(record) && running(record).length));

async function dismiss() {
  await change(shownId, dismissed, false);
  await refresh();
  if (!order.includes(shownId)) close();
}

let toldPhotos = null;

/** Pictures go when no mark waits; that they wait is said beside the marks, and the next occasion tries again. */
async function sendPhotos() {
  if (await store.waiting()) return;
  const { changes } = photos;
  const trouble = await photos.send();
  if (photos.changes !== changes) refresh(); // how many there are now, from whichever device
  if (trouble === "signed_out") status.tell({ line: "signed_out" });
  else if (photos.known.length && photos.waiting !== toldPhotos) {
    toldPhotos = photos.waiting;
    await outbox.tell();
  }
}

async function submit(signature, contestant) {
  const id = shownId;
  await change(id, (record) => settled(record, blankOf(record)));
  const key = uuid();
  const at = timestamp();
  const handIn = (record) => ({
    record: { ...record, submitting: { key, at } },
    rows: [submissionOf(record, key, at, signature, contestant)],
  });
  await keeping(async () => {
    records.set(id, await store.change(id, handIn));
    sheet.paint(records.get(id));
  });
  outbox.kick();
}

/** How much waits, everything counted that the server has not answered. */
async function count() {
  const rows = await store.waiting();
  const drafts = [...records.values()].filter((record) => record.typing?.text || record.isDirty).length;
  status.tell({ saving: changing + writing, waiting: rows + drafts + (clockDesk?.clocks.waiting ?? 0) });
}

async function onLine(line) {
  // With nothing to send the outbox has not asked the server: what it last said about the sign-in still holds.
  if (line !== "idle" || !isShutOut()) status.tell({ line });
  if (line === "other_judge") cover.close();
  if (line !== "idle" && line !== "sending") return;
  if (line === "idle") sendPhotos().catch(() => {});
  await reload();
  for (const record of records.values()) {
    const { problem } = record;
    if (problem && problem.code === "stale_revision" && !isUnsent(record) && !isClash(record))
      await change(record.id, (one) => (isClash(one) ? one : decided(one, "mine")));
  }
}

const isShutOut = () => ["signed_out", "other_judge"].includes(status.now.line);

/** Read the records from disk, as after an answer or when another page of this device has written. */
async function reload() {
  if (changing) return;
  const onDisk = await store.records();
  if (changing) return;
  for (const [id, record] of onDisk) if (records.has(id)) records.set(id, record);
  await count();
  render();
}

let [asked, answered] = [0, 0];

/** Ask the server how the sheets stand: returned, confirmed, marked on another device. A later answer stands. */
async function refresh() {
  const question = ++asked;
  const known = new Map([...records].map(([id, record]) => [id, record.revision]));
  const mark = cover.look();
  const reply = await ask(data.urls.read, { headers: { Accept: "application/json" } });
  if (question < answered) return;
  answered = question;
  if (reply.trouble === "offline") status.tell({ line: "offline" });
  if (reply.status === 401) status.tell({ line: "signed_out" });
  if (reply.status !== 200) return;
  sendPhotos().catch(() => {});
  if (clockDesk) clockDesk.clocks.refresh().catch(() => null);
  if (reply.body.judge.id !== data.judge.id) {
    status.tell({ line: "other_judge" });
    cover.close();
    return;
  }
  cover.open(mark);
  if (status.now.line === "offline" || isShutOut()) {
    status.tell({ line: "idle" });
    outbox.wake();
  }
  await take(reply.body, true, known);
}

/**
 * Take over what the server says, without touching what it has not answered.
 * @param {Map<number, number>} known the revisions when the server was asked: of a sheet that has been saved since, the
 *   answer tells of the past
 */
async function take(news, isNews, known = new Map()) {
  Object.assign(data.blanks, news.blanks);
  $("tidings").textContent = news.tidings;
  $("tidings").hidden = !news.tidings;
  data.passed_on = news.passed_on;
  const unknown = news.sheets.filter((server) => !records.has(server.id)).map(fresh);
  await store.add(unknown);
  for (const record of unknown) records.set(record.id, record);
  for (const server of news.sheets) await takeOne(server, isNews, known.get(server.id));
  const mine = new Set(news.sheets.map((server) => server.id));
  const isGone = (id, record) => isNews && !mine.has(id) && !isUnsent(record) && !record.problem && id !== shownId;
  for (const [id, record] of records) if (isGone(id, record)) records.delete(id);
  const lost = [...records.values()].filter((record) => !mine.has(record.id) && (record.problem || isUnsent(record)));
  order = [...news.sheets, ...lost].map((one) => one.id);
  await count(); // before anything is said of the rest: a page just opened does not know yet what waits
  status.tell({ others: news.other_devices });
  render();
}

async function takeOne(server, isNews, known) {
  // What the judge has just done must not be unsaid, not even until the disk has it.
  while (writes.has(server.id)) await writes.get(server.id).catch(() => writes.delete(server.id));
  const record = records.get(server.id);
  const isPast = (one) => known !== undefined && one.revision !== known;
  if (isPast(record)) return;
  const { record: next, resend } = merged(record, server, isNews);
  if (next === record || JSON.stringify(next) === JSON.stringify(record)) return;
  await change(server.id, (held) => {
    if (isPast(held)) return held;
    const news = merged(held, server, isNews).record;
    return resend ? { ...news, isDirty: true } : news;
  }, resend);
}

let order = [];

function open(id, isBack = false) {
  if (shownId !== null) settleNow(shownId);
  shownId = id;
  if (!isBack) history.pushState({ id }, "", `${data.urls.list}/sheets/${id}`);
  const record = records.get(id);
  sheet.show(record, blankOf(record));
  render();
}

/** The page for handing over without network. It comes after the first paint and must be here before the network goes. */
let handOver = null;

async function prepareHandOver() {
  const { HandOverView } = await import("./handover_view.js");
  const who = { competition: data.competition.id, judge: data.judge.id, ...data.device };
  const rows = async () => {
    await prepareClocks().catch(() => null);
    return [...photos.untold(), ...(await store.queued()), ...((await clockDesk?.clocks.handed()) ?? [])];
  };
  const seats = () => Object.keys(data.blanks).map((key) => key.split(".")[2]);
  handOver = new HandOverView($("handover"), { who, title: data.competition.title, seats, rows, pictures: () => photos.unsent(), handed: () => photos.handOver() });
  document.body.dataset.handover = "yes";
}

async function openHandOver() {
  if (!handOver) await prepareHandOver();
  history.pushState({}, "", `${data.urls.list}#hand-over`);
  isHandingOver = true;
  await handOver.show();
  render();
}

let isHandingOver = false;

/** Modules' clocks come after the first paint, too: who keeps none and marks in no timed module never sees them. */
let clockDesk = null;
let clocksComing = null;

function prepareClocks() {
  clocksComing ??= bringClocks().catch((error) => {
    clocksComing = null; // another occasion tries again
    throw error;
  });
  return clocksComing;
}

async function bringClocks() {
  const { ClockDesk } = await import("./clock_desk.js");
  const url = data.urls.sync.replace(/sync$/, "clocks");
  clockDesk = new ClockDesk(data.judge.id, url, { list: $("clocks"), clock: $("clock") }, { render, count: () => count(), keeping, sheet: () => shownId !== null && sheet.paintClock() });
  clockDesk.start().catch(() => null);
}

function close(isBack = false) {
  if (shownId !== null) settleNow(shownId);
  shownId = null;
  isHandingOver = false;
  if (handOver) handOver.hide();
  if (clockDesk) clockDesk.close();
  if (!isBack) history.pushState({}, "", data.urls.list);
  render();
}

/** The neighbour of the sheet shown, within its module. */
function neighbour(by) {
  const record = records.get(shownId);
  const group = order.filter((id) => records.get(id)?.blank === record.blank);
  return group[group.indexOf(shownId) + by] ?? null;
}

/** On to who is still to be marked: the following one of this module, else wherever something is left. */
function following() {
  const shown = records.get(shownId);
  const group = order.filter((id) => records.get(id)?.blank === shown.blank);
  const at = group.indexOf(shownId);
  const rest = [...group.slice(at + 1), ...group.slice(0, at)].map((id) => records.get(id));
  const found = rest.find((record) => !isFinished(record)) ?? nextOf(order.map((id) => records.get(id)).filter(Boolean));
  return found?.id ?? null;
}

function nextButton() {
  const id = following();
  const label = id === null ? t("back") : `${t("next_contestant")} ${records.get(id).draw_number ?? ""}`;
  return h("button.way.way--next", { onclick: () => (id === null ? close() : open(id)), data: { go: "next" } }, label, icon("forward"));
}

function render() {
  const isList = shownId === null;
  const isTiming = isList && !isHandingOver && Boolean(clockDesk?.shown);
  $("list").hidden = !isList || isHandingOver || isTiming;
  $("clocks").hidden = $("list").hidden || !clockDesk?.clocks.kept.length;
  $("clock").hidden = !isTiming;
  $("handover").hidden = !isHandingOver;
  $("sheet").hidden = isList;
  $("about").hidden = !isList || isHandingOver || isTiming;
  document.body.dataset.view = isList ? "list" : "sheet";
  if (isList) {
    list.show(order.map((id) => records.get(id)).filter(Boolean));
    renew($("place"), ...(isHandingOver ? placeOf(t("handover_title")) : isTiming ? placeOf(clockDesk.title) : [h("h1.place__title", {}, t("my_sheets"))]));
  } else {
    const record = records.get(shownId);
    sheet.paint(record);
    renew($("place"), ...place(record));
  }
}

const placeOf = (title) => [
  h("button.square", { onclick: () => close(), "aria-label": t("back"), data: { go: "list" } }, icon("grid")),
  h("h1.place__title", {}, title),
];

function place(record) {
  const { event, module } = blankOf(record);
  const [before, after] = [neighbour(-1), neighbour(1)];
  const turn = (id, key, shape) =>
    h("button.square", { onclick: () => open(id), disabled: id === null, "aria-label": t(key), data: { go: key, to: id } }, icon(shape));
  const away = ["absent", "withdrawn", "disqualified"].includes(record.entrant_status) ? h("b.place__away", {}, t(record.entrant_status)) : null;
  return [
    h("button.square", { onclick: () => close(), "aria-label": t("back"), data: { go: "list" } }, icon("grid")),
    h("h1.place__number", { "aria-label": t("contestant", { n: record.draw_number }) }, String(record.draw_number ?? "—")),
    h("p.place__text", {}, h("span", {}, event), h("span.place__module", {}, module), away),
    h("div.place__turn", {}, turn(before, "previous_contestant", "back"), turn(after, "next_contestant", "forward")),
  ];
}

function watch() {
  window.addEventListener("popstate", () => {
    const match = /\/sheets\/(\d+)$/.exec(location.pathname);
    const id = match ? Number(match[1]) : null;
    if (id !== null && records.has(id)) open(id, true);
    else close(true);
  });
  window.addEventListener("online", () => {
    outbox.wake();
    refresh();
  });
  window.addEventListener("offline", () => status.tell({ line: "offline" }));
  window.addEventListener("pageshow", (event) => {
    cover.look();
    outbox.wake();
    if (event.persisted) refresh();
  });
  window.addEventListener("pagehide", () => shownId !== null && settleNow(shownId));
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") {
      if (shownId !== null) settleNow(shownId);
      return;
    }
    cover.look();
    outbox.wake();
    keepAwakeIfTiming();
    reload().then(refresh);
  });
  setInterval(() => document.visibilityState === "visible" && refresh(), REFRESH_MS);
  watchClock(onClockSet);
  ignoreDoubleTaps();
  listenToKeys(() => (shownId === null || cover.isOn ? null : sheet));
  $("hand-over").addEventListener("click", openHandOver);
  $("sign-out").addEventListener("submit", (event) => {
    const what = unsentWords(status.now.waiting, photos.waiting);
    if (what && !window.confirm(t("signing_out_unsent", { what }))) event.preventDefault();
  });
}

const unsentWords = (saves, pictures) =>
  [saves ? t("unsent_saves", { n: saves }) : "", pictures ? t("unsent_photos", { n: pictures }) : ""].filter(Boolean).join(t("and"));

/** What judges before this one have left on the device: only they can send it, but somebody has to tell them. */
async function tellLeftBehind() {
  const { leftBehind } = await import("./left_behind.js");
  const { saves, photos: pictures } = await leftBehind(data.judge.id);
  const notice = $("left-behind");
  notice.textContent = t("left_behind", { what: unsentWords(saves, pictures) });
  notice.hidden = !saves && !pictures;
}

function keepForOffline() {
  const isSecure = window.isSecureContext && "serviceWorker" in navigator;
  $("offline-help").textContent = t(isSecure ? "install" : "plain_http");
  if (!isSecure) return;
  navigator.serviceWorker.register(data.urls.worker).then(
    () => (document.body.dataset.worker = "yes"),
    () => (document.body.dataset.worker = "no"),
  );
  if (navigator.storage?.persist) navigator.storage.persist();
}

async function start() {
  cover.look();
  try {
    records = await store.records();
    await take(data, false);
  } catch (error) {
    status.tell({ isBroken: true });
    throw error;
  }
  const match = /\/sheets\/(\d+)$/.exec(location.pathname);
  if (match && records.has(Number(match[1]))) open(Number(match[1]), true);
  for (const id of records.keys()) settleNow(id);
  watch();
  keepForOffline();
  document.body.dataset.ready = "yes";
  photos.load().catch(() => {});
  outbox.kick();
  if (navigator.onLine !== false) refresh();
  prepareClocks().catch(() => null);
  import("./photo_strip.js").catch(() => null);
  tellLeftBehind().catch(() => null);
  prepareHandOver().catch(() => null); // without network it comes from the cache, or when it is asked for
}

start();
