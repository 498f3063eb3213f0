"""Signing in by way of another house, against a real identity provider: who is let in, and who is not."""

from dataclasses import replace
from datetime import timedelta
from html import unescape
from urllib.parse import urlsplit

import pytest
from factories import PASSWORD, make_account, make_actor, make_competition
from other_house import CLIENT_ID, around, ask, back, let_in, query_of, said, set_up, there
from second_factors import code_given, password_given, with_second_factor
from sqlalchemy import select

from core.account_care import SetActive, set_active
from core.audit import AuditEntry, verify
from core.auth import TRIES_ALLOWED, SignIn
from core.db import db
from core.outside_sign_in.linking import LinkOther, Unlink, link_other, links_of, unlink_other
from core.outside_sign_in.models import SpentState
from core.permissions import Role

CHIEF = {"subject_id": 0, "name": "管理员"}


@pytest.fixture
def issuer(app, other_house):
    found = other_house.issuer()
    set_up(app, found)
    return found


@pytest.fixture
def account(app):
    return make_account(role=Role.ORGANISER, competition=make_competition())


@pytest.fixture
def linked(account, issuer):
    link_other(LinkOther(account.id, issuer.address, "worker-1", make_actor(Role.SYSTEM_ADMIN, **CHIEF)))
    return account


def is_in(browser):
    return browser.get("/competitions").status_code == 200


def lines(action):
    query = select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.id)
    return list(db.session.scalars(query))


def set_cookies(answer):
    return {header.split("=", 1)[0]: header for header in answer.headers.getlist("Set-Cookie")}


def test_who_is_linked_comes_in_and_the_record_says_how(client, issuer, linked):
    answer = around(client)

    assert answer.headers["Location"] == "/"
    assert is_in(client)
    [accepted] = lines("outside_sign_in.accepted")
    assert accepted.target == f"account:{linked.id}"
    assert accepted.detail == {"issuer": issuer.address, "second_factor": "none"}
    assert lines("sign_in.made")[-1].actor == f"account:{linked.id}"
    assert verify() == []


def test_what_is_asked_there_is_what_the_standard_asks(client, issuer, linked):
    around(client)

    [asked] = issuer.asked("authorize")
    query = asked["query"]
    assert query["redirect_uri"] == "http://127.0.0.1:8000/sign-in/outside/return"
    assert query["scope"] == "openid"
    assert len(query["code_challenge"]) == 43
    assert {len(query[name]) for name in ("state", "nonce")} == {43}
    assert "prompt" not in query
    [redeemed] = issuer.asked("token")
    assert len(redeemed["form"]["code_verifier"]) == 43
    assert "client_secret" not in redeemed["form"]
    assert redeemed["at"].startswith(f"{CLIENT_ID}:")


def test_a_house_that_takes_the_secret_only_in_the_form_gets_it_there(client, issuer, linked):
    issuer.behave(discovery={"token_endpoint_auth_methods_supported": ["client_secret_post"]})
    around(client)

    assert is_in(client)
    [redeemed] = issuer.asked("token")
    assert redeemed["at"] == ""
    assert redeemed["form"]["client_id"] == CLIENT_ID


def test_what_the_browser_carries_is_signed_short_lived_and_shown_on_the_way_back_alone(client, issuer, linked):
    answer = client.get("/sign-in/outside")
    [cookie] = [header for name, header in set_cookies(answer).items() if name.endswith("_outside")]

    for part in ("Max-Age=600", "Path=/sign-in/outside", "HttpOnly", "SameSite=Lax"):
        assert part in cookie
    returned = back(client, let_in(answer.headers["Location"]))
    assert "Max-Age=0" in set_cookies(returned)["signin_8000_outside"]


