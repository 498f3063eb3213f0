"""Quotas of titles: the batch of flags is held against the number of the text, and an unclear number is asked about."""

import pytest
from awarded import Row, make_awarded
from factories import make_account, make_competition, sign_in_account, stored
from own_rules import make_in_force, rules
from sqlalchemy import select

from certificates.flags.recommending import AssessFlags, DecideFlags, assess_flags, decide_flags
from certificates.models import FlagState, Recommendation
from certificates.quotas.counting import quota_number
from certificates.quotas.gathering import quota_lines
from competitions.models import Programme
from competitions.setup import competition_of
from core.db import db
from core.permissions import Role


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12),
        ("12名", 12),
        ("22个赛区、38个职业（工种）共12名", 12),
        ("共 3 人", 3),
        ("每个工种2名", None),
        ("省直2名，各市1名", None),
        ("若干", None),
        ("", None),
        ("１２", None),
    ],
)
def test_a_quota_is_a_number_only_where_its_words_leave_no_doubt(text, number):
    assert quota_number(text) == number


def made(quota: str, first: int = 3):
    text = rules(more=f"quota: {quota}").replace("ranks: [1, 1]", f"ranks: [1, {first}]")
    row = make_in_force(text)
    competition = make_competition(jurisdiction="130300")
    stored(Programme(competition_id=competition.id, name="市赛", class_name="", pack_id=row.code, filed_with=[]))
    published = make_awarded([Row(str(rank)) for rank in range(1, 6)], competition=competition)
    assess_flags(AssessFlags(published.competition_id, published.event_id, published.organiser))
    return published


def approve(published, count: int) -> None:
    query = select(Recommendation.id).where(Recommendation.benefit == "honour", Recommendation.decision == "flagged")
    flags = db.session.scalars(query.order_by(Recommendation.id)).all()[:count]
    command = DecideFlags(published.competition_id, tuple(flags), FlagState.APPROVED, "属实", published.organiser)
    decide_flags(command)


def line(published):
    (found,) = quota_lines(db.session(), competition_of(published.competition_id))
    return found


def test_who_fits_within_the_quota_is_in_order(app):
    published = made("3名")
    assert (line(published).held, line(published).approved, line(published).waiting) == (True, 0, 3)
    approve(published, 3)
    assert (line(published).held, line(published).approved, line(published).waiting) == (True, 3, 0)


def test_more_flagged_than_places_must_be_chosen_from(app):
    published = made("2名")
    approve(published, 1)

    assert line(published).held is None
    assert line(published).sentence == "还可同意 1 人，符合条件而待审定的有 2 人，须择优"


def test_more_approved_than_places_is_a_deviation_with_its_number(app):
    published = made("2名")
    approve(published, 3)

    assert line(published).held is False
    assert line(published).sentence == "已同意 3 人，超出名额 1 人"


def test_a_quota_without_a_number_is_for_a_person(app):
    published = made("每个工种若干名")

    assert line(published).held is None
    assert "须由人核对" in line(published).sentence


def test_a_title_without_quota_has_no_line(app):
    row = make_in_force(rules())
    competition = make_competition()
    stored(Programme(competition_id=competition.id, name="市赛", class_name="", pack_id=row.code, filed_with=[]))
    published = make_awarded(competition=competition)
    assess_flags(AssessFlags(published.competition_id, published.event_id, published.organiser))

    assert quota_lines(db.session(), competition_of(published.competition_id)) == []


def test_pages_of_flags_and_batches_say_so(sqlite_app):
    published = made("2名")
    approve(published, 3)
    account = make_account(role=Role.ORGANISER, competition_id=published.competition_id)
    client = sign_in_account(sqlite_app.test_client(), account)
    base = f"/certificates/competitions/{published.competition_id}"

    for page in (f"{base}/batch", f"{base}/events/{published.event_id}/flags"):
        assert "已同意 3 人，超出名额 1 人" in client.get(page).text, page
