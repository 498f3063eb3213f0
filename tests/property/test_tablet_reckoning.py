"""The figures that a judge sees while marking are the engine's: the page's own arithmetic against it."""

import json
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from factories import WELDING_MARKS, WELDING_SCHEME
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from installation import ROOT
from page_modules import answering

from core.errors import DomainError
from scoring.engine.exact import MODES, Rounding, round_exact
from scoring.engine.marks import check_mark
from scoring.engine.scheme import Entry, Node, Scheme
from scoring.engine.scheme_document import scheme_from_document
from scoring.engine.steps import (
    Absolute,
    Arithmetic,
    Band,
    Bands,
    Deviation,
    Lookup,
    NotComputableError,
    Operand,
    Piecewise,
    Rate,
    Round,
    Step,
    apply_step,
)
from scoring.sheets.blank import aspect_document, blank_sheet, steps_document

Ask = Callable[[str, Any], Any]

SERVE = """
import { createInterface } from "node:readline";
import { decimal, fraction, round } from "./exact.js";
import { pressed, read } from "./entry.js";
import { afterSteps, total, worth } from "./reckon.js";
const text = (value) => (value === null || value === undefined ? null : `${value.n}/${value.d}`);
const ANSWERS = {
  fraction: (a) => text(fraction(a)),
  decimal: (a) => decimal(fraction(a)),
  round: ({ value, quantum, mode }) => text(round(fraction(value), fraction(quantum), mode)),
  steps: ({ steps, value }) => text(afterSteps(steps, fraction(value))),
  read: ({ aspect, entered }) => text(read(aspect, entered).value),
  pressed: ({ keys }) => keys.reduce(pressed, ""),
  total: ({ blank, marks }) => {
    const aspects = new Map(blank.aspects.map((aspect) => [aspect.id, aspect]));
    const worthOf = (id) => (id in marks ? worth(aspects.get(id), read(aspects.get(id), marks[id]).value) : undefined);
    return text(total(blank.total, worthOf));
  },
};
for await (const line of createInterface({ input: process.stdin })) {
  const { what, data } = JSON.parse(line);
  console.log(JSON.stringify(ANSWERS[what](data)));
}
"""


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    with answering(tmp_path_factory.mktemp("modules"), ("exact.js", "entry.js", "reckon.js"), SERVE) as answer:
        yield lambda what, data: answer({"what": what, "data": data})


def fraction(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)


decimals = st.decimals(-1000, 1000, places=3).map(Fraction)
positive = st.decimals("0.01", 100, places=2).map(Fraction)
numbers = decimals.map(lambda f: Operand(number=f))
bands = st.lists(
    st.builds(Band, st.none() | decimals, st.none() | decimals, st.booleans(), st.booleans(), decimals), max_size=4
).map(tuple)
pairs = st.lists(st.tuples(decimals, decimals), min_size=2, max_size=5, unique_by=lambda p: p[0])
steps: st.SearchStrategy[Step] = st.one_of(
    st.builds(Round, st.builds(Rounding, positive, st.sampled_from(MODES))),
    st.just(Absolute()),
    st.builds(
        Arithmetic,
        st.sampled_from(
            ["multiply", "divide", "divide_into", "add", "subtract", "subtract_from", "at_least", "at_most"]
        ),
        numbers,
    ),
    st.builds(Bands, bands, st.none() | decimals),
    st.builds(Lookup, pairs.map(tuple), st.none() | decimals),
    st.builds(Piecewise, pairs.map(lambda rows: tuple(sorted(rows)))),
    st.builds(
        Deviation,
        numbers,
        decimals,
        positive,
        decimals,
        decimals,
        positive,
        st.sampled_from(["floor", "ceiling", "exact"]),
    ),
    st.builds(Rate, numbers, st.sampled_from(["actual_by_target", "target_by_actual", "complement"])),
)
patient = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


def engine(chain: list[Step], value: Fraction) -> Fraction | None:
    try:
        for step in chain:
            value = apply_step(step, value, lambda operand: operand.number or Fraction(0))
    except NotComputableError:
        return None
    return value


