"""Tables of the second factor. A row in `second_factor` is what makes an account's sign-in ask for a code."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model


class SecondFactor(Model):
    """The phone of one account, in force."""

    __tablename__ = "second_factor"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    secret_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    """See `core.personal_data.encrypt`."""
    set_up_at: Mapped[datetime]
    last_step: Mapped[int]
    """The step of the last code that was taken; neither it nor an earlier one is taken again."""
    failed: Mapped[int] = mapped_column(default=0)
    """Wrong codes in a row; each was typed by somebody who knew the password."""


class SecondFactorDraft(Model):
    """A phone that is being set up: its secret has been shown, no code of it has been typed yet."""

    __tablename__ = "second_factor_draft"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    secret_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    begun_at: Mapped[datetime]
    sign_in_id: Mapped[int]
    """The sign-in that gave the password for it; no other device of the account is shown the secret."""


class RecoveryCode(Model):
    """One code on paper, for the day on which the phone is lost."""

    __tablename__ = "recovery_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    seal: Mapped[str] = mapped_column(unique=True)
    """Account and code under the installation's key, so that the database alone does not give it."""
    used_at: Mapped[datetime | None]


class HalfSignIn(Model):
    """Somebody who gave the right password and is asked for a code. It opens nothing; the row goes when it ends."""

    __tablename__ = "half_sign_in"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    expires_at: Mapped[datetime]
