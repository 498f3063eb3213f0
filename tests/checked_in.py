"""A competition on its day, with contestants who come to check in."""

from factories import make_actor, make_competition, make_delegation, make_entrant, make_event, make_person, stored

from competitions.check_in.arriving import CheckIn, EndCheckIn, check_in, end_check_in, reverse
from competitions.lifecycle import CompetitionState
from competitions.models import Competition, Contestant, Entrant
from core.db import db, transaction
from core.permissions import Role


def no_marks(_event_id):
    return False


class Day:
    """A competition on its day, with three contestants."""

    def __init__(self):
        competition = make_competition(state=CompetitionState.DRAWING)
        self.competition_id = competition.id
        self.event_id = make_event(competition_id=competition.id, name="焊工").id
        self.delegation = make_delegation(competition_id=competition.id)
        self.entrant_ids = [
            make_entrant(event_id=self.event_id, delegation=self.delegation, name=name).id
            for name in ("王到场", "李未到", "张三丰")
        ]
        self.actor = make_actor(Role.ORGANISER, self.competition_id)

    def member(self, position, listed=0):
        return db.session.get_one(Entrant, self.entrant_ids[position - 1]).members[listed]

    def come(self, position, listed=0):
        return check_in(CheckIn(self.competition_id, self.member(position, listed).id, self.actor))

    def take_back(self, position):
        reverse(CheckIn(self.competition_id, self.member(position).id, self.actor))

    def end(self, has_marks=no_marks):
        return end_check_in(EndCheckIn(self.competition_id, self.event_id, self.actor), has_marks)

    def statuses(self):
        db.session.expire_all()
        return [db.session.get_one(Entrant, key).status.value for key in self.entrant_ids]

    def set(self, position, status):
        with transaction() as session:
            session.get_one(Entrant, self.entrant_ids[position - 1]).status = status

    def state(self, state):
        with transaction() as session:
            session.get_one(Competition, self.competition_id).state = state

    def second_member(self, position):
        person = make_person(name="赵队友")
        values = {"unit": "某厂", "identity": "职工", "level": 3, "listed": 2}
        stored(Contestant(entrant_id=self.entrant_ids[position - 1], person_id=person.id, **values))
