"""Contestants' own pages: sign-in by document and access code, own published results, flags and certificates."""

import contextlib
import hmac
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from certificates.contestants.entry import OwnEntry, own_entry
from certificates.models import Award, Certificate, CertificateState, Recommendation
from competitions.models import Competition, Contestant, Entrant, Event
from competitions.registration.entrants import access_code
from competitions.registration.people import known_persons
from core.auth import (
    CONTESTANT_LIFE,
    Actor,
    Subject,
    SubjectKind,
    count_failure,
    refuse_guessing,
    sign_in,
)
from core.db import db
from core.errors import NotAllowedError, NotFoundError
from core.identity import DocumentKind, IdentityNumberError, clean_number, read_document
from core.permissions import Role
from core.personal_data import blind_index
from scoring.models import Publication, ResultLine
from scoring.results.standings import published_of_events


class WrongCodeError(NotAllowedError):
    """Document and code do not belong together. Which of them is wrong is not told."""

    code = "wrong_code"


@dataclass(frozen=True, slots=True)
class SignInContestant:
    """What a contestant types, and where it comes from."""

    document: str
    code: str
    address: str
    device: str


def sign_in_contestant(command: SignInContestant) -> str:
    """Sign a contestant in and return the token for the cookie.

    Raises:
        WrongCodeError: no such document, or not its code.
        TooManyTriesError: too many failed tries for this document or from this address.
    """
    number = clean_number(command.document)
    subjects = (f"document:{number}", f"address:{command.address}")
    refuse_guessing(*subjects)
    contestant = _contestant_with(_indexes(number), _plain_code(command.code))
    if contestant is None:
        count_failure(*subjects)
        raise WrongCodeError("证件号码或查询码不对；请填完整的证件号码；查询码遗失，可请领队或组织者重发")
    return sign_in(
        Subject(
            SubjectKind.CONTESTANT,
            contestant.id,
            contestant.person.name,
            CONTESTANT_LIFE,
            contestant.entrant.event.competition_id,
            Role.CONTESTANT,
        ),
        command.device,
    )


def _indexes(number: str) -> list[str]:
    """The blind indexes that a number may have: as every kind of document, an old citizen's number as the new one."""
    numbers = {number}
    with contextlib.suppress(IdentityNumberError):  # a number that fits no kind is looked for as it stands
        numbers.add(read_document(number).number)
    return [blind_index(kind.value, one) for kind in DocumentKind for one in sorted(numbers)]


def _plain_code(typed: str) -> str:
    """A code in upper case without what people put between its characters."""
    return "".join(c for c in unicodedata.normalize("NFKC", typed).upper() if c.isascii() and c.isalnum())


def _contestant_with(indexes: Sequence[str], code: str) -> Contestant | None:
    persons = [person.id for person in known_persons(db.session(), indexes).values()]
    query = select(Contestant).where(Contestant.person_id.in_(persons)).options(joinedload(Contestant.person))
    fitting = [c for c in db.session.scalars(query) if hmac.compare_digest(access_code(c), code)]
    return fitting[0] if fitting else None


@dataclass(frozen=True, slots=True)
class OwnEvent:
    """What a contestant sees of one event. Nothing of a result that is not published is in it."""

    event: Event
    contestant: Contestant
    publication: Publication | None
    line: ResultLine | None
    entrants: int
    award: Award | None
    """The prize, where awards are fixed from the result that is published as final."""
    certificates: tuple[Certificate, ...]
    flags: tuple[Recommendation, ...]
    entry: OwnEntry | None
    """How the entry stands, until a result is published."""

    @property
    def valid_certificate(self) -> Certificate | None:
        """The certificate in force."""
        return next((c for c in self.certificates if c.state is CertificateState.VALID), None)


@dataclass(frozen=True, slots=True)
class OwnPage:
    """Everything that a contestant may see of a competition."""

    competition: Competition
    events: tuple[OwnEvent, ...]


def own_page(actor: Actor) -> OwnPage:
    """The actor's own results, flags and certificates in the competition of the sign-in.

    Raises:
        NotAllowedError: somebody else than a contestant.
    """
    session = db.session()
    contestants = own_contestants(session, actor)
    published = published_of_events([c.entrant.event_id for c in contestants])
    events = tuple(_own_event(session, c, published.get(c.entrant.event_id)) for c in contestants)
    return OwnPage(contestants[0].entrant.event.competition, events)


def own_contestants(session: Session, actor: Actor) -> list[Contestant]:
    """All that the signed-in person is in the competition: one contestant an event, in the order of events.

    Raises:
        NotAllowedError: not a contestant's sign-in.
    """
    me = session.get(Contestant, actor.subject_id) if actor.kind is SubjectKind.CONTESTANT else None
    if me is None:
        raise NotAllowedError("此页只供选手本人查看")
    query = (
        select(Contestant)
        .join(Contestant.entrant)
        .join(Entrant.event)
        .where(Contestant.person_id == me.person_id, Event.competition_id == actor.competition_id)
        .order_by(Event.position)
        .options(joinedload(Contestant.entrant).joinedload(Entrant.event), joinedload(Contestant.person))
    )
    return list(session.scalars(query))


def _own_event(session: Session, contestant: Contestant, publication: Publication | None) -> OwnEvent:
    entrant = contestant.entrant
    snapshot_id = publication.snapshot_id if publication else None
    is_final = publication is not None and publication.is_final
    certificates = (
        select(Certificate)
        .join(Award, Award.id == Certificate.award_id)
        .where(Certificate.contestant_id == contestant.id, Award.event_id == entrant.event_id)
        .order_by(Certificate.id.desc())
    )
    return OwnEvent(
        event=entrant.event,
        contestant=contestant,
        publication=publication,
        line=_of_entrant(session, ResultLine, snapshot_id, entrant.id),
        entrants=publication.snapshot.document["ranked"] if publication else 0,
        award=_of_entrant(session, Award, snapshot_id if is_final else None, entrant.id),
        certificates=tuple(session.scalars(certificates)),
        flags=_flags(session, snapshot_id, contestant.id) if is_final else (),
        entry=own_entry(session, contestant) if publication is None else None,
    )


Row = TypeVar("Row", ResultLine, Award)


def _of_entrant(session: Session, model: type[Row], snapshot_id: int | None, entrant_id: int) -> Row | None:
    query = select(model).where(model.snapshot_id == snapshot_id, model.entrant_id == entrant_id)
    return session.scalar(query) if snapshot_id is not None else None


def _flags(session: Session, snapshot_id: int | None, contestant_id: int) -> tuple[Recommendation, ...]:
    query = (
        select(Recommendation)
        .where(Recommendation.snapshot_id == snapshot_id, Recommendation.contestant_id == contestant_id)
        .order_by(Recommendation.id)
        .options(selectinload(Recommendation.objections))
    )
    return tuple(session.scalars(query))


def own_certificate(session: Session, actor: Actor, certificate_id: int) -> Certificate:
    """A certificate of the signed-in contestant.

    Raises:
        NotFoundError: none, or somebody else's.
        NotAllowedError: not a contestant's sign-in.
    """
    mine = {contestant.id for contestant in own_contestants(session, actor)}
    certificate = session.get(Certificate, certificate_id)
    if certificate is None or certificate.contestant_id not in mine:
        raise NotFoundError("没有这份属于您的证书")
    return certificate
