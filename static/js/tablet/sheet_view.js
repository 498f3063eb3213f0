// One contestant's sheet: the aspects in the order of the paper, the side where marks are made, the foot that never scrolls.

import { allClean, cleanWord, isUnsaid } from "./clean_sheet.js";
import { Contestant } from "./contestant.js";
import { clock, fill, h, icon, renew, t } from "./dom.js";
import { pressed, read, tidied } from "./entry.js";
import { EntryView, boundsText, shown, worthText } from "./entry_view.js";
import { decimal } from "./exact.js";
import { onHold } from "./hold.js";
import { doubted, isEditable, isOpenFor, isUndoable, isWordless, marked, missing, owed, typed, undone } from "./ledger.js";
import { showProblem } from "./problem_view.js";
import { total, worth } from "./reckon.js";
import { asked, flagsOf, noteBox, ownNote, reasons, remarks, why, wordless } from "./remarks.js";
import { settled } from "./settling.js";
import { SignaturePad, picture } from "./signature.js";
import { reading } from "./stopwatch.js";
import { WatchView } from "./watch_view.js";

const FINISH = "";

const entered = (record) => Object.values(record.marks).filter((text) => text !== null).length;

const withUnit = (aspect, text) => (aspect.unit && !aspect.is_time ? `${text} ${aspect.unit}` : text);

export class SheetView {
  /** @param {object} page change(fn, commit), press(aspect, moment), submit(signature), resolve(choice), dismiss(), note() of the sheet shown */
  constructor(element, page) {
    this.element = element;
    this.page = page;
    this.keyed = null;
    this.aspects = h("ol.aspects");
    this.notice = h("div.returned", { role: "status", hidden: true });
    this.watch = new WatchView({ press: (aspect, moment) => this.page.press(aspect, moment), take: (aspect) => this.page.takeTime(aspect) });
    this.panel = h("section.entry", { "aria-live": "off" });
    this.foot = h("footer.foot");
    fill(element, h("div.paper", {}, this.notice, this.aspects), this.panel, this.foot);
    this.makeFoot();
    this.entry = new EntryView(h("div.entry__control"), {
      choose: (text) => this.choose(text),
      press: (key) => this.press(key),
      next: () => this.next(),
    });
  }

  makeFoot() {
    this.sum = h("div.foot__total");
    this.undo = h("button.foot__undo", { onclick: () => this.takeBack() }, icon("undo"), t("undo"));
    this.clean = h("button.foot__clean", { onclick: () => this.sayClean(), data: { go: "clean" } });
    this.send = h("button.foot__send", {}, h("span.foot__fill"), h("span.foot__word"));
    onHold(this.send, () => this.send.dataset.ready === "yes" && this.page.submit(this.pad.path, this.contestant.answer));
    this.send.addEventListener("click", () => this.toGap());
    fill(this.foot, this.sum, this.undo, this.clean, this.send);
  }

  /** Open a sheet. */
  show(record, blank) {
    this.record = record;
    this.blank = blank;
    this.makePads();
    this.noting = false;
    this.active = this.firstGap();
    this.drawAspects();
    this.drawPanel();
    this.paint(record);
    this.aspects.scrollTop = 0;
    this.reveal();
  }

  /** Empty frames for signatures: what was signed before a sheet came back does not hold for what is handed in then. */
  makePads() {
    this.pad = new SignaturePad();
    this.pad.changed = () => this.paintFoot();
    this.contestant = new Contestant(this.blank.contestant_signs, () => this.paintFoot());
  }

  firstGap() {
    const gap = missing(this.record, this.blank)[0] ?? FINISH;
    return gap === FINISH && isEditable(this.record) && isUnsaid(this.record, this.blank) ? this.blank.aspects[0].id : gap;
  }

  aspect(id = this.active) {
    return this.blank.aspects.find((one) => one.id === id) ?? null;
  }