@patient
@given(st.lists(steps, max_size=4), decimals)
def test_every_chain_of_steps_gives_the_engines_value(ask: Ask, chain: list[Step], value: Fraction) -> None:
    answer = ask("steps", {"steps": steps_document(chain), "value": str(value)})
    assert fraction(answer) == engine(chain, value)


@patient
@given(decimals, positive, st.sampled_from(MODES))
def test_every_way_of_rounding_is_the_engines(ask: Ask, value: Fraction, quantum: Fraction, mode: str) -> None:
    answer = ask("round", {"value": str(value), "quantum": str(quantum), "mode": mode})
    assert fraction(answer) == round_exact(value, Rounding(quantum, mode))


def points(**entry: Any) -> Node:
    return Node(id="A", code="A", label="焊缝", level="aspect", entry=Entry(**({"kind": "points"} | entry)))


ENTRIES = [
    points(low=Fraction(0), high=Fraction(20), step=Fraction(1, 2)),
    points(low=Fraction(-5), high=Fraction(5)),
    points(low=Fraction(1, 4), high=Fraction(3), step=Fraction(1, 4)),
    points(kind="measurement", is_time=True, high=Fraction(7200)),
    points(kind="measurement", words=(("TOP", Fraction(50)),), suffixes=(("+", Fraction(1, 10)),)),
    points(kind="choice", options=(("彻底", Fraction(6)), ("基本", Fraction(3)))),
    points(kind="yes_no", options=(("是", Fraction(1)), ("否", Fraction(0)))),
    points(kind="count", low=Fraction(0), step=Fraction(1)),
]
typed = st.one_of(
    st.text(alphabet="0123456789.:-+", min_size=1, max_size=8),
    st.sampled_from(["TOP", "top", "34+", "彻底", "是", "否", "1e2", "٣", "１８", "NaN", "1/2", "0.5", "20", "20.5"]),
    st.decimals(-30, 30, places=2).map(str),
)


@patient
@given(st.sampled_from(ENTRIES), typed)
def test_the_page_admits_exactly_what_the_server_admits(ask: Ask, node: Node, text: str) -> None:
    try:
        expected: Fraction | None = check_mark(node, text)
    except DomainError:
        expected = None
    scheme = scheme_from_document(WELDING_SCHEME)
    document = aspect_document(scheme, node, "P")
    assert fraction(ask("read", {"aspect": document, "entered": text})) == expected


@patient
@given(st.lists(st.sampled_from([*"0123456789", ".", "half", "erase", "clear", "minus"]), max_size=12))
def test_keys_never_make_two_points_or_leading_zeros(ask: Ask, keys: list[str]) -> None:
    text = ask("pressed", {"keys": keys})
    assert text.count(".") <= 1
    assert len(text.lstrip("-").split(".")[0].lstrip("0")) >= len(text.lstrip("-").split(".")[0]) - 1


@pytest.fixture(scope="module")
def welding() -> Scheme:
    return scheme_from_document(WELDING_SCHEME)


def test_a_complete_sheet_adds_up(ask: Ask, welding: Scheme) -> None:
    blank = blank_sheet(welding, "P", 1)
    assert ask("total", {"blank": blank, "marks": WELDING_MARKS}) == "65/2"
    assert ask("total", {"blank": blank, "marks": {}}) == "0/1"
    assert ask("total", {"blank": blank, "marks": {"B3": "4"}}) == "-8/1"


@pytest.mark.parametrize("path", sorted((ROOT / "docs" / "examples").glob("*.yaml")), ids=lambda path: path.stem)
def test_every_example_scheme_has_a_blank_sheet(path: Path) -> None:
    from scoring.formats import read_scheme
    from scoring.sheets.seating import modules_of

    scheme = read_scheme(path)
    for module in modules_of(scheme):
        blank = blank_sheet(scheme, module.id, 1)
        assert [a["id"] for a in blank["aspects"]] == [a.id for a in scheme.aspects(module.id)]
        json.dumps(blank)
