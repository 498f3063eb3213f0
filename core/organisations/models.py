"""Tables of organisations: bodies that hold competitions on one server, and who runs each of them."""

from datetime import datetime

from sqlalchemy import ForeignKey, column, table
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model

COMPETITION = table("competition", column("id"), column("organisation_id"), column("title"))
"""All that this package knows of a competition: whose it is, and what it is called."""


class Organisation(Model):
    """办赛单位: a union federation, an industry's union, a labour bureau. Not the host, which signs certificates."""

    __tablename__ = "organisation"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    short_name: Mapped[str]
    """For narrow places; empty where the name will do."""
    is_open: Mapped[bool] = mapped_column(default=True)
    """Closed, its administrators can do nothing through it; competitions that are under way go on."""
    created_at: Mapped[datetime]

    @property
    def called(self) -> str:
        """The name for narrow places."""
        return self.short_name or self.name


class OrganisationAdmin(Model):
    """An account that runs an organisation.

    A table of its own and no row of `role_grant`: a grant without competition holds for the whole system, and no
    query that asks for those may ever find one of these.
    """

    __tablename__ = "organisation_admin"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True, index=True)
    named_at: Mapped[datetime]
    named_by: Mapped[str]
    """Key of who named the account, as in the audit record."""