  drawAspects() {
    this.rows = new Map();
    let group = "";
    for (const aspect of this.blank.aspects) {
      const path = aspect.path.join(" · ");
      const row = this.row(aspect, path === group ? "" : path);
      group = path;
      this.rows.set(aspect.id, row);
    }
    fill(this.aspects, ...[...this.rows.values()].map((row) => h("li", {}, row.button)));
  }

  row(aspect, path) {
    const mark = h("span.aspect__mark");
    const points = h("span.aspect__points");
    const flags = h("span.aspect__flags");
    const button = h(
      `button.aspect${path ? ".aspect--first" : ""}`,
      { onclick: () => this.go(aspect.id), data: { aspect: aspect.id } },
      h("span.aspect__code", {}, aspect.code),
      h("span.aspect__name", {}, path ? h("span.aspect__path", {}, path) : null, h("span.aspect__label", {}, aspect.label)),
      flags,
      points,
      mark,
    );
    return { button, mark, points, flags, path };
  }

  drawPanel() {
    const { record } = this;
    this.panel.dataset.kind = record.problem ? "problem" : this.active === FINISH ? "finish" : "entry";
    if (record.problem) {
      showProblem(this.panel, {
        record,
        blank: this.blank,
        choose: (choice) => this.page.resolve(choice),
        dismiss: () => this.page.dismiss(),
      });
    } else if (this.active === FINISH || !isEditable(record)) fill(this.panel, this.finish());
    else this.drawEntry(this.aspect());
    this.drawn = this.signOf(record);
  }

  /** What decides how the panel is drawn; while it stays, the panel is only painted. */
  signOf(record) {
    const asked = owed(record, this.active)?.round;
    const parts = [record.id, this.active, this.noting, record.state, Boolean(record.submitting), record.problem?.key, record.submitted_at];
    const beside = isEditable(record) ? record.answers?.[this.active] : JSON.stringify([record.answers, this.blank.aspects.map((aspect) => this.flagsOf(aspect))]);
    return [...parts, asked, record.reopened_for, isWordless(record, this.active), beside].join("|");
  }

  drawEntry(aspect) {
    const doubt = h("button.tool", { onclick: () => this.page.change((r) => doubted(r, aspect.id, reasons())), data: { tool: "doubt" } }, icon("question"), t("doubt"));
    const hasNote = Boolean(this.record.notes[aspect.id]);
    const note = h(`button.tool${hasNote ? ".tool--on" : ""}`, { onclick: () => this.toggleNote(), "aria-expanded": String(this.noting), data: { tool: "note" } }, icon("note"), t("note"));
    this.doubtButton = doubt;
    const head = h(
      "header.entry__head",
      {},
      h("div.entry__title", {}, h("h2", {}, h("span.entry__code", {}, aspect.code), aspect.label), aspect.max && aspect.max !== "0" ? h("span.entry__max", {}, t("of", { max: aspect.max })) : null),
      h("div.entry__tools", {}, doubt, note, this.page.photos.element),
    );
    const about = aspect.description ? h("p.entry__about", {}, aspect.description) : null;
    const isOpen = isOpenFor(this.record, aspect.id);
    this.page.photos.draw(this.record, aspect.id, this.blank.aspects.filter(({ id }) => isOpen && isOpenFor(this.record, id)));
    if (!this.noting) this.entry.draw(aspect);
    this.watch.draw(aspect.is_time && isOpen && !this.noting ? aspect : null, this.record.id);
    const control = isOpen ? this.entry.element : h("p.entry__closed", {}, icon("lock"), t("aspect_closed"));
    fill(this.panel, head, this.page.photos.problem, this.page.photos.strip, asked(this.record, aspect), ...this.beside(aspect), about, this.watch.element, this.noting ? noteBox(this.record, aspect, this.page.change, () => this.toggleNote()) : control);
  }

  /** What the judge has said beside the mark; nothing while it is being written. */
  beside(aspect) {
    const write = () => this.toggleNote();
    return this.noting ? [] : [ownNote(this.record, aspect, write), why(this.record, aspect, this.page.change, write)];
  }

