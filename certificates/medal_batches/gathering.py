"""Batches of approved medals and titles held against the ratio rules; who belongs to a group is said by people."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from certificates.flags.exporting import approved_flags
from certificates.medal_batches.ratios import Member, RatioLine, ratio_view
from certificates.papers.forms import HONOUR, MEDAL, Approved
from competitions.models import Competition
from competitions.standards import Pack, load_packs
from competitions.standards.finding import in_force
from core.db import db

Groups = Mapping[int, Mapping[str, bool]]
"""Flag id → group name → belongs to it or not; a group that is left out is not known."""


@dataclass(frozen=True, slots=True)
class Batch:
    """All approved recommendations for one medal or title; a person stands in it once."""

    name: str
    people: tuple[Approved, ...]


@dataclass(frozen=True, slots=True)
class HeldBatch:
    """A batch and the ratio rules that it is held against."""

    batch: Batch
    pack: Pack
    lines: tuple[RatioLine, ...]
    holds_on_the_day: bool | None
    """Whether the rules are in force on the opening day; None where that is not known."""

    @property
    def groups(self) -> tuple[str, ...]:
        """Every group that the rules speak of, each once."""
        names = [name for line in self.lines for name in (line.ratio.of, line.ratio.group) if name]
        return tuple(dict.fromkeys(names))


def batches_of(competition: Competition) -> list[Batch]:
    """The batches of a competition: medals first, each by name."""
    found: dict[str, dict[str, Approved]] = {}
    for benefit in (MEDAL, HONOUR):
        for one in approved_flags(db.session(), competition, benefit):
            # Two packs may recommend the same person for the same medal.
            found.setdefault(one.wanted, {}).setdefault(one.document_index, one)
    return [Batch(name, tuple(people.values())) for name, people in found.items()]


def packs_with_ratios(own: Iterable[Pack] = ()) -> list[Pack]:
    """The packs that state ratio rules: those of the product and an installation's `own` ones."""
    return [pack for pack in (*load_packs(), *own) if pack.ratios]


def fitting_pack(name: str, opens_on: date) -> Pack:
    """The ratio rules that speak of a medal by its name, best those in force on the day; else the newest there are.

    Args:
        name: the medal's or title's name.
        opens_on: the competition's opening day.
    """

    def fit(pack: Pack) -> tuple[bool, bool, int]:
        holds = in_force(pack.effective, opens_on, None) is True
        return name in pack.applies.programmes, holds, pack.effective.year or 0

    # Own rules are nobody's default: whoever wants them chooses them.
    return max(packs_with_ratios(), key=fit)


def hold(batch: Batch, pack: Pack, groups: Groups, opens_on: date) -> HeldBatch:
    """Hold a batch against the ratio rules of a pack.

    Args:
        batch: the people.
        pack: with ratio rules.
        groups: what people said of each flag; nobody is taken to belong or not to belong unsaid.
        opens_on: the competition's opening day.
    """
    members: Sequence[Member] = [Member(str(one.flag_id), groups.get(one.flag_id, {})) for one in batch.people]
    lines = tuple(ratio_view(members, pack.ratios))
    return HeldBatch(batch, pack, lines, in_force(pack.effective, opens_on, None))
