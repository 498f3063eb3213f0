"""Links by which the contact person of a delegation comes in without an account.

A link is told to the delegation once and works on several devices until it is revoked, for a contact goes on at home
what was begun at work. Every device that comes in is a sign-in that is listed and ends with the link. Whoever tries
addresses that are no links is stopped after a few.
"""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from competitions.delegations.defining import delegation_of
from competitions.enrolment.models import EnrolmentLink
from competitions.models import Competition, Delegation
from competitions.setup import locked_competition
from core.accounts import RoleGrant
from core.audit import record
from core.auth import (
    DEVICE_LIFE,
    Actor,
    SignIn,
    Subject,
    SubjectKind,
    add_sign_in,
    count_failure,
    hashed,
    refuse_guessing,
)
from core.clock import now
from core.db import db, transaction
from core.errors import NotAllowedError, NotFoundError
from core.permissions import Role


class EnrolmentLinkError(NotAllowedError):
    """A link that lets nobody in; whether it never was one or was revoked is not told."""

    code = "enrolment_link"


@dataclass(frozen=True, slots=True)
class IssueEnrolmentLinks:
    """New links for these delegations; earlier ones of theirs stop working, and devices that came by them go out."""

    competition_id: int
    delegation_ids: tuple[int, ...]
    actor: Actor


@dataclass(frozen=True, slots=True)
class RevokeEnrolmentLink:
    """End a delegation's link and all devices that came in by it."""

    competition_id: int
    delegation_id: int
    actor: Actor


@dataclass(frozen=True, slots=True)
class NewLink:
    """What is shown once: whose link, and the secret part of its address."""

    delegation: str
    token: str


def issue_enrolment_links(command: IssueEnrolmentLinks) -> list[NewLink]:
    """Make links, in the order of the delegations.

    Raises:
        NotFoundError: no such competition, or a delegation of another one.
    """
    made = []
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        for delegation_id in command.delegation_ids:
            delegation = delegation_of(session, competition.id, delegation_id)
            _revoke(session, _in_force(session, competition.id, delegation.id))
            token = secrets.token_urlsafe(24)
            session.add(
                EnrolmentLink(
                    competition_id=competition.id,
                    delegation_id=delegation.id,
                    token_hash=hashed(token),
                    issued_at=now(),
                    issued_by=command.actor.key,
                )
            )
            made.append(NewLink(delegation.name, token))
        detail = {"delegations": list(command.delegation_ids)}
        target = f"competition:{competition.id}"
        record(session, command.actor.act("enrolment_link.issued", target, competition.id, detail))
    return made


def revoke_enrolment_link(command: RevokeEnrolmentLink) -> None:
    """Make a delegation's link useless and sign its devices out.

    Raises:
        NotFoundError: the delegation has no link in force, or is not of this competition.
    """
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        links = _in_force(session, competition.id, command.delegation_id)
        if not links:
            raise NotFoundError("这个代表队没有在用的报名链接")
        _revoke(session, links)
        target = f"delegation:{command.delegation_id}"
        record(session, command.actor.act("enrolment_link.revoked", target, competition.id))


def _revoke(session: Session, links: Sequence[EnrolmentLink]) -> None:
    for link in links:
        link.revoked_at = now()
    for device in session.scalars(_devices([link.id for link in links])):
        device.revoked_at = device.revoked_at or now()


def _in_force(session: Session, competition_id: int, delegation_id: int | None = None) -> Sequence[EnrolmentLink]:
    query = select(EnrolmentLink).where(
        EnrolmentLink.competition_id == competition_id, EnrolmentLink.revoked_at.is_(None)
    )
    if delegation_id is not None:
        query = query.where(EnrolmentLink.delegation_id == delegation_id)
    return session.scalars(query.order_by(EnrolmentLink.id)).all()


def _devices(link_ids: Iterable[int]) -> Select[SignIn]:
    return select(SignIn).where(
        SignIn.subject_kind == SubjectKind.DELEGATION,
        SignIn.subject_id.in_(list(link_ids)),
        SignIn.revoked_at.is_(None),
    )


def links_in_force(competition_id: int) -> dict[int, EnrolmentLink]:
    """The link that works, by delegation."""
    return {link.delegation_id: link for link in _in_force(db.session(), competition_id)}


def devices_by_link(link_ids: Iterable[int]) -> dict[int, list[SignIn]]:
    """The devices that are signed in, by link, the one heard of last first."""
    found: dict[int, list[SignIn]] = {}
    for device in db.session.scalars(_devices(link_ids).order_by(SignIn.last_seen_at.desc())):
        if device.expires_at > now():
            found.setdefault(device.subject_id, []).append(device)
    return found


def link_of(token: str, address: str) -> EnrolmentLink:
    """The link whose secret this is, for its page; looking signs nobody in.

    Args:
        token: the secret part of the address.
        address: whence somebody asks. Only who asks for what is no link is counted: a known link always opens, so
            that nobody can shut out a delegation behind the same address.

    Raises:
        EnrolmentLinkError: no link, or a revoked one.
        TooManyTriesError: too many of these from there.
    """
    link = db.session.scalar(select(EnrolmentLink).where(EnrolmentLink.token_hash == hashed(token)))
    if link is not None and link.revoked_at is None:
        return link
    subject = f"enrolment:{address}"
    refuse_guessing(subject)
    count_failure(subject)
    raise EnrolmentLinkError("此报名链接无效或已停用，请向组织者要一个新的")


def come_in(token: str, address: str, device: str) -> tuple[int, str]:
    """Sign a device in by a link; returns the competition's id and the token for the cookie.

    Raises:
        EnrolmentLinkError, TooManyTriesError: as `link_of`.
    """
    link_id = link_of(token, address).id
    with transaction() as session:
        link = session.get_one(EnrolmentLink, link_id, with_for_update=True)
        if link.revoked_at is not None:
            raise EnrolmentLinkError("此报名链接无效或已停用，请向组织者要一个新的")
        name, role = link.delegation.name, Role.ENROLLER
        subject = Subject(SubjectKind.DELEGATION, link.id, name, DEVICE_LIFE, link.competition_id, role)
        return link.competition_id, add_sign_in(session, subject, device)


def delegation_in_charge(session: Session, competition: Competition, actor: Actor) -> Delegation:
    """For which delegation somebody enters people: that of the link, or that which an account leads.

    Raises:
        NotFoundError: for none of this competition.
    """
    if actor.kind is SubjectKind.DELEGATION:
        link = session.get(EnrolmentLink, actor.subject_id)
        found = link.delegation_id if link is not None and link.revoked_at is None else None
    else:
        found = session.scalar(
            select(RoleGrant.delegation_id).where(
                RoleGrant.account_id == actor.subject_id,
                RoleGrant.competition_id == competition.id,
                RoleGrant.role == Role.TEAM_LEADER,
            )
        )
    if found is None:
        raise NotFoundError("您还没有指定的代表队，请联系组织者")
    return delegation_of(session, competition.id, found)
