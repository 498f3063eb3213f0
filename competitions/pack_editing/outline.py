"""The form of a rule file, part by part: which fields each dimension has and how they are called. Pure."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from competitions.pack_editing.fields import (
    UNKNOWN,
    Cite,
    Field,
    Group,
    Line,
    Named,
    Posted,
    Rows,
    Shown,
    mapping,
    rows_of,
)
from competitions.pack_editing.places import Holders, Places, Reach, Span, brief_places
from competitions.pack_editing.tree import Tree
from competitions.standards.model import CONFIDENCE, DIMENSIONS, FORMS, LEVELS
from competitions.standards.words import BELOW_WORDS, MEMBER_WORDS, POLICY_WORDS, ROUNDING_WORDS, VALUE_LABELS
from core.messages import joined, message, said

HEAD, SOURCES = "head", "sources"
PARTS: Mapping[str, str] = {HEAD: message("文件与适用范围"), SOURCES: message("来源"), **DIMENSIONS}
"""The parts of the form in their order."""

STATED, OUTSIDE = "stated", "outside"
STATES = {
    STATED: message("文本写明了"),
    UNKNOWN: message("应当写明而没有见到（核对时按“不知道”处理）"),
    OUTSIDE: message("不属于这份文件的内容"),
}

_LEVEL_WORDS = {level: level for level in LEVELS}
_YES_NO = {"true": message("是"), "false": message("否")}
_RANKS_OF_HOLDING = {
    "national": message("国家级"),
    "province": message("省级"),
    "city": message("市级"),
    "county": message("县级"),
    "enterprise": message("企业"),
}
_REACH = {
    "programme": message("按系列赛名称"),
    "region": message("按举办地区"),
    "home": message("按选手所属地区"),
}
_NUMBERS = ("minimum_age", "theory_at_most", "practice_at_least", "pass_mark", "judges_for_trim", "drop_each_end")
_MORE_NUMBERS = ("announced_days_before", "appeal_hours", "publicity_working_days", "query_working_days", "at_least")
_YES = ("teachers_are_workers", "preliminary_carried", "shared_places")
_WORDS = ("groups", "order", "bodies")

VALUES: Mapping[str, tuple[str, ...]] = {
    "groups": ("teachers_are_workers", "groups", "who", "minimum_age"),
    "forms": ("forms", "note"),
    "scoring": (
        "weights",
        "theory_at_most",
        "practice_at_least",
        "pass_mark",
        "judges_for_trim",
        "drop_each_end",
        "preliminary_carried",
        "deduction_floor",
        "time_bonus",
        "note",
    ),
    "ties": ("order", "shared_places", "note"),
    "team_formula": ("formula",),
    "notices": (
        "announced_days_before",
        "appeal_hours",
        "publicity_working_days",
        "query_working_days",
        "note",
    ),
    "certificates": ("issuer", "seal", "note"),
    "filing": ("bodies", "note"),
    "judges": ("at_least", "qualification", "chief_qualification", "note"),
    "content": ("level_at_least", "source"),
    "shared_rewards": ("money", "coaches"),
}
"""The plain dimensions and their values, as the strict reading knows them."""


@dataclass(frozen=True, slots=True)
class Part:
    """One page of the form."""

    name: str
    label: str
    state: str
    """stated, unknown or outside; empty for parts that every file has."""
    shown: Sequence[Shown]


def show_part(name: str, draft: Mapping[str, Tree]) -> Part:
    """A part of the form with what the draft says."""
    field, at = _root(name, _cite(draft)), ""
    return Part(name, PARTS[name], _state(name, draft), [field.show(draft, at)])


def read_part(name: str, draft: Mapping[str, Tree], posted: Posted) -> dict[str, Tree]:
    """The draft with what was filled in for one part; all other parts are as before.

    Args:
        name: one of `PARTS`.
        draft: as it was when the form was shown.
        posted: the filled-in form, with `state` for a dimension.
    """
    found = dict(draft)
    if name not in DIMENSIONS:
        return found | _root(name, _cite(draft)).read(posted, "", draft)
    state = posted.get("state", STATED)
    for key in (UNKNOWN, OUTSIDE):
        named = [word for word in rows_of(draft.get(key)) if word != name]
        found[key] = [*named, name] if key == state else named
    found.pop(name, None)
    if state == STATED:
        found |= _root(name, _cite(draft)).read(posted, "", draft)
        found.setdefault(name, {})
    return found


def _state(name: str, draft: Mapping[str, Tree]) -> str:
    if name not in DIMENSIONS:
        return ""
    return next((key for key in (UNKNOWN, OUTSIDE) if name in rows_of(draft.get(key))), STATED)


def _cite(draft: Mapping[str, Tree]) -> Cite:
    return Cite(tuple(mapping(draft.get("sources"))), {"": message("与来源相同"), **CONFIDENCE})


def _root(name: str, cite: Cite) -> Field:
    made: Mapping[str, Callable[[Cite], Field]] = {
        HEAD: lambda _: _HEAD,
        SOURCES: lambda _: _SOURCES,
        "classes": _classes,
        "minimum_field": _minimum_field,
        "promotion": _promotion,
        "honours": _honours,
        "repeat": _repeat,
        "prizes": _prizes,
        "papers": _papers,
        "ratios": _ratios,
    }
    return made[name](cite) if name in made else _values(name, cite)


_HEAD = Group(
    "",
    PARTS[HEAD],
    (
        Line("title", message("名称"), help=message("文件或赛事的全称")),
        Line("jurisdiction", message("地区"), "region", help=message("输入名称查找，列表里没有的县区填六位区划代码")),
        Line("level", message("级别"), "choice", choices=_RANKS_OF_HOLDING),
        Line("confidence", message("整份文件的核实程度"), "choice", choices=CONFIDENCE),
        Span(),
        Group(
            "applies",
            message("对谁有效"),
            (
                Line("by", message("适用方式"), "choice", choices=_REACH),
                Line("programmes", message("系列赛名称，一行一个"), "words"),
                Line("containing", message("系列赛名称所含的字样，一行一个"), "words"),
            ),
        ),
        Line(
            "supersedes",
            message("取代的规则包"),
            "pack",
            empty=None,
            help=message("所取代的规则包的编号；没有就不填"),
        ),
    ),
)
_SOURCES = Named(
    "sources",
    PARTS[SOURCES],
    Group(
        "source",
        "",
        (
            Line("document", message("文件名称"), "long"),
            Line("issuer", message("发布单位"), empty=UNKNOWN),
            Line("number", message("文号"), empty=UNKNOWN),
            Line("dated", message("文件日期"), "day", empty=UNKNOWN),
            Line("address", message("网址或存放处"), empty=UNKNOWN),
            Line("confidence", message("核实程度"), "choice", choices=CONFIDENCE),
            Line("read_on", message("阅读日期"), "day", empty=UNKNOWN),
            Line("last_still_valid_on", message("最后一次确认仍有效的日期"), "day", empty=UNKNOWN),
        ),
    ),
    message("来源"),
    message("简称，如 文件一"),
)


@dataclass(frozen=True, slots=True)
class _Bare:
    """A dimension whose value is itself a list of rows."""

    rows: Rows

    @property
    def keys(self) -> tuple[str, ...]:
        return self.rows.keys

    def show(self, holder: Mapping[str, Tree], at: str) -> Shown:
        return self.rows.show(holder, at)

    def read(self, posted: Posted, at: str, holder: Mapping[str, Tree]) -> dict[str, Tree]:
        return self.rows.read(posted, at, holder)


@dataclass(frozen=True, slots=True)
class _Classes:
    """Classes as lines 一类：别称、别称, with one citation for all."""

    cite: Cite

    @property
    def keys(self) -> tuple[str, ...]:
        return ("classes",)

    def show(self, holder: Mapping[str, Tree], at: str) -> Shown:
        inner = mapping(holder.get("classes"))
        lines = [f"{label}：{'、'.join(rows_of(others))}" for label, others in inner.items() if label != "cite"]
        text = "\n".join(line.removesuffix("：") for line in lines)
        told = message("一行一个；别称写在冒号后面，用“、”分开，如 一类：行业一类、甲类")
        children = (Shown("words", "classes.lines", message("类别"), text, told), self.cite.show(inner, "classes"))
        return Shown("group", "classes", DIMENSIONS["classes"], children=children)

    def read(self, posted: Posted, at: str, holder: Mapping[str, Tree]) -> dict[str, Tree]:
        found: dict[str, Tree] = {}
        for line in posted.get("classes.lines", "").splitlines():
            label, _, others = line.replace(":", "：").partition("：")
            if label.strip():
                found[label.strip()] = [word.strip() for word in re.split("[、，,]", others) if word.strip()]
        return {"classes": found | self.cite.read(posted, "classes", {})} if found else {}


def _classes(cite: Cite) -> Field:
    return _Classes(cite)


def _minimum_field(cite: Cite) -> Field:
    units = {"team": message("队"), "person": message("人")}
    return Group(
        "minimum_field",
        DIMENSIONS["minimum_field"],
        (
            Line("at_least", message("实际参赛不少于"), "number"),
            Line("unit", message("按"), "choice", choices=units),
            Line("below", message("不足时"), "choice", choices=BELOW_WORDS),
            cite,
        ),
    )


def _conditions() -> Group:
    passed = {"both": message("理论与实操均合格"), "total": message("总成绩合格")}
    return Group(
        "",
        message("还要满足什么"),
        (
            Line("class", message("类别，一行一个"), "words"),
            Line("identity", message("身份（职工、学生、教师），一行一个"), "words"),
            Line("group", message("组别，一行一个"), "words"),
            Line("events", message("只对这些赛项，一行一个"), "words"),
            Line("sex", message("性别"), "choice", choices={"男": message("男"), "女": message("女")}),
            Line("member", message("双人、三人、团队中的哪一位"), "choice", choices=MEMBER_WORDS),
            Line("passed", message("合格"), "choice", choices=passed),
            Line("written_at_least", message("命题不低于"), "choice", choices=_LEVEL_WORDS),
            Line("filed_with", message("赛前须在哪里备案")),
            Line("occupation_prefix", message("职业编码以什么开头")),
            Line("review", message("由人判断的条件，一行一个"), "words"),
            Span(label=message("本条的有效期"), may_be_left_out=True),
        ),
        is_folded=True,
    )


def _promotion(cite: Cite) -> Field:
    rule = Group(
        "rule",
        "",
        (
            Places(),
            Line("to", message("晋升到"), "choice", choices={**_LEVEL_WORDS, UNKNOWN: message("文本没有写明")}),
            Line("up", message("或者晋升几级"), "number", help=message("与“晋升到”只填一项")),
            Line("at_most", message("最高到"), "choice", choices=_LEVEL_WORDS),
            Holders(cite),
            Line("verb", message("原文用词"), help=message("如 晋升、可破格晋升；不填就是“晋升”")),
            Line("authority", message("由谁办理")),
            _conditions(),
            cite,
        ),
    )
    ages = Group(
        "minimum_ages",
        message("最低年龄"),
        (*(Line(level, level, "number") for level in LEVELS), cite),
        is_folded=True,
    )
    once = Cite(cite.sources, cite.marks, "once_per_year", message("每人每年只晋升一次：写明出处即表示有此规定"))
    return Group(
        "promotion",
        DIMENSIONS["promotion"],
        (Rows("rules", "", rule, message("晋升规则"), _brief_promotion), ages, once),
    )


def _brief_promotion(rule: Mapping[str, Tree]) -> str:
    people = [word for key in ("class", "group", "identity") for word in _texts(rule.get(key))]
    level = said("晋升到%(level)s", level=said(str(rule["to"]))) if rule.get("to") else said("晋升几级")
    return joined([brief_places(rule), *people, level], message(" · "))


def _brief_honour(rule: Mapping[str, Tree]) -> str:
    return joined([str(rule.get("name", "")), brief_places(rule)], message(" · "))


def _texts(tree: Tree) -> list[str]:
    return [str(item) for item in tree] if isinstance(tree, list) else [str(tree)] if tree else []


def _honours(cite: Cite) -> Field:
    kinds = {"honour": message("荣誉称号"), "medal": message("奖章")}
    never = Cite(cite.sources, cite.marks, "never_repeated", message("已获者不重复授予：写明出处即表示有此规定"))
    rule = Group(
        "rule",
        "",
        (
            Line("name", message("称号或奖章的名称")),
            Line("benefit", message("种类"), "choice", choices=kinds),
            Places(),
            Line("verb", message("原文用词"), empty=UNKNOWN, help=message("如 核准后授予、推荐申报；未见就不填")),
            Line("authority", message("由谁授予"), empty=UNKNOWN),
            Line("quota", message("名额"), help=message("如 12；写数字时按批核对人数")),
            Line("when", message("何时办理")),
            _conditions(),
            cite,
            never,
        ),
        must="name",
    )
    return _Bare(Rows("honours", DIMENSIONS["honours"], rule, message("称号或奖章"), _brief_honour))


def _repeat(cite: Cite) -> Field:
    rule = Group(
        "rule",
        "",
        (
            Line("policy", message("怎么对待"), "choice", choices=POLICY_WORDS),
            Line("titles", message("已获哪些称号，一行一个"), "words", empty=UNKNOWN),
            Line("items", message("只对这些项目，一行一个"), "words"),
            cite,
        ),
        must="policy",
    )
    return _Bare(Rows("repeat", DIMENSIONS["repeat"], rule, message("规定")))


def _prizes(cite: Cite) -> Field:
    step = Group(
        "step",
        "",
        (Line("name", message("奖项")), Line("also", message("别称，一行一个"), "words"), Reach()),
        must="name",
    )
    rounding = {**ROUNDING_WORDS, UNKNOWN: message("文本没有写明")}
    return Group(
        "prizes",
        DIMENSIONS["prizes"],
        (
            Rows("steps", message("从高到低"), step, message("奖项")),
            Line("rounding", message("比例折成名额时"), "choice", choices=rounding),
            cite,
        ),
        must="steps",
    )


def _papers(cite: Cite) -> Field:
    item = Group("paper", "", (Line("list", message("材料，一行一份"), "words"), cite))
    told = message("哪一项：称号的名称，或 promotion（晋升）、*（各项通用）")
    return Named("papers", DIMENSIONS["papers"], item, message("材料清单"), told)


def _ratios(cite: Cite) -> Field:
    rule = Group(
        "rule",
        "",
        (
            Line("group", message("哪类人员，如 产业工人")),
            Line("at_least", message("不低于"), help=message("如 35%；与“不超过”只填一项")),
            Line("at_most", message("不超过")),
            Line("of", message("在哪部分人里计算"), help=message("不填就是整批")),
            cite,
        ),
        must="group",
    )
    return _Bare(Rows("ratios", DIMENSIONS["ratios"], rule, message("比例")))


def _values(name: str, cite: Cite) -> Field:
    groups = (Group(key, "", (_value(key), cite), must="value") for key in VALUES[name])
    return Group(name, DIMENSIONS[name], tuple(groups))


def _value(key: str) -> Line:
    label, name = VALUE_LABELS[key], "value"
    if key in _YES:
        return Line(name, label, "choice", choices=_YES_NO)
    if key == "level_at_least":
        return Line(name, label, "choice", choices=_LEVEL_WORDS)
    if key == "weights":
        return Line(name, label, "pairs", help=message("一行一项，如 理论 30；合计 100"))
    if key == "forms":
        return Line(name, label, "ticks", choices=FORMS)
    if key in _WORDS:
        return Line(name, label, "words", help=message("一行一个"))
    return Line(name, label, "number" if key in (*_NUMBERS, *_MORE_NUMBERS) else "long")
