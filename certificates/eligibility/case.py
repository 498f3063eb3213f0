"""A case: one event of a competition and its contestants, as CASE.json states them. Absent facts stay absent."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from competitions.standards.finding import CompetitionKey
from competitions.standards.model import LEVELS
from core.errors import InvalidInputError

NO_LEVEL = 6
"""Present level of somebody without a certificate (无, 学徒工): below 初级工 (5)."""
APPOINTED = 0
"""Present level of 特级技师 and 首席技师: above 高级技师 (1), by appointment only."""
NO_PRIZE = ""
"""Prize of a contestant of whom the case says that there is none."""

_LEVEL_WORDS: Mapping[str, int] = {
    **LEVELS,
    **{f"{word}级": digit for word, digit in zip("一二三四五", range(1, 6), strict=True)},
    **{str(digit): digit for digit in range(1, 6)},
    "无": NO_LEVEL,
    "学徒工": NO_LEVEL,
    "特级技师": APPOINTED,
    "首席技师": APPOINTED,
}
_KINDS = ("single", "double", "triple", "team")
_NONE_WORDS = ("", "无", "未获奖", "none")


class CaseError(InvalidInputError):
    """A case that cannot be read, with the place of the fault."""


@dataclass(frozen=True, slots=True)
class Held:
    """A title that somebody holds already, or was proposed for."""

    name: str
    occupation_code: str | None
    on: date | None
    source: str = ""
    """Where it is known from, in words; empty where the case says so itself."""
    question: str = ""
    """What is asked about it, in words; empty where only is asked whether it was granted."""


@dataclass(frozen=True, slots=True)
class Event:
    """What is known of the event; None means: the case does not say."""

    name: str | None = None
    occupation_code: str | None = None
    kind: str | None = None
    group: str | None = None
    entrants: int | None = None
    """Persons who actually took part."""
    teams: int | None = None
    """Teams that actually took part."""
    top_level: int | None = None
    """Highest level digit of the occupation's standard; NO_LEVEL where the occupation has no skill level."""
    written_at_level: int | None = None
    demonstration: bool = False


@dataclass(frozen=True, slots=True)
class Contestant:
    """What is known of one person; None means: the case does not say."""

    id: str
    rank: int | None = None
    award_rank: int | None = None
    prize: str | None = None
    totals: Mapping[str, Decimal] | None = None
    passed: bool | None = None
    """Both parts passed, where the case says so outright."""
    identity: str | None = None
    current_level: int | None = None
    birth: date | None = None
    member: str | None = None
    listed: int | None = None
    home: str | None = None
    sex: str | None = None
    held: tuple[Held, ...] | None = None
    held_is_complete: bool = True
    """False where `held` is only what one register knows: what it lacks is unknown, not denied."""
    held_source: str = ""
    """On whose word nothing but `held` is held; empty where the case says so itself."""
    proposed: tuple[Held, ...] = ()
    """Titles for which the person was proposed before; nobody has said yet whether they were given."""
    promoted_on: tuple[date, ...] | None = None
    promotions_are_complete: bool = True
    """As `held_is_complete`, for `promoted_on`."""
    promotion_source: str = ""
    """Where the newest of `promoted_on` is known from, or on whose word there was none, in words."""
    promotion_proposed: str = ""
    """A promotion of the same year that was proposed and of which nobody has said whether it was made, in words."""
    level_source: str = ""
    """Where the present level is known from besides the registration, in words."""
    status: str | None = None
    behind: int | None = None
    """Set while assessing, for a place that no rule of a pack reaches: the last place that one does."""

    @property
    def place(self) -> int | None:
        """The place that awards go by: the award rank where one was determined, else the rank."""
        return self.rank if self.award_rank is None else self.award_rank


@dataclass(frozen=True, slots=True)
class Case:
    """One event and its contestants."""

    competition: CompetitionKey
    filed_with: tuple[str, ...] | None
    event: Event
    contestants: tuple[Contestant, ...]


