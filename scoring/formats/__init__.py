"""Scheme and marks files: which reader reads which file. Readers give text with its place; the engine judges it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from core.errors import InvalidInputError
from core.messages import said
from scoring.engine.marks import Marks, collect_marks
from scoring.engine.problems import MarksError, Problem, SchemeError
from scoring.engine.rounded_levels import rounded_levels_warnings
from scoring.engine.scheme import Scheme
from scoring.engine.standards import standards_warnings
from scoring.engine.weights import check_totals
from scoring.formats.csv_marks import read_mark_rows
from scoring.formats.mass_csv import MassMarks, read_mass_marks
from scoring.formats.scheme_xlsx_read import is_scheme_workbook, read_scheme_xlsx
from scoring.formats.worldskills import is_worldskills, read_worldskills
from scoring.formats.xlsx_cells import sheets_of
from scoring.formats.xlsx_marks import read_xlsx_marks
from scoring.formats.yaml_scheme import load_scheme

__all__ = [
    "LongFile",
    "ReadScheme",
    "UnreadableFileError",
    "load_scheme",
    "read_content",
    "read_long_file",
    "read_marks",
    "read_scheme",
    "read_scheme_bytes",
    "read_scheme_file",
]


LONG_FILE = 1 << 20
"""From so many bytes on a file of marks is first taken to be plain."""


class UnreadableFileError(InvalidInputError):
    """A file that is not there or is of no known kind."""

    code = "unreadable_file"


@dataclass(frozen=True, slots=True)
class ReadScheme:
    """A scheme with what a chief judge should see before adopting it.

    Attributes:
        warnings: Chinese sentences; none of them stops the scheme.
    """

    scheme: Scheme
    warnings: tuple[str, ...] = ()


def _yaml(data: bytes, name: str) -> ReadScheme:
    scheme = load_scheme(data, name)
    return ReadScheme(scheme, _warnings(scheme))


def _warnings(scheme: Scheme) -> tuple[str, ...]:
    return (*check_totals(scheme), *standards_warnings(scheme), *rounded_levels_warnings(scheme))


def _xlsx(data: bytes, name: str) -> ReadScheme:
    sheets = sheets_of(data, name)
    if is_scheme_workbook(sheets):
        scheme = read_scheme_xlsx(sheets, name)
        return ReadScheme(scheme, _warnings(scheme))
    if is_worldskills(sheets):
        scheme, warnings = read_worldskills(sheets, name)
        return ReadScheme(scheme, (*warnings, *check_totals(scheme)))
    sentence = said("工作簿中既没有名为“评分方案”的工作表，也没有世赛评分方案的表头（评分项类型、评分项描述、最高分）")
    raise SchemeError([Problem(sentence, file=name)])


SchemeReader = Callable[[bytes, str], ReadScheme]

_SCHEME_READERS: Mapping[str, SchemeReader] = {".yaml": _yaml, ".yml": _yaml, ".xlsx": _xlsx}


def read_scheme_bytes(data: bytes, name: str) -> ReadScheme:
    """The scheme in a file's bytes, read by the suffix of its name.

    Raises:
        SchemeError: of no known kind, or with every mistake and its place in the file.
    """
    reader = _SCHEME_READERS.get(Path(name).suffix.lower())
    if reader is None:
        known = "、".join(sorted(_SCHEME_READERS))
        raise SchemeError([Problem(said("不认识的方案文件类型（可用 %(known)s）", known=known), file=name)])
    return reader(data, name)


def read_scheme(path: Path) -> Scheme:
    """The scheme in a file.

    Raises:
        UnreadableFileError: it is not there.
        SchemeError: of no known kind, or with every mistake and its place in the file.
    """
    return read_scheme_file(path).scheme


def read_scheme_file(path: Path) -> ReadScheme:
    """The scheme in a file with its warnings; raises as `read_scheme`."""
    return read_scheme_bytes(read_content(path), path.name)


def read_marks(path: Path, scheme: Scheme) -> Marks:
    """The marks in a file, checked against a scheme.

    Raises:
        UnreadableFileError: not there, or of no known kind.
        MarksError: with every row that does not fit.
    """
    suffix = path.suffix.lower()
    if suffix not in {".csv", ".xlsx"}:
        raise UnreadableFileError("%(name)s: 不认识的评分文件类型（可用 .csv、.xlsx）", name=path.name)
    if suffix == ".xlsx":
        marks = read_xlsx_marks(read_content(path), path.name, scheme)
    else:
        marks = collect_marks(scheme, read_mark_rows(read_content(path), path.name, scheme))
    if not marks.books:
        raise MarksError([Problem(said("没有任何评分行"), file=path.name, line=2)])
    return marks


@dataclass(frozen=True)
class LongFile:
    """A long plain file of marks, read in columns.

    Attributes:
        data: its bytes.
        mass: its marks.
    """

    data: bytes
    mass: MassMarks


def read_long_file(path: Path, scheme: Scheme) -> LongFile | None:
    """The marks of a long plain CSV file in columns.

    Returns:
        None for a file that is short, or has to be read with care: `read_marks` has the same marks and the messages.

    Raises:
        UnreadableFileError: it is not there.
    """
    if path.suffix.lower() != ".csv":
        return None
    data = read_content(path)
    mass = read_mass_marks(data, scheme) if len(data) >= LONG_FILE else None
    return None if mass is None else LongFile(data, mass)


def read_content(path: Path) -> bytes:
    """The bytes of a file.

    Raises:
        UnreadableFileError: it is not there or may not be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise UnreadableFileError("%(name)s: 无法读取（%(why)s）", name=str(path), why=error.strerror) from error
