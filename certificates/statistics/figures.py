"""Counts people: whoever takes part three times is one person, and what nobody stated is not counted as a no."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.messages import message


class Group(StrEnum):
    """Groups of workers that policy documents ask about; a person may belong to several."""

    NON_PUBLIC = "non_public"
    RURAL_MIGRANT = "rural_migrant"
    NEW_EMPLOYMENT = "new_employment"
    WOMEN = "women"


GROUP_NAMES: Mapping[Group, str] = {
    Group.NON_PUBLIC: message("非公企业职工"),
    Group.RURAL_MIGRANT: message("农民工"),
    Group.NEW_EMPLOYMENT: message("新就业形态劳动者"),
    Group.WOMEN: message("女职工"),
}


class Measure(StrEnum):
    """What is counted, each time in persons."""

    REGISTERED = "registered"
    TOOK_PART = "took_part"
    AWARDED = "awarded"
    PROMOTION_APPROVED = "promotion_approved"
    PROMOTED = "promoted"
    HONOUR_APPROVED = "honour_approved"
    MEDAL_APPROVED = "medal_approved"
    GRANTED = "granted"
    INNOVATED = "innovated"


MEASURE_NAMES: Mapping[Measure, str] = {
    Measure.REGISTERED: message("报名"),
    Measure.TOOK_PART: message("参赛"),
    Measure.AWARDED: message("获奖"),
    Measure.PROMOTION_APPROVED: message("审定推荐晋级"),
    Measure.PROMOTED: message("已晋级"),
    Measure.HONOUR_APPROVED: message("审定推荐称号"),
    Measure.MEDAL_APPROVED: message("审定推荐奖章"),
    Measure.GRANTED: message("已授称号奖章"),
    Measure.INNOVATED: message("有创新成果"),
}
MEASURE_MEANINGS: Mapping[Measure, str] = {
    Measure.REGISTERED: message("报名表已导入的人"),
    Measure.TOOK_PART: message("报名的人，除去缺考和弃权的；取消资格的算参赛"),
    Measure.AWARDED: message("最终成绩确定奖项的人，团队按成员计"),
    Measure.PROMOTION_APPROVED: message("晋级推荐经人审定同意的人，不等于已经晋级"),
    Measure.PROMOTED: message("主管机关发证、证书编号已回传登记的人"),
    Measure.HONOUR_APPROVED: message("称号推荐经人审定同意的人，不等于已经授予"),
    Measure.MEDAL_APPROVED: message("奖章推荐经人审定同意的人，不等于已经授予"),
    Measure.GRANTED: message("推荐经审定同意、授予文件已回填登记的人；声明不算"),
    Measure.INNOVATED: message("登记为创新成果主要完成人的人，撤回的不算"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One registration of one person, as far as figures go. No name, no number."""

    person: int
    competition: int
    year: int
    unit: str
    facts: Mapping[Group, bool | None]
    """None where nobody stated it."""
    reached: frozenset[Measure]


@dataclass(frozen=True, slots=True)
class Split:
    """How many persons belong to a group, do not, and of how many nobody said."""

    yes: int
    no: int
    unknown: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.yes + self.no + self.unknown


def persons(entries: Iterable[Entry], measure: Measure) -> int:
    """How many different persons reached something."""
    return len({entry.person for entry in entries if measure in entry.reached})


def any_of(entries: Iterable[Entry], measures: Iterable[Measure]) -> int:
    """How many different persons reached at least one of several things."""
    wanted = frozenset(measures)
    return len({entry.person for entry in entries if wanted & entry.reached})


def times(entries: Iterable[Entry]) -> int:
    """How often somebody took part: 人次, one for each event."""
    return sum(Measure.TOOK_PART in entry.reached for entry in entries)


def units(entries: Iterable[Entry]) -> int:
    """In how many units those who took part work; a unit written in two ways counts twice, an empty one not at all."""
    return len({entry.unit for entry in entries if entry.unit and Measure.TOOK_PART in entry.reached})


def split(entries: Iterable[Entry], measure: Measure, group: Group) -> Split:
    """The persons who reached something, by whether they belong to a group.

    Whoever once said yes belongs to it; whoever only ever said no does not.
    """
    said: dict[int, bool | None] = {}
    for entry in entries:
        if measure not in entry.reached:
            continue
        fact, before = entry.facts.get(group), said.get(entry.person)
        said[entry.person] = bool(before) or fact if fact is not None else before
    answers = list(said.values())
    return Split(answers.count(True), answers.count(False), answers.count(None))


def by(entries: Iterable[Entry], key: Callable[[Entry], str | int]) -> dict[str | int, Sequence[Entry]]:
    """The entries under each unit, year or competition, in the order of their first appearance."""
    found: dict[str | int, list[Entry]] = {}
    for entry in entries:
        found.setdefault(key(entry), []).append(entry)
    return dict(found)
