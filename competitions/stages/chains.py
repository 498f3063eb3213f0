"""The events of a competition as chains of stages: 初赛, 复赛, 决赛; an event without stages is a chain of its own."""

from collections.abc import Iterable, Mapping, Sequence

from competitions.models import Event
from competitions.stages.models import EventStage


def chains_of(events: Iterable[Event], stages: Mapping[int, EventStage]) -> list[Sequence[Event]]:
    """Chains of several stages first, each from its first stage on, in the order of the events.

    Args:
        events: of one competition, in their order.
        stages: event id → its stage, as `reading.stages_of` gives them.
    """
    known = {event.id: event for event in events}
    after = {stage.follows_id: event_id for event_id, stage in stages.items()}
    found: list[Sequence[Event]] = []
    for first in known.values():
        if first.id not in stages:
            chain, here = [first], after.get(first.id)
            while here is not None:
                chain.append(known[here])
                here = after.get(here)
            found.append(chain)
    return sorted(found, key=lambda chain: len(chain) == 1)
