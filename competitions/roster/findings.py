"""Everything that can be said about a row of a registration table: codes for programs, sentences for people."""

from dataclasses import dataclass
from enum import StrEnum

from competitions.roster.columns import Field
from core.messages import Said, message, said


class Severity(StrEnum):
    """What a finding does to its row: an error keeps it out, a warning asks to look, a note only tells."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Problem(StrEnum):
    """The code of a finding; stable, for programs and for the page on the file format."""

    NAME_MISSING = "name_missing"
    NAME_NOT_A_NAME = "name_not_a_name"
    NAME_PRIVATE_USE = "name_private_use"
    NAME_CHARACTERS = "name_characters"
    NAME_SEVERAL = "name_several"
    NAME_TOO_LONG = "name_too_long"
    NAME_STANDARDISED = "name_standardised"
    NAME_ONE_CHARACTER = "name_one_character"
    NAME_OTHER_SCRIPT = "name_other_script"
    ID_MISSING = "id_missing"
    ID_INVALID = "id_invalid"
    ID_PRECISION_LOST = "id_precision_lost"
    ID_FIFTEEN = "id_fifteen"
    ID_TWICE = "id_twice"
    ID_OTHER_NAME = "id_other_name"
    ID_IN_TWO_EVENTS = "id_in_two_events"
    ID_KIND_UNKNOWN = "id_kind_unknown"
    ID_KIND_DIFFERS = "id_kind_differs"
    TOO_YOUNG = "too_young"
    SEX_MISSING = "sex_missing"
    SEX_UNKNOWN = "sex_unknown"
    SEX_DIFFERS = "sex_differs"
    BIRTH_DIFFERS = "birth_differs"
    EVENT_MISSING = "event_missing"
    EVENT_UNKNOWN = "event_unknown"
    DELEGATION_MISSING = "delegation_missing"
    UNIT_MISSING = "unit_missing"
    TEXT_CHARACTERS = "text_characters"
    LEVEL_UNREADABLE = "level_unreadable"
    LEVEL_CONTRADICTS = "level_contradicts"
    LEVEL_IS_TITLE = "level_is_title"
    LEVEL_APPOINTED = "level_appointed"
    PHONE_MISSING = "phone_missing"
    PHONE_INVALID = "phone_invalid"
    NATURE_UNREADABLE = "nature_unreadable"
    WHETHER_UNREADABLE = "whether_unreadable"
    ENTRY_REFUSED = "entry_refused"


_E, _W, _N = Severity.ERROR, Severity.WARNING, Severity.NOTE
MESSAGES: dict[Problem, tuple[Severity, str]] = {
    Problem.NAME_MISSING: (_E, message("姓名为空")),
    Problem.NAME_NOT_A_NAME: (_E, message("“%(value)s”不是姓名，请填写与证件一致的姓名")),
    Problem.NAME_PRIVATE_USE: (
        _E,
        message("姓名中有别的电脑显示不出的自造字（%(characters)s），请用标准输入法重新输入该字"),
    ),
    Problem.NAME_CHARACTERS: (_E, message("姓名中有不该出现的字符（%(characters)s），请只填写与证件一致的姓名")),
    Problem.NAME_SEVERAL: (_E, message("一个格子里像是填了几个人，请每人填一行")),
    Problem.NAME_TOO_LONG: (_E, message("姓名超过%(most)s个字，请核对")),
    Problem.NAME_STANDARDISED: (_W, message("姓名中的自造字或旧字已换成标准字“%(name)s”（%(characters)s），请核对")),
    Problem.NAME_ONE_CHARACTER: (_W, message("姓名只有一个字，请核对")),
    Problem.NAME_OTHER_SCRIPT: (_W, message("姓名不是汉字或拉丁字母，请确认证书上能够打印")),
    Problem.ID_MISSING: (_E, message("证件号码为空")),
    Problem.ID_INVALID: (_E, message("%(reason)s")),
    Problem.ID_PRECISION_LOST: (
        _E,
        message("号码被存成了数值，第15位以后的数字已经丢失；请把该列设为文本格式，再对照证件重新输入"),
    ),
    Problem.ID_FIFTEEN: (_W, message("15位旧号码已按规则补成18位，旧号码没有校验码，请对照证件核对")),
    Problem.ID_TWICE: (_E, message("与%(place)s重复：同一证件号码已报“%(event)s”")),
    Problem.ID_OTHER_NAME: (_E, message("与%(place)s证件号码相同而姓名不同（“%(name)s”），请核对")),
    Problem.ID_IN_TWO_EVENTS: (_W, message("同一人在%(place)s已报“%(event)s”，请确认允许兼报")),
    Problem.ID_KIND_UNKNOWN: (_W, message("不认识证件类型“%(value)s”，已按号码的样式登记为“%(kind)s”")),
    Problem.ID_KIND_DIFFERS: (_W, message("证件类型“%(value)s”与号码的样式不一致，已按号码登记为“%(kind)s”")),
    Problem.TOO_YOUNG: (_E, message("到开赛日%(day)s未满%(least)s周岁（出生日期%(birth)s）")),
    Problem.SEX_MISSING: (_W, message("性别为空，证件号码也看不出性别")),
    Problem.SEX_UNKNOWN: (_E, message("性别应填“男”或“女”，这里是“%(value)s”")),
    Problem.SEX_DIFFERS: (_E, message("性别填“%(value)s”，与身份证号码（%(sex)s）不一致")),
    Problem.BIRTH_DIFFERS: (_W, message("出生日期“%(value)s”与身份证号码（%(birth)s）不一致")),
    Problem.EVENT_MISSING: (_E, message("没有填写参赛赛项")),
    Problem.EVENT_UNKNOWN: (_E, message("本次竞赛没有“%(value)s”这个赛项；是否应为“%(nearest)s”？")),
    Problem.DELEGATION_MISSING: (_E, message("代表队为空")),
    Problem.UNIT_MISSING: (_W, message("工作单位为空")),
    Problem.TEXT_CHARACTERS: (_E, message("有不该出现的字符（%(characters)s）")),
    Problem.LEVEL_UNREADABLE: (_E, message("看不懂技能等级“%(value)s”，请填“高级工”“三级”这样的等级，没有则留空")),
    Problem.LEVEL_CONTRADICTS: (_E, message("技能等级“%(value)s”自相矛盾，请核对证书")),
    Problem.LEVEL_IS_TITLE: (_W, message("“%(value)s”是职称，不是职业技能等级，按没有技能等级登记")),
    Problem.LEVEL_APPOINTED: (_N, message("“%(value)s”是聘任的岗位，技能等级按一级（高级技师）登记")),
    Problem.PHONE_MISSING: (_W, message("联系电话为空")),
    Problem.PHONE_INVALID: (_E, message("电话“%(value)s”不对：应为11位手机号，或带区号的固定电话")),
    Problem.NATURE_UNREADABLE: (
        _W,
        message("看不出“%(value)s”是哪种单位性质，按未填登记；可填非公企业、公有制企业、机关事业单位、社会组织或其他"),
    ),
    Problem.ENTRY_REFUSED: (_E, message("%(reason)s")),
    Problem.WHETHER_UNREADABLE: (_W, message("应填“是”或“否”，这里是“%(value)s”，按未填登记")),
}


class SkipReason(StrEnum):
    """Why a row is no contestant's; the value is the sentence."""

    SUMMARY = message("合计、备注或签字行")
    EXAMPLE = message("填写示例或说明")
    HEADING_AGAIN = message("重复的表头")
    SECTION = message("分段标题")
    NUMBERED_ONLY = message("只有序号，没有选手")


@dataclass(frozen=True, slots=True)
class Remark:
    """A problem with a field, before it is known in which column the field stands."""

    problem: Problem
    field: Field
    params: dict[str, object]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing said about a row: in which column (the table's own heading), how grave, and what."""

    problem: Problem
    field: Field
    column: str
    severity: Severity
    message: Said


def remark(problem: Problem, field: Field, **params: object) -> Remark:
    """A remark with the values of its sentence."""
    return Remark(problem, field, params)


def finding(made: Remark, column: str) -> Finding:
    """The remark as a sentence about the column with this heading."""
    severity, sentence = MESSAGES[made.problem]
    return Finding(made.problem, made.field, column, severity, said(sentence, **made.params))
