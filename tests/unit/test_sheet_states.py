"""The states of a sheet, and the blank sheet that a judge's device gets."""

import copy
from itertools import product
from typing import Any

import pytest
from factories import WELDING_SCHEME

from core.errors import InvalidInputError
from scoring.engine.scheme_document import scheme_from_document
from scoring.sheets.blank import blank_sheet
from scoring.states import MOVES, SheetAction, SheetState, WrongStateError, after

REASON = "背面未检查"


def test_a_sheet_goes_from_open_to_submitted_to_confirmed() -> None:
    submitted = after(SheetState.OPEN, SheetAction.SUBMIT, "")
    assert submitted is SheetState.SUBMITTED
    assert after(submitted, SheetAction.CONFIRM, "") is SheetState.CONFIRMED


@pytest.mark.parametrize(("state", "action"), list(product(SheetState, SheetAction)))
def test_every_other_move_is_refused(state: SheetState, action: SheetAction) -> None:
    if MOVES[action].before is state:
        assert after(state, action, REASON) is MOVES[action].after
    else:
        with pytest.raises(WrongStateError):
            after(state, action, REASON)


@pytest.mark.parametrize(
    ("state", "action"), [(SheetState.SUBMITTED, SheetAction.RETURN), (SheetState.CONFIRMED, SheetAction.UNLOCK)]
)
@pytest.mark.parametrize("reason", ["", "  ", "\n"])
def test_the_way_back_wants_a_reason(state: SheetState, action: SheetAction, reason: str) -> None:
    with pytest.raises(InvalidInputError):
        after(state, action, reason)


def test_no_single_move_leads_from_open_to_confirmed() -> None:
    assert all((m.before, m.after) != (SheetState.OPEN, SheetState.CONFIRMED) for m in MOVES.values())


def blank(change: Any = None, seat: int = 1) -> dict[str, Any]:
    document = copy.deepcopy(WELDING_SCHEME)
    if change:
        change(document["children"][0])
    return blank_sheet(scheme_from_document(document), "P", seat)


def aspect(sheet: dict[str, Any], code: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in sheet["aspects"] if one["id"] == code)
    return found


def test_the_first_seat_enters_all_and_the_others_what_the_panel_judges() -> None:
    assert [one["id"] for one in blank()["aspects"]] == ["A1", "A2", "A3", "B1", "B2", "B3", "B4"]
    assert [one["id"] for one in blank(seat=2)["aspects"]] == ["A1", "A2"]


def test_only_a_sheet_with_every_aspect_of_its_module_is_measured_against_the_full_marks() -> None:
    whole, part = blank(), blank(seat=2)
    assert part["max"] is None
    assert whole["max"] is not None


def test_a_judgement_brings_its_scale_and_benchmarks() -> None:
    judged = aspect(blank(), "A2")
    assert (judged["low"], judged["high"], judged["step"], judged["max"]) == ("0", "3", "1", "6")
    assert [level for level, _ in judged["benchmarks"]] == ["0", "1", "2", "3"]


def test_a_measurement_brings_its_conversion_as_exact_text() -> None:
    steps = aspect(blank(), "A3")["steps"]
    assert [step["do"] for step in steps] == ["bands", "at_least", "at_most"]
    assert steps[0]["rows"][1] == ["1", "2", False, True, "5"]


def test_a_panel_that_adds_marks_up_leaves_the_worth_of_one_mark_open() -> None:
    def add_up(module: dict[str, Any]) -> None:
        module["children"][0]["children"][0]["panel"] = {"judges": 5, "combine": "sum"}

    assert aspect(blank(add_up), "A1")["steps"] is None


def test_a_value_of_the_contestants_own_is_left_to_the_server() -> None:
    def with_target(module: dict[str, Any]) -> None:
        module["children"][1]["children"].append(
            {"code": "B9", "label": "产量", "kind": "indicator", "max": 10, "target": "target"}
        )

    assert aspect(blank(with_target), "B9")["steps"] is None


@pytest.mark.parametrize("combine", ["mean", {"method": "sum", "best": 2}, {"method": "sum", "drop_low": 1}])
def test_what_is_no_plain_sum_shows_no_total(combine: Any) -> None:
    def other(module: dict[str, Any]) -> None:
        module["children"][0]["combine"] = combine

    assert blank(other)["total"] is None


def test_weights_travel_as_fractions() -> None:
    def weighted(module: dict[str, Any]) -> None:
        module["weights"] = "coefficient"
        module["children"][0]["weight"] = "0.3"
        module["children"][1]["weight"] = "0.7"

    assert [coefficient for coefficient, _ in blank(weighted)["total"]["parts"]] == ["3/10", "7/10"]


def test_a_part_that_does_not_count_is_not_added() -> None:
    def apart(module: dict[str, Any]) -> None:
        module["children"][1]["counts"] = False

    assert len(blank(apart)["total"]["parts"]) == 1
