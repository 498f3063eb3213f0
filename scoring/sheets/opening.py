"""Opening an event for marking: a scheme is adopted, then every seat gets a sheet for every entrant."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from competitions.events.defining import ModuleFacts, event_of, set_modules
from competitions.lifecycle import CompetitionState
from competitions.models import Competition, Entrant, Event, Module, ModuleKind
from competitions.setup import locked_competition
from competitions.stages.reading import not_held
from core.audit import record
from core.auth import Actor
from core.clock import now
from core.db import db, transaction
from core.errors import ConflictError
from core.messages import kept
from scoring.engine.exact import Rounding, decimal_text, round_exact
from scoring.engine.scheme import Node, Scheme
from scoring.engine.scheme_document import scheme_from_document
from scoring.models import SchemeVersion, ScoreSheet, SheetRevision
from scoring.paper_entry.models import has_paper
from scoring.sheets.dealing import (
    GONE,
    Chair,
    chairs_of,
    drop_unblind,
    entrants_to_mark,
    marked_by_code,
    panel_of,
    reseat,
)
from scoring.sheets.seating import (
    EXTERNAL_SEAT,
    judges_wanted,
    module_kind,
    modules_of,
    require_seatable,
    share_of,
)

OVER = (
    CompetitionState.PUBLIC_NOTICE,
    CompetitionState.AWARDING,
    CompetitionState.ARCHIVED,
    CompetitionState.CALLED_OFF,
)
"""Where nobody is marked any more."""


@dataclass(frozen=True, slots=True)
class AdoptScheme:
    """Make `scheme`, read from a file called `source_name`, the scheme of an event.

    Attributes:
        based_on: number of the version that stood when somebody looked at the scheme, 0 for none; None where nobody
            did. Beside another version it is not adopted.
    """

    competition_id: int
    event_id: int
    scheme: Scheme
    source_name: str
    warnings: tuple[str, ...]
    actor: Actor
    based_on: int | None = None


def adopt_scheme(command: AdoptScheme) -> int:
    """Store a further version of the event's scheme and return its number; modules follow it.

    Sheets opened under an earlier version are closed away as long as nobody has marked.

    Raises:
        NotFoundError: no such event in this competition.
        ConflictError: marking has begun and the scheme is frozen, or another version was adopted in between.
    """
    with transaction() as session:
        locked_competition(session, command.competition_id)
        event = event_of(session, command.competition_id, command.event_id)
        if has_marks(event.id):
            raise ConflictError("“%(event)s”已开始评分，评分方案不能再更换", event=event.name)
        newest = _newest_number(session, event.id) or 0
        if command.based_on not in (None, newest):
            raise ConflictError("您查看之后，有人采用了第 %(n)s 版评分方案；请重新上传，看过差别再采用", n=newest)
        drop_sheets(session, event.id)
        number = 1 + newest
        session.add(
            SchemeVersion(
                event_id=event.id,
                number=number,
                document=command.scheme.to_document(),
                source_name=command.source_name,
                warnings=[kept(warning) for warning in command.warnings],
                adopted_at=now(),
                adopted_by=command.actor.key,
            )
        )
        set_modules(session, event, [_module_facts(command.scheme, node) for node in modules_of(command.scheme)])
        detail = {"number": number, "file": command.source_name, "warnings": len(command.warnings)}
        act = command.actor.act("scheme.adopted", f"event:{event.id}", command.competition_id, detail)
        record(session, act)
        return number


def _newest_number(session: Session, event_id: int) -> int | None:
    return session.scalar(select(func.max(SchemeVersion.number)).where(SchemeVersion.event_id == event_id))


def _module_facts(scheme: Scheme, node: Node) -> ModuleFacts:
    stage = scheme.nodes[node.stage].label if node.stage and node.stage in scheme.nodes else ""
    return ModuleFacts(
        code=node.id, name=node.label, kind=module_kind(scheme, node), weight=weight_of(scheme, node), stage=stage
    )


def weight_of(scheme: Scheme, node: Node) -> str:
    """The share of a module in percent, as a decimal string; empty where marks are simply added.

    It is for reading, two places at most: the engine reckons with the scheme itself.
    """
    share = share_of(scheme, node)
    return "" if share is None else decimal_text(round_exact(share * 100, Rounding.to_places(2)))


@dataclass(frozen=True, slots=True)
class OpenSheets:
    """Give every seat of an event its sheets."""

    competition_id: int
    event_id: int
    actor: Actor


def open_sheets(command: OpenSheets) -> int:
    """Create the sheets that are missing and return how many; doing it again adds only what is new.

    Untouched sheets go to who sits there now.

    Raises:
        NotFoundError: no such event in this competition.
        ConflictError: no scheme, no draw, a judged module without a panel, or the competition is past its review.
        SeatNameError: the scheme names a panel's judges otherwise than by seat.
    """
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        event = event_of(session, competition.id, command.event_id)
        return open_event(session, competition, event, command.actor)


def open_event(session: Session, competition: Competition, event: Event, actor: Actor) -> int:
    """The same within a transaction that another use case has opened; refuses before anything is written."""
    if competition.state in OVER:
        raise ConflictError("竞赛已过复核，不能再生成评分表")
    if event.id in not_held(session, competition.id):
        raise ConflictError("“%(event)s”已登记为没有举行，不生成评分表", event=event.name)
    version = current_scheme(session, event.id)
    if version is None:
        raise ConflictError("“%(event)s”还没有评分方案", event=event.name)
    entrants, scheme = entrants_to_mark(session, event), scheme_of(version)
    require_seatable(scheme)
    panels = {module: chairs_of(session, module, scheme) for module in event.modules}
    for module, chairs in panels.items():
        if not chairs:
            raise ConflictError("模块“%(module)s”还没有裁判组", module=module.name)
    works = marked_by_code(session, event)
    if works is not None and not works and all(module.kind is ModuleKind.JUDGED for module in panels):
        raise ConflictError("“%(event)s”的作品还没有编码", event=event.name)
    moved = reseat(session, panels)
    made = _deal(session, version.id, panels, entrants, works)
    detail = {"sheets": made} | ({"reseated": moved} if moved else {})
    record(session, actor.act("sheets.opened", f"event:{event.id}", competition.id, detail))
    return made


def follow_seats(session: Session, event_id: int) -> None:
    """Bring an event's sheets to its panels and draw, which have just changed; inside that transaction.

    Raises:
        ConflictError: somebody has marked, and who sits where is part of what was marked.
    """
    event = session.get_one(Event, event_id)
    touched = select(ScoreSheet.id).join(Module, Module.id == ScoreSheet.module_id).where(Module.event_id == event_id)
    is_marked = or_(ScoreSheet.revision > 0, has_paper())
    if session.scalar(touched.where(is_marked, ScoreSheet.seat_number != EXTERNAL_SEAT).limit(1)):
        raise ConflictError("“%(event)s”已有裁判打过分，裁判组和抽签不能再改；要换人请用“换裁判”", event=event.name)
    version = current_scheme(session, event_id)
    if version is None or session.scalar(touched.limit(1)) is None:
        return
    if event_id in not_held(session, event.competition_id):
        for sheet in session.scalars(select(ScoreSheet).where(ScoreSheet.id.in_(touched), ScoreSheet.revision == 0)):
            session.delete(sheet)
        return
    scheme = scheme_of(version)
    panels = {module: chairs_of(session, module, scheme) for module in event.modules}
    works = marked_by_code(session, event)
    if works is not None:
        drop_unblind(session, event_id)
    reseat(session, panels)
    drawn = (Entrant.draw_number.is_not(None), Entrant.work_code.is_(None))
    entrants = session.scalars(select(Entrant).where(Entrant.event_id == event_id, Entrant.status.not_in(GONE), *drawn))
    _deal(session, version.id, {m: chairs for m, chairs in panels.items() if chairs}, entrants.all(), works)


def _deal(
    session: Session,
    scheme_id: int,
    panels: Mapping[Module, Sequence[list[Chair]]],
    entrants: Sequence[Entrant],
    works: Sequence[Entrant] | None,
) -> int:
    """Make what is missing; judges get works in place of entrants where these are marked by code."""
    return sum(
        _add_missing(
            session,
            module,
            scheme_id,
            entrants if works is None or module.kind is ModuleKind.EXTERNAL else works,
            chairs,
        )
        for module, chairs in panels.items()
    )


def _add_missing(
    session: Session, module: Module, scheme_id: int, entrants: Sequence[Entrant], panels: Sequence[list[Chair]]
) -> int:
    held = set(
        session.execute(select(ScoreSheet.entrant_id, ScoreSheet.seat_number).where(ScoreSheet.module_id == module.id))
    )
    new = [
        ScoreSheet(
            module_id=module.id,
            entrant_id=entrant.id,
            seat_number=seat,
            judge_id=judge,
            scheme_version_id=scheme_id,
            submitted_at=None,
            confirmed_at=None,
            confirmed_by=None,
        )
        for entrant in entrants
        for seat, judge in panel_of(entrant.draw_number or 1, panels)
        if (entrant.id, seat) not in held
    ]
    session.add_all(new)
    return len(new)


def current_scheme(session: Session, event_id: int) -> SchemeVersion | None:
    """The newest version of an event's scheme."""
    query = select(SchemeVersion).where(SchemeVersion.event_id == event_id)
    return session.scalar(query.order_by(SchemeVersion.number.desc()).limit(1))


