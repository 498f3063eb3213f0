"""A delegation's own pages: the link, its own list and nobody else's, handing in, the deadline."""

import re
from datetime import timedelta

import pytest
from enrolled import make_enrolment
from enrolled_pages import line, organiser_of, own, run, typed, upload, workbook
from factories import (
    identity_number,
    make_account,
    sign_in_account,
)
from sqlalchemy import select

from competitions.enrolment.links import RevokeEnrolmentLink, revoke_enrolment_link
from competitions.enrolment.models import EnrolmentEntry, EntryState, Part
from competitions.lifecycle import CompetitionState
from competitions.models import Competition
from core.auth import TRIES_ALLOWED, SignIn
from core.db import db, transaction
from core.permissions import Role


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


def test_leaders_and_coaches_are_asked_less(app, client):
    enrolment = make_enrolment()
    enrolment.come_in(client)
    page = client.get(own(enrolment, "/entries/new?part=leader")).text
    assert 'name="id_number"' not in page
    posted = {"name": "褚领队", "event_id": "0", "phone": "13900000000", "unit": "市总工会", "revision": "0"}
    assert client.post(own(enrolment, "/entries/new?part=leader"), data=posted).status_code == 302
    (entry,) = enrolment.entries()
    assert (entry.part, entry.event_id, entry.document_masked) == (Part.LEADER, None, "")


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
