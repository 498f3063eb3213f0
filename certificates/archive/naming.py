"""New ids for the rows of an archive, all of them before the first row is written."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Column, Table, func, select, text
from sqlalchemy.orm import Session

from certificates.archive.coverage import columns, is_json, is_uuid, key_of, target_of
from certificates.archive.references import renamed_actor, renamed_document

Row = Mapping[str, Any]


def reserve(session: Session, table: Table, count: int) -> list[int]:
    """Ids that nobody else gets, ascending; on SQLite because nobody else writes, on PostgreSQL from the sequence."""
    if session.get_bind().dialect.name == "postgresql":
        name = session.scalar(select(func.pg_get_serial_sequence(table.name, "id")))
        query = text("SELECT nextval(CAST(:name AS regclass)) FROM generate_series(1, :count)")
        return sorted(session.scalars(query, {"name": name, "count": count}))
    first = 1 + (session.scalar(select(func.max(table.c.id))) or 0)
    return list(range(first, first + count))


@dataclass(slots=True)
class Names:
    """Which id a row of the archive has here, by table; and what keys of devices become."""

    apart: UUID | None = None
    """Sets the keys of devices apart from those that are here already; None where none is, and they stay."""
    keys: dict[UUID, UUID] = field(default_factory=dict)
    """Keys that follow from others and have to follow still."""
    ids: dict[str, dict[int, int]] = field(default_factory=dict)

    def of(self, table: str, old: int) -> int:
        """The id here; a negative number, which no row has, for what the archive does not hold."""
        return self.ids.get(table, {}).get(old, -abs(old))

    def add(self, session: Session, table: Table, rows: Sequence[Row]) -> None:
        """New ids for all rows of a table, in the order of the old ones."""
        old = sorted(row["id"] for row in rows)
        self.ids[table.name] = dict(zip(old, reserve(session, table, len(old)), strict=True))

    def forget(self, table: str, gone: Iterable[int]) -> None:
        """Rows that are not written: what referred to them refers to nothing."""
        for old in gone:
            self.ids.get(table, {}).pop(old, None)

    def key(self, old: UUID) -> UUID:
        """A device's key as it stands here."""
        return old if self.apart is None else self.keys.get(old, uuid5(self.apart, str(old)))

    def here(self, table: Table, row: Row) -> dict[str, Any]:
        """A row as it is to stand here: own id, references, keys, ids in documents, and who did it."""
        key = key_of(table)
        return {
            column.name: self._value(table, column, row[column.name], is_key=column is key) for column in columns(table)
        }

    def _value(self, table: Table, column: Column[Any], value: Any, *, is_key: bool) -> Any:
        target = target_of(column)
        if value is None:
            return None
        if is_key or (target is not None and type(value) is int):
            # What an archive names is in it; only a certificate that is here already is not written once more.
            return self.ids[table.name if is_key else str(target)].get(value)
        if is_uuid(column):
            return self.key(value)
        if is_json(column):
            return renamed_document(table.name, column.name, value, self.of)
        return renamed_actor(value, self.ids) if type(value) is str else value
