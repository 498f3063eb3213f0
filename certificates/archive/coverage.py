"""What of the database belongs to a competition, told by the tables' own foreign keys; only exceptions are named here.

A table whose rows lead to the competition by a foreign key goes along whole, a new one too. A test walks all tables
and wants a decision about each that a program cannot take: what is nobody's competition's, which columns are secret,
which JSON holds ids.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache

from sqlalchemy import JSON, Column, ColumnElement, LargeBinary, Table, Uuid, select

from core.db import Model

COMPETITION = "competition"
LEFT_OUT: Mapping[str, str] = {
    "audit_chain": "kept word for word in a file of its own",
    "audit_entry": "kept word for word in a file of its own",
    "batch": "work of this server's, finished or not",
    "role_grant": "who may do what is decided anew on each server",
    "organisation": "whose a competition is, is decided anew on each server",
    "organisation_admin": "as role_grant",
    "sign_in": "devices of this server",
    "sign_in_link": "ways in to this server",
    "sign_in_try": "guesses at this server",
    "half_sign_in": "as sign_in",
    "program": "access tokens of this server, made anew on each",
    "second_factor": "telephones of this server's accounts",
    "second_factor_draft": "as second_factor",
    "recovery_code": "as second_factor",
    "outside_identity": "who this server's accounts are in another house",
    "spent_state": "as sign_in",
    "own_pack": "rules are put in force by two people of each server; what they say goes along as a text",
    "own_pack_version": "as own_pack",
    "own_pack_decision": "as own_pack",
}
"""Tables that stay, and why."""
SHARED = ("account", "person", "layout", "number_series", "stored_file")
"""Tables of rows that several competitions may have: those go along that the competition's own rows name."""
LEFT_OUT_COLUMNS: Mapping[str, frozenset[str]] = {
    "account": frozenset({"username", "password_hash", "is_active"}),
    "person": frozenset({"document_sealed", "document_index", "document_masked", "phone_sealed"}),
    "enrolment_entry": frozenset({"document_index", "document_masked", "facts_sealed"}),
    "enrolment_link": frozenset({"token_hash"}),
    "roster_import": frozenset({"rows_sealed"}),
    "handed_in_paper": frozenset({"stored_as"}),
    "incoming_workbook": frozenset({"rows_sealed"}),
    "signing_key": frozenset({"sealed", "token_key"}),
    "work_layer": frozenset({"sealed"}),
}
"""What only this server can read, or what lets somebody in; `importing` says what stands there afterwards."""
EXTRA: Mapping[str, frozenset[str]] = {
    "person": frozenset({"is_erased"}),
    "enrolment_entry": frozenset({"facts"}),
    "work_layer": frozenset({"codes"}),
}
"""What stands in a row of an archive in place of a column that is left out."""


@lru_cache(maxsize=1)
def tables() -> Mapping[str, Table]:
    """All tables that go along, those that others refer to first."""
    everything = {table.name: table for table in Model.metadata.sorted_tables}
    own: dict[str, Table] = {}
    for name, table in everything.items():
        if name in SHARED or (name not in LEFT_OUT and (name == COMPETITION or _way(table, own) is not None)):
            own[name] = table
    return own


def _way(table: Table, own: Mapping[str, Table]) -> Column[object] | None:
    """The foreign key by which every row of a table leads to the competition."""
    for column in table.columns:
        target = target_of(column)
        if target in own and target not in SHARED and not column.nullable:
            return column
    return None


def target_of(column: Column[object]) -> str | None:
    """The table that a foreign key refers to."""
    return next((key.column.table.name for key in column.foreign_keys), None)


def belongs(table: Table, competition_id: int) -> ColumnElement[bool]:
    """Of a query of a table that is not shared: its rows of the competition."""
    if table.name == COMPETITION:
        return table.c.id == competition_id
    column = _way(table, tables())
    if column is None:
        raise LookupError(table.name)
    parent = next(iter(column.foreign_keys)).column
    if parent.table.name == COMPETITION:
        return column == competition_id
    return column.in_(select(parent).where(belongs(parent.table, competition_id)))


def columns(table: Table) -> Iterator[Column[object]]:
    """The columns that go along: not what is secret, nor what refers to a table that stays."""
    left_out = LEFT_OUT_COLUMNS.get(table.name, frozenset())
    for column in table.columns:
        target = target_of(column)
        if column.name not in left_out and (target is None or target in tables()):
            yield column


def key_of(table: Table) -> Column[object] | None:
    """The number by which rows of a table are known, given anew by each server; None where there is none."""
    key = list(table.primary_key)
    if len(key) != 1 or key[0].foreign_keys or key[0].name != "id":
        return None
    return key[0]


def is_binary(column: Column[object]) -> bool:
    """Whether the value is bytes, which lie in a file of their own."""
    return isinstance(column.type, LargeBinary)


def is_json(column: Column[object]) -> bool:
    """Whether the value is a document."""
    return isinstance(column.type, JSON)


def is_uuid(column: Column[object]) -> bool:
    """Whether the value is a key that a device made."""
    return isinstance(column.type, Uuid)
