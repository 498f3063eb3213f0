"""Batches of approved medals against ratio rules: unknown is said to be unknown, and what would have to change."""

from datetime import date

import pytest
from factories import make_account, make_competition, sign_in_account
from flagged import HEBEI, add_flag, make_flagged

from certificates.medal_batches.gathering import batches_of, fitting_pack, hold, packs_with_ratios
from certificates.models import FlagState, Recommendation
from competitions.setup import competition_of
from core.db import db, transaction
from core.permissions import Role

MEDAL = "全国五一劳动奖章"
YEAR = "national.全国五一劳动奖章.2024"


def make_batch(size=4):
    published = make_flagged()
    for position in range(1, size + 1):
        add_flag(published, "medal", MEDAL, HEBEI, position)
    return published


def batch_of(published):
    db.session.expire_all()
    return batches_of(competition_of(published.competition_id))


def test_a_batch_has_every_approved_person_once(app):
    published = make_batch(3)
    add_flag(published, "medal", MEDAL, "national.全国职工职业技能大赛.8.2024", 1)
    flag = add_flag(published, "medal", MEDAL, HEBEI, 5)
    with transaction() as session:
        session.get_one(Recommendation, flag.id).state = FlagState.REJECTED

    (found,) = batch_of(published)

    assert (found.name, [one.name for one in found.people]) == (
        MEDAL,
        [published.entrant(position).name for position in (1, 2, 3)],
    )


def test_nobody_is_taken_to_belong_or_not_to_belong_unsaid(sqlite_app):
    (found,) = batch_of(make_batch())
    held = hold(found, fitting_pack(MEDAL, date(2024, 5, 1)), {}, date(2024, 5, 1))
    assert held.pack.id == YEAR
    assert [line.held for line in held.lines] == [None] * 6
    assert [line.unknown for line in held.lines] == [4] * 6


def test_what_is_said_settles_a_rule_and_names_the_change(sqlite_app):
    (found,) = batch_of(make_batch())
    ids = [one.flag_id for one in found.people]
    said = {flag: {"产业工人": False, "农民工": number == 0} for number, flag in enumerate(ids)}

    held = hold(found, fitting_pack(MEDAL, date(2024, 5, 1)), said, date(2024, 5, 1))

    lines = {line.ratio.group: line for line in held.lines}
    assert (lines["产业工人"].held, lines["产业工人"].exchange) == (False, 2)
    assert lines["农民工"].held is True
    assert held.groups[0] == "产业工人"


@pytest.mark.parametrize(("year", "pack"), [(2022, "2022"), (2024, "2024"), (2026, "2024")])
def test_the_rules_of_the_year_come_first_then_the_newest(year, pack):
    assert fitting_pack(MEDAL, date(year, 5, 1)).id == f"national.全国五一劳动奖章.{pack}"


def test_rules_are_offered_from_every_pack_that_states_some():
    assert len(packs_with_ratios()) >= 3


def page_of(published):
    return f"/certificates/competitions/{published.competition_id}/batch"


def test_the_page_shows_doubt_and_reckons_with_what_is_posted_without_storing_it(app):
    published = make_batch(4)
    organiser = make_account(role=Role.ORGANISER, competition_id=published.competition_id)
    client = sign_in_account(app.test_client(), organiser)

    page = client.get(page_of(published)).text
    assert "须先补充" in page
    assert "4 人未填写" in page
    assert "未能确认" in page
    (found,) = batch_of(published)
    answers = {f"{one.flag_id}-产业工人": "no" for one in found.people}
    reckoned = client.post(page_of(published), data=answers | {"name": MEDAL, "pack": YEAR}).text
    assert "调换 2 人，或增加 3 人，即可符合" in reckoned
    assert "即可符合" not in client.get(page_of(published)).text


def test_without_medals_the_page_says_so_and_strangers_stay_out(sqlite_app):
    competition = make_competition()
    client = sign_in_account(sqlite_app.test_client(), make_account(role=Role.ORGANISER, competition=competition))
    page = f"/certificates/competitions/{competition.id}/batch"
    assert "还没有审定同意的奖章" in client.get(page).text
    judge = make_account(role=Role.CHIEF_JUDGE, competition=competition)
    assert sign_in_account(sqlite_app.test_client(), judge).get(page).status_code == 403
