"""A competition held against its packs: what agrees, what deviates, which clause says so. Pure; it decides nothing."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from competitions.standards.model import DIMENSIONS, FORMS, LEVEL_NAMES, Citation, Cited, Pack, PrizeStep
from competitions.standards.words import part_name, value_in_words
from core.messages import joined, message, said

AGREES, DEVIATES, OPEN = "agrees", "deviates", "open"


@dataclass(frozen=True, slots=True)
class PlannedPrize:
    """A prize as the organiser plans it; exactly one of number and share."""

    name: str
    number: int | None = None
    share: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What a competition intends for one event. None means: not said yet."""

    form: str | None = None
    group: str | None = None
    entrants: int | None = None
    teams: int | None = None
    weights: Mapping[str, int] | None = None
    """Part (理论, 实操 …) → percent."""
    pass_mark: int | None = None
    judges: int | None = None
    """Judges who mark one subjective item."""
    drop_each_end: int | None = None
    preliminary_carried: bool | None = None
    tie_order: tuple[str, ...] | None = None
    shared_places: bool | None = None
    written_at_level: int | None = None
    announced_days_before: int | None = None
    appeal_hours: int | None = None
    publicity_working_days: int | None = None
    query_working_days: int | None = None
    filed_with: tuple[str, ...] | None = None
    minimum_age: int | None = None
    prizes: tuple[PlannedPrize, ...] | None = None


@dataclass(frozen=True, slots=True)
class Point:
    """One clause held against the plan."""

    pack: str
    dimension: str
    verdict: str
    """`agrees`, `deviates`, or `open`: not said in the plan, or for a person to judge."""
    wanted: str
    found: str
    citation: Citation

    @property
    def dimension_name(self) -> str:
        """The dimension in Chinese."""
        return DIMENSIONS[self.dimension]


@dataclass(frozen=True, slots=True)
class Alignment:
    """All points of one pack, and the dimensions that its text does not state."""

    pack: Pack
    points: tuple[Point, ...]
    unstated: tuple[str, ...]

    @property
    def deviations(self) -> tuple[Point, ...]:
        """What must be mended, or approved with a reason."""
        return tuple(point for point in self.points if point.verdict == DEVIATES)


def align(plan: Plan, packs: Iterable[Pack]) -> list[Alignment]:
    """Hold a plan against packs.

    Args:
        plan: what the competition intends for one event.
        packs: the rules that speak of it, as `find_packs` gives them.

    Returns:
        One alignment a pack. A text that is silent on a dimension deviates from nothing: it is listed as unstated.
    """
    return [Alignment(pack, tuple(_points(plan, pack)), tuple(sorted(pack.unknown))) for pack in packs]


Verdict = tuple[bool | None, str]
Check = Callable[[Plan, object], Verdict]


def _points(plan: Plan, pack: Pack) -> Iterable[Point]:
    for dimension, values in pack.values.items():
        for name, cited in values.items():
            yield _value_point(plan, pack, dimension, name, cited)
    if pack.minimum_field is not None:
        field = pack.minimum_field
        number, unit = (plan.teams, _TEAMS) if field.unit == "team" else (plan.entrants, _PEOPLE)
        wanted = said("实际参赛不少于 %(n)s", n=said(unit, n=field.at_least))
        yield _point(pack, "minimum_field", wanted, _at_least(number, field.at_least, unit), field.citation)
    if pack.prizes is not None:
        for step in pack.prizes.steps:
            yield _point(pack, "prizes", *_prize(plan, step), pack.prizes.citation)


def _value_point(plan: Plan, pack: Pack, dimension: str, name: str, cited: Cited) -> Point:
    check = _CHECKS.get(name)
    verdict: Verdict = (None, said("由人核对")) if check is None else check(plan, cited.value)
    value = value_in_words(name, cited.value)
    wanted = said(_LABELS[name], value=value) if name in _LABELS else value
    return _point(pack, dimension, wanted, verdict, cited.citation)


