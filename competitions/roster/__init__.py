"""Registration workbooks: read, checked row by row, given back with marks where the delegation has to mend them."""

from competitions.roster.columns import FIELD_NAMES, Field
from competitions.roster.findings import Finding, Problem, Severity
from competitions.roster.reading import (
    Outcome,
    RosterError,
    RosterReading,
    RosterRow,
    RosterTable,
    RosterValues,
    read_person,
    read_roster,
    read_sheets,
)

__all__ = [
    "FIELD_NAMES",
    "Field",
    "Finding",
    "Outcome",
    "Problem",
    "RosterError",
    "RosterReading",
    "RosterRow",
    "RosterTable",
    "RosterValues",
    "Severity",
    "read_person",
    "read_roster",
    "read_sheets",
]
