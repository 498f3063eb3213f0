"""What a row needs and an archive does not hold: seals of this server, names of files, ids beside a draw of then."""

import hashlib
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from certificates.archive import meeting
from certificates.archive.checking import Content
from certificates.archive.exporting import server_mark
from certificates.archive.locking import Box
from certificates.archive.naming import Names
from certificates.archive.personal import sealed_entry
from certificates.archive.references import renamed_document
from certificates.archive.zip_file import Archive
from certificates.attachments import storing
from certificates.attachments.models import IN_FORCE
from competitions.pack_editing.models import OwnPack
from competitions.work_codes.models import WorkLayer
from competitions.work_codes.sealing import sealed_document

Row = Mapping[str, Any]


@dataclass(slots=True)
class Taking:
    """An archive that is being taken in."""

    session: Session
    archive: Archive
    content: Content
    names: Names
    competition_id: int
    box: Box | None
    met: meeting.Met
    written: list[Path] = field(default_factory=list)
    """Files that were not there before: gone again if the transaction fails."""

    def rows(self, table: str) -> Sequence[Row]:
        """Rows of the archive."""
        return self.content.rows.get(table, ())


def row_here(work: Taking, table: Table, row: Row) -> dict[str, Any]:
    """A row as it stands here, whole."""
    here = work.names.here(table, row)
    if table.name in _FILLED:
        here |= _FILLED[table.name](work, row, here)
    if "pack_id" in here:
        here["pack_id"] = _pack(work, here["pack_id"])
    return here


def _certificate(work: Taking, row: Row, here: Row) -> dict[str, Any]:
    return {"number": work.met.renumbered.get(row["id"], here["number"])}


def _draw(work: Taking, row: Row, _here: Row) -> dict[str, Any]:
    record = _with_names(row["record"], "places")
    return {"record": renamed_document("draw_record", "record", record, work.names.of)}


def _judge_draw(work: Taking, row: Row, _here: Row) -> dict[str, Any]:
    record = _with_names(row["record"], "judges")
    return {"record": renamed_document("judge_draw", "record", record, work.names.of)}


def _with_names(document: Mapping[str, Any], pairs: str) -> dict[str, Any]:
    """A draw, which is replayed with the ids of then, with a table of them beside it that is renamed in its place."""
    drawn = {str(one[0]): str(one[0]) for one in document[pairs]}
    return dict(document) | {"renamed": document.get("renamed", drawn)}


def _entry(work: Taking, row: Row, _here: Row) -> dict[str, Any]:
    return sealed_entry(row.get("facts"), work.content.personal.entries.get(row["id"], {}))


def _link(_work: Taking, _row: Row, _here: Row) -> dict[str, Any]:
    """The hash of a link that nobody has."""
    return {"token_hash": hashlib.sha256(secrets.token_bytes(32)).hexdigest()}


def _workbook(_work: Taking, _row: Row, _here: Row) -> dict[str, Any]:
    """A workbook that was taken in or dropped."""
    return {"rows_sealed": b""}


def _signing_key(_work: Taking, _row: Row, _here: Row) -> dict[str, Any]:
    """The certificate of a key, without the key."""
    return {"sealed": None, "token_key": ""}


def _layer(work: Taking, row: Row, here: Row) -> dict[str, Any]:
    """Codes of an opened layer; one that was closed still is as if it had not been drawn."""
    codes = row.get("codes")
    if codes is None:
        return {"sealed": None, "drawn_at": None}
    if row["number"] == 1:  # the layers outside of it lead from code to code
        codes = renamed_document("work_layer", "codes", _with_names(codes, "pairs"), work.names.of)
    layer = WorkLayer(event_id=here["event_id"], number=here["number"], custodian_id=here["custodian_id"])
    return {"sealed": sealed_document(layer, codes)}


def _paper(work: Taking, row: Row, _here: Row) -> dict[str, Any]:
    """The name under which a handed-in paper lies here; where the archive has no file, none lies there."""
    name, path = storing.new_name(), f"papers/{row['digest']}.sealed"
    if work.box is not None and path in work.archive.entries and row["state"] in IN_FORCE:
        storing.keep(name, work.box.open(path, work.archive.read(path)))
        work.written.append(storing.folder() / name[:2] / name)
    return {"stored_as": name}


_FILLED: Mapping[str, Callable[[Taking, Row, Row], dict[str, Any]]] = {
    "certificate": _certificate,
    "draw_record": _draw,
    "enrolment_entry": _entry,
    "enrolment_link": _link,
    "handed_in_paper": _paper,
    "incoming_workbook": _workbook,
    "judge_draw": _judge_draw,
    "roster_import": _workbook,
    "signing_key": _signing_key,
    "work_layer": _layer,
}
"""By table; given the row of the archive and the row of here as far as it is known."""


def _pack(work: Taking, pack_id: str) -> str:
    """A rule pack by its name here; an own pack of another server is none of ours, whatever ours is called."""
    if f"packs/{pack_id}.yaml" not in work.archive.entries or work.archive.manifest.server == server_mark():
        return pack_id
    known = work.session.scalar(select(OwnPack.id).where(OwnPack.code == pack_id))
    return pack_id if known is None else f"{pack_id}@{work.archive.manifest.server}"
