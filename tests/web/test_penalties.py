"""Penalties: only what the scheme provides, also after confirmation, with reason and person; who may look at them."""

from html import unescape
from uuid import uuid4

import pytest
from factories import make_account, make_actor, make_judge, make_panel, sign_in_account, sign_in_judge
from marked import SCHEME, Stage

from competitions.models import Entrant, EntrantStatus
from competitions.registration.entrants import ChangeStatus, change_status
from core.auth import Actor, SubjectKind
from core.clock import now
from core.db import db, transaction
from core.errors import NotAllowedError
from core.permissions import Role
from scoring.jury.early_looks import OpenEarly, open_early
from scoring.models import ResultLine, ScoreSheet, SheetRevision
from scoring.outside_lists.taking import ExternalMark, ImportExternal, import_external
from scoring.penalties.reading import penalties_of, places_of
from scoring.sheets.review import ChangeSheet, ConfirmSubmitted, change_sheet, confirm_submitted
from scoring.states import SheetAction, SheetState

GROUPED = {
    "format": "1",
    "title": "焊工",
    "default_panel": SCHEME["default_panel"],
    "max": 100,
    "round": 2,
    "children": [
        {"code": "G", "label": "评分", "weights": "percent", "max": 100, "children": SCHEME["children"]},
        {
            "code": "V",
            "label": "违规扣分",
            "level": "module",
            "steps": [{"at_least": -20}],
            "children": [
                {"code": "V1", "label": "违反赛场纪律", "kind": "deduction", "each": 2, "missing": "zero"},
                {"code": "V2", "label": "作弊", "kind": "disqualification"},
            ],
        },
    ],
}


class Scene(Stage):
    """An event with a module of penalties that one judge keeps, marked and confirmed but for that module."""

    def __init__(self, app):
        super().__init__(2)
        self.app = app
        self.adopt(GROUPED)
        self.keeper = make_judge(competition_id=self.competition.id, name="执纪裁判")
        make_panel(module_id=self.module("V").id, judges=[self.keeper])
        self.open()
        for entrant in (0, 1):
            for seat in (1, 2, 3):
                self.mark(entrant, seat, "80")
            self.note(entrant, {"V1": "0"})
        self.take_in([ExternalMark(2, "1", {"T": "80"}), ExternalMark(3, "2", {"T": "80"})])

    def note(self, entrant, marks, notes=None, by=None):
        sheet = self.sheet(entrant, 1, "V")
        with transaction() as session:
            row = session.get(ScoreSheet, sheet.id)
            row.revision, row.state = row.revision + 1, SheetState.SUBMITTED
            known = {
                "marks": marks,
                "notes": notes or {},
                "saved_at": now(),
                "saved_by": by or f"judge:{self.keeper.id}",
            }
            session.add(SheetRevision(sheet_id=row.id, number=row.revision, key=uuid4(), **known))

    def confirm_all(self):
        for code in ("T", "P", "V"):
            confirm_submitted(ConfirmSubmitted(self.competition.id, self.module(code).id, self.chief))

    def change(self, entrant, action, reason="", actor=None):
        sheet = self.sheet(entrant, 1, "V").id
        change_sheet(ChangeSheet(self.competition.id, sheet, action, actor or self.chief, reason))

    def found(self):
        db.session.rollback()
        event = db.session.get_one(Entrant, self.entrants[0]).event
        return penalties_of(db.session(), event, self.chief)

    def totals(self, reason=""):
        snapshot = self.compute(reason)
        query = db.session.query(ResultLine).filter_by(snapshot_id=snapshot)
        lines = {line.entrant_id: (line.total, line.status) for line in query}
        return [lines[entrant] for entrant in self.entrants]

    @property
    def address(self):
        return f"/scoring/competitions/{self.competition.id}/events/{self.event_id}/penalties"

    def page(self, role=Role.CHIEF_JUDGE, more=""):
        client = sign_in_account(self.app.test_client(), make_account(role=role, competition=self.competition))
        return client.get(self.address + more)

    def text(self, more=""):
        answer = self.page(more=more)
        assert answer.status_code == 200
        return unescape(answer.get_data(as_text=True))


@pytest.fixture
def scene(app):
    return Scene(app)


