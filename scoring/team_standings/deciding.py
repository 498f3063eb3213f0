"""Whether the public sees a standing of delegations: shown as it was seen by whoever decided, or taken back."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from competitions.setup import locked_competition
from core.audit import record
from core.auth import Actor
from core.clock import now
from core.db import transaction
from core.errors import ConflictError, InvalidInputError
from scoring.models import TeamPublication
from scoring.team_standings.document import digest_of, document_of
from scoring.team_standings.formulas import TeamFormula
from scoring.team_standings.reckoning import PrizesOf, TeamStandings, team_standings


class TeamsChangedError(ConflictError):
    """The standing is no longer the one that was seen."""

    code = "teams_changed"


@dataclass(frozen=True, slots=True)
class PublishTeams:
    """Show a standing to the public from now on.

    Attributes:
        formula: how it is made.
        events: ids of the events that count; None for all that are awarded.
        seen: digest of the standing that was looked at.
        reason: why, if the public sees or saw another one.
    """

    competition_id: int
    formula: TeamFormula
    events: tuple[int, ...] | None
    seen: str
    actor: Actor
    reason: str = ""


def publish_teams(command: PublishTeams, prizes_of: PrizesOf) -> int:
    """Publish the standing and return the publication's id; the same standing again is the same publication.

    Args:
        command: see there.
        prizes_of: gives the prizes, for formulas that count them.

    Raises:
        NotFoundError: no such competition.
        TeamsChangedError: results were published, or prizes given, since the standing was looked at.
        ConflictError: there is no place to show, or prizes count and are not fixed.
        InvalidInputError: another standing was shown before, and no reason is given.
    """
    with transaction() as session:
        locked_competition(session, command.competition_id)
        found = team_standings(command.competition_id, command.formula, command.events, prizes_of)
        document = document_of(found, command.formula)
        digest = digest_of(document)
        newest = newest_decision(session, command.competition_id)
        if newest is not None and newest.is_shown and newest.digest == digest:
            return newest.id
        _check(found, digest == command.seen)
        if newest is not None and not command.reason.strip():
            raise InvalidInputError("团体总分曾经公布过，再次公布须写明理由")
        row = TeamPublication(
            competition_id=command.competition_id,
            is_shown=True,
            document=document,
            digest=digest,
            reason=command.reason.strip(),
            decided_at=now(),
            decided_by=command.actor.name,
        )
        return _kept(session, row, command.actor, "teams.published", {"formula": command.formula.key})


def _check(found: TeamStandings, is_as_seen: bool) -> None:
    if found.without_prizes:
        raise ConflictError(
            "“%(events)s”还没有确定奖项，不能公布按奖项计分的团体总分",
            events="、".join(event.name for event in found.without_prizes),
        )
    if not found.places:
        raise ConflictError("所选的赛项里没有可以计入的成绩，没有可公布的名次")
    if not is_as_seen:
        raise TeamsChangedError("您看到之后成绩或奖项有变动，请重新核对再公布")


def _kept(session: Session, row: TeamPublication, actor: Actor, action: str, more: dict[str, str]) -> int:
    session.add(row)
    session.flush()
    detail = {"digest": row.digest, "reason": row.reason} | more
    record(session, actor.act(action, f"team_publication:{row.id}", row.competition_id, detail))
    return row.id


@dataclass(frozen=True, slots=True)
class WithdrawTeams:
    """Take the published standing back; the record of it stays."""

    competition_id: int
    reason: str
    actor: Actor


def withdraw_teams(command: WithdrawTeams) -> int:
    """Show the standing no more, and return the decision's id.

    Raises:
        NotFoundError: no such competition.
        ConflictError: none is shown.
        InvalidInputError: no reason.
    """
    if not command.reason.strip():
        raise InvalidInputError("撤回公布须写明理由")
    with transaction() as session:
        locked_competition(session, command.competition_id)
        newest = newest_decision(session, command.competition_id)
        if newest is None or not newest.is_shown:
            raise ConflictError("团体总分没有公布，不必撤回")
        row = TeamPublication(
            competition_id=command.competition_id,
            is_shown=False,
            document={},
            digest="",
            reason=command.reason.strip(),
            decided_at=now(),
            decided_by=command.actor.name,
        )
        return _kept(session, row, command.actor, "teams.withdrawn", {"withdrawn": newest.digest})


def newest_decision(session: Session, competition_id: int) -> TeamPublication | None:
    """What holds now; None where nothing was ever decided."""
    query = select(TeamPublication).where(TeamPublication.competition_id == competition_id)
    return session.scalar(query.order_by(TeamPublication.id.desc()).limit(1))


def decisions_of(session: Session, competition_id: int) -> Iterable[TeamPublication]:
    """Every decision, the newest first."""
    query = select(TeamPublication).where(TeamPublication.competition_id == competition_id)
    return session.scalars(query.order_by(TeamPublication.id.desc())).all()
