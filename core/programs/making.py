"""Use cases of access tokens: one is made, ended by a person, ended with what its maker lost."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from core.accounts import Account, RoleGrant
from core.audit import record
from core.auth import Actor, SignIn, Subject, SubjectKind, account_actor, add_sign_in
from core.clock import BEIJING, competition_day, now
from core.db import transaction
from core.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from core.permissions import Role
from core.programs.models import End, Program
from core.programs.scopes import BY_PERMISSION, Scope, carried, may_give
from core.rows import row_in

LONGEST_NAME, LONGEST_PURPOSE = 60, 200
LONGEST_LIFE = timedelta(days=366)
MOST_IN_FORCE = 50
"""In one competition; more than that nobody oversees."""


class ScopeNotHeldError(NotAllowedError):
    """A token was to do more than who makes it may do."""

    code = "scope_not_held"


class TooManyProgramsError(ConflictError):
    """A competition has as many tokens in force as anybody can keep an eye on."""

    code = "too_many_programs"


@dataclass(frozen=True, slots=True)
class MakeProgram:
    """A token for a program that reads one competition.

    Attributes:
        competition_id: which.
        name: by which the list and the audit record call the program.
        purpose: what it is for, and whose it is.
        permissions: of the scopes chosen.
        last_day: in Beijing; the token works to its end.
        maker_id: the account that answers for it, and with whose rights it ends.
        actor: who does this.
    """

    competition_id: int
    name: str
    purpose: str
    permissions: tuple[str, ...]
    last_day: date
    maker_id: int
    actor: Actor


@dataclass(frozen=True, slots=True)
class Made:
    """What is shown once: whose token, and the token."""

    program_id: int
    name: str
    token: str


def make_program(command: MakeProgram) -> Made:
    """Store a program and its token, of which the database keeps the hash.

    Raises:
        InvalidInputError: no name, purpose or scope, one that is too long or unknown, or a last day out of bounds.
        ScopeNotHeldError: the maker does not hold what the token is for, or makes no tokens at all.
        TooManyProgramsError: the competition has enough.
    """
    name, purpose = command.name.strip(), command.purpose.strip()
    _check_words(name, purpose)
    chosen = _scopes(command.permissions)
    expires_at = _end_of(command.last_day)
    with transaction() as session:
        _require_held(session, command, chosen)
        here = _in_force().where(Program.competition_id == command.competition_id)
        if len(session.scalars(here).all()) >= MOST_IN_FORCE:
            raise TooManyProgramsError("本竞赛已有 %(most)s 个在用的访问令牌，请先停用不再需要的", most=MOST_IN_FORCE)
        program = Program(
            competition_id=command.competition_id,
            name=name,
            purpose=purpose,
            permissions=[scope.permission for scope in chosen],
            made_by_id=command.maker_id,
            made_at=now(),
        )
        session.add(program)
        session.flush()
        life = expires_at - now()
        subject = Subject(SubjectKind.PROGRAM, program.id, name, life, command.competition_id, Role.PROGRAM)
        token = add_sign_in(session, subject, "")
        detail = {
            "name": name,
            "purpose": purpose,
            "permissions": program.permissions,
            "last_day": command.last_day.isoformat(),
            "made_by": f"account:{command.maker_id}",
        }
        record(session, command.actor.act("program.made", f"program:{program.id}", command.competition_id, detail))
        return Made(program.id, name, token)


def _check_words(name: str, purpose: str) -> None:
    if not name or len(name) > LONGEST_NAME:
        raise InvalidInputError("请填写程序的名称（最多 %(most)s 字），审计记录里用它", most=LONGEST_NAME)
    if not purpose or len(purpose) > LONGEST_PURPOSE:
        raise InvalidInputError("请写明用途和归谁管理（最多 %(most)s 字）", most=LONGEST_PURPOSE)


def _scopes(permissions: Sequence[str]) -> tuple[Scope, ...]:
    if not permissions or not BY_PERMISSION.keys() >= set(permissions):
        raise InvalidInputError("请至少选一项这个程序要做的事")
    return tuple(scope for permission, scope in BY_PERMISSION.items() if permission in permissions)


def _end_of(last_day: date) -> datetime:
    """The moment at which a token ends whose last day is given; the earliest is tomorrow."""
    today = competition_day()
    if not today < last_day <= today + LONGEST_LIFE:
        raise InvalidInputError("有效期最早到明天，最长 %(most)s 天", most=LONGEST_LIFE.days)
    return datetime.combine(last_day + timedelta(days=1), time(), BEIJING)


def _require_held(session: Session, command: MakeProgram, chosen: Sequence[Scope]) -> None:
    # Held until the end of the transaction, so that a role that is taken back just now takes this token with it.
    session.scalars(select(RoleGrant).where(RoleGrant.account_id == command.maker_id).with_for_update(read=True)).all()
    session.scalars(select(Account.id).where(Account.id == command.maker_id).with_for_update(read=True)).all()
    given = scopes_of_account(session, command.maker_id, command.competition_id)
    lacking = next((scope for scope in chosen if scope not in given), None)
    if lacking is not None:
        raise ScopeNotHeldError("您自己没有“%(name)s”的权限，不能把它交给程序", name=lacking.said_name)


def scopes_of_account(session: Session, account_id: int, competition_id: int) -> tuple[Scope, ...]:
    """The scopes for which an account can make a token in a competition; none where it makes no tokens there."""
    maker = account_actor(session, account_id)
    return may_give(lambda permission: maker.permits(permission, competition_id))


@dataclass(frozen=True, slots=True)
class RevokeProgram:
    """End a token before its time."""

    competition_id: int
    program_id: int
    actor: Actor


def revoke_program(command: RevokeProgram) -> str:
    """End it, with effect on the program's next request, and return the program's name; again changes nothing.

    Raises:
        NotFoundError: no such program in this competition.
    """
    with transaction() as session:
        missing = NotFoundError("没有这个访问令牌")
        program = row_in(session, Program, command.competition_id, command.program_id, missing, lock=True)
        if program.ended_why is None:
            _end(session, program, End.REVOKED, command.actor)
        return program.name


def end_lost_programs(session: Session, account_id: int, why: End, actor: Actor) -> None:
    """End the tokens of an account that it could no longer make, inside the transaction that took something from it.

    They do not come back with the role: who made them was not to be trusted with it in between.

    Args:
        session: of the transaction, in which the account has lost what it loses.
        account_id: whose.
        why: what happened to it.
        actor: whose doing.
    """
    session.flush()
    maker = account_actor(session, account_id)

    def is_lost(program: Program) -> bool:
        return not carried(program.permissions, lambda permission: maker.permits(permission, program.competition_id))

    query = _in_force().where(Program.made_by_id == account_id)
    for program in session.scalars(query.order_by(Program.competition_id, Program.id)).all():
        if is_lost(program):
            _end(session, program, why, actor)


def _end(session: Session, program: Program, why: End, actor: Actor) -> None:
    program.ended_why, program.ended_by = why, actor.name
    own = (SignIn.subject_kind == SubjectKind.PROGRAM) & (SignIn.subject_id == program.id)
    for row in session.scalars(select(SignIn).where(own)):
        row.revoked_at = row.revoked_at or now()
    detail = {"name": program.name, "why": why.value}
    record(session, actor.act("program.ended", f"program:{program.id}", program.competition_id, detail))


def _in_force() -> Select[Program]:
    own = (SignIn.subject_kind == SubjectKind.PROGRAM) & (SignIn.subject_id == Program.id)
    return select(Program).join(SignIn, own).where(SignIn.revoked_at.is_(None), SignIn.expires_at > now())