def test_a_penalty_decided_after_confirmation_is_recorded_and_takes_its_points(scene):
    scene.confirm_all()
    assert scene.totals() == [("80.00", ""), ("80.00", "")]

    scene.change(0, SheetAction.UNLOCK, "赛后查看录像，违反第十二条")
    scene.note(0, {"V1": "3"}, {"V1": "三次提前操作，规程第十二条"})
    scene.change(0, SheetAction.CONFIRM)

    assert scene.totals("违规扣分") == [("74.00", ""), ("80.00", "")]
    (one,) = scene.found().found
    assert (one.draw_number, one.value, one.points) == (1, "3", "-6")
    assert (one.note, one.by) == ("三次提前操作，规程第十二条", "执纪裁判")


def test_the_floor_of_the_scheme_holds_and_an_exclusion_takes_the_place(scene):
    scene.note(0, {"V1": "30"}, {"V1": "屡次违规"})
    scene.note(1, {"V1": "0", "V2": "是"}, {"V2": "夹带"})
    scene.confirm_all()
    (capped, capped_status), (_, excluded) = scene.totals()
    assert (capped, capped_status, excluded) == ("60.00", "", "disqualified")
    assert [(one.node.code, one.points) for one in scene.found().found] == [("V1", "-60"), ("V2", "")]


def test_who_keeps_the_penalties_does_not_confirm_them(scene):
    keeper = sign_as(scene.keeper, scene.competition.id)
    with pytest.raises(NotAllowedError, match="另一人处理"):
        scene.change(0, SheetAction.CONFIRM, actor=keeper)


def sign_as(judge, competition_id):
    roles = {competition_id: frozenset({Role.CHIEF_JUDGE})}
    return Actor(SubjectKind.JUDGE, judge.id, judge.name, 1, roles, competition_id)


def test_who_set_it_and_when_is_told_also_after_a_later_save(scene):
    first, second = scene.judges[:2]
    scene.note(0, {"V1": "1"}, {"V1": "迟到"})
    scene.note(0, {"V1": "2"}, {"V1": "迟到两次"}, by=f"judge:{first.id}")
    scene.note(0, {"V1": "2"}, {"V1": "迟到两次，有签字"}, by=f"judge:{second.id}")
    (one,) = scene.found().found
    assert (one.by, one.note) == (first.name, "迟到两次，有签字")


def test_nothing_is_listed_for_a_clean_sheet_and_a_mark_taken_back(scene):
    scene.note(0, {"V1": "2"})
    scene.note(0, {"V1": "0", "V2": "否"})
    scene.note(1, {"V1": None})
    assert scene.found().found == ()


def test_the_page_says_where_to_record_one_at_every_state(scene):
    sheet = scene.sheet(0, 1, "V").id
    with transaction() as session:
        session.get_one(ScoreSheet, sheet).state = SheetState.OPEN
    assert "还在评，请裁判直接记" in scene.text("?number=1")
    scene.note(0, {"V1": "0"})
    assert "写明理由退回裁判" in scene.text("?number=1")
    scene.change(0, SheetAction.CONFIRM)
    text = scene.text("?number=1")
    assert "写明理由解锁" in text
    assert f"/sheets/{sheet}" in text
    assert "执纪裁判" in text
    assert "抽签号 99 没有这样的评分表" in scene.text("?number=99")
    assert "已经公布" not in text


def test_after_publication_the_page_says_what_has_to_follow(scene):
    scene.confirm_all()
    scene.publish(scene.compute())
    assert "要由组织者写明理由重新计算并公布" in scene.text()


def test_a_penalty_without_words_is_pointed_out_and_no_name_is_shown(scene):
    scene.note(0, {"V1": "1"})
    text = scene.text()
    assert "没有写理由" in text
    for key in scene.entrants:
        assert db.session.get_one(Entrant, key).name not in text


def test_what_is_closed_stays_closed_until_opened_with_a_reason(scene):
    scene.note(0, {"V1": "3"}, {"V1": "违纪"})
    sheet = scene.sheet(0, 1, "V").id
    with transaction() as session:
        session.get_one(ScoreSheet, sheet).state = SheetState.OPEN
    found = scene.found()
    assert (found.found, found.closed) == ((), 1)
    assert "违纪</td>" not in scene.text()

    open_early(OpenEarly(scene.competition.id, sheet, "监督要求", scene.chief))
    found = scene.found()
    assert ([one.value for one in found.found], found.closed) == (["3"], 0)


def test_nobody_waits_for_the_sheets_of_who_did_not_come(scene):
    sheet = scene.sheet(0, 1, "V").id
    with transaction() as session:
        session.get_one(ScoreSheet, sheet).state = SheetState.OPEN
        session.get_one(Entrant, scene.entrants[0]).status = EntrantStatus.ABSENT
    assert scene.found().closed == 0


