"""TrueType faces read from disk: which characters they really draw, how wide they are, and small subsets of them.

A face is mapped into memory, not loaded: only the pages that hold the glyphs in use are ever read, and worker
processes share them.
"""

import mmap
import struct
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path

from core.errors import InvalidInputError

_LARGEST_FILE = 128 << 20
_LAST_POINT = 0x10FFFF
_SOUNDING = 500
_TRUETYPE = (b"\x00\x01\x00\x00", b"true")
_COMPOSITE_WORDS, _COMPOSITE_SCALE, _COMPOSITE_MORE, _COMPOSITE_XY, _COMPOSITE_MATRIX = 0x01, 0x08, 0x20, 0x40, 0x80


class FontFileError(InvalidInputError):
    """A file is not a TrueType font that may be embedded."""


class Face:
    """One TrueType font.

    Args:
        name: how the registry calls it, such as ``kai``.
        path: the font file.

    Raises:
        FontFileError: not TrueType outlines, or its licence flags forbid embedding.
    """

    def __init__(self, name: str, path: Path) -> None:
        self.name = name
        self.path = path
        if not 0 < path.stat().st_size <= _LARGEST_FILE:
            raise FontFileError("%(file)s 是空的，或超过 128 MB", file=path.name)
        with path.open("rb") as file:
            self._data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        if self._data[:4] not in _TRUETYPE:
            raise FontFileError("%(file)s 不是 TrueType 轮廓字体", file=path.name)
        try:
            self._tables = self._directory()
            self._read_metrics()
        except (struct.error, ZeroDivisionError) as error:
            raise FontFileError("%(file)s 已损坏", file=path.name) from error

    def close(self) -> None:
        """Let go of the file, so that it can be removed on every system."""
        self._data.close()

    def require_sound(self) -> None:
        """Read all that will ever be read, so that a damaged file is refused now and not in the middle of an issue.

        Raises:
            FontFileError: the file is damaged.
        """
        try:
            glyphs = sorted(set(self.glyph_of.values()))
            for start in range(0, len(glyphs), _SOUNDING):
                self.subset(glyphs[start : start + _SOUNDING])
            sum(map(self.glyph_advance, glyphs))
            self.postscript_name.encode("ascii")
        except (struct.error, IndexError, ValueError, OverflowError) as error:
            raise FontFileError("%(file)s 已损坏", file=self.path.name) from error

    def _directory(self) -> dict[bytes, tuple[int, int]]:
        count = struct.unpack_from(">H", self._data, 4)[0]
        entries = (struct.unpack_from(">4sIII", self._data, 12 + 16 * i) for i in range(count))
        tables = {tag: (offset, length) for tag, _, offset, length in entries}
        needed = {b"head", b"hhea", b"maxp", b"hmtx", b"cmap", b"loca", b"glyf", b"OS/2", b"name"}
        if not needed <= tables.keys():
            raise FontFileError("%(file)s 缺少 TrueType 字体必需的数据表", file=self.path.name)
        return tables

    def _table(self, tag: bytes) -> bytes:
        offset, length = self._tables[tag]
        return self._data[offset : offset + length]

    def _read_metrics(self) -> None:
        head, hhea, os2 = self._table(b"head"), self._table(b"hhea"), self._table(b"OS/2")
        (restrictions,) = struct.unpack_from(">H", os2, 8)
        if restrictions & 0x0002:
            raise FontFileError("%(file)s 的许可标志禁止嵌入", file=self.path.name)
        self.units_per_em: int = struct.unpack_from(">H", head, 18)[0]
        self.bbox = tuple(self._thousandths(v) for v in struct.unpack_from(">4h", head, 36))
        self._long_loca = struct.unpack_from(">h", head, 50)[0] == 1
        ascent, descent = struct.unpack_from(">hh", hhea, 4)
        self.ascent, self.descent = self._thousandths(ascent), self._thousandths(descent)
        self._metric_count: int = struct.unpack_from(">H", hhea, 34)[0]
        self.glyph_count: int = struct.unpack_from(">H", self._table(b"maxp"), 4)[0]

    def _thousandths(self, units: int) -> int:
        return round(units * 1000 / self.units_per_em)

    @cached_property
    def postscript_name(self) -> str:
        """The name that a PDF calls the font by."""
        table = self._table(b"name")
        count, strings = struct.unpack_from(">HH", table, 2)
        for i in range(count):
            platform, _, _, key, length, offset = struct.unpack_from(">6H", table, 6 + 12 * i)
            if key == 6 and platform == 3:
                return _plain_name(table[strings + offset : strings + offset + length].decode("utf-16-be", "ignore"))
        return _plain_name(self.path.stem)

    @cached_property
    def glyph_of(self) -> dict[int, int]:
        """Glyph number of every code point with a real outline, and of spaces.

        Fonts map some characters to an empty glyph; such a character would print as nothing.
        """
        loca = self._loca
        return {
            point: glyph
            for point, glyph in self._character_map()
            if glyph and glyph < self.glyph_count and (loca[glyph + 1] > loca[glyph] or chr(point).isspace())
        }

    @cached_property
    def _loca(self) -> Sequence[int]:
        count = self.glyph_count + 1
        if self._long_loca:
            return struct.unpack_from(f">{count}I", self._table(b"loca"))
        return [2 * offset for offset in struct.unpack_from(f">{count}H", self._table(b"loca"))]

    def _character_map(self) -> Iterable[tuple[int, int]]:
        table = self._table(b"cmap")
        (count,) = struct.unpack_from(">H", table, 2)
        places = [struct.unpack_from(">HHI", table, 4 + 8 * i) for i in range(count)]
        by_format = {struct.unpack_from(">H", table, offset)[0]: offset for _, _, offset in places}
        if 12 in by_format:
            return _format_12(table, by_format[12])
        if 4 in by_format:
            return _format_4(table, by_format[4])
        raise FontFileError("%(file)s 没有 Unicode 字符表", file=self.path.name)

    def draws(self, character: str) -> bool:
        """Tell whether the face has a real glyph for the character."""
        return ord(character) in self.glyph_of

    def advance(self, character: str) -> float:
        """Give the width of a character in thousandths of the font size; 0 if the face does not draw it."""
        glyph = self.glyph_of.get(ord(character))
        return 0.0 if glyph is None else self.glyph_advance(glyph)

    @cached_property
    def _advances(self) -> Sequence[float]:
        scale = 1000 / self.units_per_em
        pairs: tuple[int, ...] = struct.unpack_from(f">{2 * self._metric_count}H", self._table(b"hmtx"))
        return [round(width * scale, 3) for width in pairs[::2]]

    def glyph_advance(self, glyph: int) -> float:
        """Give the width of a glyph in thousandths of the font size."""
        return self._advances[min(glyph, self._metric_count - 1)]

    def _metrics(self, glyph: int) -> bytes:
        offset = self._tables[b"hmtx"][0]
        if glyph < self._metric_count:
            return self._data[offset + 4 * glyph : offset + 4 * glyph + 4]
        last = offset + 4 * (self._metric_count - 1)
        bearing = offset + 4 * self._metric_count + 2 * (glyph - self._metric_count)
        return self._data[last : last + 2] + self._data[bearing : bearing + 2]

    def _outline(self, glyph: int) -> bytes:
        offset = self._tables[b"glyf"][0]
        return self._data[offset + self._loca[glyph] : offset + self._loca[glyph + 1]]

    @cached_property
    def _fixed_tables(self) -> dict[bytes, bytes]:
        return {tag: self._table(tag) for tag in (b"head", b"hhea", b"maxp")}

    def subset(self, glyphs: Sequence[int]) -> bytes:
        """Make a font program with only some glyphs, as a PDF embeds it.

        Args:
            glyphs: glyph numbers of this face; one that stands twice is there twice, as two characters may share
                a glyph but not a code.

        Returns:
            A TrueType file in which glyph 0 is .notdef and glyph i + 1 is ``glyphs[i]``; parts of composite glyphs
            follow.
        """
        order = [0, *glyphs]
        outlines, offsets = self._renumbered_outlines(order)
        fixed, count = self._fixed_tables, struct.pack(">H", len(order))
        tables = {
            b"glyf": b"".join(outlines),
            b"head": fixed[b"head"][:8] + bytes(4) + fixed[b"head"][12:50] + b"\x00\x01" + fixed[b"head"][52:],
            b"hhea": fixed[b"hhea"][:34] + count,
            b"hmtx": b"".join(map(self._metrics, order)),
            b"loca": struct.pack(f">{len(offsets)}I", *offsets),
            b"maxp": fixed[b"maxp"][:4] + count + fixed[b"maxp"][6:],
        }
        return _font_file(tables)

    def _renumbered_outlines(self, order: list[int]) -> tuple[list[bytes], list[int]]:
        """Collect outlines; the parts of composite glyphs join `order` as they are met."""
        outlines: list[bytes] = []
        offsets = [0]
        for glyph in order:
            outline = self._outline(glyph)
            if len(outline) > 10 and outline[0] & 0x80:
                outline = _with_new_parts(outline, order)
            outline += bytes(-len(outline) % 4)
            outlines.append(outline)
            offsets.append(offsets[-1] + len(outline))
        return outlines, offsets


