"""Panels of three and of five in one module: each aspect stands on its own seats from the sheet to the result."""

from copy import deepcopy
from fractions import Fraction
from typing import Any
from uuid import uuid4

import pytest
from factories import make_judge, make_panel
from flask import Flask
from judge_devices import judge_actor
from marked import Stage
from sqlalchemy import select

from competitions.models import Judge, Panel
from core.db import db, transaction
from scoring.engine.scheme_document import scheme_from_document
from scoring.models import ResultLine, ScoreSheet
from scoring.results.computing import ComputeResult, compute_result
from scoring.sheet_files.blank_forms import paper_sheets
from scoring.sheets.checks import BadMarksError
from scoring.sheets.opening import seats_wanted
from scoring.sheets.reading import aspects_on
from scoring.sheets.review import ConfirmSubmitted, confirm_submitted
from scoring.sheets.saving import SaveMarks, SubmitSheet, save_marks, submit_sheet
from scoring.sheets.seating import SeatNameError, aspects_of_seat, judges_wanted

FIVE = {"judges": 5, "drop_high": 1, "drop_low": 1, "round": 2}


def scheme_with(panel: Any, **more: Any) -> dict[str, Any]:
    """One judged module: “外观” by five judges, “工艺” by `panel`, “用时” taken once."""
    return {
        "format": "1",
        "title": "焊工",
        "max": 100,
        "children": [
            {
                "code": "P",
                "label": "操作技能",
                "level": "module",
                "max": 100,
                "children": [
                    {"code": "P1", "label": "外观", "kind": "points", "max": 50, "step": "0.5", "panel": FIVE},
                    {"code": "P2", "label": "工艺", "kind": "points", "max": 40, "step": "0.5", "panel": panel},
                    {"code": "P3", "label": "用时", "kind": "points", "max": 10},
                ],
            }
        ],
    } | more


THREE = scheme_with({"judges": 3, "round": 2})
NAMED = scheme_with({"groups": [{"judges": ["J2"]}, {"judges": ["J4", "J5"]}], "combine": "mean"})


class Hall(Stage):
    """Five judges at the one module of `document`."""

    def __init__(self, document: dict[str, Any]) -> None:
        super().__init__(contestants=2)
        with transaction() as session:
            for panel in session.scalars(select(Panel)):
                session.delete(panel)
        self.adopt(deepcopy(document))
        self.judges: list[Judge] = [make_judge(competition_id=self.competition.id) for _ in range(5)]
        make_panel(module_id=self.module("P").id, judges=self.judges)
        self.open()

    def aspects(self, seat: int) -> list[str]:
        return [node.code for node in aspects_on(self.sheet(0, seat), "P").values()]

    def save(self, entrant: int, seat: int, marks: dict[str, str | None]) -> None:
        actor = judge_actor(self.judges[seat - 1])
        save_marks(SaveMarks(self.sheet(entrant, seat).id, uuid4(), marks, 0), actor)

    def hand_in(self, entrant: int, seat: int, by_code: dict[str, str]) -> None:
        """Fill in what stands on the sheet, and hand it in."""
        sheet = self.sheet(entrant, seat)
        marks = {node_id: by_code[node.code] for node_id, node in aspects_on(sheet, "P").items()}
        self.save(entrant, seat, marks)
        submit_sheet(SubmitSheet(sheet.id, uuid4(), base_revision=1), judge_actor(self.judges[seat - 1]))

    def result(self) -> dict[str, Fraction]:
        """Draw number to total."""
        confirm_submitted(ConfirmSubmitted(self.competition.id, self.module("P").id, self.chief))
        snapshot = compute_result(ComputeResult(self.competition.id, self.event_id, self.chief))
        lines = db.session.scalars(select(ResultLine).where(ResultLine.snapshot_id == snapshot))
        return {str(line.entrant.draw_number): Fraction(line.total or "-1") for line in lines}


def test_an_aspect_for_three_judges_stands_on_the_first_three_of_five_seats(app: Flask) -> None:
    hall = Hall(THREE)

    assert [hall.aspects(seat) for seat in range(1, 6)] == [
        ["P1", "P2", "P3"],
        ["P1", "P2"],
        ["P1", "P2"],
        ["P1"],
        ["P1"],
    ]
    assert seats_wanted([hall.event_id]) == {hall.event_id: {"P": 5}}


def test_both_panels_come_to_a_result_from_their_own_judges(app: Flask) -> None:
    hall = Hall(THREE)
    for seat, (look, craft) in enumerate([("30", "20"), ("32", "21"), ("34", "25"), ("36", ""), ("50", "")], start=1):
        hall.hand_in(0, seat, {"P1": look, "P2": craft, "P3": "7"})
        hall.hand_in(1, seat, {"P1": "10", "P2": "10", "P3": "0"})

    # (32 + 34 + 36) / 3 + (20 + 21 + 25) / 3 + 7
    assert hall.result() == {"1": Fraction(63), "2": Fraction(20)}


def test_a_fourth_judge_has_no_mark_to_give_where_three_are_asked_for(app: Flask) -> None:
    hall = Hall(THREE)
    with pytest.raises(BadMarksError):
        hall.save(0, 4, {"P1": "30", "P2": "20"})


def test_judges_by_seat_mark_at_the_seats_so_named(app: Flask) -> None:
    hall = Hall(NAMED)
    assert [seat for seat in range(1, 6) if "P2" in hall.aspects(seat)] == [2, 4, 5]
    for entrant in (0, 1):
        for seat, craft in enumerate(("", "30", "", "10", "20"), start=1):
            hall.hand_in(entrant, seat, {"P1": "40", "P2": craft, "P3": "5"})

    # 40 + (30 + (10 + 20) / 2) / 2 + 5
    assert set(hall.result().values()) == {Fraction("67.5")}


def test_seats_without_any_aspect_have_no_sheet(app: Flask) -> None:
    document = scheme_with({"judges": 3})
    document["children"][0]["children"][0]["panel"] = {"judges": 3}
    Hall(document)

    assert set(db.session.scalars(select(ScoreSheet.seat_number))) == {1, 2, 3}


@pytest.mark.parametrize(
    "panel",
    [{"judges": ["张三", "J2"]}, {"groups": [{"judges": ["J1"]}, {"judges": ["A1", "A2"]}]}],
)
def test_judges_who_are_no_seats_are_refused_before_anybody_marks(app: Flask, panel: Any) -> None:
    stage = Stage()
    stage.adopt(scheme_with(panel))

    with pytest.raises(SeatNameError, match="席位"):
        stage.open()
    assert db.session.scalars(select(ScoreSheet)).all() == []
    assert stage.adopt(THREE) == 3


def test_paper_has_a_form_for_each_kind_of_seat() -> None:
    sheets = paper_sheets(scheme_from_document(deepcopy(THREE)))

    assert [(sheet.seat, [line.code for line in sheet.lines]) for sheet in sheets] == [
        ("第 1 席裁判（含只记一次的评分项）", ["P1", "P2", "P3"]),
        ("第 2、3 席裁判，每人一张", ["P1", "P2"]),
        ("第 4、5 席裁判，每人一张", ["P1"]),
    ]


def test_where_one_panel_is_open_further_seats_mark_it_alone() -> None:
    scheme = scheme_from_document(scheme_with({"missing": "use_given"}))

    assert [aspect.code for aspect in aspects_of_seat(scheme, "P", 9)] == ["P2"]
    assert judges_wanted(scheme, "P") == 5
    assert paper_sheets(scheme)[-1].seat == "其余各席裁判，每人一张"
