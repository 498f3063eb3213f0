"""Fonts inside a PDF: which code stands for which character, and the font objects that go with the codes."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from certificates.pdf.objects import Body, ObjectList, Ref, number, numbers
from certificates.pdf.tounicode import tounicode_of
from certificates.pdf.truetype import Face

_SYMBOLIC = 4
_TAG_LENGTH = 6


@dataclass(slots=True)
class FontCodes:
    """One embedded subset of one face: characters get codes in the order in which they are first used.

    A code is two bytes and is the number of a glyph in the subset. A space has a glyph too, so that it can be found.
    """

    face: Face
    resource: bytes
    codes: dict[str, bytes] = field(default_factory=dict)

    def code(self, character: str) -> bytes:
        """Give the hexadecimal code of a character, a new one if it has none."""
        code = self.codes.get(character)
        if code is None:
            code = self.codes[character] = b"%04X" % (len(self.codes) + 1)
        return code

    def add_to(self, objects: ObjectList, *, packed: bool) -> Ref:
        """Append the font's five objects, packed or not; gives the reference to the font itself."""
        face = self.face
        glyphs = [face.glyph_of[ord(character)] for character in self.codes]
        digest = hashlib.sha256("".join(self.codes).encode()).digest()
        tag = bytes(65 + byte % 26 for byte in digest[:_TAG_LENGTH])
        name = tag + b"+" + face.postscript_name.encode()
        program = face.subset(glyphs)
        file = objects.add_stream(program, b"/Length1 %d" % len(program), packed=packed)
        descriptor = objects.add(
            b"<</Type /FontDescriptor /FontName /%b /Flags %d /FontBBox [%b] /ItalicAngle 0 /Ascent %d /Descent %d "
            b"/CapHeight %d /StemV 80 /FontFile2 "
            % (name, _SYMBOLIC, numbers(*face.bbox), face.ascent, face.descent, face.ascent),
            file,
            b">>",
        )
        widths = b" ".join(number(face.glyph_advance(glyph)) for glyph in glyphs)
        descendant = objects.add(
            b"<</Type /Font /Subtype /CIDFontType2 /BaseFont /%b /CIDSystemInfo <</Registry (Adobe) "
            b"/Ordering (Identity) /Supplement 0>> /CIDToGIDMap /Identity /W [1 [%b]] /FontDescriptor "
            % (name, widths),
            descriptor,
            b">>",
        )
        characters = tounicode_of(dict(enumerate(self.codes, start=1)), 2)
        return objects.add(
            b"<</Type /Font /Subtype /Type0 /BaseFont /%b /Encoding /Identity-H /DescendantFonts [" % name,
            descendant,
            b"] /ToUnicode ",
            objects.add_stream(characters, packed=packed),
            b">>",
        )


@dataclass(slots=True)
class CodeBook:
    """Codes for the words of a page: those embedded for the whole group first, then the page's own."""

    faces: Mapping[str, Face]
    shared: Mapping[str, FontCodes]
    prefix: bytes
    own: dict[str, FontCodes] = field(default_factory=dict)

    def code(self, face: str, character: str) -> tuple[bytes, bytes]:
        """Give the font resource and the code of a character."""
        shared = self.shared.get(face)
        if shared is not None and (code := shared.codes.get(character)):
            return shared.resource, code
        own = self.own.get(face)
        if own is None:
            own = self.own[face] = FontCodes(self.faces[face], b"/%b%d" % (self.prefix, len(self.own)))
        return own.resource, own.code(character)

    def spelled(self, face: str, text: str) -> list[tuple[bytes, bytes]]:
        """Give the codes of a text, as few pieces of one font resource each as possible."""
        shared = self.shared.get(face)
        if shared is not None:
            codes = [shared.codes.get(character) for character in text]
            if None not in codes:
                return [(shared.resource, b"".join(codes))]  # type: ignore[arg-type]  # just looked
        pieces: list[tuple[bytes, bytes]] = []
        for character in text:
            resource, code = self.code(face, character)
            if pieces and pieces[-1][0] == resource:
                pieces[-1] = (resource, pieces[-1][1] + code)
            else:
                pieces.append((resource, code))
        return pieces

    def add_own(self, objects: ObjectList, *, packed: bool) -> Body:
        """Append the page's own fonts; gives the entries of the resource dictionary."""
        entries: list[bytes | Ref] = []
        for font in self.own.values():
            entries += [font.resource + b" ", font.add_to(objects, packed=packed), b" "]
        return tuple(entries)
