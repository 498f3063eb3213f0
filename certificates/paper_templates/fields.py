"""The fields that an own template may hold, and what stands in their place for a competition and a person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from certificates.papers.forms import HONOUR, MEDAL, PROMOTION, Approved, Contest, level_words, prize_remarks, remark
from core.clock import BEIJING
from core.messages import message

NUMBER = "序号"
"""A row that holds it is repeated for everybody; a template without it is repeated as a whole."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field: whether it is about a person, and the longest that it may become, for a preview."""

    name: str
    is_personal: bool
    longest: str


FIELDS: Mapping[str, Field] = {
    field.name: field
    for field in (
        Field(NUMBER, True, "1"),
        Field("姓名", True, "阿卜杜热西提·买买提吐尔逊"),
        Field("性别", True, "女"),
        Field("出生年月", True, "1988年12月"),
        Field("证件类型", True, "港澳居民来往内地通行证"),
        Field("证件号码", True, "130102198812315678"),
        Field("工作单位", True, "中国铁路北京局集团有限公司石家庄供电段邯郸东网电综合工区"),
        Field("代表队", True, "河北省交通运输集团有限公司代表队"),
        Field("赛项", True, "网络与信息安全管理员（数据安全管理方向）（职工）"),
        Field("职业编码", True, "4-04-04-02"),
        Field("名次", True, "10"),
        Field("奖项", True, "优胜奖"),
        Field("理论成绩", True, "98.50"),
        Field("实操成绩", True, "96.75"),
        Field("总成绩", True, "97.28"),
        Field("现技能等级", True, "一级/高级技师"),
        Field("现等级证书编号", True, "S000113012345626200001"),
        Field("推荐事项", True, "晋升一级/高级技师"),
        Field("拟晋升等级", True, "一级/高级技师"),
        Field("审定人", True, "欧阳文远"),
        Field("审定时间", True, "2026-10-22 16:00"),
        Field("审定理由", True, "材料齐全，公示五个工作日无异议，经组委会办公室会议研究同意推荐"),
        Field("依据", True, "《关于举办河北省第二届职业技能大赛的通知》第十二条"),
        Field("备注", True, "本人意见尚未答复"),
        Field("竞赛名称", False, "2026年河北省“建功新时代”职工职业技能大赛暨全国职工职业技能大赛选拔赛"),
        Field("主办单位", False, "河北省总工会、河北省人力资源和社会保障厅、河北省科学技术厅"),
        Field("开始日期", False, "2026-10-18"),
        Field("结束日期", False, "2026-10-22"),
        Field("人数", False, "128"),
        Field(
            "奖项设置说明",
            False,
            "焊工（职工）的奖项设置于 2026-10-22 16:00 由欧阳文远补录，理由：竞赛方案第八条已有规定，系统漏填",
        ),
    )
}
REQUIRED: Mapping[str, tuple[str, ...]] = {
    PROMOTION: ("姓名", "证件号码", "拟晋升等级"),
    HONOUR: ("姓名", "推荐事项"),
    MEDAL: ("姓名",),
}
"""Without these a paper would not say about whom it is, or what is asked for."""
PREVIEW_NOTE = message("预览用的姓名、单位和号码都是虚构的，按最长的情形填写。")


def shared_values(contest: Contest, approved: Sequence[Approved]) -> dict[str, str]:
    """The values that stand once on a paper with these people."""
    return {
        "竞赛名称": contest.title,
        "主办单位": contest.host,
        "开始日期": contest.opens_on.isoformat(),
        "结束日期": contest.closes_on.isoformat(),
        "人数": str(len(approved)),
        "奖项设置说明": "；".join(prize_remarks(approved)),
    }


def personal_values(approved: Sequence[Approved]) -> list[dict[str, str]]:
    """The values of everybody, in the order of the list; what is not known is empty."""
    return [_values(number, one) for number, one in enumerate(approved, start=1)]


def _values(number: int, one: Approved) -> dict[str, str]:
    first: Mapping[str, str] = next(iter(one.answer["reasons"]), {})
    decided = "" if one.decided_at is None else f"{one.decided_at.astimezone(BEIJING):%Y-%m-%d %H:%M}"
    return {
        NUMBER: str(number),
        "姓名": one.name,
        "性别": one.sex,
        "出生年月": "" if one.birth is None else f"{one.birth.year}年{one.birth.month}月",
        "证件类型": one.document_kind,
        "证件号码": one.document,
        "工作单位": one.unit,
        "代表队": one.delegation,
        "赛项": str(one.event),
        "职业编码": one.occupation,
        "名次": one.rank,
        "奖项": one.prize,
        "理论成绩": one.theory,
        "实操成绩": one.practice,
        "总成绩": one.total,
        "现技能等级": level_words(one.level) if one.level else "",
        "现等级证书编号": one.level_certificate,
        "推荐事项": one.matter,
        "拟晋升等级": level_words(int(one.wanted)) if one.benefit == PROMOTION and one.wanted else "",
        "审定人": one.decided_by,
        "审定时间": decided,
        "审定理由": one.decision_reason,
        "依据": f"{first.get('document', '')}{first.get('clause', '')}",
        "备注": remark(one, is_alone=False),
    }


def sample_values(people: int = 3) -> tuple[dict[str, str], list[dict[str, str]]]:
    """The longest values that may come, shared and of some invented people, for a preview."""
    shared = {field.name: field.longest for field in FIELDS.values() if not field.is_personal}
    person = {field.name: field.longest for field in FIELDS.values() if field.is_personal}
    return shared | {"人数": str(people)}, [person | {NUMBER: str(number)} for number in range(1, people + 1)]
