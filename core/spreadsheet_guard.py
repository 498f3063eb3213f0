"""Opens the packed XML of an XLSX under bounds, before any reader that trusts it is let near. Reads no values.

A workbook of a few kilobytes can ask its reader for gigabytes: by packing (a bomb), by one cell in the last corner
(readers allocate the whole rectangle) or by one long shared text that a million cells point at. All are refused here.
"""

import io
import re
import zipfile
import zlib
from collections import Counter
from dataclasses import dataclass
from html import unescape

from core.errors import InvalidInputError

# These run over content made by anybody: every repetition is bounded, possessive, or stops at the next bracket, so that
# no content makes them slow.
_ROW_NUMBER = re.compile(rb"""\br\s*+=\s*+["'][A-Za-z]{0,3}(\d{1,7})["']""")
_COLUMN_LETTERS = re.compile(rb"""\br\s*+=\s*+["']([A-Za-z]{1,3})\d""")
_STRANGE_REFERENCE = re.compile(rb"""<(?:\w+:)?(?:c|row)\b[^<>]*?\br\s*+=\s*+(?!["'][A-Za-z]{0,3}\d{1,7}["'])""")
_WITHOUT_REFERENCE = re.compile(rb"<(?:\w+:)?(c|row)(?=[\s/>])(?![^<>]*?\br\s*+=)")
_ROW_OPENED = re.compile(rb"<(?:\w+:)?row\b")
_CELL_OPENED = re.compile(rb"<(?:\w+:)?c(?=[\s/>])")
_FILLED_CELL = re.compile(rb"<(?:\w+:)?c\b([^<>]*+)(?<!/)>\s*+<(?:\w+:)?(?:v|is|f)\b")
_REFERENCE = re.compile(rb"""\br\s*+=\s*+["']([A-Za-z]{1,3})(\d{1,7})["']""")
_VALUE_OPENED = re.compile(rb"<(?:\w+:)?v(?:\s[^<>]*+)?>")
_VALUE = re.compile(rb"<(?:\w+:)?v(?:\s[^<>]*+)?>\s*+([^<&]*+)</")
_SHARED_ITEM_END = re.compile(rb"</(?:\w+:)?si\s*+>|<(?:\w+:)?si\s*+/>")
_FORMULA_WITHOUT_VALUE = re.compile(
    rb"""<c\b[^<>]{0,300}?\br="([A-Z]{1,3})(\d{1,7})"[^<>]{0,300}+(?<!/)>\s*+"""
    rb"""<f\b(?:[^<>]{0,300}+(?<=/)>|[^<>]{0,300}+>([^<]*+)</f>)\s*+(?:<v\s*+/>|<v></v>|</c>)"""
)
_SHEET_TAG = re.compile(rb"<(?:\w+:)?sheet\s[^<>]{0,2000}+>")
_RELATION_TAG = re.compile(rb"<(?:\w+:)?Relationship\s[^<>]{0,2000}+>")
_ATTRIBUTE = re.compile(rb"""([\w:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_ANNOUNCED = re.compile(rb"""\b(?:count|uniqueCount)\s*=\s*["']([^"']*)""", re.IGNORECASE)
_READ_PARTS = re.compile(r"^(?:\[Content_Types\]\.xml|_rels/.*|xl/.*\.(?:xml|rels))$", re.IGNORECASE)
_RELATIONS = "xl/_rels/workbook.xml.rels"
# What the standard library raises on archives that are damaged or packed in an unusual way.
_DAMAGE = (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, ValueError)


class SpreadsheetError(InvalidInputError):
    """A file that is not a usable table: damaged, locked, too large, or something else than its name says."""

    code = "spreadsheet"


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one file may ask for. Sizes in bytes; `cells` counts the rectangle from A1 on each sheet."""

    file_bytes: int = 20 * 2**20
    unpacked_bytes: int = 160 * 2**20
    parts: int = 2_000
    rows: int = 200_000
    cells: int = 4_000_000
    text_bytes: int = 256 * 2**20
    sheets: int = 100


@dataclass(frozen=True, slots=True)
class OpenedWorkbook:
    """A workbook that may be read: packed again without surprises, and the formulas that nobody calculated.

    `formulas` has one mapping a sheet, in the order of the sheets: (row, column), both from 0, to formula text.
    """

    data: bytes
    formulas: tuple[dict[tuple[int, int], str], ...]


def open_xlsx(data: bytes, limits: Limits) -> OpenedWorkbook:
    """Unpack, bound and repack a workbook.

    Args:
        data: the bytes of an XLSX file.
        limits: what it may ask for.

    Returns:
        The parts that a reader of values needs, stored without packing, so that what was checked is what is read.

    Raises:
        SpreadsheetError: not an XLSX workbook, damaged, encrypted, or beyond the limits.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = _parts(archive, limits)
    except _DAMAGE as error:
        raise SpreadsheetError("文件已损坏，无法打开；请在 Excel 或 WPS 中重新保存后再上传") from error
    sheet_parts = _sheet_parts(parts)
    if len(sheet_parts) > limits.sheets:
        raise SpreadsheetError("工作表太多（%(count)d张，最多%(most)d张）", count=len(sheet_parts), most=limits.sheets)
    # Every part is weighed, whether a relation is seen to lead to it or not.
    for content in parts.values():
        _require_small_rectangle(content, limits)
    _require_little_text(parts, limits)
    formulas = tuple(_formulas_without_value(parts.get(name, b"")) for name in sheet_parts)
    return OpenedWorkbook(_repacked(parts), formulas)


def column_index(letters: bytes) -> int:
    """The column of its letters, from 0: ``A`` is 0, ``AA`` is 26."""
    index = 0
    for letter in letters.upper():
        index = index * 26 + letter - 64
    return index - 1


def _parts(archive: zipfile.ZipFile, limits: Limits) -> dict[str, bytes]:
    members = archive.infolist()
    names = [member.filename for member in members]
    _require_workbook(names)
    if len(members) > limits.parts or len(set(names)) != len(names):
        raise SpreadsheetError("文件内部结构异常，不是表格软件正常保存的文件")
    if any(member.flag_bits & 1 for member in members):
        raise SpreadsheetError("文件设有打开密码，请取消密码后再上传")
    wanted = [member for member in members if _READ_PARTS.match(member.filename)]
    if sum(member.file_size for member in wanted) > limits.unpacked_bytes:
        raise SpreadsheetError("文件解压后太大，请删去多余的工作表、图片和格式后再上传")
    parts = {member.filename: archive.read(member) for member in wanted}
    for content in parts.values():
        _require_plain(content, limits)
    return parts


def _require_plain(xml: bytes, limits: Limits) -> None:
    if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml:
        raise SpreadsheetError("文件内部带有不允许的声明，不是表格软件正常保存的文件")
    # Readers reserve memory for as many entries as a part announces, and an impossible number ends the process.
    for announced in _ANNOUNCED.findall(xml):
        if not announced.isdigit() or int(announced[:12]) > limits.cells:
            raise SpreadsheetError("文件内部的计数不合理，不是表格软件正常保存的文件")


def _require_workbook(names: list[str]) -> None:
    lowered = {name.lower() for name in names}
    if "xl/workbook.xml" in lowered:
        return
    if "xl/workbook.bin" in lowered:
        raise SpreadsheetError("这是 .xlsb 文件，请另存为 .xlsx 后再上传")
    if "word/document.xml" in lowered:
        raise SpreadsheetError("这是 Word 文档，请把名单放进 Excel 表格（.xlsx）后再上传")
    if "content.xml" in lowered:
        raise SpreadsheetError("这是 OpenDocument 文件，请另存为 .xlsx 后再上传")
    raise SpreadsheetError("这是压缩包，不是 Excel 表格；请解压后上传其中的 .xlsx 文件")


def _attributes(tag: bytes) -> dict[bytes, bytes]:
    return {name: double or single for name, double, single in _ATTRIBUTE.findall(tag)}


def _sheet_parts(parts: dict[str, bytes]) -> list[str]:
    """The part of every sheet in the workbook's own order; an empty name where a relation leads nowhere."""
    by_lower = {name.lower(): name for name in parts}
    relations = {
        entry.get(b"Id", b""): unescape(entry.get(b"Target", b"").decode("utf-8", "replace"))
        for entry in map(_attributes, _RELATION_TAG.findall(parts.get(by_lower.get(_RELATIONS, ""), b"")))
    }
    found = []
    for entry in map(_attributes, _SHEET_TAG.findall(parts[by_lower["xl/workbook.xml"]])):
        relation = next((value for name, value in entry.items() if name.endswith(b":id")), b"")
        target = relations.get(relation, "")
        path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        found.append(by_lower.get(path.lower(), ""))
    return found


def _require_small_rectangle(xml: bytes, limits: Limits) -> None:
    if _STRANGE_REFERENCE.search(xml):
        raise SpreadsheetError("文件内部结构异常，不是表格软件正常保存的文件")
    unnumbered = Counter(_WITHOUT_REFERENCE.findall(xml))
    rows = max(map(int, set(_ROW_NUMBER.findall(xml))), default=0) + unnumbered[b"row"]
    columns = max(map(column_index, set(_COLUMN_LETTERS.findall(xml))), default=0) + 1
    if unnumbered[b"c"]:
        # Cells without a reference stand one after the other.
        columns += max(len(_CELL_OPENED.findall(row)) for row in _ROW_OPENED.split(xml))
    if not unnumbered and (rows > limits.rows or rows * columns > limits.cells):
        # Workbooks are often formatted far beyond their data; count again with filled cells only.
        filled = {place for attributes in _FILLED_CELL.findall(xml) for place in _REFERENCE.findall(attributes)}
        rows = max((int(row) for _, row in filled), default=0)
        columns = max((column_index(letters) for letters, _ in filled), default=0) + 1
    if rows > limits.rows:
        raise SpreadsheetError("工作表太长（到第%(rows)d行，最多%(most)d行）", rows=rows, most=limits.rows)
    if rows * columns > limits.cells:
        raise SpreadsheetError("工作表太大（%(rows)d行 × %(columns)d列）", rows=rows, columns=columns)


def _require_little_text(parts: dict[str, bytes], limits: Limits) -> None:
    sizes = [len(item) for content in parts.values() for item in _SHARED_ITEM_END.split(content)[:-1]] or [0]
    opened = [len(_VALUE_OPENED.findall(content)) for content in parts.values()]
    if max(sizes) * sum(opened) <= limits.text_bytes:
        return
    values = [value for content in parts.values() for value in _VALUE.findall(content)]
    # A value that is written in some roundabout way cannot be weighed; no table program writes one.
    weighable = len(values) == sum(opened)
    uses = Counter(int(value) for value in values if value.strip().isdigit() and len(value) < 10)
    text = sum(count * sizes[index] for index, count in uses.items() if index < len(sizes))
    if not weighable or text > limits.text_bytes:
        raise SpreadsheetError("表格中的文字太多，请删去与名单无关的内容后再上传")


def _formulas_without_value(xml: bytes) -> dict[tuple[int, int], str]:
    if b"<f" not in xml:
        return {}
    return {
        (int(row) - 1, column_index(letters)): "=" + unescape(text.decode("utf-8", "replace"))
        for letters, row, text in _FORMULA_WITHOUT_VALUE.findall(xml)
    }


def _repacked(parts: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return packed.getvalue()
