"""A few sheets of the half-marked event that came on paper: typed once, typed twice and differing, taken."""

import random
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from core.auth import Actor
from core.db import db
from demo.building import Demo
from demo.course import Course
from demo.marking import invented_mark
from demo.people import SEED
from scoring.models import ScoreSheet
from scoring.paper_entry.typing_in import TypePaper, type_paper
from scoring.sheets.reading import stored_scheme
from scoring.sheets.seating import aspects_of_seat

SKILL = 0.8
ON_PAPER = 4
"""The last contestants of the event, whose judges marked on paper."""


def build(demo: Demo, course: Course, typists: Sequence[Actor]) -> None:
    """Let two typists work at the papers of the half-marked event.

    Args:
        demo: whose third event is half marked.
        course: which knows who came.
        typists: two of them.
    """
    event_id = demo.event_ids[2]
    entrants = course.entrants(event_id)[-ON_PAPER:]
    query = select(ScoreSheet.id).where(ScoreSheet.entrant_id.in_(entrants), ScoreSheet.judge_id.is_not(None))
    sheets = list(db.session.scalars(query.order_by(ScoreSheet.entrant_id, ScoreSheet.seat_number)))
    dice = random.Random(SEED + 11)  # noqa: S311  invented marks, nothing secret
    for place, sheet_id in enumerate(sheets[:-2]):
        marks = _marks(sheet_id, dice)
        _type(demo, sheet_id, marks, typists[place % 2], dice)
        if place < len(sheets) - 4:
            slips = {4: 1, 7: 2}.get(place, 0)
            _type(demo, sheet_id, _misread(marks, slips), typists[1 - place % 2], dice)


def _marks(sheet_id: int, dice: random.Random) -> dict[str, str]:
    sheet = db.session.get_one(ScoreSheet, sheet_id)
    aspects = aspects_of_seat(stored_scheme(sheet.scheme_version_id), sheet.module.code, sheet.seat_number)
    marks = {aspect.id: invented_mark(aspect, SKILL, dice) for aspect in aspects}
    return {aspect: text for aspect, text in marks.items() if text is not None}


def _misread(marks: dict[str, str], slips: int) -> dict[str, str]:
    """The same paper with some 2 taken for a 1, or any other figure for a 2."""
    levels = [aspect for aspect, text in marks.items() if text in ("1", "2", "3")]
    return marks | {aspect: "1" if marks[aspect] == "2" else "2" for aspect in levels[:slips]}


def _type(demo: Demo, sheet_id: int, marks: dict[str, str], by: Actor, dice: random.Random) -> None:
    key = UUID(int=dice.getrandbits(128), version=4)
    command = TypePaper(
        demo.competition_id, sheet_id, key, marks, by, has_blanks=True, is_signed=True, is_contestant_signed=True
    )
    type_paper(command)
