"""Score sheets as their judges see them: which are mine, what stands on them, which aspects they ask for."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from types import MappingProxyType

from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from competitions.models import CALLED, Competition, Entrant, Event, Module
from core.auth import Actor, SignIn, SubjectKind
from core.clock import now
from core.db import db
from core.errors import NotFoundError
from scoring.engine.marks import check_mark
from scoring.engine.scheme import Node, Scheme
from scoring.models import SchemeVersion, ScoreSheet, SheetRevision
from scoring.sheets.opening import scheme_of
from scoring.sheets.seating import aspects_of_seat
from scoring.states import SheetState

MOST_ADMITTED = 5000
LAID_ASIDE = timedelta(hours=12)
"""A tablet that has not been heard of for so long is not at work beside another."""


@dataclass(frozen=True, slots=True)
class LockedSheet:
    """A sheet that the transaction at hand holds, with where it belongs."""

    row: ScoreSheet
    module_code: str
    competition_id: int
    called: int | str | None = None
    """What judges call it by now: a draw number, or the code of a work."""


def place_of(sheet: ScoreSheet) -> str:
    """What a sheet asks and of whom, but for the contestant: scheme, module and seat."""
    return f"{sheet.scheme_version_id}.{sheet.module_id}.{sheet.seat_number}"


LOCKING = (
    select(ScoreSheet, Module.code, Event.competition_id, CALLED)
    .join(Entrant, Entrant.id == ScoreSheet.entrant_id)
    .join(Module, Module.id == ScoreSheet.module_id)
    .join(Event, Event.id == Module.event_id)
    .where(ScoreSheet.id.in_(bindparam("ids", expanding=True)))
    .order_by(ScoreSheet.id)
    .with_for_update(of=ScoreSheet)
)
"""Made once: every save runs it."""


def locked_sheets(session: Session, ids: Collection[int]) -> dict[int, LockedSheet]:
    """The sheets of `ids` that exist, locked in the order of their ids, so that two devices cannot block each other."""
    found = session.execute(LOCKING, {"ids": list(ids)})
    return {row.id: LockedSheet(row, code, competition, called) for row, code, competition, called in found}


def latest(session: Session, sheet: ScoreSheet) -> SheetRevision | None:
    """The newest revision of a sheet; None if nobody has saved."""
    query = select(SheetRevision).where(SheetRevision.sheet_id == sheet.id, SheetRevision.number == sheet.revision)
    return session.scalar(query)


def stored_scheme(version_id: int) -> Scheme:
    """The scheme of a stored version, read once per process: versions never change."""
    return _scheme(db.engine.url.render_as_string(), version_id)


@lru_cache(maxsize=64)
def _scheme(_database: str, version_id: int) -> Scheme:
    version = db.session.get(SchemeVersion, version_id)
    if version is None:
        raise NotFoundError("没有这一版评分方案")
    return scheme_of(version)


@dataclass(frozen=True, slots=True)
class Paper:
    """What stands on the sheets of one seat: the aspects by id, in the order of the paper."""

    aspects: Mapping[str, Node]
    _admitted: set[tuple[str, str]]
    """Aspects with texts that were found to be marks of theirs."""

    def check(self, aspect: str, text: str) -> None:
        """Check a mark as `check_mark` does, once for each aspect and text: a hall enters the same few again and again.

        Raises:
            MarkValueError: not admitted.
        """
        if (aspect, text) in self._admitted:
            return
        check_mark(self.aspects[aspect], text)
        if len(self._admitted) >= MOST_ADMITTED:
            self._admitted.clear()
        self._admitted.add((aspect, text))


def paper_of(sheet: ScoreSheet, module_code: str) -> Paper:
    """What a sheet asks for, read once per process: versions never change."""
    return _paper(db.engine.url.render_as_string(), sheet.scheme_version_id, module_code, sheet.seat_number)


@lru_cache(maxsize=512)
def _paper(database: str, version_id: int, module_code: str, seat: int) -> Paper:
    nodes = aspects_of_seat(stored_scheme(version_id), module_code, seat)
    return Paper(MappingProxyType({node.id: node for node in nodes}), _admitted(database, version_id))


@lru_cache(maxsize=64)
def _admitted(_database: str, _version_id: int) -> set[tuple[str, str]]:
    """One set for all seats' papers of a version."""
    return set()


