"""A region is entered by its name and shown with its code: competition, delegation, an organiser's own rules."""

from datetime import date

import pytest
from factories import make_account, make_actor, make_competition, make_delegation, make_event, sign_in_account
from own_rules import make_own_pack
from registration_lists import person, table

from competitions.models import Competition, Delegation
from competitions.pack_editing.models import OwnPack
from competitions.registration.importing import ReadRoster, read_workbook
from core.db import db
from core.permissions import Role


@pytest.fixture
def organiser(sqlite_app):
    return sign_in_account(sqlite_app.test_client(), make_account(role=Role.ORGANISER))


def form(made: Competition, region: str) -> dict[str, str]:
    values = {"title": made.title, "level": made.level.value, "jurisdiction": region, "host": made.host}
    return values | {"opens_on": date(2026, 9, 1).isoformat(), "closes_on": date(2026, 9, 2).isoformat()}


@pytest.mark.parametrize("written", ["石家庄市", "石家庄市 130100", "130100"])
def test_a_competition_s_region_is_chosen_by_name_or_code(sqlite_app, organiser, written):
    made = make_competition(jurisdiction="130000")
    address = f"/competitions/{made.id}/edit"

    assert organiser.post(address, data=form(made, written)).status_code == 302
    db.session.expire_all()

    assert db.session.get_one(Competition, made.id).jurisdiction == "130100"
    assert 'value="石家庄市 130100"' in organiser.get(address).text


@pytest.mark.parametrize("written", ["某地", "990000", "唐山市 130100"])
def test_what_is_no_region_is_refused_and_stays_in_the_field(sqlite_app, organiser, written):
    made = make_competition(jurisdiction="130000")

    page = organiser.post(f"/competitions/{made.id}/edit", data=form(made, written))

    assert page.status_code == 422
    assert "没有这个地区" in page.text
    assert written in page.text


def test_the_list_to_choose_from_has_the_province_beside_the_city(sqlite_app, organiser):
    page = organiser.get(f"/competitions/{make_competition().id}/edit").text

    assert 'list="regions"' in page
    assert '<option value="秦皇岛市 130300" lang="zh-CN">河北省</option>' in page


def test_a_delegation_s_home_shows_name_and_code_and_may_be_emptied(sqlite_app, organiser):
    made = make_competition()
    delegation = make_delegation(competition=made, name="秦皇岛代表队")
    address = f"/competitions/{made.id}/delegations/{delegation.id}"

    organiser.post(address, data={"name": "秦皇岛代表队", "home": "秦皇岛市 130300"})
    shown = organiser.get(f"/competitions/{made.id}/delegations").text
    one = organiser.get(address).text
    organiser.post(address, data={"name": "秦皇岛代表队", "home": ""})
    db.session.expire_all()

    assert "秦皇岛市 130300" in shown
    assert 'value="秦皇岛市 130300"' in one
    assert db.session.get_one(Delegation, delegation.id).home == ""


def test_own_rules_take_the_region_from_the_list_and_keep_what_means_the_same(sqlite_app, organiser):
    row = make_own_pack()
    address = f"/packs/own/{row.id}/parts/head"
    page = organiser.get(address).text
    assert 'value="秦皇岛市 130300"' in page
    assert '<datalist id="regions">' in page

    fields = {"revision": str(row.revision), "title": "办法", "level": "city", "confidence": "C", "go": "head"}
    organiser.post(address, data=fields | {"jurisdiction": "秦皇岛市 130300"})
    db.session.expire_all()
    kept = db.session.get_one(OwnPack, row.id)
    assert kept.draft["jurisdiction"] == "秦皇岛市", "the words of the file, as they mean the same"

    organiser.post(address, data=fields | {"revision": str(kept.revision), "jurisdiction": "唐山市 130200"})
    db.session.expire_all()
    assert db.session.get_one(OwnPack, row.id).draft["jurisdiction"] == "130200"


def test_a_roster_s_preview_names_new_delegations_whose_region_is_not_known(sqlite_app, organiser):
    made = make_competition()
    make_event(competition=made, name="焊工")
    data = table(person(1, "焊工"), person(2, "焊工", "某公司"))
    import_id = read_workbook(ReadRoster(made.id, "报名表.xlsx", data, make_actor()))

    page = organiser.get(f"/competitions/{made.id}/roster/imports/{import_id}").text

    assert "其中 1 个没有认出所在地区" in page
    assert "规则：某公司" in page
