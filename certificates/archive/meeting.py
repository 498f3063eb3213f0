"""Rows of an archive that this server may have already: the same person, layout, number series, certificate."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from certificates.archive.coverage import tables
from certificates.archive.manifest import BadArchiveError
from certificates.archive.naming import Names
from certificates.archive.personal import Unsealed
from certificates.layouts.loading import load_layout
from certificates.materials.freezing import frozen_digest
from competitions.models import ERASED, Person
from core.accounts import hash_password
from core.errors import ConflictError, DomainError
from core.personal_data import blind_index, encrypt, masked

UNKNOWN = "unknown:"
"""How the index of a person begins whose document the archive does not tell; no fingerprint of a document does."""
_MOST_NAMED = 5

Row = Mapping[str, Any]


class OtherNameError(ConflictError):
    """A document belongs to one name in the archive and to another here."""

    code = "archive_other_name"


@dataclass(frozen=True, slots=True)
class Met:
    """What was found here already, so that the row of the archive is not written again."""

    rows: Mapping[str, frozenset[int]]
    """Table → ids (of the archive) of rows that are not to be written."""
    renumbered: Mapping[int, str]
    """Certificate (id of the archive) → the number by which it is registered here, since its own is another's."""


def people(session: Session, rows: Sequence[Row], personal: Unsealed, names: Names) -> list[dict[str, Any]]:
    """Give every person of the archive an id, and the rows of those who are new here.

    Raises:
        OtherNameError: somebody's document is known here under another name.
    """
    table = tables()["person"]
    sealed = {row["id"]: _sealed_columns(row, personal) for row in rows}
    indexes = [one["document_index"] for one in sealed.values()]
    query = select(Person).where(Person.document_index.in_(indexes))
    known = {person.document_index: person for person in session.scalars(query)} if indexes else {}
    new = [row for row in rows if sealed[row["id"]]["document_index"] not in known]
    names.add(session, table, new)
    differ = []
    for row in rows:
        person = known.get(sealed[row["id"]]["document_index"])
        if person is not None:
            names.ids["person"][row["id"]] = person.id
            differ += [f"{row['name']}／{person.name}"] if person.name != row["name"] else []
    if differ:
        raise OtherNameError(
            "有 %(n)s 人的证件号在本服务器上是另一个姓名（存档／本服务器）：%(names)s。请先在其中一边更正姓名，再导入",
            n=len(differ),
            names="、".join(differ[:_MOST_NAMED]),
        )
    return [names.here(table, row) | sealed[row["id"]] for row in new]


def _sealed_columns(row: Row, personal: Unsealed) -> dict[str, Any]:
    number, phone = personal.persons.get(row["id"], ("", None))
    if row.get("is_erased") is True:
        index = f"{ERASED}{secrets.token_hex(16)}"
    else:
        index = blind_index(row["document_kind"], number) if number else f"{UNKNOWN}{secrets.token_hex(16)}"
    return {
        "document_sealed": encrypt(number),
        "document_index": index,
        "document_masked": masked(number),
        "phone_sealed": encrypt(phone) if phone else None,
    }


def accounts(session: Session, rows: Sequence[Row], names: Names, competition_id: int) -> list[dict[str, Any]]:
    """Closed accounts with the names of those who had one there; nobody signs in as them."""
    table = tables()["account"]
    names.add(session, table, rows)
    closed = hash_password(secrets.token_urlsafe(32))
    return [
        names.here(table, row)
        | {
            "username": f"archive-{competition_id}-{names.ids['account'][row['id']]}",
            "password_hash": closed,
            "is_active": False,
        }
        for row in rows
    ]


def series(session: Session, rows: Sequence[Row], names: Names) -> list[dict[str, Any]]:
    """Series of numbers by their first number: one that is known here goes on behind the higher of the two."""
    table = tables()["number_series"]
    firsts = {row["first"]: row for row in rows}
    query = select(table).where(table.c.first.in_(firsts)).order_by(table.c.id).with_for_update()
    known = {found.first: found for found in session.execute(query)} if firsts else {}
    new = [row for row in rows if row["first"] not in known]
    names.add(session, table, new)
    for first, found in known.items():
        names.ids["number_series"][firsts[first]["id"]] = found.id
        if firsts[first]["last"] > found.last:
            session.execute(table.update().where(table.c.id == found.id).values(last=firsts[first]["last"]))
    return [names.here(table, row) for row in new]


def layouts(session: Session, rows: Sequence[Row], names: Names) -> list[dict[str, Any]]:
    """Layouts by their digest; one with seals is always new, since its seals are authorised in its competition."""
    table = tables()["layout"]
    digests = [row["digest"] for row in rows]
    query = select(table.c.digest, table.c.id).where(table.c.digest.in_(digests))
    known = dict(session.execute(query).all()) if digests else {}
    with_seals = {row["id"] for row in rows if isinstance(row["materials"], dict) and row["materials"].get("seals")}
    new = [row for row in rows if row["id"] in with_seals or row["digest"] not in known]
    is_new = {row["id"] for row in new}
    names.add(session, table, new)
    names.ids["layout"] |= {row["id"]: known[row["digest"]] for row in rows if row["id"] not in is_new}
    return [_layout(names, table, row, has_seals=row["id"] in with_seals) for row in new]


def _layout(names: Names, table: Table, row: Row, *, has_seals: bool) -> dict[str, Any]:
    """By its digest a layout is found again for other issues, so that it must be the true one."""
    here = names.here(table, row)
    try:
        digest = frozen_digest(load_layout(row["document"]).digest, here["materials"])
    except DomainError:  # of a form that this program does not read: it is kept, and nobody issues with it
        return here | {"digest": hashlib.sha256(f"{secrets.token_hex(16)}{row['digest']}".encode()).hexdigest()}
    if not has_seals and digest != row["digest"]:
        raise BadArchiveError("存档里的证书版面“%(name)s”与它的摘要不符", name=row["name"])
    return here | {"digest": digest}


def stored_files(session: Session, rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Files of layouts by their digest."""
    table = tables()["stored_file"]
    digests = [row["digest"] for row in rows]
    known = set(session.scalars(select(table.c.digest).where(table.c.digest.in_(digests)))) if digests else set()
    for row in rows:
        if hashlib.sha256(row["content"]).hexdigest() != row["digest"]:
            raise BadArchiveError("存档里的文件 %(digest)s 与它的摘要不符", digest=row["digest"][:64])
    return [dict(row) for row in rows if row["digest"] not in known]


def certificates_met(session: Session, rows: Mapping[str, Sequence[Row]]) -> Met:
    """Certificates whose code is known here are here already; whose number alone is, has met another's number."""
    table = tables()["certificate"]
    found = rows.get("certificate", ())
    codes = _among(session, table, "code", found)
    numbers = _among(session, table, "number", found)
    here = frozenset(row["id"] for row in found if row["code"] in codes)
    renumbered = {
        row["id"]: f"{row['number']}〔{row['code']}〕"
        for row in found
        if row["id"] not in here and row["number"] in numbers
    }
    return Met({"certificate": here}, renumbered)


def _among(session: Session, table: Table, column: str, rows: Sequence[Row]) -> set[str]:
    wanted = [row[column] for row in rows]
    return set(session.scalars(select(table.c[column]).where(table.c[column].in_(wanted)))) if wanted else set()
