import subprocess
from datetime import timedelta

import pytest
from factories import PASSWORD, make_account, sign_in_account
from installation import ROOT, make_app, make_settings
from sqlalchemy import select

from core.auth import ACCOUNT_IDLE, TRIES_ALLOWED, SignIn, SignInTry
from core.db import db
from core.permissions import Role


def post(client, username, password):
    return client.post("/sign-in", data={"username": username, "password": password})


def test_the_right_password_opens_and_signing_out_closes(client):
    account = make_account(role=Role.AUDITOR)
    answer = post(client, account.username.upper(), PASSWORD)
    assert answer.status_code == 302
    assert client.get("/competitions").status_code == 200
    client.post("/sign-out")

    assert client.get("/competitions").status_code == 302
    assert db.session.scalar(select(SignIn)).revoked_at is not None


def test_a_wrong_password_and_an_unknown_name_are_told_in_the_same_words(client):
    account = make_account()
    wrong = post(client, account.username, "not the password")
    unknown = post(client, "nobody", "not the password")

    assert wrong.status_code == unknown.status_code == 422
    for answer in (wrong, unknown):
        assert "登录名或密码不对" in answer.get_data(as_text=True)


def test_guessing_is_stopped_even_with_the_right_password_until_time_has_passed(client, later):
    account = make_account()
    for _ in range(TRIES_ALLOWED):
        post(client, account.username, "not the password")

    refused = post(client, account.username, PASSWORD)
    assert "尝试次数过多" in refused.get_data(as_text=True)
    later(timedelta(minutes=16))
    assert post(client, account.username, PASSWORD).status_code == 302


def test_tries_that_no_longer_count_are_not_kept(client, later):
    account = make_account()
    for _ in range(3):
        post(client, account.username, "not the password")
    later(timedelta(minutes=10))
    post(client, account.username, "not the password")
    counting = [row.id for row in db.session.scalars(select(SignInTry).order_by(SignInTry.id))][-2:]

    later(timedelta(minutes=6))
    post(client, "nobody", "not the password")
    kept = [row.id for row in db.session.scalars(select(SignInTry).order_by(SignInTry.id))]
    assert kept[:2] == counting
    assert len(kept) == 4  # and the new one, by name and by address


def test_a_password_is_kept_as_a_hash_that_costs_a_guesser(python):
    """Asked of a process of its own, as the tests themselves hash quickly."""
    program = f"from core.accounts import hash_password; print(hash_password({PASSWORD!r}))"
    kept = subprocess.run([python, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert PASSWORD not in kept


def test_no_name_is_kept_of_a_failed_try(client):
    post(client, "zhao.zuzhi", "not the password")

    assert all("zhao" not in row.subject for row in db.session.scalars(select(SignInTry)))


def test_a_sign_in_ends_after_hours_without_a_sign_of_life(client, later):
    sign_in_account(client, make_account(role=Role.AUDITOR))
    later(ACCOUNT_IDLE - timedelta(minutes=1))
    assert client.get("/competitions").status_code == 200
    later(ACCOUNT_IDLE - timedelta(minutes=1))
    assert client.get("/competitions").status_code == 200
    later(ACCOUNT_IDLE + timedelta(minutes=1))
    assert client.get("/competitions").status_code == 302


def test_after_sign_in_one_returns_to_the_page_asked_for_and_never_to_another_site(client):
    account = make_account(role=Role.AUDITOR)
    form = {"username": account.username, "password": PASSWORD}

    assert client.post("/sign-in?next=/competitions", data=form).headers["Location"] == "/competitions"
    for evil in ("https://evil.example", "//evil.example", "/\\evil.example"):
        assert client.post(f"/sign-in?next={evil}", data=form).headers["Location"] == "/"


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-CN"),
        ("zh-TW", "zh-CN"),
        ("en-GB,en;q=0.9", "en"),
        ("de,en;q=0.5", "en"),
        ("fr", "zh-CN"),
        ("", "zh-CN"),
    ],
)
def test_a_chinese_browser_never_gets_english_by_accident(sqlite_app, header, language):
    page = sqlite_app.test_client().get("/sign-in", headers={"Accept-Language": header}).get_data(as_text=True)

    assert f'<html lang="{language}">' in page


def test_behind_a_proxy_of_ours_a_guesser_is_told_from_other_visitors(sqlite_url, tmp_path):
    app = make_app(make_settings(tmp_path, sqlite_url, PROXIES="1"))
    with app.app_context():
        account = make_account()
        guesser, other = app.test_client(), app.test_client()
        for _ in range(TRIES_ALLOWED):
            form = {"username": "nobody", "password": "not the password"}
            guesser.post("/sign-in", data=form, headers={"X-Forwarded-For": "10.0.0.1"})
        form = {"username": account.username, "password": PASSWORD}

        assert guesser.post("/sign-in", data=form, headers={"X-Forwarded-For": "10.0.0.1"}).status_code == 422
        assert other.post("/sign-in", data=form, headers={"X-Forwarded-For": "10.0.0.2"}).status_code == 302
        db.session.remove()
        db.engine.dispose()
