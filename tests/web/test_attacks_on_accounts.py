"""What somebody tries who wants into an account that is not theirs."""

import re
from datetime import timedelta
from urllib.parse import quote

import pytest
from argon2 import PasswordHasher
from factories import PASSWORD, make_account, make_actor, sign_in_account
from installation import QUICK_HASHER, make_app, make_settings
from second_factors import code_given, password_given, set_up_in, text, with_second_factor
from sqlalchemy import func, select

import core.accounts
from core.account_care import SetActive, set_active
from core.auth import ACCOUNT_IDLE, DEVICE_LIFE, TRIES_ALLOWED, SignIn, SignInTry, hashed
from core.db import db
from core.permissions import Role

COOKIE = "signin_8000"


@pytest.fixture
def account(app):
    return make_account(role=Role.AUDITOR, username="zhao.zuzhi")


@pytest.fixture
def guarded(sqlite_url, tmp_path):
    """An application whose forms ask for their token, as they do outside of tests; each request has its own context."""
    app = make_app(make_settings(tmp_path, sqlite_url))
    app.config["WTF_CSRF_ENABLED"] = True
    yield app
    with app.app_context():
        db.engine.dispose()


def over_https(sqlite_url, tmp_path, **more):
    return make_app(make_settings(tmp_path, sqlite_url, TLS="1", BASE_URL="https://skills.example", **more))


def form_token(page):
    return re.search(r'name="csrf_token"[^>]*value="([^"]+)"', text(page))[1]


def is_in(browser):
    return browser.get("/competitions").status_code == 200


# Forged requests


def signing_in(**more):
    return {"username": "zhao.zuzhi", "password": PASSWORD} | more


def test_no_other_site_signs_a_browser_in_or_out_or_changes_an_account(guarded):
    stranger, browser = guarded.test_client(), guarded.test_client()
    with guarded.app_context():
        account = make_account(role=Role.AUDITOR, username="zhao.zuzhi")
        assert stranger.post("/sign-in", data=signing_in()).status_code == 400
        assert db.session.scalar(select(func.count(SignIn.id))) == 0
        sign_in_account(browser, account)
    new = {"present": PASSWORD, "password": "another long password", "again": "another long password"}
    for address, data in (
        ("/sign-out", {}),
        ("/sign-in/code", {"code": "123456"}),
        ("/account", new),
        ("/account/second-factor/drafts", {"begin-present": PASSWORD}),
        ("/account/second-factor/endings", {"off-code": "123456"}),
        ("/language/en", {}),
    ):
        assert browser.post(address, data=data).status_code == 400, address
    assert is_in(browser)


def test_the_form_of_signing_in_works_with_its_own_token_and_not_with_that_of_another_browser(guarded):
    with guarded.app_context():
        make_account(role=Role.AUDITOR, username="zhao.zuzhi")
    mine, other = guarded.test_client(), guarded.test_client()
    foreign, own = form_token(other.get("/sign-in")), form_token(mine.get("/sign-in"))

    assert mine.post("/sign-in", data=signing_in(csrf_token=foreign)).status_code == 400
    assert mine.post("/sign-in", data=signing_in(csrf_token=own)).headers["Location"] == "/"


def test_the_forms_of_a_second_factor_work_with_their_tokens(guarded):
    with guarded.app_context():
        phone, _codes = with_second_factor(make_account(role=Role.AUDITOR, username="zhao.zuzhi"))
    browser = guarded.test_client()
    form = signing_in(csrf_token=form_token(browser.get("/sign-in")))
    assert browser.post("/sign-in", data=form).headers["Location"] == "/sign-in/code"
    token = form_token(browser.get("/sign-in/code"))
    assert browser.post("/sign-in/code", data={"code": phone.shows(), "csrf_token": token}).headers["Location"] == "/"


# Planted cookies


def test_a_planted_cookie_is_not_the_one_that_opens(client, account):
    client.set_cookie(COOKIE, "planted")
    password_given(client, account)
    thief = client.application.test_client()
    thief.set_cookie(COOKIE, "planted")

    assert client.get_cookie(COOKIE).value != "planted"
    assert is_in(client)
    assert not is_in(thief)


def test_who_planted_the_token_of_forms_does_not_know_it_after_the_sign_in(guarded):
    with guarded.app_context():
        make_account(role=Role.AUDITOR, username="zhao.zuzhi")
    attacker, victim = guarded.test_client(), guarded.test_client()
    known = form_token(attacker.get("/sign-in"))
    victim.set_cookie("session_8000", attacker.get_cookie("session_8000").value)
    assert victim.post("/sign-in", data=signing_in(csrf_token=known)).status_code == 302

    assert victim.post("/sign-out", data={"csrf_token": known}).status_code == 400
    assert victim.post("/sign-out", data={"csrf_token": form_token(victim.get("/competitions"))}).status_code == 302


