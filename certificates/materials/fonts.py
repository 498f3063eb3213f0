"""补字 fonts of a competition as use cases, and which characters of its people nobody can draw."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates.materials.models import SupplementFont
from certificates.materials.sandbox import read_in_child
from certificates.materials.stored_files import content_of, keep_file
from certificates.pdf.fonts import FontBook, house_fonts, installed_last_resort
from certificates.pdf.truetype import FontFileError
from competitions.setup import locked_competition
from core.audit import record
from core.auth import Actor
from core.characters import standard_characters
from core.clock import now
from core.db import db, transaction
from core.errors import ConflictError, NotFoundError

MOST_FONTS = 8
MOST_BYTES = 7 * 2**20
FOLDER = "fonts"


@dataclass(frozen=True, slots=True)
class AddFont:
    """Take in a TTF or OTF font."""

    competition_id: int
    filename: str
    data: bytes
    actor: Actor


@dataclass(frozen=True, slots=True)
class WithdrawFont:
    """Use a font no longer."""

    competition_id: int
    font_id: int
    actor: Actor


def add_font(command: AddFont) -> int:
    """Keep of a font what the house lacks; returns its id.

    Raises:
        FontFileError: too large.
        UnreadableFileError: not a font, damaged, embedding forbidden, nothing that is lacking.
        ConflictError: it is there already, or there are too many.
    """
    filename = Path(command.filename).name[:80] or "font"
    if len(command.data) > MOST_BYTES:
        raise FontFileError("“%(file)s”超过 %(most)s MB", file=filename, most=MOST_BYTES // 2**20)
    ready = read_in_child("font", filename, command.data)
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        offered = fonts(competition.id)
        digest = keep_file(session, ready.content)
        if any(font.digest == digest for font in offered):
            raise ConflictError("这个字体已经上传过了")
        if len(offered) >= MOST_FONTS:
            raise ConflictError("一场竞赛最多用 %(n)s 个补字字体，请先停用不用的", n=MOST_FONTS)
        font = SupplementFont(
            competition_id=competition.id,
            name=ready.facts["family"],
            filename=filename,
            source_digest=hashlib.sha256(command.data).hexdigest(),
            digest=digest,
            characters=ready.facts["characters"],
            added_at=now(),
            added_by=command.actor.name,
        )
        session.add(font)
        session.flush()
        detail = {
            "filename": filename,
            "source_digest": font.source_digest,
            "digest": digest,
            "characters": len(font.characters),
        }
        record(session, command.actor.act("font.added", f"supplement_font:{font.id}", competition.id, detail))
        return font.id


def withdraw_font(command: WithdrawFont) -> None:
    """Use a font no longer for new certificates; issued ones keep theirs.

    Raises:
        NotFoundError: no such font in this competition.
    """
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        font = session.get(SupplementFont, command.font_id)
        if font is None or font.competition_id != competition.id or font.withdrawn_at is not None:
            raise NotFoundError("这场竞赛里没有这个字体")
        font.withdrawn_at = now()
        detail = {"filename": font.filename, "digest": font.digest}
        record(session, command.actor.act("font.withdrawn", f"supplement_font:{font.id}", competition.id, detail))


def fonts(competition_id: int, session: Session | None = None) -> list[SupplementFont]:
    """The 补字 fonts in use in a competition, in the order in which they are tried: as they were added."""
    query = select(SupplementFont).where(
        SupplementFont.competition_id == competition_id, SupplementFont.withdrawn_at.is_(None)
    )
    return list((session or db.session()).scalars(query.order_by(SupplementFont.id)))


def font_digests(competition_id: int) -> tuple[str, ...]:
    """What `book_of` is asked with for certificates of a competition."""
    return tuple(font.digest for font in fonts(competition_id))


def book_of(digests: Sequence[str]) -> FontBook:
    """The faces of the house, then these 补字 fonts, then what the machine adds."""
    if not digests:
        return house_fonts()
    folder = current_app.config["SETTINGS"].instance / FOLDER
    return _book(tuple(_file_of(folder, digest) for digest in digests))


@lru_cache(maxsize=8)
def _book(paths: tuple[Path, ...]) -> FontBook:
    return FontBook(supplements=paths, last_resort=installed_last_resort())


def _file_of(folder: Path, digest: str) -> Path:
    """The font as a file: faces are mapped from disk. It is written from the database where it is missing."""
    path: Path = folder / f"{digest}.ttf"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        part = folder / f"{digest}.{secrets.token_hex(4)}"
        part.write_bytes(content_of(digest))
        part.replace(path)
    return path


def undrawable(competition_id: int, text: str) -> tuple[str, ...]:
    """The characters of a text that no font at hand draws, after old code points were brought to the standard."""
    return book_of(font_digests(competition_id)).missing(standard_characters(text))
