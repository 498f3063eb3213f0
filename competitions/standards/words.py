"""A rule pack in words, for people to read: every value with the citation that it rests on. Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from competitions.standards.model import (
    DIMENSIONS,
    FORMS,
    LEVEL_NAMES,
    OPEN_END,
    Citation,
    Conditions,
    Effective,
    HonourRule,
    Pack,
    PrizeStep,
    PromotionRule,
    Ratio,
    RepeatRule,
    Rule,
    Selector,
)
from core.messages import joined, message, said

VERIFIED = ("A", "S")
"""Marks of texts of an authority; whatever bears another mark says that it is not verified."""

VALUE_LABELS: Mapping[str, str] = {
    "note": message("说明"),
    "who": message("参赛对象"),
    "groups": message("组别"),
    "forms": message("赛项形式"),
    "teachers_are_workers": message("教师按职工对待"),
    "minimum_age": message("最低年龄"),
    "weights": message("权重"),
    "theory_at_most": message("理论占比上限（%）"),
    "practice_at_least": message("实操占比下限（%）"),
    "pass_mark": message("合格线"),
    "judges_for_trim": message("去高去低所需裁判人数"),
    "drop_each_end": message("两端各去掉的分数个数"),
    "preliminary_carried": message("初赛成绩带入决赛"),
    "deduction_floor": message("扣分的下限"),
    "time_bonus": message("加时与提前完成的加分"),
    "order": message("同分时依次比较"),
    "shared_places": message("可否并列"),
    "formula": message("团体总分"),
    "announced_days_before": message("提前公布天数"),
    "appeal_hours": message("申诉时限（小时）"),
    "publicity_working_days": message("公示工作日"),
    "query_working_days": message("查分工作日"),
    "issuer": message("发证单位"),
    "seal": message("用章"),
    "bodies": message("备案机关"),
    "at_least": message("裁判最少人数"),
    "qualification": message("裁判资格"),
    "chief_qualification": message("裁判长资格"),
    "level_at_least": message("命题等级不低于"),
    "source": message("命题来源"),
    "money": message("奖金"),
    "coaches": message("教练"),
}
POLICY_WORDS = {
    "barred": message("不得参赛"),
    "barred_in_occupation": message("不得参加同一职业（工种）的比赛"),
    "barred_in_items": message("不得参加所列项目的比赛"),
    "cascade": message("可参赛而不再授奖，其位次依次递补"),
}
BELOW_WORDS = {
    "demonstration_only": message("设为展示项目"),
    "no_honours": message("不授予荣誉"),
    "cancelled": message("取消比赛"),
}
ROUNDING_WORDS = {"down": message("舍去"), "half_up": message("四舍五入"), "up": message("进位")}
MEMBER_WORDS = {"main": message("主力选手"), "first_listed": message("报名表第一人")}


PART_NAMES = {"理论": message("理论"), "实操": message("实操"), "答辩": message("答辩")}
"""Parts of a total as most texts call them; another part keeps the text's own word."""


@dataclass(frozen=True, slots=True)
class Line:
    """One value in words; `label` may be empty."""

    label: str
    text: str
    citation: Citation | None


@dataclass(frozen=True, slots=True)
class Section:
    """What a pack says on one dimension."""

    name: str
    lines: tuple[Line, ...]


def is_verified(mark: str) -> bool:
    """Whether a mark stands for the authority's own text."""
    return mark in VERIFIED


def span(effective: Effective) -> str:
    """When a pack holds, in words."""
    if effective.year is not None:
        return said("%(year)s 年当届", year=effective.year)
    if effective.edition is not None:
        return effective.edition
    if effective.start is not None:
        start: str = effective.start.isoformat()
    elif effective.reported is not None:
        start = said("见于 %(day)s", day=effective.reported.isoformat())
    else:
        start = said("生效日期不详")
    end = said("未见废止") if effective.end is None else effective.end.isoformat()
    return joined((start, end), message(" — "))


def quoted(citation: Citation) -> str:
    """The words of a source; what is our summary says so."""
    return citation.text if citation.verbatim else said("〔摘要〕%(text)s", text=citation.text)


