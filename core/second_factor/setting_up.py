"""Setting up one's own second factor, moving it to another phone, new recovery codes, turning it off."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import delete
from sqlalchemy.orm import Session

from core.account_care import own_account, require_present_password
from core.accounts import locked_account
from core.audit import record
from core.auth import Actor, end_sign_ins
from core.clock import now
from core.db import db, transaction
from core.errors import ConflictError, DomainError, NotAllowedError, NotFoundError
from core.messages import Said, said
from core.personal_data import encrypt
from core.second_factor import codes
from core.second_factor.checking import WrongCodeError, recovery_left, refusal, seal_of, unsealed
from core.second_factor.models import RecoveryCode, SecondFactor, SecondFactorDraft
from core.second_factor.policy import must_have

DRAFT_LIFE = timedelta(minutes=30)


class NoDraftError(ConflictError):
    """Nothing is being set up on this device, or not any more."""

    code = "no_draft"


class SecondFactorRequiredError(NotAllowedError):
    """The server asks this person for a second factor."""

    code = "second_factor_required"


@dataclass(frozen=True, slots=True)
class BeginSetUp:
    """Show the secret for a phone; asks for the password, and for a code where another phone is in force."""

    actor: Actor
    present: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class WithCode:
    """What somebody does with the own second factor; `code` as typed."""

    actor: Actor
    code: str


@dataclass(frozen=True, slots=True)
class Draft:
    """What the page shows of a phone that is being set up."""

    secret: str
    address: str
    """For the QR code."""
    listed_as: str
    """What a phone calls it in its list."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How somebody's own second factor stands."""

    set_up_at: datetime | None
    """None: there is none."""
    recovery_left: int
    failed: int
    """Wrong codes in a row."""
    is_required: bool


def standing(actor: Actor) -> Standing:
    """How the actor's own second factor stands.

    Raises:
        NotAllowedError: the actor has no account.
    """
    account = own_account(actor)
    factor = db.session.get(SecondFactor, account.id)
    left = recovery_left(db.session(), account.id)
    return Standing(factor.set_up_at if factor else None, left, factor.failed if factor else 0, _is_required(actor))


def begin_set_up(command: BeginSetUp) -> None:
    """Make a secret, which `draft` shows to this sign-in for half an hour; nothing is in force yet.

    Raises:
        WrongPasswordError, WrongCodeError: password or code do not do.
        TooManyTriesError, SecondFactorLockedError, SecretUnreadableError: as `core.second_factor.checking.spend`.
        NotAllowedError: the actor has no account.
    """
    account_id = own_account(command.actor).id
    require_present_password(command.actor, command.present)
    with transaction() as session:
        error = refusal(session, locked_account(session, account_id), command.code)
        if error is None:
            sealed = encrypt(codes.new_secret())
            row = SecondFactorDraft(
                account_id=account_id, secret_sealed=sealed, begun_at=now(), sign_in_id=command.actor.sign_in_id
            )
            session.merge(row)
            record(session, command.actor.act("second_factor.begun", f"account:{account_id}"))
    if error is not None:
        raise error


def draft(actor: Actor) -> Draft | None:
    """What this sign-in is setting up, if anything."""
    row = _draft(db.session(), actor)
    if row is None:
        return None
    secret = unsealed(row.secret_sealed)
    place = (urlsplit(current_app.config["BASE_URL"]).hostname or "").replace(":", "-")
    username = own_account(actor).username
    return Draft(secret, codes.address_of(secret, username, place), f"{place}: {username}")


def confirm(command: WithCode) -> list[str]:
    """Put in force what is being set up: a code of it shows that the phone has it. Other devices are signed out.

    Returns:
        New recovery codes, as they are shown once; earlier ones no longer hold.

    Raises:
        WrongCodeError: not its code; says so if the phone's clock is off.
        NoDraftError: nothing is being set up on this device.
        NotAllowedError: the actor has no account.
    """
    account_id = own_account(command.actor).id
    with transaction() as session:
        locked_account(session, account_id)
        row = _draft(session, command.actor)
        if row is None:
            raise NoDraftError("设置已过期或已在别处完成，请重新开始")
        secret, typed, step = unsealed(row.secret_sealed), codes.plain(command.code), codes.step_at(now())
        taken = codes.matching_step(secret, typed, step)
        if taken is None:
            raise _no_code_of_it(secret, typed, step)
        factor = SecondFactor(
            account_id=account_id, secret_sealed=row.secret_sealed, set_up_at=now(), last_step=taken, failed=0
        )
        session.merge(factor)
        session.delete(row)
        end_sign_ins(session, account_id, but=command.actor.sign_in_id)
        made = _new_codes(session, account_id)
        record(session, command.actor.act("second_factor.set_up", f"account:{account_id}"))
        return made


