"""Finding the contestant whom somebody means, among hundreds: by name and unit, as the page offers them."""

from collections import Counter
from collections.abc import Mapping

from sqlalchemy import select

from competitions.judge_ties.declaring import TieError
from competitions.models import Contestant, Entrant, Event, Person
from core.db import db


def offered_contestants(competition_id: int) -> dict[str, int]:
    """Name and unit → contestant, one line a person; the masked document number tells two with the same apart."""
    query = (
        select(Contestant.id, Contestant.person_id, Person.name, Contestant.unit, Person.document_masked)
        .join(Person, Person.id == Contestant.person_id)
        .join(Entrant, Entrant.id == Contestant.entrant_id)
        .join(Event, Event.id == Entrant.event_id)
        .where(Event.competition_id == competition_id)
        .order_by(Person.sort_key, Contestant.id)
    )
    people: dict[int, tuple[int, str, str]] = {}
    for contestant_id, person_id, name, unit, masked in db.session.execute(query):
        people.setdefault(person_id, (contestant_id, f"{name}（{unit}）" if unit else name, masked))
    often = Counter(label for _, label, _ in people.values())
    return {
        label if often[label] == 1 else f"{label} {masked}": contestant_id
        for contestant_id, label, masked in people.values()
    }


def chosen_contestant(offered: Mapping[str, int], written: str) -> int:
    """The contestant who is meant by a line of the list, or by a name that only one has.

    Raises:
        TieError: nobody, or several.
    """
    written = written.strip()
    if written in offered:
        return offered[written]
    found = [key for label, key in offered.items() if label.split("（")[0].split(" ")[0] == written]
    if len(found) > 1:
        raise TieError("有 %(n)s 名选手叫“%(name)s”，请从列表里选", n=len(found), name=written)
    if not found:
        raise TieError("没有选手“%(name)s”，请从列表里选", name=written)
    return found[0]
