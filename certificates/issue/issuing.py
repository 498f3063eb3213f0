"""Issue certificates in bulk, revoke and replace them: data and digests are kept, files are made again on request."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates.awards.awarding import final_publication
from certificates.issue.doubts import doubts, require_reason
from certificates.issue.files import digest_of, loaded
from certificates.issue.numbering import NumberPattern, new_code
from certificates.issue.planning import is_certified, plan_issue
from certificates.issue.state import state_of
from certificates.issue.values import Terms, Wording, number_fields, number_values, personal_values, shared_values
from certificates.materials.freezing import (
    Chosen,
    chosen_layout,
    drawn_with,
    frozen,
    frozen_again,
    needs_fonts,
    require_seals,
)
from certificates.models import Award, Certificate, CertificateSignature, CertificateState, NumberSeries
from certificates.models import Layout as StoredLayout
from certificates.open_badges.making import credential_for
from certificates.pdf.rendering import RENDERER, render, standard_values
from certificates.signing_keys.models import SigningKey
from certificates.signing_keys.using import key_for_issue, key_like, require_usable, signature_in, signed_now
from competitions.events.defining import event_of
from competitions.models import Competition, Contestant, Event
from competitions.setup import competition_of, locked_competition
from core.audit import Act, record
from core.auth import Actor
from core.clock import now
from core.db import db, transaction
from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.i18n import translated
from core.jobs import Batch, BatchState, NewBatch, enqueue
from core.rows import row_in

KIND = "certificates.issue"
MOST_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class IssueCertificates:
    """Issue the certificates of an event; `prizes` narrows it to some, empty for all."""

    competition_id: int
    event_id: int
    terms: Terms
    actor: Actor
    prizes: tuple[str, ...] = ()
    early_reason: str = ""
    """Why it is done although something speaks against it, see `doubts`; ignored where nothing does."""


def issue_certificates(command: IssueCertificates) -> int:
    """Queue the issue as a batch that goes on by itself, and return the batch's id.

    Whoever cannot be drawn is left out and named by the plan; whoever has a certificate in force keeps it. Everybody
    is checked before the transaction, which only makes sure that nothing has changed meanwhile: nobody else's marks
    wait until ten thousand names are measured.

    Raises:
        NotFoundError: no such event, layout or signing key.
        NotFinalError, NumberPatternError, InvalidInputError, SigningKeyError: see `plan_issue`.
        EarlyIssueError: the notice still runs, or the competition has not opened, and no reason is given.
        ConflictError: nothing to issue, an issue of this event is still under way, or what it rests on changes
            faster than it can be checked.
    """
    for _attempt in range(MOST_ATTEMPTS):
        checked = _checked(command)
        with transaction() as session:
            competition = locked_competition(session, command.competition_id)
            event = event_of(session, competition.id, command.event_id)
            _require_idle(session, competition.id, event)
            chosen = chosen_layout(session, competition.id, command.terms.layout)
            if _state(session, competition, event, chosen) == checked.state:
                return _queued(session, command, event, chosen, checked)
    raise ConflictError("“%(event)s”的名单或版式正在改动，请稍后再颁发", event=event.title)


@dataclass(frozen=True, slots=True)
class _Checked:
    """What a plan came to, in plain data that outlives the reading."""

    state: str
    """Digest of what the plan rests on."""
    items: tuple[tuple[int, int, str], ...]
    """Award, contestant and prize of everybody for whom a certificate is made."""
    rare: tuple[Mapping[str, str], ...]
    """The values of one who needs a 补字 font, if there is such a one."""
    shared: dict[str, str]


def _checked(command: IssueCertificates) -> _Checked:
    """Look at everybody, without holding anything."""
    session = db.session()
    session.rollback()
    competition = competition_of(command.competition_id)
    event = event_of(session, competition.id, command.event_id)
    # The digest comes first: what changes while the plan is made is seen when the digests are compared.
    state = _state(session, competition, event, chosen_layout(session, competition.id, command.terms.layout))
    plan = plan_issue(session, competition, event, command.terms, base_url())
    wanted = [c for c in plan.ready if not command.prizes or c.award.prize in command.prizes]
    return _Checked(
        state=state,
        items=tuple((c.award.id, c.contestant.id, c.award.prize) for c in wanted),
        rare=tuple(islice((c.values for c in wanted if needs_fonts(plan.chosen, [c.values])), 1)),
        shared=shared_values(competition.title, event, command.terms.wording),
    )


def _state(session: Session, competition: Competition, event: Event, chosen: Chosen) -> str:
    return state_of(session, competition, event, final_publication(session, event).snapshot_id, chosen)


def _queued(session: Session, command: IssueCertificates, event: Event, chosen: Chosen, checked: _Checked) -> int:
    if not checked.items:
        raise ConflictError("“%(event)s”没有可以颁发的证书", event=event.title)
    terms, competition_id = command.terms, command.competition_id
    issued_on = terms.wording.issued_on
    key = key_for_issue(session, competition_id, terms.key_id, terms.wording.issuers, issued_on)
    reason = _early(session, command, event)
    layout = frozen(session, chosen, checked.rare)
    series = {}
    for prize in dict.fromkeys(prize for _award, _contestant, prize in checked.items):
        series[prize] = _series(session, terms.pattern, number_fields(competition_id, event, prize, issued_on)).id
    new = NewBatch(
        kind=KIND,
        title=str(_("颁发证书：%(event)s", event=translated(event.title))),
        competition_id=competition_id,
        params={
            "event_id": event.id,
            "layout_id": layout.id,
            "key_id": key.id if key else None,
            "shared": checked.shared,
            "honorific": terms.honorific,
            "issued_on": issued_on.isoformat(),
            "issued_by": command.actor.name,
            "early_reason": reason,
            "base_url": base_url(),
            "items": [[award, contestant, series[prize]] for award, contestant, prize in checked.items],
        },
        total=len(checked.items),
    )
    return enqueue(session, new, command.actor).id


def _early(session: Session, command: IssueCertificates, event: Event) -> str:
    """Have it on record what spoke against an issue and why it is done all the same."""
    competition_id = command.competition_id
    found = doubts(session, event.competition, event, command.terms.wording.issued_on)
    reason = require_reason(found, command.early_reason)
    if found:
        detail = {"against": [doubt.code for doubt in found], "reason": reason}
        act = command.actor.act("certificate.issued_early", f"event:{event.id}", competition_id, detail)
        record(session, act)
    return reason


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


def pattern_before(session: Session, competition_id: int) -> str:
    """The pattern of a competition's newest certificate, so that numbers go on as they began; empty if none."""
    query = (
        select(NumberSeries.pattern)
        .join(Certificate, Certificate.series_id == NumberSeries.id)
        .where(Certificate.competition_id == competition_id)
        .order_by(Certificate.id.desc())
    )
    return session.scalar(query.limit(1)) or ""


