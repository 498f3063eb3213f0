"""The front door of this package: render a certificate, check one before it is issued, preview one."""

import threading
from collections.abc import Mapping

from certificates.layouts.layout import ImageItem, Layout, SealItem
from certificates.pdf.assets import NO_ASSETS, AssetError, Assets
from certificates.pdf.composing import Composer, refused_item
from certificates.pdf.fonts import FontBook, house_fonts
from certificates.pdf.plain import draft_plain
from certificates.pdf.press import Press
from certificates.pdf.reading import picture_of
from certificates.pdf.scene import Placed, Problem
from certificates.pdf.signing import Signer
from core.characters import standard_characters

RENDERER = "1"
"""Version of what is drawn: raised whenever the bytes of certificates change, as tests of pinned bytes will say."""
DRAWING = threading.Lock()
"""Held by whoever stamps or draws: neither ReportLab nor a press's groups are made for several threads at once."""
_MOST_PRESSES = 4
_presses: dict[tuple[object, ...], Press] = {}


def render(
    layout: Layout,
    values: Mapping[str, str],
    assets: Assets = NO_ASSETS,
    fonts: FontBook | None = None,
    signer: Signer | None = None,
) -> bytes:
    """Make one certificate.

    What certificates of a group share is kept between calls, so that the next one takes a fraction of a millisecond.

    Args:
        layout: the layout.
        values: by variable name; see `Layout.variables`.
        assets: pictures that the layout names.
        fonts: the faces at hand; the house fonts if None.
        signer: signs the file, or None.

    Returns:
        A PDF/A-2a and PDF/UA-1 file of one page; the same arguments give the same bytes, signed ones too if the
        signer is deterministic.

    Raises:
        CertificateRefusedError: a character that nobody can draw, text that does not fit, a value that is missing.
        AssetError: a picture is missing or unusable.
        IssueDayError: `issue.day` is not a date.
        UndatedSignatureError: a signature needs `issue.day`, which has no value.
    """
    key = (layout.digest, assets.key(), fonts, signer)
    with DRAWING:
        press = _presses.get(key)
        if press is None:
            press = _presses[key] = Press(layout, assets, fonts, signer)
            if len(_presses) > _MOST_PRESSES:
                _presses.pop(next(iter(_presses)))
        return press.stamp(standard_values(values))


def check(
    layout: Layout, values: Mapping[str, str], assets: Assets = NO_ASSETS, fonts: FontBook | None = None
) -> list[Problem]:
    """Find what is wrong with a certificate without making it.

    Args:
        layout, values, assets, fonts: as for `render`.

    Returns:
        Problems in the order of the items; those of severity `ERROR` are why `render` would refuse.
    """
    composer = Composer(layout, fonts or house_fonts())
    placed = composer.place_all(layout.items, standard_values(values))
    return [problem for one in placed for problem in (*one.problems, *_asset_problems(one, assets))]


def preview_png(
    layout: Layout,
    values: Mapping[str, str],
    dpi: int = 96,
    assets: Assets = NO_ASSETS,
    fonts: FontBook | None = None,
) -> bytes:
    """Draw a certificate as a picture, as far as it can be drawn: what `check` finds is left out or overflows.

    Args:
        layout, values, assets, fonts: as for `render`.
        dpi: 24 to 300 pixels per inch.

    Returns:
        A PNG file.

    Raises:
        AssetError: a picture is missing or unusable.
    """
    with DRAWING:
        draft = draft_plain(layout, standard_values(values), assets, fonts)
    return picture_of(draft, dpi)


def standard_values(values: Mapping[str, str]) -> dict[str, str]:
    """Replace old private-use code points in all values by the standard ones."""
    return {name: standard_characters(value) for name, value in values.items()}


def _asset_problems(placed: Placed, assets: Assets) -> list[Problem]:
    item = placed.item
    optional = isinstance(item, SealItem) and item.asset not in assets.images
    if not isinstance(item, ImageItem | SealItem) or optional:
        return []
    try:
        assets.image(item.asset)
    except AssetError as error:
        return [refused_item("bad_asset", item, error)]
    return []
