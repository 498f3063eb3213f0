"""Blind until all have handed in: no page, figure or result shows a closed mark; who opens early leaves a reason."""

import pytest
from factories import make_account, make_actor, make_judge, sign_in_account, sign_in_judge
from flask import Flask
from flask.testing import FlaskClient
from judge_devices import judge_actor
from juries import Jury, lines
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from core.auth import Actor
from core.db import db, transaction
from core.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from core.permissions import Role
from scoring.jury.blindness import closed_pairs, is_blind, may_see
from scoring.jury.early_looks import OpenEarly, SetBlind, open_early, set_blind
from scoring.jury.models import EarlyLook
from scoring.models import ResultLine, ResultSnapshot, ScoreSheet
from scoring.results.computing import ComputeResult, compute_result, mark_rows
from scoring.sheets.review import ChangeSheet, change_sheet
from scoring.states import SheetAction

SECRET = "2.777"
"""A mark that stands nowhere else on a page."""
SCHEME = {
    "format": "1",
    "title": "美容",
    "default_panel": {"judges": 3, "missing": "use_given"},
    "children": [
        {
            "code": "P",
            "level": "module",
            "label": "实际操作",
            "children": [{"code": "J1", "label": "整体造型", "kind": "points", "max": 10, "step": "0.001"}],
        }
    ],
}


@pytest.fixture
def jury(app: Flask) -> Jury:
    return Jury(SCHEME)


def half_marked(jury: Jury) -> None:
    """Two of three have handed in; the third has not."""
    for seat, mark in ((1, SECRET), (2, "3")):
        jury.mark(seat, {"J1": mark})
        jury.submit(seat)
    jury.mark(3, {"J1": "4"})


def early(jury: Jury, **over: object) -> None:
    values: dict[str, object] = {"sheet_id": jury.sheet(1).id, "reason": "选手当场质询", "actor": jury.chief}
    open_early(OpenEarly(jury.competition_id, **(values | over)))  # type: ignore[arg-type]


def sees(jury: Jury, actor: Actor, seat: int = 1) -> bool:
    sheet = jury.sheet(seat)
    return may_see(db.session(), sheet, actor)


def test_marks_open_when_the_last_seat_hands_in_and_close_when_one_goes_back(jury: Jury) -> None:
    half_marked(jury)
    assert not sees(jury, jury.chief)
    jury.submit(3)
    assert sees(jury, jury.chief)
    change_sheet(ChangeSheet(jury.competition_id, jury.sheet(3).id, SheetAction.RETURN, jury.chief, "复查"))
    assert not sees(jury, jury.chief)


def test_it_holds_for_each_contestant_alone(jury: Jury) -> None:
    half_marked(jury)
    jury.mark(1, {"J1": "5"}, entrant=1)
    jury.submit(3)
    assert closed_pairs(db.session(), jury.event_id) == {(jury.module_id, jury.entrants[1])}


def test_a_judge_sees_the_own_marks_and_not_the_others(jury: Jury) -> None:
    half_marked(jury)
    assert sees(jury, jury.device_of(1), seat=1)
    assert not sees(jury, jury.device_of(1), seat=2)


def test_no_page_of_the_chief_judge_shows_a_closed_mark(jury: Jury, client: FlaskClient) -> None:
    half_marked(jury)
    jury.mark(3, {"J1": "4.111"}, notes={"J1": "气孔"}, doubts=["J1"])
    compute_result(ComputeResult(jury.competition_id, jury.event_id, jury.organiser))
    base, event = f"/scoring/competitions/{jury.competition_id}", f"events/{jury.event_id}"
    addresses = [f"sheets/{jury.sheet(n).id}" for n in (1, 2, 3)]
    addresses += [f"{event}/{name}" for name in ("board", "board/news", "jury", "analysis", "results")]
    addresses += ["board", "results"]
    for role in (Role.CHIEF_JUDGE, Role.ORGANISER, Role.SUPERVISOR):
        sign_in_account(client, make_account(role=role, competition_id=jury.competition_id))
        for address in addresses:
            page = client.get(f"{base}/{address}", follow_redirects=True).get_data(as_text=True)
            assert SECRET not in page, (role, address)
            assert "4.111" not in page, (role, address)


def test_no_file_and_no_line_of_a_result_holds_a_closed_mark(jury: Jury) -> None:
    half_marked(jury)
    jury.mark(1, {"J1": "6"}, entrant=1)
    for seat in (2, 3):
        jury.mark(seat, {"J1": "6"}, entrant=1)
    for seat in (1, 2, 3):
        jury.submit(seat, entrant=1)
    compute_result(ComputeResult(jury.competition_id, jury.event_id, jury.organiser))

    lines_ = {line.entrant_id: line for line in db.session.scalars(select(ResultLine))}
    assert lines_[jury.entrants[0]].total is None
    assert SECRET not in str(lines_[jury.entrants[0]].unfolding)
    assert lines_[jury.entrants[1]].total == "6.000"
    assert "1 名选手还有评分表没有提交" in str(db.session.scalars(select(ResultSnapshot)).one().document["warnings"])


