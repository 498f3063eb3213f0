"""Identity documents and organisation codes as pure text: kind, check character, birth date, sex. Stores nothing.

No number is ever refused for its area code: codes that were abolished live on in the numbers of their people.
"""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from core.errors import InvalidInputError
from core.messages import message, said

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_CHARACTERS = "10X98765432"
_EARLIEST_BIRTH = date(1900, 1, 1)
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
# What people type for the X at the end and for digits: other alphabets' letters that look the same.
_LOOK_ALIKES = str.maketrans({"×": "X", "✕": "X", "╳": "X", "Х": "X", "х": "X", "Ｘ": "X", "ｘ": "X"})
_IGNORED = re.compile(r"[\s'’‘`´\-–—_.·\u200b-\u200f\u202a-\u202e\u2060\ufeff]+")


class IdentityNumberError(InvalidInputError):
    """A document number that cannot be right, and what is wrong with it."""

    code = "identity_number"


class DocumentKind(StrEnum):
    """The documents that a contestant may be registered with, by the name that stands on them."""

    RESIDENT_CARD = message("居民身份证")
    PASSPORT = message("护照")
    HONG_KONG_MACAO_PERMIT = message("港澳居民来往内地通行证")
    TAIWAN_PERMIT = message("台湾居民来往大陆通行证")
    HONG_KONG_MACAO_TAIWAN_CARD = message("港澳台居民居住证")
    PERMANENT_RESIDENT_CARD = message("外国人永久居留身份证")
    OTHER = message("其他证件")


class Sex(StrEnum):
    """Sex as the document states it."""

    MALE = message("男")
    FEMALE = message("女")


@dataclass(frozen=True, slots=True)
class IdentityDocument:
    """A document number that passed the checks of its kind."""

    kind: DocumentKind
    number: str
    birth: date | None
    sex: Sex | None


_SHAPES = {
    DocumentKind.PASSPORT: re.compile(r"(?=.*\d)[A-Z0-9]{5,17}"),
    DocumentKind.HONG_KONG_MACAO_PERMIT: re.compile(r"[HM]\d{8}(?:\d{2})?"),
    DocumentKind.TAIWAN_PERMIT: re.compile(r"\d{8}|\d{10}[A-Z]?"),
    DocumentKind.OTHER: re.compile(r"(?=.*\d)[^\s<>]{4,30}"),
}
_SHAPE_HINTS = {
    DocumentKind.PASSPORT: message("护照号码应为5–17位字母和数字"),
    DocumentKind.HONG_KONG_MACAO_PERMIT: message("应为字母H或M加8位或10位数字"),
    DocumentKind.TAIWAN_PERMIT: message("应为8位数字"),
    DocumentKind.OTHER: message("应为4–30位，且含数字"),
}
# Tried in order: 永久居留身份证 and 居住证 also contain words of the kinds below them.
_KIND_WORDS = (
    (DocumentKind.PERMANENT_RESIDENT_CARD, re.compile(r"永久居留|永居|五星卡")),
    (DocumentKind.HONG_KONG_MACAO_TAIWAN_CARD, re.compile(r"居住证")),
    (DocumentKind.TAIWAN_PERMIT, re.compile(r"台胞|台湾.*通行证|大陆通行证|来往大陆")),
    (DocumentKind.HONG_KONG_MACAO_PERMIT, re.compile(r"回乡证|港澳|来往内地|内地通行证")),
    (DocumentKind.PASSPORT, re.compile(r"护照|PASSPORT")),
    (DocumentKind.RESIDENT_CARD, re.compile(r"身份证|^身份$|户口|^ID(?:CARD)?$")),
    (DocumentKind.OTHER, re.compile(r"证$|证件$|^其他$")),
)


def clean_number(text: str) -> str:
    """A document number as it is compared and stored: half width, upper case, without spaces and dashes.

    Args:
        text: what stands in the cell or field, such as ``１３０… ９９９x``.

    Returns:
        The number; nothing is checked yet.
    """
    if text.isascii() and text.isalnum():
        return text.upper()
    half_width = "".join(
        chr(ord(character) - 0xFEE0) if "！" <= character <= "～" else character
        for character in text.translate(_LOOK_ALIKES)
    )
    return _IGNORED.sub("", half_width.replace("（", "(").replace("）", ")")).upper()


def check_character(body: str) -> str:
    """The 18th character that belongs to 17 digits.

    Args:
        body: exactly 17 ASCII digits.

    Returns:
        A digit or ``X``.

    Source: GB 11643-1999, ISO 7064 MOD 11-2.
    """
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, body, strict=True))
    return _CHECK_CHARACTERS[total % 11]


def read_citizen_number(text: str, *, latest_birth: date | None = None) -> IdentityDocument:
    """Read a citizen's number of 18 characters, or an old one of 15 digits (returned with 18).

    Args:
        text: the number as written.
        latest_birth: the last day on which its bearer can have been born; None asks nothing.

    Returns:
        The document with birth date and sex; its kind follows from the first digits (81–83 are residence cards
        of people from Hong Kong, Macao and Taiwan, 9 is a foreigner's permanent residence card).

    Raises:
        IdentityNumberError: wrong length, characters, birth date or check character.

    Source: GB 11643-1999.
    """
    number = clean_number(text)
    if re.fullmatch(r"[0-9]{15}", number):
        number = _with_eighteen(number)
    _require_shape(number)
    birth = _birth_of(number, latest_birth)
    if check_character(number[:17]) != number[17]:
        raise IdentityNumberError("校验码不符，号码中至少有一位写错，请对照证件核对")
    return IdentityDocument(_kind_of_citizen_number(number), number, birth, _sex_of(number))


