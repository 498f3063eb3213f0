// What happens to one sheet on the device, as pure functions from record to record. A record is what IndexedDB keeps.

/**
 * @typedef {object} SheetRecord
 * @property {number} id
 * @property {string} blank key of the blank sheet
 * @property {number | null} draw_number
 * @property {string} entrant_status
 * @property {"open" | "submitted" | "confirmed"} state as the server last said
 * @property {number} revision the newest revision that the server has acknowledged to this device
 * @property {Object<string, string | null>} marks
 * @property {Object<string, string>} notes
 * @property {string[]} doubts
 * @property {Object<string, number>} rounds aspect → round of voting of its mark, from the second on
 * @property {Object<string, object[]>} times aspect → moments of its stop watch
 * @property {{aspect: string, round: number, reason: string, earlier: string | null}[]} due votes asked for again
 * @property {string[] | null} reopened_for the aspects that alone may change; null: all
 * @property {{aspect: string, text: string} | null} typing what stands on the keypad and is no mark yet
 * @property {{aspect: string, before: string | null}[]} undo
 * @property {string | null} lastKey key of the newest save that the server has not answered
 * @property {{key: string, at: string} | null} submitting a submission that the server has not answered
 * @property {object | null} problem what the server refused, until the judge has decided
 */

const UNDO_DEPTH = 30;
const SERVER_FIELDS = ["blank", "draw_number", "entrant_status", "state", "submitted_at", "confirmed_at", "return_reason", "returned", "photos", "due", "reopened_for", "answers", "is_taken_over"];

/** A record of a sheet that this device has not seen before. */
export function fresh(server) {
  const record = { id: server.id, typing: null, undo: [], lastKey: null, submitting: null, problem: null };
  return taken(record, server);
}

function taken(record, server) {
  const next = { ...record, revision: server.revision, marks: { ...server.marks } };
  for (const field of SERVER_FIELDS) next[field] = server[field];
  return { ...next, notes: { ...server.notes }, doubts: [...server.doubts], rounds: { ...server.rounds }, times: { ...server.times } };
}

/** In place of a blank sheet that the server has no more: what was marked can still be read, by its codes. */
export const bareBlank = (record) => ({
  event: "",
  module: "",
  scheme_version_id: Number(record.blank.split(".")[0]),
  required: [],
  aspects: Object.keys(record.marks).map((id) => ({ id, code: id, label: "", path: [], options: [], words: [], suffixes: [], steps: null, low: null, high: null, step: null })),
  total: null,
});

/** Whether the device holds something of this sheet that the server has not answered, a note still being written too. */
export const isUnsent = (record) => record.lastKey !== null || record.submitting !== null || Boolean(record.isDirty);

/** Whether marks may be entered here and now. */
export const isEditable = (record) => record.state === "open" && !record.submitting && !record.problem;

/** Whether this aspect may be marked: of a sheet that had been handed in only what is asked for again. */
export const isOpenFor = (record, aspect) => isEditable(record) && (!record.reopened_for || record.reopened_for.includes(aspect));

/** The vote that is still owed for an aspect; null if none is. */
export const owed = (record, aspect) =>
  (record.due ?? []).find((due) => due.aspect === aspect && (record.rounds?.[aspect] ?? 1) < due.round) ?? null;

/** Whether any vote is owed on the sheet. */
export const owesVotes = (record) => isEditable(record) && (record.due ?? []).some((due) => owed(record, due.aspect));

/**
 * The record after the server has told how the sheet stands there.
 * @param {boolean} isNews false for a page from a cache, which may be older than the record
 * @returns {{record: SheetRecord, resend: boolean}} resend: the server has lost what it had acknowledged
 */
export function merged(record, server, isNews) {
  if (isUnsent(record) || record.problem) return { record, resend: false };
  if (server.revision >= record.revision) {
    const hasNewMarks = server.revision > record.revision;
    const next = taken(record, server);
    return { record: hasNewMarks ? { ...next, undo: [], typing: null } : next, resend: false };
  }
  if (!isNews) return { record, resend: false };
  return { record: { ...record, revision: server.revision, state: server.state }, resend: server.state === "open" };
}

/** Something stands on the keypad. */
export const typed = (record, aspect, text) => ({ ...record, typing: { aspect, text } });

/** A mark is made or, with null, taken back. */
export function marked(record, aspect, text) {
  const before = aspect in record.marks ? record.marks[aspect] : null;
  const typing = record.typing && record.typing.aspect === aspect ? null : record.typing;
  const due = text === null ? null : owed(record, aspect);
  if (before === text && !due) return { ...record, typing };
  const undo = [...record.undo, { aspect, before, rounds: record.rounds }].slice(-UNDO_DEPTH);
  const rounds = due ? { ...record.rounds, [aspect]: due.round } : record.rounds;
  return { ...record, typing, undo, rounds, marks: { ...record.marks, [aspect]: text } };
}

/** Whether there is something to take back. */
export const isUndoable = (record) => record.typing !== null || record.undo.length > 0;

/**
 * The last entry is taken back: what stands on the keypad and is no mark yet, else the newest mark. A number that was
 * refused has cost its aspect the mark before; that comes back with it.
 */
