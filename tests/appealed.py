"""A result on notice, a contestant who disagrees, and those who rule."""

from awarded import make_published
from factories import make_actor, make_competition

from competitions.lifecycle import CompetitionState
from core.auth import Actor, SubjectKind
from core.db import db
from core.permissions import Role
from scoring.appeals.filing import FileAppeal, file_appeal
from scoring.appeals.models import Channel
from scoring.appeals.ruling import TakeStep, take_step
from scoring.appeals.states import StepKind
from scoring.models import ResultSnapshot
from scoring.results.computing import obstacles

WORDS = "第 3 项本人已完成，评分明细为 0 分，请核对记录单。"


class Case:
    """A result on notice, a contestant who disagrees, and everybody who deals with it."""

    def __init__(self, *, hours=None, is_final=False):
        competition = make_competition(appeal_hours=hours, state=CompetitionState.PUBLIC_NOTICE)
        self.published = make_published(competition=competition, is_final=is_final)
        self.competition_id = self.published.competition_id
        self.entrant_id = self.published.entrant_ids[1]
        self.panel = make_actor(Role.SUPERVISOR, self.competition_id, name="冯监督", subject_id=5)
        self.chief = make_actor(Role.CHIEF_JUDGE, self.competition_id, name="周裁判长", subject_id=6)
        roles = {self.competition_id: frozenset({Role.CONTESTANT})}
        me = self.published.contestant_ids[1]
        self.me = Actor(SubjectKind.CONTESTANT, me, "王选手", 0, roles, self.competition_id)

    def file(self, **over):
        values = {"statement": WORDS, "channel": Channel.CONTESTANT, "actor": self.me, "entrant_id": self.entrant_id}
        values |= {"may_speak_for": (self.entrant_id,)} | over
        return file_appeal(FileAppeal(self.competition_id, **values))

    def step(self, appeal_id, kind, words="经核对原始记录", actor=None):
        return take_step(TakeStep(self.competition_id, appeal_id, kind, words, actor or self.panel))

    def ruled(self, kind):
        appeal_id = self.file()
        self.step(appeal_id, StepKind.ACCEPTED)
        self.step(appeal_id, kind)
        return appeal_id

    def against(self, *, is_final=True):
        snapshot = db.session.get_one(ResultSnapshot, self.published.snapshot_id)
        return {o.code: o.message % o.params for o in obstacles(db.session(), snapshot, is_final=is_final)}
