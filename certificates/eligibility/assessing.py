"""Assess a case against packs: for every contestant and benefit a decision, its reasons and what is missing."""

from bisect import bisect_left
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple

from certificates.awards.proposing import FormerWinners, Standing, award_ranks
from certificates.eligibility import checks
from certificates.eligibility.answer import FLAGGED, NEEDS_FACTS, NOT_ELIGIBLE, Answer, Reason
from certificates.eligibility.case import Case, Contestant
from certificates.eligibility.outcomes import (
    Outcome,
    RuleView,
    Shared,
    all_hold,
    as_reason,
    date_finding,
    pack_head,
    refusal,
)
from certificates.eligibility.places import Finding
from certificates.eligibility.promotion import target
from certificates.eligibility.relevance import Relevance
from competitions.standards.common import COMMON_ID, common_citations
from competitions.standards.finding import scope
from competitions.standards.model import HonourRule, MinimumField, Pack, PromotionRule, Rule
from competitions.standards.regions import region
from core.messages import Said, said

_STATUS = {"absent": said("缺考"), "withdrawn": said("弃权"), "disqualified": said("取消资格")}
_NO_RESULT = _STATUS | {str(word): word for word in _STATUS.values()}
_LOWEST = 99
_DECISIONS = {True: FLAGGED, None: NEEDS_FACTS, False: NOT_ELIGIBLE}
_ORDER = {True: 2, None: 1, False: 0}


def assess(case: Case, packs: Iterable[Pack], on: date | None = None, *, chosen: bool = True) -> list[Answer]:
    """What follows for every contestant of a case under the given packs.

    Args:
        case: one event and its contestants.
        packs: the rules to hold it against.
        on: a day on which the rules must already be in force; stands in for a missing opening day.
        chosen: True when somebody named the packs; False when `find_packs` did, and each contestant's home decides
            whether a regional pack speaks of them.

    Returns:
        Answers in the order of contestants, then packs, then benefits. A decision is `flagged`, `needs_facts` or
        `not_eligible`; a flag is a proposal, a person decides.
    """
    return [answer for _, answers in assess_each(case, packs, on, chosen=chosen) for answer in answers]


def assess_each(
    case: Case, packs: Iterable[Pack], on: date | None = None, *, chosen: bool = True
) -> Iterator[tuple[Contestant, list[Answer]]]:
    """The same, one contestant at a time: for a large field nothing has to be held in memory at once.

    Args:
        case: see `assess`.
        packs: see `assess`.
        on: see `assess`.
        chosen: see `assess`.

    Yields:
        Every contestant with all answers.
    """
    views = [_View.of(pack, case, on, chosen) for pack in packs]
    for person in case.contestants:
        yield person, [answer for view in views for answer in view.answers(person)] or _without_rules(person)


def _without_rules(person: Contestant) -> list[Answer]:
    """A contestant of whom no pack speaks is asked about, not passed over in silence."""
    text = said("选手所属地区为%(region)s，没有适用于该选手的规则包", region=_home(person))
    missing = (said("选手所属地区的奖励与晋升规定"),)
    reason = Reason(COMMON_ID, common_citations()["home_rules"], None, text, missing)
    return [Answer(person.id, "promotion", NEEDS_FACTS, COMMON_ID, reasons=(reason,), missing=missing)]


def _home(person: Contestant) -> str:
    known = None if person.home is None else region(person.home)
    return said("（未载明）") if not person.home else person.home if known is None else known.name


