"""A layout with all that it is drawn with: chosen for an issue, frozen with it, and found again for every download."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates.layouts.layout import Layout
from certificates.layouts.loading import load_layout
from certificates.materials.fonts import book_of, font_digests
from certificates.materials.models import SealAuthorisation
from certificates.materials.own_layouts import document_of, pictures_of
from certificates.materials.pictures import pictures
from certificates.materials.seals import (
    BLANK,
    SealNotAuthorisedError,
    is_in_force,
    named_seals,
    seal_problems,
    seals_in_force,
)
from certificates.materials.stored_files import content_of
from certificates.models import Layout as StoredLayout
from certificates.pdf.assets import AssetError, Assets
from certificates.pdf.fonts import FontBook
from certificates.pdf.rendering import check
from certificates.pdf.scene import Problem
from core.clock import competition_day, now


@dataclass(frozen=True, slots=True)
class Drawn:
    """Pictures and faces that a layout is drawn with."""

    assets: Assets
    fonts: FontBook


@dataclass(frozen=True, slots=True)
class Chosen:
    """A layout as it would be frozen now."""

    layout: Layout
    document: Mapping[str, Any]
    images: Mapping[str, str]
    """Digests of its pictures by name."""
    seals: Mapping[str, SealAuthorisation]
    """The seals in force that it prints, by name."""
    fonts: tuple[str, ...]
    """Digests of the competition's 补字 fonts."""

    @property
    def drawn(self) -> Drawn:
        """Pictures, seals and faces."""
        stamped = {name: seal.digest for name, seal in self.seals.items()}
        return Drawn(_assets(tuple(sorted((dict(self.images) | stamped).items()))), book_of(self.fonts))

    def drawn_for(self, values: Mapping[str, str]) -> Drawn:
        """As `drawn`, without seals that may not stand on this certificate: a preview shows none over another name."""
        owners = {name: seal.owner for name, seal in self.seals.items()}
        barred = {problem.item for problem in seal_problems(self.layout, values, owners)}
        names = {item.asset for item in named_seals(self.layout) if item.id in barred}
        kept = {name: data for name, data in self.drawn.assets.images.items() if name not in names}
        return Drawn(Assets(kept), self.drawn.fonts)

    def problems(self, values: Mapping[str, str]) -> tuple[Problem, ...]:
        """What is wrong with a certificate of this layout: what `check` finds, and seals that may not be printed."""
        drawn = self.drawn
        owners = {name: seal.owner for name, seal in self.seals.items()}
        found = check(self.layout, values, drawn.assets, drawn.fonts)
        return (*found, *seal_problems(self.layout, values, owners))


def chosen_layout(session: Session, competition_id: int, key: str) -> Chosen:
    """A layout with what the competition has for it now.

    Args:
        session: for reading.
        competition_id: whose layouts, pictures, fonts and seals.
        key: see `own_layouts.document_of`.

    Raises:
        NotFoundError: no such layout.
        LayoutError: it is not one that this version of the program reads.
        AssetError: its background is not there.
    """
    return chosen_document(competition_id, document_of(session, competition_id, key))


def chosen_document(competition_id: int, document: Mapping[str, Any]) -> Chosen:
    """A layout that is not stored, as while it is edited; errors as `chosen_layout`."""
    layout = load_layout(document)
    offered = {picture.name: picture.digest for picture in pictures(competition_id)}
    images = {name: offered[name] for name in sorted(pictures_of(layout)) if name in offered}
    if layout.background_asset is not None and layout.background_asset not in images:
        raise AssetError("没有名为“%(name)s”的图片", name=layout.background_asset)
    return Chosen(layout, document, images, _seals_of(layout, competition_id), font_digests(competition_id))


def _seals_of(layout: Layout, competition_id: int) -> dict[str, SealAuthorisation]:
    wanted = {item.asset for item in named_seals(layout)}
    if not wanted:
        return {}
    return {name: seal for name, seal in seals_in_force(competition_id).items() if name in wanted}


