"""The conditions of a rule other than the place, each with three answers: yes, no, not known."""

from collections.abc import Sequence
from datetime import date

from certificates.eligibility.case import Contestant, Event, Held
from certificates.eligibility.places import Finding
from competitions.standards.finding import CompetitionKey
from competitions.standards.model import LEVEL_NAMES, Conditions, HonourRule, Pack, RepeatRule
from competitions.standards.regions import lies_in, region

HELD = Finding(True, "")
"""A condition that the rule does not make."""

_WORKER = "职工"
_TEACHER = "教师"
_STUDENT = "学生"
_BOTH_PARTS = ("理论", "实操")
_TOTAL = "总分"
_BARE_CLASSES = ("一类", "二类")
_MUNICIPALITIES = ("11", "12", "31", "50")
_BODIES = {"工会": ("工会",), "共青团": ("共青团", "团省委", "团市委", "团中央"), "妇联": ("妇联", "妇女联合会")}
"""Bodies that give honours for contests filed with them, and the words that their names are known by."""


def years_old(birth: date, day: date) -> int:
    """Completed years of age on a day."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def check_class(conditions: Conditions, pack: Pack, competition: CompetitionKey) -> Finding:
    """Is the rule for this class of contest?

    A bare 一类 or 二类 of a contest that a part of the pack's region holds may be that part's own class: asked about.
    """
    if not conditions.classes:
        return HELD
    wanted, word = "、".join(conditions.classes), competition.class_word
    if word is None:
        return Finding(None, f"案例没有竞赛类别，规则限于{wanted}", ("竞赛类别",))
    label = pack.class_label(word)
    if label is None:
        known = "、".join(pack.classes)
        return Finding(None, f"类别「{word}」不在规则包的类别（{known}）之中", ("竞赛类别与规则包类别的对应",))
    if word.startswith(_BARE_CLASSES) and _held_below(pack, competition):
        return Finding(None, f"竞赛由下级地区举办，「{word}」是哪一级的类别未写明", ("竞赛类别的级别（省级、市级…）",))
    held = label in conditions.classes
    return Finding(held, f"竞赛类别为{word}，规则{'适用' if held else '限'}于{wanted}")


def _held_below(pack: Pack, competition: CompetitionKey) -> bool:
    """True when a single city or county of the pack's province holds the contest.

    Provinces have cities with classes of their own; the districts of municipalities (直辖市) hold 区级 contests.
    """
    if len(competition.jurisdictions) != 1 or pack.jurisdiction[:2] in _MUNICIPALITIES:
        return False
    place = region(competition.jurisdictions[0])
    return place is not None and place.code != pack.jurisdiction and lies_in(place.code, pack.jurisdiction) is True


def check_identity(conditions: Conditions, pack: Pack, identity: str | None) -> Finding:
    """Is the contestant one of those whom the rule names? Whether teachers are 职工 is the pack's to say."""
    wanted = conditions.identities
    if not wanted:
        return HELD
    words = "、".join(wanted)
    if identity is None:
        return Finding(None, f"案例没有选手身份，规则限于{words}", ("选手身份",))
    if identity in wanted:
        return Finding(True, f"身份为{identity}")
    if identity == _TEACHER and _WORKER in wanted:
        return _teacher(pack, words)
    if identity in (_WORKER, _TEACHER, _STUDENT):
        return Finding(False, f"身份为{identity}，规则限于{words}")
    return Finding(None, f"身份「{identity}」是否属于{words}，须由人核定", ("选手身份的认定",))


def _teacher(pack: Pack, words: str) -> Finding:
    if pack.teachers is None:
        return Finding(None, "教师是否按职工对待，所读文本未载明", ("教师是否属于职工的规定",))
    return Finding(pack.teachers, f"身份为教师，规则限于{words}，教师{'' if pack.teachers else '不'}按职工对待")


def check_group(conditions: Conditions, event: Event) -> Finding:
    """Was it the group that the rule names?"""
    if not conditions.groups:
        return HELD
    words = "、".join(conditions.groups)
    if event.group is None:
        return Finding(None, f"案例没有组别，规则限于{words}", ("组别",))
    held = event.group.removesuffix("组") in [group.removesuffix("组") for group in conditions.groups]
    return Finding(held, f"组别为{event.group}，规则限于{words}")