def issue_one(session: Session, batch: Batch, position: int) -> None:
    """One certificate of a batch, inside the chunk's transaction; one that is there already is not made again.

    A prize that was decided otherwise since the issue was queued gets none either.

    Raises:
        CertificateRefusedError: it can no longer be drawn, as after a change of the name.
        SigningKeyError: the key was removed or has expired since.
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
        key=_key_of(session, said.get("key_id"), date.fromisoformat(said["issued_on"])),
    )
    certificate = _issued(session, batch.competition_id, award, contestant_id, issue)
    detail = {"number": certificate.number, "digest": certificate.digest, "batch": batch.id}
    if issue.key is not None:
        detail["signed_by"] = issue.key.fingerprint
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
    key: SigningKey | None


def _key_of(session: Session, key_id: int | None, issued_on: date) -> SigningKey | None:
    if key_id is None:
        return None
    key = session.get_one(SigningKey, key_id)
    require_usable(key, issued_on)
    return key


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
    data = _file(issue, values)
    certificate = Certificate(
        competition_id=competition_id,
        award_id=award.id,
        contestant_id=contestant_id,
        series_id=series.id,
        number=number,
        code=code,
        layout_id=issue.layout.id,
        values=values,
        digest=digest_of(data),
        renderer=RENDERER,
        issued_on=issue.issued_on,
        issued_at=now(),
        issued_by=issue.issued_by,
    )
    if issue.key is not None:
        credential = credential_for(certificate, issue.key, issue.base_url) if issue.key.gives_credentials else ""
        certificate.signed = CertificateSignature(
            key=issue.key, signature=signature_in(data), credential=credential, has_credential=bool(credential)
        )
    session.add(certificate)
    session.flush()
    return certificate


def _file(issue: _Issue, values: Mapping[str, str]) -> bytes:
    drawn, layout = drawn_with(issue.layout), loaded(issue.layout)
    if issue.key is None:
        return render(layout, values, drawn.assets, drawn.fonts)
    with signed_now(issue.key) as signer:
        return render(layout, values, drawn.assets, drawn.fonts, signer)


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
        SigningKeyError: the earlier one is signed, and its issuing body has no key now.
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
            key=key_like(session, earlier.signed.key, command.issued_on) if earlier.signed else None,
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
    return row_in(
        session, Certificate, competition_id, certificate_id, NotFoundError("这场竞赛里没有这份证书"), lock=lock
    )
