"""The what-if panel: another rule on the same marks stands beside the official places and leaves no trace."""

import pytest
from factories import make_account, sign_in_account
from sqlalchemy import func, select
from test_results import PRACTICE, SCHEME, THEORY, Stage

from core.audit import AuditEntry
from core.db import db
from core.permissions import Role
from scoring.engine.problems import SchemeError
from scoring.engine.scheme_document import scheme_from_document
from scoring.models import ResultLine, ResultSnapshot
from scoring.trials import Trial, TrialError, changes_of, has_trims, tie_nodes, try_rule, weighted_parts


@pytest.fixture
def client(request):
    """A visitor of the very application that the test runs on."""
    kind = "sqlite_app" if "sqlite_app" in request.fixturenames else "app"
    return request.getfixturevalue(kind).test_client()


class Computed(Stage):
    """Three contestants: with trimmed panels 85, 70, 90 in practice and 60, 100, 70 in theory."""

    def __init__(self):
        super().__init__(3)
        self.mark_all(PRACTICE, THEORY)
        self.confirm_all()
        self.snapshot_id = self.compute()

    def tried(self, **trial):
        return try_rule(db.session.get_one(ResultSnapshot, self.snapshot_id), Trial(**trial))

    def get(self, client, query="", role=Role.ORGANISER):
        sign_in_account(client, make_account(role=role, competition=self.competition))
        path = f"/scoring/competitions/{self.competition.id}/snapshots/{self.snapshot_id}/trials"
        return client.get(path + query)


@pytest.fixture
def computed(app):
    return Computed()


def by_number(result):
    return {line.entrant.draw_number: (line.official_rank, line.other_rank, line.other_total) for line in result.lines}


def test_the_official_side_is_what_the_snapshot_shows(computed):
    result = computed.tried(drop_high="1", drop_low="1")

    rows = db.session.scalars(select(ResultLine).where(ResultLine.snapshot_id == computed.snapshot_id))
    official = {line.entrant_id: (line.rank, line.total) for line in rows}
    assert {line.entrant.id: (line.official_rank, line.official_total) for line in result.lines} == official
    assert result.moved == 0
    assert not result.is_stale


def test_without_trimming_one_outlying_mark_costs_a_place(computed):
    result = computed.tried(drop_high="0", drop_low="0")

    # 3 has 95 60 90: trimmed 90, untrimmed 81.67; 30 % theory and 70 % practice.
    assert by_number(result) == {3: ("1", "2", "78.17"), 2: ("2", "1", "80.17"), 1: ("3", "3", "77.50")}
    assert result.moved == 2
    assert {line.entrant.draw_number: line.change for line in result.lines} == {3: -1, 2: 1, 1: 0}


def test_another_weight_is_tried(computed):
    result = computed.tried(weights={"T": "90", "P": "10"})

    assert by_number(result)[2][1] == "1"


def test_weights_that_do_not_add_up_are_refused_by_the_scheme_itself(computed):
    with pytest.raises(SchemeError):
        computed.tried(weights={"T": "90", "P": "70"})


def test_another_tie_chain_replaces_the_schemes_own():
    scheme = scheme_from_document(SCHEME)

    changes = changes_of(scheme, Trial(ties=("T", "time")))
    assert changes == {"total": {"ranking": {"ties": ["T", {"time": "low"}]}}}
    assert [node.id for node in tie_nodes(scheme)] == ["T", "P", "P1"]
    assert [(node.id, weight) for node, weight in weighted_parts(scheme)] == [("T", "30"), ("P", "70")]


def test_every_panel_is_trimmed_anew_wherever_the_scheme_has_it():
    document = {
        "format": "1",
        "title": "x",
        "panels": {"主评": {"judges": 5, "drop": [{"from": 5, "high": 1, "low": 1}]}},
        "children": [
            {"code": "A", "max": 10, "panel": "主评"},
            {"code": "B", "max": 10, "panel": {"judges": 3}},
        ],
    }
    changes = changes_of(scheme_from_document(document), Trial(drop_high="1"))

    assert changes["total"]["panels"] == {"主评": {"judges": 5, "drop_high": 1, "drop_low": 0}}
    assert changes["B"]["panel"] == {"judges": 3, "drop_high": 1, "drop_low": 0}


def test_a_scheme_without_panels_or_weights_offers_neither():
    scheme = scheme_from_document({"format": "1", "title": "x", "children": [{"code": "A", "max": 10}]})

    assert not has_trims(scheme)
    assert weighted_parts(scheme) == ()


@pytest.mark.parametrize(
    ("trial", "words"),
    [
        (Trial(drop_high="一"), "应为整数"),
        (Trial(drop_low="-1"), "应为整数"),
        (Trial(weights={"T": "三成"}), "不是数字"),
    ],
)
def test_a_figure_that_is_none_is_refused(trial, words):
    with pytest.raises(TrialError, match=words):
        changes_of(scheme_from_document(SCHEME), trial)


def test_a_ranking_by_stages_keeps_its_chains():
    document = {
        "format": "1",
        "title": "x",
        "children": [{"codes": ["一", "二"], "level": "stage", "children": [{"code": "M", "max": 10}]}],
        "ranking": {"stages": [{"by": "二"}, {"by": "一"}]},
    }
    with pytest.raises(TrialError, match="分阶段"):
        changes_of(scheme_from_document(document), Trial(ties=("一",)))


def test_nothing_of_a_trial_is_stored(computed, client):
    counts = [db.session.scalar(select(func.count()).select_from(table)) for table in (ResultSnapshot, AuditEntry)]
    sign_in_account(client, make_account(role=Role.ORGANISER, competition=computed.competition))
    before = db.session.scalar(select(func.count(AuditEntry.id)))
    path = f"/scoring/competitions/{computed.competition.id}/snapshots/{computed.snapshot_id}/trials"
    text = client.get(path + "?drop_high=0&drop_low=0").get_data(as_text=True)

    assert "非官方" in text
    assert "78.17" in text
    assert db.session.scalar(select(func.count(ResultSnapshot.id))) == counts[0]
    assert db.session.scalar(select(func.count(AuditEntry.id))) == before


def test_marks_changed_after_the_snapshot_are_said(computed):
    from scoring.review import ChangeSheet, change_sheet
    from scoring.states import SheetAction

    sheet = computed.sheet(0, 0, "T")
    change_sheet(ChangeSheet(computed.competition.id, sheet.id, SheetAction.UNLOCK, computed.chief, "更正"))
    from scoring.external import ExternalMark

    computed.take_in([ExternalMark(2, "1", {"T": "61"})])
    assert computed.tried(drop_high="1", drop_low="1").is_stale


def test_the_empty_panel_offers_the_choices(sqlite_app, client):
    text = Computed().get(client).get_data(as_text=True)

    assert "去掉最高分个数" in text
    assert "换一条规则" in text


def test_a_wrong_choice_keeps_the_page(sqlite_app, client):
    answer = Computed().get(client, "?weight-T=50&weight-P=70")

    assert answer.status_code == 422
    assert "这样不成方案" in answer.get_data(as_text=True)


@pytest.mark.parametrize(("role", "status"), [(Role.CHIEF_JUDGE, 200), (Role.JUDGE, 403), (Role.TEAM_LEADER, 403)])
def test_only_who_may_see_results_may_try(sqlite_app, client, role, status):
    assert Computed().get(client, "?drop_high=0", role).status_code == status
