"""A timetable as an iCalendar file (RFC 5545), which every telephone and every calendar program takes. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

PRODUCT = "-//labour and skills competitions//timetable//ZH"
_OCTETS = 75
_ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """One session.

    Attributes:
        uid: names it for ever, so that a file taken in again changes an entry and does not double it.
        title: what the calendar shows.
        begins, ends: timezone-aware.
        place, note: may be empty.
        sequence: raised by every change; programs keep the highest.
        changed_at: when it was changed last, or the file was made; timezone-aware.
        is_off: whether it was called off.
    """

    uid: str
    title: str
    begins: datetime
    ends: datetime
    place: str
    note: str
    sequence: int
    changed_at: datetime
    is_off: bool = False


def calendar_file(name: str, entries: Sequence[CalendarEntry]) -> bytes:
    """The file: UTF-8, lines ended by CRLF and folded at 75 octets, times in UTC.

    Args:
        name: of the calendar, where a program shows one.
        entries: in any order.
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"]
    lines.append(f"X-WR-CALNAME:{_text(name)}")
    for entry in entries:
        lines += _lines(entry)
    lines.append("END:VCALENDAR")
    return b"".join(_folded(line) for line in lines)


def _lines(entry: CalendarEntry) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{_text(entry.uid)}"
    yield f"DTSTAMP:{_moment(entry.changed_at)}"
    yield f"DTSTART:{_moment(entry.begins)}"
    yield f"DTEND:{_moment(entry.ends)}"
    yield f"SEQUENCE:{entry.sequence}"
    yield f"STATUS:{'CANCELLED' if entry.is_off else 'CONFIRMED'}"
    yield f"SUMMARY:{_text(entry.title)}"
    if entry.place:
        yield f"LOCATION:{_text(entry.place)}"
    if entry.note:
        yield f"DESCRIPTION:{_text(entry.note)}"
    yield "END:VEVENT"


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(text: str) -> str:
    """A value without what has a meaning in the format, and without characters that the format forbids."""
    escaped = text.replace("\r\n", "\n").translate(_ESCAPED)
    return "".join(
        character for character in escaped if character == "\t" or (character >= " " and character != "\x7f")
    )


def _folded(line: str) -> bytes:
    """A line in pieces of at most 75 octets, none of which cuts a character in two."""
    pieces: list[bytes] = []
    piece = b""
    for character in line:
        octets = character.encode()
        # A piece after the first begins with the space that says so.
        if len(piece) + len(octets) > (_OCTETS if not pieces else _OCTETS - 1):
            pieces.append(piece)
            piece = b""
        piece += octets
    return b"\r\n ".join([*pieces, piece]) + b"\r\n"
