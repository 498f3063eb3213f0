"""Presses of a module's clock in a hand-over: stored once, in their order, beside what others have pressed."""

from datetime import datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from at_once import at_once
from factories import make_account, sign_in_account
from flask import Flask
from flask.testing import FlaskClient
from juries import Jury, lines
from parcels import make_device, make_parcel, save
from sqlalchemy import select

from competitions.models import Judge, Module
from core.audit import verify
from core.clock import now
from core.db import db
from core.permissions import Role
from scoring.handing_over.taking import Taken, TakeOver, take_over
from scoring.tablet.payloads import MalformedError
from scoring.timing.keeping import PressClock, SetTiming, press_clock, press_clocks, set_timing
from scoring.timing.models import ClockPress
from scoring.timing.reading import Clock, clocks_of

BEGIN = now() - timedelta(hours=30)
"""The file is read the next day."""
HOUR = 3600


class Hall:
    """A judge who keeps the time on a tablet without network, and a chief judge."""

    def __init__(self) -> None:
        self.jury = Jury(contestants=4)
        self.keep(self.jury.judge_ids[1])
        self.device = make_device(db.session.get_one(Judge, self.jury.judge_ids[1]))

    def keep(self, judge_id: int) -> None:
        set_timing(SetTiming(self.jury.competition_id, self.jury.module_id, judge_id, 180, self.jury.chief))

    def row(self, press: str, seconds: int = 0, *numbers: int, **over: Any) -> dict[str, Any]:
        """A press so many seconds after the beginning, as the tablet packs it."""
        wants = {"reason": "断电"} if press in ("credit", "clear", "unstop") else {}
        credit = {"seconds": "60"} if press == "credit" else {}
        at = (BEGIN + timedelta(seconds=seconds)).isoformat()
        row = {"kind": "press", "key": str(uuid4()), "module_id": self.jury.module_id, "batch": 0, "press": press}
        row |= {"entrants": [self.jury.entrants[n - 1] for n in numbers], "at": at, "pressed_at": at}
        return row | {"mono": seconds * 1000, "life": "a"} | wants | credit | over

    def take(self, rows: list[Any], **over: Any) -> Taken:
        data = make_parcel(self.device, rows, **over)
        return take_over(TakeOver(self.jury.competition_id, data, self.jury.chief))

    def send(self, row: dict[str, Any]) -> Any:
        """The tablet has found the network after all and sends the press as it always does."""
        age = now() - datetime.fromisoformat(row["pressed_at"])
        document = {"kind": row["press"]} | {name: row[name] for name in ("at", "mono", "life")}
        concerned = frozenset(row["entrants"])
        command = PressClock(
            row["module_id"], row["batch"], UUID(row["key"]), document, concerned, age // timedelta(milliseconds=1)
        )
        (outcome,) = press_clocks([command], self.jury.devices[self.jury.judge_ids[1]])
        return outcome

    def clock(self) -> Clock:
        db.session.rollback()
        (found,) = clocks_of(db.session(), db.session.get_one(Module, self.jury.module_id))
        return found

    def kinds(self) -> list[str]:
        return [entry.press.moment.kind for entry in self.clock().log]


@pytest.fixture
def hall(app: Flask) -> Hall:
    return Hall()


