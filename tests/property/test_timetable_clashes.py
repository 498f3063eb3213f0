"""Clashes of a timetable: exactly those pairs that share some minute and some place or person."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from competitions.timetable.clashes import Slot, clashes_of, overlapping, same_place

DAY = datetime(2026, 10, 18)  # noqa: DTZ001  # all of one day, so no timezone is needed
PLACES = ("", "1 号馆", "１号馆", "2 号馆")
people = st.frozensets(st.integers(1, 6), max_size=4)


@st.composite
def timetables(draw):
    count = draw(st.integers(0, 9))
    slots = []
    for key in range(count):
        begins = draw(st.integers(0, 20))
        length = draw(st.integers(1, 8))
        slots.append(
            Slot(
                key,
                DAY + timedelta(minutes=begins),
                DAY + timedelta(minutes=begins + length),
                draw(st.sampled_from(PLACES)),
                draw(people),
                draw(people),
            )
        )
    return draw(st.permutations(slots))


def shares_a_minute(one, other):
    minutes = [
        {slot.begins + timedelta(minutes=n) for n in range(int((slot.ends - slot.begins) / timedelta(minutes=1)))}
        for slot in (one, other)
    ]
    return bool(minutes[0] & minutes[1])


def expected(slots):
    found = {}
    for one in slots:
        for other in slots:
            if one.key < other.key and shares_a_minute(one, other):
                is_one_place = one.place != "" and same_place(one.place) == same_place(other.place)
                contestants, judges = one.contestants & other.contestants, one.judges & other.judges
                if is_one_place or contestants or judges:
                    found[one.key, other.key] = (is_one_place, contestants, judges)
    return found


@given(timetables())
def test_a_clash_is_found_exactly_where_two_share_a_minute_and_something_else(slots):
    found = {
        tuple(sorted((clash.first, clash.second))): (clash.is_one_place, clash.contestants, clash.judges)
        for clash in clashes_of(slots)
    }

    assert found == expected(slots)
    assert len(clashes_of(slots)) == len(found), "each pair once"


@given(timetables())
def test_the_order_in_which_sessions_are_given_changes_nothing(slots):
    assert clashes_of(slots) == clashes_of(sorted(slots, key=lambda slot: slot.key))


@given(timetables())
def test_the_first_of_a_pair_begins_no_later_than_the_second(slots):
    assert all(first.begins <= second.begins for first, second in overlapping(slots))


def test_one_after_the_other_is_no_clash_and_a_minute_earlier_is():
    nine, ten = DAY + timedelta(hours=9), DAY + timedelta(hours=10)
    first = Slot(1, nine, ten, "1 号馆", frozenset({7}))
    after = Slot(2, ten, ten + timedelta(hours=1), "1号馆", frozenset({7}))
    early = Slot(3, ten - timedelta(minutes=1), ten + timedelta(hours=1), "1号馆", frozenset({7}))

    assert clashes_of([first, after]) == []
    (clash,) = clashes_of([first, early])
    assert (clash.is_one_place, clash.contestants) == (True, {7})
