"""Online registration on its pages: the link, the delegation's own list and nobody else's, the organiser's decision."""

import re
from datetime import timedelta

import pytest
from enrolled import make_enrolment
from factories import (
    identity_number,
    make_account,
    make_event,
    sign_in_account,
    stored,
)
from sqlalchemy import select

from competitions.enrolment.links import RevokeEnrolmentLink, revoke_enrolment_link
from competitions.enrolment.models import EnrolmentEntry, EntryState, Part
from competitions.enrolment.uploading import MOST_UPLOADS
from competitions.lifecycle import CompetitionState
from competitions.models import Competition, Entrant, Form, Programme
from core.audit import AuditEntry
from core.auth import TRIES_ALLOWED, SignIn
from core.db import db, transaction
from core.permissions import Role
from core.spreadsheets import SheetPlan, read_spreadsheet, write_xlsx

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
    from io import BytesIO

    files = {"file": (BytesIO(data), "报名表.xlsx")} | more
    return client.post(own(enrolment, "/workbooks"), data=files, content_type="multipart/form-data")


def test_a_link_shows_whose_it_is_and_only_the_button_signs_in(app, client):
    enrolment = make_enrolment()
    address = f"/r/{enrolment.link()}"
    page = client.get(address)
    assert "唐山市" in page.text
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert client.get(own(enrolment)).status_code == 302
    assert db.session.scalars(select(SignIn)).all() == []

    assert client.post(address).headers["Location"] == own(enrolment)
    assert "唐山市" in client.get(own(enrolment)).text
    assert client.get("/").headers["Location"] == own(enrolment)
    again = app.test_client()  # at home, on another device
    assert again.post(address).status_code == 302


def test_an_unknown_link_opens_nothing_and_guessing_is_stopped(app, client):
    enrolment = make_enrolment()
    good = enrolment.link()
    for _ in range(TRIES_ALLOWED):
        assert client.get("/r/nothing").status_code == 403
    assert client.get("/r/nothing").status_code == 429
    assert client.post("/r/nothing").status_code == 429
    assert client.get(f"/r/{good}").status_code == 200  # who guesses shuts nobody out


def test_a_revoked_link_ends_and_so_do_its_devices(app, client):
    enrolment = make_enrolment()
    token = enrolment.link()
    client.post(f"/r/{token}")
    assert client.get(own(enrolment)).status_code == 200
    revoke_enrolment_link(RevokeEnrolmentLink(enrolment.competition_id, enrolment.own_id, enrolment.organiser))
    assert client.get(own(enrolment)).status_code == 302
    assert client.post(own(enrolment, "/entries/new"), data=typed(event_id=enrolment.event_id)).status_code == 401
    assert client.get(f"/r/{token}").status_code == 403


def test_another_link_for_the_delegation_ends_the_first_and_no_other(app, client):
    enrolment = make_enrolment()
    other = enrolment.come_in(app.test_client(), enrolment.other_id)
    enrolment.come_in(client)
    fresh = enrolment.link()
    assert client.get(own(enrolment)).status_code == 302
    assert app.test_client().post(f"/r/{fresh}").status_code == 302
    assert other.get(own(enrolment)).status_code == 200


def test_a_contact_sees_the_own_people_and_no_others(app, client):
    enrolment = make_enrolment()
    mine, theirs = enrolment.add(1), enrolment.add(2, enrolment.other_id)
    enrolment.come_in(client)
    page = client.get(own(enrolment)).text
    assert "选手乙" in page
    assert "选手丙" not in page
    assert identity_number(1) not in page
    assert identity_number(1) not in client.get(own(enrolment, f"/entries/{mine}")).text
    assert client.get(own(enrolment, f"/entries/{theirs}")).status_code == 404
    assert client.post(own(enrolment, f"/entries/{theirs}"), data=typed(2)).status_code == 404
    assert client.post(own(enrolment, f"/entries/{theirs}/removals"), data={"seen": "1"}).status_code == 404


