"""Awards from final results: prizes by rule, ties for a person, refusals, strangers, races."""

import pytest
from at_once import at_once
from awarded import PRIZES, Published, Row, add_snapshot, issue, make_awarded, make_published, publish
from factories import make_account, make_actor, make_competition, sign_in_account
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from certificates.awards.awarding import (
    CertifiedError,
    DecideTie,
    FixAwards,
    NoPrizesError,
    NotFinalError,
    decide_tie,
    fix_awards,
)
from certificates.models import Award
from core import jobs
from core.audit import AuditEntry, verify
from core.db import db
from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.permissions import Role


def fix(published: Published) -> int:
    return fix_awards(FixAwards(published.competition_id, published.event_id, published.organiser))


def awards(published: Published) -> list[Award]:
    db.session.expire_all()
    query = select(Award).where(Award.snapshot_id == published.snapshot_id).order_by(Award.id)
    return list(db.session.scalars(query))


def prizes(published: Published) -> list[str]:
    return [award.prize for award in awards(published)]


def test_prizes_follow_from_the_final_result_and_say_how(app: Flask) -> None:
    published = make_published()

    assert fix(published) == 5

    assert prizes(published) == ["一等奖", "二等奖", "二等奖", "", ""]
    first = awards(published)[0]
    assert (first.contest_rank, first.award_rank) == (1, 1)
    assert first.reason == "有名次者 5：一等奖第 1 名、二等奖第 2—3 名。授奖名次第 1，获一等奖"
    assert [e.action for e in db.session.scalars(select(AuditEntry))] == ["award.fixed"]
    assert verify() == []


def test_fixing_again_changes_nothing(app: Flask) -> None:
    published = make_published()
    fix(published)

    assert fix(published) == 5

    assert db.session.scalar(select(func.count(Award.id))) == 5
    assert db.session.scalar(select(func.count(AuditEntry.id))) == 1


@pytest.mark.parametrize(("is_final", "said"), [(False, "还在公示"), (None, "还没有公布")])
def test_no_prize_follows_from_a_result_that_is_not_final(app: Flask, is_final: bool | None, said: str) -> None:
    published = make_published(is_final=is_final)

    with pytest.raises(NotFinalError, match=said):
        fix(published)

    assert db.session.scalar(select(func.count(Award.id))) == 0


@pytest.mark.parametrize(
    ("event", "said"), [({"is_demonstration": True}, "展示项目"), ({"prize_rules": {}}, "还没有设奖项")]
)
def test_an_event_without_prizes_is_refused(app: Flask, event: dict[str, object], said: str) -> None:
    with pytest.raises(NoPrizesError, match=said):
        fix(make_published(**event))


def test_shares_count_only_those_with_a_place(app: Flask) -> None:
    rules = PRIZES | {"prizes": [{"name": "一等奖", "share": "1/5"}], "rounding": "down"}
    rows = [Row(str(rank)) for rank in range(1, 10)] + [Row(None, status="absent")] * 3

    published = make_published(rows, prize_rules=rules)
    fix(published)

    assert prizes(published) == ["一等奖"] + [""] * 8


def test_too_small_a_field_gives_no_prize_and_says_so(app: Flask) -> None:
    rows = [Row("1"), Row("2"), Row(None, status="absent"), Row(None, status="disqualified")]

    published = make_published(rows, prize_rules=PRIZES | {"minimum": 4})
    fix(published)

    assert prizes(published) == ["", ""]
    assert awards(published)[0].reason == "实际参赛 3，不足规定的 4，不设奖"


def test_a_former_winner_keeps_the_place_and_the_others_move_up(app: Flask) -> None:
    rows = [Row("1", award_rank=None), Row("2", award_rank="1"), Row("3", award_rank="2"), Row("4", award_rank="3")]

    published = make_published(rows)
    fix(published)

    assert prizes(published) == ["", "一等奖", "二等奖", "二等奖"]
    assert [(a.contest_rank, a.award_rank) for a in awards(published)] == [(1, None), (2, 1), (3, 2), (4, 3)]
    assert "不参加评奖" in awards(published)[0].reason


def test_a_former_winners_place_stays_open_where_the_scheme_keeps_places(app: Flask) -> None:
    published = make_published([Row("1", award_rank=None), Row("2"), Row("3"), Row("4")])
    fix(published)

    assert prizes(published) == ["", "二等奖", "二等奖", ""]


@pytest.mark.parametrize("ranks", [("1", "2", "2", "3"), ("1", "2.5", "2.5", "4")])
def test_however_a_scheme_numbers_equals_they_take_the_same_prize(app: Flask, ranks: tuple[str, ...]) -> None:
    published = make_published([Row(rank) for rank in ranks])
    fix(published)

    assert prizes(published) == ["一等奖", "二等奖", "二等奖", ""]
    assert [a.contest_rank for a in awards(published)] == [1, 2, 2, 4]


@pytest.fixture
def tied(app: Flask) -> Published:
    """Two contestants share place 3, and only one of them fits into 二等奖."""
    return make_awarded([Row("1"), Row("2"), Row("3"), Row("3"), Row("5")])


def decision(tied: Published, **over: object) -> DecideTie:
    award = awards(tied)[2]
    values = {"award_id": award.id, "prize": "二等奖", "reason": "按规程加赛结果", "actor": tied.organiser}
    return DecideTie(tied.competition_id, **(values | over))  # type: ignore[arg-type]


