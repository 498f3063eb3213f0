"""Own templates in use: versions with who, when and why; exports follow the newest; back to the built-in form."""

import io

import pytest
from at_once import at_once
from factories import make_account, make_competition, make_entrant, make_event, sign_in_account
from flagged import approve, make_flagged
from office_files import excel, word, word_text
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from certificates.flags.exporting import ExportPapers, export_papers
from certificates.paper_templates.keeping import (
    ReturnToBuiltIn,
    TemplateFile,
    UploadTemplate,
    current,
    return_to_built_in,
    template_file,
    upload_template,
    versions,
)
from certificates.paper_templates.models import PaperTemplate
from core.audit import AuditEntry
from core.db import db, transaction
from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.permissions import Role
from core.spreadsheets import read_spreadsheet

ROW = ["【序号】", "【姓名】", "【证件号码】", "【拟晋升等级】"]


def upload(published, data=None, filename="花名册.docx", **over):
    values = {"benefit": "promotion", "reason": "省厅通知附件2", "actor": published.organiser} | over
    data = data or word(["本局专用花名册 【竞赛名称】"], [ROW])
    return upload_template(UploadTemplate(published.competition_id, filename=filename, data=data, **values))


def back(published, form="docx", reason="通知作废"):
    return_to_built_in(ReturnToBuiltIn(published.competition_id, "promotion", form, reason, published.organiser))


def export(published, form="docx"):
    return export_papers(ExportPapers(published.competition_id, "promotion", form, True, published.organiser)).content


def test_exports_follow_the_newest_template_and_the_return(app):
    published = make_flagged()
    approve(published, 2)
    upload(published)
    upload(published, word(["第二版"], [ROW]))

    lines = word_text(export(published))
    assert lines[0] == "第二版"
    assert lines[2] == published.entrant(1).name
    assert len(lines) == 1 + 2 * 4

    back(published)
    assert word_text(export(published))[0] == "晋升职业技能等级人员花名册"
    stored = versions(db.session(), published.competition_id, "promotion", "docx")
    assert [(row.number, bool(row.content), row.uploaded_by) for row in stored] == [
        (1, True, "赵组织"),
        (2, True, "赵组织"),
        (3, False, "赵组织"),
    ]


def test_a_word_template_leaves_excel_and_pdf_as_they_were(sqlite_app):
    published = make_flagged()
    approve(published)
    upload(published)
    rows = read_spreadsheet(export(published, "xlsx"), "a.xlsx")[0].rows
    assert rows[0][0] == "晋升职业技能等级人员花名册"
    assert export(published, "pdf").startswith(b"%PDF")


def test_an_excel_template_is_filled_with_everybody(sqlite_app):
    published = make_flagged()
    approve(published, 3)
    upload(published, excel([["序号", "姓名", "证件", "等级"], ROW]), "a.XLSX")
    rows = read_spreadsheet(export(published, "xlsx"), "a.xlsx")[0].rows
    assert [row[1] for row in rows[1:]] == [published.entrant(position).name for position in (1, 2, 3)]
    assert "*" in rows[1][2]


def test_another_competition_keeps_its_own_form(sqlite_app):
    published, other = make_flagged(), make_flagged()
    upload(published)
    assert current(db.session(), other.competition_id, "promotion", "docx") is None


def test_who_when_and_why_stand_in_the_audit_record(sqlite_app):
    published = make_flagged()
    upload(published)
    back(published)
    lines = db.session.scalars(select(AuditEntry).where(AuditEntry.action.like("paper_template.%"))).all()
    assert [line.action for line in lines] == ["paper_template.uploaded", "paper_template.returned"]
    assert lines[0].detail["reason"] == "省厅通知附件2"
    assert lines[0].detail["fields"] == ["竞赛名称", "序号", "姓名", "证件号码", "拟晋升等级"]


@pytest.mark.parametrize("act", ["UPDATE paper_template SET reason = 'x'", "DELETE FROM paper_template"])
def test_a_version_cannot_be_changed_in_the_database(app, act):
    upload(make_flagged())
    with pytest.raises(DBAPIError, match="append-only"), transaction() as session:
        session.execute(text(act))


