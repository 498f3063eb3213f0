"""Who is at the other end: sign-in by password, by a judge's link, by a contestant's code; and what they may do.

One table holds every sign-in, whoever it is, so that each can be shown, counted and revoked. The cookie carries an
opaque token; the database has its hash.
"""

import hashlib
import ipaddress
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar, cast

from flask import current_app, request
from sqlalchemy import (
    ForeignKey,
    Index,
    Row,
    Table,
    bindparam,
    delete,
    func,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.accounts import Account
from core.audit import Act, record
from core.clock import now
from core.db import Model, db, transaction
from core.errors import NotAllowedError, NotFoundError, NotSignedInError, TooManyTriesError
from core.held_roles import held_by
from core.permissions import Role, roles_with
from core.programs.models import Program
from core.programs.scopes import carried
from core.second_factor.models import HalfSignIn, SecondFactor
from core.second_factor.policy import OWN_ACCOUNT, must_have

ACTOR_KEY = "competition.actor"
"""Where the actor is kept for the length of one request."""
ACCOUNT_IDLE = timedelta(hours=8)
DEVICE_LIFE = timedelta(days=7)
"""Also the longest that an account stays signed in, however busy: by then its browser has dropped the cookie, and
whoever still comes with it has it from elsewhere."""
CONTESTANT_LIFE = timedelta(hours=2)
SEEN_EVERY = timedelta(minutes=1)
TRY_WINDOW = timedelta(minutes=15)
TRIES_ALLOWED = 10

F = TypeVar("F", bound=Callable[..., Any])


class SecondFactorNeededError(NotAllowedError):
    """The server asks a second factor of somebody who has none yet."""

    code = "second_factor_needed"


class SubjectKind(StrEnum):
    """What kind of person signs in."""

    ACCOUNT = "account"
    JUDGE = "judge"
    CONTESTANT = "contestant"
    DELEGATION = "delegation"
    PROGRAM = "program"


class SignIn(Model):
    """One device on which somebody is signed in."""

    __tablename__ = "sign_in"
    __table_args__ = (Index("ix_sign_in_subject", "subject_kind", "subject_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    subject_kind: Mapped[SubjectKind]
    subject_id: Mapped[int]
    """Account, judge, contestant, a delegation's link or a program, by `subject_kind`."""
    name: Mapped[str]
    competition_id: Mapped[int | None] = mapped_column(ForeignKey("competition.id"), index=True)
    role: Mapped[Role | None]
    """The one role of whoever is no account; an account's roles are its grants."""
    device: Mapped[str]
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    unsent: Mapped[int] = mapped_column(default=0)
    """Saves that a tablet still holds, as it last said."""


SIGN_INS = cast(Table, SignIn.__table__)
OF_TOKEN = select(SIGN_INS).where(SIGN_INS.c.token_hash == bindparam("hash"))
"""Made once: every request of everybody runs it."""


class SignInTry(Model):
    """A failed try, counted against guessing. `subject` is a hash, never a name or number."""

    __tablename__ = "sign_in_try"
    __table_args__ = (Index("ix_sign_in_try_subject_at", "subject", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str]
    at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something. `roles` maps a competition's id, or None for the system, to the roles held there."""

    kind: SubjectKind
    subject_id: int
    name: str
    sign_in_id: int
    roles: dict[int | None, frozenset[Role]] = field(default_factory=dict)
    competition_id: int | None = None
    via: "Actor | None" = None
    """Who hands in for this person, as the chief judge who reads what a tablet could not send; it is recorded."""
    lacks_second_factor: bool = False
    """The server asks for one and this person has none yet: nothing but setting it up is permitted."""
    scopes: frozenset[str] | None = None
    """Of a program: the permissions that its token carries, and no others; None for a person."""
    organisations: frozenset[int] = frozenset()
    """The organisations that this person runs; what follows for their competitions stands in `roles` already."""

    @property
    def key(self) -> str:
        """As it stands in the audit record: ``account:3``."""
        return f"{self.kind.value}:{self.subject_id}"

    def permits(self, permission: str, competition_id: int | None = None) -> bool:
        """Whether this person may do `permission` in that competition (None: anywhere they hold a role)."""
        carriers = roles_with(permission)
        if self._is_kept_out(permission):
            return False
        if self.roles.get(None, frozenset()) & carriers:
            return True
        if competition_id is not None:
            return bool(self.roles.get(competition_id, frozenset()) & carriers)
        if self.organisations and Role.ORGANISATION_ADMIN in carriers:
            return True
        return any(held & carriers for held in self.roles.values())

    def _is_kept_out(self, permission: str) -> bool:
        """Whether this is not permitted whatever roles there are."""
        lacks = self.lacks_second_factor and permission != OWN_ACCOUNT
        return lacks or (self.scopes is not None and permission not in self.scopes)

    def permits_in(self, permission: str, organisation_id: int) -> bool:
        """Whether this person may do `permission` for that organisation."""
        carriers = roles_with(permission)
        if self._is_kept_out(permission):
            return False
        if self.roles.get(None, frozenset()) & carriers:
            return True
        return organisation_id in self.organisations and Role.ORGANISATION_ADMIN in carriers

    def act(
        self, action: str, target: str, competition_id: int | None = None, detail: dict[str, Any] | None = None
    ) -> Act:
        """An audit line of this person, or of who hands in for this person, which then says for whom."""
        if self.via is not None:
            return self.via.act(action, target, competition_id, {**(detail or {}), "for": self.key})
        return Act(self.key, self.name, action, target, competition_id, detail)

    @property
    def judge_id(self) -> int:
        """The judge who is signed in.

        Raises:
            NotAllowedError: somebody else is.
        """
        if self.kind is not SubjectKind.JUDGE:
            raise NotAllowedError("此操作只限裁判在自己的设备上进行")
        return self.subject_id


def hashed(token: str) -> str:
    """What the database keeps of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Subject:
    """Who is being signed in, and for how long."""

    kind: SubjectKind
    id: int
    name: str
    life: timedelta
    competition_id: int | None = None
    role: Role | None = None


def add_sign_in(session: Session, subject: Subject, device: str) -> str:
    """Store a sign-in inside the caller's transaction and return its token, which is shown once."""
    token, moment = secrets.token_urlsafe(32), now()
    session.add(
        SignIn(
            token_hash=hashed(token),
            subject_kind=subject.kind,
            subject_id=subject.id,
            name=subject.name,
            competition_id=subject.competition_id,
            role=subject.role,
            device=device[:200],
            created_at=moment,
            last_seen_at=moment,
            expires_at=moment + subject.life,
        )
    )
    act = Act(
        f"{subject.kind.value}:{subject.id}",
        subject.name,
        "sign_in.made",
        f"{subject.kind.value}:{subject.id}",
        subject.competition_id,
        {"device": device[:200]},
    )
    record(session, act)
    return token


def sign_in(subject: Subject, device: str) -> str:
    """Sign somebody in whose identity has been checked; returns the token for the cookie."""
    with transaction() as session:
        return add_sign_in(session, subject, device)


def revoke(sign_in_id: int, competition_id: int | None, actor: Actor) -> None:
    """End a sign-in, as of a lost tablet.

    Raises:
        NotFoundError: no such sign-in in this competition.
    """
    with transaction() as session:
        row = session.get(SignIn, sign_in_id)
        if row is None or row.competition_id != competition_id:
            raise NotFoundError("没有这个登录")
        row.revoked_at = now()
        record(session, actor.act("sign_in.revoked", f"sign_in:{row.id}", competition_id))


def sign_out(actor: Actor) -> None:
    """End the actor's own sign-in."""
    with transaction() as session:
        row = session.get(SignIn, actor.sign_in_id)
        if row is not None:
            row.revoked_at = now()
            record(session, actor.act("sign_in.ended", f"sign_in:{row.id}", row.competition_id))


def end_sign_ins(session: Session, account_id: int, *, but: int = 0) -> None:
    """Sign an account out on every device, and where a code is still asked for; sign-in `but` stays."""
    rows = select(SignIn).where(
        SignIn.subject_kind == SubjectKind.ACCOUNT,
        SignIn.subject_id == account_id,
        SignIn.revoked_at.is_(None),
        SignIn.id != but,
    )
    for row in session.scalars(rows):
        row.revoked_at = now()
    session.execute(delete(HalfSignIn).where(HalfSignIn.account_id == account_id))


def current_actor() -> Actor | None:
    """Who made this request, by cookie or bearer token; None for a stranger. Looked up once a request."""
    if ACTOR_KEY not in request.environ:
        request.environ[ACTOR_KEY] = _actor_of(_token())
    actor: Actor | None = request.environ[ACTOR_KEY]
    return actor


def signed_in_actor() -> Actor:
    """Who made this request.

    Raises:
        NotSignedInError: nobody is signed in.
    """
    actor = current_actor()
    if actor is None and _is_for_programs():
        raise NotSignedInError("请在 Authorization 请求头里出示有效的访问令牌；令牌可能已到期或被停用")
    if actor is None:
        raise NotSignedInError("请先登录")
    return actor


def _token() -> str | None:
    if (shown := _bearer()) is not None or _is_for_programs():
        return shown
    return request.cookies.get(current_app.config["SIGN_IN_COOKIE"])


def _bearer() -> str | None:
    header = request.headers.get("Authorization", "")
    return header.removeprefix("Bearer ").strip() if header.startswith("Bearer ") else None


def _is_for_programs() -> bool:
    """Whether the view takes no cookie: what a browser sends unasked opens nothing there."""
    view = current_app.view_functions.get(request.endpoint or "")
    return view is not None and "is_for_programs" in view.__dict__


def mark_of(token: str | None) -> str:
    """By what a page sees that its device is signed in anew; it tells nothing of who is, and opens nothing."""
    return hashed(token)[:16] if token else "none"


def own_mark() -> str:
    """The mark of the sign-in by which this request came."""
    return mark_of(_token())


def _actor_of(token: str | None) -> Actor | None:
    if not token:
        return None
    row = db.session.execute(OF_TOKEN, {"hash": hashed(token)}).first()
    if row is None or row.revoked_at is not None or row.expires_at <= now():
        return None
    scopes = _scopes_of(row)
    if scopes is not None and (not scopes or _bearer() is None):
        return None
    roles, organisations = _roles_of(row)
    actor = Actor(
        row.subject_kind,
        row.subject_id,
        row.name,
        row.id,
        roles,
        competition_id=row.competition_id,
        lacks_second_factor=_lacks_second_factor(row, roles, organisations),
        scopes=scopes,
        organisations=organisations,
    )
    if actor.kind is SubjectKind.ACCOUNT and not actor.roles and not actor.organisations:
        return actor if _is_active(row.subject_id) else None
    # When a token was used first is worth a line of its own: its list tells unused ones apart.
    is_first = scopes is not None and row.last_seen_at == row.created_at
    if is_first or now() - row.last_seen_at > SEEN_EVERY:
        _seen(row.id)
    return actor


def _scopes_of(row: Row[Any]) -> frozenset[str] | None:
    """Of a program what its token carries now, nothing where its maker has lost what it was made for; else None."""
    if row.subject_kind is not SubjectKind.PROGRAM:
        return None
    program = db.session.get(Program, row.subject_id)
    if program is None:
        return frozenset()
    maker = account_actor(db.session(), program.made_by_id)
    return carried(program.permissions, lambda permission: maker.permits(permission, program.competition_id))


def account_actor(session: Session, account_id: int) -> Actor:
    """An account with the roles that it holds now, none if it is closed, to ask what it permits; it acts in no line."""
    roles, organisations = held_by(session, account_id)
    return Actor(SubjectKind.ACCOUNT, account_id, "", 0, roles, organisations=organisations)


def _lacks_second_factor(
    row: Row[Any], roles: dict[int | None, frozenset[Role]], organisations: frozenset[int]
) -> bool:
    is_asked = current_app.config["SETTINGS"].requires_second_factor and row.subject_kind is SubjectKind.ACCOUNT
    is_due = is_asked and must_have(roles, runs_organisation=bool(organisations))
    return bool(is_due and db.session.get(SecondFactor, row.subject_id) is None)


def _is_active(account_id: int) -> bool:
    account = db.session.get(Account, account_id)
    return account is not None and account.is_active


def _roles_of(row: Row[Any]) -> tuple[dict[int | None, frozenset[Role]], frozenset[int]]:
    """The roles, by competition or None for the system, and the organisations that the account runs."""
    if row.role is not None:
        return {row.competition_id: frozenset({row.role})}, frozenset()
    return held_by(db.session(), row.subject_id)


def _seen(sign_in_id: int) -> None:
    with transaction() as session:
        row = session.get(SignIn, sign_in_id)
        if row is not None:
            row.last_seen_at = now()
            if row.subject_kind is SubjectKind.ACCOUNT:
                row.expires_at = min(now() + ACCOUNT_IDLE, row.created_at + DEVICE_LIFE)


def refuse_guessing(*subjects: str, allowed: int = TRIES_ALLOWED) -> None:
    """Stop whoever has failed, or asked, too often of late for any of `subjects` (a name, an address, a number).

    Raises:
        TooManyTriesError: wait.
    """
    since = now() - TRY_WINDOW
    for subject in subjects:
        count = select(func.count(SignInTry.id)).where(SignInTry.subject == hashed(subject), SignInTry.at > since)
        if (db.session.scalar(count) or 0) >= allowed:
            raise TooManyTriesError("尝试次数过多，请 %(n)s 分钟后再试", n=int(TRY_WINDOW.total_seconds() // 60))


def count_failure(*subjects: str) -> None:
    """Remember a failed try against each of `subjects`."""
    with transaction() as session:
        add_failure(session, *subjects)


def add_failure(session: Session, *subjects: str) -> None:
    """The same inside the caller's transaction, which must not be undone by the refusal that follows.

    Tries that no longer count go on this occasion.
    """
    session.execute(delete(SignInTry).where(SignInTry.at <= now() - TRY_WINDOW))
    for subject in subjects:
        session.add(SignInTry(subject=hashed(subject), at=now()))


def visitor_address() -> str:
    """The address by which a visitor's tries are counted: of IPv6 the network, within which anybody changes at will."""
    address = request.remote_addr or ""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:  # a socket of the machine itself has none
        return address
    if parsed.version == 4:
        return address
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((int(parsed) >> 64 << 64, 64)).network_address)


def requires(permission: str, *, anywhere: bool = False) -> Callable[[F], F]:
    """Mark a view with the permission it needs, in the competition or organisation that its address names.

    A view without mark is refused to everybody (`enforce`). With `anywhere`, a role in any competition will do
    and the use case narrows what is shown.
    """
    roles_with(permission)

    def mark(view: F) -> F:
        view.__dict__["permission"] = permission
        view.__dict__["anywhere"] = anywhere
        return view

    return mark


def public(view: F) -> F:
    """Mark a view as open to strangers."""
    view.__dict__["permission"] = "public"
    return view


def for_programs(view: F) -> F:
    """Mark a view as one for programs: a token in the header opens it, a cookie never."""
    view.__dict__["is_for_programs"] = True
    return view


def enforce() -> None:
    """Before every request: let nobody pass whom the view's mark does not let pass.

    Raises:
        NotFoundError: no such page.
        NotSignedInError, NotAllowedError: by the mark.
        SecondFactorNeededError: the server asks for one first.
    """
    if request.endpoint is None:
        raise NotFoundError("没有这个页面")
    view = current_app.view_functions[request.endpoint]
    permission = getattr(view, "permission", None)
    if permission == "public":
        return
    actor = signed_in_actor()
    args: Mapping[str, Any] = request.view_args or {}
    competition_id, organisation_id = args.get("competition_id"), args.get("organisation_id")
    is_placed = competition_id is not None or organisation_id is not None
    if permission is None or not (is_placed or view.__dict__["anywhere"]):
        raise NotAllowedError("此页面没有开放")
    if actor.lacks_second_factor and permission != OWN_ACCOUNT:
        raise SecondFactorNeededError("本服务器要求您的账号使用两步验证，请先在“我的账号”里开启")
    if organisation_id is not None and not actor.permits_in(permission, organisation_id):
        raise NotAllowedError("您没有权限进行此操作")
    if (organisation_id is None or competition_id is not None) and not actor.permits(permission, competition_id):
        raise NotAllowedError("您没有权限进行此操作")
