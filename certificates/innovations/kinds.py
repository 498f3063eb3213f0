"""Kinds and stages of innovations, and the text in which each kind is named. It knows neither pages nor database."""

from collections.abc import Mapping
from enum import StrEnum

from core.messages import message


class Kind(StrEnum):
    """What an innovation is. Which of them count for what is for each competition's own document to say."""

    SUGGESTION = "suggestion"
    IMPROVEMENT = "improvement"
    SMALL_INVENTION = "small_invention"
    SMALL_CREATION = "small_creation"
    SMALL_REFORM = "small_reform"
    SMALL_DESIGN = "small_design"
    SMALL_SUGGESTION = "small_suggestion"
    PATENT = "patent"
    METHOD = "method"
    OTHER = "other"


KIND_NAMES: Mapping[Kind, str] = {
    Kind.SUGGESTION: message("合理化建议"),
    Kind.IMPROVEMENT: message("技术革新"),
    Kind.SMALL_INVENTION: message("小发明"),
    Kind.SMALL_CREATION: message("小创造"),
    Kind.SMALL_REFORM: message("小革新"),
    Kind.SMALL_DESIGN: message("小设计"),
    Kind.SMALL_SUGGESTION: message("小建议"),
    Kind.PATENT: message("发明专利"),
    Kind.METHOD: message("先进操作法"),
    Kind.OTHER: message("其他"),
}
_UNION_LAW = message("工会法第三十二条：「组织职工开展群众性的合理化建议、技术革新、劳动和技能竞赛活动」")
_FIVE_SMALL = message("河北省产业工人队伍建设改革“十四五”规划：「小发明、小创造、小革新、小设计、小建议」，合称“五小”")
_NAMED_NOWHERE = message("所读文件没有列出这一类，按常用名称登记")
KIND_SOURCES: Mapping[Kind, str] = {
    Kind.SUGGESTION: _UNION_LAW,
    Kind.IMPROVEMENT: _UNION_LAW,
    Kind.SMALL_INVENTION: _FIVE_SMALL,
    Kind.SMALL_CREATION: _FIVE_SMALL,
    Kind.SMALL_REFORM: _FIVE_SMALL,
    Kind.SMALL_DESIGN: _FIVE_SMALL,
    Kind.SMALL_SUGGESTION: _FIVE_SMALL,
    Kind.PATENT: _NAMED_NOWHERE,
    Kind.METHOD: _NAMED_NOWHERE,
    Kind.OTHER: _NAMED_NOWHERE,
}


class Stage(StrEnum):
    """How far it has come."""

    PROPOSED = "proposed"
    ADOPTED = "adopted"
    IN_USE = "in_use"


STAGE_NAMES: Mapping[Stage, str] = {
    Stage.PROPOSED: message("已提出"),
    Stage.ADOPTED: message("已采纳"),
    Stage.IN_USE: message("已实施"),
}
