"""Reads and fills an Excel template: one row repeated for everybody, or the whole sheet for each person."""

import re
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any

from certificates.paper_templates.fields import NUMBER
from certificates.paper_templates.marks import Found, filled, names_in, require_known
from certificates.paper_templates.package import Package, TemplateError, parsed, written
from core.messages import said

S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_RELATIONS = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
_BOOK, _BOOK_RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_WORKSHEET = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_ONCE = ("drawing", "legacyDrawing", "legacyDrawingHF", "picture", "oleObjects", "controls", "tableParts")
"""Parts of a sheet that belong to one sheet only: a copy goes without them."""
_PLACE = re.compile(r"([A-Z]+)(\d+)")
_MOST_NAME = 31
_MOST_ROWS = 2_000


def read(parts: Package) -> list[Found]:
    """Every field of a template with its place.

    Raises:
        TemplateError: an unknown field, an open bracket, a formula, or a repeated row that is merged with others.
    """
    strings, found = _strings(parts), list[Found]()
    for title, _, tree in _sheets(parts):
        rows = list(tree.iter(f"{S}row"))
        if len(rows) > _MOST_ROWS:
            raise TemplateError(
                "工作表“%(title)s”太长（最多 %(most)s 行），请只留模板本身", title=title, most=_MOST_ROWS
            )
        for row in rows:
            texts = [(cell, _text(cell, strings)) for cell in row.iter(f"{S}c")]
            is_in_row = any(NUMBER in names_in(text) for _, text in texts)
            for cell, text in texts:
                place = said("工作表“%(title)s”的 %(cell)s ", title=title, cell=cell.get("r"))
                _require_no_formula(cell, place)
                require_known(text, place)
                found += [Found(name, place, is_in_row) for name in names_in(text)]
            if is_in_row:
                _require_own_row(tree, int(row.get("r")), title)
    return found


def _require_no_formula(cell: Any, place: str) -> None:
    if cell.find(f"{S}f") is not None:
        raise TemplateError("%(place)s是公式，模板里请不要用公式，改成文字或留空", place=place)


def _require_own_row(tree: Any, number: int, title: str) -> None:
    for merge in tree.iter(f"{S}mergeCell"):
        (_, top), (_, bottom) = _corners(merge.get("ref"))
        if top != bottom and top <= number <= bottom:
            raise TemplateError(
                "工作表“%(title)s”第 %(row)s 行有【序号】，要按人数重复，不能与别的行合并（%(ref)s）",
                title=title,
                row=number,
                ref=merge.get("ref"),
            )


def _corners(ref: str) -> tuple[tuple[str, int], tuple[str, int]]:
    first, _, last = ref.partition(":")
    ends = []
    for corner in (first, last or first):
        match = _PLACE.fullmatch(corner.replace("$", ""))
        if match is None:
            raise TemplateError("模板里的合并单元格“%(ref)s”看不懂，请取消合并后再上传", ref=ref)
        ends.append((match[1], int(match[2])))
    return ends[0], ends[1]


def _strings(parts: Package) -> list[str]:
    if "xl/sharedStrings.xml" not in parts:
        return []
    tree = parsed(parts, "xl/sharedStrings.xml")
    return ["".join(_visible(item)) for item in tree.iter(f"{S}si")]


def _visible(item: Any) -> Iterator[str]:
    """The text of a string; how it is pronounced stands beside it and is not part of it."""
    for piece in item.iter(f"{S}t"):
        if next(piece.iterancestors(f"{S}rPh"), None) is None:
            yield piece.text or ""


def _text(cell: Any, strings: Sequence[str]) -> str:
    kind, value = cell.get("t"), cell.findtext(f"{S}v")
    if kind == "s" and value is not None and value.isdigit() and int(value) < len(strings):
        return strings[int(value)]
    if kind == "inlineStr":
        return "".join(_visible(cell))
    return value or "" if kind == "str" else ""


def _sheets(parts: Package) -> Iterator[tuple[str, str, Any]]:
    """Title, part and tree of every sheet, in the order of the workbook."""
    relations = parsed(parts, _BOOK_RELATIONS)
    targets = {one.get("Id"): one.get("Target") or "" for one in relations.iter(f"{_RELATIONS}Relationship")}
    for sheet in parsed(parts, _BOOK).iter(f"{S}sheet"):
        target = targets.get(sheet.get(f"{R}id"), "")
        name = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        yield sheet.get("name") or "", name, parsed(parts, name)


def fill(parts: Package, shared: Mapping[str, str], people: Sequence[Mapping[str, str]], *, is_list: bool) -> Package:
    """The template with values in place of its fields.

    Args:
        parts: a template that `read` has found in order.
        shared: values that stand once.
        people: values of each person.
        is_list: rows are repeated; otherwise every sheet is, one for each person.
    """
    strings, done = _strings(parts), dict(parts)
    for title, name, tree in _sheets(parts):
        if is_list:
            _repeat_rows(tree, people, strings)
            _put(tree, shared, strings)
            done[name] = written(tree)
        else:
            _repeat_sheet(done, (title, name, tree), [{**shared, **person} for person in people], strings)
    done.pop("xl/calcChain.xml", None)
    return done


