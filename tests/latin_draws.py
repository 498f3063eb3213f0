"""Judges drawn in Latin letters: one left out, one replaced by hand since, a seat drawn again."""

from factories import make_module

from competitions.judge_draws.drawing import DrawJudges, draw_judges, seats_digest
from competitions.judge_draws.gathering import Terms
from competitions.judge_draws.places import Size
from competitions.judges.panels import SeatJudges, seat_judges
from core.auth import Actor
from core.db import db


def make_judge_draws(competition_id: int, event_id: int, judge_ids: list[int], organiser: Actor) -> None:
    """Two draws of an event's judges, for which nobody but the last of the list is a chief judge."""
    module_id = make_module(event_id=event_id, code="F", name="Final piece").id
    for number, (left_out, reason) in enumerate((((), ""), (tuple(judge_ids[2:3]), "Seat 2 fell ill"))):
        terms = Terms({module_id: Size(1, 2)}, left_out=frozenset(left_out), new_name="Panel %(n)s")
        db.session.rollback()
        seen = seats_digest(db.session(), event_id)
        about = {"earlier": number, "reason": reason, "left_out_reason": "On leave" if left_out else ""}
        draw_judges(DrawJudges(competition_id, event_id, terms, "Wang", ("7", "42"), organiser, seen, **about))
        command = SeatJudges(competition_id, module_id, "Panel 1", (judge_ids[0],), organiser, "Seat 2 fell ill")
        seat_judges(command)
