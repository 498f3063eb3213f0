"""The table of signing keys: the certificate stays for good, the private key only while it is used."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model


class SigningKey(Model):
    """A key of an issuing body of a competition."""

    __tablename__ = "signing_key"
    __table_args__ = (
        # The same key twice in use would only confuse; after its removal it may be registered again.
        Index(
            "uq_signing_key_in_use",
            "competition_id",
            "fingerprint",
            unique=True,
            sqlite_where=text("removed_at IS NULL"),
            postgresql_where=text("removed_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    competition_id: Mapped[int] = mapped_column(ForeignKey("competition.id"), index=True)
    body: Mapped[str]
    """The issuing body, as it stands on certificates."""
    holder: Mapped[str]
    """Who signs, by the certificate; PDF readers show it."""
    algorithm: Mapped[str]
    """P-256 or RSA-2048 and so on."""
    chain: Mapped[str] = mapped_column(Text)
    """The certificate and those above it, PEM."""
    fingerprint: Mapped[str] = mapped_column(index=True)
    """SHA-256 of the certificate, 64 hex digits."""
    valid_from: Mapped[datetime]
    valid_until: Mapped[datetime]
    room: Mapped[int]
    """Bytes that a file keeps free for a signature of this key."""
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The private key, readable only with the installation's data key; erased when the key is removed."""
    token_key: Mapped[str] = mapped_column(default="", server_default="")
    """The label of the private key on the installation's token, where it lives there; empty for one from a file."""
    gives_credentials: Mapped[bool] = mapped_column(default=False)
    """Whether an Open Badges credential is made with every certificate."""
    added_at: Mapped[datetime]
    added_by: Mapped[str]
    removed_at: Mapped[datetime | None]
    removed_by: Mapped[str] = mapped_column(default="")
    removal_reason: Mapped[str] = mapped_column(default="")
