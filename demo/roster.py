"""The demo's registration workbook, as a delegation would send it."""

from collections.abc import Sequence

from core.spreadsheets import SheetPlan, write_xlsx
from demo.people import Invented

HEADINGS = ("代表队", "姓名", "性别", "身份证号码", "工作单位", "参赛工种", "现职业技能等级", "联系电话")
FOR_FIGURES = ("单位性质", "是否农民工", "是否新就业形态劳动者")
LEVELS = {1: "高级技师（一级）", 2: "技师（二级）", 3: "高级工（三级）", 4: "中级工（四级）", 5: "初级工（五级）"}


def workbook(rows: Sequence[tuple[str, str, Invented]]) -> bytes:
    """An XLSX file with a title, headings and one row a person: delegation, event, person."""
    title = ["2026年河北省职工职业技能大赛（演示）报名汇总表"]
    lines = [
        [d, p.name, p.sex, p.document, p.unit, event, LEVELS[p.level], p.phone, p.nature, p.is_migrant, p.is_new]
        for d, event, p in rows
    ]
    plan = SheetPlan(
        "报名汇总表", [title, [*HEADINGS, *FOR_FIGURES], *lines], header_row=1, text_columns=frozenset({3, 7})
    )
    return write_xlsx([plan])