@dataclass(frozen=True, slots=True)
class _View:
    """One pack held against one case: what is the same for all contestants is settled once."""

    pack: Pack
    case: Case
    day: date | None
    chosen: bool
    out_of_date: Outcome | None
    event: Shared
    event_honours: tuple[Reason, ...]
    """What bears on titles and medals only."""
    cascaded: dict[str, int | None] | None
    """Award places where former winners compete without award; None where places do not move."""
    promotion: tuple[tuple[PromotionRule, RuleView], ...]
    honours: tuple[tuple[str, tuple[tuple[HonourRule, RuleView], ...]], ...]
    relevance: Relevance
    known: dict[Hashable, list[tuple[Any, ...]]]
    """Answers without the contestant, by what the pack looks at in a person."""

    @classmethod
    def of(cls, pack: Pack, case: Case, on: date | None, chosen: bool) -> "_View":
        dated = date_finding(pack.effective, case, on, said("规则包"))
        honours: dict[str, list[tuple[HonourRule, RuleView]]] = {}
        for honour in pack.honours:
            honours.setdefault(honour.name, []).append((honour, RuleView.of(pack, honour.rule, case, on)))
        in_time = as_reason(pack, pack_head(pack), dated)
        return cls(
            pack=pack,
            case=case,
            day=case.competition.opened_on or on,
            chosen=chosen,
            out_of_date=None if dated.held else Outcome(None, (in_time,)),
            event=Shared.of((in_time, *_event_reasons(pack, case, honours=False))),
            event_honours=tuple(_event_reasons(pack, case, honours=True)),
            cascaded=_cascaded(pack, case),
            promotion=tuple((rule, RuleView.of(pack, rule.rule, case, on)) for rule in pack.promotion),
            honours=tuple((name, tuple(rules)) for name, rules in honours.items()),
            relevance=Relevance.of(pack, case, chosen=chosen),
            known={},
        )

    def answers(self, person: Contestant) -> list[Answer]:
        """All benefits of the pack for one contestant; none where the pack does not speak of the person."""
        placed = self._placed(person)
        key = self.relevance.alike(placed)
        bodies = self.known.get(key)
        if bodies is None:
            bodies = self.known[key] = [answer[1:] for answer in self._work_out(self.relevance.seen(placed))]
        return [Answer._make((person.id, *body)) for body in bodies]

    def _work_out(self, placed: Contestant) -> list[Answer]:
        """The answers for a contestant with the award place settled."""
        shared = self._shared(placed)
        if shared is None:
            return []
        if self.out_of_date is not None:
            return self._all_asked(placed, self.out_of_date)
        found = self._promotion(placed, shared)
        relevant = not found or found[0].decision != NOT_ELIGIBLE
        if self.event_honours:
            shared = Shared.of(shared.reasons + self.event_honours)
        for name, rules in self.honours:
            found.append(self._honour(placed, shared, name, rules))
        if relevant and "honours" in self.pack.unknown:
            found.append(self._unstated(placed, shared, "honour", said("荣誉称号与奖章")))
        return found

    def _shared(self, person: Contestant) -> Shared | None:
        """What bears on every benefit of this person; None where the pack is not for this person."""
        pack, reasons = self.pack, list[Reason]()
        if not self.chosen or pack.applies.by == "home":
            within = scope(pack, self.case.competition, person.home)
            if within is False:
                return None
            if within is None:
                text = said("选手所属地区为%(region)s，规则包对其是否适用未载明", region=_home(person))
                finding = Finding(None, text, (said("选手所属地区，以及竞赛是否纳入该地区计划"),))
                reasons.append(as_reason(pack, pack_head(pack), finding))
        if person.status in _NO_RESULT:
            finding = Finding(False, said("选手%(status)s，没有竞赛结果", status=_NO_RESULT[person.status]))
            reasons.append(as_reason(pack, pack_head(pack), finding))
        for rule in pack.repeat:
            finding = checks.check_repeat(rule, person, self.case.event)
            if finding is not checks.HELD:
                reasons.append(as_reason(pack, rule.citation, finding))
        return Shared.of((*self.event.reasons, *reasons)) if reasons else self.event

    def _placed(self, person: Contestant) -> Contestant:
        if self.cascaded is None or person.award_rank is not None:
            return person
        award_rank = self.cascaded.get(person.id)
        return replace(person, award_rank=award_rank, rank=None if award_rank is None else person.rank)

    def _all_asked(self, person: Contestant, outcome: Outcome) -> list[Answer]:
        """Every benefit asks for the rules of the day: an old or a future text refuses nobody."""
        found = []
        if self.promotion or "promotion" in self.pack.unknown:
            found.append(_answer(self.pack, person, "promotion", outcome))
        for name, rules in self.honours:
            found.append(_answer(self.pack, person, rules[0][0].benefit, outcome, _Told(None, name)))
        return found

    def _promotion(self, person: Contestant, shared: Shared) -> list[Answer]:
        if not self.promotion:
            if "promotion" not in self.pack.unknown:
                return []
            return [self._unstated(person, shared, "promotion", said("技能等级晋升"))]
        pairs = [(rule, self._raise(rule, view, person, shared)) for rule, view in self.promotion]
        if all(outcome.held is False for _, outcome in pairs):
            return [_answer(self.pack, person, "promotion", refusal([outcome for _, outcome in pairs]))]
        return self._promotions(person, pairs)

    def _promotions(self, person: Contestant, pairs: Sequence[tuple[PromotionRule, Outcome]]) -> list[Answer]:
        """The best level that is flagged, and one question for all better ones that are open."""
        answers, reached = [], _LOWEST
        flagged = [pair for pair in pairs if pair[1].held]
        if flagged:
            rule, outcome = min(flagged, key=lambda pair: pair[1].level or _LOWEST)
            reached = outcome.level or _LOWEST
            more = rule.rule.conditions.review + _papers(self.pack, "promotion")
            answers.append(_answer(self.pack, person, "promotion", outcome, _Told(rule.rule, more=more)))
        open_pairs = [p for p in pairs if p[1].held is None and (p[1].level is None or p[1].level < reached)]
        if open_pairs:
            levels = {outcome.level for _, outcome in open_pairs}
            reasons = tuple(dict.fromkeys(reason for _, outcome in open_pairs for reason in outcome.reasons))
            outcome = Outcome(None, reasons, levels.pop() if len(levels) == 1 else None)
            answers.append(_answer(self.pack, person, "promotion", outcome, _Told(open_pairs[0][0].rule)))
        return answers

    def _raise(self, rule: PromotionRule, view: RuleView, person: Contestant, shared: Shared) -> Outcome:
        outcome = view.outcome(person, shared)
        if outcome.held is False:
            return outcome
        goal = target(rule, self.pack, person, self.case.event, self.day)
        held = all_hold((outcome.held, goal.held))
        if held is False:
            return Outcome(False, outcome.reasons + goal.reasons, fits=outcome.held is True)
        return Outcome(held, outcome.reasons + goal.reasons, goal.level)

    def _honour(
        self, person: Contestant, shared: Shared, name: str, rules: Sequence[tuple[HonourRule, RuleView]]
    ) -> Answer:
        """One title: a rule that holds, else one that is open, else the one that came refusal."""
        rule, outcome = rules[0][0], self._title(*rules[0], person, shared)
        for other, view in rules[1:]:
            found = self._title(other, view, person, shared)
            if (_ORDER[found.held], len(found.reasons)) > (_ORDER[outcome.held], len(outcome.reasons)):
                rule, outcome = other, found
        more: tuple[str, ...] = ()
        if outcome.held is not False:
            quota = (said("名额：%(quota)s", quota=rule.quota),) if rule.quota is not None else ()
            more = rule.rule.conditions.review + quota + _papers(self.pack, name)
        return _answer(self.pack, person, rule.benefit, outcome, _Told(rule.rule, name, more))

    def _title(self, rule: HonourRule, view: RuleView, person: Contestant, shared: Shared) -> Outcome:
        outcome = view.outcome(person, shared)
        if outcome.held is False:
            return outcome
        reasons = list(outcome.reasons)
        if rule.when is not None:
            told = Finding(True, said("文本规定的办理时间：%(when)s", when=rule.when))
            reasons.append(as_reason(self.pack, rule.rule.citation, told))
        if rule.never_repeated is not None:
            found = checks.check_never_repeated(rule, person)
            reasons.append(as_reason(self.pack, rule.never_repeated, found))
        return Outcome(all_hold(reason.held for reason in reasons), tuple(reasons))

    def _unstated(self, person: Contestant, shared: Shared, benefit: str, what: Said) -> Answer:
        """A benefit of which the text read says nothing: asked about, never refused in silence."""
        if shared.held is False:
            return _answer(self.pack, person, benefit, Outcome(False, shared.reasons))
        missing = (said("赛事文件中关于%(what)s的规定", what=what),)
        finding = Finding(None, said("规则包的来源没有载明%(what)s", what=what), missing)
        reason = as_reason(self.pack, pack_head(self.pack), finding)
        return _answer(self.pack, person, benefit, Outcome(None, (*shared.reasons, reason)))


