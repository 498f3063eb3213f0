"""An organiser's layouts as use cases: copied or read in, saved as versions that stay, withdrawn."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates.layouts.layout import ImageItem, Layout
from certificates.layouts.loading import builtin_layouts, builtin_source, load_layout
from certificates.layouts.reader import LayoutError, read_json
from certificates.materials.models import LayoutPicture, LayoutVersion, OwnLayout
from competitions.setup import locked_competition
from core.audit import record
from core.auth import Actor
from core.clock import now
from core.db import db, transaction
from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.rows import row_in

MOST_LAYOUTS = 100
MOST_VERSIONS = 1000
LONGEST_REASON = 300
OWN_PREFIX = "own-"


class OutdatedLayoutError(ConflictError):
    """Somebody else has saved a version since this one was begun."""

    code = "outdated_layout"


@dataclass(frozen=True, slots=True)
class AddLayout:
    """Begin a layout of one's own: a copy of another one, or what was read from a file."""

    competition_id: int
    document: Mapping[str, Any]
    reason: str
    actor: Actor


@dataclass(frozen=True, slots=True)
class SaveLayout:
    """Save a new version. `based_on` is the number of the version that it was made from."""

    competition_id: int
    layout_id: int
    document: Mapping[str, Any]
    based_on: int
    reason: str
    actor: Actor


@dataclass(frozen=True, slots=True)
class WithdrawLayout:
    """Offer a layout no longer, or offer it again."""

    competition_id: int
    layout_id: int
    is_withdrawn: bool
    actor: Actor


def add_layout(command: AddLayout) -> int:
    """Store a layout with its first version and return the layout's id.

    Raises:
        LayoutError: the document is not a layout, or names a picture that is not there.
        ConflictError: there are too many.
        NotFoundError: no such competition.
    """
    layout = load_layout(command.document)
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        _require_pictures(session, competition.id, layout)
        if len(own_layouts(competition.id)) >= MOST_LAYOUTS:
            raise ConflictError("一场竞赛最多存 %(n)s 个版式，请先停用不用的", n=MOST_LAYOUTS)
        own = OwnLayout(competition_id=competition.id, name=layout.name)
        session.add(own)
        session.flush()
        _add_version(session, own, layout, (command.document, command.reason, command.actor))
        return own.id


def save_layout(command: SaveLayout) -> int:
    """Store a new version and return its number; what is the same as the newest one makes none.

    Raises:
        LayoutError: the document is not a layout, or names a picture that is not there.
        OutdatedLayoutError: a version was saved meanwhile.
        InvalidInputError: no reason.
        NotFoundError: no such layout in this competition.
    """
    layout = load_layout(command.document)
    if not command.reason.strip():
        raise InvalidInputError("请写明改了什么，日后查对要用")
    with transaction() as session:
        own = own_layout_of(session, command.competition_id, command.layout_id, lock=True)
        if own.newest != command.based_on:
            raise OutdatedLayoutError(
                "有人刚刚保存了第 %(n)s 版，您的改动没有保存；请导出您的改动，刷新后再合并", n=own.newest
            )
        if version_of(session, own, own.newest).digest == layout.digest:
            return own.newest
        if own.newest >= MOST_VERSIONS:
            raise ConflictError("一个版式最多存 %(n)s 版，请复制成新的版式再改", n=MOST_VERSIONS)
        _require_pictures(session, own.competition_id, layout)
        _add_version(session, own, layout, (command.document, command.reason, command.actor))
        return own.newest


def withdraw_layout(command: WithdrawLayout) -> None:
    """Offer a layout no longer for new issues, or offer it again; issued certificates keep theirs.

    Raises:
        NotFoundError: no such layout in this competition.
    """
    with transaction() as session:
        own = own_layout_of(session, command.competition_id, command.layout_id, lock=True)
        if (own.withdrawn_at is not None) == command.is_withdrawn:
            return
        own.withdrawn_at = now() if command.is_withdrawn else None
        action = "layout.withdrawn" if command.is_withdrawn else "layout.restored"
        act = command.actor.act(action, f"own_layout:{own.id}", own.competition_id, {"name": own.name})
        record(session, act)


