"""How many judges the marking schemes ask for at each module, how many sit there, and how many are lacking."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from competitions.models import Competition, Event, Module, ModuleKind, Panel
from core.db import db


@dataclass(frozen=True, slots=True)
class PanelNeed:
    """One panel beside what the scheme asks for.

    Attributes:
        wanted: judges that the scheme asks for; 0 where it leaves that open or there is no scheme yet.
    """

    name: str
    seated: int
    wanted: int

    @property
    def missing(self) -> int:
        """Seats still to be filled; a panel without any judge lacks one at least."""
        return max(0, (self.wanted or 1) - self.seated)

    @property
    def surplus(self) -> int:
        """Judges above what the scheme allows; with them the result could not be computed."""
        return max(0, self.seated - self.wanted) if self.wanted else 0


@dataclass(frozen=True, slots=True)
class ModuleNeed:
    """A module that judges mark, with its panels, beside what the scheme asks for."""

    module: Module
    wanted: int
    panels: tuple[PanelNeed, ...]

    @property
    def missing(self) -> int:
        """Seats still to be filled, all panels together; a module without a panel lacks a whole one."""
        return sum(panel.missing for panel in self.panels) if self.panels else self.wanted or 1


def panel_needs(competition: Competition) -> dict[int, list[ModuleNeed]]:
    """Event id → its judged modules in order. Four queries, however many events."""
    query = (
        select(Module)
        .join(Event, Event.id == Module.event_id)
        .where(Event.competition_id == competition.id, Module.kind == ModuleKind.JUDGED)
        .order_by(Event.position, Module.position)
        .options(selectinload(Module.panels).selectinload(Panel.seats))
    )
    modules = list(db.session.scalars(query))
    wanted = seats_wanted(sorted({module.event_id for module in modules}))
    found: dict[int, list[ModuleNeed]] = {}
    for module in modules:
        seats = wanted.get(module.event_id, {}).get(module.code, 0)
        panels = tuple(PanelNeed(panel.name, len(panel.seats), seats) for panel in module.panels)
        found.setdefault(module.event_id, []).append(ModuleNeed(module, seats, panels))
    return found


def seats_wanted(event_ids: list[int]) -> Mapping[int, Mapping[str, int]]:
    """Event id → code of a module → judges that the event's scheme asks for, as the package above knows it."""
    wanted: Mapping[int, Mapping[str, int]] = current_app.config["SEATS_WANTED"](event_ids)
    return wanted
