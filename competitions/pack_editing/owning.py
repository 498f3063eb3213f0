"""Whose an own rule file is: organisers keep their organisation's and nobody else's; all may choose the server's."""

from collections.abc import Iterable, Set
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from competitions.models import Competition
from competitions.pack_editing.known import known_packs, own_rows
from competitions.pack_editing.models import OwnPack
from competitions.standards.model import Pack
from core.audit import record
from core.auth import Actor
from core.db import transaction
from core.errors import InvalidInputError, NotFoundError
from core.organisations.reach import held_organisation
from core.permissions import roles_with


@dataclass(frozen=True, slots=True)
class Reach:
    """Where somebody may do something with rule files."""

    is_everywhere: bool
    """For the whole system."""
    organisations: frozenset[int | None]
    """Those of whose competitions it holds; None for a competition that is the server's own."""

    def keeps(self, organisation_id: int | None) -> bool:
        """Whether a file of this organisation, or (None) of the server, is in reach to be changed."""
        return self.is_everywhere or organisation_id in self.organisations

    def sees(self, organisation_id: int | None) -> bool:
        """Whether such a file may be looked at and chosen; the server's are everybody's."""
        return organisation_id is None or self.keeps(organisation_id)


def reach_of(session: Session, actor: Actor, permission: str) -> Reach:
    """Where `actor` has `permission`: for the system, or in competitions of which organisations. At most one query."""
    if actor.roles.get(None, frozenset()) & roles_with(permission):
        return Reach(True, frozenset())
    places = [key for key in actor.roles if key is not None and actor.permits(permission, key)]
    query = select(Competition.organisation_id).where(Competition.id.in_(places)).distinct()
    return Reach(False, frozenset(session.scalars(query)) if places else frozenset())


def home_of_new(reach: Reach, wanted: int | None) -> int | None:
    """Whose a new file is: the organisation's whose organiser begins it; of several, the one that is wanted.

    Raises:
        InvalidInputError: several, and none of them is said.
    """
    if wanted is not None and reach.keeps(wanted):
        return wanted
    if reach.is_everywhere or not reach.organisations or None in reach.organisations:
        return None
    if len(reach.organisations) > 1:
        raise InvalidInputError("请选择这份规则属于哪个办赛单位")
    return next(iter(reach.organisations))


def kept_pack(session: Session, own_id: int, actor: Actor, *, lock: bool = False) -> OwnPack:
    """The file, for who may change it; with `lock` held against every other use case until the transaction ends.

    Raises:
        NotFoundError: no such file, or another organisation's: nobody learns that it exists.
    """
    query = select(OwnPack).where(OwnPack.id == own_id)
    row = session.scalar(query.with_for_update(key_share=True) if lock else query)
    if row is None or not reach_of(session, actor, "pack.edit").keeps(row.organisation_id):
        raise NotFoundError("没有这份自有规则")
    return row


def seen_pack(session: Session, own_id: int, actor: Actor) -> OwnPack:
    """The file, for who may see what of it was handed over.

    Raises:
        NotFoundError: as `kept_pack`.
    """
    row = session.get(OwnPack, own_id)
    if row is None or not reach_of(session, actor, "competition.view").sees(row.organisation_id):
        raise NotFoundError("没有这份自有规则")
    return row


@dataclass(frozen=True, slots=True)
class SetPackHome:
    """Whose a rule file is from now on; None: the server's."""

    code: str
    organisation_id: int | None
    actor: Actor


def set_pack_home(command: SetPackHome) -> None:
    """Store it. Competitions that have chosen the file keep it, whosever they are.

    Raises:
        NotFoundError: no such file, or no such organisation.
    """
    with transaction() as session:
        if command.organisation_id is not None:
            held_organisation(session, command.organisation_id)
        row = session.scalar(select(OwnPack).where(OwnPack.code == command.code).with_for_update(key_share=True))
        if row is None:
            raise NotFoundError("没有编号为“%(id)s”的规则包", id=command.code)
        detail = {"before": row.organisation_id, "organisation": command.organisation_id}
        row.organisation_id = command.organisation_id
        record(session, command.actor.act("pack.moved", f"own_pack:{row.id}", None, detail))


def offered_to(session: Session, packs: Iterable[Pack], organisations: Set[int | None]) -> tuple[Pack, ...]:
    """Those of `packs` that competitions of these organisations may choose: the shipped, the server's, their own."""
    found = tuple(packs)
    if all(pack.version is None for pack in found):
        return found
    elsewhere = {row.code for row in own_rows(session) if row.organisation_id not in {None, *organisations}}
    return tuple(pack for pack in found if pack.id not in elsewhere)


def packs_seen_by(session: Session, actor: Actor) -> tuple[Pack, ...]:
    """What somebody may look at and choose, for the competitions worked on and for new ones of organisations run."""
    packs, reach = known_packs(session), reach_of(session, actor, "competition.view")
    if reach.is_everywhere or actor.permits("account.manage"):
        return packs
    return offered_to(session, packs, reach.organisations | actor.organisations)
