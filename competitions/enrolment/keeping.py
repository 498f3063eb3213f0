"""What is stated of a person whom a delegation enters: sealed for the database, opened for those who may see it."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date

from competitions.enrolment.models import EnrolmentEntry
from competitions.roster import RosterRow, RosterValues, Severity
from core.messages import kept
from core.personal_data import blind_index, decrypt, encrypt, masked


def put_facts(entry: EnrolmentEntry, row: RosterRow) -> None:
    """Store what was read of a person: sealed, with the blind index and mask of the document beside it."""
    values = row.values
    entry.name = values.name or ""
    entry.document_index = index_of(values)
    entry.document_masked = masked(values.id_number or "")
    entry.facts_sealed = encrypt(_text(values))
    entry.warnings = [kept(one.message) for one in row.findings if one.severity is not Severity.ERROR]


def index_of(values: RosterValues) -> str:
    """The blind index of the document; empty where there is none, as a leader need not state one."""
    return blind_index(values.id_kind or "", values.id_number) if values.id_number else ""


def facts_of(entry: EnrolmentEntry) -> RosterValues:
    """All that was stated of the person."""
    values = json.loads(decrypt(entry.facts_sealed))
    birth = date.fromisoformat(values["birth"]) if values["birth"] else None
    return RosterValues(**(values | {"birth": birth}))


def fingerprint(entries: Iterable[EnrolmentEntry]) -> str:
    """A keyed fingerprint of all that stands in some entries: the same facts in the same order give the same."""
    lines = [
        f"{one.id}/{one.part.value}/{one.event_id}/{one.team}/{_text(facts_of(one))}"
        for one in sorted(entries, key=lambda one: one.id)
    ]
    return blind_index("enrolment", "\n".join(lines))


def _text(values: RosterValues) -> str:
    stated = asdict(values) | {"birth": values.birth.isoformat() if values.birth else None}
    return json.dumps(stated, ensure_ascii=False, sort_keys=True)
