"""Reading the penalties of an event: nothing is taken off that the adopted scheme does not provide.

A penalty is a mark like every other, on the sheet that the scheme gives it to; who recorded it, when and why stands
with the sheet's revisions. What a panel of judges deducts for quality is judging and not listed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from competitions.models import Entrant, EntrantStatus, Event, Judge, Module, ModuleKind
from core.audit import AuditEntry
from core.auth import Actor
from core.errors import DomainError
from scoring.engine.marks import check_mark
from scoring.engine.scheme import Node, Scheme
from scoring.jury.blindness import closed_pairs, opened_by
from scoring.jury.sheet_company import worth
from scoring.models import ScoreSheet, SheetRevision
from scoring.schemes.outline import KINDS, is_lost, worth_of
from scoring.sheets.board import OUT as GONE
from scoring.sheets.board import saver_names
from scoring.sheets.opening import current_scheme
from scoring.sheets.reading import stored_scheme
from scoring.sheets.seating import EXTERNAL_SEAT, LEAD_SEAT, aspects_of_seat, module_kind, modules_of

SEATS = (EXTERNAL_SEAT, LEAD_SEAT)
"""What is recorded once stands on the first seat's sheet, or comes in a list from outside."""
OUT = (EntrantStatus.DISQUALIFIED, EntrantStatus.WITHDRAWN)
STATUS_CHANGED = "entrant.status_changed"


@dataclass(frozen=True, slots=True)
class Rule:
    """An aspect of the scheme at which something can only be lost.

    Attributes:
        kind: a message: 扣分, 一票否决, 取消资格.
        worth: the most that can be lost, in words; empty for what excludes.
        is_outside: whether it comes in a list from outside and not from a judge's sheet.
    """

    node: Node
    module: str
    kind: str
    worth: str
    is_outside: bool