def test_a_copied_cookie_opens_nothing_after_signing_out(client, account):
    password_given(client, account)
    thief = client.application.test_client()
    thief.set_cookie(COOKIE, client.get_cookie(COOKIE).value)
    assert is_in(thief)
    client.post("/sign-out")

    assert not is_in(thief)


def test_what_the_database_keeps_of_a_token_opens_nothing(client, account):
    password_given(client, account)
    kept = db.session.scalar(select(SignIn.token_hash))
    thief = client.application.test_client()
    thief.set_cookie(COOKIE, kept)

    assert kept == hashed(client.get_cookie(COOKIE).value)
    assert not is_in(thief)


def test_a_copied_cookie_that_is_kept_busy_ends_after_a_week_all_the_same(client, account, later):
    password_given(client, account)
    passed, stride = timedelta(), ACCOUNT_IDLE - timedelta(minutes=1)
    while passed + stride < DEVICE_LIFE:
        later(stride)
        passed += stride
        assert is_in(client)
    later(DEVICE_LIFE - passed)

    assert not is_in(client)


# Who has an account


class Counting(PasswordHasher):
    """The hasher, which counts what it was asked to compare."""

    asked = 0

    def verify(self, hash, password):
        self.asked += 1
        return super().verify(hash, password)


def test_every_refusal_costs_one_comparison_of_a_password_so_that_its_time_tells_nothing(client, monkeypatch):
    plain, closed, held = (make_account(role=Role.AUDITOR) for _ in range(3))
    with_second_factor(held)
    set_active(SetActive(closed.id, False, make_actor(subject_id=0)))
    quick = QUICK_HASHER
    counting = Counting(quick.time_cost, quick.memory_cost, quick.parallelism)
    monkeypatch.setattr(core.accounts, "HASHER", counting)
    answers = [
        client.post("/sign-in", data={"username": name, "password": password})
        for name, password in (
            ("nobody", "not the password"),
            (plain.username, "not the password"),
            (held.username, "not the password"),
            (closed.username, PASSWORD),
        )
    ]

    assert counting.asked == 4
    assert all(answer.status_code == 422 for answer in answers)
    told = {re.findall(r'role="alert">([^<]+)<', text(answer))[0] for answer in answers}
    assert told == {"登录名或密码不对"}
    assert db.session.scalar(select(func.count(SignInTry.id))) == 8


def test_a_password_of_a_thousand_letters_is_not_even_hashed(client, account, monkeypatch):
    counting = Counting(1, 8, 1)
    monkeypatch.setattr(core.accounts, "HASHER", counting)
    assert password_given(client, account, "x" * 1000).status_code == 422
    assert counting.asked == 0
    sign_in_account(client, account)
    new = {"present": "x" * 1000, "password": "another long password", "again": "another long password"}
    assert client.post("/account", data=new).status_code == 422
    assert counting.asked == 0


@pytest.mark.parametrize("name", ["a\x00b", "' OR 1=1 --", "zhao\nzuzhi", "𝕫𝕙𝕒𝕠", "%", "z" * 80, "zhao.zuzhi\u200b"])
def test_a_strange_name_is_nobody_and_breaks_nothing(client, account, name):
    assert client.post("/sign-in", data={"username": name, "password": PASSWORD}).status_code == 422


# Guessing


def guess(browser, name, address, **headers):
    form = {"username": name, "password": "not the password"}
    return browser.post("/sign-in", data=form, environ_base={"REMOTE_ADDR": address}, headers=headers)


def tried_in_vain(answer):
    return "尝试次数过多" in text(answer)


def test_guesses_at_one_name_from_many_addresses_are_counted_by_name(client, account):
    for number in range(TRIES_ALLOWED):
        assert not tried_in_vain(guess(client, account.username, f"10.0.0.{number}"))
    assert tried_in_vain(guess(client, account.username.upper() + " ", "10.0.1.1"))


def test_guesses_at_many_names_from_one_address_are_counted_by_address(client):
    for number in range(TRIES_ALLOWED):
        assert not tried_in_vain(guess(client, f"user{number}", "10.0.0.1"))
    assert tried_in_vain(guess(client, "another", "10.0.0.1"))
    assert not tried_in_vain(guess(client, "another", "10.0.0.2"))