def _add_version(session: Session, own: OwnLayout, layout: Layout, made: tuple[Mapping[str, Any], str, Actor]) -> None:
    document, reason, actor = made
    own.newest += 1
    own.name = layout.name
    reason = reason.strip()[:LONGEST_REASON]
    session.add(
        LayoutVersion(
            own_layout_id=own.id,
            number=own.newest,
            document=dict(document),
            digest=layout.digest,
            reason=reason,
            made_at=now(),
            made_by=actor.name,
        )
    )
    detail = {"name": layout.name, "version": own.newest, "digest": layout.digest, "reason": reason}
    record(session, actor.act("layout.saved", f"own_layout:{own.id}", own.competition_id, detail))


def _require_pictures(session: Session, competition_id: int, layout: Layout) -> None:
    query = select(LayoutPicture.name).where(
        LayoutPicture.competition_id == competition_id, LayoutPicture.withdrawn_at.is_(None)
    )
    known = set(session.scalars(query))
    if layout.background_asset is not None and layout.background_asset not in known:
        raise LayoutError("版式的背景用了没有上传的图片“%(name)s”，请先上传", name=layout.background_asset)
    for number, item in enumerate(layout.items, start=1):
        if isinstance(item, ImageItem) and item.asset not in known:
            raise LayoutError(
                "版式第 %(number)s 项“%(id)s”用了没有上传的图片“%(name)s”，请先上传",
                number=number,
                id=item.id,
                name=item.asset,
            )


def pictures_of(layout: Layout) -> set[str]:
    """The names of the pictures that a layout shows."""
    names = {item.asset for item in layout.items if isinstance(item, ImageItem)}
    return names | ({layout.background_asset} if layout.background_asset else set())


def own_layouts(competition_id: int, *, with_withdrawn: bool = False) -> list[OwnLayout]:
    """The layouts of a competition, the latest begun first."""
    query = select(OwnLayout).where(OwnLayout.competition_id == competition_id).order_by(OwnLayout.id.desc())
    if not with_withdrawn:
        query = query.where(OwnLayout.withdrawn_at.is_(None))
    return list(db.session.scalars(query))


def own_layout_of(session: Session, competition_id: int, layout_id: int, *, lock: bool = False) -> OwnLayout:
    """A layout of this competition.

    Raises:
        NotFoundError: none, or of another competition.
    """
    return row_in(session, OwnLayout, competition_id, layout_id, NotFoundError("这场竞赛里没有这个版式"), lock=lock)


def version_of(session: Session, own: OwnLayout, number: int) -> LayoutVersion:
    """One version of a layout.

    Raises:
        NotFoundError: no version of this number.
    """
    query = select(LayoutVersion).where(LayoutVersion.own_layout_id == own.id, LayoutVersion.number == number)
    version = session.scalar(query)
    if version is None:
        raise NotFoundError("版式没有第 %(n)s 版", n=number)
    return version


def key_of(own: OwnLayout) -> str:
    """How an issue names the newest version of a layout of one's own: ``own-12-3``."""
    return f"{OWN_PREFIX}{own.id}-{own.newest}"


def document_of(session: Session, competition_id: int, key: str) -> Mapping[str, Any]:
    """The data of a layout by its key: the name of a built-in one, or `key_of` one's own.

    Raises:
        NotFoundError: no such layout, or a withdrawn one.
    """
    if not key.startswith(OWN_PREFIX):
        return read_json(builtin_source(key))
    numbers = key.removeprefix(OWN_PREFIX).split("-")
    if len(numbers) != 2 or not all(part.isascii() and part.isdigit() and len(part) < 10 for part in numbers):
        raise NotFoundError("没有名为“%(name)s”的版式；可用：%(names)s", name=key, names="、".join(builtin_layouts()))
    own = own_layout_of(session, competition_id, int(numbers[0]))
    if own.withdrawn_at is not None:
        raise NotFoundError("版式“%(name)s”已停用", name=own.name)
    return version_of(session, own, int(numbers[1])).document