class _Told(NamedTuple):
    """What an answer repeats of its rule."""

    rule: Rule | None = None
    name: str | None = None
    more: tuple[str, ...] = ()
    """Papers, quotas and judgements that remain even where every condition holds."""


_NOTHING_TOLD = _Told()


def _answer(pack: Pack, person: Contestant, benefit: str, outcome: Outcome, told: _Told = _NOTHING_TOLD) -> Answer:
    """The answer of an outcome; a refusal asks for nothing more."""
    rule, missing = told.rule, told.more
    if outcome.held is None:
        missing = tuple(dict.fromkeys(outcome.missing + missing))
    return Answer(
        contestant=person.id,
        benefit=benefit,
        decision=_DECISIONS[outcome.held],
        pack=pack.id,
        to_level=outcome.level,
        name=told.name,
        verb=None if rule is None else rule.verb,
        authority=None if rule is None else rule.authority,
        reasons=outcome.reasons,
        missing=() if outcome.held is False else missing,
        pack_version=pack.version,
    )


def _papers(pack: Pack, name: str) -> tuple[str, ...]:
    lists = [pack.papers[key].value for key in (name, "*") if key in pack.papers]
    return tuple(str(paper) for papers in lists if isinstance(papers, tuple) for paper in papers)


def _event_reasons(pack: Pack, case: Case, *, honours: bool) -> Iterable[Reason]:
    """What bears on every contestant alike: a demonstration event, too small a field.

    Args:
        pack: the rules.
        case: the event.
        honours: True for what bears on titles and medals only.
    """
    if case.event.demonstration and not honours:
        yield as_reason(pack, pack_head(pack), Finding(False, said("该赛项为展示（表演）项目，不产生奖励")))
    field = pack.minimum_field
    if field is not None and honours is (field.below == "no_honours"):
        yield as_reason(pack, field.citation, _field_finding(field, case))


