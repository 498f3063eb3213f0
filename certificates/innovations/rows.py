"""Reads rows of a workbook of innovations, and amounts as people write them. Pure; faults by row."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from certificates.incoming.tables import Headings, TableRow, read_day
from certificates.innovations.kinds import KIND_NAMES, STAGE_NAMES, Kind, Stage
from competitions.roster.people import read_name
from core.identity import clean_number
from core.messages import joined, said

NAME, KIND, UNIT, STAGE = "成果名称", "类别", "单位", "阶段"
AUTHORS, DOCUMENTS = "主要完成人", "证件号码"
BENEFIT, BASIS, DAY, DOCUMENT = "经济效益（万元）", "效益的计算依据", "日期", "文件或编号"
COLUMNS = (NAME, KIND, STAGE, UNIT, AUTHORS, DOCUMENTS, BENEFIT, BASIS, DAY, DOCUMENT)
HEADINGS = Headings(
    {
        NAME: ("成果名称", "创新成果名称", "创新成果", "项目名称", "建议名称", "名称"),
        KIND: ("类别", "成果类别", "类型", "成果类型"),
        STAGE: ("阶段", "是否实施", "实施情况", "应用情况"),
        UNIT: ("单位", "完成单位", "提出单位", "所在单位", "工作单位"),
        AUTHORS: ("主要完成人", "完成人", "建议人", "姓名", "发明人"),
        DOCUMENTS: ("证件号码", "证件号", "身份证号", "身份证号码", "完成人证件号码"),
        BENEFIT: ("经济效益", "年经济效益", "创造经济效益"),
        BASIS: ("效益的计算依据", "计算依据", "效益计算依据", "核算依据", "效益评估"),
        DAY: ("日期", "完成日期", "提出日期", "提出时间", "授权日期"),
        DOCUMENT: ("文件或编号", "文号", "专利号", "证书编号", "文件"),
    },
    (NAME, KIND, STAGE),
    units={BENEFIT: "万元"},
)
LONGEST = 200
MOST_AUTHORS = 20
_KINDS: Mapping[str, Kind] = {name: kind for kind, name in KIND_NAMES.items()} | {"专利": Kind.PATENT}
_STAGES: Mapping[str, Stage] = {name: stage for stage, name in STAGE_NAMES.items()} | {
    "提出": Stage.PROPOSED,
    "采纳": Stage.ADOPTED,
    "实施": Stage.IN_USE,
    "已应用": Stage.IN_USE,
    "已实施应用": Stage.IN_USE,
}
_BETWEEN = re.compile(r"[、，,；;/\n\r]+")
_SPACES = re.compile(r"[\s\u3000]+")
_AMOUNT = re.compile(r"\d{1,9}(?:\.\d{1,6})?")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d{1,6})?")


@dataclass(frozen=True, slots=True)
class InnovationRow:
    """One row. With a `problem` nothing of it is stored."""

    sheet: str
    row: int
    """As people count, from 1."""
    name: str
    kind: Kind | None
    stage: Stage | None
    unit: str
    authors: tuple[tuple[str, str], ...]
    """Name and document number of each, in the order of naming."""
    benefit: str | None
    """In 万元, canonical; None where nobody stated it."""
    basis: str
    on: date | None
    document: str
    problem: str = ""


def read_amount(text: str) -> str | None:
    """An amount in 万元 as a canonical decimal string: 12, 12.5, 1,234.50 → 1234.5; None for anything else.

    Args:
        text: as typed. A unit beside the number is not understood: 12万 and 12元 are refused, nobody guesses.
    """
    plain = _SPACES.sub("", unicodedata.normalize("NFKC", text))
    if not (_AMOUNT.fullmatch(plain) or _GROUPED.fullmatch(plain)):
        return None
    amount = Decimal(plain.replace(",", ""))
    return format(amount.normalize() if amount else Decimal(0), "f")


def read_innovation_rows(rows: Sequence[TableRow], today: date) -> list[InnovationRow]:
    """Every row with what is wrong with it by itself.

    Args:
        rows: as `certificates.incoming.tables.read_table` gives them under `HEADINGS`.
        today: nothing is dated later.
    """
    return [_row(row, today) for row in rows]


def _row(row: TableRow, today: date) -> InnovationRow:
    texts = row.texts
    names = [read_name(name)[0] for name in _parts(texts[AUTHORS])]
    documents = [clean_number(number) for number in _parts(texts[DOCUMENTS])]
    found = InnovationRow(
        sheet=row.sheet,
        row=row.row,
        name=" ".join(texts[NAME].split()),
        kind=_KINDS.get(_SPACES.sub("", texts[KIND])),
        stage=_STAGES.get(_SPACES.sub("", texts[STAGE])),
        unit=" ".join(texts[UNIT].split()),
        authors=tuple(zip(names, documents, strict=False)),
        benefit=read_amount(texts[BENEFIT]) if texts[BENEFIT] else None,
        basis=texts[BASIS],
        on=read_day(texts[DAY]),
        document=texts[DOCUMENT],
    )
    return replace(
        found, problem=_problem(found, texts) or _authors_problem(names, documents) or _rest_problem(found, today)
    )


def _parts(text: str) -> list[str]:
    return [part.strip() for part in _BETWEEN.split(text) if part.strip()]


def _problem(row: InnovationRow, texts: Mapping[str, str]) -> str:
    for field, text in texts.items():
        if len(text) > LONGEST and field not in (AUTHORS, DOCUMENTS):
            return said("%(field)s太长，最多 %(most)s 字", field=field, most=LONGEST)
    if not row.name:
        return said("没有填写%(field)s", field=NAME)
    if row.kind is None:
        return said("类别“%(kind)s”不在可选的类别里：%(kinds)s", kind=texts[KIND], kinds=joined(KIND_NAMES.values()))
    if row.stage is None:
        return said("看不懂阶段“%(stage)s”，请填%(stages)s", stage=texts[STAGE], stages=joined(STAGE_NAMES.values()))
    return _amount_problem(row, texts)


def _amount_problem(row: InnovationRow, texts: Mapping[str, str]) -> str:
    if texts[BENEFIT] and row.benefit is None:
        return said("看不懂经济效益“%(amount)s”，请只填以万元计的数，如 12.5", amount=texts[BENEFIT])
    if row.benefit is not None and not row.basis:
        return said("填了经济效益，须写明计算依据和期间")
    if texts[DAY] and row.on is None:
        return said("看不懂日期“%(day)s”，请填 2026-10-20 这样的日期", day=texts[DAY])
    return ""


def _authors_problem(names: Sequence[str], documents: Sequence[str]) -> str:
    if len(names) != len(documents):
        return said("完成人 %(n)s 名，证件号码 %(m)s 个，须一一对应", n=len(names), m=len(documents))
    if len(names) > MOST_AUTHORS:
        return said("主要完成人最多 %(most)s 名", most=MOST_AUTHORS)
    if len(set(documents)) < len(documents):
        return said("同一证件号码写了两次")
    if any("*" in number for number in documents):
        return said("证件号码是遮盖过的，请填完整的号码")
    return ""


def _rest_problem(row: InnovationRow, today: date) -> str:
    if row.on is not None and row.on > today:
        return said("日期 %(day)s 晚于今天", day=row.on)
    if not row.unit and not row.authors:
        return said("没有完成人，也没有单位")
    return ""
