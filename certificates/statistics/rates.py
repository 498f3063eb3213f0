"""参赛率 and 受益率: exact, each with the formula that was used and where it comes from.

No text of an authority that was read defines either; one of 2018 only names them. The formulas are this system's own
proposal, may be set otherwise by an organiser who names a source, and are printed beside every figure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any

from certificates.statistics.figures import MEASURE_NAMES, Entry, Measure, any_of, persons
from core.errors import InvalidInputError
from core.messages import joined, message, said

NAMED_IN = message(
    "两率在秦办发〔2018〕29号《关于新时期产业工人队伍建设改革的实施方案》中只有名称：「切实提高竞赛的实效和产业工人的参赛率、受益率」，所见文件都没有定义。"
)
OWN_PROPOSAL = message("公式由本系统自拟，不是规定，对外使用前请与主管部门核对。")
BASES = (Measure.TOOK_PART, Measure.REGISTERED)
BENEFITS = (
    Measure.AWARDED,
    Measure.PROMOTION_APPROVED,
    Measure.PROMOTED,
    Measure.HONOUR_APPROVED,
    Measure.MEDAL_APPROVED,
    Measure.GRANTED,
)
_MOST = 100_000_000
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class Terms:
    """What an organiser states: how many workers there are, and what is counted."""

    workforce: int | None = None
    """How many workers could have taken part; None where nobody stated it."""
    workforce_source: str = ""
    basis: Measure = Measure.TOOK_PART
    benefits: tuple[Measure, ...] = (Measure.AWARDED, Measure.PROMOTED)
    formula_source: str = ""
    """The text that sets the formula; empty for this system's own."""

    def as_json(self) -> dict[str, Any]:
        """Plain values, as stored."""
        return asdict(self)


def read_terms(document: Mapping[str, Any]) -> Terms:
    """Terms from plain values, checked.

    Raises:
        InvalidInputError: a number that cannot be, a number without source, or nothing that counts as a benefit.
    """
    workforce = document.get("workforce")
    if workforce is not None and not 0 < workforce <= _MOST:
        raise InvalidInputError("应参赛职工数应为 1 到 %(most)s 的整数", most=_MOST)
    source = str(document.get("workforce_source", "")).strip()[:_LONGEST]
    if workforce is not None and not source:
        raise InvalidInputError("请写明应参赛职工数的出处，如“2026年工会统计年报”")
    benefits = tuple(measure for measure in BENEFITS if measure in document.get("benefits", ()))
    if not benefits:
        raise InvalidInputError("受益至少要选一项")
    if document.get("basis") not in BASES:
        raise InvalidInputError("请选择按实际参赛还是按报名计算")
    formula_source = str(document.get("formula_source", "")).strip()[:_LONGEST]
    return Terms(workforce, source, Measure(document["basis"]), benefits, formula_source)


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate with everything that is printed beside it."""

    name: str
    formula: str
    numerator: int
    denominator: int | None
    remark: str
    """Why there is no rate, or what is odd about it; empty where all is well."""

    @property
    def percent(self) -> str:
        """With two decimals, rounded half up: 12.35%; empty without a denominator."""
        if not self.denominator:
            return ""
        return percent(Fraction(self.numerator, self.denominator))


def percent(share: Fraction) -> str:
    """A share as a percentage with two decimals, rounded half up."""
    hundredths = (share * 20_000 + 1) // 2
    return f"{hundredths // 100}.{hundredths % 100:02}%"


def participation(entries: Sequence[Entry], terms: Terms) -> Rate:
    """参赛率 of one competition."""
    count = persons(entries, terms.basis)
    formula = said(
        "参赛率 = %(who)s人数 ÷ 应参赛职工数 × 100%%，一人参加几项算一人", who=said(MEASURE_NAMES[terms.basis])
    )
    remark = ""
    if terms.workforce is None:
        remark = message("应参赛职工数未填报，无法计算")
    elif count > terms.workforce:
        remark = message("参赛人数多于应参赛职工数，请核对")
    return Rate(message("参赛率"), formula, count, terms.workforce, remark)


def benefit(entries: Sequence[Entry], terms: Terms) -> Rate:
    """受益率 of one competition: of those who took part, how many had at least one benefit."""
    base = [entry for entry in entries if terms.basis in entry.reached]
    count = any_of(base, terms.benefits)
    benefits = joined((said(MEASURE_NAMES[one]) for one in terms.benefits), message("或"))
    formula = said(
        "受益率 = %(who)s人员中%(benefits)s的人数 ÷ %(who)s人数 × 100%%；培训和发放奖金没有登记，未计入",
        who=said(MEASURE_NAMES[terms.basis]),
        benefits=benefits,
    )
    whole = persons(base, terms.basis)
    return Rate(message("受益率"), formula, count, whole or None, "" if whole else message("还没有人参赛，无法计算"))