@pytest.mark.parametrize("rest", ["/roster", "/enrolment", "/delegations", "/course", "/audit", "/delegation"])
def test_a_contact_gets_nowhere_else(app, client, rest):
    enrolment = make_enrolment()
    enrolment.come_in(client)
    assert client.get(f"/competitions/{enrolment.competition_id}{rest}").status_code in (403, 404)


def test_a_contact_is_a_stranger_in_another_competition(app, client):
    here, there = make_enrolment(), make_enrolment()
    here.come_in(client)
    assert client.get(own(there)).status_code == 403
    assert client.post(own(there, "/hand-ins"), data={"signer": "钱报送"}).status_code == 403


def test_a_leader_with_an_account_does_the_same_without_a_link(app, client):
    enrolment = make_enrolment()
    account = make_account(
        role=Role.TEAM_LEADER, competition_id=enrolment.competition_id, delegation_id=enrolment.own_id
    )
    sign_in_account(client, account)
    client.post(own(enrolment, "/entries/new"), data=typed(event_id=enrolment.event_id))
    assert [one.name for one in enrolment.entries()] == ["选手乙"]


def test_an_account_that_happens_to_have_the_number_of_a_link_is_nobody_here(app, client):
    enrolment = make_enrolment()
    enrolment.link()
    sign_in_account(client, make_account(role=Role.TEAM_LEADER, competition_id=enrolment.competition_id))
    assert client.get(own(enrolment)).status_code == 404


def test_one_person_by_form_from_the_link_to_the_roster(app, client):
    enrolment = make_enrolment()
    enrolment.come_in(client)
    answer = client.post(own(enrolment, "/entries/new"), data=typed(event_id=enrolment.event_id), follow_redirects=True)
    assert "已存为草稿" in answer.text
    seen = re.search(r'name="seen"[^>]*value="(\w+)"', answer.text)[1]
    done = client.post(own(enrolment, "/hand-ins"), data={"signer": "钱报送", "seen": seen}, follow_redirects=True)
    assert "已报送 1 人" in done.text

    organiser = organiser_of(app, enrolment)
    roster = f"/competitions/{enrolment.competition_id}/roster"
    assert "唐山市报送的 1 人还没有审核" in organiser.get(roster).text
    assert "钱报送" in organiser.get(run(enrolment)).text
    page = organiser.get(run(enrolment, f"/delegations/{enrolment.own_id}")).text
    ticked = re.search(r'name="entry" value="(\d+:\d+)"', page)[1]
    approved = organiser.post(run(enrolment, "/approvals"), data={"entry": ticked}, follow_redirects=True)
    assert "通过 1 人，进入参赛名单 1 个参赛者" in approved.text
    assert "选手乙" in organiser.get(roster).text
    assert "还没有审核" not in organiser.get(roster).text
    assert "已通过" in client.get(own(enrolment)).text


def test_a_draft_is_in_no_list_of_the_organiser(app):
    enrolment = make_enrolment()
    entry_id = enrolment.add(1)
    organiser = organiser_of(app, enrolment)
    base = f"/competitions/{enrolment.competition_id}"
    pages = ("/roster", "/roster/print", f"/enrolment/delegations/{enrolment.own_id}", "/draw", "/enrolment")
    assert all("选手乙" not in organiser.get(base + page).text for page in pages)
    assert organiser.get(run(enrolment, f"/entries/{entry_id}")).status_code == 404


def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(app, client):
    enrolment = make_enrolment()
    enrolment.come_in(client)
    answer = client.post(
        own(enrolment, "/entries/new"), data=typed(event_id=enrolment.event_id, phone="12", unit="唐山某某厂")
    )
    assert answer.status_code == 422
    assert "电话“12”不对" in answer.text
    assert "唐山某某厂" in answer.text
    assert enrolment.entries() == []


