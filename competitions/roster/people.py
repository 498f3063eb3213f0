"""Reads what stands in the cells about one person: name, sex, skill level, telephone. Normalises, never guesses."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from competitions.roster.columns import Field, plain
from competitions.roster.findings import Problem, Remark, remark
from core.characters import code_point, is_private_use, standard_characters
from core.identity import Sex

LONGEST_NAME = 40
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufe00-\ufe0f\ufeff]")
_DOTS = re.compile(r"\s*[·•‧∙⋅・･●．.。﹒ꞏ᛫]\s*")
_HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_HAN_NAME = re.compile(rf"[{_HAN}]+(?:·[{_HAN}]+)*")
_BETWEEN_HAN = re.compile(rf"(?<=[{_HAN}])\s+(?=[{_HAN}])")
_LATIN_NAME = re.compile(r"[A-Za-zÀ-ɏḀ-ỿ][A-Za-zÀ-ɏḀ-ỿ .,'’-]*")
_SEVERAL = re.compile(rf"[{_HAN}]{{2,}}\s*(?:[、,，;；/\\|]|\r?\n)\s*[{_HAN}]{{2,}}")
_NO_NAME_WORDS = (
    "无、待定、暂无、未定、同上、空、空缺、缺、无名、姓名、选手、测试、不详、未知、N/A、NONE、NULL、/、-、—、–"
)
_NOT_NAMES = frozenset(_NO_NAME_WORDS.split("、"))

_LEVEL_NAMES = {"初级": 5, "中级": 4, "高级": 3, "技师": 2, "高级技师": 1, "特级技师": 1, "首席技师": 1}
_LEVEL_DIGITS = {
    digit: level
    for level, digits in enumerate(("1 一 壹 I", "2 二 贰 两 II", "3 三 叁 III", "4 四 肆 IV", "5 五 伍 V"), start=1)
    for digit in digits.split()
}
_LEVEL = re.compile(
    r"(?P<name>(?:高级|特级|首席)?技师|[初中高]级(?:技能|技工|工)?)"
    r"|(?P<digit>[一二三四五壹贰叁肆伍两1-5]|IV|I{1,3}|V)级?"
)
_LEVEL_AMONG_WORDS = re.compile(
    r"(?P<name>(?:高级|特级|首席)?技师|[初中高]级工?)|(?<![0-9十])(?P<digit>[一二三四五1-5])级"
)
_LEVEL_NOISE = re.compile(r"国家|职业|资格|技能|技术|等级|证书|水平|人才|现|已取得|取得|持有|持|第")
_PROFESSIONAL_TITLE = re.compile(r"工程师|经济师|会计师|讲师|教授|教师|医师|药师|护师|研究员|农艺师|职称|技术员")
_NO_LEVEL_WORDS = "无、暂无、没有、未取得、无等级、未评、未定级、学徒、学徒工、无证、无技能等级、未持证"
_NO_LEVEL_SIGNS = ("", "0", "/", "\\", "-", "--", "—", "——", "N/A", "NA", "NONE")
_NO_LEVEL = frozenset([*_NO_LEVEL_SIGNS, *_NO_LEVEL_WORDS.split("、")])

_SEXES = {"男": Sex.MALE, "男性": Sex.MALE, "男士": Sex.MALE, "M": Sex.MALE, "MALE": Sex.MALE, "先生": Sex.MALE,
          "女": Sex.FEMALE, "女性": Sex.FEMALE, "女士": Sex.FEMALE, "F": Sex.FEMALE, "FEMALE": Sex.FEMALE}  # fmt: skip

_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"(?:0\d{9,11}|[48]00\d{7})(?:转\d{1,6})?")
_ABROAD = re.compile(r"(?:\+|00)(?!86)[1-9]\d{6,14}")
_PHONE_SEPARATORS = re.compile(r"[/、,;|]|\s{2,}|\n|或")


def read_name(text: str) -> tuple[str, tuple[Remark, ...]]:
    """A person's name as it will be stored and printed, and what is wrong with it.

    Blanks between Chinese characters go, dots between the parts of a name become ``·``, private-use code points of
    old systems become the standard characters. Nothing else about a name is changed.

    Args:
        text: what stands in the cell.

    Returns:
        The name (as far as it can be read) and remarks.
    """
    written = _INVISIBLE.sub("", text).strip()
    if not written:
        return "", (remark(Problem.NAME_MISSING, Field.NAME),)
    if _SEVERAL.search(written):
        return written, (remark(Problem.NAME_SEVERAL, Field.NAME),)
    name = standard_characters(unicodedata.normalize("NFC", _half_width_letters(written)))
    if re.search(rf"[{_HAN}]", name):
        name = _BETWEEN_HAN.sub("", _DOTS.sub("·", name).strip("·"))
    name = re.sub(r"\s+", " ", name)
    wrong = _name_error(name)
    if wrong is not None:
        return name, (wrong,)
    return name, _name_warnings(written, name)


@lru_cache(maxsize=256)
def read_sex(text: str) -> tuple[Sex | None, tuple[Remark, ...]]:
    """Sex as stated, or None with a remark if the word means neither; an empty cell is None without remark."""
    word = plain(text).upper()
    if not word or word in _SEXES:
        return _SEXES.get(word), ()
    return None, (remark(Problem.SEX_UNKNOWN, Field.SEX, value=text.strip()),)


@lru_cache(maxsize=1024)
def read_level(text: str) -> tuple[int | None, tuple[Remark, ...]]:
    """A skill level, 1 (高级技师) to 5 (初级工), from ``三级``, ``高级工``, ``3``, ``高级工（三级）`` and the like.

    Args:
        text: what stands in the cell.

    Returns:
        The level, or None where there is none; a remark where it cannot be read or contradicts itself.

    Source: 人社部发〔2022〕14号; 特级技师 and 首席技师 are appointments above level 1, not levels of a certificate.
    """
    word = plain(text).upper()
    if word in _NO_LEVEL:
        return None, ()
    if _PROFESSIONAL_TITLE.search(word):
        return None, (remark(Problem.LEVEL_IS_TITLE, Field.LEVEL, value=text.strip()),)
    levels = _levels_in(word)
    if not levels:
        return None, (remark(Problem.LEVEL_UNREADABLE, Field.LEVEL, value=text.strip()),)
    if len(levels) > 1:
        return None, (remark(Problem.LEVEL_CONTRADICTS, Field.LEVEL, value=text.strip()),)
    appointed = re.search("特级技师|首席技师", word)
    return levels.pop(), (remark(Problem.LEVEL_APPOINTED, Field.LEVEL, value=text.strip()),) if appointed else ()


def read_phone(text: str) -> tuple[str, tuple[Remark, ...]]:
    """A telephone number in digits: a mobile number, a landline with area code, or a foreign one with ``+``.

    Args:
        text: what stands in the cell; where several numbers stand, the first one counts.

    Returns:
        The number and, if it is none, a remark.
    """
    if _MOBILE.fullmatch(text) and text.isascii():
        return text, ()
    written = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).strip()
    if not written:
        return "", (remark(Problem.PHONE_MISSING, Field.PHONE),)
    numbers = [_phone_digits(part) for part in [written, *_PHONE_SEPARATORS.split(written)]]
    right = next((number for number in numbers if _is_phone(number)), None)
    if right is not None:
        return right, ()
    return numbers[0], (remark(Problem.PHONE_INVALID, Field.PHONE, value=text.strip()),)


@lru_cache(maxsize=4096)
def read_words(text: str, field: Field) -> tuple[str, tuple[Remark, ...]]:
    """A name of a unit, a delegation or a group: standard characters, single blanks, nothing that is no text.

    Args:
        text: what stands in the cell.
        field: whose text it is.

    Returns:
        The text and, where characters stand in it that no name has, a remark.
    """
    words = standard_characters(unicodedata.normalize("NFC", _INVISIBLE.sub("", text)))
    words = re.sub(rf"(?<=[{_HAN}）)])\s+|\s+(?=[{_HAN}（(])", "", " ".join(words.split()))
    wrong = tuple(c for c in words if c in "<>=�" or is_private_use(c) or unicodedata.category(c) == "Cc")
    return words, (remark(Problem.TEXT_CHARACTERS, field, characters=_shown(wrong)),) if wrong else ()


def _half_width_letters(text: str) -> str:
    return "".join(chr(ord(c) - 0xFEE0) if c.isalpha() and "Ａ" <= c <= "ｚ" else c for c in text)


def _name_error(name: str) -> Remark | None:
    if name.upper() in _NOT_NAMES or not name:
        return remark(Problem.NAME_NOT_A_NAME, Field.NAME, value=name)
    private = [character for character in name if is_private_use(character)]
    if private:
        return remark(Problem.NAME_PRIVATE_USE, Field.NAME, characters=_shown(private))
    wrong = [character for character in name if not _is_name_character(character)]
    if wrong or not (_HAN_NAME.fullmatch(name) or _LATIN_NAME.fullmatch(name) or not re.search(rf"[{_HAN}]", name)):
        strange = wrong or [character for character in name if not re.match(rf"[{_HAN}·]", character)]
        return remark(Problem.NAME_CHARACTERS, Field.NAME, characters=_shown(strange))
    if len(name) > LONGEST_NAME:
        return remark(Problem.NAME_TOO_LONG, Field.NAME, most=LONGEST_NAME)
    return None


def _is_name_character(character: str) -> bool:
    return (
        character in " ·.,'’-\u0f0b"
        or re.match(f"[{_HAN}]", character) is not None
        or (unicodedata.category(character)[0] in "LM" and unicodedata.name(character, "").find("RADICAL") < 0)
    )


def _name_warnings(written: str, name: str) -> tuple[Remark, ...]:
    said = []
    changed = [c for c in written if standard_characters(c) != c]
    if changed:
        said.append(remark(Problem.NAME_STANDARDISED, Field.NAME, name=name, characters=_shown(changed)))
    if len(name) == 1:
        said.append(remark(Problem.NAME_ONE_CHARACTER, Field.NAME))
    if not re.search(rf"[{_HAN}]", name) and not _LATIN_NAME.fullmatch(name):
        said.append(remark(Problem.NAME_OTHER_SCRIPT, Field.NAME))
    return tuple(said)


def _shown(characters: Sequence[str]) -> str:
    shown = []
    for character in dict.fromkeys(characters):
        visible = not is_private_use(character) and character.isprintable() and not character.isspace()
        shown.append(f"{character} {code_point(character)}" if visible else code_point(character))
    return "、".join(shown)


def _levels_in(word: str) -> set[int]:
    levels = set()
    for part in re.split(r"[()（）\[\]/、,;:|\\+\-—]", word):
        match = _LEVEL.fullmatch(_LEVEL_NOISE.sub("", part)) or _LEVEL.fullmatch(part)
        found = [match] if match else list(_LEVEL_AMONG_WORDS.finditer(part))
        levels |= {_level_of(m) for m in found}
    return levels


def _level_of(match: re.Match[str]) -> int:
    name = match["name"]
    if name is None:
        return _LEVEL_DIGITS[match["digit"]]
    return _LEVEL_NAMES[name] if name.endswith("技师") else _LEVEL_NAMES[name[:2]]


def _phone_digits(text: str) -> str:
    digits = re.sub(r"[\s\-–—_.·()]+", "", text)
    mobile = re.fullmatch(r"(?:\+|00)?86(1\d{10})", digits)
    return mobile[1] if mobile else digits


def _is_phone(number: str) -> bool:
    return any(pattern.fullmatch(number) for pattern in (_MOBILE, _LANDLINE, _ABROAD))
