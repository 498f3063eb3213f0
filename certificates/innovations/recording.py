"""Innovations by form: recorded one by one, never changed, taken back with a reason."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from certificates.incoming.doing import Doer
from certificates.incoming.withdrawing import stated_reason
from certificates.innovations.kinds import Kind, Stage
from certificates.innovations.known import innovations_of
from certificates.innovations.models import Innovation, InnovationAuthor, InnovationWithdrawal
from certificates.innovations.rows import LONGEST, InnovationRow, read_amount
from competitions.models import Contestant
from competitions.registration.entrants import contestant_of
from competitions.setup import locked_competition
from core.audit import record
from core.auth import Actor
from core.clock import competition_day, now
from core.db import transaction
from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.rows import row_in


class SameInnovationError(ConflictError):
    """The same innovation is recorded already."""

    code = "same_innovation"


class InnovationWithdrawnError(ConflictError):
    """The innovation was taken back before."""

    code = "innovation_withdrawn"


@dataclass(frozen=True, slots=True)
class RecordInnovation:
    """One innovation by form."""

    competition_id: int
    name: str
    kind: Kind
    stage: Stage
    unit: str
    contestant_ids: tuple[int, ...]
    benefit: str
    """As typed, in 万元; empty where nobody stated it."""
    basis: str
    on: date | None
    document: str
    actor: Actor


@dataclass(frozen=True, slots=True)
class WithdrawInnovation:
    """Take an innovation back, with the reason."""

    competition_id: int
    innovation_id: int
    reason: str
    actor: Actor


Key = tuple[str, str, frozenset[int]]
"""By what an innovation is known again: name, unit, people."""


def key_of(name: str, unit: str, authors: Iterable[Contestant]) -> Key:
    """By what an innovation is known again."""
    return name, unit, frozenset(one.person_id for one in authors)


def known_keys(session: Session, competition_id: int) -> set[Key]:
    """Of all innovations of a competition that are in force."""
    return {
        key_of(one.name, one.unit, [author.contestant for author in one.authors])
        for one in innovations_of(session, [competition_id])
        if one.withdrawal is None
    }


def unit_of(row: InnovationRow, authors: Sequence[Contestant]) -> str:
    """The unit as stated, else that of the first author."""
    return row.unit or (authors[0].unit if authors else "")


def store(
    session: Session,
    competition_id: int,
    row: InnovationRow,
    authors: Sequence[Contestant],
    *,
    source: str,
    actor: Doer,
) -> Innovation:
    """Insert an innovation with its authors.

    Args:
        session: of a transaction that holds the competition.
        competition_id: whose innovation.
        row: checked values, with kind and stage.
        authors: in the order of naming.
        source: the file that brought it; empty for the form.
        actor: who records it.
    """
    stored = Innovation(
        competition_id=competition_id,
        kind=row.kind,
        name=row.name,
        stage=row.stage,
        unit=unit_of(row, authors),
        benefit=row.benefit,
        benefit_basis=row.basis,
        on=row.on,
        document=row.document,
        source=source,
        recorded_at=now(),
        recorded_by=actor.name,
        authors=[InnovationAuthor(contestant_id=who.id, position=n) for n, who in enumerate(authors, start=1)],
    )
    session.add(stored)
    session.flush()
    return stored


def record_innovation(command: RecordInnovation) -> int:
    """Store one innovation and return its id.

    Raises:
        InvalidInputError: something is missing, too long, no amount, or dated after today.
        SameInnovationError: the same name, unit and people are recorded already.
        NotFoundError: a contestant who is not of this competition.
    """
    row = _checked(command)
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        ids = dict.fromkeys(command.contestant_ids)
        authors = tuple(contestant_of(competition.id, contestant_id) for contestant_id in ids)
        if not authors and not row.unit:
            raise InvalidInputError("没有完成人，也没有单位")
        if key_of(row.name, unit_of(row, authors), authors) in known_keys(session, competition.id):
            raise SameInnovationError("“%(name)s”已经登记过了", name=row.name)
        stored = store(session, competition.id, row, authors, source="", actor=command.actor)
        detail = {
            "kind": command.kind.value,
            "stage": command.stage.value,
            "name": row.name,
            "benefit": row.benefit,
            "contestants": list(ids),
        }
        target = f"innovation:{stored.id}"
        record(session, command.actor.act("innovations.recorded", target, competition.id, detail))
        return stored.id


def _checked(command: RecordInnovation) -> InnovationRow:
    name, unit, basis, document = (
        " ".join(text.split()) for text in (command.name, command.unit, command.basis, command.document)
    )
    if not name:
        raise InvalidInputError("请填写成果名称")
    if any(len(text) > LONGEST for text in (name, unit, basis, document)):
        raise InvalidInputError("每一栏最多 %(most)s 字", most=LONGEST)
    typed = command.benefit.strip()
    benefit = read_amount(typed) if typed else None
    if typed and benefit is None:
        raise InvalidInputError("看不懂经济效益“%(amount)s”，请只填以万元计的数，如 12.5", amount=typed)
    if benefit is not None and not basis:
        raise InvalidInputError("填了经济效益，须写明计算依据和期间")
    if command.on is not None and command.on > competition_day():
        raise InvalidInputError("日期 %(day)s 晚于今天", day=command.on)
    return InnovationRow("", 0, name, command.kind, command.stage, unit, (), benefit, basis, command.on, document)


def withdraw_innovation(command: WithdrawInnovation) -> None:
    """Take an innovation back: the row stays, figures and records no longer count it.

    Raises:
        InvalidInputError: no reason.
        InnovationWithdrawnError: taken back before.
        NotFoundError: no such innovation in this competition.
    """
    reason = stated_reason(command.reason)
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        stored = row_in(session, Innovation, competition.id, command.innovation_id, NotFoundError("没有这项成果"))
        if stored.withdrawal is not None:
            raise InnovationWithdrawnError("这项成果已经撤回")
        session.add(
            InnovationWithdrawal(
                innovation_id=stored.id,
                reason=reason,
                withdrawn_at=now(),
                withdrawn_by=command.actor.name,
            )
        )
        target, detail = f"innovation:{stored.id}", {"reason": reason}
        record(session, command.actor.act("innovations.withdrawn", target, competition.id, detail))
