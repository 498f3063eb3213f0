"""One rule held against one contestant: the conditions one after the other, a clear no ends it, an unknown does not."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from certificates.eligibility import checks
from certificates.eligibility.answer import Reason
from certificates.eligibility.case import Case, Contestant
from certificates.eligibility.places import Finding, Places
from competitions.standards.finding import in_force
from competitions.standards.model import Citation, Effective, Pack, Rule
from competitions.standards.validity import validity
from core.messages import Said, said


class Outcome(NamedTuple):
    """What came of it. `held` None: the case or the text leaves something open."""

    held: bool | None
    reasons: tuple[Reason, ...]
    level: int | None = None
    fits: bool = False
    """For a promotion refused: the place and all conditions fit, only the level or a limit stood against it."""

    @property
    def missing(self) -> tuple[str, ...]:
        """Facts that would settle it, each once."""
        return tuple(dict.fromkeys(word for reason in self.reasons for word in reason.missing))


class Shared(NamedTuple):
    """Reasons that bear on every rule of a pack, and what they come to."""

    reasons: tuple[Reason, ...]
    held: bool | None

    @classmethod
    def of(cls, reasons: Iterable[Reason]) -> "Shared":
        """Three-valued and over the reasons."""
        found = tuple(reasons)
        return cls(found, all_hold(reason.held for reason in found))


def all_hold(verdicts: Iterable[bool | None]) -> bool | None:
    """Three-valued and: a no beats an unknown, an unknown beats a yes."""
    held: bool | None = True
    for verdict in verdicts:
        if verdict is False:
            return False
        if verdict is None:
            held = None
    return held


def as_reason(pack: Pack, citation: Citation, finding: Finding) -> Reason:
    """A finding with the words that it rests on."""
    return Reason(pack.id, citation, finding.held, finding.text, finding.missing)


def pack_head(pack: Pack) -> Citation:
    """A pack as a whole, for what is said of it and not of one of its sentences."""
    source = next(iter(pack.sources.values()))
    return Citation(source, None, pack.title, verbatim=False, confidence=pack.confidence)


def date_finding(effective: Effective, case: Case, on: date | None, words: Said) -> Finding:
    """Do these rules hold on the competition's opening day?"""
    opened_on = case.competition.opened_on
    held = in_force(effective, opened_on, on, case.competition.programmes)
    if effective.edition is not None:
        if held:
            return Finding(
                held, said("%(rules)s只对%(edition)s有效，赛事名称相符", rules=words, edition=effective.edition)
            )
        text = said("%(rules)s只对%(edition)s有效，赛事名称没有写明届次", rules=words, edition=effective.edition)
        return Finding(held, text, (said("赛事届次"),))
    day = opened_on or on
    if day is None:
        missing = (said("竞赛开幕日期（opened_on）"),)
        return Finding(None, said("案例没有竞赛开幕日期，无法确定适用的规则"), missing)
    if held:
        return Finding(True, said("%(rules)s在 %(day)s 有效", rules=words, day=str(day)))
    text = said("%(span)s，竞赛于 %(day)s 开幕", span=validity(effective, words), day=str(day))
    if effective.year is None and effective.start is not None and on and on != day:
        text = said("%(what)s，按 %(on)s 核对", what=text, on=str(on))
    return Finding(held, text, (said("在 %(day)s 有效的规则", day=str(day)),))


Check = Callable[[Contestant], tuple[Citation, Finding]]


@dataclass(frozen=True, slots=True)
class RuleView:
    """A rule with everything settled that is the same for all contestants of a case."""

    pack: Pack
    rule: Rule
    fixed: tuple[Reason, ...]
    """What the event itself already shows, in order; ends with a no where there is one."""
    fixed_held: bool | None
    personal: tuple[Check, ...]

    @classmethod
    def of(cls, pack: Pack, rule: Rule, case: Case, on: date | None) -> "RuleView":
        """Settle dates, class, group, occupation, papers and filing."""
        wanted = rule.conditions
        findings = [
            checks.HELD if rule.effective is None else date_finding(rule.effective, case, on, said("本条")),
            checks.check_class(wanted, pack, case.competition),
            checks.check_group(wanted, case.event),
            checks.check_occupation(wanted, case.event),
            checks.check_written(wanted, case.event),
            checks.check_filing(wanted, case.filed_with),
        ]
        fixed = [as_reason(pack, rule.citation, f) for f in findings if f is not checks.HELD]
        return cls(pack, rule, tuple(fixed), all_hold(r.held for r in fixed), _personal_checks(pack, rule, case))

    def outcome(self, person: Contestant, shared: Shared) -> Outcome:
        """The rule for one contestant.

        Args:
            person: the contestant.
            shared: what bears on every rule of the pack.
        """
        if shared.held is False:
            return Outcome(False, shared.reasons)
        if self.fixed_held is False:
            return Outcome(False, shared.reasons + self.fixed)
        held = None if shared.held is None or self.fixed_held is None else True
        reasons = [*shared.reasons, *self.fixed]
        for check in self.personal:
            citation, finding = check(person)
            if finding is checks.HELD:
                continue
            reasons.append(as_reason(self.pack, citation, finding))
            if finding.held is False:
                return Outcome(False, tuple(reasons))
            if finding.held is None:
                held = None
        return Outcome(held, tuple(reasons))


def _personal_checks(pack: Pack, rule: Rule, case: Case) -> tuple[Check, ...]:
    """Only those conditions that the rule makes."""
    wanted, cite, event = rule.conditions, rule.citation, case.event
    places = Places.of(pack.prizes, event)
    found: list[Check] = []
    if wanted.identities:
        found.append(lambda person: (cite, checks.check_identity(wanted, pack, person.identity)))
    found.append(lambda person: (cite, places.select(rule.select, person)))
    if wanted.member is not None:
        member_cite = wanted.member_citation or cite
        found.append(lambda person: (member_cite, checks.check_member(wanted, person, event)))
    if wanted.sex is not None:
        found.append(lambda person: (cite, checks.check_sex(wanted, person)))
    if wanted.passed or wanted.passed_total:
        found.append(lambda person: (cite, checks.check_passed(wanted, person, pack)))
    return tuple(found)


def refusal(outcomes: Sequence[Outcome]) -> Outcome:
    """Of several refusals all whose conditions fit, or else the one whose rule came nearest to fitting."""
    fitting = [outcome for outcome in outcomes if outcome.fits]
    if fitting:
        return Outcome(False, tuple(dict.fromkeys(reason for outcome in fitting for reason in outcome.reasons)))
    return max(outcomes, key=lambda outcome: len(outcome.reasons))