def test_whose_number_is_left_empty_keeps_it(app, client):
    enrolment = make_enrolment()
    entry_id = enrolment.add(1)
    enrolment.come_in(client)
    posted = typed(1, id_number="", level="2", revision=1, event_id=enrolment.event_id)
    assert client.post(own(enrolment, f"/entries/{entry_id}"), data=posted).status_code == 302
    entry = enrolment.entry(entry_id)
    assert entry.document_masked.endswith(identity_number(1)[-2:])
    assert entry.revision == 2


def test_who_was_overtaken_sees_both_and_decides(app, client):
    enrolment = make_enrolment()
    entry_id = enrolment.add(1)
    enrolment.come_in(client)
    enrolment.change(entry_id, 1, unit="别人写的厂")
    posted = typed(1, id_number="", unit="我写的厂", revision=1, event_id=enrolment.event_id)
    answer = client.post(own(enrolment, f"/entries/{entry_id}"), data=posted)
    assert answer.status_code == 422
    assert "被别人改过" in answer.text
    assert "别人写的厂" in answer.text
    assert "我写的厂" in answer.text
    assert 'name="revision" type="hidden" value="2"' in answer.text

    assert client.post(own(enrolment, f"/entries/{entry_id}"), data=posted | {"revision": "2"}).status_code == 302


def test_the_list_that_changed_under_the_signature_is_shown_anew(app, client):
    enrolment = make_enrolment()
    enrolment.add(1)
    enrolment.come_in(client)
    answer = client.post(own(enrolment, "/hand-ins"), data={"signer": "钱报送", "seen": "old"})
    assert answer.status_code == 422
    assert "有变化" in answer.text
    assert {one.state for one in enrolment.entries()} == {EntryState.DRAFT}


def test_after_the_deadline_the_list_can_only_be_read(app, client, later):
    enrolment = make_enrolment()
    entry_id = enrolment.add(1)
    token = enrolment.link()
    later(timedelta(days=8))
    client.post(f"/r/{token}")
    page = client.get(own(enrolment)).text
    assert "截止" in page
    assert "选手乙" in page
    assert "entries/new" not in page
    posted = typed(1, event_id=enrolment.event_id, revision=1)
    assert client.post(own(enrolment, f"/entries/{entry_id}"), data=posted).status_code == 422
    assert client.post(own(enrolment, "/entries/new"), data=posted).status_code == 422
    assert client.post(own(enrolment, f"/entries/{entry_id}/removals"), data={"seen": "1"}).status_code == 409
    assert client.post(own(enrolment, "/hand-ins"), data={"signer": "钱报送", "seen": "x"}).status_code == 422
    assert upload(client, enrolment, workbook(line(2))).status_code == 422
    assert len(enrolment.entries()) == 1


def test_a_workbook_becomes_drafts_and_again_changes_nothing(app, client):
    enrolment = make_enrolment()
    enrolment.come_in(client)
    data = workbook(line(1), line(2))
    assert "新增 2 人" in client.get(upload(client, enrolment, data).headers["Location"]).text
    assert [one.state for one in enrolment.entries()] == [EntryState.DRAFT] * 2
    assert upload(client, enrolment, data).status_code == 302
    assert [one.revision for one in enrolment.entries()] == [1, 1]
    again = upload(client, enrolment, workbook(line(1, 现技能等级="二级"), line(2)))
    assert "更新 1 人，1 人没有变化" in client.get(again.headers["Location"]).text
    assert db.session.scalars(select(Entrant)).all() == []


def test_wrong_rows_are_told_one_by_one_and_keep_everything_out_until_left_out(app, client):
    enrolment = make_enrolment()
    enrolment.come_in(client)
    data = workbook(line(1), line(2, 联系电话="12"), line(3, 参赛赛项="没有的赛项"))
    answer = upload(client, enrolment, data)
    assert answer.status_code == 422
    assert "第3行" in answer.text
    assert "电话“12”不对" in answer.text
    assert "没有的赛项" in answer.text
    assert enrolment.entries() == []

    answer = upload(client, enrolment, data, leaves_out_wrong="y")
    assert answer.status_code == 200
    assert "下面 2 行没有存入" in answer.text
    assert [one.name for one in enrolment.entries()] == ["选手乙"]