class _Fields:
    """Reads typed fields of one JSON object and names the place of a fault."""

    def __init__(self, data: object, where: str) -> None:
        if not isinstance(data, Mapping):
            raise CaseError("%(where)s应为一个对象", where=where)
        self.data: Mapping[str, Any] = data
        self.where = where

    def fault(self, key: str, expected: str) -> CaseError:
        return CaseError(
            "%(where)s的「%(key)s」应为%(expected)s，现为 %(value)s",
            where=self.where,
            key=key,
            expected=expected,
            value=repr(self.data[key]),
        )

    def text(self, key: str) -> str | None:
        value = self.data.get(key)
        if value is None:
            return None
        if not isinstance(value, str | int) or isinstance(value, bool):
            raise self.fault(key, "一段文字")
        return str(value).strip()

    def words(self, key: str) -> tuple[str, ...] | None:
        value = self.data.get(key)
        if value is None:
            return None
        values = value if isinstance(value, list) else [value]
        if not all(isinstance(word, str) for word in values):
            raise self.fault(key, "文字或文字的列表")
        return tuple(word.strip() for word in values if word.strip())

    def count(self, key: str, least: int = 0) -> int | None:
        value = self.data.get(key)
        if value is None:
            return None
        if isinstance(value, str) and value.isdigit():
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise self.fault(key, f"不小于 {least} 的整数")
        return value

    def flag(self, key: str) -> bool | None:
        value = self.data.get(key)
        if value is not None and not isinstance(value, bool):
            raise self.fault(key, "true 或 false")
        return value

    def day(self, key: str) -> date | None:
        value = self.data.get(key)
        return None if value is None else self.as_day(key, value)

    def as_day(self, key: str, value: object) -> date:
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            raise self.fault(key, "日期（YYYY-MM-DD）") from None

    def level(self, key: str) -> int | None:
        value = self.data.get(key)
        if value is None:
            return None
        if value == 0:
            return NO_LEVEL
        for word in str(value).split("/"):
            if word.strip() in _LEVEL_WORDS:
                return _LEVEL_WORDS[word.strip()]
        raise self.fault(key, "技能等级（5 初级工 … 1 高级技师，或 无）")

    def rows(self, key: str) -> list[Any] | None:
        value = self.data.get(key)
        if value is not None and not isinstance(value, list):
            raise self.fault(key, "一个列表")
        return value


def read_case(data: object) -> Case:
    """A case from the parsed JSON of docs/formats/eligibility-case.md.

    Args:
        data: the parsed document. Keys that the format does not know are passed over.

    Raises:
        CaseError: a part is missing or a value has the wrong form; absent facts are no fault.
    """
    top = _Fields(data, "案例")
    for part in ("competition", "event", "contestants"):
        if top.data.get(part) is None:
            raise CaseError("案例缺少「%(part)s」", part=part)
    competition = _Fields(top.data["competition"], "competition ")
    rows = top.rows("contestants") or []
    return Case(
        competition=CompetitionKey(
            programmes=competition.words("programme") or (),
            jurisdictions=competition.words("jurisdiction") or (),
            opened_on=competition.day("opened_on"),
            class_word=competition.text("class") or None,
        ),
        filed_with=competition.words("filed_with"),
        event=_event(_Fields(top.data["event"], "event ")),
        contestants=tuple(_contestant(_Fields(row, f"第 {n} 名选手"), n) for n, row in enumerate(rows, start=1)),
    )


def _event(fields: _Fields) -> Event:
    kind = fields.text("kind")
    if kind is not None and kind not in _KINDS:
        raise fields.fault("kind", "、".join(_KINDS) + " 之一")
    return Event(
        name=fields.text("name"),
        occupation_code=fields.text("occupation_code"),
        kind=kind,
        group=fields.text("group"),
        entrants=fields.count("entrants"),
        teams=fields.count("teams"),
        top_level=fields.level("top_level"),
        written_at_level=fields.level("written_at_level"),
        demonstration=bool(fields.flag("demonstration")),
    )


def _contestant(fields: _Fields, number: int) -> Contestant:
    promoted = fields.rows("promoted_on")
    return Contestant(
        id=fields.text("id") or str(number),
        rank=fields.count("rank", least=1),
        award_rank=fields.count("award_rank", least=1),
        prize=_prize(fields.text("prize")),
        totals=_totals(fields),
        passed=fields.flag("passed"),
        identity=fields.text("identity") or None,
        current_level=fields.level("current_level"),
        birth=fields.day("birth"),
        member=fields.text("member"),
        listed=fields.count("listed", least=1),
        home=fields.text("home") or None,
        sex=fields.text("sex"),
        held=_held(fields),
        promoted_on=None if promoted is None else tuple(fields.as_day("promoted_on", day) for day in promoted),
        status=fields.text("status"),
    )


def _prize(word: str | None) -> str | None:
    return NO_PRIZE if word in _NONE_WORDS else word


def _totals(fields: _Fields) -> dict[str, Decimal] | None:
    value = fields.data.get("totals")
    if value is None:
        return None
    if not isinstance(value, Mapping):
        raise fields.fault("totals", "各部分成绩")
    try:
        marks = {str(part): Decimal(str(mark)) for part, mark in value.items() if mark is not None}
    except InvalidOperation:
        raise fields.fault("totals", "各部分成绩，以十进制文字表示") from None
    if not all(mark.is_finite() for mark in marks.values()):
        raise fields.fault("totals", "有限的分数")
    return marks


def _held(fields: _Fields) -> tuple[Held, ...] | None:
    rows = fields.rows("held")
    if rows is None:
        return None
    found = []
    for row in rows:
        entry = _Fields({"name": row} if isinstance(row, str) else row, f"{fields.where}已获称号")
        found.append(Held(entry.text("name") or "", entry.text("occupation_code"), entry.day("on")))
    return tuple(found)
