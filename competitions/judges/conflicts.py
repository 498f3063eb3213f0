"""Who may not judge whom, and why: rules of recusal (回避) as data, applied to facts about judges and contestants."""

import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from core.messages import message, said


class Tie(StrEnum):
    """What connects a judge with a contestant, a panel or an event."""

    SAME_PERSON = "same_person"
    SAME_NAME = "same_name"
    SAME_UNIT = "same_unit"
    SAME_DELEGATION = "same_delegation"
    LEADER = "leader"
    COACH = "coach"
    RELATIVE = "relative"
    DECLARED = "declared"
    OTHER = "other"
    HOST_UNIT = "host_unit"
    PANEL_SAME_UNIT = "panel_same_unit"


class Effect(StrEnum):
    """What a tie leads to: the judge may not mark, or it must be told and approved by the chief judge."""

    BARS = "bars"
    DISCLOSES = "discloses"


@dataclass(frozen=True, slots=True)
class ConflictRule:
    """A tie with its effect, its sentence for people, and the text it rests on.

    Attributes:
        of_delegation: the sentence for a tie with a whole delegation; empty where there is no such tie.
    """

    tie: Tie
    effect: Effect
    sentence: str
    source: str
    of_delegation: str = ""


_FAIRNESS = "对与参赛选手有利害关系或其他特殊关系，可能影响公正评判的，实行执裁回避（住房城乡建设部2015年通知，转载件）"
_COLLEGES = (
    "同一单位的裁判人数不超过1人，本赛项合作企业、承办院校及参赛院校采取回避原则（全国职业院校技能大赛2022，转载件）"
)
_OWN_TEAM = "遇有本队参赛项目应回避（江苏省职业技能竞赛，转载件）"

DEFAULT_RULES: tuple[ConflictRule, ...] = (
    ConflictRule(Tie.SAME_PERSON, Effect.BARS, message("裁判%(judge)s本人就是选手"), _FAIRNESS),
    # A list tells only names of judges: whether these are one person is for people to say.
    ConflictRule(
        Tie.SAME_NAME,
        Effect.DISCLOSES,
        message("裁判%(judge)s与%(detail)s的一名选手同名，请核对：是本人就在“回避关系”里申报，不是就写明处理意见"),
        _FAIRNESS,
    ),
    ConflictRule(
        Tie.RELATIVE,
        Effect.BARS,
        message("裁判%(judge)s与选手%(contestant)s是亲属"),
        _FAIRNESS,
        message("裁判%(judge)s在代表队“%(contestant)s”里有亲属"),
    ),
    ConflictRule(
        Tie.COACH,
        Effect.BARS,
        message("裁判%(judge)s是选手%(contestant)s的师傅、教练或指导教师"),
        _FAIRNESS,
        message("裁判%(judge)s是代表队“%(contestant)s”的师傅、教练或指导教师"),
    ),
    ConflictRule(Tie.SAME_UNIT, Effect.BARS, message("裁判%(judge)s与选手%(contestant)s同在%(detail)s"), _COLLEGES),
    ConflictRule(
        Tie.SAME_DELEGATION, Effect.BARS, message("裁判%(judge)s与选手%(contestant)s同属代表队“%(detail)s”"), _OWN_TEAM
    ),
    ConflictRule(
        Tie.LEADER,
        Effect.BARS,
        message("裁判%(judge)s是代表队“%(contestant)s”的领队"),
        _OWN_TEAM,
        message("裁判%(judge)s是代表队“%(contestant)s”的领队"),
    ),
    ConflictRule(
        Tie.DECLARED,
        Effect.BARS,
        message("裁判%(judge)s申报与选手%(contestant)s有其他关系：%(detail)s"),
        _FAIRNESS,
        message("裁判%(judge)s申报与代表队“%(contestant)s”有其他关系：%(detail)s"),
    ),
    # Whether it may impair a fair judgement, as the text has it, is for people to say: it is told and decided upon.
    ConflictRule(
        Tie.OTHER,
        Effect.DISCLOSES,
        message("据反映，裁判%(judge)s与选手%(contestant)s有其他关系：%(detail)s"),
        _FAIRNESS,
        message("据反映，裁判%(judge)s与代表队“%(contestant)s”有其他关系：%(detail)s"),
    ),
    ConflictRule(Tie.HOST_UNIT, Effect.DISCLOSES, message("裁判%(judge)s来自承办或合作单位%(detail)s"), _COLLEGES),
    ConflictRule(
        Tie.PANEL_SAME_UNIT, Effect.DISCLOSES, message("同一裁判组中%(judge)s与%(contestant)s同在%(detail)s"), _COLLEGES
    ),
)


