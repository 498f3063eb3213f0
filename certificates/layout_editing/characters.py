"""Which names and units of a competition have characters that no font at hand draws."""

from collections.abc import Iterator
from dataclasses import dataclass

from certificates.layout_editing.sampling import everybody
from certificates.materials.fonts import book_of, font_digests
from competitions.models import Competition
from core.characters import code_point, is_private_use, standard_characters
from core.messages import message


@dataclass(frozen=True, slots=True)
class Lack:
    """A text that cannot be printed as it stands."""

    where: str
    """Name, unit … in words."""
    text: str
    owner: str
    """Whose it is; empty for the competition's own words."""
    characters: tuple[str, ...]

    @property
    def points(self) -> tuple[tuple[str, str, bool], ...]:
        """Character, code point, and whether it is a private one, which no font may draw."""
        return tuple((c, code_point(c), is_private_use(c)) for c in self.characters)


def lacks(competition: Competition) -> list[Lack]:
    """Every text of a competition's certificates that has a character nobody draws, those of its own words first."""
    book = book_of(font_digests(competition.id))
    found = []
    for where, text, owner in _texts(competition):
        missing = book.missing(standard_characters(text))
        if missing:
            found.append(Lack(where, standard_characters(text), owner, missing))
    return found


def _texts(competition: Competition) -> Iterator[tuple[str, str, str]]:
    yield message("竞赛名称"), competition.title, ""
    yield message("主办单位"), competition.host, ""
    for event in competition.events:
        yield message("赛项"), event.name, ""
    for one in everybody(competition.id):
        yield message("姓名"), one.name, one.unit or one.delegation
        yield message("单位"), one.unit, one.name
    for delegation in competition.delegations:
        yield message("代表队"), delegation.name, ""
