"""Pages of the rule packs: who sees them, what they find, how doubt is shown."""

import pytest
from factories import make_account, make_competition, sign_in_account

from competitions.standards import load_packs
from core.permissions import Role

HEBEI = "hebei.provincial-skills-contest.2025"


@pytest.fixture
def client(sqlite_app):
    account = make_account(role=Role.ORGANISER, competition=make_competition())
    return sign_in_account(sqlite_app.test_client(), account)


def test_the_list_has_every_pack_with_its_trust_in_words(client):
    page = client.get("/packs").text

    for pack in load_packs():
        assert f"<code>{pack.id}</code>" in page
    assert "未核实：转载件" in page
    assert "已核实：发布机关页面或法律文本" in page


def test_the_list_narrows_by_region_and_by_words(client):
    by_region = client.get("/packs?region=130000").text
    assert HEBEI in by_region
    assert "zhejiang" not in by_region
    assert "<code>zhejiang.workers-contest.2015</code>" in client.get("/packs?q=浙江").text
    assert "没有符合条件的规则包" in client.get("/packs?q=天外来客").text


@pytest.mark.parametrize("pack", load_packs(), ids=lambda pack: pack.id)
def test_every_pack_has_a_page_with_its_sources(client, pack):
    answer = client.get(f"/packs/{pack.id}")

    assert answer.status_code == 200
    for source in pack.sources.values():
        assert source.document in answer.text


def test_a_pack_shows_value_words_and_doubt(client):
    page = client.get(f"/packs/{HEBEI}").text

    assert "已具有技师的升高级技师" in page
    assert "获得优胜奖的选手可直接晋升高级工（三级）职业技能等级" in page
    assert "未与发布机关原文核对" in page
    assert "条款号未见" in page
    assert "按“不知道”处理" in page


def test_an_unknown_pack_is_not_found(client):
    answer = client.get("/packs/nowhere.2020")
    assert answer.status_code == 404
    assert "没有编号为“nowhere.2020”的规则包" in answer.text


def test_judges_and_strangers_do_not_see_packs(client, sqlite_app):
    stranger = sqlite_app.test_client()
    assert stranger.get("/packs").status_code == 302
    leader = make_account(role=Role.TEAM_LEADER, competition=make_competition())
    signed_in = sign_in_account(sqlite_app.test_client(), leader)
    assert signed_in.get("/packs").status_code == 403
    assert signed_in.get(f"/packs/{HEBEI}").status_code == 403


def test_the_competition_form_leads_to_the_packs(client):
    competition = make_competition()
    account = make_account(role=Role.ORGANISER, competition=competition)
    form = sign_in_account(client, account).get(f"/competitions/{competition.id}/edit").text
    assert 'href="/packs"' in form
