"""Rows of a table as lines of JSON, and back: a name for every value, and every value of the kind its column has."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Boolean, Column, Date, Integer, Table
from sqlalchemy import Enum as EnumType
from sqlalchemy.engine.interfaces import ExecutionContext
from sqlalchemy.sql.schema import CallableColumnDefault, ScalarElementColumnDefault

from certificates.archive.coverage import EXTRA, columns, is_binary, is_json, is_uuid
from certificates.archive.manifest import BadArchiveError
from core.db import UtcDateTime

Row = Mapping[str, Any]
MISSING = object()


def line(row: Row) -> bytes:
    """One row as it lies in the archive; dates and keys as text."""
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"), default=_text).encode() + b"\n"


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, (date, UUID)):
        return value.isoformat() if isinstance(value, date) else str(value)
    raise TypeError(type(value))


def plain(value: Any) -> Any:
    """A value of the database as JSON takes it, but for dates and keys, which `line` writes."""
    return value.value if isinstance(value, Enum) else value


def lines(path: str, data: bytes) -> Iterator[dict[str, Any]]:
    """The rows of a file.

    Raises:
        BadArchiveError: a line is no row.
    """
    for number, text in enumerate(data.splitlines(), start=1):
        try:
            row = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise BadArchiveError("“%(path)s”第 %(n)s 行读不懂", path=path, n=number) from error
        if not isinstance(row, dict):
            raise BadArchiveError("“%(path)s”第 %(n)s 行读不懂", path=path, n=number)
        yield row


def read_rows(table: Table, data: bytes, content: Callable[[str], bytes]) -> list[dict[str, Any]]:
    """The rows of a table with values as its columns have them.

    Args:
        table: where they are to go.
        data: the file.
        content: gives the bytes that lie in a file of their own, by digest.

    Raises:
        BadArchiveError: a row has a column that this program does not know, lacks one, or a value is of another kind.
    """
    path, known = f"tables/{table.name}.jsonl", list(columns(table))
    names = {column.name for column in known} | EXTRA.get(table.name, frozenset())
    return [_row(path, known, names, number, row, content) for number, row in enumerate(lines(path, data), start=1)]


def _row(
    path: str, known: Iterable[Column[Any]], names: set[str], number: int, row: Row, content: Callable[[str], bytes]
) -> dict[str, Any]:
    strange = sorted(row.keys() - names)
    if strange:
        raise BadArchiveError(
            "“%(path)s”有本程序不认识的列“%(column)s”；存档可能由更新的程序导出，请先升级",
            path=path,
            column=strange[0][:60],
        )
    read = {name: row[name] for name in row.keys() & EXTRA.get(path[7:-6], frozenset())}
    for column in known:
        try:
            read[column.name] = _value(column, row.get(column.name, MISSING), content)
        except (TypeError, ValueError, KeyError) as error:
            raise BadArchiveError(
                "“%(path)s”第 %(n)s 行“%(column)s”的值不对", path=path, n=number, column=column.name
            ) from error
    return read


def _value(column: Column[Any], value: Any, content: Callable[[str], bytes]) -> Any:
    if value is MISSING:
        return _default(column)
    if value is None:
        if not column.nullable:
            raise ValueError(column.name)
        return None
    if is_json(column):
        return value
    if is_binary(column):
        return content(_checked(value, str))
    return _scalar(column, value)


def _scalar(column: Column[Any], value: Any) -> Any:
    kind = column.type
    if isinstance(kind, Boolean):
        return _checked(value, bool)
    if isinstance(kind, Integer):
        return _checked(value, int)
    text = _checked(value, str)
    if isinstance(kind, UtcDateTime):
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise ValueError(text)
        return moment
    if isinstance(kind, Date):
        return date.fromisoformat(text)
    if isinstance(kind, EnumType):
        return kind.enum_class(text) if kind.enum_class else text
    return UUID(text) if is_uuid(column) else text


def _checked(value: Any, kind: type) -> Any:
    if type(value) is not kind:
        raise TypeError(value)
    if (type(value) is int and abs(value) >= 1 << 63) or (type(value) is str and "\0" in value):
        raise ValueError(value)
    return value


def _default(column: Column[Any]) -> Any:
    """What a column has in a row of an archive of before there was the column."""
    if isinstance(column.default, ScalarElementColumnDefault):
        return column.default.arg
    if isinstance(column.default, CallableColumnDefault):
        return column.default.arg(cast(ExecutionContext, None))  # list and dict, which ask nothing
    if column.server_default is not None or column.nullable:
        return None if column.server_default is None else _of_server(column)
    raise KeyError(column.name)


def _of_server(column: Column[Any]) -> Any:
    text = str(getattr(column.server_default, "arg", ""))
    if isinstance(column.type, Boolean):
        return text.lower() in ("1", "true")
    return json.loads(text) if is_json(column) else text