def _repeat_rows(tree: Any, people: Sequence[Mapping[str, str]], strings: Sequence[str]) -> None:
    data = tree.find(f"{S}sheetData")
    for pattern in [row for row in data if _is_repeated(row, strings)]:
        number = int(pattern.get("r"))
        _make_room(tree, number, len(people) - 1)
        for offset, person in enumerate(people):
            again = deepcopy(pattern)
            _move(again, number + offset)
            _put(again, person, strings)
            pattern.addprevious(again)
        data.remove(pattern)


def _is_repeated(row: Any, strings: Sequence[str]) -> bool:
    return any(NUMBER in names_in(_text(cell, strings)) for cell in row.iter(f"{S}c"))


def _make_room(tree: Any, number: int, by: int) -> None:
    """Move what stands below a row down, and give every copy of the row the merged cells of the row."""
    for row in tree.find(f"{S}sheetData"):
        if int(row.get("r")) > number:
            _move(row, int(row.get("r")) + by)
    merges = tree.find(f"{S}mergeCells")
    if merges is not None:
        _move_merged(merges, number, by)
    dimension = tree.find(f"{S}dimension")
    if dimension is not None:
        tree.remove(dimension)


def _move_merged(merges: Any, number: int, by: int) -> None:
    for merge in list(merges):
        (left, top), (right, bottom) = _corners(merge.get("ref"))
        if top > number:
            merge.set("ref", f"{left}{top + by}:{right}{bottom + by}")
        elif top == number:
            for row in range(number + 1, number + by + 1):
                merges.append(merges.makeelement(f"{S}mergeCell", {"ref": f"{left}{row}:{right}{row}"}))
    merges.set("count", str(len(merges)))


def _move(row: Any, number: int) -> None:
    row.set("r", str(number))
    for cell in row.iter(f"{S}c"):
        match = _PLACE.fullmatch(cell.get("r") or "")
        if match is not None:
            cell.set("r", f"{match[1]}{number}")


def _put(tree: Any, values: Mapping[str, str], strings: Sequence[str]) -> None:
    for cell in tree.iter(f"{S}c"):
        text = _text(cell, strings)
        (new,) = filled([text], values)
        if new != text:
            for child in list(cell):
                cell.remove(child)
            cell.set("t", "inlineStr")
            inline = cell.makeelement(f"{S}is")
            piece = inline.makeelement(f"{S}t", {"{http://www.w3.org/XML/1998/namespace}space": "preserve"})
            piece.text = new
            inline.append(piece)
            cell.append(inline)


def _repeat_sheet(
    done: Package, sheet: tuple[str, str, Any], people: Sequence[Mapping[str, str]], strings: Sequence[str]
) -> None:
    title, name, tree = sheet
    for number, person in enumerate(people, start=1):
        again = deepcopy(tree)
        _put(again, person, strings)
        if number == 1:
            done[name] = written(again)
            continue
        for tag in _ONCE:
            for one in list(again.iter(f"{S}{tag}")):
                one.getparent().remove(one)
        for one in again.iter(f"{S}pageSetup"):
            one.attrib.pop(f"{R}id", None)
        part = f"{name.removesuffix('.xml')}-{number}.xml"
        done[part] = written(again)
        _announce(done, part, _free_title(done, title, number))


def _free_title(done: Package, title: str, number: int) -> str:
    taken = {sheet.get("name") for sheet in parsed(done, _BOOK).iter(f"{S}sheet")}
    ends = (f"（{n}）" for n in range(number, number + 10_000))
    return next(name for end in ends if (name := f"{title[: _MOST_NAME - len(end)]}{end}") not in taken)


def _announce(done: Package, part: str, title: str) -> None:
    """Make a further sheet known to the workbook, its relations and the list of types."""
    book, relations, types = (parsed(done, name) for name in (_BOOK, _BOOK_RELATIONS, "[Content_Types].xml"))
    sheets = book.find(f"{S}sheets")
    key = f"rIdCopy{len(sheets) + 1}"
    highest = max(int(sheet.get("sheetId")) for sheet in sheets)
    again = sheets.makeelement(f"{S}sheet", {"name": title, "sheetId": str(highest + 1), f"{R}id": key})
    sheets.append(again)
    relation = {"Id": key, "Type": _WORKSHEET, "Target": f"/{part}"}
    relations.append(relations.makeelement(f"{_RELATIONS}Relationship", relation))
    override = {"PartName": f"/{part}", "ContentType": _SHEET_TYPE}
    types.append(types.makeelement(f"{_TYPES}Override", override))
    for name, tree in ((_BOOK, book), (_BOOK_RELATIONS, relations), ("[Content_Types].xml", types)):
        done[name] = written(tree)
