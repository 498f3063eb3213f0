"""Reads what a delegation states of one person: contestants as a registration workbook is read, others by name."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from competitions.enrolment.models import Part
from competitions.models import Competition, Event
from competitions.roster import Field, Outcome, RosterRow, RosterValues, Severity, read_person
from competitions.roster.findings import Finding
from core.errors import InvalidInputError
from core.messages import joined, message

_WORKING = frozenset({Field.NAME, Field.UNIT, Field.PHONE, Field.SEX})
"""What is asked of leaders and coaches."""


class WrongFactsError(InvalidInputError):
    """What is stated of a person cannot be right."""

    code = "wrong_facts"


@dataclass(frozen=True, slots=True)
class Stated:
    """What was typed of one person, by field, and as what the person comes."""

    part: Part
    texts: Mapping[Field, str]
    event_id: int | None = None
    team: int = 1


def read_stated(
    competition: Competition, event: Event | None, stated: Stated, before: RosterValues | None = None
) -> RosterRow:
    """What is stated, in normalised form, with all that is wrong with it.

    Args:
        competition: for its opening day.
        event: the contestant's; None for others.
        stated: as typed.
        before: what stands there of the person; where no document number is typed, that one stays.
    """
    typed = dict(stated.texts)
    if stated.part is not Part.CONTESTANT or event is None:
        return _of_company(competition, {of: typed.get(of, "") for of in _WORKING})
    if before is not None and before.id_number and not typed.get(Field.ID_NUMBER, "").strip():
        typed |= {Field.ID_NUMBER: before.id_number, Field.ID_KIND: before.id_kind or ""}
    row = read_person(typed | {Field.EVENT: event.name}, [event.name], competition.opens_on)
    if event.group_name:
        row = replace(row, values=replace(row.values, group=row.values.group or event.group_name))
    return row


def _of_company(competition: Competition, typed: Mapping[Field, str]) -> RosterRow:
    """A leader or coach: what the reader says of documents and events is not asked of them."""
    row = read_person({**typed, Field.DELEGATION: "", Field.EVENT: ""}, (), competition.opens_on)
    findings = tuple(one for one in row.findings if one.field in _WORKING)
    gravest = findings[0].severity if findings else Severity.NOTE
    outcomes = {Severity.ERROR: Outcome.ERROR, Severity.WARNING: Outcome.WARNING, Severity.NOTE: Outcome.OK}
    values = replace(row.values, id_number=None, id_kind=None, birth=None, event=None, delegation=None)
    return replace(row, values=values, findings=findings, outcome=outcomes[gravest])


def errors_in(row: RosterRow) -> tuple[Finding, ...]:
    """What keeps the person out."""
    return tuple(one for one in row.findings if one.severity is Severity.ERROR)


def require_right(row: RosterRow) -> None:
    """Whether nothing keeps the person out.

    Raises:
        WrongFactsError: something does; says all of it.
    """
    wrong = errors_in(row)
    if wrong:
        raise WrongFactsError("%(why)s", why=joined([one.message for one in wrong], message("；")))
