"""Registration workbooks made for tests: people with right numbers, headings as delegations write them, faults."""

import io
import random
from datetime import date, timedelta

import xlsxwriter

from core.identity import check_character

EVENTS = ["焊工", "电工", "数控机床装调维修工", "网络与信息安全管理员（网络安全方向）"]
OPENS_ON = date(2026, 10, 18)

# Written down from what delegations hand in, not from the program's own list.
HEADINGS = {
    "name": ["姓名", "选手姓名", "姓  名", "参赛选手姓名", "*姓名", "姓名（与身份证一致）", "参赛人员", "队员姓名"],
    "id_number": [
        "身份证号码",
        "身份证号",
        "公民身份号码",
        "证件号码",
        "身份证号（18位）",
        "有效身份证件号码",
        "选手身份证号码",
    ],
    "id_kind": ["证件类型", "有效证件类型", "证件种类", "身份证件类型"],
    "sex": ["性别", "性 别", "选手性别"],
    "event": [
        "参赛工种",
        "参赛项目",
        "赛项",
        "赛项名称",
        "竞赛工种",
        "报名项目",
        "职业（工种）",
        "参加竞赛项目名称",
        "比赛项目",
    ],
    "delegation": ["代表队", "参赛队", "代表队名称", "所属代表队", "选送单位", "代表团", "地市"],
    "unit": ["工作单位", "工作单位（全称）", "所在单位", "单位名称", "单位", "现工作单位全称"],
    "level": ["现技能等级", "技能等级", "职业技能等级", "现有职业资格（技能）等级", "技术等级", "现持证等级"],
    "phone": ["联系电话", "手机号码", "手机", "联系方式", "手机号（必填）", "本人联系电话"],
    "group": ["组别", "参赛组别"],
}
OTHER_HEADINGS = [
    "序号",
    "民族",
    "学历",
    "政治面貌",
    "备注",
    "技能等级证书编号",
    "教练姓名",
    "领队电话",
    "出生地",
    "照片",
    "从事本工种年限",
]
LEVELS = {
    1: ["高级技师", "一级/高级技师", "1", "一级", "高级技师（一级）", "国家职业资格一级", "1级", "Ⅰ级"],
    2: ["技师", "二级技师", "二级/技师", "2级", "技师(二级)", "Ⅱ"],
    3: ["高级工", "三级", "三级/高级工", "3", "高级", "高级工（三级）", "三级（高级工）", "职业技能等级三级"],
    4: ["中级工", "四级", "中级工（四级）", "4级", "中级"],
    5: ["初级工", "五级", "5", "五级/初级工"],
    None: ["", "无", "/", "暂无"],
}
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英䶮𫍯䲟淼喆鑫"


def make_id(birth=date(1988, 5, 17), *, male=True, area="130323", serial=1):
    """A right number; `serial` from 1 to 499 tells people of one day apart."""
    body = f"{area}{birth:%Y%m%d}{serial * 2 - (1 if male else 0):03}"
    return body + check_character(body)


def make_person(rng=None, **over):
    rng = rng or random.Random(1)
    male = rng.random() < 0.5
    birth = date(1966, 1, 1) + timedelta(days=rng.randrange(15000))
    person = {
        "name": rng.choice(SURNAMES) + "".join(rng.choice(GIVEN) for _ in range(rng.choice([1, 2, 2]))),
        "id_number": make_id(
            birth,
            male=male,
            area=rng.choice(["130102", "130323", "130629", "371329", "110101"]),
            serial=rng.randrange(1, 499),
        ),
        "id_kind": "居民身份证",
        "sex": "男" if male else "女",
        "event": rng.choice(EVENTS),
        "delegation": rng.choice(["石家庄市", "唐山市", "雄安新区", "省总工会直属"]),
        "unit": rng.choice(["唐山钢铁有限责任公司", "石家庄热力总公司", "开滦（集团）有限责任公司"]),
        "level": rng.choice([1, 2, 3, 4, 5, None]),
        "phone": "1" + rng.choice("3456789") + "".join(rng.choice("0123456789") for _ in range(9)),
        "group": "职工组",
    }
    return person | over


def full_width(text):
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def workbook(sheets):
    """Sheets as (name, rows, merged) with merged as ((top, left, bottom, right), …); returns the bytes of an XLSX."""
    packed = io.BytesIO()
    book = xlsxwriter.Workbook(packed, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    for name, rows, merged in sheets:
        sheet = book.add_worksheet(name)
        for top, left, bottom, right in merged:
            sheet.merge_range(top, left, bottom, right, "")
        for row, cells in enumerate(rows):
            for column, value in enumerate(cells):
                if value not in ("", None):
                    sheet.write(row, column, value)
    book.close()
    return packed.getvalue()


def simple_workbook(people, *, fields=None, headings=None, above=(), foot=()):
    """One sheet with the usual headings; `people` hold what stands in the cells."""
    fields = fields or ["delegation", "name", "sex", "id_kind", "id_number", "unit", "event", "group", "level", "phone"]
    words = {field: HEADINGS[field][0] for field in fields} | (headings or {})
    rows = [
        *above,
        [words[field] for field in fields],
        *[[p.get(field, "") for field in fields] for p in people],
        *foot,
    ]
    return workbook([("报名表", rows, ())])
