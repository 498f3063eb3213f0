"""What is kept of an uploaded roster until it is taken in or dropped: its rows and the workbook itself, encrypted."""

import json
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import date
from typing import Any

from competitions.models import RosterImport
from competitions.registration.intake import Fate, PlannedRow
from competitions.roster import RosterValues
from core.messages import kept, said_again
from core.personal_data import decrypt, encrypt


def sealed(rows: Iterable[PlannedRow], workbook: bytes) -> bytes:
    """Rows and workbook so that only this installation reads them.

    Args:
        rows: as planned.
        workbook: the file as it was uploaded.
    """
    document = {"rows": [_packed(row) for row in rows], "workbook": b64encode(workbook).decode()}
    return encrypt(json.dumps(document, ensure_ascii=False))


def _packed(row: PlannedRow) -> dict[str, Any]:
    """A row as it is sealed. Of a wrong row only what a person needs to find it in the workbook is kept."""
    values = asdict(row.values)
    if row.fate in (Fate.WRONG, Fate.SKIPPED):
        values = {key: values[key] for key in ("name", "event", "delegation")}
    values["birth"] = row.values.birth.isoformat() if "birth" in values and row.values.birth else None
    bare = asdict(replace(row, values=RosterValues(), message=""))
    return bare | {"values": values, "message": kept(row.message)}


def _unpacked(packed: dict[str, Any]) -> PlannedRow:
    values = packed["values"]
    birth = date.fromisoformat(values["birth"]) if values["birth"] else None
    read = {
        "fate": Fate(packed["fate"]),
        "values": RosterValues(**(values | {"birth": birth})),
        "message": said_again(packed["message"]),
    }
    return PlannedRow(**(packed | read))


def planned_rows(row: RosterImport) -> list[PlannedRow]:
    """The rows of a preview; none once it has been taken in or dropped."""
    return [_unpacked(packed) for packed in _opened(row)["rows"]]


def workbook_of(row: RosterImport) -> bytes:
    """The workbook of a preview as it was uploaded; empty once it has been taken in or dropped."""
    return b64decode(_opened(row)["workbook"])


def _opened(row: RosterImport) -> dict[str, Any]:
    if not row.rows_sealed:
        return {"rows": [], "workbook": ""}
    document = json.loads(decrypt(row.rows_sealed))
    # A preview of the time before workbooks were kept is the list of its rows.
    return {"rows": document, "workbook": ""} if isinstance(document, list) else document