def check_member(conditions: Conditions, contestant: Contestant, event: Event) -> Finding:
    """In double, triple and team events: the main contestant, or the one listed first at registration."""
    if conditions.member is None or event.kind == "single":
        return HELD
    if event.kind is None:
        return Finding(None, "案例没有写明单人、双人、三人或团队项目", ("赛项形式",))
    if conditions.member == "first_listed":
        if contestant.listed is None:
            return Finding(None, "只限报名时排在第一位的选手，案例没有报名顺序", ("报名顺序（listed）",))
        return Finding(contestant.listed == 1, f"报名时排在第 {contestant.listed} 位，只限第一位")
    if contestant.member is None:
        return Finding(None, "只限主选手，案例没有写明是否主选手", ("是否主选手（member）",))
    held = contestant.member in ("main", "主选手")
    return Finding(held, "是主选手" if held else "不是主选手，只限主选手")


def check_sex(conditions: Conditions, contestant: Contestant) -> Finding:
    """Honours for women ask for it."""
    if conditions.sex is None:
        return HELD
    if contestant.sex is None:
        return Finding(None, f"规则限于{conditions.sex}性，案例没有性别", ("性别",))
    words = {"male": "男", "female": "女", "M": "男", "F": "女"}
    sex = words.get(contestant.sex, contestant.sex).removesuffix("性")
    return Finding(sex == conditions.sex, f"性别为{sex}，规则限于{conditions.sex}")


def check_passed(conditions: Conditions, contestant: Contestant, pack: Pack) -> Finding:
    """Both parts passed, by the pack's pass mark or by the case's own word."""
    if not conditions.passed and not conditions.passed_total:
        return HELD
    wanted = "理论、实操均合格" if conditions.passed else "成绩合格"
    if contestant.passed is not None:
        return Finding(contestant.passed, f"规则要求{wanted}，案例载明{'合格' if contestant.passed else '不合格'}")
    parts = _BOTH_PARTS if conditions.passed else (_TOTAL,)
    totals = contestant.totals or {}
    lacking = [part for part in parts if part not in totals]
    if lacking:
        return Finding(None, f"规则要求{wanted}，案例没有{'、'.join(lacking)}成绩", ("各部分成绩（totals）",))
    if pack.pass_mark is None:
        return Finding(None, f"规则要求{wanted}，所读文本未载明合格线", ("合格线",))
    low = [part for part in parts if totals[part] < pack.pass_mark]
    return Finding(not low, f"合格线 {pack.pass_mark} 分，" + (f"{'、'.join(low)}不合格" if low else "合格"))


def check_written(conditions: Conditions, event: Event) -> Finding:
    """Were the papers set at the level that the rule asks for?"""
    needed = conditions.written_at_least
    if needed is None:
        return HELD
    if event.written_at_level is None:
        text = f"规则要求按{LEVEL_NAMES[needed]}以上命题，案例没有命题等级"
        return Finding(None, text, ("命题等级（written_at_level）",))
    held = event.written_at_level <= needed
    return Finding(held, f"命题等级为{LEVEL_NAMES[event.written_at_level]}，规则要求{LEVEL_NAMES[needed]}以上")


def check_filing(conditions: Conditions, filed_with: tuple[str, ...] | None) -> Finding:
    """Was the event filed with the honour's body before it began?"""
    body = conditions.filed_with
    if body is None:
        return HELD
    if filed_with is None:
        return Finding(None, f"规则要求赛前在{body}备案，案例没有备案情况", (f"赛前在{body}备案的材料",))
    if body in filed_with:
        return Finding(True, f"赛前已在{body}备案")
    alike = [word for word in filed_with if _family(word) in (None, _family(body))]
    if alike:
        text = f"规则要求赛前在{body}备案，案例的备案单位为{'、'.join(alike)}，是否相符须由人核对"
        return Finding(None, text, (f"赛前在{body}备案的材料",))
    return Finding(False, f"赛前未在{body}备案")


