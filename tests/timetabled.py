"""A competition whose days are to be planned: an event of one module with a panel, and four contestants."""

from datetime import datetime, timedelta

from checked_in import no_marks
from factories import (
    make_account,
    make_actor,
    make_competition,
    make_entrant,
    make_event,
    make_judge,
    make_module,
    make_panel,
    make_person,
    sign_in_account,
)
from sqlalchemy import select

from competitions.draws.drawing import RunDraw, run_draw
from competitions.lifecycle import CompetitionState
from competitions.models import Contestant
from competitions.timetable.gathering import warnings_of
from competitions.timetable.kinds import Audience, Kind
from competitions.timetable.models import TimetableSession
from competitions.timetable.planning import (
    AddSessions,
    EditSession,
    SessionFacts,
    TouchSession,
    add_sessions,
    edit_session,
)
from competitions.timetable.reading import sessions_of
from core.auth import CONTESTANT_LIFE, Subject, SubjectKind, sign_in
from core.clock import BEIJING
from core.db import db
from core.permissions import Role

NINE = datetime(2026, 10, 18, 9, tzinfo=BEIJING)
HOUR = timedelta(hours=1)
SHOWN = {"audience": Audience.EVERYONE}


class Hall:
    """A competition at the draw, with an event of one module and a panel, four contestants."""

    def __init__(self):
        self.competition_id = make_competition(state=CompetitionState.DRAWING).id
        self.actor = make_actor(Role.ORGANISER, self.competition_id)
        self.event_id = make_event(competition_id=self.competition_id, name="焊工", group_name="职工").id
        self.module_id = make_module(event_id=self.event_id, code="P", name="实操").id
        self.entrant_ids = [make_entrant(event_id=self.event_id, person=make_person()).id for _ in range(4)]
        judges = [make_judge(competition_id=self.competition_id, name=f"裁判{n}") for n in range(2)]
        make_panel(module_id=self.module_id, judges=judges)
        self.judge_ids = [judge.id for judge in judges]

    def facts(self, title="焊工比赛", begins=NINE, hours=1, **over):
        values = {"title": title, "begins_at": begins, "ends_at": begins + hours * HOUR, "kind": Kind.CONTEST}
        return SessionFacts(**(values | over))

    def add(self, *facts):
        return add_sessions(AddSessions(self.competition_id, facts, self.actor))

    def edit(self, session_id, facts, revision=1):
        edit_session(EditSession(self.competition_id, session_id, facts, revision, self.actor))

    def touch(self, session_id, revision=1, reason=""):
        return TouchSession(self.competition_id, session_id, revision, self.actor, reason)

    def draw(self, stations=2):
        command = RunDraw(self.competition_id, self.event_id, "冯监督", ("7",), self.actor, stations=stations)
        run_draw(command, no_marks)
        db.session.rollback()

    def row(self, session_id):
        db.session.rollback()
        return db.session.get(TimetableSession, session_id)

    def contestant(self, position):
        db.session.rollback()
        return db.session.scalars(select(Contestant).where(Contestant.entrant_id == self.entrant_ids[position])).one()

    def warnings(self):
        db.session.rollback()
        return warnings_of(db.session(), self.competition_id, sessions_of(db.session(), self.competition_id))

    def client(self, app, role=Role.ORGANISER):
        account = make_account(role=role, competition_id=self.competition_id)
        return sign_in_account(app.test_client(), account)

    def own_client(self, app, position):
        one = self.contestant(position)
        subject = Subject(
            SubjectKind.CONTESTANT, one.id, one.person.name, CONTESTANT_LIFE, self.competition_id, Role.CONTESTANT
        )
        client = app.test_client()
        client.set_cookie(app.config["SIGN_IN_COOKIE"], sign_in(subject, "手机"))
        return client