def _point(pack: Pack, dimension: str, wanted: str, verdict: Verdict, citation: Citation) -> Point:
    word = {True: AGREES, False: DEVIATES, None: OPEN}[verdict[0]]
    return Point(pack.id, dimension, word, wanted, verdict[1], citation)


_NOT_SAID = said("未填写")
_TEAMS, _PEOPLE = message("%(n)s 队"), message("%(n)s 人")


def _at_least(found: int | None, wanted: int, unit: str) -> Verdict:
    """`unit` is a message with the number in it."""
    return (None, _NOT_SAID) if found is None else (found >= wanted, said(unit, n=found))


def _equal(found: object, wanted: object, text: str) -> Verdict:
    return (None, _NOT_SAID) if found is None else (found == wanted, text)


def _weights(plan: Plan, wanted: object) -> Verdict:
    if plan.weights is None:
        return None, _NOT_SAID
    return dict(plan.weights) == wanted, value_in_words("weights", plan.weights)


def _part(part: str, sign: int) -> Check:
    """A bound on one part's weight: `sign` 1 for at least, -1 for at most."""

    def check(plan: Plan, wanted: object) -> Verdict:
        if plan.weights is None or part not in plan.weights:
            return None, _NOT_SAID
        share = plan.weights[part]
        return sign * share >= sign * _number(wanted), said("%(part)s %(share)s%%", part=part_name(part), share=share)

    return check


def _number(value: object) -> int:
    return int(str(value))


def _minimum(attribute: str, unit: str) -> Check:
    return lambda plan, wanted: _at_least(getattr(plan, attribute), _number(wanted), unit)


def _same(attribute: str) -> Check:
    def check(plan: Plan, wanted: object) -> Verdict:
        found = getattr(plan, attribute)
        return _equal(found, wanted, value_in_words(attribute, found))

    return check


def _level(plan: Plan, wanted: object) -> Verdict:
    """A smaller digit is a higher level."""
    if plan.written_at_level is None:
        return None, _NOT_SAID
    return plan.written_at_level <= _number(wanted), LEVEL_NAMES[plan.written_at_level]


def _contained(attribute: str, ending: str = "") -> Check:
    def check(plan: Plan, wanted: object) -> Verdict:
        found = getattr(plan, attribute)
        if found is None:
            return None, _NOT_SAID
        words = wanted if isinstance(wanted, tuple) else (wanted,)
        plain = {str(word).removesuffix(ending) for word in words}
        return str(found).removesuffix(ending) in plain, FORMS.get(str(found), str(found))

    return check


def _filing(plan: Plan, wanted: object) -> Verdict:
    if plan.filed_with is None:
        return None, _NOT_SAID
    bodies = wanted if isinstance(wanted, tuple) else (wanted,)
    lacking = [str(body) for body in bodies if body not in plan.filed_with]
    return not lacking, said("未在%(bodies)s备案", bodies=joined(lacking)) if lacking else said("已备案")


def _tie_order(plan: Plan, wanted: object) -> Verdict:
    """Orders in other words than the text's are for a person to compare."""
    if plan.tie_order is None:
        return None, _NOT_SAID
    found = joined(plan.tie_order)
    words = wanted if isinstance(wanted, tuple) else ()
    comparable = plan.tie_order == words or bool(set(words) & set(plan.tie_order))
    return (plan.tie_order == words, found) if comparable else (None, said("%(found)s，由人核对", found=found))


def _pass_mark(plan: Plan, wanted: object) -> Verdict:
    return _equal(plan.pass_mark, _number(wanted), said("%(n)s 分", n=plan.pass_mark))