@pytest.mark.parametrize(
    "behaviour",
    [
        {"claims": {"nonce": "another"}},
        {"claims": {"nonce": None}},
        {"claims": {"iss": "https://other.example.org"}},
        {"claims": {"aud": "somebody else"}},
        {"claims": {"aud": ["competitions", "somebody else"]}},
        {"claims": {"azp": "somebody else"}},
        {"claims": {"sub": ""}},
        {"claims": {"sub": 7}},
        {"shift": {"exp": -121}},
        {"shift": {"iat": 240}},
        {"shift": {"iat": -600}},
        {"shift": {"nbf": 240}},
        {"signed": "none"},
        {"signed": "hmac-secret"},
        {"signed": "hmac-key"},
        {"signed": "foreign"},
        {"signed": "second"},
        {"spoils_signature": True},
    ],
    ids=str,
)
def test_a_token_that_does_not_stand_up_lets_nobody_in(client, issuer, linked, behaviour):
    issuer.behave(**behaviour)
    answer = around(client)

    assert "没有通过核对" in said(client, answer)
    assert not is_in(client)
    assert db.session.scalars(select(SignIn)).all() == []
    [refused] = lines("outside_sign_in.refused")
    assert refused.detail["issuer"] == issuer.address
    assert refused.detail["reason"]
    issuer.behave(claims={}, shift={}, signed="rsa", spoils_signature=False)
    password_given(client, linked)
    assert is_in(client)


@pytest.mark.parametrize(
    "behaviour",
    [
        {"signed": "ec"},
        {"clock": 110},
        {"clock": -110},
        {"claims": {"aud": ["competitions"]}},
        {"claims": {"aud": ["competitions", "somebody else"], "azp": "competitions"}},
        {"claims": {"name": "赵一", "phone_number": "13800000000"}},
    ],
    ids=str,
)
def test_what_the_standard_permits_lets_in(client, issuer, linked, behaviour):
    issuer.behave(**behaviour)
    around(client)

    assert is_in(client)


def test_nothing_that_the_other_house_tells_of_somebody_is_kept(client, issuer, linked):
    issuer.behave(claims={"name": "机密的姓名", "phone_number": "13800000000"})
    around(client)

    with db.engine.connect() as connection:
        for table in ("outside_identity", "spent_state", "sign_in", "audit_entry", "account"):
            kept = str(connection.exec_driver_sql(f"SELECT * FROM {table}").fetchall())
            assert not {"机密的姓名", "13800000000", "worker-1"} & {w for w in kept.split("'") if w}, table
            assert "worker-1" not in kept


def test_somebody_who_is_no_account_is_told_what_to_do_and_gets_no_account(client, issuer, account):
    page = said(client, around(client))

    assert "还没有与本系统的账号关联" in page
    assert not is_in(client)
    [refused] = lines("outside_sign_in.refused")
    assert refused.detail["reason"] == "unknown_subject"
    assert refused.detail["subject"] != "worker-1"


def test_large_and_small_letters_are_different_people(client, issuer, linked):
    issuer.behave(sub="Worker-1")
    around(client)

    assert not is_in(client)


def test_a_subject_of_another_house_is_somebody_else(app, client, issuer, linked, other_house):
    set_up(app, other_house.issuer())
    around(client)

    assert not is_in(client)


def test_a_closed_account_stays_closed(client, issuer, linked):
    set_active(SetActive(linked.id, False, make_actor(Role.SYSTEM_ADMIN, **CHIEF)))
    page = said(client, around(client))

    assert "已停用" in page
    assert db.session.scalars(select(SignIn)).all() == []
    assert lines("outside_sign_in.refused")[-1].detail["reason"] == "closed_account"


def test_after_the_link_is_taken_apart_nobody_comes_in(client, issuer, linked):
    [link] = links_of(linked.id)
    around(client)
    unlink_other(Unlink(linked.id, link.id, make_actor(Role.SYSTEM_ADMIN, **CHIEF)))

    assert not is_in(client)
    around(client)
    assert not is_in(client)


def test_the_address_of_a_return_opens_once(client, issuer, linked):
    issuer.behave(takes_codes_again=True)
    address = let_in(there(client))
    carried = client.get_cookie("signin_8000_outside", path="/sign-in/outside").value
    back(client, address)
    assert is_in(client)
    thief = client.application.test_client()
    thief.set_cookie("signin_8000_outside", carried, path="/sign-in/outside")

    assert "已经用过" in said(thief, back(thief, address))
    assert not is_in(thief)
    assert "outside-sign-in" in back(client, address).headers["Location"]
    assert len(issuer.asked("token")) == 1


