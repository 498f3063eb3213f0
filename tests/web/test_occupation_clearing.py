"""Occupations cleared by an organiser: a document named, shown as such, used as the cap of a promotion, taken back."""

import pytest
from awarded import make_awarded
from factories import make_account, make_actor, make_competition, make_event, sign_in_account, stored
from own_rules import make_in_force, rules
from sqlalchemy import select
from sqlalchemy.exc import DatabaseError

from certificates.flags.recommending import AssessFlags, assess_flags
from certificates.models import Recommendation
from competitions.models import OccupationClearing, Programme
from competitions.occupations.clearing import (
    ClearOccupation,
    WithdrawClearing,
    clear_occupation,
    cleared,
    shipped_rows,
    top_level,
    withdraw_clearing,
)
from core.audit import AuditEntry
from core.db import db, transaction
from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.permissions import Role

WELDING_MATERIAL = "6-20-03-03"
TURNER = "6-18-01-01"


def command(competition_id: int, **over) -> ClearOccupation:
    values = {"code": TURNER, "name": "车工", "direction": "", "edition": "2022", "levels": (5, 4, 3)}
    values |= {"document": "国家职业标准 车工（2018年版）", "quote": "设五个等级", "actor": make_actor()}
    return ClearOccupation(competition_id, **(values | over))


def test_a_row_that_nobody_verified_is_no_cap_and_a_seen_one_is(app):
    unverified = make_event(occupation_code=TURNER, top_level=None)
    assert shipped_rows(unverified)[0].is_verified is False
    assert top_level(unverified, []) is None

    seen = top_level(make_event(occupation_code=WELDING_MATERIAL, top_level=None), [])
    assert (seen.level, seen.source) == (2, "table")


def test_what_the_event_states_itself_comes_first_and_a_clearing_before_the_table(app):
    competition = make_competition()
    clear_occupation(command(competition.id, code=WELDING_MATERIAL, name="焊接材料制造工", levels=(5, 4, 3)))
    rows = cleared(db.session(), competition.id)

    blank = make_event(competition=competition, occupation_code=WELDING_MATERIAL, top_level=None)
    assert (top_level(blank, rows).level, top_level(blank, rows).source) == (3, "cleared")
    stated = make_event(competition=competition, occupation_code=WELDING_MATERIAL, top_level=1)
    assert top_level(stated, rows).level == 1


def test_a_direction_is_another_standard(app):
    competition = make_competition()
    clear_occupation(command(competition.id, direction="数控车工"))
    rows = cleared(db.session(), competition.id)

    of_direction = make_event(
        competition=competition, occupation_code=TURNER, occupation_direction="数控车工", top_level=None
    )
    assert top_level(of_direction, rows).level == 3
    assert top_level(make_event(competition=competition, occupation_code=TURNER, top_level=None), rows) is None


@pytest.mark.parametrize(
    ("over", "words"),
    [
        ({"code": "61801"}, "形如 6-18-02-04"),
        ({"name": " "}, "名称"),
        ({"levels": ()}, "等级"),
        ({"levels": (0,)}, "等级"),
        ({"document": " "}, "依据的文件"),
    ],
)
def test_a_clearing_without_code_levels_or_document_is_refused(sqlite_app, over, words):
    with pytest.raises(InvalidInputError, match=words):
        clear_occupation(command(make_competition().id, **over))


def test_it_is_stored_once_recorded_and_taken_back_with_a_reason(app):
    competition = make_competition()
    competition_id = competition.id
    clear_occupation(command(competition_id))
    with pytest.raises(ConflictError, match="赵组织"):
        clear_occupation(command(competition_id))
    back = WithdrawClearing(competition_id, TURNER, "", "标准已换新版", make_actor())

    with pytest.raises(InvalidInputError, match="理由"):
        withdraw_clearing(WithdrawClearing(competition_id, TURNER, "", " ", make_actor()))
    withdraw_clearing(back)

    assert cleared(db.session(), competition_id) == []
    with pytest.raises(ConflictError, match="没有可撤回"):
        withdraw_clearing(back)
    actions = db.session.scalars(select(AuditEntry.action).where(AuditEntry.chain == competition_id))
    assert {"occupation.cleared", "occupation.clearing_withdrawn"} <= set(actions)
    with pytest.raises(DatabaseError, match="append-only"), transaction() as session:
        session.connection().exec_driver_sql("DELETE FROM occupation_clearing")
    with pytest.raises(NotFoundError):
        clear_occupation(command(9999))


def test_the_cleared_top_level_caps_a_promotion(app):
    row = make_in_force(rules())
    competition = make_competition()
    competition_id = competition.id
    stored(Programme(competition_id=competition_id, name="市赛", class_name="", pack_id=row.code, filed_with=[]))
    published = make_awarded(competition=competition, occupation_code=TURNER, top_level=None)

    def promotions():
        assess_flags(AssessFlags(published.competition_id, published.event_id, published.organiser))
        query = select(Recommendation).where(
            Recommendation.benefit == "promotion", Recommendation.pack_id.like("own.%")
        )
        return list(db.session.scalars(query.order_by(Recommendation.id)))

    assert promotions()[0].decision == "needs_facts"
    assert any("最高等级" in fact for fact in promotions()[0].answer["missing"])

    clear_occupation(command(competition_id, levels=(5, 4, 3)))
    assert promotions()[0].decision == "not_eligible"
    clear_occupation(command(competition_id, levels=(5, 4, 3, 2), quote="四个等级"))
    assert (promotions()[0].decision, promotions()[0].answer["to_level"]) == ("flagged", 2)


def test_the_page_shows_doubt_takes_a_clearing_and_lets_it_be_taken_back(sqlite_app):
    competition = make_competition()
    make_event(competition=competition, name="车工", occupation_code=TURNER, top_level=None)
    account = make_account(role=Role.ORGANISER, competition=competition)
    client, page = sign_in_account(sqlite_app.test_client(), account), f"/competitions/{competition.id}/occupations"

    before = client.get(page).text
    assert "未核实：凭记忆" in before
    assert "最高等级不明" in before

    data = {"code": TURNER, "name": "车工", "edition": "2022", "levels": ["5", "4", "3"], "document": "车工标准2018"}
    assert "请勾选" in client.post(page, data=data | {"levels": []}).text
    after = client.post(page, data=data, follow_redirects=True).text
    assert "按文件核定" in after
    assert "车工标准2018" in after
    gone = client.post(f"{page}/withdrawals", data={"code": TURNER, "reason": "换版"}, follow_redirects=True).text
    assert "撤回核定" in gone
    assert len(db.session.scalars(select(OccupationClearing)).all()) == 2


def test_a_supervisor_looks_and_clears_nothing(sqlite_app):
    competition = make_competition()
    account = make_account(role=Role.SUPERVISOR, competition=competition)
    client, page = sign_in_account(sqlite_app.test_client(), account), f"/competitions/{competition.id}/occupations"

    assert client.get(page).status_code == 200
    assert client.post(page, data={}).status_code == 403
    assert client.post(f"{page}/withdrawals", data={}).status_code == 403
