"""How the way from one stage to the next stands: what the line says, what was decided, what a new result changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from competitions.events.defining import event_of
from competitions.models import Entrant, EntrantStatus, Event
from competitions.stages.models import EventStage
from competitions.stages.reading import source_of
from core.errors import NotFoundError
from scoring.engine.exact import number
from scoring.models import Publication, ResultLine
from scoring.results.computing import newest_publication
from scoring.results.standings import with_people
from scoring.stages.models import StageDecision
from scoring.stages.proposing import Fate, Standing, fates

GONE = (EntrantStatus.ABSENT, EntrantStatus.WITHDRAWN, EntrantStatus.DISQUALIFIED)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One entrant of the earlier stage.

    Attributes:
        line: of the published result.
        fate: what the line says by it.
        decision: what was decided last, if anything was.
    """

    line: ResultLine
    fate: Fate
    decision: StageDecision | None

    @property
    def entrant(self) -> Entrant:
        """The entrant in the earlier stage."""
        return self.line.entrant

    @property
    def is_gone(self) -> bool:
        """Whether it withdrew, or was found absent or disqualified, whatever place the result gives it."""
        return self.entrant.status in GONE

    @property
    def went_on(self) -> bool:
        """Whether it is in the next stage."""
        return self.decision is not None and self.decision.goes_on

    @property
    def is_left_out(self) -> bool:
        """Whether a person decided that it does not go on."""
        return self.decision is not None and not self.decision.goes_on

    @property
    def is_due(self) -> bool:
        """Whether the next press takes it on."""
        return self.fate is Fate.GOES and self.decision is None and not self.is_gone

    @property
    def is_undecided(self) -> bool:
        """Whether it is tied on the line and nobody has said what becomes of the tie."""
        return self.fate is Fate.TIED and self.decision is None and not self.is_gone

    @property
    def fell_back(self) -> bool:
        """Whether it went on by a line that it no longer reaches, because another result was published."""
        if self.decision is None or self.decision.by_name:
            return False
        return self.decision.goes_on and self.fate not in (Fate.GOES, Fate.TIED)


@dataclass(frozen=True, slots=True)
class Way:
    """The way into one event. `publication` is None until the earlier stage has a published result."""

    stage: EventStage
    earlier: Event
    """From whose result people come: the last stage before this one that was held."""
    publication: Publication | None
    candidates: Sequence[Candidate]
    missing: Sequence[StageDecision]
    """Decisions upon entrants of whom the published result says nothing any more."""

    @property
    def seen(self) -> str:
        """What the page shows: result and line. A press made upon another one is refused."""
        return f"{self.publication.id if self.publication else 0}/{self.stage.line}"

    @property
    def was_walked(self) -> bool:
        """Whether anything was decided before."""
        return bool(self.missing) or any(one.decision for one in self.candidates)

    @property
    def is_republished(self) -> bool:
        """Whether a decision was made upon an earlier published result than the one that holds."""
        decided = [one.decision for one in self.candidates if one.decision] + list(self.missing)
        return self.publication is not None and any(one.publication_id != self.publication.id for one in decided)

    def counted(self, name: str) -> int:
        """How many candidates have the property `name`."""
        return sum(bool(getattr(one, name)) for one in self.candidates)


def way_into(session: Session, competition_id: int, event_id: int) -> Way:
    """How people come into an event from the stage before it.

    Raises:
        NotFoundError: no such event, or it follows none.
    """
    event = event_of(session, competition_id, event_id)
    stage = session.get(EventStage, event.id)
    if stage is None:
        raise NotFoundError("“%(event)s”不承接别的赛项", event=event.title)
    earlier = source_of(session, stage)
    publication = newest_publication(session, earlier.id)
    decisions = _decisions(session, event.id)
    if publication is None:
        return Way(stage, earlier, None, (), tuple(decisions.values()))
    query = select(ResultLine).where(ResultLine.snapshot_id == publication.snapshot_id).order_by(ResultLine.position)
    lines = list(session.scalars(query.options(*with_people())))
    found = fates([_standing(line) for line in lines], stage.line)
    candidates = [Candidate(line, found[line.entrant_id], decisions.pop(line.entrant_id, None)) for line in lines]
    return Way(stage, earlier, publication, candidates, tuple(decisions.values()))


def _standing(line: ResultLine) -> Standing:
    rank = None if line.rank is None else Fraction(line.rank)
    return Standing(line.entrant_id, rank, None if line.total is None else number(line.total))


def _decisions(session: Session, event_id: int) -> dict[int, StageDecision]:
    """Entrant of the earlier stage → what was decided last."""
    query = select(StageDecision).where(StageDecision.event_id == event_id).order_by(StageDecision.id)
    rows: Mapping[int, StageDecision] = {
        row.source_id: row for row in session.scalars(query.options(joinedload(StageDecision.source)))
    }
    return dict(rows)
