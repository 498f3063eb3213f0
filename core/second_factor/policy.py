"""Who must have a second factor where the server asks for it: who makes accounts, and who publishes results."""

from collections.abc import Mapping

from core.permissions import Role, roles_with

MUST = roles_with("account.manage") | roles_with("result.publish")
OWN_ACCOUNT = "account.own"
"""All that somebody may do who must have a second factor and has none yet: the own account, to set one up."""


def must_have(roles: Mapping[int | None, frozenset[Role]], *, runs_organisation: bool = False) -> bool:
    """Whether somebody with these roles, by competition, is one of them; so is whoever runs an organisation."""
    return runs_organisation or any(held & MUST for held in roles.values())