def frozen(session: Session, chosen: Chosen, values: Iterable[Mapping[str, str]]) -> StoredLayout:
    """The stored copy of a layout with its materials, made at the first issue with them.

    Args:
        session: inside the issue's transaction.
        chosen: the layout.
        values: of the certificates; 补字 fonts are frozen with it only where a name needs them.
    """
    materials = _materials(chosen, needs_fonts=needs_fonts(chosen, values))
    digest = frozen_digest(chosen.layout.digest, materials)
    stored = session.scalar(select(StoredLayout).where(StoredLayout.digest == digest))
    if stored is None:
        stored = StoredLayout(
            name=chosen.layout.name,
            document=dict(chosen.document),
            digest=digest,
            materials=materials,
            created_at=now(),
        )
        session.add(stored)
        session.flush()
    return stored


def frozen_again(
    session: Session, competition_id: int, earlier: StoredLayout, values: Mapping[str, str]
) -> StoredLayout:
    """The layout of an earlier issue for a certificate that replaces one: its pictures, the fonts and seals of now."""
    layout = load_layout(earlier.document)
    images = (earlier.materials or {}).get("images", {})
    seals = _seals_of(layout, competition_id)
    chosen = Chosen(layout, earlier.document, images, seals, font_digests(competition_id))
    return frozen(session, chosen, [values])


def needs_fonts(chosen: Chosen, values: Iterable[Mapping[str, str]]) -> bool:
    """Whether one of these certificates has a character that only the competition's 补字 fonts draw."""
    if not chosen.fonts:
        return False
    house = book_of(())
    return any(house.missing(text) for one in values for text in one.values())


def _materials(chosen: Chosen, *, needs_fonts: bool) -> dict[str, Any]:
    materials: dict[str, Any] = {}
    if chosen.images:
        materials["images"] = dict(chosen.images)
    if chosen.seals:
        materials["seals"] = {
            name: {"digest": seal.digest, "authorisation": seal.id} for name, seal in sorted(chosen.seals.items())
        }
    if needs_fonts:
        materials["fonts"] = list(chosen.fonts)
    return materials


def frozen_digest(layout: str, materials: Mapping[str, Any]) -> str:
    """By what a stored layout is known: of the layout alone where it needs nothing else, as it has always been."""
    if not materials:
        return layout
    spelling = json.dumps(materials, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{layout} {spelling}".encode()).hexdigest()


def drawn_with(stored: StoredLayout) -> Drawn:
    """The pictures and faces that were frozen with a layout."""
    materials = stored.materials or {}
    seals = {name: seal["digest"] for name, seal in materials.get("seals", {}).items()}
    images = dict(materials.get("images", {})) | seals
    return Drawn(_assets(tuple(sorted(images.items()))), book_of(materials.get("fonts", ())))


@lru_cache(maxsize=16)
def _assets(digests: tuple[tuple[str, str], ...]) -> Assets:
    return Assets({name: content_of(digest) for name, digest in digests})


def require_seals(session: Session, stored: StoredLayout, values: Mapping[str, str]) -> None:
    """Stop a certificate whose seals may not be printed any more; an authorisation is held until the transaction ends.

    Raises:
        SealNotAuthorisedError: it was revoked or has run out since the layout was frozen.
    """
    if not any(_asks_for_seal(item) for item in stored.document["items"]):
        return
    today = competition_day()
    granted = [entry["authorisation"] for entry in (stored.materials or {}).get("seals", {}).values()]
    found = [session.get(SealAuthorisation, key, with_for_update=True) for key in sorted(granted)]
    owners = {seal.name: seal.owner for seal in found if seal is not None and is_in_force(seal, today)}
    for problem in seal_problems(load_layout(stored.document), values, owners):
        raise SealNotAuthorisedError("%(why)s；没有颁发", why=problem.message)


def _asks_for_seal(item: Mapping[str, Any]) -> bool:
    return item["type"] == "seal" and not item["asset"].startswith(BLANK)