def test_a_code_opens_once(client, issuer, linked):
    used = query_of(let_in(there(client)))
    back(client, f"/sign-in/outside/return?state={used['state']}&code={used['code']}")
    other = client.application.test_client()
    own = query_of(let_in(there(other)))

    answer = back(other, f"/sign-in/outside/return?state={own['state']}&code={used['code']}")
    assert "没有通过核对" in said(other, answer)
    assert not is_in(other)


def test_a_code_of_another_browser_opens_nothing_even_unused(client, issuer, linked):
    """Its verifier is in the other browser, and so is its nonce."""
    stolen = query_of(let_in(there(client)))["code"]
    thief = client.application.test_client()
    own = query_of(let_in(there(thief)))

    back(thief, f"/sign-in/outside/return?state={own['state']}&code={stolen}")
    assert not is_in(thief)


def test_nobody_is_signed_in_as_somebody_else_by_a_link(client, issuer, linked):
    """Login CSRF: the address with which an attacker came back, opened by a victim."""
    attackers = let_in(there(client.application.test_client()))
    for victim in (client, client.application.test_client()):
        assert "不是刚从这个浏览器开始的" in said(victim, back(victim, attackers))
        assert not is_in(victim)
    there(client)  # on the way at the same time
    back(client, attackers)
    assert not is_in(client)


def test_a_changed_cookie_or_an_old_one_is_none(client, issuer, linked, later):
    address = let_in(there(client))
    carried = client.get_cookie("signin_8000_outside", path="/sign-in/outside").value
    client.set_cookie("signin_8000_outside", carried[:-2] + "xx", path="/sign-in/outside")
    back(client, address)
    assert not is_in(client)

    address = let_in(there(client))
    later(timedelta(minutes=11))
    back(client, address)
    assert not is_in(client)


def test_ways_that_were_gone_are_forgotten_when_they_would_have_ended(client, issuer, linked, later):
    around(client)
    later(timedelta(minutes=11))
    issuer.behave(clock=11 * 60)
    around(client)

    assert len(db.session.scalars(select(SpentState)).all()) == 1


@pytest.mark.parametrize(
    ("behaviour", "comes_in"),
    [
        ({"names": "https://other.example.org"}, False),
        ({"discovery": {"authorization_response_iss_parameter_supported": True}}, False),
        ({"names": "itself"}, True),
        ({"names": "itself", "discovery": {"authorization_response_iss_parameter_supported": True}}, True),
    ],
    ids=str,
)
def test_an_answer_of_another_house_is_not_redeemed_at_this_one(client, issuer, linked, behaviour, comes_in):
    issuer.behave(**behaviour)
    around(client)

    assert is_in(client) is comes_in
    assert len(issuer.asked("token")) == comes_in


def test_somebody_who_set_out_to_one_house_does_not_come_back_to_another(app, client, issuer, linked, other_house):
    address = let_in(there(client))
    other = other_house.issuer()
    set_up(app, other)

    back(client, address)
    assert not is_in(client)
    assert other.asked("token") == []


def test_who_is_refused_there_or_turns_back_can_use_the_password(client, issuer, linked):
    issuer.behave(error="access_denied")
    page = said(client, around(client, "?next=/competitions"))

    assert "取消了" in page
    assert 'name="password"' in page
    assert issuer.asked("token") == []
    assert password_given(client, linked, then="?next=/competitions").headers["Location"] == "/competitions"


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example", "/\\evil.example", "/%09/evil.example", "javascript:alert(1)"]
)
def test_one_goes_on_to_pages_of_this_server_alone(client, issuer, linked, target):
    assert around(client, f"?next={target}").headers["Location"] == "/"
    issuer.behave(error="access_denied")
    assert around(client, f"?next={target}").headers["Location"] in ("/sign-in", "/account/outside-sign-in")


def test_one_goes_on_to_the_page_that_asked(client, issuer, linked):
    page = client.get("/competitions").headers["Location"]
    shown = unescape(client.get(page).text)
    assert 'href="http://127.0.0.1:8000/sign-in/outside?next=/competitions"' in shown
    assert around(client, "?next=/competitions").headers["Location"] == "/competitions"


