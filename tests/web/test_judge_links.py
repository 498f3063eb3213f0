"""A judge's link with its PIN: who gets in, who does not, what is said and what is recorded."""

from datetime import timedelta

import pytest
from at_once import at_once
from factories import make_account, make_actor, make_competition, make_judge, sign_in_account
from sqlalchemy import select

from competitions.models import Competition
from core.audit import AuditEntry, verify
from core.auth import SignIn, revoke
from core.db import db
from core.errors import NotAllowedError
from core.judge_links import (
    ASK_AGAIN,
    LINK_LIFE,
    MOST_RECORDED,
    PIN_DIGITS,
    PIN_TRIES,
    IssueLink,
    SignInLink,
    issue_link,
    redeem_link,
)
from core.permissions import Role


def link_for(judge, *, with_pin=True, role=Role.JUDGE):
    actor = make_actor(Role.ORGANISER, judge.competition_id)
    return issue_link(IssueLink(judge.id, judge.name, role, judge.competition_id, actor, with_pin))


def use(client, link, pin=None):
    return client.post(f"/j/{link.token}", data={"pin": link.pin if pin is None else pin})


def wrong(link):
    return str((int(link.pin) + 1) % 10**PIN_DIGITS).zfill(PIN_DIGITS)


def main_of(page):
    return page.get_data(as_text=True).split("<main")[1]


def lines(action):
    db.session.rollback()
    return list(db.session.scalars(select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.id)))


def test_link_and_pin_together_sign_in_and_either_alone_does_not(client):
    judge = make_judge()
    link = link_for(judge)
    assert (len(link.pin), link.pin.isdigit()) == (PIN_DIGITS, True)

    assert use(client, link, "").status_code == 403
    assert use(client, link, wrong(link)).status_code == 403
    assert client.get("/tablet").status_code == 302
    assert client.post("/j/not-the-link", data={"pin": link.pin}).status_code == 403
    assert use(client, link).status_code == 302
    assert client.get("/tablet").status_code == 200


def test_a_judge_without_sign_in_is_led_to_the_judges_own_entry_and_not_to_a_password(client):
    link = link_for(make_judge())
    assert client.get("/tablet").headers["Location"] == "/j"
    assert client.get("/competitions").headers["Location"].startswith("/sign-in")
    use(client, link)
    assert client.post("/sign-out").headers["Location"] == "/j"
    assert client.get("/tablet").headers["Location"] == "/j"


def test_a_stolen_link_shows_neither_name_nor_competition(client):
    judge = make_judge(name="欧阳裁判")
    page = main_of(client.get(f"/j/{link_for(judge).token}"))

    assert "欧＊＊＊" in page
    assert judge.name not in page
    assert db.session.get_one(Competition, judge.competition_id).title not in page


def test_full_width_digits_and_spaces_are_the_same_pin(client):
    link = link_for(make_judge())
    typed = "".join(chr(ord(digit) + 0xFEE0) for digit in link.pin)

    assert use(client, link, f" {typed[:3]} {typed[3:]} ").status_code == 302


def test_after_a_few_wrong_pins_the_link_is_locked_even_for_the_right_one(client, later):
    judge = make_judge()
    link = link_for(judge)
    said = [main_of(use(client, link, wrong(link))) for _ in range(PIN_TRIES)]

    assert f"还可以再试 {PIN_TRIES - 1} 次" in said[0]
    assert "已停用" in said[-1]
    later(timedelta(minutes=30))
    assert use(client, link).status_code == 403
    assert "已停用" in main_of(client.get(f"/j/{link.token}"))
    assert not lines("sign_in.made")
    assert [line.detail["try"] for line in lines("link.refused")] == [*range(1, PIN_TRIES), PIN_TRIES + 1]
    (locked,) = lines("link.locked")
    assert (locked.actor, locked.target, locked.chain) == ("stranger", f"judge:{judge.id}", judge.competition_id)
    assert verify() == []


def test_whoever_hammers_a_dead_link_cannot_fill_the_record(client):
    link = link_for(make_judge())
    for _ in range(MOST_RECORDED + 10):
        use(client, link, "0")

    assert len(lines("link.refused")) + len(lines("link.locked")) == MOST_RECORDED


