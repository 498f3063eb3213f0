"""Deleting a person's data from one competition: the result stays, and nothing in it says any more whose it was.

The registration is cut off from the person, who goes on existing where other competitions need it. What a law wants
kept is kept without a name: results, the audit record, digests of accepted papers.
"""

import secrets
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from certificates.attachments import storing
from certificates.attachments.keeping_time import erase_papers
from certificates.issue import kept_files
from certificates.models import Certificate, CertificateState, FlagObjection, Recommendation
from competitions.enrolment.known import forget
from competitions.judge_ties.models import JudgeTie, JudgeTieWithdrawal
from competitions.lifecycle import CompetitionState
from competitions.models import ERASED, Contestant, Person
from competitions.registration.entrants import contestant_of
from competitions.setup import locked_competition
from core.audit import record
from core.auth import Actor, SignIn, SubjectKind
from core.clock import now
from core.db import transaction
from core.errors import ConflictError, InvalidInputError
from core.messages import message
from core.personal_data import encrypt
from scoring.appeals.models import Appeal
from scoring.stages.models import StageDecision

NAME = "（已删除）"
GONE = message("应本人要求删除个人信息，不再核验")
_NAMING = ("recipient.unit", "recipient.members")
OVER = (CompetitionState.ARCHIVED, CompetitionState.CALLED_OFF)


@dataclass(frozen=True, slots=True)
class ErasePerson:
    """Delete a contestant's personal data from a competition that is over."""

    competition_id: int
    contestant_id: int
    reason: str
    actor: Actor


def erase_person(command: ErasePerson) -> None:
    """Cut the registration off from its person, empty what names them, delete handed-in files.

    Raises:
        InvalidInputError: no reason.
        NotFoundError: no such contestant in this competition.
        ConflictError: the competition is not over, or the data were deleted before.
    """
    reason = command.reason.strip()
    if not reason:
        raise InvalidInputError("请写明删除的理由，如本人申请的日期")
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        if competition.state not in OVER:
            raise ConflictError("竞赛归档后才能删除个人信息；在此之前成绩、申诉和颁证还要用到")
        contestant = contestant_of(competition.id, command.contestant_id)
        if contestant.person.is_erased:
            raise ConflictError("此人的个人信息已经删除")
        _sign_out(session, contestant)
        _forget_outcomes(session, contestant)
        _forget_stages(session, contestant)
        forget(session, competition.id, contestant.person.document_index)
        files = erase_papers(session, [contestant.id])
        papers = _digests_of(session, contestant)
        _cut_off(session, contestant)
        detail = {"reason": reason, "files": len(files)}
        target = f"contestant:{contestant.id}"
        record(session, command.actor.act("person.erased", target, competition.id, detail))
    storing.discard(files)
    kept_files.discard(papers)


def _digests_of(session: Session, contestant: Contestant) -> list[str]:
    """By which files of the contestant's certificates are kept, if they came from another server."""
    query = select(Certificate.digest).where(Certificate.contestant_id == contestant.id)
    return list(session.scalars(query))


def _cut_off(session: Session, contestant: Contestant) -> None:
    person, entrant = contestant.person, contestant.entrant
    entrant.name = entrant.name.replace(person.name, NAME)
    contestant.person = _nobody()
    contestant.unit, contestant.level_certificate = "", ""
    contestant.code_serial += 1
    session.flush()
    if session.scalar(select(Contestant.id).where(Contestant.person_id == person.id).limit(1)) is None:
        session.delete(person)


def _nobody() -> Person:
    """A row that stands for one registration alone; by no number can it be found."""
    return Person(
        name=NAME,
        sort_key="",
        document_kind="",
        document_sealed=encrypt(""),
        document_index=f"{ERASED}{secrets.token_hex(16)}",
        document_masked="",
        sex="",
    )


def _sign_out(session: Session, contestant: Contestant) -> None:
    query = select(SignIn).where(SignIn.subject_kind == SubjectKind.CONTESTANT, SignIn.subject_id == contestant.id)
    for row in session.scalars(query):
        row.name, row.device = NAME, ""
        row.revoked_at = row.revoked_at or now()


def _forget_stages(session: Session, contestant: Contestant) -> None:
    """Why somebody was left out of the next stage, or moved up to this one, loses its words."""
    of = contestant.entrant_id
    query = select(StageDecision).where((StageDecision.source_id == of) | (StageDecision.entrant_id == of))
    for decision in session.scalars(query.where(StageDecision.reason != "")):
        decision.reason = NAME


def _telling_of(contestant: Contestant) -> Select[JudgeTie]:
    """Ties with the contestant, and those of the competition whose words name the person, as of a whole delegation."""
    name = contestant.person.name
    in_words = JudgeTie.reason.contains(name, autoescape=True) | JudgeTie.withdrawal.has(
        JudgeTieWithdrawal.reason.contains(name, autoescape=True)
    )
    is_here = JudgeTie.competition_id == contestant.entrant.event.competition_id
    return select(JudgeTie).where((JudgeTie.contestant_id == contestant.id) | (is_here & in_words))


def _forget_outcomes(session: Session, contestant: Contestant) -> None:
    """Objections, appeals and judges' ties lose their words; certificates lose their values and no longer hold."""
    objections = select(FlagObjection).join(
        Recommendation,
        (Recommendation.id == FlagObjection.recommendation_id) & (Recommendation.contestant_id == contestant.id),
    )
    for objection in session.scalars(objections):
        objection.text = objection.answer = NAME
    for appeal in session.scalars(select(Appeal).where(Appeal.entrant_id == contestant.entrant_id)):
        appeal.statement = NAME
    for tie in session.scalars(_telling_of(contestant)):
        tie.reason = NAME
        if tie.withdrawal is not None:
            tie.withdrawal.reason = NAME
    for certificate in session.scalars(select(Certificate).where(Certificate.contestant_id == contestant.id)):
        certificate.values = certificate.values | dict.fromkeys(_NAMING, "") | {"recipient.name": NAME}
        if certificate.signed is not None:
            certificate.signed.credential = ""  # a digest of the name is in it
        if certificate.state is CertificateState.VALID:
            certificate.state, certificate.state_reason = CertificateState.REVOKED, GONE