@dataclass(frozen=True, slots=True)
class DelegationTie:
    """A tie of a judge with a whole delegation: declared, or as its leader."""

    tie: Tie
    id: str
    name: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class JudgeFacts:
    """What is known of a judge. `same`, `coached`, `relatives`, `declared` and `others` name contestants by id."""

    id: str
    name: str
    unit: str = ""
    delegation: str = ""
    person: str = ""
    same: frozenset[str] = frozenset()
    coached: frozenset[str] = frozenset()
    relatives: frozenset[str] = frozenset()
    declared: Mapping[str, str] = field(default_factory=dict)
    others: Mapping[str, str] = field(default_factory=dict)
    delegation_ties: Sequence[DelegationTie] = ()


@dataclass(frozen=True, slots=True)
class ContestantFacts:
    """What is known of a contestant. `person` is the same for the same human being, as judge or contestant."""

    id: str
    name: str
    unit: str = ""
    delegation: str = ""
    person: str = ""


@dataclass(frozen=True, slots=True)
class Conflict:
    """A judge's tie; `contestant` is a contestant's id, another judge's for a panel, or None for the whole event.

    Attributes:
        about: what the tie is with, a word for each registration, judge or unit: a decision covers the words it knew.
    """

    judge: str
    contestant: str | None
    tie: Tie
    effect: Effect
    sentence: str
    source: str
    about: tuple[str, ...] = ()


def conflicts(
    judges: Iterable[JudgeFacts],
    contestants: Sequence[ContestantFacts],
    rules: Sequence[ConflictRule] = DEFAULT_RULES,
) -> list[Conflict]:
    """All ties between judges and contestants that a rule speaks of.

    Args:
        judges: who may be seated.
        contestants: who is marked by them.
        rules: the rules of the competition; a tie without a rule is no conflict.

    Returns:
        In the order of judges, contestants and rules.
    """
    found = []
    for judge in judges:
        for contestant in contestants:
            ties = _ties(judge, contestant)
            found += [
                _conflict(rule, judge, contestant.id, contestant.name, ties[rule.tie])
                for rule in rules
                if rule.tie in ties
            ]
    return found


def delegation_conflicts(
    judges: Iterable[JudgeFacts],
    delegations: Mapping[str, Collection[str]],
    rules: Sequence[ConflictRule] = DEFAULT_RULES,
) -> list[Conflict]:
    """Ties of judges with whole delegations, one each, however many contestants a delegation sends.

    Args:
        judges: who may be seated.
        delegations: id of each delegation that takes part in the event → ids of its entrants there.
        rules: the rules of the competition; a tie without a rule is no conflict.
    """
    by_tie = {rule.tie: rule for rule in rules}
    found = []
    for judge in judges:
        for own in judge.delegation_ties:
            rule = by_tie.get(own.tie)
            if own.id in delegations and rule is not None and rule.of_delegation:
                sentence = said(rule.of_delegation, judge=judge.name, contestant=own.name, detail=own.detail)
                about = tuple(f"{rule.tie}:{own.id}:{entrant}" for entrant in sorted(delegations[own.id]))
                found.append(Conflict(judge.id, None, rule.tie, rule.effect, sentence, rule.source, about))
    return found