  flagsOf(aspect) {
    return flagsOf(this.record, aspect, this.page.photos);
  }

  toggleNote() {
    this.noting = !this.noting;
    if (!this.noting) this.page.change((r) => r);
    this.drawPanel();
    this.paint(this.record);
  }

  finish() {
    const { record } = this;
    const name = h("p.finish__number", {}, String(record.draw_number ?? "—"));
    const sum = this.total();
    const unsaid = isUnsaid(record, this.blank) ? h("p.finish__why", {}, t(isEditable(record) ? "unsaid" : "nothing_said")) : null;
    const figure = sum === null ? null : h("p.finish__total", {}, h("b", {}, sum), this.blank.max ? ` / ${this.blank.max}` : "");
    if (isEditable(record)) return h("div.finish", {}, name, figure, unsaid, wordless(record, this.blank, (id) => this.go(id)), this.pad.element, this.contestant.element);
    const when = record.submitting
      ? t("submit_queued")
      : record.state === "confirmed"
        ? t("confirmed_at", { at: clock(record.confirmed_at) })
        : t("submitted_at", { at: clock(record.submitted_at) });
    const ink = this.pad.path ? h("div.pad__box.pad__box--done", {}, picture(this.pad.path)) : null;
    return h(
      "div.finish.finish--done",
      {},
      name,
      figure,
      unsaid,
      h("p.finish__when", {}, icon("lock"), when),
      h("p.finish__who", {}, `${t("judge")} ${this.page.judge}`),
      ink,
      h("p.finish__why", {}, t("read_only")),
      this.page.nextButton(),
      remarks(record, this.blank, this.page.photos),
    );
  }

  /**
   * The figure at the foot; a dash while nothing is marked, null where one sheet cannot tell. A sheet that asks only for
   * what goes wrong stands at its full mark, and words beside the figure say that nobody has said so yet.
   */
  total() {
    const settledNow = settled(this.record, this.blank);
    const record = isUnsaid(settledNow, this.blank) ? allClean(settledNow, this.blank) : settledNow;
    const marks = Object.fromEntries(Object.entries(record.marks).filter(([id]) => !owed(record, id)));
    if (this.blank.total !== null && !Object.values(marks).some((text) => text !== null)) return "—";
    const byId = new Map(this.blank.aspects.map((aspect) => [aspect.id, aspect]));
    const sum = total(this.blank.total, (id) => {
      const text = marks[id] ?? null;
      if (text === null) return undefined;
      const { value } = read(byId.get(id), text);
      return value ? worth(byId.get(id), value) : null;
    });
    return sum === null ? null : decimal(sum);
  }

  /** Show the record as it stands now. */
  paint(record) {
    if (this.record.state !== "open" && record.state === "open") this.makePads();
    this.record = record;
    if (this.signOf(record) !== this.drawn) this.drawPanel();
    for (const aspect of this.blank.aspects) this.paintRow(aspect);
    const words = this.words(record);
    this.notice.hidden = !words.length;
    if (JSON.stringify(words) !== this.said) fill(this.notice, ...words.map(([tag, text]) => h(tag, {}, text)));
    this.said = JSON.stringify(words);
    this.paintEntry();
    this.paintFoot();
  }

  /** What stands above the sheet: who sent it back, when and why, what is open now, whose marks these are. */
  words(record) {
    if (record.state !== "open" || record.submitting) return [];
    const { returned, return_reason: reason } = record;
    const who = returned ? t(returned.unlocked ? "unlocked_by" : "returned_by", { by: returned.by, at: clock(returned.at) }) : t("returned_here");
    const back = reason ? [["b", who], ["p", t("returned_because", { reason })]] : [];
    const open = record.reopened_for ? [["p", t("reopened")]] : reason ? [["p", t("returned_open")]] : [];
    return [...back, ...open, ...(record.is_taken_over ? [["p", t("taken_over")]] : [])];
  }