def test_the_code_of_the_phone_is_still_asked_for(client, issuer, linked):
    issuer.behave(claims={"amr": ["pwd", "mfa"], "acr": "gold"})
    phone, _codes = with_second_factor(linked)
    answer = around(client, "?next=/account")

    assert answer.status_code == 200
    assert 'content="0; url=/sign-in/code?next=/account"' in answer.text
    assert not is_in(client)
    assert lines("outside_sign_in.accepted")[-1].detail["second_factor"] == "here"
    assert code_given(client, phone.shows(), "?next=/account").headers["Location"] == "/account"
    assert is_in(client)


@pytest.mark.parametrize(
    ("claims", "trusted", "comes_in"),
    [
        ({"amr": ["pwd", "mfa"]}, {"amr:mfa"}, True),
        ({"acr": "gold"}, {"amr:mfa", "acr:gold"}, True),
        ({"amr": ["pwd"]}, {"amr:mfa"}, False),
        ({"amr": "mfa"}, {"amr:mfa"}, False),
        ({"acr": "mfa"}, {"amr:mfa"}, False),
        ({"acr": ["gold"]}, {"acr:gold"}, False),
        ({}, {"amr:mfa"}, False),
        ({"amr": ["mfa"]}, set(), False),
    ],
    ids=str,
)
def test_a_house_that_is_trusted_and_says_so_has_asked_already(client, issuer, linked, claims, trusted, comes_in):
    set_up(client.application, issuer, second_factor_in=frozenset(trusted))
    with_second_factor(linked)
    issuer.behave(claims=claims)
    around(client)

    assert is_in(client) is comes_in


def test_who_must_have_a_second_factor_here_must_still_set_one_up(app, client, issuer, linked):
    """The password alone would open the account otherwise."""
    set_up(app, issuer, second_factor_in=frozenset({"amr:mfa"}))
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], requires_second_factor=True)
    issuer.behave(claims={"amr": ["mfa"]})
    around(client)

    assert client.get("/competitions").headers["Location"] == "/account/second-factor"


def test_signing_in_anew_ends_what_the_browser_had(client, issuer, linked):
    password_given(client, make_account())
    around(client)

    assert [row.revoked_at is None for row in db.session.scalars(select(SignIn).order_by(SignIn.id))] == [False, True]


def test_who_sits_down_where_somebody_has_signed_out_signs_in_there_anew(client, issuer, linked):
    """The browser is still signed in in the other house, as the one who left."""
    around(client)
    client.post("/sign-out")
    for _ in range(2):  # until somebody has
        query = query_of(there(client))
        assert (query["prompt"], query["max_age"]) == ("login", "0")
    issuer.behave(shift={"auth_time": -3600})
    around(client)
    assert not is_in(client)

    issuer.behave(shift={})
    around(client)
    assert is_in(client)
    assert "prompt" not in query_of(there(client))


def test_guessing_at_returns_has_an_end_and_the_password_still_opens(client, issuer, linked):
    for number in range(TRIES_ALLOWED):
        back(client, f"/sign-in/outside/return?state={number}&code=x")

    assert "尝试次数过多" in said(client, back(client, "/sign-in/outside/return?state=x&code=x"))
    assert "尝试次数过多" in said(client, client.get("/sign-in/outside"))
    assert issuer.asked("token") == []
    assert lines("outside_sign_in.refused") == []
    password_given(client, linked)
    assert is_in(client)


def test_without_a_provider_there_is_nothing(app, client, account):
    for path in ("/sign-in/outside", "/sign-in/outside/return?state=x&code=x"):
        assert client.get(path).status_code == 404
    assert "outside" not in client.get("/sign-in").text
    client.post("/sign-in", data={"username": account.username, "password": PASSWORD})
    assert client.get("/account/outside-sign-in").status_code == 404
    assert "outside" not in client.get("/account").text


@pytest.mark.parametrize(("language", "words"), [("zh_Hans_CN", "用省总认证登录"), ("en", "Sign in with Union ID")])
def test_the_button_has_the_configured_name_in_both_languages(client, issuer, language, words):
    client.set_cookie("language", language)
    page = client.get("/sign-in").text

    assert words in page
    assert urlsplit(page.split('href="http://127.0.0.1:8000', 1)[1].split('"')[0]).path == "/sign-in/outside"


def test_the_provider_itself_refuses_what_is_not_whole(issuer):
    """The other side of the tests is strict where it counts."""
    assert ask(f"{issuer.address}/authorize?client_id={CLIENT_ID}&response_type=code&scope=openid").status == 400