def test_a_wrong_template_is_not_stored(sqlite_app):
    published = make_flagged()
    for over in ({"data": word(["【身份】"])}, {"reason": " "}, {"benefit": "gift"}, {"filename": "a.doc"}):
        with pytest.raises(InvalidInputError):
            upload(published, **over)
    assert db.session.scalar(select(PaperTemplate)) is None


def test_there_is_nothing_to_return_from_without_a_template(sqlite_app):
    published = make_flagged()
    with pytest.raises(ConflictError, match="内置的式样"):
        back(published)
    upload(published)
    with pytest.raises(InvalidInputError, match="理由"):
        back(published, reason="")


def test_two_uploads_at_once_are_two_versions(app):
    published = make_flagged()
    db.session.rollback()

    at_once(app, upload, [published] * 2)
    assert sorted(db.session.scalars(select(PaperTemplate.number))) == [1, 2]


@pytest.mark.parametrize("form", ["docx", "xlsx"])
@pytest.mark.parametrize("benefit", ["promotion", "honour", "medal"])
def test_the_built_in_form_downloaded_comes_back_unchanged_as_an_own_one(sqlite_app, form, benefit):
    published = make_flagged()
    file = template_file(TemplateFile(published.competition_id, benefit, form, "built_in"))
    upload(published, file.content, file.name, benefit=benefit)
    again = template_file(TemplateFile(published.competition_id, benefit, form, "1"))
    assert again.content == file.content


def test_the_preview_shows_the_longest_names_and_nobody_who_exists(sqlite_app):
    entrant = make_entrant(event_id=make_event().id)
    competition_id = entrant.event.competition_id
    file = template_file(TemplateFile(competition_id, "promotion", "docx", "preview"))
    shown = "".join(word_text(file.content))
    assert "阿卜杜热西提·买买提吐尔逊" in shown
    assert entrant.name not in shown


@pytest.mark.parametrize("over", [{"what": "7"}, {"what": "x"}])
def test_a_version_that_does_not_exist_is_not_found(sqlite_app, over):
    published = make_flagged()
    with pytest.raises(NotFoundError):
        template_file(TemplateFile(published.competition_id, "promotion", "docx", **over))
    for wrong in (("gift", "docx"), ("promotion", "pdf")):
        with pytest.raises(InvalidInputError):
            template_file(TemplateFile(published.competition_id, *wrong, "built_in"))


def test_the_page_uploads_shows_versions_and_returns(app):
    published = make_flagged()
    account = make_account(role=Role.ORGANISER, competition_id=published.competition_id)
    client = sign_in_account(app.test_client(), account)
    base = f"/certificates/competitions/{published.competition_id}/papers/promotion/template"

    def send(data, name="a.docx", reason="省厅通知"):
        return client.post(base, data={"file": (io.BytesIO(data), name), "reason": reason})

    wrong = send(word(["【手机号】"]))
    assert (wrong.status_code, "“手机号”不是可用的字段" in wrong.get_data(as_text=True)) == (422, True)
    assert send(word([], [ROW]), reason="").status_code == 422
    assert send(word([], [ROW])).status_code == 302
    page = client.get(base).get_data(as_text=True)
    assert "第 1 版" in page
    assert "省厅通知" in page
    assert client.get(f"{base}/1.docx").data[:2] == b"PK"
    assert client.get(f"{base}/preview.docx").status_code == 200
    assert client.get(f"{base}/built_in.xlsx").status_code == 200
    assert client.get(f"{base}/9.docx").status_code == 404
    assert client.post(f"{base}/returns", data={"form": "docx", "reason": "作废"}).status_code == 302
    assert client.get(base.replace("promotion", "gift")).status_code == 404


def test_only_organisers_reach_the_templates(app):
    published = make_flagged()
    base = f"/certificates/competitions/{published.competition_id}/papers/promotion/template"
    for role in (Role.SUPERVISOR, Role.CHIEF_JUDGE, Role.TEAM_LEADER):
        client = sign_in_account(app.test_client(), make_account(role=role, competition_id=published.competition_id))
        assert client.get(base).status_code == 403
        assert client.post(base).status_code == 403
        assert client.get(f"{base}/built_in.docx").status_code == 403
    elsewhere = sign_in_account(app.test_client(), make_account(role=Role.ORGANISER, competition=make_competition()))
    assert elsewhere.get(base).status_code == 403
