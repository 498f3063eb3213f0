"""Counts innovations, not people: one innovation of three authors is one, and a benefit that nobody stated is no 0."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from certificates.statistics.figures import GROUP_NAMES, Group, Split
from certificates.statistics.hiding import hidden, is_small
from core.messages import message

FORMULAS = (
    message("创新成果数 = 登记而没有撤回的成果项数；一项有几名主要完成人仍算一项"),
    message("分组的成果数 = 主要完成人中至少一人属于该分组的成果项数；一项可计入几个分组，各分组不相加"),
    message("经济效益合计 = 填报了经济效益的各项之和，单位万元；没有填报的不算 0，另列项数"),
)
OWN_COUNTING = message("所读文件要求报送创新成果数，但没有规定怎样计算；以上口径由本系统自拟。")


@dataclass(frozen=True, slots=True)
class Item:
    """One innovation, as far as figures go. No name, no number."""

    kind: str
    kind_name: str
    is_in_use: bool
    benefit: Decimal | None
    """In 万元; None where nobody stated it."""
    authors: tuple[Mapping[Group, bool | None], ...]
    """The facts of each author; empty where it is a unit's."""


@dataclass(frozen=True, slots=True)
class KindRow:
    """A kind: how many, and what they brought. None is hidden."""

    kind: str
    name: str
    count: int | None
    stated: int | None
    """Of how many a benefit was stated."""
    benefit: Decimal | None


@dataclass(frozen=True, slots=True)
class GroupCount:
    """How many innovations have an author of the group, and of how many nobody knows. None is hidden."""

    group: Group
    name: str
    count: int | None
    unknown: int | None


@dataclass(frozen=True, slots=True)
class InnovationFigures:
    """All that is told of innovations."""

    total: int | None
    in_use: int | None
    stated: int | None
    benefit: Decimal | None
    kinds: tuple[KindRow, ...]
    groups: tuple[GroupCount, ...]

    def as_json(self) -> dict[str, Any]:
        """Plain values; amounts as decimal strings, hidden figures null."""
        return {
            "total": self.total,
            "in_use": self.in_use,
            "benefit_stated": self.stated,
            "benefit_10k_yuan": _text(self.benefit) if self.stated else None,
            "kinds": [
                {
                    "kind": row.kind,
                    "count": row.count,
                    "benefit_stated": row.stated,
                    "benefit_10k_yuan": _text(row.benefit) if row.stated else None,
                }
                for row in self.kinds
            ],
            "groups": [{"group": row.group.value, "count": row.count, "unknown": row.unknown} for row in self.groups],
            "formulas": [str(formula) for formula in FORMULAS],
        }


def innovation_figures(items: Sequence[Item], *, is_public: bool) -> InnovationFigures:
    """The figures of these innovations.

    Args:
        items: those in force.
        is_public: hide what could be one or two innovations, and what it could be reckoned back from.
    """
    stated = [item for item in items if item.benefit is not None]
    used = sum(item.is_in_use for item in items)
    few_used = is_small(used) or is_small(len(items) - used)
    return InnovationFigures(
        total=_shown(len(items), is_public and is_small(len(items))),
        in_use=_shown(used, is_public and few_used),
        stated=_shown(len(stated), is_public and is_small(len(stated))),
        benefit=_sum(stated, is_public and is_small(len(stated))),
        kinds=_kinds(items, is_public),
        groups=tuple(_group(items, group, is_public) for group in Group),
    )


def _shown(count: int, is_out: bool) -> int | None:
    return None if is_out else count


def _sum(items: Iterable[Item], is_out: bool) -> Decimal | None:
    return None if is_out else sum((item.benefit for item in items if item.benefit is not None), Decimal(0))


def _kinds(items: Sequence[Item], is_public: bool) -> tuple[KindRow, ...]:
    grouped: dict[str, list[Item]] = {}
    for item in items:
        grouped.setdefault(item.kind, []).append(item)
    stated = [[item for item in own if item.benefit is not None] for own in grouped.values()]
    nothing = (False,) * len(grouped)
    out = hidden([len(own) for own in grouped.values()]) if is_public else nothing
    out_stated = hidden([len(own) for own in stated]) if is_public else nothing
    rows = []
    for own, told, is_out, is_told_out in zip(grouped.values(), stated, out, out_stated, strict=True):
        no_benefit = is_out or is_told_out
        count, told_count = _shown(len(own), is_out), _shown(len(told), no_benefit)
        rows.append(KindRow(own[0].kind, own[0].kind_name, count, told_count, _sum(told, no_benefit)))
    return tuple(sorted(rows, key=lambda row: -(row.count or 0)))


def split_items(items: Iterable[Item], group: Group) -> Split:
    """The innovations by whether an author belongs to a group; without an author nobody knows."""
    answers = [_belongs(item, group) for item in items]
    return Split(answers.count(True), answers.count(False), answers.count(None))


def _belongs(item: Item, group: Group) -> bool | None:
    facts = [author.get(group) for author in item.authors]
    if any(facts):
        return True
    return None if not facts or None in facts else False


def _group(items: Sequence[Item], group: Group, is_public: bool) -> GroupCount:
    found = split_items(items, group)
    out = hidden((found.yes, found.no, found.unknown)) if is_public else (False, False, False)
    return GroupCount(group, GROUP_NAMES[group], _shown(found.yes, out[0]), _shown(found.unknown, out[2]))


def amount(stated: int | None, benefit: Decimal | None) -> str:
    """A sum as it is printed: a hidden one is a star, one to which nobody stated anything a dash and no 0.

    Args:
        stated: of how many innovations a benefit was stated; None is hidden.
        benefit: their sum; None is hidden.
    """
    if stated == 0:
        return "—"
    return "*" if benefit is None else _text(benefit) or ""


def _text(value: Decimal | None) -> str | None:
    if value is None:
        return None
    return format(value.normalize() if value else Decimal(0), "f")
