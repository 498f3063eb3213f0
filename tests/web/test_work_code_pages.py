"""Pages of work codes: the organiser sets, each custodian draws, prints and opens the own layer, nobody else's."""

import re

import pytest
from coded_works import CodedJury
from factories import make_account, sign_in_account, sign_in_judge
from flask import Flask
from flask.testing import FlaskClient
from juries import Jury

from competitions.models import Event, Judge
from competitions.work_codes.layers import layers_in
from competitions.work_codes.sealing import unseal
from core.db import db
from core.permissions import Role


def base(jury: Jury) -> str:
    return f"/competitions/{jury.competition_id}/events/{jury.event_id}/work-codes"


def signed_in(app: Flask, jury: Jury, role: Role = Role.ORGANISER) -> FlaskClient:
    return sign_in_account(app.test_client(), make_account(role=role, competition_id=jury.competition_id))


def press(client: FlaskClient, page: str, action: str, **fields: str) -> tuple[int, str]:
    """Post a form of a page with its token; status and the page that follows."""
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(page).text)
    answer = client.post(action, data=fields | {"csrf_token": token.group(1) if token else ""}, follow_redirects=True)
    return answer.status_code, answer.text


def test_the_whole_way_by_pages(sqlite_app: Flask) -> None:
    jury = CodedJury(2)
    place = base(jury)
    organiser = signed_in(sqlite_app, jury)
    keepers = jury.custodians[::-1]  # the page gives each the other's layer
    status, page = press(
        organiser, place, f"{place}/layers", first=keepers[0].username, second=keepers[1].username, third=""
    )
    assert status == 200
    assert all(keeper.display_name in page for keeper in keepers)
    clients = [sign_in_account(sqlite_app.test_client(), keeper) for keeper in keepers]
    assert f"{place}/1" in clients[0].get(f"/competitions/{jury.competition_id}/work-codes").text
    assert "/work-codes" in clients[0].get("/competitions").text
    assert "第 1 层还没有抽取" in clients[1].get(f"{place}/2").text
    for number, client in enumerate(clients, start=1):
        own = f"{place}/{number}"
        status, page = press(client, own, f"{own}/draws", witness="李监督", called_out="")
        assert status == 422
        status, page = press(client, own, f"{own}/draws", witness="李监督", called_out="7，42")
        assert status == 200
        layer = layers_in(db.session(), jury.event_id)[number - 1]
        assert all(outer in page for _, outer in unseal(layer).codes.pairs)
        db.session.rollback()
    assert "抽签号 2" in clients[0].get(f"{place}/1").text
    assert "抽签号 2" not in clients[1].get(f"{place}/2").text
    make = f"/scoring/competitions/{jury.competition_id}/events/{jury.event_id}/sheets"
    assert press(organiser, place, make)[0] == 200
    jury.entrants = [work.id for work in jury.works()]
    status, page = press(clients[1], f"{place}/2", f"{place}/2/openings", supervisor="李监督")
    assert status == 422
    assert "没有确认" in page
    jury.confirm()
    assert "先由外层解密" in clients[0].get(f"{place}/1").text
    names = [member.person.name for e in db.session.get_one(Event, jury.event_id).entrants for member in e.members]
    assert not any(name in organiser.get(place).text for name in names)
    for number in (2, 1):
        status, page = press(
            clients[number - 1], f"{place}/{number}", f"{place}/{number}/openings", supervisor="李监督"
        )
        assert status == 200
    page = organiser.get(place).text
    assert all(name in page for name in names)
    assert "种子" in page
    # A chief judge may look, and is told no names.
    assert not any(name in signed_in(sqlite_app, jury, Role.CHIEF_JUDGE).get(place).text for name in names)


