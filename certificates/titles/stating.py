"""One fact about one contestant by form: on an authority's document or on somebody's word; and taking a fact back."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from certificates.incoming.withdrawing import stated_reason
from certificates.titles.known import OF_A_TITLE, held_in, known_titles
from certificates.titles.models import FactKind, FactSource, HeldFact, HeldFactWithdrawal
from certificates.titles.rows import LONGEST, plain_title, remarks_on
from competitions.models import Contestant
from competitions.registration.entrants import contestant_of
from competitions.setup import locked_competition
from competitions.standards.model import LEVEL_NAMES
from core.audit import record
from core.auth import Actor
from core.clock import competition_day, now
from core.db import transaction
from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.messages import kept
from core.rows import row_in

DATED = (FactKind.PROMOTED,)


class SameFactError(ConflictError):
    """The same fact on the same word is recorded already."""

    code = "same_fact"


class FactWithdrawnError(ConflictError):
    """The fact was taken back before."""

    code = "fact_withdrawn"


@dataclass(frozen=True, slots=True)
class Statement:
    """What is stated about a person, as the form gives it."""

    kind: FactKind
    source: FactSource
    name: str = ""
    """The title, or for a promotion the level's digit."""
    authority: str = ""
    document: str = ""
    on: date | None = None
    occupation: str = ""
    occupation_code: str = ""
    stated_by: str = ""
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class StateFact:
    """Record one fact about a contestant."""

    competition_id: int
    contestant_id: int
    statement: Statement
    actor: Actor


@dataclass(frozen=True, slots=True)
class WithdrawFact:
    """Take a fact back, with the reason."""

    competition_id: int
    fact_id: int
    reason: str
    actor: Actor


def state_fact(command: StateFact) -> int:
    """Store the fact and return its id.

    Raises:
        InvalidInputError: something that the kind of fact needs is missing, too long, or dated after today.
        SameFactError: it is recorded already.
        ConflictError: the person's data were deleted.
        NotFoundError: no such contestant in this competition.
    """
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        contestant = contestant_of(competition.id, command.contestant_id)
        if contestant.person.is_erased:
            raise ConflictError("此人的个人信息已经删除")
        statement = _checked(session, command.statement)
        stored = held_in(session, competition.id, [contestant.person_id]).get(contestant.person_id, [])
        if any(_is_same(fact, statement) for fact in stored):
            raise SameFactError("同样的内容已经登记过了")
        fact = _fact(contestant, competition.id, statement, command.actor)
        session.add(fact)
        session.flush()
        detail = {
            "kind": fact.kind.value,
            "source": fact.source.value,
            "name": fact.name,
            "document": fact.document,
            "stated_by": fact.stated_by,
        }
        target = f"contestant:{contestant.id}"
        record(session, command.actor.act("titles.stated", target, competition.id, detail))
        return fact.id


def _checked(session: Session, statement: Statement) -> Statement:
    words = {
        field: " ".join(str(getattr(statement, field)).split())
        for field in ("name", "authority", "document", "occupation", "occupation_code", "stated_by", "evidence")
    }
    if any(len(word) > LONGEST for word in words.values()):
        raise InvalidInputError("每一栏最多 %(most)s 字", most=LONGEST)
    if statement.kind in OF_A_TITLE:
        words["name"] = plain_title(words["name"], known_titles(session))
        if not words["name"]:
            raise InvalidInputError("请填写称号或奖章的名称")
    if statement.source is FactSource.DECLARED and not words["stated_by"]:
        raise InvalidInputError("请写明是谁声明的，如“本人”或所在单位")
    _check_document(statement, words)
    return _only_what_belongs(statement, words)


def _check_document(statement: Statement, words: dict[str, str]) -> None:
    if statement.on is not None and statement.on > competition_day():
        raise InvalidInputError("日期 %(day)s 晚于今天", day=statement.on)
    if statement.kind in DATED and statement.on is None:
        raise InvalidInputError("请填写晋升的日期")
    if statement.source is FactSource.DECLARED:
        return
    if statement.kind is not FactKind.HELD:
        raise InvalidInputError("依据授予文件只能登记已获得的称号；其他情况请选“声明”")
    if not (words["authority"] and words["document"] and statement.on):
        raise InvalidInputError("依据授予文件登记，须写明授予机关、文号和日期")


def _only_what_belongs(statement: Statement, words: dict[str, str]) -> Statement:
    """Fields that the kind of fact has no use for stay empty, whatever was typed before it was chosen."""
    if statement.kind not in OF_A_TITLE:
        words |= {"occupation": "", "occupation_code": ""}
        is_level = statement.kind is FactKind.PROMOTED and words["name"] in map(str, LEVEL_NAMES)
        words["name"] = words["name"] if is_level else ""
    if statement.kind in (FactKind.NONE_ELSE, FactKind.NOT_PROMOTED):
        words |= {"authority": "", "document": ""}
        return Statement(statement.kind, statement.source, on=None, **words)
    return Statement(statement.kind, statement.source, on=statement.on, **words)


def _is_same(fact: HeldFact, statement: Statement) -> bool:
    told = (fact.kind, fact.source, fact.name, fact.document, fact.on)
    return told == (statement.kind, statement.source, statement.name, statement.document, statement.on)


def _fact(contestant: Contestant, competition_id: int, statement: Statement, actor: Actor) -> HeldFact:
    remarks = remarks_on(statement.document, statement.on, statement.occupation_code)
    is_document = statement.source is FactSource.RETURNED
    return HeldFact(
        competition_id=competition_id,
        contestant_id=contestant.id,
        kind=statement.kind,
        name=statement.name,
        authority=statement.authority,
        document=statement.document,
        on=statement.on,
        occupation=statement.occupation,
        occupation_code=statement.occupation_code,
        source=statement.source,
        stated_by="" if is_document else statement.stated_by,
        evidence=statement.evidence,
        remarks=[kept(remark) for remark in remarks],
        recorded_at=now(),
        recorded_by=actor.name,
    )


def withdraw_fact(command: WithdrawFact) -> None:
    """Take a fact back: the row stays, rules and records no longer count it.

    Raises:
        InvalidInputError: no reason.
        FactWithdrawnError: taken back before.
        NotFoundError: no such fact in this competition.
    """
    reason = stated_reason(command.reason)
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        fact = row_in(session, HeldFact, competition.id, command.fact_id, NotFoundError("没有这条登记"))
        if fact.withdrawal is not None:
            raise FactWithdrawnError("这条登记已经撤回")
        session.add(
            HeldFactWithdrawal(
                held_fact_id=fact.id,
                reason=reason,
                withdrawn_at=now(),
                withdrawn_by=command.actor.name,
            )
        )
        detail = {"fact": fact.id, "name": fact.name, "reason": reason}
        target = f"contestant:{fact.contestant_id}"
        record(session, command.actor.act("titles.withdrawn", target, competition.id, detail))
