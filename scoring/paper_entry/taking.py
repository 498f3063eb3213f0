"""Readings of a paper sheet become marks: one revision by the ordinary way of saving, for the judge who wrote them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from competitions.models import Judge
from core.audit import record
from core.auth import Actor, SubjectKind
from core.clock import now
from core.permissions import Role
from scoring.jury.sheet_rules import votes_due
from scoring.models import SheetRevision
from scoring.paper_entry.comparing import taken_together
from scoring.paper_entry.form_numbers import form_number
from scoring.paper_entry.models import Ending, PaperEntry, PaperOutcome, hand_in_key
from scoring.paper_entry.revotes import answered_rounds, rounds_with
from scoring.sheets.checks import missing_aspects
from scoring.sheets.reading import LockedSheet, latest, paper_of
from scoring.sheets.saving import Refused, SaveMarks, SubmitSheet, hand_in, store


@dataclass(frozen=True, slots=True)
class Verdict:
    """How an attempt ends and by whom; `decisions` as in `PaperOutcome`."""

    ending: Ending
    actor: Actor
    decisions: Mapping[str, str | None] = field(default_factory=dict)
    reason: str = ""


def take(session: Session, sheet: LockedSheet, entries: Sequence[PaperEntry], verdict: Verdict) -> PaperOutcome:
    """Save the marks of a paper as the judge's and hand the sheet in, within the transaction of who decided or typed.

    A sheet whose paper lacks an aspect that the result would wait for is saved and stays open.

    Args:
        session: to write with.
        sheet: open, locked, still its judge's.
        entries: the first and the second reading.
        verdict: as it was decided; nothing where both agree.

    Raises:
        DomainError: the marks cannot be saved; says why.
    """
    newest = latest(session, sheet.row)
    aspects = paper_of(sheet.row, sheet.module_code).aspects.values()
    marks = taken_together(aspects, entries[0].marks, newest.marks if newest else {}, verdict.decisions)
    judge = _judge(session, sheet, verdict.actor)
    on_paper = {**entries[0].marks, **verdict.decisions}
    answered = answered_rounds(session, sheet.row, entries)
    save = _save(sheet, newest, marks, rounds_with(newest.rounds if newest else {}, answered, on_paper))
    (outcome,) = store(session, [save], judge)
    if isinstance(outcome, Refused):
        raise outcome.error
    is_whole = not missing_aspects(sheet, marks) and not votes_due(session, sheet.row, latest(session, sheet.row))
    if is_whole:
        refusal = next((entry.contestant_refusal for entry in entries if entry.contestant_refusal), "")
        key = hand_in_key(save.key)
        submission = SubmitSheet(sheet.row.id, key, outcome.revision, contestant_refusal=refusal, is_on_paper=True)
        hand_in(session, submission, judge)
    return close(session, sheet, entries, verdict, save.key, is_handed_in=is_whole)


def _judge(session: Session, sheet: LockedSheet, by: Actor) -> Actor:
    """The judge whose marks they are, with who brings them; audit lines name both."""
    judge = session.get_one(Judge, sheet.row.judge_id)
    roles: dict[int | None, frozenset[Role]] = {sheet.competition_id: frozenset({judge.role})}
    kind = SubjectKind.JUDGE
    return Actor(kind, judge.id, judge.name, by.sign_in_id, roles, sheet.competition_id, via=by)


def _save(
    sheet: LockedSheet, newest: SheetRevision | None, marks: Mapping[str, str | None], rounds: Mapping[str, int]
) -> SaveMarks:
    """The save of these marks; what else the judge had put down on a tablet stays."""
    if newest is None:
        return SaveMarks(sheet.row.id, uuid4(), marks, sheet.row.revision, rounds=rounds)
    return SaveMarks(
        sheet.row.id,
        uuid4(),
        marks,
        sheet.row.revision,
        notes=newest.notes,
        doubts=newest.doubts,
        rounds=rounds,
        times=newest.times,
    )


def close(
    session: Session,
    sheet: LockedSheet,
    entries: Sequence[PaperEntry],
    verdict: Verdict,
    save_key: UUID | None = None,
    *,
    is_handed_in: bool = False,
) -> PaperOutcome:
    """Write how an attempt ended, with its audit line."""
    outcome = PaperOutcome(
        sheet_id=sheet.row.id,
        attempt=entries[0].attempt,
        ending=verdict.ending,
        decisions=dict(verdict.decisions),
        reason=verdict.reason.strip(),
        save_key=save_key,
        is_handed_in=is_handed_in,
        ended_at=now(),
        ended_by=verdict.actor.key,
        ended_name=verdict.actor.name,
    )
    session.add(outcome)
    detail: dict[str, Any] = {
        "form": form_number(sheet.row.id),
        "attempt": outcome.attempt,
        "source": "paper",
        "judge": entries[0].judge_id,
        "typed_by": [entry.account_id for entry in entries],
        "ending": outcome.ending.value,
        "decided": sorted(outcome.decisions),
        "reason": outcome.reason,
        "revision": sheet.row.revision if save_key else None,
        "handed_in": is_handed_in,
    }
    action = "paper.set_aside" if verdict.ending is Ending.SET_ASIDE else "paper.taken"
    record(session, verdict.actor.act(action, f"score_sheet:{sheet.row.id}", sheet.competition_id, detail))
    return outcome