def _plain_name(name: str) -> str:
    """Keep what may stand in a PDF name without being escaped."""
    return "".join(c for c in name if c.isascii() and (c.isalnum() or c == "-")) or "Font"


def _with_new_parts(outline: bytes, order: list[int]) -> bytes:
    changed = bytearray(outline)
    place, flags = 10, _COMPOSITE_MORE
    while flags & _COMPOSITE_MORE:
        flags, part = struct.unpack_from(">HH", changed, place)
        if part not in order:
            order.append(part)
        struct.pack_into(">H", changed, place + 2, order.index(part))
        place += 4 + (4 if flags & _COMPOSITE_WORDS else 2)
        if flags & _COMPOSITE_SCALE:
            place += 2
        elif flags & _COMPOSITE_XY:
            place += 4
        elif flags & _COMPOSITE_MATRIX:
            place += 8
    return bytes(changed)


def _format_12(table: bytes, offset: int) -> Iterable[tuple[int, int]]:
    (groups,) = struct.unpack_from(">I", table, offset + 12)
    before = -1
    for i in range(groups):
        first, last, glyph = struct.unpack_from(">III", table, offset + 16 + 12 * i)
        # Groups must ascend, so that together they hold no more than all code points, whatever a file claims.
        if not before < first <= last <= _LAST_POINT:
            raise struct.error("groups out of order")
        before = last
        for point in range(first, last + 1):
            yield point, glyph + point - first


