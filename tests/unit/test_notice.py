from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.results.notice import last_day_of_notice


@pytest.mark.parametrize(
    ("shown_on", "days", "last"),
    [
        (date(2026, 11, 16), 5, date(2026, 11, 23)),  # Monday: the weekend does not count
        (date(2026, 11, 20), 1, date(2026, 11, 23)),  # Friday
        (date(2026, 11, 21), 3, date(2026, 11, 25)),  # Saturday
        (date(2026, 11, 16), 0, date(2026, 11, 16)),
    ],
)
def test_the_days_after_the_first_count_from_monday_to_friday(shown_on, days, last):
    assert last_day_of_notice(shown_on, days) == last


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(1, 60))
def test_a_notice_holds_as_many_working_days_as_it_says_and_ends_on_one(shown_on, days):
    last = last_day_of_notice(shown_on, days)
    between = [date.fromordinal(n) for n in range(shown_on.toordinal() + 1, last.toordinal() + 1)]
    assert sum(day.weekday() < 5 for day in between) == days
    assert last.weekday() < 5
