// The judge's page: one program for the list and the sheets, so that it goes on without network once it is open.

import { Cover } from "./cover.js";
import { h, icon, renew, speak, t } from "./dom.js";
import { ignoreDoubleTaps } from "./double_tap.js";
import { listenToKeys } from "./keyboard.js";
import { bareBlank, dismissed, fresh, isClash, isEditable, isUnsent, merged, resolved, submissionOf, timed } from "./ledger.js";
import { ListView, isFinished, nextOf } from "./list_view.js";
import { Outbox, ask } from "./outbox.js";
import { PhotoTool } from "./photo_tool.js";
import { Photos } from "./photos.js";
import { listTitle, place, titled } from "./place.js";
import { settled, withTime } from "./settling.js";
import { SheetView } from "./sheet_view.js";
import { Sheets, timestamp } from "./sheets.js";
import { Status, unsentWords } from "./status.js";
import { keepAwake, moment, reading, watchClock } from "./stopwatch.js";
import { Store, uuid } from "./store.js";

const REFRESH_MS = 30000;

const data = JSON.parse(document.getElementById("data").textContent);
speak(data.texts, document.documentElement.lang);

const $ = (id) => document.getElementById(id);
const store = new Store(data.judge.id);
const cover = new Cover(data.mark, data.judge.name, data.urls);
const status = new Status($("status"), data.urls);
const urls = { sync: data.urls.sync, submit: (id) => data.urls.submit.replace("/0/", `/${id}/`) };
const blankOf = (record) => data.blanks[record.blank] ?? bareBlank(record);
const sheets = new Sheets(store, {
  blankOf,
  paint: (record) => record.id === shownId && sheet.paint(record),
  queued: () => outbox.kick(),
  tell: (news) => status.tell(news),
  beside: () => clockDesk?.clocks.waiting ?? 0,
});
const { records } = sheets;
/** What the judge does to the sheet on the page. */
const change = (fn, commit) => sheets.change(shownId, fn, commit);
const outbox = new Outbox(store, urls, data.judge.id, onLine, () => photos.waiting, (sheet) => photos.tell(sheet));
const photos = new Photos(data.judge.id, (id) => data.urls.photos.replace("/0/", `/${id}/`), () => {
  photoTool.paint();
  if (shownId !== null) sheet.paint(sheets.get(shownId));
  status.tell({ photos: photos.waiting });
  sendPhotos().catch(() => {});
}, (write) => sheets.keeping(write));
const photoTool = new PhotoTool(photos);
const list = new ListView($("list"), { blankOf: (record) => blankOf(record), passedOn: () => data.passed_on ?? [], open });
const sheet = new SheetView($("sheet"), {
  judge: data.judge.name,
  change,
  submit,
  photos: photoTool,
  press: (aspect, moment) => pressWatch(aspect, moment),
  takeTime: (aspect) => takeTime(aspect),
  clockOf: (record) => clockDesk?.readingOf(moduleOf(record), record.draw_number) ?? null,
  resolve: (choice) => change((record) => decided(record, choice)),
  dismiss,
  nextButton,
});

let shownId = null;

const decided = (record, choice) =>
  record.problem ? { ...resolved(record, choice), isDirty: true, resolves: record.problem.key } : record;

/** The stop watch is pressed: the moment is kept, and a time that stands still becomes the mark. */
function pressWatch(aspect, moment) {
  change((record) => withTime(timed(record, aspect.id, moment), aspect));
  keepAwakeIfTiming();
}

