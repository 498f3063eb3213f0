"""A competition of last year, after which a new one is set up."""

from datetime import date

from awarded import PRIZES
from factories import make_account, make_competition, make_delegation, make_entrant, make_event, make_judge, stored
from marked import SCHEME

from competitions.copying.copying import CopyCompetition, copy_competition
from competitions.lifecycle import CompetitionState
from competitions.models import Level, Programme
from competitions.setup import CompetitionFacts, ProgrammeFacts, Terms
from core.auth import Actor, SubjectKind
from core.clock import now
from core.permissions import Role
from scoring.engine.scheme_document import scheme_from_document
from scoring.jury.models import ContestantSigns, JudgingSetting
from scoring.schemes.copying import copy_marking
from scoring.sheets.opening import AdoptScheme, adopt_scheme

PACK = "hebei.provincial-skills-contest.2025"


class LastYear:
    """A competition of last year with an event, its scheme, two delegations, a judge and a contestant."""

    def __init__(self):
        self.admin_id = make_account(role=Role.SYSTEM_ADMIN).id
        self.admin = Actor(SubjectKind.ACCOUNT, self.admin_id, "管理员", 0, {None: frozenset({Role.SYSTEM_ADMIN})})
        competition = make_competition(title="2025年大赛", state=CompetitionState.PREPARING, appeal_hours=2)
        self.id = competition.id
        stored(Programme(competition_id=self.id, name="省赛", class_name="一类", pack_id=PACK, filed_with=["省妇联"]))
        self.event_id = make_event(
            competition_id=self.id,
            name="焊工",
            position=1,
            group_name="职工",
            occupation_code="6-18-02-04",
            top_level=1,
            prize_rules=PRIZES,
        ).id
        command = AdoptScheme(self.id, self.event_id, scheme_from_document(SCHEME), "焊工.xlsx", (), self.admin)
        adopt_scheme(command)
        adopt_scheme(command)
        setting = JudgingSetting(event_id=self.event_id, is_blind=False, changed_at=now(), changed_by="赵组织")
        setting.contestant_signs = ContestantSigns.ALL
        stored(setting)
        self.delegation = make_delegation(competition_id=self.id, name="唐山市", home="130200", position=1)
        make_delegation(competition_id=self.id, name="雄安新区", home="", position=2)
        make_judge(competition_id=self.id)
        make_entrant(event_id=self.event_id, delegation=self.delegation)

    def facts(self, **over):
        values = {
            "title": "2026年大赛",
            "level": Level.PROVINCE,
            "jurisdiction": "130000",
            "host": "省总工会",
            "opens_on": date(2026, 10, 18),
            "closes_on": date(2026, 10, 20),
            "programmes": (ProgrammeFacts("省赛", "一类", PACK),),
            "terms": Terms(None, 4, None, None),
        }
        return CompetitionFacts(**(values | over))

    def copy(self, **over):
        return copy_competition(CopyCompetition(self.id, self.facts(**over), self.admin), copy_marking)
