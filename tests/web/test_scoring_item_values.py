"""Item values on the web: a contestant's target, difficulty or time comes in by list and reaches the engine."""

import json

import pytest
from factories import make_account, make_actor, make_competition, make_event, sign_in_account
from item_valued import DIVING, LABOUR, Site
from sqlalchemy import select

from competitions.lifecycle import CompetitionState
from competitions.models import Entrant, Form, ModuleKind
from competitions.setup import EmptyNameError, NameTakenError, WrongStateError
from competitions.units.registering import AddUnits, NotForUnitsError, UnitFacts, add_units
from core.audit import AuditEntry
from core.db import db
from core.errors import ConflictError, InvalidInputError
from core.permissions import Role
from scoring.engine.scheme_document import scheme_from_document
from scoring.models import ResultLine, ScoreSheet, SheetRevision
from scoring.outside_lists.reading import read_external_list
from scoring.outside_lists.taking import WrongListError, external_module, outside_values
from scoring.results.computing import ComputeResult, compute_result, mark_rows
from scoring.sheets.item_values import item_columns, item_place
from scoring.sheets.seating import module_kind, modules_of
from scoring.states import SheetState


@pytest.fixture
def site(app):
    return Site()


def test_a_report_of_indicators_comes_from_outside_and_a_judged_module_does_not():
    labour, diving = scheme_from_document(LABOUR), scheme_from_document(DIVING)

    assert [module_kind(labour, m) for m in modules_of(labour)] == [ModuleKind.EXTERNAL]
    assert [module_kind(diving, m) for m in modules_of(diving)] == [ModuleKind.JUDGED] * 2


def test_an_indicator_beside_a_panel_is_marked_by_judges():
    document = json.loads(json.dumps(LABOUR))
    document["children"][0]["children"][1] = {"code": "观感", "max": 40, "panel": {"judges": 3}}
    scheme = scheme_from_document(document)

    assert module_kind(scheme, scheme.nodes["月报"]) is ModuleKind.JUDGED


def test_a_list_asks_for_the_values_that_rules_of_its_module_use_and_the_first_list_for_those_of_the_whole():
    scheme = scheme_from_document(DIVING)

    assert [column.key for column in item_columns(scheme, "动作")] == ["total//time", "A//factor"]
    assert item_columns(scheme, "收尾") == ()
    assert [column.label for column in item_columns(scheme, "动作")] == ["用时", "A 难度系数"]


def test_the_key_of_an_item_value_is_never_taken_for_an_aspect():
    assert item_place("1#楼//target") == ("1#楼", "target")
    assert item_place("七月/进度//target") == ("七月/进度", "target")
    assert item_place("七月/进度") is None
    assert item_place("1#楼") is None


def test_target_and_actual_of_a_list_become_points(site):
    rows = [["抽签号", "1#楼", "1#楼 目标", "合格"], ["1", "90", "100", "是"], ["2", "100", "80", "否"]]
    assert site.take_in(rows) == 2

    assert site.newest() == {"1#楼": "90", "1#楼//target": "100", "合格": "是"}
    snapshot = compute_result(ComputeResult(site.competition.id, site.event_id, site.actor))
    lines = db.session.scalars(select(ResultLine).where(ResultLine.snapshot_id == snapshot).order_by("position"))
    assert [(line.rank, line.total) for line in lines] == [("1", "94"), ("2", "60")]


@pytest.mark.parametrize("heading", ["1#楼 目标", "一号楼产值　计划", "1#楼目标", "目标", "计划值", "1#楼 TARGET"])
def test_the_column_of_a_target_is_found_by_code_label_or_where_clear_by_the_word_alone(sqlite_app, heading):
    site = Site()
    site.take_in([["编号", heading], ["1", "12.5"]])

    assert site.newest() == {"1#楼//target": "12.5"}


def test_a_column_given_twice_is_refused(sqlite_app):
    with pytest.raises(InvalidInputError, match="重复"):
        Site().take_in([["抽签号", "目标", "1#楼 目标"], ["1", "2", "3"]])


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (["1", "90", "一百", "是"], "第 2 行：「一号楼产值 目标」应填数字"),
        (["1", "九十", "100", "是"], "第 2 行：「一号楼产值」应填数字"),
        (["", "90", "100", "是"], "第 2 行：缺少抽签号"),
        (["7", "90", "100", "是"], "没有抽签号 7"),
    ],
)
def test_a_wrong_value_is_named_by_row_and_nothing_is_stored(site, row, words):
    with pytest.raises(WrongListError) as caught:
        site.take_in([["抽签号", "1#楼", "1#楼 目标", "合格"], row, ["2", "1", "1", "是"]])

    assert words in str(caught.value.problems[0])
    assert db.session.scalars(select(SheetRevision)).all() == []