/** The time that the clock of the whole module shows for a contestant, with the presses that it rests on. */
function takeTime(aspect) {
  change((record) => {
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
    for (const aspect of running(record)) sheets.change(record.id, (one) => timed(one, aspect, jump));
  if (clockDesk) clockDesk.clocks.onClockSet(shift);
}

const running = (record) => Object.keys(record.times ?? {}).filter((aspect) => reading(record.times[aspect]).state === "running");

const keepAwakeIfTiming = () => keepAwake([...records.values()].some((record) => isEditable(record) && running(record).length));

/** The judge has read what was refused: the sheet is shown anew, by what the server asks for now. */
async function dismiss() {
  const id = shownId;
  await change(dismissed, false);
  await refresh();
  if (id !== shownId) return;
  if (order.includes(id)) show();
  else close();
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
  await change((record) => settled(record, blankOf(record)));
  const key = uuid();
  const at = timestamp();
  const handIn = (record) => ({
    record: { ...record, submitting: { key, at } },
    rows: [submissionOf(record, key, at, signature, contestant)],
  });
  await sheets.keeping(async () => {
    records.set(id, await store.change(id, handIn));
    sheet.paint(records.get(id));
  });
  outbox.kick();
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
      await sheets.change(record.id, (one) => (isClash(one) ? one : decided(one, "mine")));
  }
}

const isShutOut = () => ["signed_out", "other_judge"].includes(status.now.line);

/** Show what is on disk, as after an answer or when another page of this device has written. */
async function reload() {
  if (await sheets.reread()) render();
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
  await sheets.add(unknown);
  for (const server of news.sheets) await takeOne(server, isNews, known.get(server.id));
  const mine = new Set(news.sheets.map((server) => server.id));
  const isGone = (id, record) => isNews && !mine.has(id) && !isUnsent(record) && !record.problem && id !== shownId;
  for (const [id, record] of records) if (isGone(id, record)) records.delete(id);
  const lost = [...records.values()].filter((record) => !mine.has(record.id) && (record.problem || isUnsent(record)));
  order = [...news.sheets, ...lost].map((one) => one.id);
  await sheets.count(); // before anything is said of the rest: a page just opened does not know yet what waits
  status.tell({ others: news.other_devices });
  render();
}

async function takeOne(server, isNews, known) {
  // What the judge has just done must not be unsaid, not even until the disk has it.
  await sheets.written(server.id);
  const record = records.get(server.id);
  const isPast = (one) => known !== undefined && one.revision !== known;
  if (isPast(record)) return;
  const { record: next, resend } = merged(record, server, isNews);
  if (next === record || JSON.stringify(next) === JSON.stringify(record)) return;
  await sheets.change(server.id, (held) => {
    if (isPast(held)) return held;
    const news = merged(held, server, isNews).record;
    return resend ? { ...news, isDirty: true } : news;
  }, resend);
}

let order = [];

/** What is still being entered on the sheet shown becomes a mark, or is sent. */
const leave = () => shownId !== null && sheets.settleNow(shownId);

function open(id, isBack = false) {
  leave();
  shownId = id;
  if (!isBack) history.pushState({ id }, "", `${data.urls.list}/sheets/${id}`);
  show();
}

function show() {
  const record = records.get(shownId);
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
  clockDesk = new ClockDesk(data.judge.id, url, { list: $("clocks"), clock: $("clock") }, { render, count: () => sheets.count(), keeping: (write) => sheets.keeping(write), sheet: () => shownId !== null && sheet.paintClock() });
  clockDesk.start().catch(() => null);
}

function close(isBack = false) {
  leave();
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
  const found = rest.find((record) => !isFinished(record)) ?? nextOf(sheets.of(order));
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
    list.show(sheets.of(order));
    renew($("place"), ...(isHandingOver ? titled(t("handover_title"), () => close()) : isTiming ? titled(clockDesk.title, () => close()) : listTitle()));
  } else {
    const record = records.get(shownId);
    sheet.paint(record);
    renew($("place"), ...place(record, blankOf(record), [neighbour(-1), neighbour(1)], { open, close: () => close() }));
  }
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
  window.addEventListener("pagehide", leave);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") {
      leave();
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

async function prepareOffline() {
  const { keepForOffline, tellLeftBehind } = await import("./offline.js");
  keepForOffline($("offline-help"), data.urls.worker);
  await tellLeftBehind($("left-behind"), data.judge.id);
}

async function start() {
  cover.look();
  try {
    await sheets.load();
    await take(data, false);
  } catch (error) {
    status.tell({ isBroken: true });
    throw error;
  }
  const match = /\/sheets\/(\d+)$/.exec(location.pathname);
  if (match && records.has(Number(match[1]))) open(Number(match[1]), true);
  for (const id of records.keys()) sheets.settleNow(id);
  watch();
  prepareOffline().catch(() => null);
  document.body.dataset.ready = "yes";
  photos.load().catch(() => {});
  outbox.kick();
  if (navigator.onLine !== false) refresh();
  prepareClocks().catch(() => null);
  import("./photo_strip.js").catch(() => null);
  prepareHandOver().catch(() => null); // without network it comes from the cache, or when it is asked for
}

start();
