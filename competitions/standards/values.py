"""Reading of those dimensions of a pack that hold plain values: weights, ties, notices, judges and the like."""

from collections.abc import Callable, Mapping
from decimal import Decimal

from competitions.standards.citations import read_citation
from competitions.standards.model import FORMS, LEVELS, Cited, MinimumField, PrizeScheme, PrizeStep, Ratio, Source
from competitions.standards.nodes import Node
from competitions.standards.rules import rank_range

Reader = Callable[[Node], object]


def _weights(node: Node) -> dict[str, int]:
    parts = {name: child.integer(least=1) for name, child in node.pairs().items()}
    if sum(parts.values()) != 100:
        raise node.refusal("权重之和应为 100，现为 %(total)s", total=sum(parts.values()))
    return parts


def _count(node: Node) -> int:
    return node.integer()


def _percent(node: Node) -> int:
    value = node.integer()
    if value > 100:
        raise node.refusal("百分比不能大于 100")
    return value


def _mark(node: Node) -> Decimal:
    return Decimal(_percent(node))


def _words(node: Node) -> tuple[str, ...]:
    return node.texts()


def _text(node: Node) -> str:
    return node.text()


def _yes(node: Node) -> bool:
    return node.boolean()


def _level(node: Node) -> int:
    return node.choice(LEVELS)


def _forms(node: Node) -> tuple[str, ...]:
    return tuple(item.choice({f: f for f in FORMS}) for item in node.items())


VALUES: Mapping[str, Mapping[str, Reader]] = {
    "groups": {"teachers_are_workers": _yes, "groups": _words, "who": _text, "minimum_age": _count},
    "forms": {"forms": _forms, "note": _text},
    "scoring": {
        "weights": _weights,
        "theory_at_most": _percent,
        "practice_at_least": _percent,
        "pass_mark": _mark,
        "judges_for_trim": _count,
        "drop_each_end": _count,
        "preliminary_carried": _yes,
        "deduction_floor": _text,
        "time_bonus": _text,
        "note": _text,
    },
    "ties": {"order": _words, "shared_places": _yes, "note": _text},
    "team_formula": {"formula": _text},
    "notices": {
        "announced_days_before": _count,
        "appeal_hours": _count,
        "publicity_working_days": _count,
        "query_working_days": _count,
        "note": _text,
    },
    "certificates": {"issuer": _text, "seal": _text, "note": _text},
    "filing": {"bodies": _words, "note": _text},
    "judges": {"at_least": _count, "qualification": _text, "chief_qualification": _text, "note": _text},
    "content": {"level_at_least": _level, "source": _text},
    "shared_rewards": {"money": _text, "coaches": _text},
}
"""Dimension → value name → how it is read. A name that a pack leaves out is unknown."""


def read_values(dimension: str, node: Node, sources: Mapping[str, Source]) -> dict[str, Cited]:
    """The values of one plain dimension, each with its citation."""
    readers = VALUES[dimension]
    found: dict[str, Cited] = {}
    for name, child in node.mapping(optional=tuple(readers)).items():
        keys = child.mapping(required=("value",), optional=("cite",))
        found[name] = Cited(readers[name](keys["value"]), read_citation(child, keys, sources))
    if not found:
        raise node.refusal("没有见到内容时应写在 unknown 里")
    return found


def read_minimum_field(node: Node, sources: Mapping[str, Source]) -> MinimumField:
    """The smallest field for which rewards hold."""
    keys = node.mapping(required=("unit", "at_least", "below"), optional=("cite",))
    results = {r: r for r in ("demonstration_only", "no_honours", "cancelled")}
    return MinimumField(
        unit=keys["unit"].choice({"team": "team", "person": "person"}),
        at_least=keys["at_least"].integer(least=1),
        below=keys["below"].choice(results),
        citation=read_citation(node, keys, sources),
    )


def read_prizes(node: Node, sources: Mapping[str, Source]) -> PrizeScheme:
    """The prizes of a pack, best first.

    Raises:
        PackError: places of two prizes overlap or run backwards, shares that do not grow, a name used twice.
    """
    keys = node.mapping(required=("steps", "rounding"), optional=("cite",))
    entries = keys["steps"].items()
    steps = [_step(entry) for entry in entries]
    last_rank, last_share, names = 0, None, set[str]()
    for entry, step in zip(entries, steps, strict=True):
        if step.name in names:
            raise entry.refusal("奖项「%(name)s」重复", name=step.name)
        names.add(step.name)
        if step.ranks is not None:
            if step.ranks[0] <= last_rank:
                raise entry.refusal("名次范围与上一奖项重叠")
            last_rank = step.ranks[1]
        share = step.up_to_share or step.at_most_share
        if share is not None:
            if last_share is not None and share < last_share:
                raise entry.refusal("比例应逐级累计，不能小于上一奖项")
            last_share = share
    modes = {m: m for m in ("down", "half_up", "up")}
    rounding = None if keys["rounding"].is_unknown else keys["rounding"].choice(modes)
    return PrizeScheme(tuple(steps), rounding, read_citation(node, keys, sources))


def _step(node: Node) -> PrizeStep:
    reach = ("ranks", "up_to_share", "at_most_share")
    keys = node.mapping(required=("name",), optional=("also", *reach))
    if sum(name in keys for name in reach) != 1:
        raise node.refusal("奖项须写明 ranks、up_to_share、at_most_share 之一（不详时写 ranks: unknown）")
    known = "ranks" in keys and not keys["ranks"].is_unknown
    return PrizeStep(
        name=keys["name"].text(),
        also=keys["also"].texts() if "also" in keys else (),
        ranks=rank_range(keys["ranks"]) if known else None,
        up_to_share=keys["up_to_share"].fraction() if "up_to_share" in keys else None,
        at_most_share=keys["at_most_share"].fraction() if "at_most_share" in keys else None,
    )


def read_papers(node: Node, sources: Mapping[str, Source]) -> dict[str, Cited]:
    """Papers asked for, by benefit name (`*` for every benefit)."""
    found: dict[str, Cited] = {}
    for name, child in node.pairs().items():
        keys = child.mapping(required=("list",), optional=("cite",))
        found[name] = Cited(keys["list"].texts(), read_citation(child, keys, sources))
    return found


def read_ratios(node: Node, sources: Mapping[str, Source]) -> tuple[Ratio, ...]:
    """What parts groups must have in one batch of recommendations."""
    found = []
    for entry in node.items():
        keys = entry.mapping(required=("group",), optional=("at_least", "at_most", "of", "cite"))
        if ("at_least" in keys) == ("at_most" in keys):
            raise entry.refusal("比例须写 at_least 或 at_most 之一")
        found.append(
            Ratio(
                group=keys["group"].text(),
                at_least=keys["at_least"].fraction() if "at_least" in keys else None,
                at_most=keys["at_most"].fraction() if "at_most" in keys else None,
                of=keys["of"].text() if "of" in keys else None,
                citation=read_citation(entry, keys, sources),
            )
        )
    return tuple(found)
