"""What a chief judge saw when pressing: sheets and their revisions as a short word that travels with a form."""

import hashlib
import re
from collections.abc import Iterable

from core.errors import ConflictError

_WORD = re.compile(r"(\d{1,9})-[0-9a-f]{16}", re.ASCII)


class ChangedSinceSeenError(ConflictError):
    """What would be confirmed is no longer what the page had shown; nothing has been confirmed."""

    code = "changed_since_seen"


def seen_word(sheets: Iterable[tuple[int, int]]) -> str:
    """A word for a set of sheets, each as id and revision: how many, and a digest that changes with any of them."""
    pairs = sorted(sheets)
    return f"{len(pairs)}-{hashlib.sha256(repr(pairs).encode()).hexdigest()[:16]}"


def require_seen(word: str, sheets: Iterable[tuple[int, int]]) -> None:
    """Stop a confirmation of several sheets that was decided by another state than theirs now.

    Args:
        word: as `seen_word` gave it to the page.
        sheets: id and revision of what would be confirmed now.

    Raises:
        ChangedSinceSeenError: says how many sheets there were and are, where the page said it.
    """
    pairs = list(sheets)
    if word == seen_word(pairs):
        return
    known = _WORD.fullmatch(word)
    if known is None:
        raise ChangedSinceSeenError("页面没有说明看到的是哪些评分表，没有确认任何一张；请刷新后再按")
    if int(known[1]) == len(pairs):
        raise ChangedSinceSeenError("您看过以后有评分表重新提交，没有确认任何一张；请返回看过再按")
    raise ChangedSinceSeenError(
        "您看过以后评分表有变化：当时待确认 %(seen)s 张，现在 %(now)s 张。没有确认任何一张，请返回看过再按",
        seen=int(known[1]),
        now=len(pairs),
    )


def require_seen_sheet(word: str, sheet: tuple[int, int]) -> None:
    """Stop a decision about one sheet that has another revision now than the page showed; as `require_seen`.

    Raises:
        ChangedSinceSeenError: names the revision that it has now.
    """
    if word != seen_word([sheet]):
        raise ChangedSinceSeenError("您看过以后这张评分表有变化，现在是第 %(n)s 版；请返回看过再按", n=sheet[1])
