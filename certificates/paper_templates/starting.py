"""The built-in papers as templates to start from: the same columns, with fields where values would stand."""

from certificates.papers.document import Document, Form, Table
from certificates.papers.files import written
from certificates.papers.forms import HONOUR, KINDS, PROMOTION

_COLUMNS = {
    PROMOTION: (
        ("序号", "【序号】", 2),
        ("姓名", "【姓名】", 4),
        ("证件号码", "【证件号码】", 8),
        ("工作单位", "【工作单位】", 8),
        ("职业（工种）及编码", "【赛项】【职业编码】", 6),
        ("竞赛名称", "【竞赛名称】", 7),
        ("名次", "【名次】", 2),
        ("理论成绩", "【理论成绩】", 3),
        ("实操成绩", "【实操成绩】", 3),
        ("总成绩", "【总成绩】", 3),
        ("原等级及证书编号", "【现技能等级】【现等级证书编号】", 7),
        ("拟晋升等级", "【拟晋升等级】", 5),
        ("备注", "【备注】", 4),
    ),
    HONOUR: (
        ("序号", "【序号】", 2),
        ("姓名", "【姓名】", 4),
        ("性别", "【性别】", 2),
        ("出生年月", "【出生年月】", 4),
        ("证件号码", "【证件号码】", 8),
        ("工作单位", "【工作单位】", 8),
        ("现技能等级及证书编号", "【现技能等级】【现等级证书编号】", 6),
        ("竞赛及赛项", "【竞赛名称】【赛项】", 8),
        ("名次", "【名次】", 2),
        ("奖项", "【奖项】", 4),
        ("推荐称号", "【推荐事项】", 5),
        ("代表队", "【代表队】", 4),
        ("备注", "【备注】", 4),
    ),
}
_PAIRS = (
    ("姓名", "【姓名】"),
    ("性别", "【性别】"),
    ("民族", ""),
    ("出生年月", "【出生年月】"),
    ("政治面貌", ""),
    ("学历", ""),
    ("参加工作时间", ""),
    ("工作单位及职务（职称/技能等级）", "【工作单位】（【现技能等级】）"),
    ("【证件类型】", "【证件号码】"),
    ("何时何地受过何种奖励", "【竞赛名称】【赛项】第 【名次】 名，【奖项】"),
    ("备注", "【备注】"),
)
_SEAL = "（盖章）        年    月    日"
_BOXES = (("主要事迹", ""), *((f"{who}意见", _SEAL) for who in ("所在单位", "县级工会", "市级工会", "省级工会")))


def starting_template(benefit: str, form: str) -> bytes:
    """The built-in paper of a kind with fields in place of values; `check` finds it in order.

    Args:
        benefit: promotion, honour or medal.
        form: docx or xlsx.
    """
    kind = KINDS[benefit]
    heading = ("竞赛：【竞赛名称】（【开始日期】 至 【结束日期】）  主办单位：【主办单位】",)
    if benefit in _COLUMNS:
        columns = _COLUMNS[benefit]
        names, fields, widths = (tuple(one) for one in zip(*columns, strict=True))
        table = Table("花名册" if benefit == PROMOTION else "推荐候选人汇总表", names, (fields,), widths)
        return written(Document(kind.title, heading, (table,), kind.is_wide), form)
    page = Form("【推荐事项】推荐审批表", _PAIRS, _BOXES)
    return written(Document(kind.title, heading, (page,), kind.is_wide), form)
