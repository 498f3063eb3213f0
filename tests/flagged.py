"""Makers for what follows from flags: an assessed result under the pack of Hebei, approved flags of every kind."""

from collections.abc import Sequence

from awarded import Published, Row, make_awarded
from factories import make_competition, stored
from sqlalchemy import select

from certificates.flags.recommending import AssessFlags, DecideFlags, assess_flags, decide_flags
from certificates.models import FlagState, Recommendation
from competitions.models import Programme
from core.clock import now
from core.db import db

HEBEI = "hebei.provincial-skills-contest.2025"
MEDALS = {
    "prizes": [{"name": name, "number": 1} for name in ("金牌", "银牌", "铜牌")],
    "rounding": "half_up",
    "tie": "hold",
    "minimum": 0,
}


def make_flagged(rows: Sequence[Row] = ()) -> Published:
    """A final result of at least eight under the pack of Hebei, with medals, assessed."""
    competition = make_competition()
    stored(
        Programme(competition_id=competition.id, name="河北省职业技能大赛", class_name="", pack_id=HEBEI, filed_with=[])
    )
    rows = [*rows]
    rows += [Row(str(rank)) for rank in range(len(rows) + 1, 9)]
    found = make_awarded(rows, competition=competition, prize_rules=MEDALS, occupation_code="6-18-02-04")
    assess_flags(AssessFlags(found.competition_id, found.event_id, found.organiser))
    return found


def approve(published: Published, count: int = 1, reason: str = "材料齐全") -> list[int]:
    """Approve the first flags in the order of places."""
    db.session.expire_all()
    flags = db.session.scalars(select(Recommendation).order_by(Recommendation.contestant_id, Recommendation.id))
    ids = [flag.id for flag in flags if flag.decision == "flagged"][:count]
    decide_flags(DecideFlags(published.competition_id, tuple(ids), FlagState.APPROVED, reason, published.organiser))
    return ids


def add_flag(published: Published, benefit: str, name: str, pack_id: str, position: int = 1) -> Recommendation:
    """An approved flag of another kind, with the reasons of the promotion."""
    flag = db.session.scalars(select(Recommendation)).first()
    values = {"snapshot_id": published.snapshot_id, "event_id": published.event_id, "answer": flag.answer}
    values |= {"contestant_id": published.contestant_ids[position - 1], "pack_id": pack_id, "benefit": benefit}
    return stored(
        Recommendation(
            **values, name=name, decision="flagged", state=FlagState.APPROVED, decided_by="赵组织", decided_at=now()
        )
    )