@dataclass(frozen=True, slots=True)
class Penalty:
    """One that is on record.

    Attributes:
        points: what it takes off if nothing limits it; empty for what excludes.
        note: why, in the judge's words; empty where nothing was written.
        by, at: who last set it to what it is, and when.
    """

    sheet: ScoreSheet
    draw_number: int | None
    node: Node
    module: str
    value: str
    points: str
    note: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Exclusion:
    """An entrant who was taken out by status: why, by whom, when; the last two are empty where no act is on record."""

    entrant: Entrant
    by: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Place:
    """A sheet on which a penalty of one entrant is recorded; `judge` is empty for a list from outside."""

    sheet: ScoreSheet
    module: str
    judge: str
    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Penalties:
    """All of an event.

    Attributes:
        scheme: the adopted scheme; None where there is none.
        closed: entrants whose penalties are not shown yet, because not all judges have handed in.
    """

    event: Event
    scheme: Scheme | None
    rules: tuple[Rule, ...] = ()
    found: tuple[Penalty, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    closed: int = 0


def penalties_of(session: Session, event: Event, actor: Actor) -> Penalties:
    """What the scheme provides and what is on record, as far as `actor` may see it now."""
    exclusions = tuple(_exclusions(session, event))
    version = current_scheme(session, event.id)
    if version is None:
        return Penalties(event, None, exclusions=exclusions)
    scheme = stored_scheme(version.id)
    rules = tuple(_rules(scheme))
    modules = {module.id: module for module in event.modules if any(rule.module == module.code for rule in rules)}
    closed = closed_pairs(session, event.id) - opened_by(session, [module.id for module in event.modules], actor)
    hidden = {entrant for module, entrant in closed if module in modules}
    rows = [row for row in _rows(session, rules, modules) if (row.module.id, row.sheet.entrant_id) not in closed]
    found = tuple(_told(session, event.competition_id, rows))
    return Penalties(event, scheme, rules, found, exclusions, len(hidden - _out(session, event.id)))


def _out(session: Session, event_id: int) -> set[int]:
    """Whose sheets nobody waits for."""
    query = select(Entrant.id).where(Entrant.event_id == event_id, Entrant.status.in_(GONE))
    return set(session.scalars(query))


def _rules(scheme: Scheme) -> Iterator[Rule]:
    for module in modules_of(scheme):
        is_outside = module_kind(scheme, module) is ModuleKind.EXTERNAL
        for node in aspects_of_seat(scheme, module.id, EXTERNAL_SEAT if is_outside else LEAD_SEAT):
            if is_lost(node) and scheme.panel_of(node) is None:
                yield Rule(node, module.id, KINDS[node.kind], worth_of(scheme, node), is_outside)


class _Row(NamedTuple):
    """One aspect of one sheet's newest revision at which something is taken away."""

    sheet: ScoreSheet
    draw_number: int | None
    module: Module
    node: Node
    revision: SheetRevision

    @property
    def text(self) -> str:
        """The mark as it was entered."""
        return str(self.revision.marks[self.node.id])


def _rows(session: Session, rules: Sequence[Rule], modules: Mapping[int, Module]) -> list[_Row]:
    """In the order of draw numbers. One query."""
    newest = (SheetRevision.sheet_id == ScoreSheet.id) & (SheetRevision.number == ScoreSheet.revision)
    query = (
        select(ScoreSheet, Entrant.draw_number, SheetRevision)
        .join(Entrant, Entrant.id == ScoreSheet.entrant_id)
        .join(SheetRevision, newest)
        .where(ScoreSheet.module_id.in_(modules), ScoreSheet.seat_number.in_(SEATS))
        .order_by(Entrant.draw_number, ScoreSheet.module_id)
    )
    return [
        _Row(sheet, number, modules[sheet.module_id], rule.node, revision)
        for sheet, number, revision in session.execute(query)
        for rule in rules
        if rule.module == modules[sheet.module_id].code and _is_set(rule.node, revision.marks.get(rule.node.id))
    ]


def _told(session: Session, competition_id: int, rows: Sequence[_Row]) -> Iterator[Penalty]:
    first = _first_set(session, rows)
    names = saver_names(competition_id, first.values())
    for row in rows:
        since = first[row.sheet.id, row.node.id]
        yield Penalty(
            sheet=row.sheet,
            draw_number=row.draw_number,
            node=row.node,
            module=row.module.name,
            value=row.text,
            points=worth(row.node, row.text),
            note=row.revision.notes.get(row.node.id, ""),
            by=names.get(since.saved_by, since.saved_by),
            at=since.saved_at,
        )


def _is_set(node: Node, text: str | None) -> bool:
    """Whether a mark takes something away; what the scheme no longer admits is shown rather than hidden."""
    if text is None:
        return False
    try:
        return check_mark(node, text) != 0
    except DomainError:
        return True


def _first_set(session: Session, rows: Sequence[_Row]) -> Mapping[tuple[int, str], SheetRevision]:
    """Sheet and aspect to the revision since which the mark is what it is."""
    wanted: dict[int, list[str]] = {}
    for row in rows:
        wanted.setdefault(row.sheet.id, []).append(row.node.id)
    found: dict[tuple[int, str], SheetRevision] = {}
    query = select(SheetRevision).where(SheetRevision.sheet_id.in_(wanted)).order_by(SheetRevision.number)
    for revision in session.scalars(query):
        for node_id in wanted[revision.sheet_id]:
            key = (revision.sheet_id, node_id)
            if key not in found or found[key].marks.get(node_id) != revision.marks.get(node_id):
                found[key] = revision
    return found


def _exclusions(session: Session, event: Event) -> list[Exclusion]:
    entrants = session.scalars(
        select(Entrant).where(Entrant.event_id == event.id, Entrant.status.in_(OUT)).order_by(Entrant.draw_number)
    ).all()
    targets = {f"entrant:{entrant.id}": entrant.id for entrant in entrants}
    acts: dict[int, AuditEntry] = {}
    query = select(AuditEntry).where(
        AuditEntry.chain == event.competition_id,
        AuditEntry.action == STATUS_CHANGED,
        AuditEntry.target.in_(targets),
    )
    for act in session.scalars(query.order_by(AuditEntry.number)):
        acts[targets[act.target]] = act
    return [
        Exclusion(entrant, acts[entrant.id].actor_name, acts[entrant.id].at)
        if entrant.id in acts
        else Exclusion(entrant, "", None)
        for entrant in entrants
    ]


def places_of(session: Session, event: Event, rules: Sequence[Rule], draw_number: int) -> list[Place]:
    """The sheets on which penalties of the entrant with this draw number are recorded; none where nobody has it."""
    query = (
        select(ScoreSheet, Module, Judge.name)
        .join(Module, Module.id == ScoreSheet.module_id)
        .join(Entrant, Entrant.id == ScoreSheet.entrant_id)
        .outerjoin(Judge, Judge.id == ScoreSheet.judge_id)
        .where(Module.event_id == event.id, Entrant.draw_number == draw_number, ScoreSheet.seat_number.in_(SEATS))
        .order_by(Module.position)
    )
    found = []
    for sheet, module, judge in session.execute(query):
        outside = sheet.seat_number == EXTERNAL_SEAT
        nodes = tuple(rule.node for rule in rules if rule.module == module.code and rule.is_outside == outside)
        found += [Place(sheet, module.name, judge or "", nodes)] if nodes else []
    return found
