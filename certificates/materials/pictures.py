"""Pictures and pages that layouts show by name, as use cases: checked when they come in, withdrawn when unused."""

import re
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates.layouts.loading import load_layout
from certificates.materials.models import LayoutPicture
from certificates.materials.own_layouts import own_layouts, pictures_of, version_of
from certificates.materials.sandbox import read_in_child
from certificates.materials.stored_files import keep_file
from competitions.setup import locked_competition
from core.audit import record
from core.auth import Actor
from core.clock import now
from core.db import db, transaction
from core.errors import ConflictError, InvalidInputError, NotFoundError

MOST_PICTURES = 60
MOST_BYTES = 7 * 2**20
_NAME = re.compile(r"[\w\-（）()·. ]{1,40}")


class PictureError(InvalidInputError):
    """A picture cannot be taken in; the sentence says why."""


@dataclass(frozen=True, slots=True)
class AddPicture:
    """Take in a PNG, a JPEG or a PDF page under a name."""

    competition_id: int
    name: str
    filename: str
    data: bytes
    actor: Actor


@dataclass(frozen=True, slots=True)
class WithdrawPicture:
    """Offer a picture no longer."""

    competition_id: int
    picture_id: int
    actor: Actor


def add_picture(command: AddPicture) -> int:
    """Check and store a picture; returns its id.

    Raises:
        PictureError: no usable name, too large.
        AssetError, PageError: damaged, too many pixels, encrypted, not one page.
        ConflictError: the name is taken, or there are too many.
    """
    name = command.name.strip()
    if not _NAME.fullmatch(name) or name.startswith("seal."):
        raise PictureError("图片名称请用 1 至 40 个字：文字、数字、横线、点，不能以 seal. 开头")
    if len(command.data) > MOST_BYTES:
        raise PictureError("“%(file)s”超过 %(most)s MB", file=command.filename, most=MOST_BYTES // 2**20)
    ready = read_in_child("picture", name, command.data)
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        offered = pictures(competition.id)
        if any(picture.name == name for picture in offered):
            raise ConflictError("已有名为“%(name)s”的图片，请换一个名称", name=name)
        if len(offered) >= MOST_PICTURES:
            raise ConflictError("一场竞赛最多存 %(n)s 张图片，请先删去不用的", n=MOST_PICTURES)
        picture = LayoutPicture(
            competition_id=competition.id,
            name=name,
            filename=command.filename[:200],
            digest=keep_file(session, ready.content),
            kind=ready.facts["kind"],
            size=ready.facts["size"],
            remark=ready.facts["remark"],
            added_at=now(),
            added_by=command.actor.name,
        )
        session.add(picture)
        session.flush()
        detail = {"name": name, "filename": picture.filename, "digest": picture.digest, "kind": picture.kind}
        record(session, command.actor.act("picture.added", f"layout_picture:{picture.id}", competition.id, detail))
        return picture.id


def withdraw_picture(command: WithdrawPicture) -> None:
    """Offer a picture no longer; what was issued with it keeps it.

    Raises:
        NotFoundError: no such picture in this competition.
        ConflictError: the newest version of a layout shows it.
    """
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        picture = picture_of(session, competition.id, command.picture_id)
        for own in own_layouts(competition.id):
            if picture.name in pictures_of(load_layout(version_of(session, own, own.newest).document)):
                raise ConflictError("版式“%(name)s”正在用这张图片，请先改版式", name=own.name)
        picture.withdrawn_at = now()
        detail = {"name": picture.name, "digest": picture.digest}
        record(session, command.actor.act("picture.withdrawn", f"layout_picture:{picture.id}", competition.id, detail))


def pictures(competition_id: int) -> list[LayoutPicture]:
    """The pictures that layouts of a competition may show, by name."""
    query = select(LayoutPicture).where(
        LayoutPicture.competition_id == competition_id, LayoutPicture.withdrawn_at.is_(None)
    )
    return list(db.session.scalars(query.order_by(LayoutPicture.name)))


def picture_of(session: Session, competition_id: int, picture_id: int) -> LayoutPicture:
    """A picture of this competition that is still offered.

    Raises:
        NotFoundError: none.
    """
    picture = session.get(LayoutPicture, picture_id)
    if picture is None or picture.competition_id != competition_id or picture.withdrawn_at is not None:
        raise NotFoundError("这场竞赛里没有这张图片")
    return picture
