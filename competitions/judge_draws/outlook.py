"""What a draw of judges would be made from, to be shown before it: who takes part, who does not and why, what lacks."""

from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from competitions.judge_draws.drawing import shortage_error
from competitions.judge_draws.gathering import Gathered, Terms, Why, gather
from competitions.judge_draws.lots import shortage_of
from competitions.judge_draws.places import SeatsOpenError
from competitions.judges.wanting import seats_wanted
from competitions.models import Event
from core.errors import DomainError
from core.messages import said


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is known before a draw. It says nothing of what will be drawn: nobody can know that.

    Attributes:
        gathered: None where these terms cannot be drawn by at all.
        problem: why they cannot, or what is lacking; empty where every seat can be drawn.
    """

    gathered: Gathered | None
    problem: str

    @property
    def seats(self) -> int:
        """How many seats would be drawn."""
        return sum(panel.seats for panel in self.gathered.lots.panels) if self.gathered else 0

    @property
    def candidates(self) -> int:
        """How many judges take part."""
        return len(self.gathered.lots.candidates) if self.gathered else 0

    def why(self, judge_id: int) -> Why:
        """Whether a judge takes part, and why not."""
        return self.gathered.why.get(judge_id, Why.IN) if self.gathered else Why.IN


def outlook_of(session: Session, event: Event, terms: Terms) -> Outlook:
    """How a draw by these terms stands now. Who takes part is told also while nobody has said how many are wanted."""
    try:
        gathered = gather(session, event, terms, seats_wanted([event.id]).get(event.id, {}))
    except SeatsOpenError as error:
        one_each = {module_id: replace(size, seats=1) for module_id, size in terms.modules.items()}
        return replace(outlook_of(session, event, replace(terms, modules=one_each)), problem=_said(error))
    except DomainError as error:
        return Outlook(None, _said(error))
    shortage = shortage_of(gathered.lots) if gathered.lots.panels else None
    return Outlook(gathered, _said(shortage_error(gathered, shortage)) if shortage else "")


def _said(error: DomainError) -> str:
    return said(error.message, **error.params)
