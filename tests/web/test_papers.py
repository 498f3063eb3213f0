"""Papers of approved flags: who stands on them, the same content in three files, numbers in full only on request."""

import pytest
from awarded import Row, add_snapshot, publish
from factories import make_account, sign_in_account, stored
from flag_papers import cells, export, text_of
from flagged import HEBEI, add_flag, approve, make_flagged
from sqlalchemy import select

from certificates.flags.exporting import TYPES, approved_flags
from certificates.models import FlagObjection
from certificates.papers.forms import KINDS
from competitions.models import Contestant, Person
from competitions.setup import competition_of
from core.audit import AuditEntry
from core.clock import now
from core.db import db, transaction
from core.errors import ConflictError, InvalidInputError
from core.permissions import Role
from core.personal_data import decrypt
from core.spreadsheets import read_spreadsheet


def test_only_approved_flags_stand_on_a_paper(app):
    published = make_flagged()
    with pytest.raises(ConflictError, match="没有审定同意"):
        export(published)
    approve(published)

    rows = cells(export(published))

    names = [entrant.name for entrant in map(published.entrant, (1, 2))]
    body = next(row for row in rows if row[:2] == ["1", names[0]])
    assert "二级/技师" in body
    assert body[6:10] == ["1", "80", "90", "88.50"]
    assert not [row for row in rows if names[1] in row]


@pytest.mark.parametrize("form", TYPES)
def test_every_file_has_the_same_content_with_reason_clause_and_doubt(sqlite_app, form):
    published = make_flagged([Row("1", name="欧阳㛃"), Row("2"), Row("3")])
    approve(published, reason="经公示无异议")

    text = text_of(export(published, form=form))

    wanted = ["欧阳㛃", "晋升职业技能等级人员花名册", "未核实：本表栏目按通行做法拟定", "经公示无异议", "条款号未见"]
    wanted += ["推荐理由与依据", "获金、银、铜牌的选手晋升技师", "是否晋升、授予由有权机关决定", "某机械有限公司"]
    for words in wanted:
        assert words.replace(" ", "") in text.replace(" ", ""), words


@pytest.mark.parametrize("form", TYPES)
def test_document_numbers_are_masked_unless_the_authority_gets_the_file(sqlite_app, form):
    published = make_flagged()
    approve(published)
    person = published.entrant(1).members[0].person
    number, masked = decrypt(person.document_sealed), person.document_masked

    inside = text_of(export(published, form=form))
    assert number not in inside
    assert masked in inside
    assert "仅供内部核对" in inside
    outside = text_of(export(published, form=form, is_masked=False))
    assert number in outside
    assert masked not in outside


def test_an_export_stands_in_the_audit_record(app):
    published = make_flagged()
    ids = approve(published, 2)
    export(published, form="pdf", is_masked=False)

    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "papers.exported")).one()
    assert entry.detail == {"paper": "promotion", "form": "pdf", "flags": ids, "masked": False}
    assert entry.chain == published.competition_id


def test_a_flag_of_an_earlier_result_stands_on_no_paper(sqlite_app):
    published = make_flagged()
    approve(published)
    rows = [Row(str(rank)) for rank in range(1, 9)]
    newer = add_snapshot(published.event_id, published.entrant_ids, rows, number=2)
    publish(published.event_id, newer, is_final=True)

    assert approved_flags(db.session(), competition_of(published.competition_id), "promotion") == []


def test_an_objection_without_answer_is_printed_beside_the_name(sqlite_app):
    published = make_flagged()
    (flag_id,) = approve(published)
    stored(FlagObjection(recommendation_id=flag_id, text="等级不对", made_at=now()))
    assert "本人意见尚未答复" in text_of(export(published))


