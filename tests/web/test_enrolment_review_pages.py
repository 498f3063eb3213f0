"""The organiser's pages of online registration: times, links, the facts about a person, the decision."""

import re
from datetime import timedelta

from enrolled import make_enrolment
from enrolled_pages import organiser_of, own, run, typed
from factories import (
    identity_number,
    stored,
)
from sqlalchemy import select

from competitions.enrolment.models import EntryState
from competitions.models import Programme
from core.audit import AuditEntry
from core.db import db


def test_a_draft_is_in_no_list_of_the_organiser(app):
    enrolment = make_enrolment()
    entry_id = enrolment.add(1)
    organiser = organiser_of(app, enrolment)
    base = f"/competitions/{enrolment.competition_id}"
    pages = ("/roster", "/roster/print", f"/enrolment/delegations/{enrolment.own_id}", "/draw", "/enrolment")
    assert all("选手乙" not in organiser.get(base + page).text for page in pages)
    assert organiser.get(run(enrolment, f"/entries/{entry_id}")).status_code == 404


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


def test_a_link_on_slips_that_are_reloaded_stays_good(app):
    enrolment = make_enrolment()
    organiser = organiser_of(app, enrolment)
    for number in (1, 2):
        home = organiser.get(run(enrolment, f"/delegations/{enrolment.own_id}")).text
        (seen,) = re.findall(r'name="seen" value="(\d+)"', home)
        form = {"delegation": enrolment.own_id, "seen": seen}
        (token,) = re.findall(r">http[^<]*/r/([\w-]+)</a>", organiser.post(run(enrolment, "/links"), data=form).text)
        again = organiser.post(run(enrolment, "/links"), data=form, follow_redirects=True)
        assert again.request.path == run(enrolment, f"/delegations/{enrolment.own_id}")
        assert "仍然有效，没有换发" in again.text
        assert app.test_client().post(f"/r/{token}").status_code == 302, f"link {number}"


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
