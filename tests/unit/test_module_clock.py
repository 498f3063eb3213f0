"""A clock for all: who ends alone is left alone, and time granted reaches those whom it is granted to."""

from datetime import UTC, datetime, timedelta

import pytest

from scoring.engine.module_clock import Lane, Press, checked, ends_at, lane, placed, whole
from scoring.engine.stopwatch import Moment, StopwatchError, moments_of

BEGIN = datetime(2026, 10, 18, 1, 0, tzinfo=UTC)
ANNA, BERT, CARL = 1, 2, 3


def at(minutes: float) -> datetime:
    return BEGIN + timedelta(minutes=minutes)


def press(kind: str, minutes: float, *entrants: int, credit: float = 0, reason: str = "") -> Press:
    wants = kind in ("credit", "clear", "unstop")
    moment = Moment(
        kind, at(minutes), int(minutes * 60_000), "a", credit=int(credit * 60_000), reason=reason or "断电" * wants
    )
    return Press(moment, frozenset(entrants))


def minutes(presses: list[Press], entrant: int) -> tuple[str, float, float]:
    """State, time that ran and time that counts."""
    found = lane(checked(presses), entrant).reading
    return found.state, found.gross / 60_000, found.net / 60_000


def test_all_who_start_together_have_the_same_time() -> None:
    presses = [press("start", 0), press("pause", 30), press("resume", 40), press("stop", 130)]
    assert [minutes(presses, one) for one in (ANNA, BERT)] == [("stopped", 120, 120)] * 2
    assert whole(checked(presses)).gross == 120 * 60_000


def test_who_ends_first_keeps_the_own_time_and_hears_no_more() -> None:
    presses = [
        press("start", 0),
        press("stop", 50, ANNA),
        press("pause", 60),
        press("resume", 70),
        press("credit", 75, credit=10),
        press("stop", 100),
    ]
    assert minutes(presses, ANNA) == ("stopped", 50, 50)
    assert minutes(presses, BERT) == ("stopped", 90, 80)


def test_time_granted_to_some_reaches_them_alone() -> None:
    presses = [press("start", 0), press("credit", 20, ANNA, BERT, credit=3), press("stop", 60)]
    assert minutes(presses, ANNA)[2] == minutes(presses, BERT)[2] == 57
    assert minutes(presses, CARL)[2] == 60


def test_time_granted_after_the_end_still_counts_for_those_who_ended_with_all() -> None:
    presses = [press("start", 0), press("stop", 30, ANNA), press("stop", 60), press("credit", 61, credit=5)]
    assert minutes(presses, BERT) == ("stopped", 60, 55)
    assert minutes(presses, ANNA) == ("stopped", 30, 30)
    assert minutes([*presses, press("credit", 62, ANNA, credit=2)], ANNA) == ("stopped", 30, 28)


def test_who_has_time_left_goes_on_after_the_others() -> None:
    presses = [press("start", 0), press("credit", 10, ANNA, credit=5), press("stop", 60), press("unstop", 60.1, ANNA)]
    assert minutes(presses, ANNA)[0] == "running"
    assert minutes([*presses, press("stop", 65, ANNA)], ANNA) == ("stopped", 65, 60)
    assert minutes(presses, BERT)[0] == "stopped"


def test_an_end_by_mistake_has_not_been_and_a_pause_in_between_is_a_pause() -> None:
    presses = [
        press("start", 0),
        press("stop", 10, ANNA),
        press("pause", 20),
        press("resume", 30),
        press("unstop", 35, ANNA),
        press("stop", 60),
    ]
    assert minutes(presses, ANNA) == minutes(presses, BERT) == ("stopped", 50, 50)


def test_a_stop_for_all_by_mistake_reopens_those_whom_it_ended_and_no_others() -> None:
    presses = [press("start", 0), press("stop", 10, ANNA), press("stop", 20), press("unstop", 21), press("stop", 60)]
    assert minutes(presses, ANNA) == ("stopped", 10, 10)
    assert minutes(presses, BERT) == ("stopped", 60, 60)