  paintRow(aspect) {
    const { record } = this;
    const { button, mark, points, flags, path } = this.rows.get(aspect.id);
    const typing = record.typing && record.typing.aspect === aspect.id ? record.typing.text : null;
    const isDue = Boolean(owed(record, aspect.id)) && isEditable(record);
    const given = isDue ? null : (record.marks[aspect.id] ?? null);
    const text = typing !== null && typing !== "" ? typing : typing === "" ? null : given;
    const isWrong = Boolean(typing) && Boolean(read(aspect, tidied(typing)).problem);
    const isTiming = reading(record.times?.[aspect.id] ?? []).state === "running";
    const instead = isDue ? t("again") : isTiming ? t("timing") : "";
    mark.textContent = text === null ? instead : withUnit(aspect, shown(aspect, text));
    points.textContent = text === null || isWrong ? "" : worthText(aspect, text);
    button.dataset.marked = text === null ? (instead ? "again" : "no") : isWrong ? "wrong" : "yes";
    const signs = this.flagsOf(aspect);
    renew(flags, ...signs.map(([shape, number, word]) => h("span.flag", { title: word }, icon(shape), number, h("span.out", {}, word))));
    if (aspect.id === this.active) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
    // In the order of the screen, so that who speaks to the tablet can call a row by what is written on it.
    const state = text === null ? instead || t("not_marked") : [points.textContent, mark.textContent].filter(Boolean).join(" ");
    const row = [aspect.code, path, aspect.label, state].filter(Boolean).join(" ");
    button.setAttribute("aria-label", [row, ...signs.map(([, , word]) => word), boundsText(aspect)].filter(Boolean).join(" · "));
  }

  paintEntry() {
    if (this.panel.dataset.kind !== "entry" || !isEditable(this.record)) return;
    const aspect = this.aspect();
    const { typing, marks, doubts } = this.record;
    const isTyping = typing && typing.aspect === aspect.id;
    const text = isTyping ? typing.text : owed(this.record, aspect.id) ? null : (marks[aspect.id] ?? null);
    const found = isTyping && text ? read(aspect, tidied(text)) : {};
    const problem = found.problem ? t(found.problem, { ...found.params, range: boundsText(aspect) }) : "";
    if (!this.noting) this.entry.paint(text, problem);
    if (this.watch.aspect && !this.watch.element.hidden) {
      this.watch.paint(this.record.times?.[aspect.id] ?? []);
      this.paintClock();
    }
    this.doubtButton.setAttribute("aria-pressed", String(doubts.includes(aspect.id)));
  }

  /** What the clock of the whole module says of this contestant, as far as a time stands open. */
  paintClock() {
    if (this.watch.aspect && !this.watch.element.hidden) this.watch.forAll(this.page.clockOf(this.record));
  }

  paintFoot() {
    const { record, blank } = this;
    const all = blank.required.length;
    const done = all - missing(settled(record, blank), blank).length;
    const gaps = all - done || (this.isTypingWrong() ? 1 : 0);
    const sum = this.total();
    const figure = sum === null ? null : h("b.foot__sum", {}, sum);
    const of = sum !== null && blank.max ? h("span.foot__of", {}, `/ ${blank.max}`) : null;
    const now = settled(record, blank);
    const unsaid = isUnsaid(now, blank);
    const count = unsaid ? t(isEditable(record) ? "unsaid" : "nothing_said") : all ? t("marked_count", { done, all }) : t("noted_count", { n: entered(now) });
    fill(this.sum, h("span.foot__label", {}, t("total")), figure, of, h("span.foot__count", {}, count));
    const canMark = isEditable(record);
    this.undo.disabled = !isUndoable(record);
    this.undo.hidden = !canMark || unsaid;
    this.clean.hidden = !canMark || !unsaid;
    renew(this.clean, icon("check"), h("span", {}, t(cleanWord(blank))));
    this.send.hidden = !canMark;
    const unsigned = this.unsigned();
    this.send.dataset.ready = gaps || unsigned || unsaid ? "no" : "yes";
    this.send.lastChild.textContent = unsaid ? t("say_first") : gaps ? t("still_missing", { n: gaps }) : t(unsigned ?? "hold_to_submit");
  }

