"""Certificate numbers by an organiser's pattern, and verification codes that cannot be guessed or misread."""

import hmac
import re
import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from core.errors import InvalidInputError
from core.messages import joined, message, said

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Base 32 without I, L, O and U, which are taken for other characters or make words."""
CODE_BITS = 60
_RANDOM_LENGTH = CODE_BITS // 5
CODE_LENGTH = _RANDOM_LENGTH + 1
_GROUP = 4
_CONFUSIONS = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"})
_SEPARATORS = re.compile(r"[\s\-‐‑‒–—_.·]+")
_REDUCTION = 0b100101
"""x⁵ + x² + 1: with it the 32 characters form a field, in which x generates all 31 elements but zero."""

_PLACEHOLDER = re.compile(r"\{(?P<name>[a-z_]+)(?::(?P<width>[1-9]))?\}")
_ALLOWED = re.compile(r"[0-9A-Za-z\u4E00-\u9FFF\-_./()（）〔〕\[\]第号 ]*")
FIELD_NAMES: Mapping[str, str] = {
    "year": message("年份"),
    "competition": message("竞赛编号"),
    "event": message("赛项序号"),
    "award": message("奖项序号"),
    "serial": message("流水号"),
}
"""What may stand in a pattern, with what people call it."""
_LONGEST_NUMBER = 64


class NumberPatternError(InvalidInputError):
    """A pattern for certificate numbers is not usable."""


class VerificationCodeError(InvalidInputError):
    """What was typed is no verification code of this system."""


@dataclass(frozen=True, slots=True)
class NumberPattern:
    """An organiser's pattern, such as ``YLZG-{year}-{event}-{serial:6}``."""

    text: str

    def __post_init__(self) -> None:
        names = [match["name"] for match in _PLACEHOLDER.finditer(self.text)]
        for name in names:
            if name not in FIELD_NAMES:
                known = joined(
                    said("%(name)s %(placeholder)s", name=said(FIELD_NAMES[f]), placeholder=f"{{{f}}}")
                    for f in FIELD_NAMES
                )
                raise NumberPatternError("编号规则中的“{%(name)s}”不认得；可用：%(fields)s", name=name, fields=known)
        if names.count("serial") != 1:
            raise NumberPatternError("编号规则中须恰有一个流水号 {serial:位数}，否则编号会重复")
        literal = _PLACEHOLDER.sub("", self.text)
        if not _ALLOWED.fullmatch(literal):
            raise NumberPatternError("编号规则“%(pattern)s”中有不能用的字符", pattern=self.text)

    def number(self, serial: int, fields: Mapping[str, str]) -> str:
        """Make one certificate number.

        Args:
            serial: running number from 1; written with at least as many digits as the pattern says.
            fields: year, competition, event and award as the pattern needs them.

        Returns:
            The number, at most 64 characters.

        Raises:
            NumberPatternError: a field has no value, the serial has more digits than its place, or it is too long.
        """
        number = _PLACEHOLDER.sub(lambda match: self._value(match, serial, fields), self.text)
        if len(number) > _LONGEST_NUMBER:
            raise NumberPatternError("证书编号“%(number)s”超过 %(most)s 个字符", number=number, most=_LONGEST_NUMBER)
        return number

    def _value(self, match: re.Match[str], serial: int, fields: Mapping[str, str]) -> str:
        width = int(match["width"] or 1)
        if match["name"] == "serial":
            digits = f"{serial:0{width}d}"
            if serial < 1 or (match["width"] and len(digits) > width):
                raise NumberPatternError("流水号 %(serial)s 放不进 %(width)s 位", serial=serial, width=width)
            return digits
        value = fields.get(match["name"], "")
        if not value:
            field = FIELD_NAMES[match["name"]]
            raise NumberPatternError("编号规则需要“%(name)s”，但没有值", name=said(field))
        return value


def new_code() -> str:
    """Make a verification code: 60 random bits from the system's source, and a check character."""
    return code_from(secrets.randbits(CODE_BITS))


def code_from(number: int) -> str:
    """Write a number of 60 bits as a verification code.

    Args:
        number: 0 to 2⁶⁰ - 1.

    Returns:
        13 characters; the last one checks the others.
    """
    characters = "".join(ALPHABET[number >> 5 * place & 31] for place in range(_RANDOM_LENGTH - 1, -1, -1))
    return characters + check_character(characters)


def check_character(characters: str) -> str:
    """Compute the check character of the first twelve.

    Every single wrong character and every swap of two characters, neighbours or not, changes it, as each place
    has a weight of its own in the field of 32 elements.

    Args:
        characters: characters of `ALPHABET`.

    Returns:
        One character of `ALPHABET`.
    """
    total = 0
    for character in characters:
        total = _doubled(total ^ ALPHABET.index(character))
    return ALPHABET[total]


def _doubled(element: int) -> int:
    """Multiply by x in the field."""
    element <<= 1
    return element ^ _REDUCTION if element & 0b100000 else element


def normalise_code(typed: str) -> str:
    """Bring what a person typed or scanned to the form that is stored.

    Args:
        typed: in any case, with or without separators, full-width or not, O for 0, I or L for 1.

    Returns:
        13 characters of `ALPHABET`.

    Raises:
        VerificationCodeError: wrong length, a strange character or a wrong check character.
    """
    plain = unicodedata.normalize("NFKC", typed).upper()
    code = _SEPARATORS.sub("", plain).translate(_CONFUSIONS)
    if len(code) != CODE_LENGTH or not set(code) <= set(ALPHABET):
        raise VerificationCodeError("核验码应为 %(length)s 位字母和数字，请对照证书重新输入", length=CODE_LENGTH)
    if check_character(code[:-1]) != code[-1]:
        raise VerificationCodeError("核验码有误，可能输错或调换了某一位，请对照证书重新输入")
    return code


def grouped_code(code: str) -> str:
    """Write a code for people: ``7QK4-M2XZ-9TRA-A``."""
    return "-".join(code[i : i + _GROUP] for i in range(0, len(code), _GROUP))


def is_same_code(first: str, second: str) -> bool:
    """Compare two normalised codes in a time that does not depend on where they differ."""
    return hmac.compare_digest(first.encode(), second.encode())
