"""What of a timetable is pure: the calendar file, the chart of a day, batches in a row, rows of a table, kinds."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from competitions.timetable.calendar_file import CalendarEntry, calendar_file
from competitions.timetable.chart import STEP, Bar, chart_of
from competitions.timetable.heats import Day, HeatsError, heats_of
from competitions.timetable.kinds import Audience, Kind, kind_by_title
from competitions.timetable.rows import COLUMNS, RowError, SessionRow, TableError, cells_of, day_of, read_table, time_of
from core.clock import BEIJING
from core.spreadsheets import Sheet

NINE = datetime(2026, 10, 18, 9, tzinfo=BEIJING)


def entry(**over):
    values = {"uid": "session-1@host", "title": "焊工第1批", "begins": NINE, "ends": NINE + timedelta(hours=2)}
    values |= {"place": "1 号馆", "note": "", "sequence": 3, "changed_at": datetime(2026, 10, 1, tzinfo=UTC)}
    return CalendarEntry(**(values | over))


def unfolded(data):
    """The lines of a calendar file, as RFC 5545 3.1 has them put together again."""
    return data.replace(b"\r\n ", b"").decode().split("\r\n")


def test_a_session_is_an_event_in_utc_with_the_number_of_its_changes():
    lines = unfolded(calendar_file("竞赛日程", [entry()]))

    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-2:] == ["END:VCALENDAR", ""]
    assert {"DTSTART:20261018T010000Z", "DTEND:20261018T030000Z", "SEQUENCE:3", "STATUS:CONFIRMED"} <= set(lines)
    assert {"SUMMARY:焊工第1批", "LOCATION:1 号馆", "UID:session-1@host"} <= set(lines)
    assert not any(line.startswith("DESCRIPTION") for line in lines)


def test_what_was_called_off_is_cancelled():
    assert "STATUS:CANCELLED" in unfolded(calendar_file("x", [entry(is_off=True)]))


@given(st.text(), st.text())
def test_whatever_is_written_stays_one_line_of_at_most_75_octets_and_comes_back(title, note):
    data = calendar_file("竞赛", [entry(title=title, note=note)])

    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert all(line.decode() is not None for line in data.split(b"\r\n")), "no character is cut in two"
    lines = unfolded(data)
    assert len([line for line in lines if line.startswith("BEGIN:")]) == 2
    told = next(line for line in lines if line.startswith("SUMMARY:"))[8:]
    again = told.replace("\\n", "\n").replace("\\,", ",").replace("\\;", ";").replace("\\\\", "\\")
    if "\\" not in title:
        assert again == "".join(c for c in title.replace("\r", "") if c in "\t\n" or (c >= " " and c != "\x7f"))


def bar(key, begins, ends, place="1 号馆"):
    at = [datetime.combine(NINE.date(), time.fromisoformat(text), BEIJING) for text in (begins, ends)]
    return Bar(key, *at, place)


def test_a_day_is_drawn_from_its_first_hour_to_its_last_with_a_line_for_each_place():
    chart = chart_of([bar(1, "08:30", "10:00"), bar(2, "16:00", "17:30"), bar(3, "09:00", "12:00", "2 号馆")])

    assert chart.hours == tuple(range(8, 18))
    assert [(line.place, line.is_first, line.lines) for line in chart.lines] == [
        ("1 号馆", True, 1),
        ("2 号馆", True, 1),
    ]
    assert [(cell.key, cell.columns * STEP) for cell in chart.lines[0].cells] == [
        (None, 30),
        (1, 90),
        (None, 360),
        (2, 90),
        (None, 30),
    ]


def test_what_overlaps_in_one_place_stands_on_two_lines_of_it():
    chart = chart_of([bar(1, "09:00", "11:00"), bar(2, "10:00", "12:00"), bar(3, "11:00", "12:00")])

    assert [[cell.key for cell in line.cells if cell.key] for line in chart.lines] == [[1, 3], [2]]
    assert [(line.is_first, line.lines) for line in chart.lines] == [(True, 2), (False, 2)]


def test_places_stand_by_name_with_numbers_as_numbers_and_no_place_last():
    bars = [bar(key, "09:00", "10:00", place) for key, place in enumerate(("", "第10赛场", "第2赛场", "体育馆", "10"))]

    assert [line.place for line in chart_of(bars).lines] == ["10", "体育馆", "第2赛场", "第10赛场", ""]


def test_a_day_without_sessions_has_no_chart_and_one_until_midnight_ends_there():
    assert chart_of([]).lines == ()
    midnight = Bar(1, NINE.replace(hour=22), NINE.replace(hour=0) + timedelta(days=1), "")
    assert chart_of([midnight]).hours == (22, 23)


minutes = st.integers(0, 24 * 60 - 2)


@given(st.lists(st.tuples(minutes, st.integers(1, 300), st.sampled_from(["", "A", "B"])), min_size=1, max_size=12))
def test_every_line_of_a_chart_is_as_wide_as_its_hours_and_no_session_is_lost(sessions):
    start = NINE.replace(hour=0)
    bars = [
        Bar(
            key,
            start + timedelta(minutes=begins),
            min(start + timedelta(minutes=begins + length), start + timedelta(days=1)),
            place,
        )
        for key, (begins, length, place) in enumerate(sessions, start=1)
    ]
    chart = chart_of(bars)

    assert {sum(cell.columns for cell in line.cells) for line in chart.lines} == {chart.columns}
    drawn = [cell.key for line in chart.lines for cell in line.cells if cell.key]
    assert sorted(drawn) == [one.key for one in bars]
    assert all(cell.columns > 0 for line in chart.lines for cell in line.cells)


def test_batches_follow_one_another_with_a_pause_and_rest_at_noon():
    heats = heats_of(NINE, 4, 90, 15, Day(rest_from=time(12), rest_until=time(13, 30)))

    assert [f"{heat.begins:%H:%M}" for heat in heats] == ["09:00", "13:30", "15:15", "17:00"]
    assert [heat.batch for heat in heats] == [1, 2, 3, 4]


def test_what_does_not_fit_into_the_day_begins_on_the_next_at_the_first_hour():
    heats = heats_of(NINE, 3, 240, 0, Day(until=time(17, 30)))

    assert [f"{heat.begins:%d %H:%M}" for heat in heats] == ["18 09:00", "18 13:00", "19 09:00"]


@given(st.integers(1, 60), st.integers(1, 600), st.integers(0, 120), st.sampled_from([None, time(17), time(22)]))
def test_batches_never_overlap_nor_run_over_a_day(count, length, pause, until):
    try:
        heats = heats_of(NINE, count, length, pause, Day(until, time(12), time(13)))
    except HeatsError:
        return
    assert len(heats) == count
    for before, after in pairwise(heats):
        assert after.begins - before.ends >= timedelta(minutes=pause) or after.begins.date() > before.begins.date()
    for heat in heats:
        assert heat.ends - heat.begins == timedelta(minutes=length)
        noon = datetime.combine(heat.begins.date(), time(12), BEIJING)
        assert heat.ends <= noon or heat.begins >= noon + timedelta(hours=1)
        assert until is None or heat.ends.time() <= until


@pytest.mark.parametrize(
    ("batches", "length", "pause", "day"),
    [
        (0, 60, 0, Day()),
        (61, 60, 0, Day()),
        (2, 0, 0, Day()),
        (2, 60, -1, Day()),
        (2, 60, 0, Day(rest_from=time(13), rest_until=time(12))),
        (2, 600, 0, Day(until=time(17))),
    ],
)
def test_batches_that_cannot_be_laid_out_are_refused(batches, length, pause, day):
    with pytest.raises(HeatsError):
        heats_of(NINE, batches, length, pause, day)


@pytest.mark.parametrize("text", ["2026-10-18", "2026/10/18", "2026年10月18日", "10月18日", "10-18", "2026-10-18 周日"])
def test_a_day_is_read_as_people_write_it(text):
    assert day_of(text, 2026) == date(2026, 10, 18)


@pytest.mark.parametrize("text", ["", "明天", "2026-13-01", "18", "2026-02-30"])
def test_what_is_no_day_is_refused(text):
    with pytest.raises(RowError):
        day_of(text, 2026)


@pytest.mark.parametrize(("text", "read"), [("8:30", time(8, 30)), ("08：30", time(8, 30)), ("8时", time(8))])
def test_a_time_is_read_as_people_write_it(text, read):
    assert time_of(text) == read
    assert time_of("24:00") == time()


@pytest.mark.parametrize("text", ["", "上午", "25:00", "8:61", "830"])
def test_what_is_no_time_is_refused(text):
    with pytest.raises(RowError):
        time_of(text)


def table(*rows, heading=COLUMNS):
    return [Sheet("日程", [["竞赛日程"], list(heading), *[list(row) for row in rows]])]


def test_a_date_stands_once_over_the_rows_of_its_day_and_wrong_rows_are_told_by_number():
    read, unread = read_table(
        table(["10月18日", "9:00", "11:00", "开幕式"], [], ["", "13:00", "24:00", "焊工"], ["", "午后", "9:00", "x"]),
        2026,
    )

    assert [(one.number, one.title, one.begins_at) for one in read] == [
        (3, "开幕式", NINE),
        (5, "焊工", NINE + timedelta(hours=4)),
    ]
    assert read[1].ends_at == datetime(2026, 10, 19, tzinfo=BEIJING)
    assert [one.number for one in unread] == [6]
    assert "午后" in str(unread[0].error)


@pytest.mark.parametrize("sheets", [[], table(heading=("日期", "内容")), table()])
def test_a_file_without_sessions_is_refused(sheets):
    with pytest.raises(TableError):
        read_table(sheets, 2026)


@pytest.mark.parametrize(
    "row", [["10月18日", "9:00", "11:00", ""], ["10月18日", "9:00", "11:00", "x", "", "", "", "甲"]]
)
def test_a_row_without_name_or_with_a_wrong_batch_is_told(row):
    assert len(read_table(table(row), 2026)[1]) == 1


def test_a_kind_that_nobody_knows_is_told():
    (unread,) = read_table(table(["10月18日", "9:00", "11:00", "x", "", "", "", "", "舞会"]), 2026)[1]
    assert "舞会" in str(unread.error)


@given(
    st.sampled_from([None, *Kind]),
    st.sampled_from([None, *Audience]),
    st.none() | st.integers(1, 999),
    st.integers(0, 1380),
    st.integers(1, 60),
)
def test_what_is_written_is_read_again_as_the_same(kind, audience, batch, begins, length):
    at = NINE.replace(hour=0) + timedelta(minutes=begins)
    row = SessionRow(
        3, at, at + timedelta(minutes=length), "焊工", "1 号馆", "焊工", "A", batch, kind, audience, "备注"
    )

    assert read_table(table(cells_of(row)), 2020) == ([row], [])


@pytest.mark.parametrize(
    ("title", "has_event", "kind"),
    [
        ("焊工第一批检录", True, Kind.CHECK_IN),
        ("选手报到", False, Kind.ARRIVAL),
        ("开幕式", False, Kind.CEREMONY),
        ("技术点评", False, Kind.REVIEW),
        ("领队会", False, Kind.MEETING),
        ("实操 A", True, Kind.CONTEST),
        ("A 模块", True, Kind.CONTEST),
        ("午餐", False, Kind.OTHER),
    ],
)
def test_the_kind_is_told_by_the_name(title, has_event, kind):
    assert kind_by_title(title, has_event=has_event) is kind