def _format_4(table: bytes, offset: int) -> Iterable[tuple[int, int]]:
    (double,) = struct.unpack_from(">H", table, offset + 6)
    count = double // 2
    ends = struct.unpack_from(f">{count}H", table, offset + 14)
    starts = struct.unpack_from(f">{count}H", table, offset + 16 + double)
    deltas = struct.unpack_from(f">{count}H", table, offset + 16 + 2 * double)
    range_place = offset + 16 + 3 * double
    ranges = struct.unpack_from(f">{count}H", table, range_place)
    for i, (first, last, delta, start) in enumerate(zip(starts, ends, deltas, ranges, strict=True)):
        for point in range(first, min(last, 0xFFFE) + 1):
            glyph = point
            if start:
                (glyph,) = struct.unpack_from(">H", table, range_place + 2 * i + start + 2 * (point - first))
            yield point, (glyph + delta) & 0xFFFF if glyph else 0


def _checksum(data: bytes) -> int:
    words: tuple[int, ...] = struct.unpack(f">{len(data) // 4}I", data)
    return sum(words) & 0xFFFFFFFF


def _font_file(tables: dict[bytes, bytes]) -> bytes:
    count = len(tables)
    power = count.bit_length() - 1
    header = struct.pack(">IHHHH", 0x00010000, count, 16 << power, power, 16 * (count - (1 << power)))
    entries, bodies, offset = [], [], 12 + 16 * count
    for tag, data in tables.items():
        body = data + bytes(-len(data) % 4)
        entries.append(struct.pack(">4sIII", tag, _checksum(body), offset, len(data)))
        bodies.append(body)
        offset += len(body)
    return b"".join((header, *entries, *bodies))