def test_a_penalty_list_from_outside_is_told_with_who_took_it_in(app):
    stage = Stage(1)
    report = {
        "code": "R",
        "label": "月报",
        "level": "module",
        "children": [
            {"code": "R1", "label": "进度", "kind": "indicator", "max": 10, "target": 5},
            {"code": "R2", "label": "隐患", "kind": "deduction", "each": 2, "missing": "zero"},
        ],
    }
    stage.adopt({"format": "1", "title": "x", "children": [report]})
    stage.open()
    rows = [ExternalMark(2, "1", {"R1": "5", "R2": "2"})]
    account = make_account(role=Role.ORGANISER, competition=stage.competition)
    importer = make_actor(Role.ORGANISER, stage.competition.id, subject_id=account.id)
    import_external(ImportExternal(stage.competition.id, stage.module("R").id, rows, "r.csv", importer))

    event = db.session.get_one(Entrant, stage.entrants[0]).event
    found = penalties_of(db.session(), event, stage.chief)
    assert [(rule.node.code, rule.is_outside) for rule in found.rules] == [("R2", True)]
    assert [(one.points, one.by) for one in found.found] == [("-4", account.display_name)]
    (place,) = places_of(db.session(), event, found.rules, 1)
    assert place.judge == ""


def test_a_scheme_without_penalties_says_that_nothing_can_be_taken_off(app):
    stage = Stage(1)
    stage.open()
    client = sign_in_account(app.test_client(), make_account(role=Role.CHIEF_JUDGE, competition=stage.competition))
    text = client.get(f"/scoring/competitions/{stage.competition.id}/events/{stage.event_id}/penalties").text
    assert "系统不会在方案以外扣分" in text
    assert "找到评分表" not in text


def test_what_a_panel_deducts_is_judging_and_not_listed(app):
    stage = Stage(1)
    execution = {
        "code": "E",
        "label": "完成",
        "kind": "deduction",
        "step": "0.1",
        "at_most": 10,
        "panel": {"judges": 3},
    }
    module = {"code": "M", "label": "M", "level": "module", "start": 10, "max": 10, "children": [execution]}
    stage.adopt({"format": "1", "title": "x", "children": [module]})
    event = db.session.get_one(Entrant, stage.entrants[0]).event
    assert penalties_of(db.session(), event, stage.chief).rules == ()


def test_exclusions_by_status_are_told_with_reason_and_person(scene):
    change_status(
        ChangeStatus(
            scene.competition.id, scene.entrants[1], EntrantStatus.DISQUALIFIED, "冒名顶替，规程第三条", scene.organiser
        )
    )
    (one,) = scene.found().exclusions
    assert (one.entrant.status_reason, one.by) == ("冒名顶替，规程第三条", scene.organiser.name)
    assert one.at is not None
    text = scene.text()
    assert "冒名顶替，规程第三条" in text
    with transaction() as session:
        session.get_one(Entrant, scene.entrants[0]).status = EntrantStatus.WITHDRAWN
    assert next((one.by, one.at) for one in scene.found().exclusions) == ("", None)


def test_places_are_those_sheets_alone_that_carry_a_penalty(scene):
    found = scene.found()
    (place,) = places_of(db.session(), found.event, found.rules, 2)
    assert [node.code for node in place.nodes] == ["V1", "V2"]
    assert places_of(db.session(), found.event, found.rules, 7) == []


@pytest.mark.parametrize(
    ("role", "status"), [(Role.ORGANISER, 200), (Role.SUPERVISOR, 200), (Role.TEAM_LEADER, 403), (Role.AUDITOR, 403)]
)
def test_who_may_see_the_board_may_see_penalties_and_nobody_else(scene, role, status):
    assert scene.page(role).status_code == status


def test_a_judge_and_a_stranger_may_not(scene):
    assert sign_in_judge(scene.app.test_client(), scene.keeper).get(scene.address).status_code == 403
    assert scene.app.test_client().get(scene.address).status_code == 302


def test_an_event_of_another_competition_is_not_found(scene):
    other = Stage(1)
    address = scene.address.replace(f"/events/{scene.event_id}/", f"/events/{other.event_id}/")
    client = sign_in_account(
        scene.app.test_client(), make_account(role=Role.CHIEF_JUDGE, competition=scene.competition)
    )
    assert client.get(address).status_code == 404