def test_the_judge_with_the_link_gets_nothing_of_others(jury: Jury, client: FlaskClient) -> None:
    half_marked(jury)
    sign_in_judge(client, jury.judges[1])
    for address in ("/tablet", "/scoring/sheets"):
        assert SECRET not in client.get(address).get_data(as_text=True)


def test_whoever_opens_early_leaves_a_reason_and_opens_for_nobody_else(jury: Jury) -> None:
    half_marked(jury)
    early(jury)

    assert sees(jury, jury.chief)
    assert not sees(jury, make_actor(Role.CHIEF_JUDGE, jury.competition_id, subject_id=77))
    assert not sees(jury, jury.organiser)
    (line,) = lines("marks.opened_early")
    assert line.detail["reason"] == "选手当场质询"
    assert (line.actor, line.target) == (jury.chief.key, f"score_sheet:{jury.sheet(1).id}")
    assert list(mark_rows(db.session(), jury.event_id))[-1].value == ""  # results stay without


def test_opening_early_wants_a_reason_and_something_closed(jury: Jury) -> None:
    half_marked(jury)
    with pytest.raises(InvalidInputError):
        early(jury, reason="  ")
    early(jury)
    with pytest.raises(ConflictError, match="已经可以查看"):
        early(jury)
    with pytest.raises(NotFoundError):
        early(jury, sheet_id=999_999)


def test_a_chief_judge_who_marks_there_hands_in_first(jury: Jury) -> None:
    half_marked(jury)
    marking_chief = judge_actor(jury.judges[2])
    with pytest.raises(NotAllowedError, match="自己的评分表"):
        early(jury, actor=marking_chief)
    jury.submit(3)
    assert sees(jury, marking_chief)


def test_a_look_can_not_be_erased(jury: Jury) -> None:
    half_marked(jury)
    early(jury)
    with pytest.raises(DBAPIError, match="append-only"), transaction() as session:
        session.delete(session.scalars(select(EarlyLook)).one())


def test_the_organiser_may_choose_otherwise_with_a_reason(jury: Jury) -> None:
    half_marked(jury)
    with pytest.raises(InvalidInputError):
        set_blind(SetBlind(jury.competition_id, jury.event_id, False, "", jury.organiser))
    set_blind(SetBlind(jury.competition_id, jury.event_id, False, "现场亮分", jury.organiser))

    assert sees(jury, jury.chief)
    assert lines("judging.blindness_set")[0].detail == {"blind": False, "reason": "现场亮分"}
    set_blind(SetBlind(jury.competition_id, jury.event_id, True, "", jury.organiser))
    set_blind(SetBlind(jury.competition_id, jury.event_id, True, "", jury.organiser))
    assert is_blind(db.session(), jury.event_id)
    assert len(lines("judging.blindness_set")) == 2


@pytest.mark.parametrize(("role", "may_change"), [(Role.CHIEF_JUDGE, False), (Role.ORGANISER, True)])
def test_the_rules_of_the_event_are_said_and_who_sets_them(
    jury: Jury, client: FlaskClient, role: Role, may_change: bool
) -> None:
    sign_in_account(client, make_account(role=role, competition_id=jury.competition_id))
    page = client.get(f"/scoring/competitions/{jury.competition_id}/events/{jury.event_id}/jury").get_data(as_text=True)
    assert "<b>全部提交后才公开</b>" in page
    assert "<b>签名不作要求</b>" in page
    assert ("这两条由组织者在这一页设定" in page) is not may_change
    assert ("/blindness" in page, "/contestant-signing" in page) == (may_change, may_change)


def test_the_pages_of_blindness_ask_for_their_permissions(jury: Jury, client: FlaskClient) -> None:
    half_marked(jury)
    base = f"/scoring/competitions/{jury.competition_id}"
    look, choice = f"{base}/sheets/{jury.sheet(1).id}/early-look", f"{base}/events/{jury.event_id}/blindness"
    for role, looks, chooses in (
        (Role.SUPERVISOR, 403, 403),
        (Role.ORGANISER, 403, 302),
        (Role.CHIEF_JUDGE, 302, 403),
    ):
        sign_in_account(client, make_account(role=role, competition_id=jury.competition_id))
        assert client.post(choice, data={"blind": "1"}).status_code == chooses
        assert client.post(look, data={"reason": "质询"}).status_code == looks
    page = client.get(f"{base}/sheets/{jury.sheet(1).id}").get_data(as_text=True)
    assert SECRET in page


def test_marks_from_outside_are_never_closed(jury: Jury) -> None:
    half_marked(jury)
    sheet = jury.sheet(1)
    outside = ScoreSheet(module_id=sheet.module_id, entrant_id=sheet.entrant_id, seat_number=0, module=sheet.module)
    assert may_see(db.session(), outside, make_actor(Role.ORGANISER, jury.competition_id))
    db.session.rollback()


def test_somebody_who_is_no_judge_there_is_told_nothing(jury: Jury) -> None:
    half_marked(jury)
    assert not sees(jury, judge_actor(make_judge(competition_id=jury.competition_id)))