def test_the_delegation_that_a_workbook_names_is_not_believed(app, client):
    enrolment = make_enrolment()
    enrolment.come_in(client)
    upload(client, enrolment, workbook(line(1, 代表队="保定市")))
    assert len(enrolment.entries()) == 1
    assert enrolment.entries(enrolment.other_id) == []


def test_a_workbook_does_not_touch_who_was_approved_and_tells_nothing_of_others(app, client):
    enrolment = make_enrolment()
    mine = enrolment.add(1)
    enrolment.add(2, enrolment.other_id)
    enrolment.hand_in()
    enrolment.hand_in(enrolment.other_id)
    enrolment.approve(mine)
    enrolment.come_in(client)
    answer = upload(client, enrolment, workbook(line(1, 工作单位="别厂"), line(2, 姓名="李别名")))
    assert answer.status_code == 302
    assert enrolment.entry(mine).state is EntryState.APPROVED
    assert len(enrolment.entries()) == 2


def test_pairs_of_a_workbook_are_teams(app, client):
    enrolment = make_enrolment(form=Form.DOUBLE)
    enrolment.come_in(client)
    upload(client, enrolment, workbook(*(line(n) for n in range(1, 5))))
    assert [one.team for one in enrolment.entries()] == [1, 1, 2, 2]
    half = upload(client, enrolment, workbook(line(5)))
    assert "应为 2 人" in half.text


def test_a_number_that_the_list_has_under_another_name_is_a_wrong_row(app, client):
    enrolment = make_enrolment()
    enrolment.add(1)
    enrolment.come_in(client)
    assert "这个证件号码在本队名单里是" in upload(client, enrolment, workbook(line(1, 姓名="李别名"))).text


def test_a_workbook_is_given_back_with_marks(app, client):
    enrolment = make_enrolment()
    enrolment.come_in(client)
    answer = upload(client, enrolment, workbook(line(1, 联系电话="12")), marks="yes")
    sheets = read_spreadsheet(answer.data, "x.xlsx")
    assert any("电话“12”不对" in str(cell) for row in sheets[-1].rows for cell in row)
    assert enrolment.entries() == []


def test_the_template_has_the_events_and_is_read_again(app, client):
    enrolment = make_enrolment()
    make_event(competition_id=enrolment.competition_id, name="项目部", form=Form.UNIT)
    enrolment.come_in(client)
    answer = client.get(own(enrolment, "/template.xlsx"))
    assert answer.status_code == 200
    assert read_spreadsheet(answer.data, "x.xlsx")[0].rows[1][2] == "姓名"


def test_a_file_that_is_no_table_is_refused_in_words(app, client):
    enrolment = make_enrolment()
    enrolment.come_in(client)
    assert upload(client, enrolment, b"nothing").status_code == 422
    assert "没有找到报名表的表头" in upload(client, enrolment, write_xlsx([SheetPlan("x", [["a"]])])).text
    assert client.post(own(enrolment, "/workbooks"), data={}).status_code == 422


def test_uploads_have_a_measure(app, client):
    enrolment = make_enrolment()
    enrolment.come_in(client)
    data = workbook(line(1))
    for _ in range(MOST_UPLOADS):
        assert upload(client, enrolment, data).status_code == 302
    assert upload(client, enrolment, data).status_code == 429


def test_an_organiser_sets_times_in_beijing_and_a_quota(app, client):
    enrolment = make_enrolment()
    organiser = organiser_of(app, enrolment)
    posted = {
        "opens_at": "2030-01-01T08:00",
        "closes_at": "2030-01-10T18:00",
        "events-0-event_id": enrolment.event_id,
        "events-0-most": "2",
    }
    assert organiser.post(run(enrolment, "/periods"), data=posted).status_code == 302
    page = organiser.get(run(enrolment, "/periods")).text
    assert 'value="2030-01-01T08:00"' in page
    assert 'value="2030-01-10T18:00"' in page
    assert "每队名额 2 个" in organiser.get(run(enrolment)).text
    wrong = organiser.post(run(enrolment, "/periods"), data=posted | {"closes_at": "2029-01-01T00:00"})
    assert wrong.status_code == 422
    assert "截止时间要晚于开始时间" in wrong.text


