"""A contestant's time under a module's clock is the same on the tablet and on the server, for any run of presses."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from page_modules import Ask, answering

from scoring.engine.module_clock import SINGLE_KINDS, WHOLE_KINDS, Press, checked, lane, whole
from scoring.engine.stopwatch import StopwatchError, moment_of, reading

BEGIN = datetime(2026, 10, 18, 9, 0, tzinfo=UTC)
CONTESTANTS = (1, 2, 3)
SERVE = """
import { createInterface } from "node:readline";
import { lane, ordered, readingAt, whole } from "./module_clock.js";
for await (const line of createInterface({ input: process.stdin })) {
  const presses = ordered(JSON.parse(line));
  const now = presses[presses.length - 1];
  const show = (moments) => readingAt(moments, now);
  console.log(JSON.stringify([whole(presses), ...[1, 2, 3].map((one) => lane(presses, one))].map(show)));
}
"""


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    with answering(tmp_path_factory.mktemp("clock"), ("module_clock.js", "stopwatch.js", "store.js"), SERVE) as answer:
        yield answer


def pressed(document: dict[str, Any]) -> Press:
    return Press(moment_of(document), frozenset(document["entrants"]))


@st.composite
def clocks(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Presses that a clock has taken, begun at once; what it refuses is left out, as on the server."""
    found: list[dict[str, Any]] = []
    wall = 0
    for number in range(draw(st.integers(1, 14))):
        concerned = draw(st.sets(st.sampled_from(CONTESTANTS), max_size=2)) if number else set()
        kind = draw(st.sampled_from(SINGLE_KINDS if concerned else WHOLE_KINDS)) if number else "start"
        wall += draw(st.integers(1, 100_000))
        at = (BEGIN + timedelta(milliseconds=wall)).isoformat(timespec="milliseconds")
        document = {"kind": kind, "at": at, "mono": wall, "life": draw(st.sampled_from("ab")), "reason": "断电"}
        document |= {"seconds": str(draw(st.integers(1, 90)))} if kind == "credit" else {}
        document |= {"entrants": sorted(concerned)}
        try:
            checked([*map(pressed, found), pressed(document)])
        except StopwatchError:
            continue
        found.append(document)
    return found


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(clock=clocks())
def test_tablet_and_server_show_the_same(ask: Ask, clock: list[dict[str, Any]]) -> None:
    presses = checked(map(pressed, clock))
    there = ask(clock)
    for shown, here in zip(there, [whole(presses), *(lane(presses, one).reading for one in CONTESTANTS)], strict=True):
        assert (shown["state"], shown["credit"]) == (here.state, here.credit)
        if here.state != "running":
            assert (shown["gross"], shown["net"]) == (here.gross, here.net)


@settings(max_examples=200, deadline=None)
@given(clock=clocks())
def test_every_lane_is_a_stop_watch_and_nobody_has_run_longer_than_the_clock(clock: list[dict[str, Any]]) -> None:
    presses = checked(map(pressed, clock))
    begun = max((n for n, one in enumerate(presses) if one.moment.kind == "start"), default=0)
    longest = (presses[-1].moment.at - presses[begun].moment.at) // timedelta(milliseconds=1)
    for contestant in CONTESTANTS:
        found = lane(presses, contestant)
        assert found.reading == reading(found.moments)
        assert found.reading.gross <= longest
