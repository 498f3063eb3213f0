"""All rule files that an installation knows: those that come with the product, and its own that are in force."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from competitions.pack_editing.models import OwnPack, OwnPackVersion, Verdict
from competitions.standards.loader import load_packs, read_pack
from competitions.standards.model import Pack
from core.errors import ConflictError


class WithdrawnPackError(ConflictError):
    """A competition has chosen rules that are not in force."""

    code = "pack_not_in_force"


@lru_cache(maxsize=256)
def pack_of_document(document: str, code: str, number: int) -> Pack:
    """A version's rules. Documents never change, so that each is read once."""
    return replace(read_pack(document, f"{code}.yaml"), version=number)


def version_in_force(pack: OwnPack) -> OwnPackVersion | None:
    """The newest version that was put in force, unless it was withdrawn; a withdrawal brings no older one back."""
    decided = [version for version in pack.versions if version.verdict in (Verdict.IN_FORCE, Verdict.WITHDRAWN)]
    newest = decided[-1] if decided else None
    return newest if newest is not None and newest.verdict is Verdict.IN_FORCE else None


def pack_as_of(session: Session, pack_id: str, number: int) -> Pack | None:
    """One version of an installation's own rules, in force or not; None where there is none of this number."""
    query = (
        select(OwnPackVersion.document)
        .join(OwnPackVersion.pack)
        .where(OwnPack.code == pack_id, OwnPackVersion.number == number)
    )
    document = session.scalar(query)
    return None if document is None else pack_of_document(document, pack_id, number)


def own_packs(session: Session) -> tuple[Pack, ...]:
    """The installation's own rules that are in force, by id."""
    return tuple(
        pack_of_document(version.document, row.code, version.number)
        for row in own_rows(session)
        if (version := version_in_force(row)) is not None
    )


def own_rows(session: Session) -> Sequence[OwnPack]:
    """Every rule file that an organiser keeps, with versions and decisions, by code."""
    query = select(OwnPack).order_by(OwnPack.code)
    with_all = selectinload(OwnPack.versions).selectinload(OwnPackVersion.decisions)
    return session.scalars(query.options(with_all)).all()


def known_packs(session: Session) -> tuple[Pack, ...]:
    """Everything that a competition can choose, by id: the shipped rules and the installation's own."""
    return (*load_packs(), *own_packs(session))


def chosen_pack(session: Session, pack_id: str) -> Pack | None:
    """The rules that a programme has chosen; None where it has chosen none.

    Own rules speak only of competitions that choose them: nobody's rules come over another's competition unasked.

    Raises:
        WithdrawnPackError: they were withdrawn, or were never put in force.
    """
    if not pack_id:
        return None
    found = next((pack for pack in known_packs(session) if pack.id == pack_id), None)
    if found is None:
        raise WithdrawnPackError("所选的规则包“%(id)s”没有施行或已经停用，请在竞赛资料里另选", id=pack_id)
    return found