def _family(body: str) -> str | None:
    """Union, youth league or women's federation, whatever the level; None for another body."""
    return next((name for name, words in _BODIES.items() if any(word in body for word in words)), None)


def check_occupation(conditions: Conditions, event: Event) -> Finding:
    """Is the occupation one of those that the rule names by its code, or the event by its name?"""
    prefix = conditions.occupation_prefix
    if prefix is not None:
        if event.occupation_code is None:
            return Finding(None, "案例没有职业编码", ("职业编码（occupation_code）",))
        if not event.occupation_code.startswith(prefix):
            return Finding(False, f"职业编码 {event.occupation_code} 不属于规则所指的类别")
    if not conditions.events:
        return HELD
    words = "、".join(conditions.events)
    if event.name is None:
        return Finding(None, f"规则限于{words}，案例没有赛项名称", ("赛项名称",))
    return Finding(event.name in conditions.events, f"赛项为{event.name}，规则限于{words}")


def check_never_repeated(honour: HonourRule, contestant: Contestant) -> Finding:
    """A title that is not given twice."""
    if honour.never_repeated is None:
        return HELD
    if contestant.held is None:
        return Finding(None, f"不重复授予{honour.name}，案例没有已获称号", ("已获称号（held）",))
    held = [title for title in contestant.held if title.name == honour.name]
    if held:
        return Finding(False, f"已获{honour.name}{_from(held[0])}，不重复授予")
    asked = _not_denied([honour.name], contestant)
    return asked or Finding(True, f"未曾获得{honour.name}，不重复授予")


def _from(title: Held) -> str:
    return f"（{title.source}）" if title.source else ""


def _not_denied(titles: Sequence[str], contestant: Contestant) -> Finding | None:
    """Where a title is not known to be held: what a register does not know is asked about; None if it is denied."""
    words = "、".join(titles) or "荣誉称号"
    proposed = [title for title in contestant.proposed if not titles or title.name in titles]
    if proposed:
        text = f"曾被推荐{proposed[0].name}{_from(proposed[0])}，是否已授予没有记录"
        return Finding(None, text, (f"{proposed[0].name}是否已授予",))
    if contestant.held_is_complete:
        return None
    return Finding(None, f"本系统没有已获{words}的记录，别处所获不在其中", (f"是否已获{words}",))


def check_repeat(rule: RepeatRule, contestant: Contestant, event: Event) -> Finding:
    """Former winners: barred at all, in the same occupation, in some items, or competing without award."""
    titles = "、".join(rule.titles) or "荣誉称号"
    if rule.policy == "barred_in_items":
        if event.name is None:
            return Finding(None, "案例没有赛项名称，部分赛项限制往届获奖者", ("赛项名称",))
        if event.name not in rule.items:
            return HELD
    if contestant.held is None:
        return Finding(None, f"已获{titles}者受限，案例没有已获称号", ("已获称号（held）",))
    found = [title for title in contestant.held if not rule.titles or title.name in rule.titles]
    if not found:
        return _not_denied(rule.titles, contestant) or Finding(True, f"未曾获得{titles}")
    return _former_winner(rule, found, event)


def _former_winner(rule: RepeatRule, found: Sequence[Held], event: Event) -> Finding:
    if not rule.titles:
        return Finding(None, f"已获{found[0].name}，文本所限的称号未载明", ("对往届获奖者的限制所指的称号",))
    if rule.policy == "barred_in_occupation":
        return _same_occupation(found, event)
    ending = "不参与荣誉及奖励" if rule.policy == "cascade" else "不得参赛"
    return Finding(False, f"已获{found[0].name}{_from(found[0])}，{ending}")


def _same_occupation(found: Sequence[Held], event: Event) -> Finding:
    codes = {title.occupation_code for title in found}
    if event.occupation_code is not None and event.occupation_code in codes:
        return Finding(False, f"已获同一职业（工种）的{found[0].name}{_from(found[0])}，不得参赛")
    if None in codes or event.occupation_code is None:
        return Finding(None, f"已获{found[0].name}，是否同一职业（工种）不明", ("已获称号的职业编码",))
    return Finding(True, f"已获{found[0].name}，但不是同一职业（工种）")