def test_begun_anew_everybody_starts_at_nothing() -> None:
    presses = [
        press("start", 0),
        press("credit", 1, ANNA, credit=5),
        press("stop", 2, ANNA),
        press("clear", 5),
        press("start", 10),
        press("stop", 20),
    ]
    assert minutes(presses, ANNA) == minutes(presses, BERT) == ("stopped", 10, 10)
    assert len(lane(checked(presses), ANNA).moments) == 2


def test_presses_have_the_order_of_time_and_not_of_arrival() -> None:
    late = [press("start", 0), press("stop", 60), press("pause", 10), press("resume", 15)]
    assert minutes(late, ANNA) == ("stopped", 55, 55)


@pytest.mark.parametrize(
    ("presses", "says"),
    [
        ([press("pause", 0)], "暂停"),
        ([press("start", 0), press("start", 1)], "开始"),
        ([press("stop", 0, ANNA)], "停止"),
        ([press("start", 0), press("stop", 1, ANNA), press("stop", 2, ANNA)], "停止"),
        ([press("start", 0), press("unstop", 1, ANNA)], "误停"),
        ([press("start", 0), press("pause", 1, ANNA)], "只能对全体"),
        ([press("start", 0), press("clear", 1, ANNA)], "只能对全体"),
        ([press("start", 0), press("stop", 1, ANNA), press("pause", 2), press("unstop", 3, ANNA)], "先继续"),
        ([press("start", 0), Press(Moment("credit", at(1), 0, "a", credit=0, reason="断电"))], "大于零"),
        ([press("start", 0), Press(Moment("credit", at(1), 0, "a", credit=60_000))], "理由"),
        ([press("start", 0), press("jump", 1)], "无法识别"),
        ([press("start", 0), *[press("credit", n, credit=1) for n in range(1, 1001)]], "不能多于"),
    ],
)
def test_what_a_clock_does_not_allow_is_refused(presses: list[Press], says: str) -> None:
    with pytest.raises(StopwatchError, match=says):
        checked(presses)


def test_a_press_for_several_is_taken_as_long_as_it_concerns_one_of_them() -> None:
    presses = [press("start", 0), press("stop", 5, ANNA), press("stop", 9, ANNA, BERT)]
    assert minutes(presses, ANNA)[1] == 5
    assert minutes(presses, BERT)[1] == 9


def test_the_moments_of_a_lane_are_those_of_a_stop_watch() -> None:
    presses = checked(
        [press("start", 0), press("stop", 5, ANNA), press("unstop", 6, ANNA), press("pause", 7), press("stop", 9)]
    )
    found = lane(presses, ANNA)
    documents = [
        {"kind": m.kind, "at": m.at.isoformat(), "mono": m.mono, "life": m.life, "reason": m.reason}
        for m in found.moments
    ]
    assert [m.kind for m in moments_of(documents)] == ["start", "pause", "stop"]
    assert found.reading.gross == 7 * 60_000


def test_the_same_page_is_placed_by_its_own_clock_and_another_as_estimated() -> None:
    first = press("start", 0)
    delayed = Moment("stop", at(10) + timedelta(seconds=1.5), 600_000, "a")
    assert placed([first], delayed).at == at(10)
    slept = Moment("stop", at(10), 60_000, "a")
    assert placed([first], slept).at == at(10)
    assert placed([first], Moment("stop", at(10), 5, "b")).at == at(10)
    assert placed([], delayed) is delayed


def test_what_is_left_grows_with_time_granted_and_goes_below_nothing() -> None:
    presses = checked([press("start", 0), press("credit", 10, ANNA, credit=5)])
    allowed = 60 * 60_000
    assert ends_at(lane(presses, ANNA), allowed, at(20)) == 45 * 60_000
    assert ends_at(lane(presses, BERT), allowed, at(20)) == 40 * 60_000
    assert ends_at(lane(presses, BERT), allowed, at(61)) == -60_000
    stopped = lane(checked([*presses, press("stop", 30)]), BERT)
    assert ends_at(stopped, allowed, at(500)) == 30 * 60_000
    assert isinstance(stopped, Lane)