def panel_conflicts(
    judges: Sequence[JudgeFacts],
    *,
    hosts: Iterable[str] = (),
    rules: Sequence[ConflictRule] = DEFAULT_RULES,
) -> list[Conflict]:
    """Ties of judges with the event's hosts and partners, and of judges of one panel with each other.

    Args:
        judges: the panel.
        hosts: names of units that host the event or work with it.
        rules: the rules of the competition.
    """
    by_tie = {rule.tie: rule for rule in rules}
    host_names = {unit_key(host) for host in hosts}
    found = []
    for position, judge in enumerate(judges):
        if not unit_key(judge.unit):
            continue
        if Tie.HOST_UNIT in by_tie and unit_key(judge.unit) in host_names:
            found.append(_conflict(by_tie[Tie.HOST_UNIT], judge, None, "", judge.unit))
        colleague = next((other for other in judges[:position] if unit_key(other.unit) == unit_key(judge.unit)), None)
        if Tie.PANEL_SAME_UNIT in by_tie and colleague is not None:
            rule = by_tie[Tie.PANEL_SAME_UNIT]
            found.append(_conflict(rule, judge, colleague.id, colleague.name, judge.unit))
    return found


def may_judge(judge: JudgeFacts, contestant: ContestantFacts, rules: Sequence[ConflictRule] = DEFAULT_RULES) -> bool:
    """Tell whether no rule bars a judge from marking a contestant."""
    return all(conflict.effect is not Effect.BARS for conflict in conflicts([judge], [contestant], rules))


def unit_key(name: str) -> str:
    """A unit's name as it is compared: half width, without spaces, in one case."""
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()


def name_key(name: str) -> str:
    """A person's name as it is compared: without spaces, each character as it was written."""
    return "".join(name.split())


def _ties(judge: JudgeFacts, contestant: ContestantFacts) -> dict[Tie, str]:
    """The ties of two people, each with the detail that its sentence needs."""
    return _ties_of_person(judge, contestant) | _ties_told(judge, contestant) | _ties_of_place(judge, contestant)


def _ties_of_person(judge: JudgeFacts, contestant: ContestantFacts) -> dict[Tie, str]:
    if contestant.id in judge.same or (judge.person and judge.person == contestant.person):
        return {Tie.SAME_PERSON: ""}
    if name_key(judge.name) and name_key(judge.name) == name_key(contestant.name):
        return {Tie.SAME_NAME: contestant.unit or contestant.delegation}
    return {}


def _ties_told(judge: JudgeFacts, contestant: ContestantFacts) -> dict[Tie, str]:
    ties: dict[Tie, str] = {}
    if contestant.id in judge.relatives:
        ties[Tie.RELATIVE] = ""
    if contestant.id in judge.coached:
        ties[Tie.COACH] = ""
    if contestant.id in judge.declared:
        ties[Tie.DECLARED] = judge.declared[contestant.id]
    if contestant.id in judge.others:
        ties[Tie.OTHER] = judge.others[contestant.id]
    return ties


def _ties_of_place(judge: JudgeFacts, contestant: ContestantFacts) -> dict[Tie, str]:
    ties: dict[Tie, str] = {}
    if unit_key(judge.unit) and unit_key(judge.unit) == unit_key(contestant.unit):
        ties[Tie.SAME_UNIT] = contestant.unit
    if unit_key(judge.delegation) and unit_key(judge.delegation) == unit_key(contestant.delegation):
        ties[Tie.SAME_DELEGATION] = contestant.delegation
    return ties


def _conflict(rule: ConflictRule, judge: JudgeFacts, other: str | None, name: str, detail: str) -> Conflict:
    sentence = said(rule.sentence, judge=judge.name, contestant=name, detail=detail)
    about = (f"{rule.tie}:{unit_key(detail) if other is None else other}",)
    return Conflict(judge.id, other, rule.tie, rule.effect, sentence, rule.source, about)
