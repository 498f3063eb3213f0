"""Pictures of seals: printed only with a recorded authorisation that a second person has confirmed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates.layouts.layout import Layout, SealItem
from certificates.layouts.names import item_name
from certificates.materials.models import SealAuthorisation
from certificates.materials.pictures import MOST_BYTES
from certificates.materials.sandbox import read_in_child
from certificates.materials.stored_files import keep_file
from certificates.pdf.scene import Problem
from competitions.setup import locked_competition
from core.audit import record
from core.auth import Actor
from core.clock import competition_day, now
from core.db import db, transaction
from core.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from core.messages import said
from core.rows import row_in

BLANK = "seal."
"""A seal item whose picture is called ``seal.1`` and so on is a place for ink and stays blank."""
LONGEST = 120


class SealError(InvalidInputError):
    """An authorisation is not complete; the sentence says what is missing."""


class SealNotAuthorisedError(ConflictError):
    """A certificate would bear a seal for which there is no leave now."""

    code = "seal_not_authorised"


@dataclass(frozen=True, slots=True)
class SealPaper:
    """What the paper says that gives leave to print a seal."""

    name: str
    owner: str
    authorised_by: str
    document: str
    valid_from: date
    valid_until: date


@dataclass(frozen=True, slots=True)
class RecordSeal:
    """Record the picture of a seal and the leave to print it."""

    competition_id: int
    paper: SealPaper
    data: bytes
    actor: Actor


@dataclass(frozen=True, slots=True)
class ConfirmSeal:
    """A second person has held the record against the paper."""

    competition_id: int
    seal_id: int
    actor: Actor


@dataclass(frozen=True, slots=True)
class RevokeSeal:
    """The leave has ended, or never was."""

    competition_id: int
    seal_id: int
    reason: str
    actor: Actor


def record_seal(command: RecordSeal) -> int:
    """Store an authorisation that still waits to be confirmed; returns its id.

    Raises:
        SealError: something is missing, or the dates are the wrong way round.
        UnreadableFileError: not a picture, or too large.
        ConflictError: there is one of this name that has not been revoked.
    """
    paper = _whole(command.paper)
    if not 0 < len(command.data) <= MOST_BYTES:
        raise SealError("请选择印章图片（PNG 或 JPEG，不超过 %(most)s MB）", most=MOST_BYTES // 2**20)
    ready = read_in_child("seal", paper.name, command.data)
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        if any(seal.name == paper.name and seal.revoked_at is None for seal in seals(competition.id)):
            raise ConflictError("已有名为“%(name)s”的印章授权，请先撤销它或换一个名称", name=paper.name)
        seal = SealAuthorisation(
            competition_id=competition.id,
            name=paper.name,
            owner=paper.owner,
            digest=keep_file(session, ready.content),
            authorised_by=paper.authorised_by,
            document=paper.document,
            valid_from=paper.valid_from,
            valid_until=paper.valid_until,
            recorded_at=now(),
            recorded_by=command.actor.key,
            recorded_by_name=command.actor.name,
        )
        session.add(seal)
        session.flush()
        record(session, command.actor.act("seal.recorded", _target(seal), competition.id, _detail(seal)))
        return seal.id


def _whole(paper: SealPaper) -> SealPaper:
    words = (paper.name, paper.owner, paper.authorised_by, paper.document)
    name, owner, authorised_by, document = (word.strip()[:LONGEST] for word in words)
    if not all((name, owner, authorised_by, document)):
        raise SealError("印章名称、印主、授权人和授权文件都要填写")
    if name.startswith(BLANK):
        raise SealError("印章名称不能以 %(blank)s 开头：那是留空盖章处的名称", blank=BLANK)
    if paper.valid_until < paper.valid_from:
        raise SealError("授权的截止日期早于开始日期")
    return SealPaper(name, owner, authorised_by, document, paper.valid_from, paper.valid_until)


def confirm_seal(command: ConfirmSeal) -> None:
    """Put an authorisation into force.

    Raises:
        NotFoundError: no such authorisation in this competition.
        ConflictError: it is confirmed or revoked already.
        NotAllowedError: whoever recorded it cannot confirm it.
    """
    with transaction() as session:
        seal = _locked(session, command.competition_id, command.seal_id)
        if seal.revoked_at is not None or seal.confirmed_at is not None:
            raise ConflictError("“%(name)s”的授权已经确认过或撤销了", name=seal.name)
        if seal.recorded_by == command.actor.key:
            raise NotAllowedError("印章授权须由登记人以外的另一个人对照授权文件确认")
        seal.confirmed_at, seal.confirmed_by = now(), command.actor.name
        record(session, command.actor.act("seal.confirmed", _target(seal), seal.competition_id, _detail(seal)))


def revoke_seal(command: RevokeSeal) -> None:
    """End an authorisation: nothing more is issued with this seal; what was issued stays.

    Raises:
        NotFoundError: no such authorisation in this competition.
        SealError: no reason.
        ConflictError: it was revoked already.
    """
    if not command.reason.strip():
        raise SealError("请写明撤销印章授权的理由")
    with transaction() as session:
        seal = _locked(session, command.competition_id, command.seal_id)
        if seal.revoked_at is not None:
            raise ConflictError("“%(name)s”的授权已经撤销", name=seal.name)
        seal.revoked_at, seal.revoked_by = now(), command.actor.name
        seal.revocation_reason = command.reason.strip()[:300]
        detail = _detail(seal) | {"reason": seal.revocation_reason}
        record(session, command.actor.act("seal.revoked", _target(seal), seal.competition_id, detail))


def _locked(session: Session, competition_id: int, seal_id: int) -> SealAuthorisation:
    locked_competition(session, competition_id)
    return seal_of(session, competition_id, seal_id)


def _target(seal: SealAuthorisation) -> str:
    return f"seal_authorisation:{seal.id}"


def _detail(seal: SealAuthorisation) -> dict[str, str]:
    return {
        "name": seal.name,
        "owner": seal.owner,
        "digest": seal.digest,
        "authorised_by": seal.authorised_by,
        "document": seal.document,
        "valid": f"{seal.valid_from.isoformat()}/{seal.valid_until.isoformat()}",
    }


def seals(competition_id: int) -> list[SealAuthorisation]:
    """Every authorisation of a competition, the latest first."""
    query = select(SealAuthorisation).where(SealAuthorisation.competition_id == competition_id)
    return list(db.session.scalars(query.order_by(SealAuthorisation.id.desc())))


def seal_of(session: Session, competition_id: int, seal_id: int) -> SealAuthorisation:
    """An authorisation of this competition.

    Raises:
        NotFoundError: none, or of another competition.
    """
    return row_in(session, SealAuthorisation, competition_id, seal_id, NotFoundError("这场竞赛里没有这份印章授权"))


def is_in_force(seal: SealAuthorisation, day: date) -> bool:
    """Whether a seal may be printed on a day."""
    return seal.confirmed_at is not None and seal.revoked_at is None and seal.valid_from <= day <= seal.valid_until


def seals_in_force(competition_id: int) -> dict[str, SealAuthorisation]:
    """The seals that may be printed today, by name."""
    today = competition_day()
    return {seal.name: seal for seal in seals(competition_id) if is_in_force(seal, today)}


def named_seals(layout: Layout) -> list[SealItem]:
    """The items of a layout that ask for the picture of a seal, not for a blank place."""
    return [item for item in layout.items if isinstance(item, SealItem) and not item.asset.startswith(BLANK)]


def seal_problems(layout: Layout, values: Mapping[str, str], owners: Mapping[str, str]) -> Iterable[Problem]:
    """What keeps the seals of a certificate from being printed.

    Args:
        layout, values: the certificate.
        owners: of the seals in force, by name.
    """
    for item in named_seals(layout):
        if not item.is_visible(values):
            continue
        owner = "".join(part.text if not part.is_variable else values.get(part.text, "") for part in item.owner.parts)
        if item.asset not in owners:
            words = said(
                "第“%(item)s”项：印章“%(seal)s”没有有效的授权，只能留空盖章", item=item_name(item.id), seal=item.asset
            )
            yield Problem("seal", item.id, item.box, words)
        elif owners[item.asset] != owner.strip():
            words = said(
                "第“%(item)s”项：印章“%(seal)s”是%(owner)s的，不能盖在“%(place)s”处",
                item=item_name(item.id),
                seal=item.asset,
                owner=owners[item.asset],
                place=owner,
            )
            yield Problem("seal", item.id, item.box, words)