def test_in_a_network_of_ipv6_where_everybody_changes_address_at_will_the_network_is_counted(client):
    for number in range(TRIES_ALLOWED):
        guess(client, f"user{number}", f"2001:db8:0:1::{number:x}")
    assert tried_in_vain(guess(client, "another", "2001:db8:0:1:ffff::1"))
    assert not tried_in_vain(guess(client, "another", "2001:db8:0:2::1"))


def test_an_address_of_ipv4_written_as_ipv6_is_the_same(client):
    for number in range(TRIES_ALLOWED):
        guess(client, f"user{number}", "10.0.0.1")
    assert tried_in_vain(guess(client, "another", "::ffff:10.0.0.1"))
    assert not tried_in_vain(guess(client, "another", "::ffff:10.0.0.2"))


def test_without_a_proxy_of_ours_nobody_gives_out_another_address(client):
    for number in range(TRIES_ALLOWED):
        guess(client, f"user{number}", "10.0.0.1", **{"X-Forwarded-For": f"192.0.2.{number}"})
    assert tried_in_vain(guess(client, "another", "10.0.0.1", **{"X-Forwarded-For": "192.0.2.99"}))


def test_behind_a_proxy_of_ours_only_what_the_proxy_adds_is_believed(sqlite_url, tmp_path):
    app = make_app(make_settings(tmp_path, sqlite_url, PROXIES="1"))
    with app.app_context():
        browser = app.test_client()
        for number in range(TRIES_ALLOWED):
            forwarded = {"X-Forwarded-For": f"192.0.2.{number}, 10.0.0.1"}
            guess(browser, f"user{number}", "127.0.0.1", **forwarded)
        again = {"X-Forwarded-For": "192.0.2.99, 10.0.0.1"}
        assert tried_in_vain(guess(browser, "another", "127.0.0.1", **again))
        assert not tried_in_vain(guess(browser, "another", "127.0.0.1", **{"X-Forwarded-For": "10.0.0.2"}))
        db.session.remove()
        db.engine.dispose()


def test_who_guesses_the_password_cannot_go_on_at_the_code(client, account):
    """The same address has used up its tries, whatever page it asks next."""
    phone, _codes = with_second_factor(account)
    password_given(client, account)
    for number in range(TRIES_ALLOWED):
        guess(client, f"user{number}", "127.0.0.1")

    assert tried_in_vain(code_given(client, phone.shows()))


# Keeping somebody out


def locked(app, name, address="192.0.2.1"):
    """The name and an address, after somebody has guessed too often."""
    attacker = app.test_client()
    for _ in range(TRIES_ALLOWED):
        guess(attacker, name, address)
    assert tried_in_vain(guess(attacker, name, address))


def test_who_guesses_at_a_name_does_not_lock_its_owner_out_of_the_own_browser(app, client, account):
    password_given(client, account)
    client.post("/sign-out")
    locked(app, account.username)
    locked(app, "another", "127.0.0.1")

    assert password_given(client, account).headers["Location"] == "/"
    assert tried_in_vain(password_given(app.test_client(), account))


def test_nor_out_of_the_code_that_follows(app, client, account, later):
    phone, _codes = with_second_factor(account)
    password_given(client, account)
    code_given(client, phone.shows())
    client.post("/sign-out")
    locked(app, account.username, "127.0.0.1")
    later(timedelta(seconds=30))
    password_given(client, account)

    assert code_given(client, phone.shows()).headers["Location"] == "/"


def test_a_known_browser_has_no_more_tries_than_another(app, client, account):
    password_given(client, account)
    client.post("/sign-out")
    for _ in range(TRIES_ALLOWED):
        assert not tried_in_vain(password_given(client, account, "not the password"))

    assert tried_in_vain(password_given(client, account))


def test_a_browser_is_known_for_the_names_that_signed_in_in_it_and_by_nothing_else(app, client, account):
    other = make_account(role=Role.AUDITOR)
    password_given(client, account)
    client.post("/sign-out")
    locked(app, other.username, "127.0.0.1")
    assert tried_in_vain(password_given(client, other))
    kept = client.get_cookie(f"{COOKIE}_known", path="/sign-in").value
    assert account.username not in kept
    for forged in (kept[:-2], "x", "e30.x.y", kept.replace(".", "", 1)):
        client.set_cookie(f"{COOKIE}_known", forged, path="/sign-in")
        assert tried_in_vain(password_given(client, account))


def test_half_a_sign_in_does_not_make_a_browser_known(app, client, account):
    with_second_factor(account)
    password_given(client, account)

    assert client.get_cookie(f"{COOKIE}_known", path="/sign-in") is None


