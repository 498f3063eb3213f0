"""PDF objects as bytes: strings, numbers, streams, references, and lists that can stand anywhere in a file."""

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from certificates.pdf.deflate import deflate

_LARGEST_DEFLATED = 1 << 20
"""Larger streams are pictures of the organiser's; packing them our own way would take seconds."""
_END_STREAM = b"\r\nendstream"
"""With a bare line feed, data that ends in a carriage return would seem one byte shorter than it is."""


@dataclass(frozen=True, slots=True)
class Ref:
    """A reference to an object by its place in an `ObjectList`."""

    place: int


Body = tuple["bytes | Ref", ...]
"""The text of an object, its references not yet numbered."""


@dataclass(slots=True)
class ObjectList:
    """Objects that are written one after the other, numbered only when they are written."""

    bodies: list[Body] = field(default_factory=list)

    def add(self, *parts: bytes | Ref) -> Ref:
        """Append an object and give the reference to it."""
        self.bodies.append(parts)
        return Ref(len(self.bodies) - 1)

    def add_stream(self, data: bytes, *entries: bytes | Ref, packed: bool) -> Ref:
        """Append a stream; `entries` stand in its dictionary.

        What is written many times is packed. The few hundred bytes of a single certificate are not: it would take
        longer than all the rest and save nothing.
        """
        return self.add(b"<<", *entries, *(_packed(data) if packed else _plain(data)))

    def extend(self, other: "ObjectList") -> int:
        """Append all objects of another list; gives the place of its first one."""
        start = len(self.bodies)
        for body in other.bodies:
            self.bodies.append(tuple(Ref(part.place + start) if isinstance(part, Ref) else part for part in body))
        return start

    def written(self, first: int) -> list[bytes]:
        """Give the objects' texts when the first one has that number."""
        return [numbered(body, first) for body in self.bodies]


def numbered(parts: Iterable[bytes | Ref], first: int) -> bytes:
    """Put numbers in place of references."""
    return b"".join(b"%d 0 R" % (part.place + first) if isinstance(part, Ref) else part for part in parts)


def joined(parts: Sequence[Body]) -> Body:
    """Put bodies one after the other, with spaces between."""
    return tuple(piece for body in parts for piece in (*body, b" "))


def plain_stream(data: bytes, entries: bytes = b"") -> bytes:
    """Write a stream as it is; metadata must be readable without unpacking."""
    return b"<<" + entries + b"".join(_plain(data))


def _plain(data: bytes) -> tuple[bytes, ...]:
    return (b" /Length %d>>\nstream\n" % len(data), data, _END_STREAM)


def _packed(data: bytes) -> tuple[bytes, ...]:
    small = deflate(data) if len(data) <= _LARGEST_DEFLATED else zlib.compress(data, 9)
    return (b" /Filter /FlateDecode /Length %d>>\nstream\n" % len(small), small, _END_STREAM)


def number(value: float) -> bytes:
    """Write a number with at most three decimals."""
    return (b"%.3f" % value).rstrip(b"0").rstrip(b".")


def numbers(*values: float) -> bytes:
    """Write numbers with spaces between."""
    return b" ".join(map(number, values))


def text_string(text: str) -> bytes:
    """Write a text string as UTF-16BE with its mark."""
    return b"<FEFF" + text.encode("utf-16-be").hex().encode() + b">"


def color_operator(color: str) -> bytes:
    """Write the operator that chooses a fill colour, given as #RRGGBB."""
    return numbers(*(int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))) + b" rg"


def file_of(objects: Sequence[bytes], first: int, position: int) -> tuple[bytes, bytes]:
    """Write objects with consecutive numbers.

    Args:
        objects: their texts.
        first: number of the first.
        position: where in the file they begin.

    Returns:
        The bytes, and their lines of the cross-reference table.
    """
    parts, lines = [], []
    for index, text in enumerate(objects, start=first):
        part = b"%d 0 obj\n%b\nendobj\n" % (index, text)
        lines.append(b"%010d 00000 n \n" % position)
        parts.append(part)
        position += len(part)
    return b"".join(parts), b"".join(lines)
