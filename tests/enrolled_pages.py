"""What tests of the pages of online registration post, and where."""

from io import BytesIO

from factories import identity_number, make_account, sign_in_account

from core.permissions import Role
from core.spreadsheets import SheetPlan, write_xlsx

HEADING = ["代表队", "姓名", "身份证号码", "工作单位", "参赛赛项", "现技能等级", "联系电话"]


def typed(number=1, **over):
    """A person as the form posts it."""
    fields = {
        "name": f"选手{'甲乙丙丁'[number % 4]}",
        "team": "1",
        "id_kind": "RESIDENT_CARD",
        "id_number": identity_number(number),
        "unit": "某机械有限公司",
        "level": "3",
        "phone": "13900000000",
        "revision": "0",
    }
    return fields | {name: str(value) for name, value in over.items()}


def organiser_of(app, enrolment):
    account = make_account(role=Role.ORGANISER, competition_id=enrolment.competition_id)
    return sign_in_account(app.test_client(), account)


def own(enrolment, rest=""):
    return f"/competitions/{enrolment.competition_id}/own-enrolment{rest}"


def run(enrolment, rest=""):
    return f"/competitions/{enrolment.competition_id}/enrolment{rest}"


def workbook(*rows):
    return write_xlsx([SheetPlan("报名", [HEADING, *rows])])


def line(number, **over):
    fields = dict(
        zip(
            HEADING,
            ["", f"选手{'甲乙丙丁'[number % 4]}", identity_number(number), "某厂", "焊工", "三级", "13900000000"],
            strict=True,
        )
    )
    return list((fields | over).values())


def upload(client, enrolment, data, **more):
    files = {"file": (BytesIO(data), "报名表.xlsx")} | more
    return client.post(own(enrolment, "/workbooks"), data=files, content_type="multipart/form-data")
