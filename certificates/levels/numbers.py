"""Numbers of skill certificates, checked softly: remarks for a person, never a refusal, never a level decided."""

import re
from dataclasses import dataclass
from datetime import date

from competitions.standards.model import LEVEL_NAMES
from competitions.standards.regions import regions

_COMMON = re.compile(
    r"(?P<kind>[A-Z])(?P<body>\d{4})(?P<province>\d{2})(?P<site>\d{6})(?P<year>\d{2})(?P<level>\d)\d{6}"
)
_SPECIAL = re.compile(r"[A-Z]{2}\d{20}")
_OLD = re.compile(r"\d{16}")
_ISSUERS = {"Y": "用人单位", "S": "社会培训评价组织"}
_SPACES = re.compile(r"[\s\u3000-]+")


@dataclass(frozen=True, slots=True)
class SkillNumber:
    """A certificate number as it was given, and what its form suggests."""

    raw: str
    """Exactly as given; this is what is kept."""
    form: str
    """`common` (one letter, 21 digits), `special` (特级技师: two letters, 20 digits), `old` (16 digits), `unknown`."""
    province: str | None = None
    """First two digits of the division code, for `common`."""
    year: int | None = None
    """Last two digits of the year, for `common`."""
    level: int | None = None
    """What digit 16 says, for `common`. A hint only: nothing may be decided from it."""
    remarks: tuple[str, ...] = ()
    """What a person should look at, in Chinese."""


def read_skill_number(text: str, *, stated_level: int | None = None, on: date | None = None) -> SkillNumber:
    """Read a certificate number and say what looks odd about it.

    Args:
        text: as somebody wrote it; spaces and hyphens are passed over, small letters count as capitals.
        stated_level: the level digit that the person stated, to compare with the number's.
        on: the present day, to notice a year that lies ahead.

    Returns:
        The number with its remarks; any text is accepted.

    Source: 职业技能等级证书编码（一位大写英文字母和21位阿拉伯数字，七个部分），转载件；特级技师为2位字母和20位数字；
    旧职业资格证书为16位数字. A description with other letters and 20 characters contradicts it and is not used.
    """
    plain = _SPACES.sub("", text).upper()
    common = _COMMON.fullmatch(plain)
    if common is not None:
        return _common(text, common, stated_level, on)
    if _SPECIAL.fullmatch(plain):
        return SkillNumber(text, "special")
    if _OLD.fullmatch(plain):
        return SkillNumber(text, "old", remarks=("16 位，是旧职业资格证书的编号形式",))
    return SkillNumber(text, "unknown", remarks=(f"{len(plain)} 个字符，不是已知的证书编号形式，请核对原件",))


def _common(text: str, parts: re.Match[str], stated_level: int | None, on: date | None) -> SkillNumber:
    level, year, province = int(parts["level"]), int(parts["year"]), parts["province"]
    remarks = []
    if parts["kind"] not in _ISSUERS:
        remarks.append(f"首位字母 {parts['kind']} 不是 Y（用人单位）或 S（社会培训评价组织）")
    if f"{province}0000" not in regions():
        remarks.append(f"第 6、7 位 {province} 不是省级行政区划代码")
    if level not in LEVEL_NAMES:
        remarks.append(f"第 16 位 {level} 不是技能等级代码（5—1）")
    elif stated_level is not None and stated_level != level:
        stated = LEVEL_NAMES.get(stated_level, "无等级")
        remarks.append(f"第 16 位为 {level}（{LEVEL_NAMES[level]}），与填报的{stated}不一致，以原件为准")
    if on is not None and 2000 + year > on.year:
        remarks.append(f"第 14、15 位的年份 20{year:02} 晚于今年")
    return SkillNumber(text, "common", province, year, level if level in LEVEL_NAMES else None, tuple(remarks))
