"""An event whose judges are to be drawn: two judged modules and a list of judges, one of whom is chief judge."""

from factories import make_actor, make_competition, make_delegation, make_entrant, make_event, make_judge, make_module
from sqlalchemy import select

from competitions.judge_draws.drawing import DrawJudges, draw_judges, seats_digest
from competitions.judge_draws.gathering import Terms
from competitions.judge_draws.models import JudgeDraw
from competitions.judge_draws.places import Size
from competitions.judges.panels import SeatJudges, seat_judges
from competitions.lifecycle import CompetitionState
from competitions.models import Competition, Module, Panel, Seat
from competitions.stages.lines import Line, Measure
from competitions.stages.linking import SetStage, set_stage
from core.audit import AuditEntry
from core.db import db, transaction
from core.permissions import Role


class Drawing:
    """A competition at the draw with `judges` ordinary judges and a chief judge; three wanted on each panel."""

    def __init__(self, judges=8, modules=("A", "B"), state=CompetitionState.DRAWING):
        self.competition_id = make_competition(state=state).id
        self.actor = make_actor(Role.ORGANISER, self.competition_id)
        self.event_id = make_event(competition_id=self.competition_id, name="焊工").id
        named = {code: make_module(event_id=self.event_id, code=code, name=f"模块{code}") for code in modules}
        self.modules = {code: module.id for code, module in named.items()}
        own = [make_judge(competition_id=self.competition_id, name=f"裁判{n}") for n in range(1, judges + 1)]
        self.judges = [judge.id for judge in own]
        self.chief = make_judge(competition_id=self.competition_id, name="总裁判长", role=Role.CHIEF_JUDGE).id

    def contestant(self, **over):
        """Somebody takes part: of the delegation and unit given."""
        delegation = make_delegation(competition_id=self.competition_id)
        return make_entrant(event_id=self.event_id, delegation=delegation, **over)

    def terms(self, **over):
        """All modules, one panel each of three, nobody of a unit twice on a panel."""
        sizes = {module: Size(1, 3) for module in self.modules.values()}
        return Terms(**({"modules": sizes} | over))

    def command(self, terms=None, **over):
        """A draw as it is asked for by who has seen all that is there."""
        db.session.rollback()
        values = {"witness": "李监督", "called_out": ("7", "42"), "actor": self.actor}
        values |= {"seen": seats_digest(db.session(), self.event_id), "earlier": len(self.made())}
        return DrawJudges(self.competition_id, self.event_id, terms or self.terms(), **(values | over))

    def draw(self, terms=None, **over):
        """Draw; returns the record's id."""
        return draw_judges(self.command(terms, **over))

    def seat(self, code, *judges, name="第1组", reason=""):
        """By hand."""
        seat_judges(SeatJudges(self.competition_id, self.modules[code], name, judges, self.actor, reason))

    def as_later_stage(self):
        """The event follows another one, and the competition is being marked."""
        before = make_event(competition_id=self.competition_id).id
        set_stage(SetStage(self.competition_id, self.event_id, before, Line(Measure.NUMBER, "2"), self.actor))
        with transaction() as session:
            session.get_one(Competition, self.competition_id).state = CompetitionState.MARKING

    def seat_elsewhere(self, *judges):
        """Judges sit in another event; returns its module and itself."""
        event_id = make_event(competition_id=self.competition_id).id
        module_id = make_module(event_id=event_id, code="X").id
        seat_judges(SeatJudges(self.competition_id, module_id, "第1组", judges, self.actor))
        return module_id, event_id

    def made(self):
        """All draws, the first one first."""
        query = select(JudgeDraw).where(JudgeDraw.event_id == self.event_id).order_by(JudgeDraw.number)
        return list(db.session.scalars(query))

    def seated(self):
        """Code of the module and name of the panel → ids of judges, seat 1 first."""
        db.session.rollback()
        query = select(Module.code, Panel.name, Seat.judge_id).join(Panel, Panel.module_id == Module.id).join(Seat)
        query = query.where(Module.event_id == self.event_id).order_by(Panel.id, Seat.number)
        found = {}
        for code, name, judge in db.session.execute(query):
            found.setdefault((code, name), []).append(judge)
        return found

    def acts(self):
        """What the competition's record of acts says of panels and draws."""
        query = select(AuditEntry).where(AuditEntry.chain == self.competition_id).order_by(AuditEntry.number)
        return [one for one in db.session.scalars(query) if one.action in ("judge_draw.made", "panel.seated")]
