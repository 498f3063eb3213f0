"""The page of an event's penalties: what the scheme provides, where to have one recorded, what is on record."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from competitions.events.defining import event_of
from competitions.labels import STATUS_NAMES
from competitions.setup import competition_of
from core.auth import requires, signed_in_actor
from core.db import db
from scoring.blueprint import C, bp
from scoring.penalties.reading import penalties_of, places_of
from scoring.results.computing import newest_publications
from scoring.states import STATE_NAMES


@bp.get(f"{C}/events/<int:event_id>/penalties")
@requires("sheet.board")
def penalties(competition_id: int, event_id: int) -> ResponseReturnValue:
    """Penalties of an event; `number` in the address is a draw number whose sheets are looked for."""
    session = db.session()
    event = event_of(session, competition_id, event_id)
    found = penalties_of(session, event, signed_in_actor())
    number = request.args.get("number", type=int)
    return render_template(
        "scoring/penalties.html",
        competition=competition_of(competition_id),
        event=event,
        found=found,
        number=number,
        places=places_of(session, event, found.rules, number) if number is not None else [],
        publication=newest_publications(session, [event.id]).get(event.id),
        states=STATE_NAMES,
        statuses=STATUS_NAMES,
    )