def test_the_database_alone_does_not_give_the_pin(client):
    link = link_for(make_judge())
    row = db.session.scalars(select(SignInLink)).one()

    assert row.pin_seal is not None
    assert len(row.pin_seal) == 64
    client.application.config["DATA_KEY"] = "another key of forty characters or more…"
    assert use(client, link).status_code == 403


def test_looking_at_a_link_does_not_use_it_up_and_using_it_does(client):
    judge = make_judge(name="钱裁判")
    link = link_for(judge)
    agent = {"User-Agent": "Mozilla/5.0 (Linux; Android 9) Chrome/90.0 Safari/537.36"}
    for _ in range(2):
        assert "钱＊＊" in main_of(client.get(f"/j/{link.token}"))
    assert client.post(f"/j/{link.token}", data={"pin": link.pin}, headers=agent).status_code == 302

    other = client.application.test_client()
    assert use(other, link).status_code == 403
    page = main_of(other.get(f"/j/{link.token}"))
    assert "登录码已用过" in page
    assert "Android 9 · Chrome 90" in page
    assert "立即告诉组织者" in page
    (line,) = lines("link.refused")
    assert line.detail["code"] == "link_used"


def test_a_browser_that_did_not_get_the_answer_may_ask_again_and_no_other(client, app, later):
    judge = make_judge()
    link = link_for(judge)
    client.get(f"/j/{link.token}")
    assert use(client, link).status_code == 302
    client.delete_cookie(app.config["SIGN_IN_COOKIE"])  # the answer was lost, and the cookie with it

    assert 'name="pin"' in main_of(client.get(f"/j/{link.token}"))
    other = app.test_client()
    assert 'name="pin"' not in main_of(other.get(f"/j/{link.token}"))
    assert use(other, link).status_code == 403
    assert use(client, link, wrong(link)).status_code == 403
    assert use(client, link).status_code == 302
    assert client.get("/tablet").status_code == 200
    db.session.rollback()
    open_ones = db.session.scalars(select(SignIn).where(SignIn.subject_id == judge.id, SignIn.revoked_at.is_(None)))
    assert len(list(open_ones)) == 1

    later(ASK_AGAIN + timedelta(minutes=1))
    assert use(client, link).status_code == 403


def test_a_double_tap_signs_in_once(client):
    link = link_for(make_judge())
    client.get(f"/j/{link.token}")
    assert [use(client, link).status_code for _ in range(2)] == [302, 302]
    assert client.get("/tablet").status_code == 200


def test_a_link_remembers_the_device_that_it_signed_in(client):
    link = link_for(make_judge())
    use(client, link)
    db.session.rollback()

    row = db.session.scalars(select(SignInLink)).one()
    assert row.sign_in_id == db.session.scalars(select(SignIn.id)).one()


def test_without_a_pin_rule_the_link_alone_signs_in(client):
    judge = make_judge(name="钱裁判")
    link = link_for(judge, with_pin=False)

    assert link.pin == ""
    assert "您好，钱裁判" in main_of(client.get(f"/j/{link.token}"))
    assert client.post(f"/j/{link.token}").status_code == 302


def test_a_new_link_ends_the_one_before_and_every_link_ends_by_itself(client, later):
    judge = make_judge()
    first, second = link_for(judge), link_for(judge)
    assert use(client, first).status_code == 403
    later(LINK_LIFE + timedelta(minutes=1))
    assert use(client, second).status_code == 403
    assert "无效" in main_of(client.get(f"/j/{second.token}"))


def test_of_many_who_redeem_one_link_at_once_one_is_signed_in(app):
    link = link_for(make_judge())

    def redeem(_):
        try:
            return redeem_link(link.token, "tablet", link.pin)
        except NotAllowedError:
            return None

    assert len([t for t in at_once(app, redeem, range(8)) if t]) == 1


