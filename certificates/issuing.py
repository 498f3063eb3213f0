"""Issue certificates in bulk, revoke and replace them: data and digests are kept, files are made again on request."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates.awarding import final_publication
from certificates.files import digest_of, loaded
from certificates.materials.freezing import drawn_with, frozen, frozen_again, require_seals
from certificates.models import Award, Certificate, CertificateState, NumberSeries
from certificates.models import Layout as StoredLayout
from certificates.numbering import NumberPattern, new_code
from certificates.pdf.rendering import RENDERER, render, standard_values
from certificates.planning import is_certified, plan_issue
from certificates.values import Terms, Wording, number_fields, number_values, personal_values, shared_values
from competitions.events import event_of
from competitions.models import Competition, Contestant, Event
from competitions.setup import locked_competition
from core.audit import Act, record
from core.auth import Actor
from core.clock import now
from core.db import transaction
from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.i18n import translated
from core.jobs import Batch, BatchState, NewBatch, enqueue

KIND = "certificates.issue"


@dataclass(frozen=True, slots=True)
class IssueCertificates:
    """Issue the certificates of an event; `prizes` narrows it to some, empty for all."""

    competition_id: int
    event_id: int
    terms: Terms
    actor: Actor
    prizes: tuple[str, ...] = ()


def issue_certificates(command: IssueCertificates) -> int:
    """Queue the issue as a batch that goes on by itself, and return the batch's id.

    Whoever cannot be drawn is left out and named by the plan; whoever has a certificate in force keeps it.

    Raises:
        NotFoundError: no such event or layout.
        NotFinalError, NumberPatternError, InvalidInputError: see `plan_issue`.
        ConflictError: nothing to issue, or an issue of this event is still under way.
    """
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        event = event_of(session, competition.id, command.event_id)
        _require_idle(session, competition.id, event)
        plan = plan_issue(session, competition, event, command.terms, base_url())
        wanted = [c for c in plan.ready if not command.prizes or c.award.prize in command.prizes]
        if not wanted:
            raise ConflictError("“%(event)s”没有可以颁发的证书", event=event.title)
        layout = frozen(session, plan.chosen, [c.values for c in wanted])
        series = {}
        for prize in dict.fromkeys(c.award.prize for c in wanted):
            fields = number_fields(competition.id, event, prize, command.terms.wording.issued_on)
            series[prize] = _series(session, command.terms.pattern, fields).id
        new = NewBatch(
            kind=KIND,
            title=str(_("颁发证书：%(event)s", event=translated(event.title))),
            competition_id=competition.id,
            params={
                "event_id": event.id,
                "layout_id": layout.id,
                "shared": shared_values(competition.title, event, command.terms.wording),
                "honorific": command.terms.honorific,
                "issued_on": command.terms.wording.issued_on.isoformat(),
                "issued_by": command.actor.name,
                "base_url": base_url(),
                "items": [[c.award.id, c.contestant.id, series[c.award.prize]] for c in wanted],
            },
            total=len(wanted),
        )
        return enqueue(session, new, command.actor).id


def base_url() -> str:
    """The address of this installation, as printed on certificates."""
    return str(current_app.config["BASE_URL"])


def _require_idle(session: Session, competition_id: int, event: Event) -> None:
    running = select(Batch).where(
        Batch.competition_id == competition_id, Batch.kind == KIND, Batch.state == BatchState.QUEUED
    )
    if any(batch.params["event_id"] == event.id for batch in session.scalars(running)):
        raise ConflictError("“%(event)s”的证书正在颁发，请等它完成或先停止", event=event.title)


def _series(session: Session, pattern: str, fields: Mapping[str, str]) -> NumberSeries:
    """The series of a pattern with these fields, made where there is none."""
    first = NumberPattern(pattern).number(1, fields)
    found = session.scalar(select(NumberSeries).where(NumberSeries.first == first))
    if found is None:
        found = NumberSeries(first=first, pattern=pattern, fields=dict(fields), last=0)
        session.add(found)
        session.flush()
    return found


def issue_one(session: Session, batch: Batch, position: int) -> None:
    """One certificate of a batch, inside the chunk's transaction; one that is there already is not made again.

    A prize that was decided otherwise since the issue was queued gets none either.

    Raises:
        CertificateRefusedError: it can no longer be drawn, as after a change of the name.
    """
    said = batch.params
    award_id, contestant_id, series_id = said["items"][position]
    award = session.get(Award, award_id, with_for_update=True)
    contestant = session.get(Contestant, contestant_id)
    layout = session.get(StoredLayout, said["layout_id"])
    if award is None or contestant is None or layout is None:
        return
    if award.is_open or not award.prize or is_certified(session, award.event_id, contestant_id):
        return
    issue = _Issue(
        layout=layout,
        series_id=series_id,
        values=said["shared"] | personal_values(award, contestant, said["honorific"]),
        issued_on=date.fromisoformat(said["issued_on"]),
        issued_by=said["issued_by"],
        base_url=said["base_url"],
    )
    certificate = _issued(session, batch.competition_id, award, contestant_id, issue)
    detail = {"number": certificate.number, "digest": certificate.digest, "batch": batch.id}
    target = f"certificate:{certificate.id}"
    record(session, Act(batch.created_by, issue.issued_by, "certificate.issued", target, batch.competition_id, detail))


@dataclass(frozen=True, slots=True)
class _Issue:
    """How one certificate is made."""

    layout: StoredLayout
    series_id: int
    values: dict[str, str]
    issued_on: date
    issued_by: str
    base_url: str


def _issued(session: Session, competition_id: int, award: Award, contestant_id: int, issue: _Issue) -> Certificate:
    """A certificate with the next number of its series, a fresh code, and the digest of its file."""
    series = session.get(NumberSeries, issue.series_id, with_for_update=True)
    if series is None:
        raise NotFoundError("没有这个编号系列")
    series.last += 1
    number = NumberPattern(series.pattern).number(series.last, series.fields)
    code = new_code()
    values = standard_values(issue.values | number_values(number, code, issue.base_url))
    require_seals(session, issue.layout, values)
    drawn = drawn_with(issue.layout)
    certificate = Certificate(
        competition_id=competition_id,
        award_id=award.id,
        contestant_id=contestant_id,
        series_id=series.id,
        number=number,
        code=code,
        layout_id=issue.layout.id,
        values=values,
        digest=digest_of(render(loaded(issue.layout), values, drawn.assets, drawn.fonts)),
        renderer=RENDERER,
        issued_on=issue.issued_on,
        issued_at=now(),
        issued_by=issue.issued_by,
    )
    session.add(certificate)
    session.flush()
    return certificate


@dataclass(frozen=True, slots=True)
class RevokeCertificate:
    """Take a certificate out of force."""

    competition_id: int
    certificate_id: int
    reason: str
    actor: Actor


def revoke_certificate(command: RevokeCertificate) -> None:
    """Revoke a certificate; its page says so from then on.

    Raises:
        InvalidInputError: no reason.
        NotFoundError: no such certificate in this competition.
        ConflictError: it is not in force.
    """
    with transaction() as session:
        certificate = _valid_in(session, command.competition_id, command.certificate_id, command.reason)
        certificate.state, certificate.state_reason = CertificateState.REVOKED, command.reason.strip()
        detail = {"number": certificate.number, "reason": certificate.state_reason}
        target = f"certificate:{certificate.id}"
        record(session, command.actor.act("certificate.revoked", target, command.competition_id, detail))


@dataclass(frozen=True, slots=True)
class ReplaceCertificate:
    """Make a new certificate in place of one in force, as after a corrected name or an amended result."""

    competition_id: int
    certificate_id: int
    reason: str
    issued_on: date
    actor: Actor


def replace_certificate(command: ReplaceCertificate) -> int:
    """Issue a certificate anew from what holds now and return its id; the earlier one points to it.

    Raises:
        InvalidInputError: no reason.
        NotFoundError: no such certificate in this competition.
        NotFinalError: there is no final result now.
        ConflictError: it is not in force, or the contestant has no prize now; then it is to be revoked.
        CertificateRefusedError: the new one cannot be drawn.
    """
    with transaction() as session:
        earlier = _valid_in(session, command.competition_id, command.certificate_id, command.reason)
        competition, event = _held_at(session, command.competition_id, earlier)
        award = _award_now(session, event, earlier)
        earlier.state, earlier.state_reason = CertificateState.REPLACED, command.reason.strip()
        session.flush()
        values = shared_values(competition.title, event, _wording_of(earlier, command.issued_on))
        values |= personal_values(award, earlier.contestant, earlier.values["recipient.honorific"])
        issue = _Issue(
            layout=frozen_again(session, competition.id, earlier.layout, values),
            series_id=earlier.series_id,
            values=values,
            issued_on=command.issued_on,
            issued_by=command.actor.name,
            base_url=base_url(),
        )
        certificate = _issued(session, competition.id, award, earlier.contestant_id, issue)
        earlier.replaced_by_id = certificate.id
        detail = {
            "number": certificate.number,
            "digest": certificate.digest,
            "replaces": earlier.number,
            "reason": earlier.state_reason,
        }
        target = f"certificate:{certificate.id}"
        record(session, command.actor.act("certificate.replaced", target, competition.id, detail))
        return certificate.id


def _held_at(session: Session, competition_id: int, certificate: Certificate) -> tuple[Competition, Event]:
    competition = locked_competition(session, competition_id)
    return competition, event_of(session, competition_id, certificate.award.event_id)


def _wording_of(earlier: Certificate, issued_on: date) -> Wording:
    """The words of an earlier issue, with another date."""
    names = sorted(name for name in earlier.values if name.startswith("issuer."))
    return Wording(tuple(earlier.values[name] for name in names), issued_on, earlier.values["award.citation"])


def _award_now(session: Session, event: Event, earlier: Certificate) -> Award:
    publication = final_publication(session, event)
    entrant_id = earlier.contestant.entrant_id
    award = session.scalar(
        select(Award).where(Award.snapshot_id == publication.snapshot_id, Award.entrant_id == entrant_id)
    )
    if award is None or award.is_open or not award.prize:
        raise ConflictError("按现在的最终成绩，%(name)s没有奖项，证书只能撤销", name=earlier.contestant.person.name)
    return award


def _valid_in(session: Session, competition_id: int, certificate_id: int, reason: str) -> Certificate:
    if not reason.strip():
        raise InvalidInputError("请写明理由，核验页面会显示")
    certificate = certificate_in(session, competition_id, certificate_id, lock=True)
    if certificate.state is not CertificateState.VALID:
        raise ConflictError("编号 %(number)s 的证书已经失效", number=certificate.number)
    return certificate


def certificate_in(session: Session, competition_id: int, certificate_id: int, *, lock: bool = False) -> Certificate:
    """A certificate of this competition.

    Raises:
        NotFoundError: none, or of another competition.
    """
    certificate = session.get(Certificate, certificate_id, with_for_update=lock or None)
    if certificate is None or certificate.competition_id != competition_id:
        raise NotFoundError("这场竞赛里没有这份证书")
    return certificate