_CHECKS: Mapping[str, Check] = {
    "weights": _weights,
    "theory_at_most": _part("理论", -1),
    "practice_at_least": _part("实操", 1),
    "pass_mark": _pass_mark,
    "judges_for_trim": _minimum("judges", message("%(n)s 名")),
    "at_least": _minimum("judges", message("%(n)s 名")),
    "drop_each_end": _same("drop_each_end"),
    "preliminary_carried": _same("preliminary_carried"),
    "order": _tie_order,
    "shared_places": _same("shared_places"),
    "level_at_least": _level,
    "announced_days_before": _minimum("announced_days_before", message("%(n)s 天")),
    "appeal_hours": _minimum("appeal_hours", message("%(n)s 小时")),
    "publicity_working_days": _minimum("publicity_working_days", message("%(n)s 个工作日")),
    "query_working_days": _minimum("query_working_days", message("%(n)s 个工作日")),
    "minimum_age": _minimum("minimum_age", message("%(n)s 岁")),
    "forms": _contained("form"),
    "groups": _contained("group", "组"),
    "bodies": _filing,
}
"""Value name → how the plan is held against it; what is not here is for a person to judge."""

_LABELS: Mapping[str, str] = {
    "weights": message("权重 %(value)s"),
    "theory_at_most": message("理论不超过百分之%(value)s"),
    "practice_at_least": message("实操不低于百分之%(value)s"),
    "pass_mark": message("合格线 %(value)s"),
    "judges_for_trim": message("主观项裁判不少于 %(value)s"),
    "at_least": message("裁判不少于 %(value)s"),
    "drop_each_end": message("两端各去掉 %(value)s"),
    "preliminary_carried": message("初赛成绩带入决赛：%(value)s"),
    "deduction_floor": message("扣分的下限：%(value)s"),
    "time_bonus": message("加时与提前完成的加分：%(value)s"),
    "order": message("同分时依次比较 %(value)s"),
    "shared_places": message("可否并列：%(value)s"),
    "level_at_least": message("命题不低于%(value)s"),
    "announced_days_before": message("提前公布天数不少于 %(value)s"),
    "appeal_hours": message("申诉时限（小时）不少于 %(value)s"),
    "publicity_working_days": message("公示工作日不少于 %(value)s"),
    "query_working_days": message("查分工作日不少于 %(value)s"),
    "minimum_age": message("最低年龄 %(value)s"),
    "forms": message("赛项形式：%(value)s"),
    "groups": message("组别：%(value)s"),
    "bodies": message("赛前备案：%(value)s"),
    "teachers_are_workers": message("教师按职工对待：%(value)s"),
    "qualification": message("裁判资格：%(value)s"),
    "chief_qualification": message("裁判长资格：%(value)s"),
    "formula": message("团体总分：%(value)s"),
    "issuer": message("发证单位：%(value)s"),
    "seal": message("用章：%(value)s"),
}


def _prize(plan: Plan, step: PrizeStep) -> tuple[str, Verdict]:
    """One prize of the pack against the plan's prize of the same name."""
    share = step.up_to_share or step.at_most_share
    if step.ranks is not None:
        number = step.ranks[1] - step.ranks[0] + 1
        wanted = said("%(prize)s %(n)s 名", prize=step.name, n=number)
    elif share is not None:
        number, wanted = None, said("%(prize)s累计至参赛的 %(share)s", prize=step.name, share=share)
    else:
        return said("%(prize)s（范围未载明）", prize=step.name), (None, said("由人核对"))
    if plan.prizes is None:
        return wanted, (None, _NOT_SAID)
    index = _index(plan.prizes, step)
    if index is None:
        return wanted, (False, said("未设该奖"))
    planned = plan.prizes[index]
    if number is not None:
        by_number = planned.number is not None
        found = said("%(n)s 名", n=planned.number) if by_number else said("按比例 %(share)s", share=planned.share)
        return wanted, (planned.number == number, found)
    shares = [prize.share for prize in plan.prizes[: index + 1]]
    if share is None or None in shares:
        return wanted, (None, said("%(prize)s按人数设置，由人核对", prize=planned.name))
    reached = sum((part for part in shares if part is not None), Fraction(0))
    return wanted, (
        reached <= share if step.up_to_share is None else reached == share,
        said("累计 %(share)s", share=reached),
    )


def _index(prizes: Sequence[PlannedPrize], step: PrizeStep) -> int | None:
    return next((n for n, prize in enumerate(prizes) if prize.name == step.name or prize.name in step.also), None)
