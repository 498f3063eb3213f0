"""Many certificates at once, as ZIP or for the printer: written while sent, so that memory does not grow."""

import io
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import BinaryIO, cast

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from certificates.issue.files import file_of, loaded
from certificates.layouts.layout import Layout as Drawing
from certificates.materials.freezing import drawn_with
from certificates.models import Award, Certificate, CertificateSignature, CertificateState, Layout
from certificates.pdf.press import Press
from certificates.pdf.print_file import PrintFile
from certificates.pdf.rendering import DRAWING
from competitions.models import Delegation, Entrant, Event
from core.errors import ConflictError, DomainError
from scoring.models import ResultLine

CHUNK = 100
REPORT = "未能生成的证书.txt"
_EARLIEST = (1980, 1, 1, 0, 0, 0)
"""The same moment in every archive, so that the same certificates give the same bytes."""


class _Sink(io.RawIOBase):
    """Where the archive writes to: a buffer that is emptied after every certificate. It cannot seek."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._written = 0

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]  # zipfile hands bytes over
        self._parts.append(bytes(data))
        self._written += len(data)
        return len(data)

    def tell(self) -> int:
        return self._written

    def take(self) -> bytes:
        """What was written since the last time."""
        data = b"".join(self._parts)
        self._parts.clear()
        return data


def ids_in_force(
    session: Session, competition_id: int, event_id: int | None = None, *, by_delegation: bool = False
) -> list[int]:
    """Ids of the valid certificates of a competition or one of its events, in the order of events and places.

    Args:
        session: for reading.
        competition_id: whose.
        event_id: only those of one event; None for all.
        by_delegation: delegations first, as certificates are handed out.
    """
    query = (
        select(Certificate.id)
        .join(Award, Award.id == Certificate.award_id)
        .join(Entrant, Entrant.id == Award.entrant_id)
        .join(Delegation, Delegation.id == Entrant.delegation_id)
        .join(ResultLine, (ResultLine.snapshot_id == Award.snapshot_id) & (ResultLine.entrant_id == Award.entrant_id))
        .where(Certificate.competition_id == competition_id, Certificate.state == CertificateState.VALID)
        .order_by(
            *((Delegation.position, Delegation.id) if by_delegation else ()),
            Award.event_id,
            ResultLine.position,
            Certificate.contestant_id,
        )
    )
    if event_id is not None:
        query = query.where(Award.event_id == event_id)
    return list(session.scalars(query))


def events_in_force(session: Session, competition_id: int, event_id: int | None = None) -> Sequence[Event]:
    """The events that have valid certificates, in their order; see `ids_in_force`."""
    certified = (
        select(Award.event_id)
        .join(Certificate, Certificate.award_id == Award.id)
        .where(Certificate.competition_id == competition_id, Certificate.state == CertificateState.VALID)
    )
    query = select(Event).where(Event.id.in_(certified)).order_by(Event.position, Event.id)
    return session.scalars(query if event_id is None else query.where(Event.id == event_id)).all()


def certificates_of(session: Session, ids: list[int]) -> Iterator[Certificate]:
    """The certificates with these ids, in their order, a chunk at a time."""
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        signed = joinedload(Certificate.signed).joinedload(CertificateSignature.key)
        query = select(Certificate).where(Certificate.id.in_(chunk)).options(joinedload(Certificate.layout), signed)
        found = {certificate.id: certificate for certificate in session.scalars(query)}
        yield from (found[key] for key in chunk if key in found)
        session.expunge_all()


def archive(session: Session, ids: list[int]) -> Iterator[bytes]:
    """The bytes of a ZIP of certificates as they come; what cannot be made is named in a list inside it."""
    sink, refused = _Sink(), []
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as package:
        for certificate in certificates_of(session, ids):
            try:
                package.writestr(zipfile.ZipInfo(file_name(certificate), _EARLIEST), file_of(certificate))
            except DomainError as error:
                refused.append(f"{certificate.number} {certificate.values['recipient.name']}：{error}")
            yield sink.take()
        if refused:
            package.writestr(zipfile.ZipInfo(REPORT, _EARLIEST), "\n".join(refused))
    yield sink.take()


def print_file(
    session: Session, ids: list[int], title: str, preprinted: Callable[[Drawing], Drawing] | None = None
) -> Iterator[bytes]:
    """The bytes of one PDF, a page a certificate, as they come: with bleed and crop marks, or for pre-printed paper.

    Args:
        session: for reading.
        ids: certificates, in the order in which they are to be handed out.
        title: of the document.
        preprinted: leaves of a layout what is printed on paper that has the rest; None for the whole certificate.

    Raises:
        ConflictError: nothing to print, or certificates of several layouts, whose sheets differ; several versions of
            one layout on sheets of one size go together. It is raised at once, before anything is sent.
    """
    query = select(Layout).where(Layout.id.in_(select(Certificate.layout_id).where(Certificate.id.in_(ids))))
    layouts = list(session.scalars(query))
    if not layouts:
        raise ConflictError("没有可以打印的证书")
    sheets = {(layout.name, (drawing := loaded(layout)).width, drawing.height, drawing.bleed) for layout in layouts}
    if len(sheets) > 1:
        raise ConflictError("这些证书用了 %(n)s 种版式，纸张不同，请按赛项分别打印", n=len(sheets))
    presses = {layout.id: _press(layout, preprinted) for layout in layouts}
    sink = _Sink()
    with DRAWING:
        file = PrintFile(cast(BinaryIO, sink), title, with_marks=preprinted is None)
    return _pages(certificates_of(session, ids), presses, file, sink)


def _press(stored: Layout, preprinted: Callable[[Drawing], Drawing] | None) -> Press:
    drawn, layout = drawn_with(stored), loaded(stored)
    return Press(preprinted(layout) if preprinted else layout, drawn.assets, drawn.fonts)


def _pages(
    certificates: Iterable[Certificate], presses: Mapping[int, Press], file: PrintFile, sink: _Sink
) -> Iterator[bytes]:
    for certificate in certificates:
        with DRAWING:
            file.add(presses[certificate.layout_id], certificate.values)
        yield sink.take()
    file.close()
    yield sink.take()


def file_name(certificate: Certificate) -> str:
    """The number and the name: safe on every system, and unique as numbers are."""
    words = f"{certificate.number} {certificate.values['recipient.name']}"
    return "".join(c if c.isalnum() or c in "-_ ()（）〔〕·" else "-" for c in words) + ".pdf"
