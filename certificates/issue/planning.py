"""What an issue will come to: for whom a certificate will be made, who is left out and why, before anything is made."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from certificates.awards.awarding import awards_of, final_publication
from certificates.issue.numbering import NumberPattern
from certificates.issue.values import (
    Terms,
    number_fields,
    personal_values,
    sample_numbers,
    shared_values,
)
from certificates.layouts.layout import Layout
from certificates.materials.freezing import Chosen, chosen_layout
from certificates.models import Award, Certificate, CertificateState
from certificates.pdf.scene import Problem, Severity
from certificates.signing_keys.models import SigningKey
from certificates.signing_keys.using import key_for_issue
from competitions.models import Competition, Contestant, Event
from core.errors import InvalidInputError
from core.messages import said


@dataclass(frozen=True, slots=True)
class Candidate:
    """One certificate that would be made, with all its values; the number and code are of the right length only."""

    award: Award
    contestant: Contestant
    values: Mapping[str, str]
    problems: tuple[Problem, ...] = ()

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it cannot be made, each once; empty where it can."""
        return tuple(dict.fromkeys(p.message for p in self.problems if p.severity is Severity.ERROR))


@dataclass(frozen=True, slots=True)
class Plan:
    """What an issue would come to."""

    event: Event
    chosen: Chosen
    """The layout with its pictures, fonts and seals."""
    ready: tuple[Candidate, ...]
    left_out: tuple[Candidate, ...]
    """Those whose certificate cannot be drawn; the others do not wait for them."""
    in_force: int
    """Prizes that have their certificate."""
    outdated: tuple[Certificate, ...]
    """Certificates in force that say another prize than the newest final result."""
    open_ties: tuple[Award, ...]
    """Prizes that a person has not decided."""
    key: SigningKey | None
    """What signs the files; None where they are not signed."""

    @property
    def layout(self) -> Layout:
        """The layout alone."""
        return self.chosen.layout


def plan_issue(session: Session, competition: Competition, event: Event, terms: Terms, base_url: str) -> Plan:
    """Look at every prize of an event.

    Args:
        session: for reading.
        competition, event: whose prizes.
        terms: layout, number pattern, signers, date.
        base_url: address that the QR code leads to.

    Raises:
        NotFinalError: the result is not final.
        NotFoundError: no such layout.
        InvalidInputError: no signer, or more than three, or none of them has the signing key.
        SigningKeyError: the key was removed, or is not valid.
        NumberPatternError: a pattern that cannot be used.
    """
    if not 1 <= len(terms.wording.issuers) <= 3:
        raise InvalidInputError("请填写一至三个落款单位")
    publication = final_publication(session, event)
    chosen = chosen_layout(session, competition.id, terms.layout)
    key = key_for_issue(session, competition.id, terms.key_id, terms.wording.issuers, terms.wording.issued_on)
    awards = awards_of(session, publication.snapshot_id)
    valid = certificates_in_force(session, event.id)
    pattern = NumberPattern(terms.pattern)
    shared = shared_values(competition.title, event, terms.wording)
    candidates, in_force, outdated = [], 0, []
    for award, contestant in _people(awards):
        certificate = valid.get(contestant.id)
        if certificate is None:
            if award.prize and not award.is_open:
                number = pattern.number(1, number_fields(competition.id, event, award.prize, terms.wording.issued_on))
                said = shared | personal_values(award, contestant, terms.honorific) | sample_numbers(number, base_url)
                candidates.append(Candidate(award, contestant, said, chosen.problems(said)))
        elif certificate.values.get("award.title") == award.prize:
            in_force += 1
        else:
            outdated.append(certificate)
    return Plan(
        event=event,
        chosen=chosen,
        ready=tuple(c for c in candidates if not c.reasons),
        left_out=tuple(c for c in candidates if c.reasons),
        in_force=in_force,
        outdated=tuple(outdated),
        open_ties=tuple(award for award in awards if award.is_open),
        key=key,
    )


def _people(awards: Iterable[Award]) -> Iterable[tuple[Award, Contestant]]:
    return ((award, contestant) for award in awards for contestant in award.entrant.members)


def is_certified(session: Session, event_id: int, contestant_id: int) -> bool:
    """Whether a contestant has a certificate in force for an event."""
    query = (
        select(Certificate.id)
        .join(Award, Award.id == Certificate.award_id)
        .where(
            Award.event_id == event_id,
            Certificate.contestant_id == contestant_id,
            Certificate.state == CertificateState.VALID,
        )
    )
    return session.scalar(query.limit(1)) is not None


def certificates_in_force(session: Session, event_id: int) -> dict[int, Certificate]:
    """The valid certificates of an event by contestant, whichever result they stand on."""
    query = (
        select(Certificate)
        .join(Award, Award.id == Certificate.award_id)
        .where(Award.event_id == event_id, Certificate.state == CertificateState.VALID)
        .options(joinedload(Certificate.contestant).joinedload(Contestant.person))
    )
    return {certificate.contestant_id: certificate for certificate in session.scalars(query)}


@dataclass(frozen=True, slots=True)
class Sample:
    """Somebody whose certificate is worth looking at before an issue."""

    why: str
    candidate: Candidate


MOST_RARE = 12


def hardest(plan: Plan) -> list[Sample]:
    """The longest name, the longest unit, and somebody for every rare character of the list; each person once."""
    everybody = [*plan.ready, *plan.left_out]
    if not everybody:
        return []
    samples = [
        Sample(said("最长姓名"), max(everybody, key=lambda c: len(c.values["recipient.name"]))),
        Sample(said("最长单位"), max(everybody, key=lambda c: len(c.values["recipient.unit"]))),
    ]
    seen: set[str] = set()
    for candidate in everybody:
        rare = {c for c in candidate.values["recipient.name"] if is_rare(c)} - seen
        if rare and len(samples) < MOST_RARE:
            samples.append(Sample(said("生僻字 %(characters)s", characters=" ".join(sorted(rare))), candidate))
            seen |= rare
    samples += [Sample(said("无法生成"), candidate) for candidate in plan.left_out[:MOST_RARE]]
    shown: dict[int, Sample] = {}
    for sample in samples:
        shown.setdefault(sample.candidate.contestant.id, sample)
    return list(shown.values())


def is_rare(character: str) -> bool:
    """Whether a character lies outside GB 2312, where fonts and old systems begin to differ."""
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return True
    return False