def test_a_tie_on_the_cut_line_waits_for_a_person(tied: Published) -> None:
    third, fourth = awards(tied)[2:4]

    assert third.is_open
    assert fourth.is_open
    assert third.held_between == ["二等奖", ""]
    assert prizes(tied) == ["一等奖", "二等奖", "", "", ""]


def test_a_person_decides_a_tie_with_a_reason(tied: Published) -> None:
    decide_tie(decision(tied))

    award = awards(tied)[2]
    assert (award.prize, award.decided_by, award.decision_reason) == ("二等奖", "赵组织", "按规程加赛结果")
    assert not award.is_open
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "award.decided")).one()
    assert entry.detail == {"prize": "二等奖", "between": ["二等奖", ""], "reason": "按规程加赛结果"}


@pytest.mark.parametrize(
    ("over", "error", "said"),
    [
        ({"reason": "  "}, InvalidInputError, "须写明理由"),
        ({"prize": "一等奖"}, InvalidInputError, "二等奖、不获奖"),
        ({"award_id": 9999}, NotFoundError, "没有这个奖项"),
    ],
)
def test_a_wrong_decision_is_refused(
    tied: Published, over: dict[str, object], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        decide_tie(decision(tied, **over))

    assert awards(tied)[2].is_open


def test_what_is_not_tied_cannot_be_decided(tied: Published) -> None:
    with pytest.raises(ConflictError, match="没有并列"):
        decide_tie(decision(tied, award_id=awards(tied)[0].id))


def test_a_decision_is_not_changed_behind_a_certificate(tied: Published) -> None:
    decide_tie(decision(tied))
    issue(tied)
    jobs.sweep()

    with pytest.raises(CertifiedError, match="先撤销证书"):
        decide_tie(decision(tied, prize=""))


def test_an_award_of_another_competition_is_not_there(tied: Published) -> None:
    other = make_awarded()

    with pytest.raises(NotFoundError):
        decide_tie(decision(tied, award_id=awards(other)[0].id))


def test_an_amended_result_has_awards_of_its_own(app: Flask) -> None:
    published = make_awarded()
    rows = [Row("2"), Row("1"), Row("3"), Row("4"), Row("5")]
    amended = add_snapshot(published.event_id, published.entrant_ids, rows, number=2)
    publish(published.event_id, amended, is_final=True)

    fix(published)

    new = db.session.scalars(select(Award).where(Award.snapshot_id == amended).order_by(Award.id)).all()
    assert [a.prize for a in new] == ["二等奖", "一等奖", "二等奖", "", ""]
    assert prizes(published) == ["一等奖", "二等奖", "二等奖", "", ""]


def test_four_organisers_fix_at_once_and_there_is_one_set_of_awards(app: Flask) -> None:
    published = make_published()

    def attempt(_: int) -> int:
        return fix(published)

    assert at_once(app, attempt, range(4)) == [5, 5, 5, 5]
    assert db.session.scalar(select(func.count(Award.id))) == 5


def test_a_stranger_neither_sees_nor_fixes_awards(client: FlaskClient) -> None:
    published = make_published()
    base = f"/certificates/competitions/{published.competition_id}"
    stranger = make_account(display_name="李外人", role=Role.ORGANISER, competition=make_competition())
    sign_in_account(client, stranger)

    assert client.get(f"{base}/awards").status_code == 403
    assert client.get(f"{base}/events/{published.event_id}/awards").status_code == 403
    assert client.post(f"{base}/events/{published.event_id}/awards").status_code == 403
    assert db.session.scalar(select(func.count(Award.id))) == 0


def test_a_supervisor_reads_and_does_not_fix(client: FlaskClient) -> None:
    published = make_published()
    base = f"/certificates/competitions/{published.competition_id}"
    sign_in_account(client, make_account(role=Role.SUPERVISOR, competition_id=published.competition_id))

    assert client.get(f"{base}/awards").status_code == 200
    assert client.post(f"{base}/events/{published.event_id}/awards").status_code == 403


def test_the_organiser_fixes_and_decides_on_the_pages(client: FlaskClient) -> None:
    published = make_published([Row("1"), Row("2"), Row("3"), Row("3")])
    base = f"/certificates/competitions/{published.competition_id}"
    page = f"{base}/events/{published.event_id}/awards"
    sign_in_account(client, make_account(role=Role.ORGANISER, competition_id=published.competition_id))

    assert "确定奖项" in client.get(page).text
    assert "2 人并列压线" in client.post(page, follow_redirects=True).text
    for award, prize in zip(awards(published)[2:], ("二等奖", ""), strict=True):
        client.post(f"{page}/{award.id}/decision", data={"prize": prize, "reason": "加赛"})

    shown = client.get(page).text
    assert "并列压线，须由人裁定" not in shown
    assert "赵组织" in shown
    assert "去颁发证书" in shown
    assert "二等奖" in client.get(f"{base}/awards").text


def test_a_refused_step_says_why_on_the_page(client: FlaskClient) -> None:
    published = make_published(is_final=False)
    sign_in_account(client, make_account(role=Role.ORGANISER, competition_id=published.competition_id))

    answer = client.post(f"/certificates/competitions/{published.competition_id}/events/{published.event_id}/awards")

    assert answer.status_code == 409
    assert "还在公示" in answer.text


def test_an_event_of_another_competition_is_not_found(app: Flask) -> None:
    published, other = make_published(), make_competition()

    with pytest.raises(NotFoundError):
        fix_awards(FixAwards(other.id, published.event_id, make_actor(Role.ORGANISER, other.id)))
