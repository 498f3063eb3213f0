"""What only one server can read: taken out of its seals for an archive, and put under the seals of another.

In the clear an archive has neither document numbers nor telephones nor handed-in papers; under the passphrase all of
them. Masks are left out too: with the date of birth beside it a masked number is half told.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates.archive.coverage import belongs
from certificates.archive.manifest import BadArchiveError
from certificates.attachments import storing
from certificates.attachments.models import IN_FORCE, HandedInPaper
from competitions.enrolment.models import EnrolmentEntry
from competitions.models import ERASED, Person
from competitions.roster import RosterValues
from competitions.work_codes.models import WorkLayer
from competitions.work_codes.sealing import kept_document
from core.personal_data import blind_index, decrypt, encrypt, masked

PERSONAL_FACTS = ("id_number", "phone")
"""Of what a delegation stated of a person: what goes along under the passphrase alone."""


def stands_instead(table: str, row: Mapping[Any, Any]) -> dict[str, Any]:
    """What an archive has in the clear in place of the sealed columns of a row."""
    if table == "person":
        return {"is_erased": row["document_index"].startswith(ERASED)}
    if table == "enrolment_entry":
        facts = json.loads(decrypt(row["facts_sealed"]))
        return {"facts": {name: value for name, value in facts.items() if name not in PERSONAL_FACTS}}
    if table == "work_layer":
        # The codes of a layer are nobody's secret once it was opened; before that they are not told.
        layer = WorkLayer(**dict(row))
        return {"codes": None if row["opened_at"] is None else kept_document(layer)}
    return {}


def personal_of(session: Session, competition_id: int, persons: Collection[int]) -> Iterator[dict[str, Any]]:
    """What goes under the passphrase, a line each."""
    for person in session.scalars(select(Person).where(Person.id.in_(sorted(persons))).order_by(Person.id)):
        if not person.is_erased:
            phone = None if person.phone_sealed is None else decrypt(person.phone_sealed)
            yield {"person": person.id, "id_number": decrypt(person.document_sealed), "phone": phone}
    of_competition = belongs(EnrolmentEntry.__table__, competition_id)  # type: ignore[arg-type]
    for entry in session.scalars(select(EnrolmentEntry).where(of_competition).order_by(EnrolmentEntry.id)):
        facts = json.loads(decrypt(entry.facts_sealed))
        yield {"enrolment_entry": entry.id} | {name: facts[name] for name in PERSONAL_FACTS}


def papers_of(session: Session, competition_id: int) -> Iterator[tuple[str, bytes | None]]:
    """Digest and content of every handed-in paper that is still kept, each once; None where the file is lost."""
    query = select(HandedInPaper).where(
        HandedInPaper.competition_id == competition_id, HandedInPaper.state.in_(IN_FORCE)
    )
    kept = {paper.digest: paper.stored_as for paper in session.scalars(query.order_by(HandedInPaper.id))}
    for digest, name in sorted(kept.items()):
        try:
            yield digest, storing.read(name, digest)
        except storing.LostFileError:
            yield digest, None


@dataclass(frozen=True, slots=True)
class Unsealed:
    """What stood under the passphrase, by the id that the row has in the archive; empty where nothing did."""

    persons: Mapping[int, tuple[str, str | None]] = field(default_factory=dict)
    """Document number and telephone."""
    entries: Mapping[int, Mapping[str, str | None]] = field(default_factory=dict)


def unsealed(lines: Iterable[Mapping[str, Any]]) -> Unsealed:
    """What `personal_of` wrote.

    Raises:
        BadArchiveError: it is something else.
    """
    persons: dict[int, tuple[str, str | None]] = {}
    entries: dict[int, Mapping[str, str | None]] = {}
    for one in lines:
        number, phone = one.get("id_number"), one.get("phone")
        if not all(value is None or isinstance(value, str) for value in (number, phone)):
            raise BadArchiveError("存档文件里加密的个人信息读不懂")
        if "person" in one:
            persons[int(one["person"])] = (number or "", phone)
        else:
            entries[int(one["enrolment_entry"])] = {"id_number": number, "phone": phone}
    return Unsealed(persons, entries)


def sealed_entry(facts: Any, personal: Mapping[str, str | None]) -> dict[str, Any]:
    """The sealed columns of a delegation's entry, for this server.

    Raises:
        BadArchiveError: the facts are none.
    """
    try:
        stated = facts | dict.fromkeys(PERSONAL_FACTS) | dict(personal)
        values = RosterValues(**(stated | {"birth": date.fromisoformat(stated["birth"]) if stated["birth"] else None}))
    except (TypeError, KeyError, ValueError) as error:
        raise BadArchiveError("“%(path)s”里有一行的报名信息读不懂", path="tables/enrolment_entry.jsonl") from error
    number = values.id_number
    return {
        "document_index": blind_index(values.id_kind or "", number) if number else "",
        "document_masked": masked(number or ""),
        "facts_sealed": encrypt(json.dumps(stated, ensure_ascii=False, sort_keys=True)),
    }