def test_every_press_is_stored_at_its_own_time_and_as_the_judges_own(hall: Hall) -> None:
    rows = [hall.row("start"), hall.row("credit", 600, 1, 2), hall.row("stop", 2 * HOUR, 3), hall.row("stop", 3 * HOUR)]
    taken = hall.take(rows)

    assert (taken.stored, taken.known, taken.refused) == (4, 0, 0)
    found = hall.clock()
    times = [found.lanes[entrant].reading.net // 1000 for entrant in hall.jury.entrants]
    assert times == [3 * HOUR - 60, 3 * HOUR - 60, 2 * HOUR, 3 * HOUR]
    row = db.session.scalars(select(ClockPress).order_by(ClockPress.number)).first()
    assert row is not None
    assert abs(row.at - BEGIN) < timedelta(milliseconds=2)
    assert (row.pressed_by, row.sign_in_id) == (f"judge:{hall.jury.judge_ids[1]}", hall.device.id)
    assert {line.detail["for"] for line in lines("clock.pressed")} == {f"judge:{hall.jury.judge_ids[1]}"}
    (line,) = lines("hand_over.taken")
    assert (line.detail["stored"], line.detail["refused"]) == (4, 0)
    assert verify() == []


def test_the_same_parcel_twice_and_the_network_afterwards_store_once(hall: Hall) -> None:
    rows = [hall.row("start"), hall.row("stop", HOUR)]
    hall.take(rows)
    again = hall.take(rows)

    assert (again.stored, again.known, again.refused) == (0, 2, 0)
    assert hall.send(rows[0]).number == 1
    assert hall.kinds() == ["start", "stop"]


def test_what_the_network_brought_before_is_known(hall: Hall) -> None:
    rows = [hall.row("start"), hall.row("stop", HOUR)]
    hall.send(rows[0])
    taken = hall.take(rows)

    assert (taken.stored, taken.known) == (1, 1)
    assert abs(hall.clock().whole.gross - HOUR * 1000) <= 1


def test_presses_take_their_place_in_time_among_those_of_others(hall: Hall) -> None:
    other = {"at": BEGIN.isoformat(), "mono": 0, "life": "web", "kind": "pause"}
    hall.take([hall.row("start")])
    moment = BEGIN + timedelta(seconds=HOUR)
    press_clock(PressClock(hall.jury.module_id, 0, uuid4(), other, pressed_at=moment), hall.jury.chief)
    taken = hall.take([hall.row("stop", 600, 1), hall.row("resume", HOUR + 60), hall.row("stop", 2 * HOUR)])

    assert taken.refused == 0
    assert [entry.press.moment.kind for entry in hall.clock().log] == ["start", "stop", "pause", "resume", "stop"]
    assert hall.clock().lanes[hall.jury.entrants[0]].reading.net == 600_000
    assert hall.clock().whole.gross == (2 * HOUR - 60) * 1000


def test_what_does_not_fit_beside_others_is_refused_recorded_whole_and_stops_nothing(hall: Hall) -> None:
    press_clock(PressClock(hall.jury.module_id, 0, uuid4(), _start(), pressed_at=BEGIN), hall.jury.chief)
    taken = hall.take([hall.row("start", 5), hall.row("stop", 900, 2), save(2**30, {"A1": "1"})])

    (tally,) = taken.clocks
    assert (tally.stored, [error.code for error in tally.refused]) == (1, ["stopwatch"])
    assert hall.kinds() == ["start", "stop"]
    (line,) = lines("clock.press_refused")
    assert (line.detail["press"]["kind"], line.detail["code"]) == ("start", "stopwatch")
    assert line.detail["at"].startswith((BEGIN + timedelta(seconds=5)).strftime("%Y-%m-%dT%H:%M:%S"))


def _start() -> dict[str, Any]:
    return {"kind": "start", "at": BEGIN.isoformat(), "mono": 0, "life": "web"}


def test_who_no_longer_keeps_the_time_is_told_and_the_press_is_kept_in_the_record(hall: Hall) -> None:
    hall.keep(hall.jury.judge_ids[0])
    taken = hall.take([hall.row("start")])

    assert [error.code for error in taken.clocks[0].refused] == ["not_the_keeper"]
    assert [line.detail["code"] for line in lines("clock.press_refused")] == ["not_the_keeper"]
    assert hall.kinds() == []


def test_the_clock_of_another_competition_is_not_touched(hall: Hall) -> None:
    other = Jury()
    taken = hall.take([hall.row("start", module_id=other.module_id), hall.row("start", module_id=2**30)])

    assert [error.code for tally in taken.clocks for error in tally.refused] == ["not_the_keeper", "not_found"]
    assert db.session.scalars(select(ClockPress)).all() == []


@pytest.mark.parametrize(
    "wrong", [{"press": 7}, {"press": None}, {"pressed_at": "2026-10-18T09:00"}, {"pressed_at": None}, {"hidden": 1}]
)
def test_a_row_that_no_tablet_makes_stops_the_whole_parcel(hall: Hall, wrong: dict[str, Any]) -> None:
    with pytest.raises(MalformedError):
        hall.take([hall.row("start"), hall.row("stop", 60) | wrong])
    assert hall.kinds() == []


def test_a_press_of_the_future_was_made_now_at_the_latest(hall: Hall) -> None:
    hall.take([hall.row("start", 400 * HOUR)])
    (entry,) = hall.clock().log
    assert entry.press.moment.at <= now()


def test_two_people_who_read_the_same_file_at_once_store_each_press_once(app: Flask, hall: Hall) -> None:
    data = make_parcel(hall.device, [hall.row("start"), *[hall.row("credit", n, 1) for n in range(1, 60)]])
    competition_id, chief = hall.jury.competition_id, hall.jury.chief
    db.session.remove()

    def read(_: int) -> tuple[int, int]:
        taken = take_over(TakeOver(competition_id, data, chief))
        return taken.stored + taken.known, taken.refused

    assert at_once(app, read, range(4)) == [(60, 0)] * 4
    assert db.session.query(ClockPress).count() == 60


def test_the_page_says_what_became_of_each_clock(hall: Hall, client: FlaskClient) -> None:
    sign_in_account(client, make_account(role=Role.CHIEF_JUDGE, competition_id=hall.jury.competition_id))
    data = make_parcel(hall.device, [hall.row("start"), hall.row("start", 60)])
    path = f"/scoring/competitions/{hall.jury.competition_id}/hand-over"
    page = client.post(path, data={"files": [(BytesIO(data), "交接.json")]}).get_data(as_text=True)

    assert 'data-stored="1" data-known="0" data-refused="1"' in page
    assert "不能在此时“开始”" in page
    assert "未编批次" in page
