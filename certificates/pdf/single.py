"""A file of one certificate: PDF/A-2a and PDF/UA-1, signed or not, the shared part of the group in front."""

import hashlib
from collections.abc import Mapping, Sequence

from certificates.layouts.layout import Layout
from certificates.pdf.metadata import About, add_output_intent, pdf_moment
from certificates.pdf.objects import ObjectList, Ref, file_of, text_string
from certificates.pdf.pages import PageWriter
from certificates.pdf.scene import Placed
from certificates.pdf.signing import Signer
from certificates.pdf.structure import add_structure
from certificates.pdf.template import Template
from certificates.pdf.truetype import Face
from core.errors import InvalidInputError

_FIRST = 3
"""Number of the first shared object; 1 is the catalogue and 2 the page tree."""
_METADATA, _CONTENT, _INFO, _WIDGET, _SIGNATURE = range(1, 6)
"""Numbers of a certificate's own objects, counted from its page."""
_HEADER = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
_EMPTY_RANGE = b"[0 " + b" " * 32 + b"]"


class UndatedSignatureError(InvalidInputError):
    """A signature must name a day, and the day of issue is not known."""


class SingleFiles:
    """Writes the files of one group.

    Args:
        layout: the layout.
        template: the group's compiled part.
        faces: the faces at hand.
        signer: signs every file, or None.
    """

    def __init__(self, layout: Layout, template: Template, faces: Mapping[str, Face], signer: Signer | None) -> None:
        self._signer = signer
        objects = ObjectList()
        objects.extend(template.objects)
        intent = add_output_intent(objects)
        # The tree's own objects come last before the page, so the page's number is known beforehand.
        tree_size = 3 + len(template.elements) + (signer is not None)
        page = Ref(len(objects.bodies) + tree_size)
        widget = Ref(page.place + _WIDGET) if signer is not None else None
        root = add_structure(objects, template.elements, page, widget)
        self._page = page.place + _FIRST
        own = [self._catalogue(intent, root), b"<</Type /Pages /Count 1 /Kids [%d 0 R]>>" % self._page]
        body, table = file_of([*own, *objects.written(_FIRST)], 1, len(_HEADER))
        self._prefix = _HEADER + body
        self._table = b"0000000000 65535 f \n" + table
        self._hash = hashlib.sha256(self._prefix)
        self._pages = PageWriter(layout, template, faces, _FIRST)

    def _catalogue(self, intent: Ref, root: Ref) -> bytes:
        signed = b""
        if self._signer is not None:
            widget, signature = self._page + _WIDGET, self._page + _SIGNATURE
            signed = b" /AcroForm <</Fields [%d 0 R] /SigFlags 3>> /Perms <</DocMDP %d 0 R>>" % (widget, signature)
        return (
            b"<</Type /Catalog /Pages 2 0 R /Lang (zh-CN) /Metadata %d 0 R /MarkInfo <</Marked true>> "
            b"/StructTreeRoot %d 0 R /OutputIntents [%d 0 R] /ViewerPreferences <</DisplayDocTitle true>>%b>>"
            % (self._page + _METADATA, root.place + _FIRST, intent.place + _FIRST, signed)
        )

    def write(self, placed: Sequence[Placed], about: About, identity: bytes) -> bytes:
        """Write one file.

        Args:
            placed: the varying items, measured.
            about: title, author, subject, day.
            identity: 16 bytes that tell this file from all others.

        Raises:
            UndatedSignatureError: it is to be signed but no day of issue is known.
        """
        page = self._page
        signature = [] if self._signer is None else self._signature(self._signer, about)
        fonts_first = page + _INFO + 1 + len(signature)
        pieces = self._pages.pieces(placed, fonts_first)
        entries = b" /StructParents 0 /Tabs /S"
        if signature:
            entries += b" /Annots [%d 0 R]" % (page + _WIDGET)
        objects = [
            self._pages.page(page + _CONTENT, pieces.fonts, entries),
            about.xmp(),
            pieces.content,
            about.info(),
            *signature,
            *pieces.objects,
        ]
        body, table = file_of(objects, page, len(self._prefix))
        end = b"xref\n0 %d\n%b%b" % (page + len(objects), self._table, table)
        mark = identity.hex().encode()
        end += b"trailer\n<</Size %d /Root 1 0 R /Info %d 0 R /ID [<%b> <%b>]>>\nstartxref\n%d\n%%%%EOF\n" % (
            page + len(objects),
            page + _INFO,
            mark,
            mark,
            len(self._prefix) + len(body),
        )
        if self._signer is None:
            return self._prefix + body + end
        return self._prefix + self._signed(self._signer, bytearray(body + end))

    def _signature(self, signer: Signer, about: About) -> list[bytes]:
        """Write the field, which shows nothing on the page, and the signature with room for what is not yet known."""
        if about.day is None:
            raise UndatedSignatureError("签名须写明颁发日，请给出变量 issue.day（如 2026-11-21）")
        page = self._page
        field = (
            b"<</Type /Annot /Subtype /Widget /FT /Sig /T (Issuer) /TU %b /F 132 /Rect [0 0 0 0] /StructParent 1 "
            b"/P %d 0 R /V %d 0 R>>" % (text_string("颁发单位数字签名"), page, page + _SIGNATURE)
        )
        signature = (
            b"<</Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached /M (%b) /Name %b /Reason %b "
            b"/Reference [<</Type /SigRef /TransformMethod /DocMDP /TransformParams <</Type /TransformParams /P 1 "
            b"/V /1.2>>>>] /ByteRange %b /Contents <%b>>>"
            % (
                pdf_moment(about.day),
                text_string(signer.name),
                text_string("颁发证书"),
                _EMPTY_RANGE,
                b"0" * (2 * signer.room),
            )
        )
        return [field, signature]

    def _signed(self, signer: Signer, tail: bytearray) -> bytes:
        """Put range and signature into their room; everything but the signature itself is signed."""
        room = 2 * signer.room
        start = tail.index(b"/Contents <" + b"0" * room + b">") + len(b"/Contents ")
        end = start + room + 2
        before = len(self._prefix)
        ranges = b"[0 %d %d %d]" % (before + start, before + end, len(tail) - end)
        place = tail.index(_EMPTY_RANGE, 0, start)
        tail[place : place + len(_EMPTY_RANGE)] = ranges.ljust(len(_EMPTY_RANGE))
        digest = self._hash.copy()
        digest.update(tail[:start])
        digest.update(tail[end:])
        signature = signer.sign(digest.digest()).hex().encode()
        tail[start + 1 : start + 1 + len(signature)] = signature
        return bytes(tail)
