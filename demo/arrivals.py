"""The morning of the demo's event that nobody has marked yet: most have come, some are awaited."""

from sqlalchemy import select

from competitions.check_in.arriving import CheckIn, check_in
from competitions.models import Contestant, Entrant
from core.auth import Actor
from core.db import db
from demo.building import Demo

ARRIVED = 26


def build(demo: Demo, organiser: Actor) -> None:
    """Check in the first contestants of the untouched event, by draw number."""
    query = select(Contestant.id).join(Entrant).where(Entrant.event_id == demo.event_ids[3])
    for contestant_id in db.session.scalars(query.order_by(Entrant.draw_number).limit(ARRIVED)).all():
        check_in(CheckIn(demo.competition_id, contestant_id, organiser))