def test_at_a_shared_desk_the_last_five_names_are_known(app, client):
    accounts = [make_account(role=Role.AUDITOR) for _ in range(6)]
    for one in accounts:
        password_given(client, one)
    for one in accounts:
        locked(app, one.username, f"192.0.2.{one.id}")
    locked(app, "another", "127.0.0.1")
    opened = [password_given(client, one).status_code == 302 for one in accounts[1:]]

    assert opened == [True] * 5
    assert tried_in_vain(password_given(client, accounts[0]))


def test_no_password_that_everybody_tries_first_is_taken(client):
    admin, other = make_account(role=Role.SYSTEM_ADMIN), make_account(username="zhao.zuzhi")
    sign_in_account(client, admin)
    for easy in ("1234567890", "password123", "zhao.zuzhi1"):
        made = client.post("/accounts/new", data={"username": "zhao", "display_name": "zhao.zuzhi", "password": easy})
        replaced = client.post(f"/accounts/{other.id}/passwords", data={"password": easy})
        assert made.status_code == replaced.status_code == 422
        assert "太容易猜到" in text(replaced)
    own = {"present": PASSWORD, "password": admin.username + "123", "again": admin.username + "123"}
    assert client.post("/account", data=own).status_code == 422


# Where one goes on to


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "/\r\n/evil.example",
        "\t//evil.example",
        " //evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "evil.example",
        "\\\\evil.example",
        "/\u2028/evil.example",
    ],
)
def test_nobody_is_led_to_another_site(client, account, target):
    asked = f"?next={quote(target, safe='')}"
    phone, _codes = with_second_factor(account)
    assert client.post(f"/language/en{asked}").headers["Location"] == "/"
    assert password_given(client, account, then=asked).headers["Location"] == "/sign-in/code"
    assert code_given(client, phone.shows(), then=asked).headers["Location"] == "/"


def test_a_page_of_ours_with_a_query_is_gone_on_to(client, account):
    wanted = "/competitions?page=2&back=//evil.example"

    assert password_given(client, account, then=f"?next={quote(wanted, safe='')}").headers["Location"] == wanted


# Cookies on the way


def cookies(answer):
    return {line.split("=", 1)[0]: line for line in answer.headers.getlist("Set-Cookie")}


def test_cookies_of_a_hall_without_https_are_kept_from_scripts_and_other_sites(client, account):
    found = cookies(password_given(client, account)) | cookies(client.get("/sign-in"))

    assert "HttpOnly" in found[COOKIE]
    assert "SameSite=Lax" in found[COOKIE]
    assert "HttpOnly" in found["session_8000"]
    assert "SameSite=Lax" in found["session_8000"]
    assert not any("Secure" in line for line in found.values())


def test_behind_https_no_cookie_travels_without(sqlite_url, tmp_path):
    app = over_https(sqlite_url, tmp_path, PROXIES="1")
    with app.app_context():
        account, held = make_account(role=Role.AUDITOR), make_account(role=Role.AUDITOR)
        with_second_factor(held)
        browser = app.test_client()
        found = cookies(password_given(browser, account)) | cookies(browser.get("/sign-in"))
        found |= cookies(password_given(browser, held)) | cookies(browser.post("/language/en"))

        assert found.keys() >= {COOKIE, f"{COOKIE}_half", f"{COOKIE}_mark", "session_8000", "language"}
        assert [line for line in found.values() if "Secure" not in line] == []
        assert "SameSite=Strict" in found[f"{COOKIE}_half"]
        assert "Path=/sign-in" in found[f"{COOKIE}_half"]
        assert "HttpOnly" in found[f"{COOKIE}_half"]
        assert "max-age" in browser.get("/sign-in").headers["Strict-Transport-Security"]
        db.session.remove()
        db.engine.dispose()


def test_a_page_for_who_is_signed_in_is_kept_by_no_cache(client, account):
    password_given(client, account)

    for address in ("/account", "/account/second-factor", "/sign-in"):
        assert client.get(address).headers["Cache-Control"] == "no-store"


# Whose roles


def test_nobody_takes_a_role_or_the_second_factor_of_others_by_writing_more_into_a_form(client, account):
    other = make_account(role=Role.SYSTEM_ADMIN)
    with_second_factor(other)
    sign_in_account(client, account)
    _phone, codes = set_up_in(client)
    data = {"off-code": codes[0], "account_id": other.id, "role": "system_admin", "actor": f"account:{other.id}"}
    client.post("/account/second-factor/endings", data=data)

    assert password_given(client.application.test_client(), other).headers["Location"] == "/sign-in/code"
    assert client.get("/accounts").status_code == 403
