"""Where a handed-over sheet belongs, for the tally that the chief judge reads: never with the entrant's name."""

from collections.abc import Iterable
from typing import Protocol

from sqlalchemy import select

from competitions.models import CALLED, Entrant, Event, Module
from core.db import db
from scoring.models import ScoreSheet


class SheetPart(Protocol):
    """A tally of something that belongs to one sheet."""

    sheet_id: int
    title: str
    number: int | str | None


def name_sheets(tallies: Iterable[SheetPart]) -> None:
    """Fill in event, module and draw number or work code; a sheet that is not there keeps neither."""
    tallies = list(tallies)
    query = (
        select(ScoreSheet.id, Event.name, Module.name, CALLED)
        .join(Module, Module.id == ScoreSheet.module_id)
        .join(Event, Event.id == Module.event_id)
        .join(Entrant, Entrant.id == ScoreSheet.entrant_id)
        .where(ScoreSheet.id.in_({tally.sheet_id for tally in tallies}))
    )
    places = {sheet: (f"{event} · {module}", number) for sheet, event, module, number in db.session.execute(query)}
    for tally in tallies:
        tally.title, tally.number = places.get(tally.sheet_id, ("", None))
