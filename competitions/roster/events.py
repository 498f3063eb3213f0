"""Finds which of a competition's events a written name means; suggests the nearest one and never takes it unasked."""

import difflib
import re
from collections.abc import Sequence

from competitions.roster.columns import plain

_BRACKETED = re.compile(r"\([^()]*\)|【[^】]*】|\[[^\]]*\]")
_QUOTES = re.compile(r"[《》“”\"'‘’「」]")
_NUMBERED = re.compile(r"^(?:第?[一二三四五六七八九十\d]+[、.)项]|[\d\-.]+)")
_ENDING = re.compile(r"(?:赛项|项目|工种|竞赛|比赛|决赛|职工组|学生组|教师组|组)$")


class EventNames:
    """The names of a competition's events, to look written names up in."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        self._by_key: dict[str, str] = {}
        self._found: dict[str, str | None] = {}
        shortened: dict[str, list[str]] = {}
        for name in names:
            self._by_key[_key(name)] = name
            shortened.setdefault(_BRACKETED.sub("", _key(name)), []).append(name)
        # 「网络与信息安全管理员」 means the one event of that name with a direction behind it, never one of two.
        self._by_short = {key: found[0] for key, found in shortened.items() if len(found) == 1}

    def find(self, written: str) -> str | None:
        """The event that a written name means: the name itself, or with a number, a bracket or 「赛项」 about it.

        Args:
            written: what stands in the cell.

        Returns:
            The event's own name, or None.
        """
        if written not in self._found:
            known = [
                names[key] for names in (self._by_key, self._by_short) for key in _readings(written) if key in names
            ]
            self._found[written] = known[0] if known else None
        return self._found[written]

    def nearest(self, written: str) -> str:
        """The event whose name is most like what was written, for a suggestion; empty if there is no event."""
        key = _key(written)

        def likeness(name: str) -> float:
            other = _key(name)
            shared = len(set(key) & set(other)) / max(len(set(other)), 1)
            return difflib.SequenceMatcher(None, key, other).ratio() + shared

        return max(self.names, key=likeness, default="")


def _key(name: str) -> str:
    return _QUOTES.sub("", plain(name)).upper()


def _readings(written: str) -> list[str]:
    key = _key(written)
    readings = [key]
    for pattern in (_NUMBERED, _BRACKETED, _ENDING):
        readings += [pattern.sub("", reading) for reading in readings]
    return [reading for reading in dict.fromkeys(readings) if reading]
