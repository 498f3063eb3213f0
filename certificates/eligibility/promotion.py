"""From the present skill level to the new one, with every cap. Level digits: 1 is the highest."""

from datetime import date
from functools import lru_cache
from typing import NamedTuple

from certificates.eligibility.answer import Reason
from certificates.eligibility.case import APPOINTED, NO_LEVEL, Contestant, Event
from certificates.eligibility.checks import years_old
from competitions.standards.common import COMMON_ID, common_citations, events_without_skill_level
from competitions.standards.model import LEVEL_NAMES, Citation, Pack, PromotionRule
from competitions.standards.occupations import known_top_level
from core.messages import Said, said

_HIGHEST = 1
_THIS_YEAR = said("本年度是否已因竞赛晋升（promoted_on）")


class Target(NamedTuple):
    """Where a promotion would lead, and the checks on the way."""

    held: bool | None
    level: int | None
    reasons: tuple[Reason, ...]


def level_text(level: int) -> str:
    """A level digit in words."""
    if level == APPOINTED:
        return said("特级技师或首席技师")
    return LEVEL_NAMES.get(level) or said("无等级")


def target(rule: PromotionRule, pack: Pack, contestant: Contestant, event: Event, day: date | None) -> Target:
    """The level that a rule leads this contestant to.

    Args:
        rule: the promotion rule; its places are already known to fit.
        pack: for ages and the limit per year.
        contestant: present level, birth, earlier promotions.
        event: top level of the occupation.
        day: the competition's opening day, by which ages and years are counted.

    Returns:
        `held` False when nothing is left to rise to or a limit forbids it; None when a fact is missing.
    """
    if _is_professional(event):
        text = said("该赛项属专业技术类或无职业技能等级，不产生职业技能等级晋升")
        return Target(False, None, (_common("professional_occupation", False, text),))
    first = _known_from(_raised(rule, pack, contestant.current_level), rule, pack, contestant)
    if first.held is not True or first.level is None:
        return first
    capped = _capped(first, contestant, event)
    if capped.held is False or capped.level is None:
        return capped
    limits = _ages(pack, contestant, capped.level, day) + _once_a_year(pack, contestant, day)
    reasons = capped.reasons + limits
    verdicts = [reason.held for reason in reasons]
    held = False if False in verdicts else (None if None in verdicts else True)
    return Target(held, capped.level, reasons)


def _known_from(first: Target, rule: PromotionRule, pack: Pack, contestant: Contestant) -> Target:
    """Where the present level does not come from the registration alone, the source is named first."""
    if not contestant.level_source:
        return first
    source = Reason(pack.id, rule.rule.citation, True, contestant.level_source)
    return first._replace(reasons=(source, *first.reasons))


def _is_professional(event: Event) -> bool:
    """No skill level exists for these: 老年病医师, 专业技术类 (codes beginning with 2-)."""
    has_none = event.top_level == NO_LEVEL or event.name in events_without_skill_level()
    return has_none or (event.occupation_code or "").startswith("2-")


def _common(name: str, held: bool | None, text: str, missing: tuple[str, ...] = ()) -> Reason:
    return Reason(COMMON_ID, common_citations()[name], held, text, missing)


def _raised(rule: PromotionRule, pack: Pack, current: int | None) -> Target:
    """The level before the caps."""

    def say(held: bool | None, text: str, level: int | None = None, missing: tuple[str, ...] = ()) -> Target:
        return Target(held, level, (Reason(pack.id, rule.rule.citation, held, text, missing),))

    if rule.step is None and rule.target is None:
        return say(None, said("所读文本未载明晋升到何级"), missing=(said("赛事文件中的晋升等级"),))
    if current is None:
        missing = (said("现技能等级（current_level）"),)
        return say(None, said("案例没有现技能等级，晋升到何级取决于现等级"), missing=missing)
    if current <= _HIGHEST:
        text = said("现为%(level)s；特级技师、首席技师由评聘产生，不能由竞赛晋升", level=level_text(current))
        return Target(False, None, (_common("appointed_levels", False, text),))
    new = _step(rule, current) if rule.step is not None else rule.target
    if new is not None and new < current:
        return say(True, _rise(current, new), new)
    return _holder(rule, pack, current)


@lru_cache(maxsize=64)
def _rise(current: int, new: int) -> Said:
    return said("现为%(level)s，晋升%(new)s", level=level_text(current), new=level_text(new))


