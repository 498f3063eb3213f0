"""Accounts that an organisation makes for its own staff."""

from dataclasses import dataclass

from core.accounts import CreateAccount, add_account, password_of_new
from core.auth import Actor
from core.db import transaction
from core.organisations.reach import require_running


@dataclass(frozen=True, slots=True)
class CreateStaff:
    """A new account of an organisation's staff, still without a role."""

    organisation_id: int
    username: str
    display_name: str
    password: str
    actor: Actor


def create_staff(command: CreateStaff) -> int:
    """Store a new account that belongs to the organisation and return its id.

    Raises:
        WeakPasswordError, InvalidInputError, ConflictError: as `core.accounts.create_account`.
        NotFoundError, OutOfReachError, ClosedOrganisationError: as `core.organisations.reach.require_running`.
    """
    actor = command.actor
    new = CreateAccount(command.username, command.display_name, command.password, actor.key, actor.name)
    hashed = password_of_new(new)
    with transaction() as session:
        require_running(session, command.organisation_id, actor)
        return add_account(session, new, hashed, command.organisation_id)
