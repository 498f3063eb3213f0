"""How far each delegation is: its link and devices, whom it has put down and handed in, what was decided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from competitions.enrolment.entries import count_by_state
from competitions.enrolment.handing_in import hand_ins_of
from competitions.enrolment.links import devices_by_link, links_in_force
from competitions.enrolment.models import EnrolmentHandIn, EnrolmentLink, EntryState
from competitions.models import Competition, Delegation
from core.auth import SignIn


@dataclass(frozen=True, slots=True)
class DelegationProgress:
    """One delegation."""

    delegation: Delegation
    counts: Mapping[EntryState, int] = field(default_factory=dict)
    link: EnrolmentLink | None = None
    devices: Sequence[SignIn] = ()
    hand_in: EnrolmentHandIn | None = None
    """The last one."""

    def count(self, state: str) -> int:
        """How many people are in a state."""
        return self.counts.get(EntryState(state), 0)

    @property
    def waits(self) -> bool:
        """Whether anybody of it waits for a decision."""
        return self.count(EntryState.HANDED_IN) > 0

    @property
    def total(self) -> int:
        """Everybody whom it has put down."""
        return sum(self.counts.values())

    @property
    def seen_at(self) -> datetime | None:
        """When one of its devices was heard of last."""
        return self.devices[0].last_seen_at if self.devices else None


def progress_of(competition: Competition) -> list[DelegationProgress]:
    """All delegations in their order. Five queries, however many there are."""
    counts, links = count_by_state(competition.id), links_in_force(competition.id)
    devices = devices_by_link(link.id for link in links.values())
    last: dict[int, EnrolmentHandIn] = {}
    for paper in reversed(hand_ins_of(competition.id)):
        last[paper.delegation_id] = paper
    return [
        DelegationProgress(
            one,
            counts.get(one.id, {}),
            links.get(one.id),
            devices.get(links[one.id].id, ()) if one.id in links else (),
            last.get(one.id),
        )
        for one in competition.delegations
    ]
