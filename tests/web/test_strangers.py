"""Deny by default: every route is walked by a stranger, and by somebody who is signed in and has no business here."""

import re
from uuid import UUID

import pytest
from factories import make_account, make_competition, sign_in_account
from open_addresses import OPEN_TO_ALL, PUBLIC_FOR_A_REASON
from programs_made import reader

from core.permissions import ALL_PERMISSIONS

SAMPLES = {"int": "1", "string": "x", "uuid": str(UUID(int=1)), "path": "x", "default": "x"}


def routes(app):
    for rule in app.url_map.iter_rules():
        if rule.endpoint.endswith("static"):
            continue
        path = re.sub(r"<any\(([^,)]+)[^>]*>", lambda m: m.group(1), rule.rule)
        path = re.sub(r"<(?:(\w+)(?:\([^)]*\))?:)?\w+>", lambda m: SAMPLES[m.group(1) or "default"], path)
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
            yield rule.endpoint, method, path


def test_every_view_says_who_may_see_it(sqlite_app):
    for endpoint, view in sqlite_app.view_functions.items():
        if not endpoint.endswith("static"):
            permission = getattr(view, "permission", None)
            assert permission == "public" or permission in ALL_PERMISSIONS, endpoint


def test_only_what_is_listed_is_open_to_strangers(sqlite_app):
    open_views = {e for e, v in sqlite_app.view_functions.items() if getattr(v, "permission", None) == "public"}

    assert open_views - OPEN_TO_ALL == PUBLIC_FOR_A_REASON.keys()


def entry_of(endpoint: str, path: str) -> str:
    """Where a stranger is led who asks for a page of judges, of contestants, of staff."""
    if endpoint.startswith("tablet."):
        return "/j"
    return "/contestant/sign-in" if path.startswith("/own/") or path == "/own" else "/sign-in"


def test_a_stranger_gets_nowhere(sqlite_app):
    client = sqlite_app.test_client()
    known = OPEN_TO_ALL | PUBLIC_FOR_A_REASON.keys()
    for endpoint, method, path in routes(sqlite_app):
        if endpoint in known:
            continue
        answer = client.open(path, method=method)
        if method == "GET" and answer.status_code == 302:
            assert answer.headers["Location"].startswith(entry_of(endpoint, path)), path
        else:
            assert answer.status_code in (401, 403), (method, path, answer.status_code)


def test_somebody_without_a_role_gets_nowhere_either(sqlite_app):
    client = sign_in_account(sqlite_app.test_client(), make_account())
    known = OPEN_TO_ALL | PUBLIC_FOR_A_REASON.keys()
    for endpoint, method, path in routes(sqlite_app):
        if endpoint not in known:
            expected = 401 if endpoint.startswith("programs.") else 403  # there a cookie is nobody's
            assert client.open(path, method=method).status_code == expected, (method, path)


def test_a_program_s_token_opens_no_page_of_people(sqlite_app):
    program = reader(sqlite_app, make_competition().id)
    known = OPEN_TO_ALL | PUBLIC_FOR_A_REASON.keys()
    client = sqlite_app.test_client()
    for endpoint, method, path in routes(sqlite_app):
        if endpoint not in known and not endpoint.startswith("programs."):
            answer = client.open(path, method=method, headers={"Authorization": f"Bearer {program.token}"})
            assert answer.status_code == 403, (method, path)


@pytest.mark.parametrize("path", ["/", "/sign-in", "/verify", "/results", "/no-such-page", "/healthz"])
def test_every_answer_carries_the_headers_that_protect_its_reader(sqlite_app, path):
    headers = sqlite_app.test_client().get(path).headers

    assert "script-src" not in headers["Content-Security-Policy"]
    assert headers["Content-Security-Policy"].startswith("default-src 'self'")
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"


def test_no_template_carries_script_or_style_inline():
    from pathlib import Path

    for template in (Path(__file__).resolve().parents[2] / "templates").rglob("*.html"):
        text = template.read_text(encoding="utf-8")
        assert not re.search(r"<script(?![^>]*(src=|application/json))", text), template
        assert not re.search(r"<style|\sstyle=|\son\w+=\"", text), template
