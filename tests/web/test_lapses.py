"""Rules that do not hold on the opening day are told of when they are chosen, and where people are assessed."""

from datetime import date

import pytest
from factories import make_account, make_competition, sign_in_account, stored
from own_rules import decide, make_in_force

from competitions.alignment.lapses import lapses_of
from competitions.models import Competition, Programme
from competitions.pack_editing.models import Verdict
from core.db import db
from core.permissions import Role

OLD, NEW = "hebei.provincial-skills-contest.2023", "hebei.provincial-skills-contest.2025"


def competition(pack_id=NEW, opens_on=date(2023, 9, 1), name="河北省职业技能大赛"):
    made = make_competition(opens_on=opens_on, closes_on=opens_on)
    stored(Programme(competition_id=made.id, name=name, class_name="", pack_id=pack_id, filed_with=[]))
    db.session.expire_all()
    return db.session.get_one(Competition, made.id)


@pytest.fixture
def organiser(sqlite_app):
    return sign_in_account(sqlite_app.test_client(), make_account(role=Role.ORGANISER))


def test_chosen_rules_of_a_later_day_name_those_that_hold(sqlite_app):
    (found,) = lapses_of(db.session(), competition())

    assert found.is_chosen
    assert "在开幕日 2023-09-01 无效" in found.sentences[0]
    assert [pack.id for pack in found.lapse.instead] == [OLD]
    assert found.sentences[-1].startswith("同一系列在这一天有效的是")


def test_rules_that_hold_say_nothing(sqlite_app):
    assert lapses_of(db.session(), competition(OLD)) == []


def test_where_nobody_has_chosen_the_nearest_found_is_named(sqlite_app):
    found = lapses_of(db.session(), competition("", date(2010, 9, 1)))

    assert found
    assert not any(one.is_chosen for one in found)
    assert any("没有选规则包" in one.sentences[0] or "不能确定" in one.sentences[0] for one in found)


def test_withdrawn_rules_are_named_and_no_page_fails(sqlite_app, organiser):
    row = make_in_force()
    made = competition(row.code)
    decide(row.id, verdict=Verdict.WITHDRAWN, reason="文件废止")

    (found,) = lapses_of(db.session(), made)
    page = organiser.get(f"/competitions/{made.id}/alignment")

    assert found.sentences == (f"“河北省职业技能大赛”所选的规则包“{row.code}”没有施行或已经停用。",)
    assert "没有施行或已经停用" in page.text
    assert organiser.get(f"/competitions/{made.id}/edit").status_code == 200


def test_saving_a_choice_or_an_opening_day_warns_at_once(sqlite_app, organiser):
    made = competition(OLD)
    form = {
        "title": made.title,
        "level": made.level.value,
        "jurisdiction": made.jurisdiction,
        "host": made.host,
        "opens_on": "2026-09-01",
        "closes_on": "2026-09-02",
        "programmes-0-name": "河北省职业技能大赛",
        "programmes-0-pack_id": OLD,
    }

    page = organiser.post(f"/competitions/{made.id}/edit", data=form, follow_redirects=True)

    assert "已保存" in page.text
    assert f"（{OLD}）在开幕日 2026-09-01 无效" in page.text
    assert NEW in page.text


def test_the_pages_link_to_another_choice_to_the_rules_that_hold_and_to_own_ones(sqlite_app, organiser):
    made = competition()

    page = organiser.get(f"/competitions/{made.id}/alignment").text

    assert f"/competitions/{made.id}/edit#programmes" in page
    assert f"/packs/{OLD}" in page
    assert f"/packs/own/new?copy_of={NEW}" in page
    assert f'selected value="{NEW}"' in organiser.get(f"/packs/own/new?copy_of={NEW}").text


def test_an_english_reader_is_told_in_english(sqlite_app, organiser):
    made = competition()
    organiser.set_cookie("language", "en")

    page = organiser.get(f"/competitions/{made.id}/alignment").text

    assert "not in force on the opening day 2023-09-01" in page
