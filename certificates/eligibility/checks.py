"""The conditions of a rule other than the place, each with three answers: yes, no, not known."""

from collections.abc import Sequence
from datetime import date

from certificates.eligibility.case import Contestant, Event, Held
from certificates.eligibility.places import NO_FORM, Finding
from competitions.standards.finding import CompetitionKey
from competitions.standards.model import LEVEL_NAMES, Conditions, HonourRule, Pack, RepeatRule
from competitions.standards.regions import lies_in, region
from core.messages import Said, joined, said

HELD = Finding(True, "")
"""A condition that the rule does not make."""

_WORKER = "职工"
_TEACHER = "教师"
_STUDENT = "学生"
_BOTH_PARTS = (said("理论"), said("实操"))
_TOTAL = said("总分")
_SEXES = {"男": said("男"), "女": said("女")}
_HELD_TITLES = (said("已获称号（held）"),)
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
    wanted, word = joined(conditions.classes), competition.class_word
    if word is None:
        return Finding(None, said("案例没有竞赛类别，规则限于%(wanted)s", wanted=wanted), (said("竞赛类别"),))
    label = pack.class_label(word)
    if label is None:
        text = said("类别「%(word)s」不在规则包的类别（%(known)s）之中", word=word, known=joined(pack.classes))
        return Finding(None, text, (said("竞赛类别与规则包类别的对应"),))
    if word.startswith(_BARE_CLASSES) and _held_below(pack, competition):
        text = said("竞赛由下级地区举办，「%(word)s」是哪一级的类别未写明", word=word)
        return Finding(None, text, (said("竞赛类别的级别（省级、市级…）"),))
    if label in conditions.classes:
        return Finding(True, said("竞赛类别为%(word)s，规则适用于%(wanted)s", word=word, wanted=wanted))
    return Finding(False, said("竞赛类别为%(word)s，规则限于%(wanted)s", word=word, wanted=wanted))


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
    words = joined(wanted)
    if identity is None:
        return Finding(None, said("案例没有选手身份，规则限于%(wanted)s", wanted=words), (said("选手身份"),))
    if identity in wanted:
        return Finding(True, said("身份为%(identity)s", identity=identity))
    if identity == _TEACHER and _WORKER in wanted:
        return _teacher(pack, words)
    if identity in (_WORKER, _TEACHER, _STUDENT):
        return Finding(False, said("身份为%(identity)s，规则限于%(wanted)s", identity=identity, wanted=words))
    text = said("身份「%(identity)s」是否属于%(wanted)s，须由人核定", identity=identity, wanted=words)
    return Finding(None, text, (said("选手身份的认定"),))


def _teacher(pack: Pack, words: str) -> Finding:
    if pack.teachers is None:
        return Finding(None, said("教师是否按职工对待，所读文本未载明"), (said("教师是否属于职工的规定"),))
    if pack.teachers:
        return Finding(True, said("身份为教师，规则限于%(wanted)s，教师按职工对待", wanted=words))
    return Finding(False, said("身份为教师，规则限于%(wanted)s，教师不按职工对待", wanted=words))


def check_group(conditions: Conditions, event: Event) -> Finding:
    """Was it the group that the rule names?"""
    if not conditions.groups:
        return HELD
    words = joined(conditions.groups)
    if event.group is None:
        return Finding(None, said("案例没有组别，规则限于%(wanted)s", wanted=words), (said("组别"),))
    held = event.group.removesuffix("组") in [group.removesuffix("组") for group in conditions.groups]
    return Finding(held, said("组别为%(group)s，规则限于%(wanted)s", group=event.group, wanted=words))


def check_member(conditions: Conditions, contestant: Contestant, event: Event) -> Finding:
    """In double, triple and team events: the main contestant, or the one listed first at registration."""
    if conditions.member is None or event.kind == "single":
        return HELD
    if event.kind is None:
        return NO_FORM
    if conditions.member == "first_listed":
        if contestant.listed is None:
            missing = (said("报名顺序（listed）"),)
            return Finding(None, said("只限报名时排在第一位的选手，案例没有报名顺序"), missing)
        return Finding(contestant.listed == 1, said("报名时排在第 %(n)s 位，只限第一位", n=contestant.listed))
    if contestant.member is None:
        return Finding(None, said("只限主选手，案例没有写明是否主选手"), (said("是否主选手（member）"),))
    is_main = contestant.member in ("main", "主选手")
    return Finding(is_main, said("是主选手") if is_main else said("不是主选手，只限主选手"))


