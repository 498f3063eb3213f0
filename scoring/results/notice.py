"""How long results are shown for objections before they may be final. Pure."""

from datetime import date, timedelta

SATURDAY = 5


def last_day_of_notice(shown_on: date, working_days: int) -> date:
    """The last day of a notice of so many working days, counted from the day after it began.

    Monday to Friday are working days: statutory holidays and the working weekends around them are announced year by
    year and are not known here, which whoever publishes is told.

    Args:
        shown_on: the day on which the results were shown first.
        working_days: how many; none makes the notice end on its first day.
    """
    day = shown_on
    for _ in range(working_days):
        day += timedelta(days=1)
        while day.weekday() >= SATURDAY:
            day += timedelta(days=1)
    return day