def has_scheme(event_id: int) -> bool:
    """Whether a scheme has been adopted for this event."""
    return current_scheme(db.session(), event_id) is not None


def current_schemes(session: Session, event_ids: Sequence[int]) -> dict[int, SchemeVersion]:
    """Event id → the newest version of its scheme, for those that have one. One query."""
    newest = select(func.max(SchemeVersion.id)).where(SchemeVersion.event_id.in_(event_ids))
    query = select(SchemeVersion).where(SchemeVersion.id.in_(newest.group_by(SchemeVersion.event_id)))
    return {version.event_id: version for version in session.scalars(query)}


def seats_wanted(event_ids: Sequence[int]) -> dict[int, dict[str, int]]:
    """How many judges the current schemes ask for, by event and code of the module; only events with a scheme."""
    found = {}
    for event_id, version in current_schemes(db.session(), event_ids).items():
        scheme = scheme_of(version)
        found[event_id] = {node.id: judges_wanted(scheme, node.id) for node in modules_of(scheme)}
    return found


def has_marks(event_id: int) -> bool:
    """Whether anybody has saved a mark in this event, or typed one from paper."""
    query = select(ScoreSheet.id).join(Module, Module.id == ScoreSheet.module_id).where(Module.event_id == event_id)
    is_marked = or_(exists().where(SheetRevision.sheet_id == ScoreSheet.id), has_paper())
    return db.session.scalar(query.where(is_marked).limit(1)) is not None


def drop_sheets(session: Session, event_id: int) -> None:
    """Take away the untouched sheets of an event, before its scheme, draw or panels change."""
    modules = select(Module.id).where(Module.event_id == event_id)
    inside = select(ScoreSheet).where(ScoreSheet.module_id.in_(modules))
    if session.scalar(inside.where(or_(ScoreSheet.revision > 0, has_paper())).limit(1)) is not None:
        raise ConflictError("已有评分，不能更改")
    for sheet in session.scalars(inside):
        session.delete(sheet)
    session.flush()


def scheme_of(version: SchemeVersion) -> Scheme:
    """The scheme of a stored version."""
    return scheme_from_document(version.document)