def _field_finding(field: MinimumField, case: Case) -> Finding:
    least = field.at_least
    if field.unit == "team":
        number, facts = case.event.teams, (said("实际参赛数（teams）"),)
        open_text = said("须有不少于 %(least)s 支参赛队伍，案例没有实际参赛数", least=least)
        text = said("实际 %(n)s 支参赛队伍，规则要求不少于 %(least)s", n=number, least=least)
    else:
        number, facts = case.event.entrants, (said("实际参赛数（entrants）"),)
        open_text = said("须有不少于 %(least)s 名参赛选手，案例没有实际参赛数", least=least)
        text = said("实际 %(n)s 名参赛选手，规则要求不少于 %(least)s", n=number, least=least)
    return Finding(None, open_text, facts) if number is None else Finding(number >= least, text)


def _cascaded(pack: Pack, case: Case) -> dict[str, int | None] | None:
    """Award places under a cascading pack.

    A place is known only where the case names everybody who is placed better and their titles; the others get
    None, so that they are asked about.
    """
    rules = [rule for rule in pack.repeat if rule.policy == "cascade"]
    if not rules or case.event.kind not in (None, "single"):
        return None
    titles = {title for rule in rules for title in rule.titles}
    ranked = [(person.rank, person) for person in case.contestants if person.rank is not None]
    standings = [
        Standing(person.id, rank, any(title.name in titles for title in person.held or ())) for rank, person in ranked
    ]
    moved = award_ranks(standings, FormerWinners.CASCADE)
    unclear = sorted(rank for rank, person in ranked if _is_unclear(person, titles))
    ranks = sorted(rank for rank, _ in ranked)
    found: dict[str, int | None] = {}
    for rank, person in ranked:
        named_better, unclear_better = bisect_left(ranks, rank), bisect_left(unclear, rank)
        known = named_better == rank - 1 and not unclear_better
        found[person.id] = moved[person.id] if known else None
    return found


def _is_unclear(person: Contestant, titles: set[str]) -> bool:
    """Whether it is not known that somebody holds, or does not hold, one of the titles."""
    if person.held is None or (person.held and not titles):
        return True
    if any(title.name in titles for title in person.held):
        return False
    return not person.held_is_complete or any(title.name in titles for title in person.proposed)
