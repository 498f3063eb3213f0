"""Reads rows of a workbook of granted titles: who, which title, by whom, by which document. Pure; faults by row."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from certificates.incoming.tables import Headings, TableRow, read_day
from competitions.roster.people import read_name
from core.identity import clean_number
from core.messages import said

NAME, DOCUMENT, TITLE = "姓名", "证件号码", "称号"
RESULT, AUTHORITY, NUMBER, DAY = "结果", "授予机关", "文号", "授予日期"
OCCUPATION, CODE, NOTE = "赛项或职业", "职业编码", "备注"
COLUMNS = (NAME, DOCUMENT, TITLE, RESULT, AUTHORITY, NUMBER, DAY, OCCUPATION, CODE, NOTE)
GRANTED, NOT_GRANTED = "授予", "未授予"
HEADINGS = Headings(
    {
        NAME: ("姓名", "选手姓名", "获得者", "获奖者"),
        DOCUMENT: ("证件号码", "证件号", "身份证号", "身份证号码", "居民身份证号码"),
        TITLE: ("称号", "荣誉称号", "称号或奖章", "授予称号", "奖章", "荣誉名称"),
        RESULT: ("结果", "授予结果", "是否授予"),
        AUTHORITY: ("授予机关", "授予单位", "颁发机关", "发文机关", "表彰单位"),
        NUMBER: ("文号", "发文字号", "授予文件", "授予文件文号"),
        DAY: ("授予日期", "发文日期", "授予时间", "成文日期"),
        OCCUPATION: ("赛项或职业", "赛项", "职业", "工种", "职业工种"),
        CODE: ("职业编码", "职业代码"),
        NOTE: ("备注", "说明", "未授予的原因"),
    },
    (NAME, DOCUMENT, TITLE, AUTHORITY, NUMBER, DAY),
)
_RESULTS: Mapping[str, bool] = {"": True, "授予": True, "已授予": True, "是": True} | dict.fromkeys(
    ("未授予", "不予授予", "没有授予", "否"), False
)
_QUOTES = re.compile(r"[“”\"「」『』\s\u3000]+")
_NUMBER = re.compile(r".+[〔\[（(【](\d{4})[〕\]）)】]第?\d+号")
_CODE = re.compile(r"\d-\d{2}-\d{2}-\d{2}")
LONGEST = 200


@dataclass(frozen=True, slots=True)
class TitleRow:
    """One row. With a `problem` nothing of it is stored; remarks are for a person to look at."""

    sheet: str
    row: int
    """As people count, from 1."""
    name: str
    document: str
    title: str
    is_granted: bool
    authority: str
    number: str
    on: date | None
    occupation: str
    occupation_code: str
    note: str
    problem: str = ""
    remarks: tuple[str, ...] = ()
    is_blank: bool = False
    """Prefilled, and nobody has filled in what became of it."""


def plain_title(text: str, known: Iterable[str] = ()) -> str:
    """A title without quotation marks and blanks; the word 称号 behind it goes where the rest is a known title.

    Args:
        text: as somebody wrote it.
        known: titles in the words of the rules.
    """
    word = _QUOTES.sub("", text)
    for ending in ("荣誉称号", "称号"):
        if word.endswith(ending) and word.removesuffix(ending) in set(known):
            return word.removesuffix(ending)
    return word


def read_title_rows(rows: Sequence[TableRow], known: Iterable[str], today: date) -> list[TitleRow]:
    """Every row with what is wrong with it by itself; whoever has the same title twice in the file is told.

    Args:
        rows: as `certificates.incoming.tables.read_table` gives them under `HEADINGS`.
        known: titles in the words of the rules.
        today: no document is dated later.
    """
    titles = frozenset(known)
    return _twice([_row(row, titles, today) for row in rows])


def _row(row: TableRow, known: frozenset[str], today: date) -> TitleRow:
    texts = row.texts
    name, _ = read_name(texts[NAME])
    result = _RESULTS.get(_QUOTES.sub("", texts[RESULT]))
    found = TitleRow(
        sheet=row.sheet,
        row=row.row,
        name=name,
        document=clean_number(texts[DOCUMENT]),
        title=plain_title(texts[TITLE], known),
        is_granted=result is not False,
        authority=texts[AUTHORITY],
        number=_QUOTES.sub("", texts[NUMBER]),
        on=read_day(texts[DAY]),
        occupation=texts[OCCUPATION],
        occupation_code=_QUOTES.sub("", texts[CODE]),
        note=texts[NOTE],
        is_blank=not any(texts[field] for field in (RESULT, AUTHORITY, NUMBER, DAY)),
    )
    if found.is_blank:
        return found
    problem = _unreadable_result(texts) if result is None else _problem(found, texts, today)
    return replace(found, problem=problem, remarks=remarks_on(found.number, found.on, found.occupation_code))


def _unreadable_result(texts: Mapping[str, str]) -> str:
    return said("看不懂结果“%(result)s”，请填“授予”或“未授予”", result=texts[RESULT])


def _problem(row: TitleRow, texts: Mapping[str, str], today: date) -> str:
    needed = (NAME, DOCUMENT, TITLE) + ((AUTHORITY, NUMBER, DAY) if row.is_granted else ())
    for field in needed:
        if not texts[field]:
            return said("没有填写%(field)s", field=field)
    for field, text in texts.items():
        if len(text) > LONGEST:
            return said("%(field)s太长，最多 %(most)s 字", field=field, most=LONGEST)
    if "*" in row.document:
        return said("证件号码是遮盖过的，请填完整的号码")
    return _problem_of_day(row, texts, today)


def _problem_of_day(row: TitleRow, texts: Mapping[str, str], today: date) -> str:
    if texts[DAY] and row.on is None:
        return said("看不懂授予日期“%(day)s”，请填 2026-10-20 这样的日期", day=texts[DAY])
    if row.on is not None and row.on > today:
        return said("授予日期 %(day)s 晚于今天", day=row.on)
    return ""


def remarks_on(number: str, on: date | None, occupation_code: str) -> tuple[str, ...]:
    """What looks odd about a document number, its year and an occupation's code; never a refusal.

    Args:
        number: of the granting document; empty text is not remarked on.
        on: its day.
        occupation_code: as given.
    """
    found: list[str] = []
    form = _NUMBER.fullmatch(number)
    if number and form is None:
        found.append(said("文号“%(number)s”不是“某某〔2026〕1号”的样子", number=number))
    if form is not None and on is not None and int(form[1]) != on.year:
        found.append(said("文号的年份 %(year)s 与授予日期 %(day)s 不是同一年", year=form[1], day=on))
    if occupation_code and not _CODE.fullmatch(occupation_code):
        found.append(said("职业编码“%(code)s”不是 6-18-02-04 的样子", code=occupation_code))
    return tuple(found)


def _twice(rows: Sequence[TitleRow]) -> list[TitleRow]:
    counted = Counter((row.document, row.title) for row in rows if not row.is_blank)
    marked = []
    for row in rows:
        number = 0 if row.is_blank or row.problem else counted[row.document, row.title]
        if number > 1:
            text = said("此人的“%(title)s”在文件里有 %(n)s 行，请只留一行", title=row.title, n=number)
            marked.append(replace(row, problem=text))
        else:
            marked.append(row)
    return marked
