"""The stop watch: what its moments come to when clocks are set, pages reload, tablets sleep and judges mispress."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.engine.marks import seconds
from scoring.engine.stopwatch import MOST_MOMENTS, StopwatchError, moments_of, reading, time_text

BEGIN = datetime(2026, 10, 18, 9, 0, tzinfo=UTC)


def press(kind: str, wall: float, mono: float | None = None, life: str = "a", **more: str) -> dict[str, Any]:
    """A moment `wall` seconds after the beginning by the one clock and `mono` by the other (the same, if not said)."""
    at = (BEGIN + timedelta(milliseconds=round(wall * 1000))).isoformat()
    return {"kind": kind, "at": at, "mono": round(1000 * (wall if mono is None else mono)), "life": life} | more


def net(*documents: dict[str, Any]) -> int:
    return reading(moments_of(documents)).net


def test_pauses_do_not_count_and_granted_time_is_taken_off() -> None:
    credit = press("credit", 90, seconds="20", reason="断电")
    watch = (press("start", 0), press("pause", 60), press("resume", 80), credit, press("stop", 100.25))
    shown = reading(moments_of(watch))
    assert (shown.state, shown.gross, shown.credit, shown.net) == ("stopped", 80_250, 20_000, 60_250)


def test_granted_time_never_makes_less_than_nothing() -> None:
    assert net(press("start", 0), press("credit", 1, seconds="60", reason="断电"), press("stop", 5)) == 0


def test_a_reload_in_the_middle_counts_by_the_wall_clock() -> None:
    assert net(press("start", 0, 500), press("stop", 600, 3, life="b")) == 600_000


def test_sleep_that_the_monotonic_clock_misses_counts() -> None:
    assert net(press("start", 0, 0), press("stop", 900, 4)) == 900_000


def test_a_clock_set_back_while_nobody_looked_takes_nothing_away() -> None:
    assert net(press("start", 0, 0), press("stop", -3600, 300)) == 300_000


@pytest.mark.parametrize("shift", [3600, -3600, 0.7])
def test_a_clock_set_while_the_page_watched_changes_nothing(shift: float) -> None:
    jump = press("jump", 100 + shift, 100, seconds=f"{shift:.3f}")
    assert net(press("start", 0, 0), jump, press("stop", 300 + shift, 300)) == 300_000


def test_a_clock_set_during_a_pause_changes_nothing() -> None:
    watch = (
        press("start", 0),
        press("pause", 10),
        press("jump", 3620, 20, seconds="3600"),
        press("resume", 3630, 30),
        press("stop", 3640, 40),
    )
    assert net(*watch) == 20_000


def test_a_stop_by_mistake_loses_no_time() -> None:
    again = press("unstop", 15, reason="误触")
    assert net(press("start", 0), press("stop", 10), again, press("stop", 20)) == 20_000


def test_begun_anew_it_starts_from_nothing_and_keeps_what_was() -> None:
    watch = [press("start", 0), press("stop", 10), press("clear", 11, reason="重做"), press("start", 20)]
    assert reading(moments_of(watch)).state == "running"
    assert net(*watch, press("stop", 25)) == 5_000
    assert len(moments_of(watch)) == 4


@pytest.mark.parametrize(
    "watch",
    [
        [press("stop", 0)],
        [press("pause", 0)],
        [press("credit", 0, seconds="5", reason="?")],
        [press("start", 0), press("start", 1)],
        [press("start", 0), press("resume", 1)],
        [press("start", 0), press("stop", 1), press("stop", 2)],
        [press("start", 0), press("stop", 1), press("resume", 2)],
        [press("start", 0), press("credit", 1, seconds="5")],
        [press("start", 0), press("credit", 1, seconds="0", reason="?")],
        [press("start", 0), press("credit", 1, seconds="-5", reason="?")],
        [press("start", 0), press("credit", 1, seconds="86401", reason="?")],
        [press("start", 0), press("credit", 1, seconds="5 min", reason="?")],
        [press("start", 0), press("stop", 1), press("unstop", 2)],
        [press("start", 0), press("clear", 1, reason=" ")],
        [press("lap", 0)],
        [{"kind": "start"}],
        [press("start", 0) | {"at": "2026-10-18T09:00:00"}],
        [press("start", 0) | {"mono": "soon"}],
        [press("start", 0)] + [press("jump", n, seconds="1") for n in range(MOST_MOMENTS)],
    ],
)
def test_what_no_stop_watch_does_is_refused_in_a_sentence(watch: list[dict[str, Any]]) -> None:
    with pytest.raises(StopwatchError, match=r"计时|补时|理由"):
        moments_of(watch)


@pytest.mark.parametrize(
    ("milliseconds", "step", "text"),
    [
        (0, None, "0:00"),
        (59_999, None, "0:59"),
        (60_000, "1", "1:00"),
        (605_430, "0.1", "10:05.4"),
        (605_430, "0.01", "10:05.43"),
        (605_430, "0.5", "10:05.0"),
        (605_430, "10", "10:00"),
        (7_265_000, "1", "121:05"),
    ],
)
def test_a_time_is_cut_never_rounded_up(milliseconds: int, step: str | None, text: str) -> None:
    assert time_text(milliseconds, None if step is None else Fraction(step)) == text


@given(st.integers(0, 10**7), st.sampled_from(["1", "0.1", "0.01", "0.001", "0.5", "5"]))
def test_the_text_reads_back_as_the_time_down_to_the_step(milliseconds: int, step: str) -> None:
    exact = Fraction(milliseconds, 1000)
    read = seconds(time_text(milliseconds, Fraction(step)))
    assert 0 <= exact - read < Fraction(step)
    assert (read / Fraction(step)).denominator == 1


@given(st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 5000)), min_size=1, max_size=8))
def test_whatever_is_pressed_time_is_what_ran(pieces: list[tuple[int, int]]) -> None:
    clock, watch, ran = 0, [press("start", 0)], 0
    for running, pausing in pieces:
        clock, ran = clock + running, ran + running
        watch.append(press("pause", clock / 1000))
        clock += pausing
        watch.append(press("resume", clock / 1000))
    watch.append(press("stop", clock / 1000))
    assert net(*watch) == ran