def test_of_many_who_guess_at_once_no_more_than_a_few_are_heard(app):
    link = link_for(make_judge())

    def guess(_):
        try:
            redeem_link(link.token, "tablet", wrong(link))
        except NotAllowedError as error:
            return error.code

    codes = at_once(app, guess, range(8))
    assert codes.count("wrong_pin") == PIN_TRIES - 1


def test_a_revoked_tablet_is_a_stranger_at_once(client):
    judge = make_judge()
    use(client, link_for(judge))
    assert client.get("/tablet").status_code == 200
    row = db.session.scalar(select(SignIn).where(SignIn.subject_id == judge.id))

    revoke(row.id, judge.competition_id, make_actor(Role.ORGANISER, judge.competition_id))
    assert client.get("/tablet").status_code == 302
    assert "新的登录码" in main_of(client.get("/j"))


@pytest.mark.parametrize(("role", "start"), [(Role.JUDGE, "/tablet"), (Role.CHIEF_JUDGE, "/competitions")])
def test_a_link_leads_each_judge_to_the_own_work(client, role, start):
    link = link_for(make_judge(role=role), role=role)

    page = client.post(f"/j/{link.token}", data={"pin": link.pin}, follow_redirects=True)
    assert (page.status_code, page.request.path) == (200, start)


class TestOrganisersPage:
    """What the organiser does about links, PINs and devices."""

    @pytest.fixture
    def judge(self, app):
        return make_judge(name="钱裁判")

    @pytest.fixture
    def home(self, judge):
        return f"/competitions/{judge.competition_id}"

    @pytest.fixture
    def organiser(self, client, judge):
        return sign_in_account(client, make_account(role=Role.ORGANISER, competition_id=judge.competition_id))

    def slips(self, organiser, home):
        return organiser.post(f"{home}/judges/links").get_data(as_text=True)

    def test_the_pin_stands_in_a_list_of_its_own_and_not_on_the_slip(self, organiser, home):
        page = self.slips(organiser, home)
        slip, list_of_pins = page.split('<section class="pins"')
        pin = list_of_pins.split('data-pin="')[1].split('"')[0]

        assert len(pin) == PIN_DIGITS
        assert pin not in slip
        assert pin not in organiser.get(f"{home}/judges/entry").get_data(as_text=True)

    def test_the_rule_is_switched_recorded_and_holds_for_later_links(self, organiser, home, judge):
        assert "PIN 名单" in self.slips(organiser, home)
        for _ in range(2):
            organiser.post(f"{home}/judges/pin-rule", data={"required": "no"})
        assert "PIN 名单" not in self.slips(organiser, home)
        organiser.post(f"{home}/judges/pin-rule", data={"required": "yes"})

        assert "PIN 名单" in self.slips(organiser, home)
        assert [line.detail["required"] for line in lines("competition.pin_rule_set")] == [False, True]

    def test_an_unused_link_is_seen_with_its_tries_and_withdrawn(self, organiser, home, judge, app):
        link = link_for(judge)
        stranger = app.test_client()
        use(stranger, link, wrong(link))
        assert "PIN 输错 1 次" in organiser.get(f"{home}/judges/entry").get_data(as_text=True)
        link_id = db.session.scalars(select(SignInLink.id)).one()

        organiser.post(f"{home}/judges/links/{link_id}/withdrawals")
        assert use(stranger, link).status_code == 403
        assert organiser.post(f"{home}/judges/links/{link_id}/withdrawals").status_code == 404
        assert [line.target for line in lines("link.withdrawn")] == [f"judge:{judge.id}"]

    def test_another_competitions_link_is_not_withdrawn(self, organiser, home, app):
        foreign = link_for(make_judge(competition=make_competition()))
        link_id = db.session.scalars(select(SignInLink.id)).one()

        assert organiser.post(f"{home}/judges/links/{link_id}/withdrawals").status_code == 404
        assert use(app.test_client(), foreign).status_code == 302

    def test_one_judge_on_two_devices_is_marked(self, organiser, home, judge, app):
        for _ in range(2):
            use(app.test_client(), link_for(judge))

        page = organiser.get(f"{home}/judges/entry").get_data(as_text=True)
        assert page.count("同时在 2 台设备上") == 1
