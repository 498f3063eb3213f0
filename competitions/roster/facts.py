"""Reads what a registration says about a contestant's work for figures alone; nobody has to say any of it."""

import re
from enum import StrEnum
from functools import lru_cache

from competitions.roster.columns import Field, plain
from competitions.roster.findings import Problem, Remark, remark
from core.messages import message


class UnitNature(StrEnum):
    """单位性质: who owns the employer. The value is what pages and files show."""

    NON_PUBLIC = message("非公企业")
    PUBLIC = message("公有制企业")
    STATE_BODY = message("机关事业单位")
    SOCIAL = message("社会组织")
    OTHER = message("其他")


# In this order: 非国有 is not 国有, and 国有独资 is not the 独资 of foreigners.
_NATURES = (
    (UnitNature.NON_PUBLIC, re.compile(r"非公|非国有|民营|民企|私营|私企|个体|外资|外商|外企|港澳台|中外|合资企业$")),
    (UnitNature.PUBLIC, re.compile(r"国有|国企|国营|央企|中央企业|省属|市属|国资|集体|公有")),
    (UnitNature.STATE_BODY, re.compile(r"机关|事业|公务|政府|参公")),
    (UnitNature.SOCIAL, re.compile(r"社会组织|社会团体|社团|民办非|基金会|协会|社会服务机构")),
    (UnitNature.OTHER, re.compile(r"^其[他它]|农村|合作社|院校|学校|自由职业|灵活就业")),
)
_NOTHING = frozenset(["", "/", "\\", "-", "--", "—", "——", "未填", "不详", "未知", "不清楚"])
_YES = frozenset(["是", "√", "✓", "✔", "☑", "对", "有", "Y", "YES", "1", "TRUE"])
_NO = frozenset(["否", "不是", "×", "✗", "✘", "☐", "□", "X", "非", "无", "没有", "N", "NO", "0", "FALSE"])
_MEANT = {
    Field.RURAL_MIGRANT: re.compile(r"^(?P<no>非|不是)?(?:农民工|进城务工人员|农民工人)$"),
    Field.NEW_EMPLOYMENT: re.compile(r"^(?P<no>非|不是)?(?:新就业形态|新业态)(?:劳动者|从业人员|就业人员|群体)?$"),
}


@lru_cache(maxsize=1024)
def read_nature(text: str) -> tuple[UnitNature | None, tuple[Remark, ...]]:
    """The nature of a unit from 民营企业, 国有控股, 事业单位 and the like.

    Args:
        text: what stands in the cell; empty says nothing.

    Returns:
        The nature, or None with a remark where the words name none: 有限责任公司 is a legal form, not an owner.
    """
    word = plain(text)
    if word in _NOTHING:
        return None, ()
    nature = next((nature for nature, pattern in _NATURES if pattern.search(word)), None)
    if nature is None:
        return None, (remark(Problem.NATURE_UNREADABLE, Field.UNIT_NATURE, value=text.strip()),)
    return nature, ()


@lru_cache(maxsize=1024)
def read_whether(text: str, of: Field) -> tuple[bool | None, tuple[Remark, ...]]:
    """Whether somebody belongs to a group: 是, 否, √, or the group's own name.

    Args:
        text: what stands in the cell; empty says nothing, and nothing is never a no.
        of: which group's column it is.
    """
    word = plain(text).upper()
    if word in _NOTHING:
        return None, ()
    if word in _YES or word in _NO:
        return word in _YES, ()
    named = _MEANT[of].match(word)
    if named is None:
        return None, (remark(Problem.WHETHER_UNREADABLE, of, value=text.strip()),)
    return named["no"] is None, ()
