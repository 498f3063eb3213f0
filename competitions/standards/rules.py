"""Reading of the rules of a pack: which places, under which conditions, lead to which level or title."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from competitions.standards.citations import citation, read_citation, read_effective
from competitions.standards.model import (
    FORMS,
    LEVELS,
    OPEN_END,
    Citation,
    Conditions,
    HonourRule,
    PromotionLimits,
    PromotionRule,
    RepeatRule,
    Rule,
    Selector,
    Source,
)
from competitions.standards.nodes import Node

_SELECT_KEYS = ("ranks", "share", "prizes", "prize_at_least", "everyone")
_CONDITION_KEYS = (
    "class",
    "identity",
    "group",
    "sex",
    "member",
    "passed",
    "written_at_least",
    "filed_with",
    "occupation_prefix",
    "events",
    "review",
)
_RULE_KEYS = (*_SELECT_KEYS, "perhaps", *_CONDITION_KEYS, "cite", "effective", "verb", "authority")
_POLICIES = {p: p for p in ("barred", "barred_in_occupation", "barred_in_items", "cascade")}
_PASSED = {"both": "both", "total": "total"}


@dataclass(frozen=True, slots=True)
class Words:
    """What the rules of one pack may refer to."""

    sources: Mapping[str, Source]
    classes: Sequence[str]
    prizes: Sequence[str]
    """Prize names, best first."""


def read_promotion(node: Node, words: Words) -> tuple[tuple[PromotionRule, ...], PromotionLimits]:
    """The promotion rules of a pack and the limits on all of them.

    Raises:
        PackError: as the strict reading has it, or rules whose places overlap for the same people.
    """
    keys = node.mapping(required=("rules",), optional=("once_per_year", "minimum_ages"))
    entries = keys["rules"].items()
    rules = tuple(_promotion_rule(entry, words) for entry in entries)
    _refuse_overlaps(entries, [r.rule for r in rules], [""] * len(rules))
    return rules, _limits(keys, words)


def _limits(keys: Mapping[str, Node], words: Words) -> PromotionLimits:
    once = ages = None
    floors: tuple[tuple[int, int], ...] = ()
    if "once_per_year" in keys:
        once = citation(keys["once_per_year"], words.sources)
    if "minimum_ages" in keys:
        node = keys["minimum_ages"]
        entries = node.mapping(required=("cite",), optional=tuple(LEVELS))
        ages = citation(entries["cite"], words.sources)
        floors = tuple((LEVELS[n], v.integer(least=1)) for n, v in entries.items() if n in LEVELS)
    return PromotionLimits(once_per_year=once, minimum_ages=floors, ages_citation=ages)


def _promotion_rule(node: Node, words: Words) -> PromotionRule:
    keys = node.mapping(optional=(*_RULE_KEYS, "to", "up", "at_most", "if_has"))
    if ("to" in keys) == ("up" in keys):
        raise node.refusal("晋升规则须写 to（晋升到何级）或 up（晋升几级）之一")
    holders, unknown, refused = _holders(keys.get("if_has"), words)
    to = keys.get("to")
    return PromotionRule(
        rule=_rule(node, keys, words, "晋升"),
        target=None if to is None or to.is_unknown else to.choice(LEVELS),
        step=keys["up"].integer(least=1) if "up" in keys else None,
        at_most=keys["at_most"].choice(LEVELS) if "at_most" in keys else None,
        holders=holders,
        holders_unknown=unknown,
        holders_refused=refused,
    )


def _holders(node: Node | None, words: Words) -> tuple[dict[int, int], bool, Citation | None]:
    if node is None:
        return {}, False, None
    if node.is_unknown:
        return {}, True, None
    entries = node.mapping(optional=(*LEVELS, "refused"))
    refused = citation(entries.pop("refused"), words.sources) if "refused" in entries else None
    steps = {LEVELS[name]: value.choice(LEVELS) for name, value in entries.items()}
    for present, new in steps.items():
        if new >= present:
            raise node.refusal("if_has 须从较低等级晋升到较高等级（数字越小等级越高）")
    return steps, False, refused


def read_honours(node: Node, words: Words) -> tuple[HonourRule, ...]:
    """The titles and medals of a pack; an empty list is refused (write `unknown` instead)."""
    entries = node.items()
    if not entries:
        raise node.refusal("没有见到荣誉条款时应写在 unknown 里，而不是空列表")
    honours = tuple(_honour(entry, words) for entry in entries)
    _refuse_overlaps(entries, [h.rule for h in honours], [h.name for h in honours])
    return honours


def _honour(node: Node, words: Words) -> HonourRule:
    keys = node.mapping(required=("name", "benefit", "verb"), optional=(*_RULE_KEYS, "never_repeated", "quota", "when"))
    return HonourRule(
        rule=_rule(node, keys, words, None),
        name=keys["name"].text(),
        benefit=keys["benefit"].choice({"honour": "honour", "medal": "medal"}),
        never_repeated=citation(keys["never_repeated"], words.sources) if "never_repeated" in keys else None,
        quota=keys["quota"].text() if "quota" in keys else None,
        when=keys["when"].text() if "when" in keys else None,
    )


def _rule(node: Node, keys: Mapping[str, Node], words: Words, verb: str | None) -> Rule:
    return Rule(
        id=f"{node.file}:{node.line}",
        select=_selector(node, keys, words),
        conditions=_conditions(keys, words),
        citation=read_citation(node, keys, words.sources),
        effective=read_effective(keys["effective"]) if "effective" in keys else None,
        verb=keys["verb"].optional_text() if "verb" in keys else verb,
        authority=keys["authority"].optional_text() if "authority" in keys else None,
    )


def _selector(node: Node, keys: Mapping[str, Node], words: Words) -> Selector:
    chosen = [name for name in _SELECT_KEYS if name in keys]
    if len(chosen) != 1:
        raise node.refusal("须写明名次范围，且只写一种：%(keys)s", keys="、".join(_SELECT_KEYS))
    value = keys[chosen[0]]
    perhaps = None
    if "perhaps" in keys:
        entries = keys["perhaps"].mapping(optional=_SELECT_KEYS)
        perhaps = _selector(keys["perhaps"], entries, words)
    if value.is_unknown:
        return Selector(unknown=True, perhaps=perhaps)
    if chosen[0] == "ranks":
        return Selector(ranks=_ranks(value), perhaps=perhaps)
    if chosen[0] == "share":
        return Selector(share=value.fraction(), perhaps=perhaps)
    if chosen[0] == "everyone":
        if not value.boolean():
            raise value.refusal("everyone 只能写 true")
        return Selector(everyone=True, perhaps=perhaps)
    return Selector(prizes=_prizes(chosen[0], value, words), perhaps=perhaps)


def _prizes(key: str, node: Node, words: Words) -> tuple[str, ...]:
    names = node.texts()
    for name in names:
        if name not in words.prizes:
            raise node.refusal("奖项「%(name)s」没有列在 prizes 里", name=name)
    if key == "prize_at_least":
        return tuple(words.prizes[: words.prizes.index(names[0]) + 1])
    return names


def _ranks(node: Node) -> dict[str, tuple[int, int]]:
    if node.is_mapping:
        return {form: rank_range(child) for form, child in node.mapping(optional=tuple(FORMS)).items()}
    return {"any": rank_range(node)}


def rank_range(node: Node) -> tuple[int, int]:
    """A pair `[first, last]` of places counted from 1; `[11, end]` reaches to the end of the field."""
    ends = [OPEN_END if item.text() == "end" else item.integer(least=1) for item in node.items()]
    if len(ends) != 2 or ends[0] > ends[1]:
        raise node.refusal("名次范围应写作 [1, 5]，前小后大")
    return ends[0], ends[1]


def _conditions(keys: Mapping[str, Node], words: Words) -> Conditions:
    def texts(name: str) -> tuple[str, ...]:
        return keys[name].texts() if name in keys else ()

    def text(name: str) -> str | None:
        return keys[name].text() if name in keys else None

    for label in texts("class"):
        if label not in words.classes:
            raise keys["class"].refusal("类别「%(label)s」没有列在 classes 里", label=label)
    passed = keys["passed"].choice(_PASSED) if "passed" in keys else ""
    member, member_citation = _member(keys.get("member"), words)
    return Conditions(
        classes=texts("class"),
        identities=texts("identity"),
        groups=texts("group"),
        sex=keys["sex"].choice({"男": "男", "女": "女"}) if "sex" in keys else None,
        member=member,
        member_citation=member_citation,
        passed=passed == "both",
        passed_total=passed == "total",
        written_at_least=keys["written_at_least"].choice(LEVELS) if "written_at_least" in keys else None,
        filed_with=text("filed_with"),
        occupation_prefix=text("occupation_prefix"),
        events=texts("events"),
        review=texts("review"),
    )


def _member(node: Node | None, words: Words) -> tuple[str | None, Citation | None]:
    """`member: main`, or `member: {who: main, cite: …}` where another text says it."""
    if node is None:
        return None, None
    members = {"main": "main", "first_listed": "first_listed"}
    if not node.is_mapping:
        return node.choice(members), None
    keys = node.mapping(required=("who", "cite"))
    return keys["who"].choice(members), citation(keys["cite"], words.sources)


def read_repeat(node: Node, words: Words) -> tuple[RepeatRule, ...]:
    """What a pack does with former winners."""
    found = []
    for entry in node.items():
        keys = entry.mapping(required=("policy", "titles"), optional=("items", "cite"))
        found.append(
            RepeatRule(
                policy=keys["policy"].choice(_POLICIES),
                titles=() if keys["titles"].is_unknown else keys["titles"].texts(),
                items=keys["items"].texts() if "items" in keys else (),
                citation=read_citation(entry, keys, words.sources),
            )
        )
    return tuple(found)


def _refuse_overlaps(nodes: Sequence[Node], rules: Sequence[Rule], names: Sequence[str]) -> None:
    """Two rules of one kind that claim the same place of the same people contradict each other."""
    for (i, first), (j, second) in combinations(enumerate(rules), 2):
        if names[i] == names[j] and _same_people(first, second) and _ranges_meet(first.select, second.select):
            raise nodes[j].refusal("名次范围与第 %(other)s 行的规则重叠", other=nodes[i].line)


def _same_people(first: Rule, second: Rule) -> bool:
    a, b = first.conditions, second.conditions
    pairs = ((a.classes, b.classes), (a.identities, b.identities), (a.groups, b.groups), (a.events, b.events))
    if any(x and y and not set(x) & set(y) for x, y in pairs):
        return False
    return first.effective == second.effective and a.occupation_prefix == b.occupation_prefix


def _ranges_meet(first: Selector, second: Selector) -> bool:
    if first.ranks is None or second.ranks is None:
        return False
    for form, (low, high) in first.ranks.items():
        for other, (start, end) in second.ranks.items():
            if (form == other or "any" in (form, other)) and low <= end and start <= high:
                return True
    return False