@pytest.mark.parametrize("form", TYPES)
def test_a_medal_has_a_form_for_each_person_and_the_seven_papers(sqlite_app, form):
    published = make_flagged()
    add_flag(published, "medal", "河北省五一劳动奖章", HEBEI)
    add_flag(published, "medal", "河北省五一劳动奖章", HEBEI, position=2)

    text = text_of(export(published, "medal", form))

    for words in (
        "政治面貌",
        "主要事迹",
        "所在单位意见",
        "省级工会意见",
        "未见总工会的正式式样",
        "（参考）",
        "平顶山市总工会",
    ):
        assert words in text, words
    for position in (1, 2):
        assert f"推荐审批表：{published.entrant(position).name}" in text
    assert text.count("□") == 7
    assert "户口本复印件" in text


def test_a_pack_that_states_its_papers_gives_its_own_list_and_no_sample(sqlite_app):
    published = make_flagged()
    add_flag(published, "honour", "枣庄市技术能手", "zaozhuang.skilled-worker.2021")

    text = text_of(export(published, "honour"))

    assert "申报材料清单：枣庄市技术能手" in text
    assert "推荐候选人汇总表（盖章PDF与Excel）" in text
    assert "参考" not in text


def test_a_level_that_is_still_open_is_printed_as_open(sqlite_app):
    published = make_flagged()
    add_flag(published, "promotion", "", "guangdong.selection.2022")
    assert "待定" in [cell for row in cells(export(published)) for cell in row]


def test_unknown_papers_and_files_are_refused(sqlite_app):
    published = make_flagged()
    approve(published)
    for benefit, form in (("gift", "xlsx"), ("promotion", "exe")):
        with pytest.raises(InvalidInputError):
            export(published, benefit, form)


def test_the_same_paper_gives_the_same_bytes(sqlite_app):
    published = make_flagged()
    approve(published)
    for form in ("xlsx", "pdf"):
        assert export(published, form=form).content == export(published, form=form).content


def page_of(published):
    return f"/certificates/competitions/{published.competition_id}/papers"


def test_the_page_lists_people_masked_and_gives_files_to_whoever_decides(app):
    published = make_flagged()
    approve(published)
    number = decrypt(published.entrant(1).members[0].person.document_sealed)
    organiser = make_account(role=Role.ORGANISER, competition_id=published.competition_id)
    client = sign_in_account(app.test_client(), organiser)

    page = client.get(page_of(published)).text
    assert published.entrant(1).name in page
    assert number not in page
    assert "报送主管机关" in page

    answer = client.post(page_of(published), data={"benefit": "promotion", "form": "xlsx", "numbers": "full"})
    assert answer.mimetype == TYPES["xlsx"]
    assert number in "".join("".join(map(str, r)) for s in read_spreadsheet(answer.data, "a.xlsx") for r in s.rows)
    answer = client.post(page_of(published), data={"benefit": "promotion", "form": "xlsx"})
    assert number not in "".join("".join(map(str, r)) for s in read_spreadsheet(answer.data, "a.xlsx") for r in s.rows)


def test_a_supervisor_sees_the_page_and_gets_no_file(sqlite_app):
    published = make_flagged()
    approve(published)
    account = make_account(role=Role.SUPERVISOR, competition_id=published.competition_id)
    client = sign_in_account(sqlite_app.test_client(), account)

    page = client.get(page_of(published))
    assert page.status_code == 200
    assert "报送主管机关" not in page.text
    assert client.post(page_of(published), data={"benefit": "promotion", "form": "pdf"}).status_code == 403


def test_every_kind_says_that_its_form_was_not_found():
    assert all(kind.assumed.startswith("未核实") for kind in KINDS.values())


def test_a_name_that_no_font_can_draw_is_named_and_not_printed_as_a_box(sqlite_app):
    published = make_flagged()
    approve(published)
    with transaction() as session:
        session.get_one(Person, session.get_one(Contestant, published.contestant_ids[0]).person_id).name = "王\ue123"
    with pytest.raises(InvalidInputError, match="私用区"):
        export(published, form="pdf")