def test_a_row_shorter_than_the_heading_leaves_its_last_cells_empty(sqlite_app):
    site = Site()
    admitted = outside_values(site.modules()[0])
    lines = read_external_list("抽签号,1#楼,目标\n1,90\n".encode(), "a.csv", admitted.aspects, admitted.items)

    assert lines[0].values == {"1#楼": "90", "1#楼//target": ""}


def test_a_later_list_changes_only_the_columns_that_it_has(site):
    site.take_in([["抽签号", "1#楼", "目标", "合格"], ["1", "90", "100", "是"]])
    assert site.take_in([["抽签号", "目标"], ["1", "120"]]) == 1
    assert site.newest() == {"1#楼": "90", "1#楼//target": "120", "合格": "是"}

    assert site.take_in([["抽签号", "目标"], ["1", ""]]) == 1
    assert site.newest()["1#楼//target"] is None


def test_what_came_from_a_list_is_in_the_audit_record_with_its_file(site):
    site.take_in([["抽签号", "目标"], ["1", "120"]])

    entry = db.session.scalar(select(AuditEntry).where(AuditEntry.action == "external.imported"))
    assert entry.detail == {"file": "清单.xlsx", "lines": 1, "changed": 1}


def test_a_judged_module_with_a_difficulty_gets_one_outside_sheet_for_it(app):
    site = Site(DIVING, entrants=1)
    module, last = site.modules()
    seats = db.session.scalars(select(ScoreSheet.seat_number).where(ScoreSheet.module_id == module.id))

    assert sorted(seats) == [0, 1, 2]
    assert outside_values(module).aspects == ()
    with pytest.raises(ConflictError, match="由裁判评分"):
        external_module(site.competition.id, last.id)

    site.take_in([["抽签号", "难度", "用时"], ["1", "3.2", "1:05.5"]])
    rows = {
        (row.aspect, *row.items.items()) for row in mark_rows(db.session(), site.event_id, open_only=False) if row.items
    }
    assert rows == {("A", ("factor", "3.2")), ("", ("time", "1:05.5"))}


def test_a_time_that_is_none_is_refused(sqlite_app):
    with pytest.raises(WrongListError):
        Site(DIVING, entrants=1).take_in([["抽签号", "用时"], ["1", "五分钟"]])


def test_the_pages_show_item_values_and_say_which_columns_a_list_may_have(site, client):
    sign_in_account(client, make_account(role=Role.ORGANISER, competition=site.competition))
    base = f"/scoring/competitions/{site.competition.id}"
    module = site.modules()[0]
    site.take_in([["抽签号", "1#楼", "目标"], ["1", "90", "100"]])
    sheet = db.session.scalar(select(ScoreSheet).where(ScoreSheet.state == SheetState.SUBMITTED))

    assert "1#楼 目标" in client.get(f"{base}/modules/{module.id}/external").get_data(as_text=True)
    shown = client.get(f"{base}/sheets/{sheet.id}").get_data(as_text=True)
    assert "<b>100</b>" in shown
    assert "1#楼 target" in shown
    assert client.get(f"{base}/events/{site.event_id}/board").status_code == 200
    board = client.get(f"{base}/board").get_data(as_text=True)
    assert f"/events/{site.event_id}/external" in board


class Contest:
    """A competition at registration with an event of units."""

    def __init__(self, form=Form.UNIT, state=CompetitionState.REGISTERING):
        self.competition = make_competition(state=state)
        self.event_id = make_event(competition_id=self.competition.id, form=form).id
        self.actor = make_actor(Role.ORGANISER, self.competition.id)

    def add(self, *units):
        facts = tuple(UnitFacts(*unit) for unit in units)
        return add_units(AddUnits(self.competition.id, self.event_id, facts, self.actor))


def test_units_are_entrants_without_members_and_their_enterprises_delegations(app):
    contest = Contest()
    assert contest.add(("一项目部", "甲公司"), ("二项目部", "甲公司"), ("丙厂", "")) == 3

    entrants = db.session.scalars(select(Entrant).where(Entrant.event_id == contest.event_id)).all()
    assert [(e.name, e.delegation.name, e.members) for e in entrants] == [
        ("一项目部", "甲公司", []),
        ("二项目部", "甲公司", []),
        ("丙厂", "丙厂", []),
    ]


def test_a_unit_is_registered_once(sqlite_app):
    contest = Contest()
    with pytest.raises(NameTakenError):
        contest.add(("一项目部", "甲"), ("一项目部 ", "乙"))
    contest.add(("一项目部", "甲"))
    with pytest.raises(NameTakenError):
        contest.add(("一项目部", "甲"))
    with pytest.raises(EmptyNameError):
        contest.add(("", "甲"))


def test_units_are_not_taken_into_an_event_of_persons_or_after_registration(sqlite_app):
    with pytest.raises(NotForUnitsError):
        Contest(form=Form.TEAM).add(("一项目部", "甲"))
    with pytest.raises(WrongStateError):
        Contest(state=CompetitionState.MARKING).add(("一项目部", "甲"))
