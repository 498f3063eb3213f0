"""The pace of pages that wait for news: never more than the budget together, never all at the same moment."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.live.waiting import WaitingRoom, wait_until


class Clock:
    """A clock that the test turns."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def room(clock: Clock, *, places: int = 2, budget: float = 10, chance: float = 0.5) -> WaitingRoom:
    return WaitingRoom(places, budget, 1.0, 30.0, clock, lambda: chance)


def test_one_page_alone_pauses_for_the_least_time():
    assert room(Clock()).pause() == pytest.approx(1.0)


def test_pauses_are_spread_by_a_fifth_either_way():
    assert room(Clock(), chance=0.0).pause() == pytest.approx(0.8)
    assert room(Clock(), chance=1.0).pause() == pytest.approx(1.2)


@given(st.integers(1, 250))
def test_however_many_pages_there_are_they_keep_to_the_budget(pages):
    clock = Clock()
    waiting = room(clock)
    due = [0.0] * pages
    asked = 0
    while clock.now < 120:
        page = min(range(pages), key=due.__getitem__)
        clock.now = due[page]
        asked += clock.now >= 60
        due[page] = clock.now + waiting.pause()

    assert asked <= 60 * 10 * 1.1 + pages
    assert asked >= min(60 * 10 * 0.9, pages * 60 * 0.8) - pages


def test_slow_answers_make_all_pages_come_back_later_but_not_for_ever():
    waiting = room(Clock())
    for _ in range(40):
        waiting.pause(0.05)
    assert 8 < waiting.pause(0.05) < 12
    for _ in range(40):
        waiting.pause(5)
    assert waiting.pause(5) == pytest.approx(30)


def test_pages_that_were_closed_are_forgotten_once_they_do_not_come_back():
    clock = Clock()
    waiting = room(clock)
    for _ in range(300):
        waiting.pause()
    assert waiting.pause() > 25
    clock.now = 1000
    assert waiting.pause() == pytest.approx(1.0)


def test_no_more_pages_wait_than_there_are_places_and_a_place_comes_free_again():
    waiting = room(Clock())
    with waiting.place() as first, waiting.place() as second, waiting.place() as third:
        assert (first, second, third) == (True, True, False)
    with waiting.place() as again:
        assert again


def test_a_place_comes_free_when_the_one_who_waits_fails():
    waiting = room(Clock(), places=1)
    with pytest.raises(KeyError), waiting.place():
        raise KeyError
    with waiting.place() as again:
        assert again


def test_waiting_ends_with_the_news():
    came = threading.Event()
    asked = []

    def is_over() -> bool:
        asked.append(1)
        if len(asked) == 3:
            came.set()
        return came.is_set()

    wait_until(is_over, seconds=60, tick=0.001)
    assert len(asked) == 3


def test_waiting_without_news_ends_by_itself():
    asked = []
    wait_until(lambda: bool(asked.append(1)), seconds=0.01, tick=0.001)
    assert asked
