"""Workbooks with which contestants are registered."""

from factories import identity_number

from core.spreadsheets import SheetPlan, write_xlsx

HEADINGS = ["姓名", "身份证号码", "参赛赛项", "代表队", "工作单位", "联系电话"]


def table(*rows):
    return write_xlsx([SheetPlan("报名表", [HEADINGS, *rows], header_row=0, text_columns=frozenset(range(6)))])


def person(number, event, delegation="石家庄市", name=None):
    return [
        name or f"选手{'甲乙丙丁戊己庚辛'[number % 8]}",
        identity_number(number),
        event,
        delegation,
        "一厂",
        "13900000000",
    ]