export function undone(record) {
  const { typing } = record;
  const last = record.undo[record.undo.length - 1];
  const hasCost = last && typing && last.aspect === typing.aspect && last.before !== null && (record.marks[typing.aspect] ?? null) === null;
  if (typing && !hasCost) return { ...record, typing: null };
  if (!last) return record;
  const { aspect, before, rounds = record.rounds } = last;
  return { ...record, typing: null, undo: record.undo.slice(0, -1), rounds, marks: { ...record.marks, [aspect]: before } };
}

/** The stop watch of an aspect is pressed. */
export const timed = (record, aspect, moment) => ({
  ...record,
  times: { ...record.times, [aspect]: [...(record.times?.[aspect] ?? []), moment] },
});

export function noted(record, aspect, note) {
  const notes = { ...record.notes, [aspect]: note };
  if (!note) delete notes[aspect];
  return { ...record, notes };
}

/**
 * A doubt comes or goes.
 * @param {string[]} words ready-made reasons; one that was tapped goes with its doubt, what was written stays
 */
export function doubted(record, aspect, words = []) {
  if (!record.doubts.includes(aspect)) return { ...record, doubts: [...record.doubts, aspect] };
  const next = { ...record, doubts: record.doubts.filter((one) => one !== aspect) };
  return words.includes(record.notes[aspect]) ? noted(next, aspect, "") : next;
}

/** Whether the judge doubts and has not said why: the note of an aspect is also the reason of its doubt. */
export const isWordless = (record, aspect) => record.doubts.includes(aspect) && !record.notes[aspect];

/** Aspects that must be marked and are not, or on which a vote is owed; in the order of the paper. */
export function missing(record, blank) {
  const required = new Set(blank.required);
  const ids = blank.aspects.map((aspect) => aspect.id);
  return ids.filter((id) => (required.has(id) && (record.marks[id] ?? null) === null) || owed(record, id));
}

const orNothing = (name, values) => (Object.keys(values ?? {}).length ? { [name]: values } : {});

/** The save of a record as it stands, based on what the judge saw. */
export function saveOf(record, blank, key, at) {
  const base = record.lastKey ? { base_key: record.lastKey } : { base_revision: record.revision };
  return {
    kind: "save",
    key,
    sheet_id: record.id,
    ...base,
    marks: record.marks,
    notes: record.notes,
    doubts: record.doubts,
    ...orNothing("rounds", record.rounds),
    ...orNothing("times", record.times),
    scheme_version_id: blank.scheme_version_id,
    called: String(record.draw_number ?? ""),
    place: record.blank,
    device_saved_at: at,
  };
}

/** The submission of a record; behind whatever of it still waits. */
export function submissionOf(record, key, at, signature, contestant = {}) {
  const base = record.lastKey ? { base_key: record.lastKey } : { base_revision: record.revision };
  return { kind: "submit", key, sheet_id: record.id, ...base, signature, ...contestant, device_submitted_at: at };
}

/** The record after the server's answer to one of its rows. */
export function answered(record, row, answer) {
  if (answer.status === 201) return row.kind === "save" ? acknowledged(record, row, answer) : handedIn(record, answer);
  const base = { ...record, lastKey: record.lastKey === row.key ? null : record.lastKey };
  if (row.kind === "submit") base.submitting = null;
  if (record.problem) return base;
  return { ...base, problem: problemOf(row, answer) };
}

function acknowledged(record, row, answer) {
  const revision = Math.max(record.revision, answer.revision);
  return { ...record, revision, lastKey: record.lastKey === row.key ? null : record.lastKey };
}

function handedIn(record, answer) {
  return { ...record, submitting: null, state: "submitted", revision: answer.revision, submitted_at: answer.submitted_at };
}

function problemOf(row, answer) {
  const { code, detail, errors = null } = answer;
  const server = code === "stale_revision" ? serverVersion(answer) : null;
  return { key: row.key, code, detail, errors, server };
}

const serverVersion = ({ revision, marks, notes, doubts, rounds = {}, times = {}, saved_at }) => ({ revision, marks, notes, doubts, rounds, times, saved_at });

const isSame = (one, other) => JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));

const sorted = (marks) => Object.entries(marks).filter(([, text]) => text !== null).sort();

/** Whether the server's version differs from the device's in any mark, so that the judge has to decide. */
export function isClash(record) {
  const problem = record.problem;
  if (!problem || problem.code !== "stale_revision") return false;
  return problem.server.revision !== record.revision && !isSame(problem.server.marks, record.marks);
}

/**
 * The record after a decision between two versions, or where there is nothing to decide. The decision is a save.
 * @param {"mine" | "theirs"} choice
 */
export function resolved(record, choice) {
  const server = record.problem.server;
  const { marks, notes, doubts, rounds = {}, times = {} } = server;
  const kept = choice === "theirs" ? { marks, notes, doubts, rounds, times } : { rounds: joined(record, server), times: { ...times, ...record.times } };
  return { ...record, ...kept, revision: server.revision, problem: null, typing: null, undo: [], lastKey: null };
}

/** The rounds of one's own version; a vote that the other device has cast with the same mark is cast. */
function joined(record, server) {
  const rounds = { ...record.rounds };
  for (const [aspect, round] of Object.entries(server.rounds ?? {}))
    if (server.marks[aspect] === record.marks[aspect]) rounds[aspect] = Math.max(round, rounds[aspect] ?? 1);
  return rounds;
}

/** The record after the judge has read that something was refused; what the server has is asked for anew. */
export const dismissed = (record) => ({ ...record, problem: null, lastKey: null, submitting: null });