def check_sex(conditions: Conditions, contestant: Contestant) -> Finding:
    """Honours for women ask for it."""
    if conditions.sex is None:
        return HELD
    wanted = _SEXES.get(conditions.sex, conditions.sex)
    if contestant.sex is None:
        return Finding(None, said("规则限于%(wanted)s性，案例没有性别", wanted=wanted), (said("性别"),))
    words = {"male": "男", "female": "女", "M": "男", "F": "女"}
    sex = words.get(contestant.sex, contestant.sex).removesuffix("性")
    text = said("性别为%(sex)s，规则限于%(wanted)s", sex=_SEXES.get(sex, sex), wanted=wanted)
    return Finding(sex == conditions.sex, text)


def check_passed(conditions: Conditions, contestant: Contestant, pack: Pack) -> Finding:
    """Both parts passed, by the pack's pass mark or by the case's own word."""
    if not conditions.passed and not conditions.passed_total:
        return HELD
    wanted = said("理论、实操均合格") if conditions.passed else said("成绩合格")
    if contestant.passed is not None:
        passed = said("规则要求%(wanted)s，案例载明合格", wanted=wanted)
        failed = said("规则要求%(wanted)s，案例载明不合格", wanted=wanted)
        return Finding(contestant.passed, passed if contestant.passed else failed)
    parts = _BOTH_PARTS if conditions.passed else (_TOTAL,)
    totals = contestant.totals or {}
    lacking = [part for part in parts if part not in totals]
    if lacking:
        text = said("规则要求%(wanted)s，案例没有%(parts)s成绩", wanted=wanted, parts=joined(lacking))
        return Finding(None, text, (said("各部分成绩（totals）"),))
    if pack.pass_mark is None:
        return Finding(None, said("规则要求%(wanted)s，所读文本未载明合格线", wanted=wanted), (said("合格线"),))
    mark = str(pack.pass_mark)
    low = [part for part in parts if totals[part] < pack.pass_mark]
    if low:
        return Finding(False, said("合格线 %(mark)s 分，%(parts)s不合格", mark=mark, parts=joined(low)))
    return Finding(True, said("合格线 %(mark)s 分，合格", mark=mark))


def check_written(conditions: Conditions, event: Event) -> Finding:
    """Were the papers set at the level that the rule asks for?"""
    needed = conditions.written_at_least
    if needed is None:
        return HELD
    if event.written_at_level is None:
        text = said("规则要求按%(level)s以上命题，案例没有命题等级", level=LEVEL_NAMES[needed])
        return Finding(None, text, (said("命题等级（written_at_level）"),))
    written = LEVEL_NAMES[event.written_at_level]
    text = said("命题等级为%(level)s，规则要求%(wanted)s以上", level=written, wanted=LEVEL_NAMES[needed])
    return Finding(event.written_at_level <= needed, text)


def check_filing(conditions: Conditions, filed_with: tuple[str, ...] | None) -> Finding:
    """Was the event filed with the honour's body before it began?"""
    body = conditions.filed_with
    if body is None:
        return HELD
    missing = (said("赛前在%(body)s备案的材料", body=body),)
    if filed_with is None:
        return Finding(None, said("规则要求赛前在%(body)s备案，案例没有备案情况", body=body), missing)
    if body in filed_with:
        return Finding(True, said("赛前已在%(body)s备案", body=body))
    alike = [word for word in filed_with if _family(word) in (None, _family(body))]
    if alike:
        words = joined(alike)
        text = said(
            "规则要求赛前在%(body)s备案，案例的备案单位为%(others)s，是否相符须由人核对", body=body, others=words
        )
        return Finding(None, text, missing)
    return Finding(False, said("赛前未在%(body)s备案", body=body))


def _family(body: str) -> str | None:
    """Union, youth league or women's federation, whatever the level; None for another body."""
    return next((name for name, words in _BODIES.items() if any(word in body for word in words)), None)


def check_occupation(conditions: Conditions, event: Event) -> Finding:
    """Is the occupation one of those that the rule names by its code, or the event by its name?"""
    prefix = conditions.occupation_prefix
    if prefix is not None:
        if event.occupation_code is None:
            return Finding(None, said("案例没有职业编码"), (said("职业编码（occupation_code）"),))
        if not event.occupation_code.startswith(prefix):
            return Finding(False, said("职业编码 %(code)s 不属于规则所指的类别", code=event.occupation_code))
    if not conditions.events:
        return HELD
    words = joined(conditions.events)
    if event.name is None:
        return Finding(None, said("规则限于%(wanted)s，案例没有赛项名称", wanted=words), (said("赛项名称"),))
    text = said("赛项为%(event)s，规则限于%(wanted)s", event=event.name, wanted=words)
    return Finding(event.name in conditions.events, text)


