"""The variables that a certificate layout may use: name, Chinese label, sample value and how often it changes."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from core.messages import message, said


class Scope(StrEnum):
    """How often a variable changes within one issue; what does not change is drawn once."""

    GROUP = "group"
    CERTIFICATE = "certificate"


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable.

    Attributes:
        name: as written between braces in a layout.
        label: Chinese name, a message where every layout has the variable; also accepted as a column heading in
            a list of recipients.
        sample: value for a preview.
        scope: whether it changes from certificate to certificate.
    """

    name: str
    label: str
    sample: str
    scope: Scope = Scope.GROUP


ISSUE_DAY = "issue.day"
"""Stands on no paper, yet every file says it of itself, and no signature does without it."""
_EACH = Scope.CERTIFICATE
KNOWN_VARIABLES: Mapping[str, Variable] = {
    variable.name: variable
    for variable in (
        Variable("recipient.name", message("姓名"), "欧阳𬱖", _EACH),
        Variable("recipient.honorific", message("称谓"), "同志", _EACH),
        Variable("recipient.unit", message("单位"), "云岭重型机床有限责任公司", _EACH),
        Variable("recipient.delegation", message("代表队"), "云岭市代表队", _EACH),
        Variable("recipient.members", message("队员"), "欧阳𬱖、赵頔、王䶮", _EACH),
        Variable("recipient.coach", message("指导教师"), "李堃", _EACH),
        Variable("award.place", message("名次"), "第1名", _EACH),
        Variable("award.title", message("奖项"), "一等奖"),
        Variable("award.citation", message("表彰语"), "技艺精湛、成绩优异"),
        Variable("competition.title", message("竞赛名称"), "2026年云岭省第十八届职工职业技能大赛"),
        Variable("event.name", message("赛项"), "数控机床装调维修工（五轴方向）"),
        Variable("event.group", message("组别"), "职工组"),
        Variable("issuer.1.name", message("颁发单位1"), "云岭省总工会"),
        Variable("issuer.2.name", message("颁发单位2"), "云岭省人力资源和社会保障厅"),
        Variable("issuer.3.name", message("颁发单位3"), "云岭省科学技术厅"),
        Variable("issue.date", message("落款日期"), "二〇二六年十一月二十一日"),
        Variable(ISSUE_DAY, message("颁发日"), "2026-11-21"),
        Variable("cert.number", message("证书编号"), "YLZG-2026-0018-000123", _EACH),
        Variable("cert.code", message("核验码"), "7QK4M2XZ9TRAA", _EACH),
        Variable("cert.url", message("核验网址"), "https://zs.example.cn/v/7QK4M2XZ9TRAA", _EACH),
        Variable("cert.proof", message("离线核验串"), "WUxaRy0yMDI2LTAwMTgtMDAwMTIz", _EACH),
        Variable("cert.url_short", message("核验短网址"), "zs.example.cn/v/7QK4-M2XZ-9TRA-A", _EACH),
    )
}
EXTRA_PREFIX = "extra."
"""A layout may declare variables of its own under this prefix."""


def variable_name(name: str) -> str:
    """A variable as people and as layouts call it; of a layout's own variables only the latter is known here."""
    if name not in KNOWN_VARIABLES:
        return name
    return said("%(label)s（%(name)s）", label=said(KNOWN_VARIABLES[name].label), name=name)
