"""The mark by which a page sees, without asking, that somebody else has signed in here: it opens nothing."""

import json
import re

from factories import PASSWORD, make_account, make_actor, make_judge

from core.auth import hashed
from core.judge_links import PIN_DIGITS, IssueLink, issue_link
from core.permissions import Role


def link_for(judge):
    actor = make_actor(Role.ORGANISER, judge.competition_id)
    return issue_link(IssueLink(judge.id, judge.name, Role.JUDGE, judge.competition_id, actor))


def use(client, link, pin=None):
    return client.post(f"/j/{link.token}", data={"pin": pin or link.pin})


def mark(client) -> str:
    cookie = client.get_cookie(f"{client.application.config['SIGN_IN_COOKIE']}_mark")
    return cookie.value if cookie else ""


def page_mark(client) -> dict[str, str]:
    block = re.search(
        r'<script type="application/json" id="data">(.*?)</script>', client.get("/tablet").text, re.DOTALL
    )
    assert block
    return json.loads(block[1])["mark"]


def test_each_sign_in_has_a_mark_of_its_own_and_the_page_is_made_for_one(client):
    seen = set()
    for _ in range(2):
        use(client, link_for(make_judge()))
        told = page_mark(client)
        assert told == {"cookie": f"{client.application.config['SIGN_IN_COOKIE']}_mark", "value": mark(client)}
        seen.add(mark(client))
    assert len(seen) == 2


def test_the_mark_is_readable_by_pages_and_is_no_way_in(client):
    answer = use(client, link_for(make_judge()))
    (line,) = [one for one in answer.headers.getlist("Set-Cookie") if "_mark=" in one]
    assert "HttpOnly" not in line
    assert "SameSite=Lax" in line
    cookie = client.application.config["SIGN_IN_COOKIE"]
    token = client.get_cookie(cookie).value
    value = mark(client)
    assert value not in token
    assert value != hashed(token)
    client.set_cookie(cookie, value)
    assert client.get("/tablet").status_code == 302


def test_a_wrong_pin_leaves_the_mark_and_signing_out_or_another_kind_of_sign_in_changes_it(client):
    use(client, link_for(make_judge()))
    first = mark(client)
    link = link_for(make_judge())
    use(client, link, str((int(link.pin) + 1) % 10**PIN_DIGITS).zfill(PIN_DIGITS))
    assert mark(client) == first
    client.post("/sign-out")
    assert mark(client) == "none"
    account = make_account()
    client.post("/sign-in", data={"username": account.username, "password": PASSWORD})
    assert mark(client) not in (first, "none")


def test_a_page_from_before_there_were_marks_gets_one_when_it_is_loaded(client):
    use(client, link_for(make_judge()))
    client.delete_cookie(f"{client.application.config['SIGN_IN_COOKIE']}_mark")
    assert page_mark(client)["value"] == mark(client)
