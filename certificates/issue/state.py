"""What an issue rests on, as one digest: checking ten thousand people takes a while, and is done before writing."""

import hashlib
import json
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from certificates.materials.freezing import Chosen
from certificates.models import Award, Certificate, CertificateState
from competitions.models import Competition, Contestant, Delegation, Entrant, Event, Person


def state_of(session: Session, competition: Competition, event: Event, snapshot_id: int, chosen: Chosen) -> str:
    """A digest of everything that a plan reads: whoever is planned for, what stands on the paper, how it is drawn.

    It reads columns and no objects, so that it takes a fraction of the time of the plan.

    Args:
        session: for reading, or inside the transaction that acts on the plan.
        competition, event: whose prizes.
        snapshot_id: of the final result.
        chosen: the layout with its materials as they are now.
    """
    digest = hashlib.sha256()
    head = [competition.title, event.name, event.group_name, event.form, event.prize_rules, snapshot_id]
    digest.update(json.dumps([head, _drawing(chosen)], sort_keys=True, default=str).encode())
    for query in (_people(snapshot_id), _in_force(event.id)):
        for row in session.execute(query):
            digest.update(repr(tuple(row)).encode())
    return digest.hexdigest()


def _drawing(chosen: Chosen) -> list[Any]:
    seals = sorted((name, seal.id, seal.owner) for name, seal in chosen.seals.items())
    return [chosen.layout.digest, sorted(chosen.images.items()), seals, chosen.fonts]


def _people(snapshot_id: int) -> Select[Any]:
    return (
        select(
            Award.id,
            Award.prize,
            Award.contest_rank,
            Award.held_between,
            Award.decided_by,
            Contestant.id,
            Contestant.unit,
            Contestant.identity,
            Person.name,
            Delegation.name,
        )
        .join(Entrant, Entrant.id == Award.entrant_id)
        .join(Delegation, Delegation.id == Entrant.delegation_id)
        .join(Contestant, Contestant.entrant_id == Entrant.id)
        .join(Person, Person.id == Contestant.person_id)
        .where(Award.snapshot_id == snapshot_id)
        .order_by(Contestant.id)
    )


def _in_force(event_id: int) -> Select[int, int]:
    return (
        select(Certificate.id, Certificate.contestant_id)
        .join(Award, Award.id == Certificate.award_id)
        .where(Award.event_id == event_id, Certificate.state == CertificateState.VALID)
        .order_by(Certificate.id)
    )