def sections(pack: Pack) -> tuple[Section, ...]:
    """All that a pack states, dimension by dimension in the order of `DIMENSIONS`; silent ones are left out."""
    found = ((DIMENSIONS[name], tuple(_lines(pack, name))) for name in DIMENSIONS)
    return tuple(Section(name, lines) for name, lines in found if lines)


def _lines(pack: Pack, dimension: str) -> Iterable[Line]:
    special: dict[str, Callable[[Pack], Iterable[Line]]] = {
        "classes": _classes,
        "minimum_field": _minimum,
        "promotion": lambda pack: map(_promotion, pack.promotion),
        "honours": lambda pack: map(_honour, pack.honours),
        "repeat": lambda pack: map(_repeat, pack.repeat),
        "prizes": _prizes,
        "papers": _papers,
        "ratios": lambda pack: map(_ratio, pack.ratios),
    }
    yield from special[dimension](pack) if dimension in special else ()
    for name, cited in pack.values.get(dimension, {}).items():
        yield Line(
            said(VALUE_LABELS[name]) if name in VALUE_LABELS else name,
            value_in_words(name, cited.value),
            cited.citation,
        )
    if dimension == "promotion":
        yield from _limits(pack)


def value_in_words(name: str, value: object) -> str:
    """A value of a dimension as people write it.

    Args:
        name: the value's name; levels and forms have words of their own.
        value: as the pack holds it.
    """
    match value:
        case bool():
            return said("是") if value else said("否")
        case tuple():
            return joined(FORMS.get(str(item), str(item)) for item in value)
        case int() if name == "level_at_least":
            return LEVEL_NAMES[value]
    if isinstance(value, Mapping):
        return joined(said("%(part)s %(share)s%%", part=part_name(str(part)), share=n) for part, n in value.items())
    return str(value)


def part_name(part: str) -> str:
    """A part of a total in words; one that texts rarely name keeps its own word."""
    return said(PART_NAMES[part]) if part in PART_NAMES else part


def _classes(pack: Pack) -> Iterable[Line]:
    for label, others in pack.classes.items():
        text = said("又称 %(names)s", names=joined(others)) if others else ""
        yield Line(label, text, pack.classes_citation)


def _minimum(pack: Pack) -> Iterable[Line]:
    if (field := pack.minimum_field) is not None:
        unit = said("队") if field.unit == "team" else said("人")
        words = said(
            "实际参赛不少于 %(n)s %(unit)s，不足时%(then)s",
            n=field.at_least,
            unit=unit,
            then=said(BELOW_WORDS[field.below]),
        )
        yield Line("", words, field.citation)


def _prizes(pack: Pack) -> Iterable[Line]:
    if pack.prizes is None:
        return
    for step in pack.prizes.steps:
        name = step.name if not step.also else said("%(name)s（%(also)s）", name=step.name, also=joined(step.also))
        yield Line(name, _step(step), pack.prizes.citation)
    rounding = pack.prizes.rounding
    words = said(ROUNDING_WORDS[rounding]) if rounding else said("未载明")
    yield Line(said("名额取整"), words, pack.prizes.citation)


def _step(step: PrizeStep) -> str:
    if step.ranks is not None:
        return _range(step.ranks)
    if step.up_to_share is not None:
        return said("累计至参赛的 %(share)s", share=percent(step.up_to_share))
    if step.at_most_share is not None:
        return said("累计不超过参赛的 %(share)s", share=percent(step.at_most_share))
    return said("名次范围未载明")


def percent(share: Fraction) -> str:
    """A share as percent where it comes out whole, else as the fraction that it is."""
    whole = share * 100
    return f"{whole.numerator}%" if whole.denominator == 1 else str(share)


def _range(ranks: tuple[int, int]) -> str:
    first, last = ranks
    if last == OPEN_END:
        return said("第 %(first)s 名及以后", first=first)
    return (
        said("第 %(first)s 名", first=first)
        if first == last
        else said("第 %(first)s—%(last)s 名", first=first, last=last)
    )


