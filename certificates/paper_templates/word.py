"""Reads and fills a Word template: one row repeated for everybody, or the whole text for each person."""

import re
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any

from certificates.paper_templates.fields import NUMBER
from certificates.paper_templates.marks import Found, filled, names_in, require_known
from certificates.paper_templates.package import Package, TemplateError, parsed, require_no_fetching, written
from core.messages import said

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_BODY = "word/document.xml"
_AROUND = re.compile(r"word/(header|footer)\d*\.xml")
_MOST_PARAGRAPHS = 2_000
_NAMED = ("bookmarkStart", "bookmarkEnd", "commentRangeStart", "commentRangeEnd", "commentReference")


def read(parts: Package) -> list[Found]:
    """Every field of a template with its place.

    Raises:
        TemplateError: an unknown field, an open bracket, or a field of Word that reads from elsewhere.
    """
    found: list[Found] = []
    for name, tree in _trees(parts):
        for instruction in tree.iter(f"{W}instrText", f"{W}fldSimple"):
            require_no_fetching(instruction.text or instruction.get(f"{W}instr") or "", _file_words(name))
        if sum(1 for _ in tree.iter(f"{W}p")) > _MOST_PARAGRAPHS:
            raise TemplateError("模板太长（最多 %(most)s 段），请只留模板本身", most=_MOST_PARAGRAPHS)
        repeated = {row for row in tree.iter(f"{W}tr") if _is_repeated(row)}
        for paragraph, place in _paragraphs(tree, name):
            text = "".join(_texts(paragraph))
            require_known(text, place)
            is_in_row = _row_of(paragraph) in repeated
            found += [Found(field, place, is_in_row, name != _BODY) for field in names_in(text)]
    return found


def _trees(parts: Package) -> Iterator[tuple[str, Any]]:
    for name in parts:
        if name == _BODY or _AROUND.fullmatch(name):
            yield name, parsed(parts, name)


def _file_words(name: str) -> str:
    around = _AROUND.fullmatch(name)
    if around is None:
        return said("正文")
    return said("页眉") if around[1] == "header" else said("页脚")


def _paragraphs(tree: Any, name: str) -> Iterator[tuple[Any, str]]:
    tables = list(tree.iter(f"{W}tbl"))
    for number, paragraph in enumerate(tree.iter(f"{W}p"), start=1):
        row = _row_of(paragraph)
        if row is None:
            yield paragraph, said("%(part)s第 %(n)s 段", part=_file_words(name), n=number)
            continue
        table = row.getparent()
        rows = list(table.iter(f"{W}tr"))
        cell = next(one for one in paragraph.iterancestors(f"{W}tc"))
        column = 1 + list(row.iter(f"{W}tc")).index(cell)
        yield (
            paragraph,
            said(
                "%(part)s第 %(table)s 个表格第 %(row)s 行第 %(column)s 格",
                part=_file_words(name),
                table=1 + tables.index(table),
                row=1 + rows.index(row),
                column=column,
            ),
        )


def _row_of(element: Any) -> Any:
    return next(element.iterancestors(f"{W}tr"), None)


def _texts(paragraph: Any) -> list[str]:
    return [piece.text or "" for piece in _pieces(paragraph)]


def _pieces(paragraph: Any) -> list[Any]:
    """The text of a paragraph, without that of paragraphs inside it, as in a text box."""
    return [t for t in paragraph.iter(f"{W}t") if next(t.iterancestors(f"{W}p")) is paragraph]


def _is_repeated(row: Any) -> bool:
    own = (paragraph for paragraph in row.iter(f"{W}p") if _row_of(paragraph) is row)
    return any(NUMBER in names_in("".join(_texts(paragraph))) for paragraph in own)


def fill(parts: Package, shared: Mapping[str, str], people: Sequence[Mapping[str, str]], *, is_list: bool) -> Package:
    """The template with values in place of its fields.

    Args:
        parts: a template that `read` has found in order.
        shared: values that stand once.
        people: values of each person.
        is_list: rows are repeated; otherwise the whole text is, each person on a new page.
    """
    done = dict(parts)
    for name, tree in _trees(parts):
        if name == _BODY and is_list:
            _repeat_rows(tree, people)
        elif name == _BODY:
            _repeat_body(tree, people)
        _put(tree, shared)
        done[name] = written(tree)
    return done


def _repeat_rows(tree: Any, people: Sequence[Mapping[str, str]]) -> None:
    for row in [one for one in tree.iter(f"{W}tr") if _is_repeated(one)]:
        for person in people:
            again = deepcopy(row)
            _put(again, person)
            row.addprevious(again)
        row.getparent().remove(row)


def _repeat_body(tree: Any, people: Sequence[Mapping[str, str]]) -> None:
    body = tree.find(f"{W}body")
    content = [one for one in body if one.tag != f"{W}sectPr"]
    pattern = [deepcopy(one) for one in content]
    for one in content:
        body.remove(one)
    end = body.find(f"{W}sectPr")
    for number, person in enumerate(people):
        if number:
            _add(body, end, _page_break(body))
        for one in pattern:
            again = deepcopy(one)
            if number:
                _without_names(again)
            _put(again, person)
            _add(body, end, again)


def _add(body: Any, end: Any, element: Any) -> None:
    if end is None:
        body.append(element)
    else:
        end.addprevious(element)


def _page_break(body: Any) -> Any:
    paragraph = body.makeelement(f"{W}p")
    run = paragraph.makeelement(f"{W}r")
    run.append(run.makeelement(f"{W}br", {f"{W}type": "page"}))
    paragraph.append(run)
    return paragraph


def _without_names(tree: Any) -> None:
    """Names that may stand once in a file stay with the first person."""
    for tag in _NAMED:
        for one in list(tree.iter(f"{W}{tag}")):
            one.getparent().remove(one)


def _put(tree: Any, values: Mapping[str, str]) -> None:
    for paragraph in tree.iter(f"{W}p"):
        pieces = _pieces(paragraph)
        texts = filled([piece.text or "" for piece in pieces], values)
        for piece, text in zip(pieces, texts, strict=True):
            if piece.text != text:
                piece.text = text
                piece.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
