"""A published preliminary and a final after it, and each step from the one to the other in one call."""

from awarded import Row, add_snapshot, make_published, publish
from factories import make_account, make_actor, make_competition, make_event, sign_in_account
from sqlalchemy import select

from competitions.lifecycle import CompetitionState
from competitions.models import Competition, Entrant
from competitions.stages.lines import Line, Measure
from competitions.stages.linking import SetStage, set_stage
from core.db import db
from core.permissions import Role
from scoring.stages.carrying import CarryOn, carry_on
from scoring.stages.reading import way_into

FIRST_TWO = Line(Measure.NUMBER, "2")
RANKS = ("1", "2", "3", "3", "5", "6")


class Stages:
    """A published preliminary and a final that follows it, in a competition that is being marked."""

    def __init__(self, line=FIRST_TWO, ranks=RANKS, *, is_final=True):
        self.competition_id = make_competition(state=CompetitionState.MARKING).id
        rows = [Row(rank, status="" if rank else "absent") for rank in ranks]
        competition = db.session.get_one(Competition, self.competition_id)
        self.first = make_published(rows, competition=competition, is_final=is_final, name="初赛", prize_rules={})
        self.organiser = make_actor(Role.ORGANISER, self.competition_id)
        self.final_id = make_event(competition_id=self.competition_id, name="决赛").id
        self.set(line)

    def set(self, line, event_id=None, follows_id=None):
        follows = follows_id or self.first.event_id
        set_stage(SetStage(self.competition_id, event_id or self.final_id, follows, line, self.organiser))

    @property
    def way(self):
        db.session.rollback()
        return way_into(db.session(), self.competition_id, self.final_id)

    def press(self, **over):
        over = {"seen": self.way.seen} | over
        return carry_on(CarryOn(self.competition_id, self.final_id, actor=self.organiser, **over))

    def source(self, position):
        return self.first.entrant_ids[position - 1]

    def entrants(self):
        db.session.rollback()
        query = select(Entrant).where(Entrant.event_id == self.final_id).order_by(Entrant.id)
        return list(db.session.scalars(query))

    def names(self):
        return [entrant.name for entrant in self.entrants()]

    def name(self, position):
        return self.first.entrant(position).name

    def republish(self, ranks):
        snapshot = add_snapshot(self.first.event_id, self.first.entrant_ids, [Row(rank) for rank in ranks], number=2)
        publish(self.first.event_id, snapshot, is_final=True)

    @property
    def address(self):
        return f"/scoring/competitions/{self.competition_id}/events/{self.final_id}"


def organiser_client(app, stages):
    account = make_account(role=Role.ORGANISER, competition_id=stages.competition_id)
    return sign_in_account(app.test_client(), account)
