"""Many certificates of one layout: every one that can be made is made, every one that cannot is named with its row."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

from certificates.issue.recipients import Recipient
from certificates.layouts.layout import Layout
from certificates.pdf.assets import NO_ASSETS, Assets
from certificates.pdf.fonts import FontBook, house_fonts, installed_last_resort
from certificates.pdf.press import Press
from certificates.pdf.rendering import standard_values
from certificates.pdf.signing import Signer
from core.errors import DomainError

_CHUNK = 200


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one row.

    Attributes:
        recipient: the row.
        pdf: the certificate, or None if it was refused.
        refusal: why, or None.
    """

    recipient: Recipient
    pdf: bytes | None
    refusal: str | None


def make_certificates(
    layout: Layout,
    recipients: Iterable[Recipient],
    assets: Assets = NO_ASSETS,
    signer: Signer | None = None,
    workers: int = 1,
    fonts: tuple[Path, ...] = (),
) -> Iterator[Outcome]:
    """Make certificates one after the other.

    Args:
        layout: the layout.
        recipients: in the order wanted; memory does not grow with their number.
        assets: pictures that the layout names.
        signer: signs every certificate, or None; with several workers each gets a copy.
        workers: processes to use; the result does not depend on it.
        fonts: supplements as `FontBook` takes them.

    Yields:
        One outcome a row, in the order given. A certificate number that an earlier row has is refused.
    """
    entries = _numbered_once(recipients)
    if workers == 1:
        press = Press(layout, assets, book_with(fonts), signer)
        for entry in entries:
            yield _outcome(press, entry)
        return
    with ProcessPoolExecutor(workers, initializer=_start_worker, initargs=(layout, assets, signer, fonts)) as pool:
        # A window of chunks at a time: submitting all of them would hold all results in memory.
        chunks = iter(partial(_chunk, entries), [])
        while window := list(islice(chunks, 2 * workers)):
            for outcomes in pool.map(_outcomes, window):
                yield from outcomes


def book_with(fonts: tuple[Path, ...]) -> FontBook:
    """The faces at hand with these supplements; errors as `FontBook`."""
    return FontBook(fonts, installed_last_resort()) if fonts else house_fonts()


def file_name(recipient: Recipient) -> str:
    """Name a certificate's file after its number, else after its row: safe on every system, unique in the list."""
    number = recipient.values.get("cert.number", "")
    safe = "".join(c if c.isalnum() or c in "-_()（）〔〕" else "-" for c in number)
    return f"{safe}.pdf" if safe else f"row-{recipient.row:05d}.pdf"


def _numbered_once(recipients: Iterable[Recipient]) -> Iterator[tuple[Recipient, str | None]]:
    rows: dict[str, int] = {}
    for recipient in recipients:
        name = file_name(recipient).casefold()
        first = rows.setdefault(name, recipient.row)
        yield recipient, None if first == recipient.row else f"证书编号与第 {first} 行相同"


_Entry = tuple[Recipient, str | None]
_worker_press: list[Press] = []
"""The press of a worker process."""


def _chunk(entries: Iterator[_Entry]) -> list[_Entry]:
    return list(islice(entries, _CHUNK))


def _start_worker(layout: Layout, assets: Assets, signer: Signer | None, fonts: tuple[Path, ...]) -> None:
    _worker_press[:] = [Press(layout, assets, book_with(fonts), signer)]


def _outcomes(chunk: list[_Entry]) -> list[Outcome]:
    return [_outcome(_worker_press[0], entry) for entry in chunk]


def _outcome(press: Press, entry: _Entry) -> Outcome:
    recipient, refusal = entry
    if refusal is not None:
        return Outcome(recipient, None, refusal)
    try:
        return Outcome(recipient, press.stamp(standard_values(recipient.values)), None)
    except DomainError as error:
        return Outcome(recipient, None, str(error))
