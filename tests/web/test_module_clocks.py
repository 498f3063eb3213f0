"""Clocks of whole modules on the server: who may press, late and double presses, two devices, pages and refusals."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from at_once import at_once
from factories import make_account, make_competition, make_judge, sign_in_account, sign_in_judge, stored
from flask import Flask
from flask.testing import FlaskClient
from juries import Jury, lines
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from competitions.lifecycle import CompetitionState
from competitions.models import Competition, DrawRecord, Judge, Module
from core.audit import verify
from core.auth import Actor
from core.clock import now
from core.db import db, transaction
from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.permissions import Role
from scoring.engine.stopwatch import StopwatchError
from scoring.timing.keeping import NotTheKeeperError, PressClock, SetTiming, press_clock, press_clocks, set_timing
from scoring.timing.models import ClockPress
from scoring.timing.reading import Clock, clocks_of

BEGIN = now()


@pytest.fixture
def jury(app: Flask) -> Jury:
    jury = Jury(contestants=4)
    keep(jury, jury.judge_ids[1], 60)
    return jury


def keep(jury: Jury, judge_id: int | None, minutes: int | None = None) -> None:
    set_timing(SetTiming(jury.competition_id, jury.module_id, judge_id, minutes, jury.chief))


def keeper(jury: Jury) -> Actor:
    return jury.devices[jury.judge_ids[1]]


def document(kind: str, mono: int = 0, life: str = "a", **more: str) -> dict[str, Any]:
    wants = {"reason": "断电"} if kind in ("credit", "clear", "unstop") else {}
    credit = {"seconds": "60"} if kind == "credit" else {}
    at = (BEGIN + timedelta(milliseconds=mono)).isoformat()
    return {"kind": kind, "at": at, "mono": mono, "life": life} | wants | credit | more


def press(jury: Jury, kind: str, *entrants: int, actor: Actor | None = None, age_ms: int = 0, **more: Any) -> int:
    concerned = frozenset(jury.entrants[n] for n in entrants)
    command = PressClock(jury.module_id, more.pop("batch", 0), uuid4(), document(kind, **more), concerned, age_ms)
    return press_clock(command, actor or keeper(jury))


def clock(jury: Jury, batch: int = 0) -> Clock:
    db.session.rollback()
    module = db.session.get_one(Module, jury.module_id)
    return next(one for one in clocks_of(db.session(), module) if one.batch == batch)


def draw_two_batches(jury: Jury) -> None:
    places = [[str(entrant), n + 1, n // 2 + 1, n % 2 + 1] for n, entrant in enumerate(jury.entrants)]
    stored(DrawRecord(event_id=jury.event_id, record={"places": places}, witness="", drawn_at=now(), drawn_by="赵组织"))


def test_one_press_starts_all_and_each_has_an_own_end(jury: Jury) -> None:
    press(jury, "start", age_ms=3_600_000)
    press(jury, "credit", 0, 1, mono=600_000, age_ms=3_000_000)
    press(jury, "stop", 2, mono=1_200_000, age_ms=2_400_000)
    press(jury, "stop", mono=3_600_000)
    found = clock(jury)
    times = [found.lanes[entrant].reading.net for entrant in jury.entrants]
    assert times == [3_540_000, 3_540_000, 1_200_000, 3_600_000]
    assert [entry.detail["kind"] for entry in lines("clock.pressed")] == ["start", "credit", "stop", "stop"]
    assert verify() == []


def test_a_batch_has_a_clock_of_its_own(jury: Jury) -> None:
    draw_two_batches(jury)
    press(jury, "start", batch=1)
    assert clock(jury, 1).whole.state == "running"
    assert clock(jury, 2).whole.state == "idle"
    assert [member.station for member in clock(jury, 2).members] == [1, 2]
    with pytest.raises(NotFoundError, match="批次"):
        press(jury, "stop", 3, batch=1)
    with pytest.raises(NotFoundError, match="批次"):
        press(jury, "start", batch=7)


def test_a_retry_is_the_same_press_even_when_the_clock_has_gone_on(jury: Jury) -> None:
    command = PressClock(jury.module_id, 0, uuid4(), document("start"))
    assert press_clock(command, keeper(jury)) == 1
    press(jury, "stop", mono=5_000)
    assert press_clock(command, keeper(jury)) == 1
    assert db.session.query(ClockPress).count() == 2


def test_presses_kept_without_network_come_late_and_take_their_place_in_time(jury: Jury) -> None:
    press(jury, "start", age_ms=7_200_000)
    press(jury, "stop", actor=jury.chief, life="web", mono=0)
    press(jury, "pause", life="a", mono=600_000, age_ms=6_600_000)
    press(jury, "resume", life="a", mono=1_200_000, age_ms=6_000_000)
    found = clock(jury)
    assert [entry.press.moment.kind for entry in found.log] == ["start", "pause", "resume", "stop"]
    assert abs(found.whole.gross - 6_600_000) < 5_000


def test_a_press_that_does_not_fit_is_refused_recorded_and_stops_no_other(jury: Jury) -> None:
    commands = [
        PressClock(jury.module_id, 0, uuid4(), document("pause")),
        PressClock(jury.module_id, 0, uuid4(), document("start", 1)),
        PressClock(jury.module_id, 0, uuid4(), document("nonsense", 2)),
        PressClock(jury.module_id + 99, 0, uuid4(), document("start", 3)),
    ]
    outcomes = press_clocks(commands, keeper(jury))
    codes = [getattr(getattr(one, "error", None), "code", "stored") for one in outcomes]
    assert codes == ["stopwatch", "stored", "stopwatch", "not_found"]
    assert [entry.detail["code"] for entry in lines("clock.press_refused")] == ["stopwatch", "stopwatch"]
    with pytest.raises(InvalidInputError):
        press_clocks(commands * 20, keeper(jury))


def test_only_the_keeper_and_the_chief_judge_press(jury: Jury) -> None:
    with pytest.raises(NotTheKeeperError, match="计时裁判"):
        press(jury, "start", actor=jury.devices[jury.judge_ids[0]])
    with pytest.raises(NotTheKeeperError):
        press(jury, "start", actor=jury.organiser)
    press(jury, "start", actor=jury.chief)
    keep(jury, None)
    with pytest.raises(NotTheKeeperError):
        press(jury, "stop", mono=10)


def test_presses_of_who_has_handed_the_clock_on_are_kept_in_the_record_and_a_retry_still_counts(jury: Jury) -> None:
    command = PressClock(jury.module_id, 0, uuid4(), document("start"))
    press_clock(command, keeper(jury))
    keep(jury, jury.judge_ids[0])
    assert press_clock(command, keeper(jury)) == 1
    with pytest.raises(NotTheKeeperError):
        press(jury, "credit", 1, mono=10)
    (line,) = lines("clock.press_refused")
    assert (line.detail["code"], line.detail["press"]["kind"]) == ("not_the_keeper", "credit")
    assert line.detail["press"]["reason"] == "断电"
    assert line.detail["entrants"] == [jury.entrants[1]]


def test_presses_that_waited_for_days_keep_their_distance(jury: Jury) -> None:
    hour = 3_600_000
    press(jury, "start", age_ms=50 * hour)
    press(jury, "stop", mono=3 * hour, age_ms=47 * hour)
    assert clock(jury).whole.gross == 3 * hour


def test_a_chief_judge_of_another_competition_presses_nothing(jury: Jury) -> None:
    other = Jury()
    with pytest.raises(NotTheKeeperError):
        press(jury, "start", actor=other.chief)
    with pytest.raises(NotFoundError):
        set_timing(SetTiming(other.competition_id, jury.module_id, None, None, other.chief))


@pytest.mark.parametrize("minutes", [0, -5, 1441])
def test_a_time_of_no_length_is_refused(jury: Jury, minutes: int) -> None:
    with pytest.raises(InvalidInputError):
        keep(jury, None, minutes)


def test_a_judge_of_another_competition_keeps_no_time_here(jury: Jury) -> None:
    stranger = make_judge(competition_id=make_competition().id)
    with pytest.raises(InvalidInputError, match="本竞赛"):
        keep(jury, stranger.id)


def test_nothing_is_timed_outside_of_marking(jury: Jury) -> None:
    with transaction() as session:
        session.get_one(Competition, jury.competition_id).state = CompetitionState.PUBLIC_NOTICE
    with pytest.raises(ConflictError, match="评分和复核"):
        press(jury, "start")


def test_of_two_who_start_at_once_one_starts(app: Flask) -> None:
    jury = Jury()
    keep(jury, jury.judge_ids[1])
    actors = [keeper(jury), jury.chief]
    commands = [PressClock(jury.module_id, 0, uuid4(), document("start", life=life)) for life in "ab"]
    db.session.rollback()

    def work(number: int) -> str:
        try:
            press_clock(commands[number], actors[number])
        except StopwatchError:
            return "told"
        return "started"

    assert sorted(at_once(app, work, range(2))) == ["started", "told"]
    assert clock(jury).whole.state == "running"


@pytest.mark.parametrize("change", ["UPDATE clock_press SET kind = 'stop'", "DELETE FROM clock_press"])
def test_what_was_pressed_is_never_changed(jury: Jury, change: str) -> None:
    press(jury, "start")
    with pytest.raises(DBAPIError, match="append-only"), transaction() as session:
        session.execute(text(change))


def body(jury: Jury, kind: str, /, **more: Any) -> dict[str, Any]:
    one = document(kind) | {"key": str(uuid4()), "module_id": jury.module_id, "batch": 0, "age_ms": 0} | more
    return {"presses": [one]}


def test_a_tablet_reads_and_presses_by_draw_numbers_alone(jury: Jury, client: FlaskClient) -> None:
    sign_in_judge(client, db.session.get_one(Judge, jury.judge_ids[1]))
    answer = client.post("/scoring/clocks/presses", json=body(jury, "start")).get_json()
    assert [one["status"] for one in answer["answers"]] == [201]
    (module,) = answer["modules"]
    assert (module["may_keep"], module["allowed_seconds"]) == (True, 3600)
    (batch,) = module["batches"]
    assert [one["draw_number"] for one in batch["members"]] == [1, 2, 3, 4]
    assert "选手" not in str(batch)
    assert [one["kind"] for one in batch["presses"]] == ["start"]

    refused = client.post("/scoring/clocks/presses", json=body(jury, "start")).get_json()
    assert (refused["answers"][0]["status"], refused["answers"][0]["code"]) == (422, "stopwatch")
    assert client.get("/scoring/clocks").get_json()["modules"] == answer["modules"]


def test_who_marks_in_a_timed_module_sees_its_clock_and_others_see_none(jury: Jury, client: FlaskClient) -> None:
    sign_in_judge(client, db.session.get_one(Judge, jury.judge_ids[0]))
    assert client.get("/scoring/clocks").get_json()["modules"] == []
    press(jury, "start")
    (module,) = client.get("/scoring/clocks").get_json()["modules"]
    assert module["may_keep"] is False
    told = client.post("/scoring/clocks/presses", json=body(jury, "stop")).get_json()["answers"]
    assert told[0]["code"] == "not_the_keeper"

    stranger = make_judge(competition_id=jury.competition_id)
    sign_in_judge(client, stranger)
    assert client.get("/scoring/clocks").get_json()["modules"] == []


@pytest.mark.parametrize(
    "wrong", [{"kind": 5}, {"age_ms": -1}, {"at": "2026-10-18T09:00:00"}, {"entrants": ["x"]}, {"more": 1}]
)
def test_a_malformed_press_is_named(jury: Jury, client: FlaskClient, wrong: dict[str, Any]) -> None:
    sign_in_judge(client, db.session.get_one(Judge, jury.judge_ids[1]))
    reply = client.post("/scoring/clocks/presses", json=body(jury, "start", **wrong))
    assert (reply.status_code, reply.get_json()["code"]) == (422, "malformed")
    assert client.post("/scoring/clocks/presses", data={"x": "1"}).status_code == 403


def test_the_page_starts_grants_and_ends(jury: Jury, client: FlaskClient) -> None:
    sign_in_account(client, make_account(role=Role.CHIEF_JUDGE, competition_id=jury.competition_id))
    page = f"/scoring/competitions/{jury.competition_id}/modules/{jury.module_id}/clock"
    assert "全体开始" in client.get(page).get_data(as_text=True)
    assert client.post(f"{page}/presses", data={"kind": "start"}).status_code == 302
    granted = {"kind": "credit", "whom": "some", "minutes": "3", "reason": "工位断电", "entrant": jury.entrants[0]}
    assert client.post(f"{page}/presses", data=granted).status_code == 302
    assert client.post(f"{page}/presses", data={"kind": "stop"}).status_code == 302
    text_ = client.get(page).get_data(as_text=True)
    assert "3:00" in text_
    assert "工位断电" in text_
    assert "已结束" in text_
    assert clock(jury).lanes[jury.entrants[0]].reading.credit == 180_000


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"kind": "credit", "whom": "some", "minutes": "3", "reason": "断电"}, "先勾选"),
        ({"kind": "credit", "whom": "all", "minutes": "三", "reason": "断电"}, "整数"),
        ({"kind": "credit", "whom": "all", "minutes": "3"}, "理由"),
        ({"kind": "credit", "whom": "all", "reason": "断电"}, "大于零"),
        ({"kind": "start"}, "开始"),
    ],
)
def test_what_the_page_cannot_take_it_says(jury: Jury, client: FlaskClient, data: dict[str, str], says: str) -> None:
    sign_in_account(client, make_account(role=Role.CHIEF_JUDGE, competition_id=jury.competition_id))
    press(jury, "start")
    page = f"/scoring/competitions/{jury.competition_id}/modules/{jury.module_id}/clock"
    reply = client.post(f"{page}/presses", data=data)
    assert reply.status_code in (409, 422)
    assert says in reply.get_data(as_text=True)


def test_who_keeps_time_is_laid_down_on_the_page_by_those_who_arrange_judges(jury: Jury, client: FlaskClient) -> None:
    page = f"/scoring/competitions/{jury.competition_id}/modules/{jury.module_id}/clock"
    sign_in_account(client, make_account(role=Role.SUPERVISOR, competition_id=jury.competition_id))
    assert client.get(page).status_code == 200
    assert client.post(f"{page}/settings", data={}).status_code == 403
    assert client.post(f"{page}/presses", data={"kind": "start"}).status_code == 403
    sign_in_account(client, make_account(role=Role.ORGANISER, competition_id=jury.competition_id))
    assert client.post(f"{page}/presses", data={"kind": "start"}).status_code == 403
    data = {"keeper": str(jury.judge_ids[2]), "minutes": "90"}
    assert client.post(f"{page}/settings", data=data).status_code == 302
    assert client.post(f"{page}/settings", data={"minutes": "一"}).status_code == 422
    assert lines("clock.timing_set")[-1].detail == {"keeper": jury.judge_ids[2], "allowed_seconds": 5400}
    assert "90" in client.get(page).get_data(as_text=True)


def test_another_competitions_clock_is_not_found(jury: Jury, client: FlaskClient) -> None:
    other = Jury()
    sign_in_account(client, make_account(role=Role.CHIEF_JUDGE, competition_id=other.competition_id))
    page = f"/scoring/competitions/{other.competition_id}/modules/{jury.module_id}/clock"
    assert client.get(page).status_code == 404
    assert client.post(f"{page}/presses", data={"kind": "start"}).status_code == 404
    assert db.session.scalars(select(ClockPress)).all() == []