def check_never_repeated(honour: HonourRule, contestant: Contestant) -> Finding:
    """A title that is not given twice."""
    if honour.never_repeated is None:
        return HELD
    if contestant.held is None:
        return Finding(None, said("不重复授予%(title)s，案例没有已获称号", title=honour.name), _HELD_TITLES)
    held = [title for title in contestant.held if title.name == honour.name]
    if held:
        return Finding(False, said("已获%(title)s，不重复授予", title=_with_source(held[0])))
    asked = _not_denied([honour.name], contestant)
    return asked or Finding(True, _denied(said("未曾获得%(title)s，不重复授予", title=honour.name), contestant))


def _denied(text: Said, contestant: Contestant) -> Said:
    """A denial with the word on which it stands, where it is somebody's."""
    if not contestant.held_source:
        return text
    return said("%(what)s（%(source)s）", what=text, source=contestant.held_source)


def _with_source(title: Held) -> str:
    """The title's name, with where it is known from."""
    return said("%(what)s（%(source)s）", what=title.name, source=title.source) if title.source else title.name


def _named(titles: Sequence[str]) -> str:
    return joined(titles) if titles else said("荣誉称号")


def _not_denied(titles: Sequence[str], contestant: Contestant) -> Finding | None:
    """Where a title is not known to be held: what a register does not know is asked about; None if it is denied."""
    words = _named(titles)
    proposed = [title for title in contestant.proposed if not titles or title.name in titles]
    if proposed and proposed[0].question:
        return Finding(None, proposed[0].question, (said("后获的%(title)s是否影响本次", title=proposed[0].name),))
    if proposed:
        text = said("曾被推荐%(title)s，是否已授予没有记录", title=_with_source(proposed[0]))
        return Finding(None, text, (said("%(title)s是否已授予", title=proposed[0].name),))
    if contestant.held_is_complete:
        return None
    text = said("本系统没有已获%(title)s的记录，别处所获不在其中", title=words)
    return Finding(None, text, (said("是否已获%(title)s", title=words),))


def check_repeat(rule: RepeatRule, contestant: Contestant, event: Event) -> Finding:
    """Former winners: barred at all, in the same occupation, in some items, or competing without award."""
    titles = _named(rule.titles)
    if rule.policy == "barred_in_items":
        if event.name is None:
            return Finding(None, said("案例没有赛项名称，部分赛项限制往届获奖者"), (said("赛项名称"),))
        if event.name not in rule.items:
            return HELD
    if contestant.held is None:
        return Finding(None, said("已获%(title)s者受限，案例没有已获称号", title=titles), _HELD_TITLES)
    found = [title for title in contestant.held if not rule.titles or title.name in rule.titles]
    if not found:
        asked = _not_denied(rule.titles, contestant)
        return asked or Finding(True, _denied(said("未曾获得%(title)s", title=titles), contestant))
    return _former_winner(rule, found, event)


def _former_winner(rule: RepeatRule, found: Sequence[Held], event: Event) -> Finding:
    if not rule.titles:
        text = said("已获%(title)s，文本所限的称号未载明", title=found[0].name)
        return Finding(None, text, (said("对往届获奖者的限制所指的称号"),))
    if rule.policy == "barred_in_occupation":
        return _same_occupation(found, event)
    title = _with_source(found[0])
    if rule.policy == "cascade":
        return Finding(False, said("已获%(title)s，不参与荣誉及奖励", title=title))
    return Finding(False, said("已获%(title)s，不得参赛", title=title))


def _same_occupation(found: Sequence[Held], event: Event) -> Finding:
    codes = {title.occupation_code for title in found}
    if event.occupation_code is not None and event.occupation_code in codes:
        return Finding(False, said("已获同一职业（工种）的%(title)s，不得参赛", title=_with_source(found[0])))
    if None in codes or event.occupation_code is None:
        text = said("已获%(title)s，是否同一职业（工种）不明", title=found[0].name)
        return Finding(None, text, (said("已获称号的职业编码"),))
    return Finding(True, said("已获%(title)s，但不是同一职业（工种）", title=found[0].name))