def test_a_label_is_checked_character_by_character(sqlite_app: Flask) -> None:
    jury = CodedJury(1)
    jury.draw(1)
    client = sign_in_account(sqlite_app.test_client(), jury.custodians[0])
    code = unseal(jury.layers()[0]).codes.pairs[0][1]
    assert "没有写错" in client.get(f"{base(jury)}/1?code={code.lower()}").text
    wrong = ("A" if code[0] != "A" else "C") + code[1:]
    assert "有一位写错" in client.get(f"{base(jury)}/1?code={wrong}").text
    assert "不是作品编码" in client.get(f"{base(jury)}/1?code=OOO").text


@pytest.mark.parametrize("role", [Role.ORGANISER, Role.CHIEF_JUDGE, Role.SUPERVISOR, Role.AUDITOR, Role.TEAM_LEADER])
def test_no_other_role_reaches_a_layer(sqlite_app: Flask, role: Role) -> None:
    jury = CodedJury(1)
    jury.draw(1)
    client = signed_in(sqlite_app, jury, role)
    for path in (f"{base(jury)}/1", f"/competitions/{jury.competition_id}/work-codes"):
        assert client.get(path).status_code == 403
    for act in ("draws", "openings"):
        assert client.post(f"{base(jury)}/1/{act}").status_code in (400, 403)


def test_a_custodian_reaches_no_other_layer_and_nothing_of_the_competition(sqlite_app: Flask) -> None:
    jury = CodedJury(2)
    jury.code()
    client = sign_in_account(sqlite_app.test_client(), jury.custodians[0])
    assert client.get(f"{base(jury)}/1").status_code == 200
    assert client.get(f"{base(jury)}/2").status_code == 403
    assert client.get(f"{base(jury)}/3").status_code == 404
    assert client.get(base(jury)).status_code == 403
    for page in ("board", "results"):
        assert client.get(f"/scoring/competitions/{jury.competition_id}/{page}").status_code == 403
    other = CodedJury(1)
    assert client.get(f"{base(other)}/1").status_code == 403


def test_strangers_judges_and_custodians_set_nothing(sqlite_app: Flask) -> None:
    jury = CodedJury(1)
    judge = sign_in_judge(sqlite_app.test_client(), db.session.get_one(Judge, jury.judge_ids[0]))
    keeper = sign_in_account(sqlite_app.test_client(), jury.custodians[0])
    for client in (sqlite_app.test_client(), judge, keeper, signed_in(sqlite_app, jury, Role.CHIEF_JUDGE)):
        for act in ("layers", "give-ups", "1/custodians"):
            assert client.post(f"{base(jury)}/{act}").status_code in (302, 400, 401, 403)
    assert len(jury.layers()) == 1


def test_a_refused_custodian_stays_in_the_form_with_the_reason(sqlite_app: Flask) -> None:
    jury = Jury()
    client = signed_in(sqlite_app, jury)
    seeing = make_account(role=Role.SUPERVISOR, competition_id=jury.competition_id)
    status, page = press(client, base(jury), f"{base(jury)}/layers", first=seeing.username, second="", third="")
    assert status == 422
    assert "不能保管编码" in page
    assert seeing.username in page


def test_codes_are_given_up_by_the_organiser_with_a_reason(sqlite_app: Flask) -> None:
    jury = CodedJury(1)
    jury.draw(1)
    client = signed_in(sqlite_app, jury)
    deputy = make_account()
    fields = {"username": deputy.username, "reason": "病假"}
    status, page = press(client, base(jury), f"{base(jury)}/1/custodians", **fields)
    assert status == 200
    assert deputy.display_name in page
    assert press(client, base(jury), f"{base(jury)}/give-ups", reason="")[0] == 422
    assert press(client, base(jury), f"{base(jury)}/give-ups", reason="漏了一件")[0] == 200
    assert jury.works() == []


def test_the_tablet_speaks_of_works(sqlite_app: Flask) -> None:
    jury = CodedJury(1)
    jury.code()
    client = sign_in_judge(sqlite_app.test_client(), db.session.get_one(Judge, jury.judge_ids[0]))
    page = client.get("/tablet").text
    assert '"draw_number":"作品编码"' in page
    assert all(f'"draw_number":"{work.work_code}"' in page for work in jury.works())