def aspects_on(sheet: ScoreSheet, module_code: str) -> Mapping[str, Node]:
    """The aspects that a sheet asks for, by id, in the order of the paper."""
    return paper_of(sheet, module_code).aspects


def required_aspects(sheet: ScoreSheet, module_code: str) -> list[str]:
    """Ids of the aspects without whose mark the result would wait, so that the sheet cannot be handed in."""
    scheme = stored_scheme(sheet.scheme_version_id)
    return [node_id for node_id in aspects_on(sheet, module_code) if _waits(scheme, node_id, module_code)]


def _waits(scheme: Scheme, node_id: str, module_code: str) -> bool:
    while scheme.nodes[node_id].missing == "incomplete" and scheme.nodes[node_id].counts:
        if node_id == module_code or node_id not in scheme.parents:
            return True
        node_id = scheme.parents[node_id]
    return False


@dataclass(frozen=True, slots=True)
class JudgeSheet:
    """One sheet of the signed-in judge. The entrant is its draw number or work code, without name and unit."""

    row: ScoreSheet
    draw_number: int | str | None
    entrant_status: str
    event_name: str
    module_code: str
    module_name: str
    revision: SheetRevision | None

    @property
    def marks(self) -> Mapping[str, str | None]:
        """The newest marks; empty if nothing is marked."""
        return self.revision.marks if self.revision else {}


def my_sheets(actor: Actor) -> list[JudgeSheet]:
    """All sheets of the judge, by event, module and draw number; not those of a seat that is vacant."""
    query = (
        select(ScoreSheet, CALLED, Entrant.status, Event.name, Module.code, Module.name, SheetRevision)
        .join(Module, Module.id == ScoreSheet.module_id)
        .join(Event, Event.id == Module.event_id)
        .join(Entrant, Entrant.id == ScoreSheet.entrant_id)
        .outerjoin(
            SheetRevision,
            and_(SheetRevision.sheet_id == ScoreSheet.id, SheetRevision.number == ScoreSheet.revision),
        )
        .where(ScoreSheet.judge_id == actor.judge_id, ScoreSheet.state != SheetState.VACANT)
        .order_by(Event.position, Event.id, Module.position, Entrant.draw_number, ScoreSheet.id)
    )
    return [
        JudgeSheet(row, number, status.value, event, code, module, revision)
        for row, number, status, event, code, module, revision in db.session.execute(query)
    ]


def competition_of(actor: Actor) -> Competition:
    """The competition that the judge's device is signed in to.

    Raises:
        NotFoundError: there is none.
    """
    found = db.session.get(Competition, actor.competition_id) if actor.competition_id else None
    if found is None:
        raise NotFoundError("没有这场竞赛")
    return found


def other_devices(actor: Actor) -> int:
    """On how many further devices the same judge is signed in, without those laid aside.

    Laid aside is what has long been silent and holds nothing unsent; once it is used again it counts again.
    """
    query = select(func.count(SignIn.id)).where(
        SignIn.subject_kind == SubjectKind.JUDGE,
        SignIn.subject_id == actor.judge_id,
        SignIn.id != actor.sign_in_id,
        SignIn.revoked_at.is_(None),
        SignIn.expires_at > now(),
        or_(SignIn.last_seen_at > now() - LAID_ASIDE, SignIn.unsent > 0),
    )
    return db.session.scalar(query) or 0


def progress(sheets: Sequence[JudgeSheet]) -> tuple[int, int]:
    """How many of the sheets are handed in, and how many there are."""
    return sum(sheet.row.submitted_at is not None for sheet in sheets), len(sheets)
