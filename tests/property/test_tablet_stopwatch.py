"""The stop watch on the tablet and the one on the server show the same for any run of moments."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from page_modules import Ask, answering

from scoring.engine.stopwatch import moments_of, reading, time_text

BEGIN = datetime(2026, 10, 18, 9, 0, tzinfo=UTC)
NEXT = {
    "idle": {"start": "running"},
    "running": {"pause": "paused", "stop": "stopped", "credit": "running", "jump": "running", "clear": "idle"},
    "paused": {"resume": "running", "stop": "stopped", "credit": "paused", "jump": "paused", "clear": "idle"},
    "stopped": {"unstop": "running", "credit": "stopped", "jump": "stopped", "clear": "idle"},
}
SERVE = """
import { createInterface } from "node:readline";
import { reading, timeText, ways } from "./stopwatch.js";
for await (const line of createInterface({ input: process.stdin })) {
  const { moments, step } = JSON.parse(line);
  const found = reading(moments);
  console.log(JSON.stringify({ ...found, text: timeText(found.net, step), ways: ways(found.state) }));
}
"""


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    with answering(tmp_path_factory.mktemp("watch"), ("stopwatch.js", "store.js"), SERVE) as answer:
        yield answer


@st.composite
def watches(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Moments in an order that a watch allows; the clocks go as they like."""
    state, wall, mono, life, found = "idle", 0, 0, "a", []
    for _ in range(draw(st.integers(0, 12))):
        kind = draw(st.sampled_from(sorted(NEXT[state])))
        state = NEXT[state][kind]
        wall += draw(st.integers(-5_000, 100_000))
        mono += draw(st.integers(0, 100_000))
        if draw(st.booleans()) and draw(st.booleans()):
            life, mono = life + "a", 0
        document = {"kind": kind, "at": _iso(wall), "mono": mono, "life": life}
        if kind == "credit":
            document |= {"seconds": str(draw(st.integers(1, 600))), "reason": "断电"}
        elif kind == "jump":
            document |= {"seconds": f"{draw(st.integers(-99_999, 99_999)) / 1000:.3f}"}
        elif kind in ("clear", "unstop"):
            document |= {"reason": "误触"}
        found.append(document)
    return found


def _iso(milliseconds: int) -> str:
    moment = BEGIN + timedelta(milliseconds=milliseconds)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(watch=watches(), step=st.sampled_from([None, "1", "0.1", "0.01", "0.5"]))
def test_both_show_the_same(ask: Ask, watch: list[dict[str, Any]], step: str | None) -> None:
    here = reading(moments_of(watch))
    there = ask({"moments": watch, "step": step})
    assert (there["state"], there["gross"], there["credit"]) == (here.state, here.gross, here.credit)
    assert there["text"] == time_text(here.net, None if step is None else Fraction(step))
    assert set(there["ways"]) == set(NEXT[here.state]) - {"jump"}