def _step(rule: PromotionRule, current: int) -> int:
    ceiling = _HIGHEST if rule.at_most is None else rule.at_most
    return max(min(current, NO_LEVEL) - (rule.step or 0), ceiling)


def _holder(rule: PromotionRule, pack: Pack, current: int) -> Target:
    """Somebody who has the target level already, or a higher one."""
    citation: Citation = rule.rule.citation
    present = level_text(current)
    new = rule.holders.get(current)
    if new is not None:
        text = said("已具有%(level)s，晋升%(new)s", level=present, new=level_text(new))
        return Target(True, new, (Reason(pack.id, citation, True, text),))
    if rule.holders_refused is not None:
        text = said("已具有%(level)s，不再晋升", level=present)
        return Target(False, None, (Reason(pack.id, rule.holders_refused, False, text),))
    if rule.holders_unknown:
        text = said("已具有%(level)s者如何晋升，所读文本未载明", level=present)
        missing = (said("已具有该等级者的晋升规定"),)
        return Target(None, None, (Reason(pack.id, citation, None, text, missing),))
    text = said("现为%(level)s，不低于规则所及的等级，文本没有再晋升的规定", level=present)
    return Target(False, None, (Reason(pack.id, citation, False, text),))


def _capped(first: Target, contestant: Contestant, event: Event) -> Target:
    """No promotion beyond the top level of the occupation's standard."""
    level, current = first.level, contestant.current_level
    assert level is not None and current is not None  # noqa: S101,PT018 — both were needed to come here
    top_level = event.top_level if event.top_level is not None else known_top_level(event.occupation_code or "")
    if top_level is None:
        missing = (said("该职业（工种）标准的最高等级（top_level）"),)
        reason = _common("occupation_cap", None, said("案例没有该职业（工种）的最高等级"), missing)
        return Target(None, level, (*first.reasons, reason))
    top = level_text(top_level)
    if level >= top_level:
        return first
    if top_level < current:
        reason = _common("occupation_cap", True, said("该职业最高为%(level)s，晋升以此为限", level=top))
        return Target(True, top_level, (*first.reasons, reason))
    reason = _common("occupation_cap", False, said("该职业最高为%(level)s，现已达到，不能再晋升", level=top))
    return Target(False, None, (*first.reasons, reason))


def _ages(pack: Pack, contestant: Contestant, level: int, day: date | None) -> tuple[Reason, ...]:
    citation = pack.limits.ages_citation
    floors = [age for floor_level, age in pack.limits.minimum_ages if level <= floor_level]
    if citation is None or not floors:
        return ()
    least = max(floors)
    if contestant.birth is None or day is None:
        text = said("晋升%(level)s须满 %(n)s 周岁，案例没有出生日期或竞赛日期", level=level_text(level), n=least)
        return (Reason(pack.id, citation, None, text, (said("出生日期与竞赛开幕日期"),)),)
    age = years_old(contestant.birth, day)
    text = said("竞赛开幕时 %(age)s 周岁，晋升%(level)s须满 %(n)s 周岁", age=age, level=level_text(level), n=least)
    return (Reason(pack.id, citation, age >= least, text),)


def _once_a_year(pack: Pack, contestant: Contestant, day: date | None) -> tuple[Reason, ...]:
    citation = pack.limits.once_per_year
    if citation is None:
        return ()
    if contestant.promoted_on is None or day is None:
        text = said("同一年内只能晋升一次，案例没有以往晋升记录或竞赛日期")
        return (Reason(pack.id, citation, None, text, (_THIS_YEAR,)),)
    earlier = [promoted for promoted in contestant.promoted_on if promoted.year == day.year]
    if earlier:
        text = said("%(year)s 年已于 %(day)s 晋升", year=day.year, day=str(earlier[0]))
        if contestant.promotion_source:
            text = said("%(what)s（%(source)s）", what=text, source=contestant.promotion_source)
        return (Reason(pack.id, citation, False, text),)
    asked = (_THIS_YEAR,)
    if contestant.promotion_proposed:
        return (Reason(pack.id, citation, None, contestant.promotion_proposed, asked),)
    if not contestant.promotions_are_complete:
        text = said("本系统没有 %(year)s 年因竞赛晋升的记录，别处的晋升不在其中", year=day.year)
        return (Reason(pack.id, citation, None, text, asked),)
    text = said("%(year)s 年未曾因竞赛晋升", year=day.year)
    if contestant.promotion_source:
        text = said("%(what)s（%(source)s）", what=text, source=contestant.promotion_source)
    return (Reason(pack.id, citation, True, text),)
