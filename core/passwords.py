"""Which passwords are too easy to guess: what people take first when a rule asks only for their length.

Source: NIST SP 800-63B section 5.1.1.2, which asks to refuse what is common, repetitive, sequential or made of the
name, and to ask for no mixture of kinds of characters.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator

LEAST_LEFT = 4
"""Characters that have to be left when all that anybody tries first is taken away."""
LEAST_DIFFERENT = 5
SHORTEST_RUN = 3
SHORTEST_NAME = 3
ROWS = (
    "01234567890",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
    "!@#$%^&*()",
)
"""What stands side by side: digits, letters, keys."""
WORDS = (
    "administrator",
    "password",
    "passw0rd",
    "p@ssw0rd",
    "iloveyou",
    "changeme",
    "letmein",
    "welcome",
    "woaini",
    "admin",
    "mima",
)
"""Longer ones first, since they are taken away in this order."""


def is_too_easy(password: str, *names: str) -> bool:
    """Whether somebody who knows the person would try this among the first thousands.

    Args:
        password: as typed.
        names: of its owner: user name, displayed name.
    """
    text = "".join(unicodedata.normalize("NFKC", password).lower().split())
    if text.isdigit() or len(set(text)) < LEAST_DIFFERENT:
        return True
    for known in (*_pieces(names), *WORDS):
        text = text.replace(known, "")
    text = re.sub(r"(.)\1{2,}", "", text)
    return len(_without_runs(text)) < LEAST_LEFT


def _pieces(names: Iterable[str]) -> list[str]:
    """The names, their parts and these without what stands between them, the longest first."""
    parts = [re.split(r"[._\-\s]+", name.lower()) for name in names]
    found = (
        {name.lower() for name in names} | {"".join(some) for some in parts} | {one for some in parts for one in some}
    )
    return sorted((piece for piece in found if len(piece) >= SHORTEST_NAME), key=len, reverse=True)


def _without_runs(text: str) -> str:
    for run in sorted(set(_runs_in(text)), key=len, reverse=True):
        text = text.replace(run, "")
    return text


def _runs_in(text: str) -> Iterator[str]:
    """The longest pieces from each place that stand side by side in a row, in either direction."""
    rows = [*ROWS, *(row[::-1] for row in ROWS)]
    for begin in range(len(text)):
        end = begin + SHORTEST_RUN
        while end <= len(text) and any(text[begin:end] in row for row in rows):
            end += 1
        if end - 1 - begin >= SHORTEST_RUN:
            yield text[begin : end - 1]