def give_up(actor: Actor) -> None:
    """Forget what is being set up; what is in force stays.

    Raises:
        NotAllowedError: the actor has no account.
    """
    account_id = own_account(actor).id
    with transaction() as session:
        row = session.get(SecondFactorDraft, account_id)
        if row is not None:
            session.delete(row)
            record(session, actor.act("second_factor.given_up", f"account:{account_id}"))


def make_recovery_codes(command: WithCode) -> list[str]:
    """New recovery codes, as they are shown once; earlier ones no longer hold.

    Raises:
        NotFoundError: the actor has no second factor.
        WrongCodeError: not a code of it.
        TooManyTriesError, SecondFactorLockedError, SecretUnreadableError: as `core.second_factor.checking.spend`.
    """
    account_id = own_account(command.actor).id
    made: list[str] = []
    with transaction() as session:
        error = _refusal(session, command)
        if error is None:
            made = _new_codes(session, account_id)
            record(session, command.actor.act("recovery_codes.made", f"account:{account_id}"))
    if error is not None:
        raise error
    return made


def turn_off(command: WithCode) -> None:
    """End the second factor.

    Raises:
        NotFoundError: the actor has none.
        SecondFactorRequiredError: the server asks this person for one.
        WrongCodeError: not a code of it.
        TooManyTriesError, SecondFactorLockedError, SecretUnreadableError: as `core.second_factor.checking.spend`.
    """
    if _is_required(command.actor):
        raise SecondFactorRequiredError("本服务器要求您的账号使用两步验证，不能关闭；换手机请用“换一部手机”")
    account_id = own_account(command.actor).id
    with transaction() as session:
        error = _refusal(session, command)
        if error is None:
            forget(session, account_id)
            record(session, command.actor.act("second_factor.turned_off", f"account:{account_id}"))
    if error is not None:
        raise error


def forget(session: Session, account_id: int) -> None:
    """Remove everything of an account's second factor, inside the caller's transaction."""
    for table in (SecondFactorDraft, RecoveryCode, SecondFactor):
        session.execute(delete(table).where(table.account_id == account_id))


def _is_required(actor: Actor) -> bool:
    return bool(current_app.config["SETTINGS"].requires_second_factor) and must_have(
        actor.roles, runs_organisation=bool(actor.organisations)
    )


def _refusal(session: Session, command: WithCode) -> DomainError | None:
    account = locked_account(session, own_account(command.actor).id)
    if session.get(SecondFactor, account.id) is None:
        raise NotFoundError("您没有开启两步验证")
    return refusal(session, account, command.code)


def _draft(session: Session, actor: Actor) -> SecondFactorDraft | None:
    row = session.get(SecondFactorDraft, actor.subject_id)
    is_ours = row is not None and row.sign_in_id == actor.sign_in_id and row.begun_at > now() - DRAFT_LIFE
    return row if is_ours else None


def _new_codes(session: Session, account_id: int) -> list[str]:
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
    made = codes.new_recovery_codes()
    session.add_all(RecoveryCode(account_id=account_id, seal=seal_of(account_id, code)) for code in made)
    return codes.on_paper(made)


def _no_code_of_it(secret: str, typed: str, step: int) -> WrongCodeError:
    """The secret is on the page anyway, so that it may be told how far the phone's clock is off."""
    seconds = codes.clock_difference(secret, typed, step)
    if seconds is None:
        return WrongCodeError("动态码不对。请确认手机上添加的是本页的密钥，并填写它现在显示的 6 位数字")
    return WrongCodeError("%(difference)s，请把手机时间改为自动对时，再填新的动态码", difference=_in_words(seconds))


def _in_words(seconds: int) -> Said:
    minutes = max(round(abs(seconds) / 60), 1)
    if seconds > 0:
        return said("手机时间比服务器快约 %(n)s 分钟", n=minutes)
    return said("手机时间比服务器慢约 %(n)s 分钟", n=minutes)
