"""Tables of sign-in by way of another house: who there is which account here, and ways that were gone once."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model


class OutsideIdentity(Model):
    """A person of another house who may sign in as an account. No name or address of there is kept."""

    __tablename__ = "outside_identity"
    __table_args__ = (UniqueConstraint("account_id", "issuer"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    issuer: Mapped[str]
    subject_seal: Mapped[str] = mapped_column(unique=True)
    """Issuer and subject under the installation's key: some houses call people by ID or telephone number."""
    linked_at: Mapped[datetime]


class SpentState(Model):
    """A way to the other house and back that was gone; kept until it would have ended anyway."""

    __tablename__ = "spent_state"

    state_hash: Mapped[str] = mapped_column(primary_key=True)
    expires_at: Mapped[datetime]
