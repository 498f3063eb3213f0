"""Whether rules hold on a competition's opening day; where they do not, why, and which of the same programme do."""

from collections.abc import Iterable
from dataclasses import dataclass

from competitions.standards.finding import CompetitionKey, in_force, programme_names
from competitions.standards.model import Effective, Pack
from core.messages import Said, said


def validity(effective: Effective, rules: str) -> Said:
    """When rules that are known by their days hold, in words.

    Args:
        effective: the dates.
        rules: what the sentence calls them; a pack, a clause, or the title of a pack.
    """
    if effective.edition is not None:
        return said("%(rules)s只对%(edition)s有效", rules=rules, edition=effective.edition)
    if effective.year is not None:
        return said("%(rules)s只对 %(year)s 年开幕的竞赛有效", rules=rules, year=effective.year)
    if effective.start is None:
        reported = said("不详之日") if effective.reported is None else str(effective.reported)
        return said("%(rules)s的生效日期不详，见于 %(day)s", rules=rules, day=reported)
    start, end = str(effective.start), effective.end
    if end is None:
        return said("%(rules)s自 %(start)s 起有效", rules=rules, start=start)
    return said("%(rules)s自 %(start)s 起至 %(end)s 止有效", rules=rules, start=start, end=str(end))


@dataclass(frozen=True, slots=True)
class Lapse:
    """Rules that do not hold on the opening day, or of which that is not known."""

    pack: Pack
    why: Said
    """When they hold, in words."""
    is_known: bool
    """False where the text leaves open whether they hold."""
    instead: tuple[Pack, ...]
    """Rules of the same programme that hold on the day, by id."""


def lapse(pack: Pack, known: Iterable[Pack], key: CompetitionKey) -> Lapse | None:
    """Whether rules stand in need of being chosen anew.

    Args:
        pack: the rules that were chosen or found.
        known: all rules to look among for others of the same programme.
        key: the competition: its opening day and, for rules of one edition, the titles of its programmes.

    Returns:
        None where the rules hold on the opening day.
    """
    held = in_force(pack.effective, key.opened_on, None, key.programmes)
    if held:
        return None
    others = (other for other in known if other.id != pack.id and is_of_same_programme(other, pack))
    current = [other for other in others if in_force(other.effective, key.opened_on, None, key.programmes)]
    found = tuple(sorted(current, key=lambda other: other.id))
    return Lapse(pack, validity(pack.effective, said("规则包")), held is not None, found)


def is_of_same_programme(one: Pack, other: Pack) -> bool:
    """Whether two packs are editions of one: one supersedes the other, or both speak of one programme of one region."""
    if other.id == one.supersedes or one.id == other.supersedes:
        return True
    if one.jurisdiction != other.jurisdiction:
        return False
    return one.applies == other.applies or bool(_names(one) & _names(other))


def _names(pack: Pack) -> set[str]:
    return set().union(*(programme_names(name) for name in pack.applies.programmes))
