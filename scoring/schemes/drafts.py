"""A scheme is looked at before it is adopted: a draft is kept as read, and adopted only beside what it was read beside.

The draft remembers the version that stood when it was read. What is adopted is therefore what was shown, with the
difference that was shown; whoever adopted something else in between has changed that difference, and is not overruled.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from competitions.events.defining import event_of
from competitions.models import Entrant, Event, Module, ModuleKind, Panel, Seat
from core.audit import record
from core.auth import Actor
from core.clock import now
from core.db import db, transaction
from core.errors import NotFoundError
from core.messages import kept, message, said_again
from scoring.engine.difference import difference
from scoring.engine.scheme import Node, Scheme
from scoring.engine.scheme_document import scheme_from_document
from scoring.formats import ReadScheme
from scoring.models import SchemeDraft, SchemeVersion, ScoreSheet
from scoring.schemes.seatless import seatless_names
from scoring.sheets.dealing import GONE
from scoring.sheets.opening import AdoptScheme, adopt_scheme, current_scheme, has_marks, scheme_of
from scoring.sheets.seating import judges_wanted, module_kind, modules_of

STAYS, NEW, LEAVES = message("保留"), message("新增"), message("删去")


@dataclass(frozen=True, slots=True)
class KeepDraft:
    """Keep what was read from a file called `source_name`, to be looked at."""

    competition_id: int
    event_id: int
    read: ReadScheme
    source_name: str
    actor: Actor


def keep_draft(command: KeepDraft) -> int:
    """Store a draft beside the version that stands now, and return its id.

    Raises:
        NotFoundError: no such event in this competition.
    """
    with transaction() as session:
        event = event_of(session, command.competition_id, command.event_id)
        document = command.read.scheme.to_document()
        draft = SchemeDraft(
            event_id=event.id,
            based_on=_number(current_scheme(session, event.id)),
            document=document,
            source_name=command.source_name,
            warnings=[kept(warning) for warning in command.read.warnings],
            read_at=now(),
            read_by=command.actor.name,
        )
        session.add(draft)
        session.flush()
        detail = {"draft": draft.id, "file": command.source_name, "digest": _digest(document)}
        record(session, command.actor.act("scheme.read", f"event:{event.id}", command.competition_id, detail))
        return draft.id


def _number(version: SchemeVersion | None) -> int:
    return 0 if version is None else version.number


def _digest(document: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(document, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class AdoptDraft:
    """Adopt what a draft shows."""

    competition_id: int
    event_id: int
    draft_id: int
    actor: Actor


def adopt_draft(command: AdoptDraft) -> int:
    """Make the draft the event's scheme and return the number of the version.

    Raises:
        NotFoundError: no such draft of this event.
        ConflictError: another version was adopted since the draft was read, or marking has begun.
    """
    draft = draft_of(db.session(), command.competition_id, command.event_id, command.draft_id)
    return adopt_scheme(
        AdoptScheme(
            competition_id=command.competition_id,
            event_id=command.event_id,
            scheme=scheme_from_document(draft.document),
            source_name=draft.source_name,
            warnings=tuple(map(said_again, draft.warnings)),
            actor=command.actor,
            based_on=draft.based_on,
        )
    )


def draft_of(session: Session, competition_id: int, event_id: int, draft_id: int) -> SchemeDraft:
    """A draft of an event.

    Raises:
        NotFoundError: there is none of this id.
    """
    event = event_of(session, competition_id, event_id)
    draft = session.get(SchemeDraft, draft_id)
    if draft is None or draft.event_id != event.id:
        raise NotFoundError("没有这份待采用的方案")
    return draft


def waiting_draft(session: Session, event_id: int) -> SchemeDraft | None:
    """The newest draft that may still be adopted."""
    query = select(SchemeDraft).where(SchemeDraft.event_id == event_id).order_by(SchemeDraft.id.desc()).limit(1)
    draft = session.scalar(query)
    return draft if draft is not None and draft.based_on == _number(current_scheme(session, event_id)) else None


@dataclass(frozen=True, slots=True)
class ModuleEffect:
    """What becomes of a module: STAYS, NEW or LEAVES.

    Attributes:
        aspects: marked in it under the draft.
        wanted: judges that the draft asks for, 0 where it leaves that open.
        seated: judges that sit there now.
        is_external: nobody judges; its marks come from a list.
    """

    name: str
    fate: str
    aspects: int
    wanted: int
    seated: int
    is_external: bool

    @property
    def is_short(self) -> bool:
        """Whether judges are missing for what the draft asks."""
        return self.fate != LEAVES and not self.is_external and self.seated < max(self.wanted, 1)


@dataclass(frozen=True, slots=True)
class Preview:
    """A draft beside the adopted scheme.

    Attributes:
        current: the version that stands now; None where none does.
        changes: sentences; None where nothing was adopted before.
        modules: what becomes of each.
        dropped: blank sheets that would be taken away.
        entrants: who would get sheets anew.
        seatless: what has to be changed before sheets can be opened, in sentences.
        is_frozen: marking has begun, nothing is adopted any more.
        is_passed: another version was adopted since the draft was read.
    """

    draft: SchemeDraft
    scheme: Scheme
    current: SchemeVersion | None
    changes: tuple[str, ...] | None
    modules: tuple[ModuleEffect, ...]
    dropped: int
    entrants: int
    seatless: tuple[str, ...]
    is_frozen: bool
    is_passed: bool

    @property
    def is_same(self) -> bool:
        """Whether the draft says what stands already."""
        return self.current is not None and self.current.document == self.draft.document

    @property
    def may_be_adopted(self) -> bool:
        """Whether a second press would make it the scheme."""
        return not (self.is_frozen or self.is_passed or self.is_same)


def preview_of(session: Session, competition_id: int, event_id: int, draft_id: int) -> Preview:
    """What adopting a draft would change; nothing is written.

    Raises:
        NotFoundError: no such draft of this event.
    """
    draft = draft_of(session, competition_id, event_id, draft_id)
    event = event_of(session, competition_id, event_id)
    scheme, current = scheme_from_document(draft.document), current_scheme(session, event_id)
    sheets = select(func.count(ScoreSheet.id)).join(Module).where(Module.event_id == event_id)
    present = select(func.count(Entrant.id)).where(Entrant.event_id == event_id, Entrant.status.not_in(GONE))
    present = present.where(Entrant.work_code.is_(None))
    return Preview(
        draft=draft,
        scheme=scheme,
        current=current,
        changes=None if current is None else tuple(difference(scheme_of(current), scheme)),
        modules=tuple(_effects(session, event, scheme)),
        dropped=session.scalar(sheets) or 0,
        entrants=session.scalar(present) or 0,
        seatless=tuple(seatless_names(scheme)),
        is_frozen=has_marks(event_id),
        is_passed=draft.based_on != _number(current),
    )


def _effects(session: Session, event: Event, scheme: Scheme) -> list[ModuleEffect]:
    seated = _seated(session, event.id)
    known = {module.code: module for module in event.modules}
    nodes = {node.id: node for node in modules_of(scheme)}
    found = [_effect(scheme, node, NEW if code not in known else STAYS, seated) for code, node in nodes.items()]
    left = [module for code, module in known.items() if code not in nodes]
    return found + [
        ModuleEffect(m.name, LEAVES, 0, 0, seated.get(m.code, 0), m.kind is ModuleKind.EXTERNAL) for m in left
    ]


def _effect(scheme: Scheme, node: Node, fate: str, seated: Mapping[str, int]) -> ModuleEffect:
    return ModuleEffect(
        name=node.label,
        fate=fate,
        aspects=len(scheme.aspects(node.id)),
        wanted=judges_wanted(scheme, node.id),
        seated=seated.get(node.id, 0),
        is_external=module_kind(scheme, node) is ModuleKind.EXTERNAL,
    )


def _seated(session: Session, event_id: int) -> dict[str, int]:
    """Seats of the largest panel of each module, by its code."""
    query = (
        select(Module.code, Panel.id)
        .join(Panel, Panel.module_id == Module.id)
        .join(Seat, Seat.panel_id == Panel.id)
        .where(Module.event_id == event_id)
    )
    sizes = Counter((code, panel) for code, panel in session.execute(query))
    found: dict[str, int] = {}
    for (code, _), size in sizes.items():
        found[code] = max(found.get(code, 0), size)
    return found