def _places(select: Selector) -> str:
    words: list[str] = list(select.prizes)
    for form, ranks in (select.ranks or {}).items():
        words.append(_range(ranks) if form == "any" else said("%(form)s%(r)s", form=FORMS[form], r=_range(ranks)))
    if select.share is not None:
        words.append(said("前 %(share)s", share=percent(select.share)))
    if select.everyone:
        words.append(said("全体有成绩者"))
    if select.unknown:
        words.append(said("名次范围未载明"))
    places = joined(words)
    if select.perhaps is not None:
        return said("%(places)s（也可读作%(others)s）", places=places, others=_places(select.perhaps))
    return places


def _conditions(asked: Conditions) -> list[str]:
    kinds = (asked.classes, asked.identities, asked.groups, asked.events)
    words: list[str] = [joined(names) for names in kinds if names]
    words += [] if asked.sex is None else [asked.sex]
    words += [] if asked.member is None else [said(MEMBER_WORDS[asked.member])]
    words += [said("理论与实操均合格")] if asked.passed else []
    words += [said("总成绩合格")] if asked.passed_total else []
    if asked.written_at_least is not None:
        words.append(said("命题不低于%(level)s", level=LEVEL_NAMES[asked.written_at_least]))
    if asked.filed_with is not None:
        words.append(said("赛前在%(body)s备案", body=asked.filed_with))
    if asked.occupation_prefix is not None:
        words.append(said("职业编码以 %(prefix)s 开头", prefix=asked.occupation_prefix))
    return [*words, *asked.review]


def _who(rule: Rule) -> str:
    return joined((_places(rule.select), *_conditions(rule.conditions)), message("，"))


def _promotion(found: PromotionRule) -> Line:
    words: list[str] = [_target(found)]
    for held, target in found.holders.items():
        words.append(said("已具有%(held)s的升%(to)s", held=LEVEL_NAMES[held], to=LEVEL_NAMES[target]))
    if found.holders_unknown:
        words.append(said("已具有该等级者如何处理未载明"))
    if found.holders_refused is not None:
        words.append(said("已具有该等级者不再晋升"))
    return Line(_who(found.rule), joined(words, message("；")), found.rule.citation)


def _target(found: PromotionRule) -> str:
    verb = found.rule.verb or ""
    if found.target is not None:
        return said("%(verb)s%(level)s", verb=verb, level=LEVEL_NAMES[found.target])
    if found.step is None:
        return said("%(verb)s（等级未载明）", verb=verb)
    if found.at_most is None:
        return said("%(verb)s %(n)s 级", verb=verb, n=found.step)
    return said("%(verb)s %(n)s 级，最高至%(level)s", verb=verb, n=found.step, level=LEVEL_NAMES[found.at_most])


def _limits(pack: Pack) -> Iterable[Line]:
    limits = pack.limits
    if limits.once_per_year is not None:
        yield Line("", said("每人每年只晋升一次"), limits.once_per_year)
    for level, age in limits.minimum_ages:
        yield Line(LEVEL_NAMES[level], said("须年满 %(age)s 周岁", age=age), limits.ages_citation)


def _honour(found: HonourRule) -> Line:
    words: list[str] = [_who(found.rule)]
    if found.rule.verb or found.rule.authority:
        words.append(joined((part for part in (found.rule.authority, found.rule.verb) if part), ""))
    words += [part for part in (found.quota, found.when) if part]
    if found.never_repeated is not None:
        words.append(said("已获者不重复授予"))
    return Line(found.name, joined(words, message("；")), found.rule.citation)


def _repeat(found: RepeatRule) -> Line:
    holders = joined(found.titles) if found.titles else said("往届获奖者（称号未载明）")
    words = (said(POLICY_WORDS[found.policy]), *found.items)
    return Line(holders, joined(words), found.citation)


def _papers(pack: Pack) -> Iterable[Line]:
    for name, cited in pack.papers.items():
        papers = cited.value if isinstance(cited.value, tuple) else (cited.value,)
        label = said("各项通用") if name == "*" else name
        yield Line(label, joined(map(str, papers), message("；")), cited.citation)


def _ratio(found: Ratio) -> Line:
    label = found.group if found.of is None else said("%(base)s中的%(group)s", base=found.of, group=found.group)
    if found.at_least is not None:
        return Line(label, said("不低于 %(share)s", share=percent(found.at_least)), found.citation)
    return Line(label, said("不超过 %(share)s", share=percent(found.at_most or Fraction(0))), found.citation)
