"""Taking a code of a phone or of the paper: each once, and only so many wrong ones.

What is refused here is counted in the caller's own transaction. It is therefore returned, not raised: the caller
raises it when the transaction has been committed.
"""

from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from core.accounts import Account
from core.audit import Act, record
from core.auth import add_failure, refuse_guessing
from core.clock import now
from core.db import db
from core.errors import ConflictError, DomainError, InvalidInputError, NotAllowedError
from core.personal_data import blind_index, decrypt
from core.second_factor import codes
from core.second_factor.models import RecoveryCode, SecondFactor

MOST_FAILED = 100
"""Wrong codes in a row after which only a reset helps. Source: NIST SP 800-63B section 5.2.2."""


class WrongCodeError(InvalidInputError):
    """Not a code of this account, or one that was used before."""

    code = "wrong_code"


class SecondFactorLockedError(NotAllowedError):
    """Too many wrong codes in a row."""

    code = "second_factor_locked"


class SecretUnreadableError(ConflictError):
    """The installation has another data key than the one under which the secret was sealed."""

    code = "secret_unreadable"


@dataclass(frozen=True, slots=True)
class Spent:
    """A code that was taken."""

    failed_before: int
    """How many wrong ones in a row came before it."""
    recovery_left: int | None
    """How many recovery codes are left, where it was one of them."""


def is_on(account_id: int) -> bool:
    """Whether the account has a second factor in force."""
    return db.session.get(SecondFactor, account_id) is not None


def refusal(session: Session, account: Account, typed: str) -> DomainError | None:
    """Why `typed` does not do for an act that asks for a code, or None: it does, or the account has no second factor.

    Args:
        session: the caller's transaction, in which the account's row is locked.
        account: whose code it is to be.
        typed: as a person typed it.

    Raises:
        TooManyTriesError, SecondFactorLockedError, SecretUnreadableError: as `spend`.
    """
    factor = session.get(SecondFactor, account.id)
    if factor is None:
        return None
    spent = spend(session, account, factor, typed)
    return spent if isinstance(spent, DomainError) else None


def spend(
    session: Session, account: Account, factor: SecondFactor, typed: str, *subjects: str
) -> Spent | WrongCodeError:
    """Take a code, so that it is not taken again; or the refusal, which is counted.

    Args:
        session: the caller's transaction, in which the account's row is locked.
        account: whose code it is to be.
        factor: that account's.
        typed: as a person typed it, a phone's code or a recovery code.
        subjects: what a wrong one counts against beside the account, such as the visitor's address.

    Raises:
        TooManyTriesError: too many wrong codes of late.
        SecondFactorLockedError: too many in a row.
        SecretUnreadableError: the secret was sealed under another data key.
    """
    subjects = (f"code:{account.id}", *subjects)
    refuse_guessing(*subjects)
    if factor.failed >= MOST_FAILED:
        raise SecondFactorLockedError(
            "动态码已连续输错 %(n)s 次，此账号的两步验证已锁定，请系统管理员重置", n=MOST_FAILED
        )
    plain = codes.plain(typed)
    if not plain:
        return WrongCodeError("请填写动态码")
    failed_before, left = factor.failed, None
    if codes.is_of_phone(plain):
        is_taken = _spend_of_phone(factor, plain)
    else:
        left = _spend_of_paper(session, account, plain)
        is_taken = left is not None
    if is_taken:
        factor.failed = 0
        return Spent(failed_before, left)
    factor.failed += 1
    add_failure(session, *subjects)
    record(session, _act(account, "second_factor.refused", {"in_a_row": factor.failed}))
    return WrongCodeError("动态码不对，或已经用过；每个动态码只能用一次，请等手机上换了新的再填")


def unsealed(sealed: bytes) -> str:
    """The secret in base 32.

    Raises:
        SecretUnreadableError: it was sealed under another data key.
    """
    try:
        return decrypt(sealed)
    except InvalidTag as error:
        raise SecretUnreadableError("服务器的数据密钥已更换，无法核对动态码，请系统管理员重置两步验证") from error


def seal_of(account_id: int, code: str) -> str:
    """What is kept of a recovery code."""
    return blind_index("recovery-code", f"{account_id}:{code}")


def recovery_left(session: Session, account_id: int) -> int:
    """How many recovery codes of the account have not been used."""
    unused = select(func.count(RecoveryCode.id)).where(
        RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None)
    )
    return session.scalar(unused) or 0


def _spend_of_phone(factor: SecondFactor, plain: str) -> bool:
    secret, step = unsealed(factor.secret_sealed), codes.step_at(now())
    taken = codes.matching_step(secret, plain, step, after=factor.last_step)
    if taken is not None:
        factor.last_step = taken
    return taken is not None


def _spend_of_paper(session: Session, account: Account, plain: str) -> int | None:
    """How many are left when `plain` has been taken; None where it is none of them."""
    unused = RecoveryCode.used_at.is_(None)
    taking = update(RecoveryCode).where(RecoveryCode.seal == seal_of(account.id, plain), unused).values(used_at=now())
    if session.connection().execute(taking).rowcount == 0:
        return None
    left = recovery_left(session, account.id)
    record(session, _act(account, "recovery_code.used", {"left": left}))
    return left


def _act(account: Account, action: str, detail: dict[str, int]) -> Act:
    target = f"account:{account.id}"
    return Act(target, account.display_name, action, target, None, detail)