def test_links_are_given_out_once_and_for_all_who_lack_one(app, client):
    enrolment = make_enrolment()
    organiser = organiser_of(app, enrolment)
    page = organiser.post(run(enrolment, "/links")).text
    tokens = re.findall(r">http[^<]*/r/([\w-]+)</a>", page)
    assert len(tokens) == 2
    assert "已有链接" in organiser.post(run(enrolment, "/links")).text
    assert all(token not in organiser.get(run(enrolment)).text for token in tokens)
    assert app.test_client().post(f"/r/{tokens[0]}").status_code == 302
    one = organiser.post(run(enrolment, "/links"), data={"delegation": enrolment.own_id}).text
    assert len(re.findall(r">http[^<]*/r/([\w-]+)</a>", one)) == 1
    assert app.test_client().post(f"/r/{tokens[0]}").status_code == 403
    base = run(enrolment, f"/delegations/{enrolment.own_id}")
    assert organiser.post(f"{base}/link-revocations").status_code == 302
    assert organiser.post(f"{base}/link-revocations").status_code == 404
    assert {"enrolment_link.issued", "enrolment_link.revoked"} <= set(db.session.scalars(select(AuditEntry.action)))


def test_an_organiser_gives_more_time_on_the_page(app, client, later):
    enrolment = make_enrolment()
    organiser = organiser_of(app, enrolment)
    base = run(enrolment, f"/delegations/{enrolment.own_id}")
    assert organiser.post(f"{base}/extensions", data={"closes_at": "2040-01-01T00:00"}).status_code == 302
    assert organiser.post(f"{base}/extensions", data={"closes_at": "nonsense"}).status_code == 302
    later(timedelta(days=30))
    enrolment.add(1)


def test_a_person_is_returned_with_a_reason_that_the_unit_reads(app, client):
    enrolment = make_enrolment()
    entry_id = enrolment.add(1)
    enrolment.hand_in()
    organiser = organiser_of(app, enrolment)
    page = run(enrolment, f"/entries/{entry_id}")
    without = organiser.post(f"{page}/returns", data={"reason": "", "revision": "1"})
    assert without.status_code == 422
    organiser.post(f"{page}/returns", data={"reason": "缺等级证书复印件", "revision": "1"})
    enrolment.come_in(client)
    assert "缺等级证书复印件" in client.get(own(enrolment)).text


def test_the_next_who_waits_comes_after_a_decision(app):
    enrolment = make_enrolment()
    one, two = enrolment.add(1), enrolment.add(2)
    enrolment.hand_in()
    organiser = organiser_of(app, enrolment)
    posted = {"entry": f"{one}:1", "next": "person"}
    assert organiser.post(run(enrolment, "/approvals"), data=posted).headers["Location"].endswith(f"/entries/{two}")


def test_an_approval_of_nobody_or_nonsense_is_refused(app):
    enrolment = make_enrolment()
    organiser = organiser_of(app, enrolment)
    for posted in ({}, {"entry": "x"}, {"entry": "1:"}):
        assert organiser.post(run(enrolment, "/approvals"), data=posted).status_code == 409
    assert organiser.post(run(enrolment, "/approvals"), data={"entry": "99:1"}).status_code == 404