def read_document(text: str, kind: DocumentKind | None = None, *, latest_birth: date | None = None) -> IdentityDocument:
    """Read a document number of a stated kind, or of the kind that its form shows.

    Args:
        text: the number as written.
        kind: what the contestant says it is; None to tell from the number.
        latest_birth: see `read_citizen_number`.

    Returns:
        The document; birth date and sex are None where the number does not carry them.

    Raises:
        IdentityNumberError: the number does not fit its kind.
    """
    number = clean_number(text)
    if kind is None:
        kind = guessed_kind(number) or DocumentKind.RESIDENT_CARD
    if kind is DocumentKind.PERMANENT_RESIDENT_CARD and re.fullmatch(r"[A-Z]{3}[0-9]{12}", number):
        return IdentityDocument(kind, number, None, None)
    if kind not in _SHAPES:
        document = read_citizen_number(number, latest_birth=latest_birth)
        return IdentityDocument(_agreed_kind(kind, document.kind), document.number, document.birth, document.sex)
    if kind is DocumentKind.TAIWAN_PERMIT:
        number = re.sub(r"\([A-Z0-9]{1,2}\)$", "", number)
    if not _SHAPES[kind].fullmatch(number):
        raise IdentityNumberError("%(kind)s号码不对：%(hint)s", kind=said(kind.value), hint=said(_SHAPE_HINTS[kind]))
    return IdentityDocument(kind, number, None, None)


def document_kind(text: str) -> DocumentKind | None:
    """The kind of document that a word such as ``身份证``, ``台胞证`` or ``港澳通行证`` means; None if unknown."""
    word = re.sub(r"\s+", "", text).upper()
    return next((kind for kind, pattern in _KIND_WORDS if pattern.search(word)), None)


def guessed_kind(number: str) -> DocumentKind | None:
    """The kind that a number's form shows without doubt, or None.

    Args:
        number: as `clean_number` returns it.
    """
    if re.fullmatch(r"[0-9]{15}|[0-9]{17}[0-9X]", number):
        return _kind_of_citizen_number(number) if len(number) == 18 else DocumentKind.RESIDENT_CARD
    if re.fullmatch(r"[HM][0-9]{8}(?:[0-9]{2})?", number):
        return DocumentKind.HONG_KONG_MACAO_PERMIT
    if re.fullmatch(r"[A-Z]{3}[0-9]{12}", number):
        return DocumentKind.PERMANENT_RESIDENT_CARD
    if re.fullmatch(r"[A-Z][0-9]{8}|[A-Z]{2}[0-9]{7}", number):
        return DocumentKind.PASSPORT
    return None


def age_on(birth: date, day: date) -> int:
    """Full years of age on a day (周岁); who was born on 29 February is a year older on 1 March."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def is_credit_code(text: str) -> bool:
    """Tell whether a text is a unified social credit code (统一社会信用代码) with the right check character.

    Source: GB 32100-2015: 18 of 31 characters, weights 3^i mod 31.
    """
    code = clean_number(text)
    if len(code) != 18 or any(character not in _CREDIT_ALPHABET for character in code):
        return False
    total = sum(
        weight * _CREDIT_ALPHABET.index(character) for weight, character in zip(_CREDIT_WEIGHTS, code[:17], strict=True)
    )
    return _CREDIT_ALPHABET[-total % 31] == code[17]


def _with_eighteen(number: str) -> str:
    body = f"{number[:6]}19{number[6:]}"
    return body + check_character(body)


def _require_shape(number: str) -> None:
    if "*" in number:
        raise IdentityNumberError("号码有一部分被*遮住，请填写完整号码")
    if len(number) != 18:
        raise IdentityNumberError("身份证号码应为18位，这里是%(length)d位", length=len(number))
    wrong = sorted({character for character in number[:17] if character not in "0123456789"})
    if wrong:
        raise IdentityNumberError("身份证号码前17位只能是数字，这里有：%(wrong)s", wrong="".join(wrong))
    if number[17] not in "0123456789X":
        raise IdentityNumberError("身份证号码最后一位只能是数字或X，这里是%(last)s", last=number[17])


def _birth_of(number: str, latest: date | None) -> date:
    digits = number[6:14]
    try:
        birth = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise IdentityNumberError("身份证号码中的出生日期%(digits)s不存在", digits=digits) from None
    if birth < _EARLIEST_BIRTH or (latest is not None and birth > latest):
        raise IdentityNumberError("身份证号码中的出生日期%(digits)s不合理", digits=digits)
    return birth


def _sex_of(number: str) -> Sex:
    return Sex.MALE if int(number[16]) % 2 else Sex.FEMALE


def _kind_of_citizen_number(number: str) -> DocumentKind:
    if number[:6] in {"810000", "820000", "830000"}:
        return DocumentKind.HONG_KONG_MACAO_TAIWAN_CARD
    return DocumentKind.PERMANENT_RESIDENT_CARD if number[0] == "9" else DocumentKind.RESIDENT_CARD


def _agreed_kind(stated: DocumentKind, shown: DocumentKind) -> DocumentKind:
    # People write 身份证 for every card that carries such a number; the number tells more.
    return shown if stated is DocumentKind.RESIDENT_CARD else stated