  /** Whose signature is asked for and missing, as a key of the texts. */
  unsigned() {
    if (this.blank.judge_signs && !this.pad.path) return "judge_missing";
    return this.contestant.isDone ? null : "contestant_missing";
  }

  isTypingWrong() {
    const { typing } = this.record;
    const aspect = typing && typing.text ? this.aspect(typing.aspect) : null;
    return Boolean(aspect) && Boolean(read(aspect, tidied(typing.text)).problem);
  }

  /** The judge says that nothing went wrong. */
  sayClean() {
    this.page.change((r) => allClean(r, this.blank));
    this.go(FINISH);
  }

  toGap() {
    if (this.send.dataset.ready === "no") this.go(this.isTypingWrong() ? this.record.typing.aspect : this.firstGap());
  }

  /** Turn to an aspect; what stands on the keypad becomes a mark. */
  go(id) {
    this.page.change((r) => settled(r, this.blank));
    this.keyed = null;
    this.active = id;
    this.noting = false;
    this.drawPanel();
    this.paint(this.record);
    this.reveal();
  }

  reveal() {
    const row = this.rows.get(this.active);
    if (row) row.button.scrollIntoView({ block: "nearest" });
  }

  /** On to the next aspect without a mark, from here on and then from the start; to the end when there is none. */
  next() {
    const ids = this.blank.aspects.map((aspect) => aspect.id);
    const here = ids.indexOf(this.active);
    const gaps = new Set(missing(settled(this.record, this.blank), this.blank));
    const following = [...ids.slice(here + 1), ...ids.slice(0, here)].find((id) => gaps.has(id));
    if (this.isTypingWrong()) return;
    this.go(following ?? FINISH);
  }

  choose(text) {
    if (!isOpenFor(this.record, this.active)) return;
    const id = this.active;
    this.page.change((r) => marked({ ...r, typing: null }, id, text));
    this.next();
  }

  press(key) {
    if (!isOpenFor(this.record, this.active)) return;
    const aspect = this.aspect();
    const { typing, marks } = this.record;
    const mark = owed(this.record, aspect.id) ? "" : (marks[aspect.id] ?? "");
    const goesOn = ["erase", "half", "minus"].includes(key);
    const from = typing && typing.aspect === aspect.id ? typing.text : this.isUnderWay(mark) ? this.keyed.text : goesOn ? mark : "";
    if (key.startsWith("word:")) {
      const word = key.slice(5);
      const isEnding = aspect.suffixes.some(([ending]) => ending === word);
      this.key(aspect.id, isEnding ? from + word : word);
    } else this.key(aspect.id, pressed(from, key));
  }

  key(aspect, text) {
    this.keyed = { sheet: this.record.id, aspect, text };
    this.page.change((r) => typed(r, aspect, text), false);
  }

  /** Whether a judge who paused at this aspect still has the same number in hand: "0.", a look at the gauge, "5" is 0.5. */
  isUnderWay(mark) {
    const { sheet, aspect, text } = this.keyed ?? {};
    return sheet === this.record.id && aspect === this.active && tidied(text) === mark;
  }

  takeBack() {
    const { typing, undo } = this.record;
    const isMark = undone(this.record).undo.length < undo.length;
    const entry = isMark ? undo[undo.length - 1] : typing;
    if (!entry) return;
    this.page.change((r) => undone(r));
    this.keyed = null;
    this.active = entry.aspect;
    this.drawPanel();
    this.paint(this.record);
    this.reveal();
  }

  /** One row up or down. */
  step(by) {
    const ids = this.blank.aspects.map((aspect) => aspect.id);
    const to = this.active === FINISH ? ids.length - 1 : ids.indexOf(this.active) + by;
    if (to < 0 || to >= ids.length) return;
    this.go(ids[to]);
    this.rows.get(ids[to]).button.focus();
  }
}