def test_the_facts_stand_with_the_clause_that_they_rest_on(app):
    enrolment = make_enrolment()
    stored(
        Programme(
            competition_id=enrolment.competition_id,
            name="徐州市技能大赛",
            class_name="",
            pack_id="xuzhou.first-class-contest.2023",
        )
    )
    entry_id = enrolment.add(1)
    enrolment.hand_in()
    page = organiser_of(app, enrolment).get(run(enrolment, f"/entries/{entry_id}")).text
    assert "养老保险满1年" in page
    assert "到开赛日 36 周岁" in page
    assert "未满18周岁不晋升高级工" in page
    assert "填报：高级工" in page
    assert "社会保险" in page
    assert identity_number(1) not in page


def test_the_same_number_of_two_delegations_is_told_to_the_organiser_alone(app, client):
    enrolment = make_enrolment()
    mine = enrolment.add(1)
    enrolment.add(1, enrolment.other_id)
    enrolment.hand_in()
    organiser = organiser_of(app, enrolment)
    page = run(enrolment, f"/entries/{mine}")
    assert "保定市" not in organiser.get(page).text  # not handed in: that delegation's own affair still
    enrolment.hand_in(enrolment.other_id)
    assert "也报送了这个证件号码" in organiser.get(page).text
    assert "请看 1 处" in organiser.get(run(enrolment, f"/delegations/{enrolment.own_id}")).text
    enrolment.come_in(client)
    assert "保定市" not in client.get(own(enrolment)).text


def test_leaders_and_coaches_are_asked_less(app, client):
    enrolment = make_enrolment()
    enrolment.come_in(client)
    page = client.get(own(enrolment, "/entries/new?part=leader")).text
    assert 'name="id_number"' not in page
    posted = {"name": "褚领队", "event_id": "0", "phone": "13900000000", "unit": "市总工会", "revision": "0"}
    assert client.post(own(enrolment, "/entries/new?part=leader"), data=posted).status_code == 302
    (entry,) = enrolment.entries()
    assert (entry.part, entry.event_id, entry.document_masked) == (Part.LEADER, None, "")


def test_nobody_changes_anything_by_a_form_of_another_site(app, client):
    enrolment = make_enrolment()
    token = enrolment.link()
    entry_id = enrolment.add(1)
    enrolment.hand_in()
    organiser = organiser_of(app, enrolment)
    enrolment.come_in(client)
    app.config["WTF_CSRF_ENABLED"] = True
    d = f"/delegations/{enrolment.own_id}"
    posts = [
        (client, own(enrolment, "/entries/new"), typed(2, event_id=enrolment.event_id)),
        (client, own(enrolment, f"/entries/{entry_id}"), typed(1, revision=1, event_id=enrolment.event_id)),
        (client, own(enrolment, f"/entries/{entry_id}/removals"), {"seen": "1"}),
        (client, own(enrolment, "/hand-ins"), {"signer": "钱报送"}),
        (client, own(enrolment, "/workbooks"), {}),
        (organiser, run(enrolment, "/approvals"), {"entry": f"{entry_id}:1"}),
        (organiser, run(enrolment, f"/entries/{entry_id}/returns"), {"reason": "x", "revision": "1"}),
        (organiser, run(enrolment, "/links"), {}),
        (organiser, run(enrolment, "/periods"), {}),
        (organiser, run(enrolment, f"{d}/link-revocations"), {}),
        (organiser, run(enrolment, f"{d}/extensions"), {}),
        (app.test_client(), f"/r/{token}", {}),
    ]
    for browser, path, posted in posts:
        assert browser.post(path, data=posted).status_code in (400, 403), path
    assert [(one.state, one.revision) for one in enrolment.entries()] == [(EntryState.HANDED_IN, 1)]


def test_a_competition_past_registration_says_so(app, client):
    enrolment = make_enrolment()
    enrolment.add(1)
    enrolment.come_in(client)
    with transaction() as session:
        session.get_one(Competition, enrolment.competition_id).state = CompetitionState.DRAWING
    page = client.get(own(enrolment)).text
    assert "报名阶段已经结束" in page
    assert "entries/new" not in page
    assert organiser_of(app, enrolment).get(run(enrolment)).status_code == 200
    assert db.session.scalars(select(EnrolmentEntry)).one().state is EntryState.DRAFT
