"""The fonts of certificates: names to files, and per character the first font of a chain that can draw it."""

import hashlib
import os
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from certificates.pdf.truetype import Face
from core.characters import code_point, is_private_use
from core.errors import InvalidInputError
from core.messages import joined, said

FONT_DIRECTORY = Path(__file__).parents[2] / "static" / "fonts"
HOUSE_FONTS: Mapping[str, str] = {
    "kai": "kai.ttf",
    "song": "song.ttf",
    "song-bold": "song-bold.ttf",
    "brush": "brush.ttf",
}
_AFTER: Mapping[str, tuple[str, ...]] = {
    "kai": ("song",),
    "song": ("kai",),
    "song-bold": ("song", "kai"),
    "brush": ("kai", "song"),
}
_LAST_RESORT = ("HanaMinA.ttf", "HanaMinB.ttf")


class MissingGlyphError(InvalidInputError):
    """No font of the chain can draw a character; the message names it and its code point."""


class FontBook:
    """The faces at hand and their order.

    Args:
        supplements: TrueType files that an organiser added for characters that nothing else draws (补字), best
            first; they follow the house fonts.
        last_resort: fonts of the machine that come after all others.

    Raises:
        FontFileError: a supplement is not a usable TrueType font.
    """

    def __init__(self, supplements: Sequence[Path] = (), last_resort: Sequence[Path] = ()) -> None:
        self._house = {name: house_face(name) for name in HOUSE_FONTS}
        self._others = [Face(_name_of(path), path) for path in (*supplements, *last_resort)]
        for face in self._others[: len(supplements)]:
            face.require_sound()
        self._chains = {
            name: (self._house[name], *(self._house[after] for after in _AFTER[name]), *self._others)
            for name in HOUSE_FONTS
        }
        self._measured: dict[str, dict[str, tuple[str, float] | None]] = {name: {} for name in HOUSE_FONTS}

    def faces(self) -> dict[str, Face]:
        """Give every face by name."""
        return self._house | {face.name: face for face in self._others}

    def face_for(self, font: str, character: str) -> Face | None:
        """Find the first face of a font's chain that draws a character.

        Args:
            font: a house font: kai, song, song-bold or brush.
            character: a string of length 1.

        Returns:
            The face, or None if no font of the chain has a real glyph.
        """
        return next((face for face in self._chains[font] if face.draws(character)), None)

    def measure(self, font: str, character: str) -> tuple[str, float] | None:
        """Give the name of the face that draws a character and its width in em; None if nobody draws it."""
        known = self._measured[font]
        if character not in known:
            face = self.face_for(font, character)
            known[character] = None if face is None else (face.name, face.advance(character) / 1000)
        return known[character]

    def missing(self, text: str, font: str = "kai") -> tuple[str, ...]:
        """Find the characters of a text that cannot be drawn, each once, in order of appearance."""
        return tuple(dict.fromkeys(c for c in text if self.measure(font, c) is None))

    def require(self, text: str, font: str = "kai") -> None:
        """Refuse a text that cannot be drawn.

        Raises:
            MissingGlyphError: naming every such character and its code point.
        """
        missing = self.missing(text, font)
        if missing:
            raise missing_glyphs(missing)


@lru_cache(maxsize=len(HOUSE_FONTS))
def house_face(name: str) -> Face:
    """Give a face of the house, read once for all books."""
    return Face(name, FONT_DIRECTORY / HOUSE_FONTS[name])


def _name_of(path: Path) -> str:
    """Name a font that is not the house's: by place and time, as a file may be replaced by a better one."""
    mark = f"{path.resolve()} {path.stat().st_mtime_ns}"
    return f"other-{hashlib.sha256(mark.encode()).hexdigest()[:12]}"


def missing_glyphs(characters: Iterable[str]) -> MissingGlyphError:
    """Make the error that names characters nobody can draw."""
    named = joined(_named(c) for c in characters)
    if any(is_private_use(c) for c in characters):
        return MissingGlyphError(
            "字体库中没有这些字的字形：%(characters)s；其中有私用区编码，请改为标准编码", characters=named
        )
    return MissingGlyphError("字体库中没有这些字的字形：%(characters)s；请核对用字，或上传补字字体", characters=named)


def _named(character: str) -> str:
    """A character with its code point; one for private use has no look of its own."""
    look = "" if is_private_use(character) else character
    return said("%(character)s（%(code_point)s）", character=look, code_point=code_point(character))


def installed_last_resort() -> tuple[Path, ...]:
    """Find HanaMin on this machine: it draws nearly every character up to CJK Extension F."""
    roots = [Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".local/share/fonts"]
    roots += [Path(os.environ.get("WINDIR", "C:/Windows")) / "Fonts", Path("/Library/Fonts")]
    found = {path.name: path for root in roots if root.is_dir() for path in root.rglob("HanaMin?.ttf")}
    return tuple(found[name] for name in _LAST_RESORT if name in found)


@lru_cache(maxsize=1)
def house_fonts() -> FontBook:
    """Give the book of the house fonts and what the machine adds, made once for the process."""
    return FontBook(last_resort=installed_last_resort())
