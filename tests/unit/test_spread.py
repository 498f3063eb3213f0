"""Which votes are too far apart: exactly at the limit, in groups, of those who are gone, and of groups as a whole."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.engine.marks import MarkRow, collect_marks
from scoring.engine.scheme_document import scheme_from_document
from scoring.engine.spread import Spread, spreads, watched
from scoring.engine.totals import evaluate


def scheme(panel: dict[str, Any], **aspect: Any) -> Any:
    part = {"code": "J1", "label": "造型", "kind": "judgement", "max": 3} | aspect
    return scheme_from_document({"title": "美容", "default_panel": panel, "children": [part]})


def found(panel: dict[str, Any], votes: dict[str, str], status: str = "", **aspect: Any) -> list[Spread]:
    parsed = scheme(panel, **aspect)
    rows = [MarkRow("7", status=status)] + [MarkRow("7", "J1", judge, value) for judge, value in votes.items()]
    return spreads(evaluate(parsed, collect_marks(parsed, rows)))


THREE = {"judges": 3, "spread": 1, "missing": "wait"}


@given(st.lists(st.integers(0, 3), min_size=3, max_size=3))
def test_an_alarm_is_more_than_one_apart_and_nothing_else(votes: list[int]) -> None:
    alarms = found(THREE, {f"J{n}": str(vote) for n, vote in enumerate(votes, start=1)})
    assert bool(alarms) is (max(votes) - min(votes) > 1)
    if alarms:
        assert alarms[0].width == max(votes) - min(votes)
        assert alarms[0].judges == ("J1", "J2", "J3")
        assert (alarms[0].contestant, alarms[0].node, alarms[0].aspects, alarms[0].limit) == ("7", "J1", ("J1",), 1)


def test_a_limit_that_is_no_whole_number_is_kept_exactly() -> None:
    panel = THREE | {"spread": "0.3"}
    votes = {"J1": "0.1", "J2": "0.2", "J3": "0.4"}
    aspect = {"kind": "points", "max": 10, "step": "0.1"}
    assert found(panel, votes, **aspect) == []
    assert found(panel, votes | {"J3": "0.5"}, **aspect)[0].width == Fraction(4, 10)


def test_nobody_is_asked_again_for_a_contestant_who_is_out() -> None:
    votes = {"J1": "0", "J2": "1", "J3": "3"}
    assert found(THREE, votes, status="withdrawn") == []
    assert len(found(THREE, votes)) == 1


def test_two_of_three_are_enough_for_an_alarm_only_where_the_panel_does_not_wait() -> None:
    votes = {"J1": "0", "J2": "3"}
    assert found(THREE, votes) == []
    assert found(THREE | {"missing": "use_given"}, votes)[0].judges == ("J1", "J2")


def test_only_the_group_that_holds_votes_again() -> None:
    groups = [{"judges": ["J1", "J2"], "spread": 1}, {"judges": ["J3", "J4"], "spread": 1}]
    alarms = found({"groups": groups, "combine": "sum"}, {"J1": "0", "J2": "1", "J3": "0", "J4": "3"})
    assert [alarm.judges for alarm in alarms] == [("J3", "J4")]


def test_a_group_judged_as_a_whole_is_voted_on_in_all_its_aspects() -> None:
    parts = [{"code": code, "label": code, "kind": "points", "max": 10} for code in ("A1", "A2")]
    group = {"code": "A", "label": "外观", "panel": {"judges": 2, "spread": 3, "missing": "wait"}, "children": parts}
    parsed = scheme_from_document({"title": "美容", "children": [group]})
    rows = [MarkRow("7", code, judge, value) for judge, value in (("J1", "2"), ("J2", "6")) for code in ("A1", "A2")]
    (alarm,) = spreads(evaluate(parsed, collect_marks(parsed, rows)))
    assert (alarm.node, alarm.aspects, alarm.width) == ("A", ("A1", "A2"), 8)


@pytest.mark.parametrize(
    ("panel", "holds"),
    [
        (THREE, True),
        ({"judges": 3}, False),
        ({"groups": [{"judges": ["J1"]}, {"judges": ["J2"], "spread": 1}], "combine": "sum"}, True),
    ],
)
def test_whether_a_scheme_could_hold_at_all(panel: dict[str, Any], holds: bool) -> None:
    assert bool(watched(scheme(panel).root)) is holds
