"""Keeps a chief judge of single events to these events: one guard before every page, and what lists leave out."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from flask import current_app, request
from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from competitions.judges.event_chiefs import charge_of
from competitions.models import Entrant, Module
from core.auth import Actor, current_actor
from core.db import db
from core.errors import NotAllowedError
from core.permissions import PERMISSIONS, Role
from scoring.appeals.models import Appeal
from scoring.jury.models import Revote
from scoring.models import ResultSnapshot, ScoreSheet

FREE = frozenset({"account.own", "competition.list", "competition.view", "panel.view", "sheet.mark"})
"""What of a chief judge's permissions is bound to no event: looking at the competition, marking one's own sheets."""
LISTS = frozenset({"scoring.board", "scoring.results", "scoring.substitutes", "scoring.appeals"})
"""Pages over all events that leave out what is not in somebody's charge."""


class NotInChargeError(NotAllowedError):
    """A chief judge of other events."""

    code = "not_in_charge"


def keep_to_own_events() -> None:
    """Before every request: a chief judge of single events passes only where the address names one of them.

    Whatever another role of the same person permits stays permitted. A page over the whole competition that is no
    list of `LISTS` is for who has charge of it all.

    Raises:
        NotInChargeError: by that.
    """
    args: Mapping[str, int] = request.view_args or {}
    actor, competition_id = current_actor(), args.get("competition_id")
    if actor is None or competition_id is None or request.endpoint is None:
        return
    permission = getattr(current_app.view_functions[request.endpoint], "permission", "public")
    if permission not in PERMISSIONS[Role.CHIEF_JUDGE] - FREE or request.endpoint in LISTS:
        return
    own = charge_of(actor, competition_id)
    if own is None or _without_chief(actor, competition_id).permits(permission, competition_id):
        return
    if not own.intersection(_events_named(args)):
        raise NotInChargeError("您只负责自己的赛项，这里由总裁判长或该赛项的裁判长处理")


def _without_chief(actor: Actor, competition_id: int) -> Actor:
    roles = dict(actor.roles)
    roles[competition_id] = roles.get(competition_id, frozenset()) - {Role.CHIEF_JUDGE}
    return replace(actor, roles=roles)


_EVENT_OF: Mapping[str, Callable[[int], int | None]] = {
    "module_id": lambda key: _column(Module.event_id, Module.id, key),
    "sheet_id": lambda key: _of_module(ScoreSheet.module_id, ScoreSheet.id, key),
    "revote_id": lambda key: _of_module(Revote.module_id, Revote.id, key),
    "snapshot_id": lambda key: _column(ResultSnapshot.event_id, ResultSnapshot.id, key),
    "appeal_id": lambda key: _column(Appeal.event_id, Appeal.id, key),
    "entrant_id": lambda key: _column(Entrant.event_id, Entrant.id, key),
    "event_id": lambda key: key,
}


def _events_named(args: Mapping[str, int]) -> set[int]:
    """The event that an address names, empty where it names none or parts of several."""
    named = {find(args[name]) for name, find in _EVENT_OF.items() if name in args}
    return {event for event in named if event is not None} if len(named) == 1 else set()


def _column(wanted: InstrumentedAttribute[int], key: InstrumentedAttribute[int], value: int) -> int | None:
    return db.session.scalar(select(wanted).where(key == value))


def _of_module(module: InstrumentedAttribute[int], key: InstrumentedAttribute[int], value: int) -> int | None:
    found = _column(module, key, value)
    return None if found is None else _column(Module.event_id, Module.id, found)


def is_in_charge(actor: Actor, competition_id: int) -> Callable[[int], bool]:
    """Whether an event belongs on a list for `actor`: all do, but for a chief judge of others and nothing else."""
    own = charge_of(actor, competition_id)
    if own is None or _without_chief(actor, competition_id).permits("sheet.board", competition_id):
        return lambda _event_id: True
    return own.__contains__
