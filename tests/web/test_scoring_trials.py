"""The what-if panel: another rule on the same marks stands beside the official places and leaves no trace."""

import pytest
from factories import make_account, sign_in_account
from marked import PRACTICE, SCHEME, THEORY, Stage
from sqlalchemy import func, select

from core.audit import AuditEntry
from core.db import db
from core.errors import ConflictError
from core.permissions import Role
from scoring.engine.problems import SchemeError
from scoring.engine.scheme_document import scheme_from_document
from scoring.models import ResultLine, ResultSnapshot
from scoring.trials.chart import MOST, slope_chart
from scoring.trials.trying import Trial, TrialError, changes_of, has_trims, tie_nodes, try_rule, weight_groups


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
    return {
        line.line.entrant.draw_number: (line.official_rank, line.other_rank, line.other_total) for line in result.lines
    }


def test_the_official_side_is_what_the_snapshot_shows(computed):
    result = computed.tried(drop_high="1", drop_low="1")

    rows = db.session.scalars(select(ResultLine).where(ResultLine.snapshot_id == computed.snapshot_id))
    official = {line.entrant_id: (line.rank, line.total) for line in rows}
    assert {line.line.entrant.id: (line.official_rank, line.official_total) for line in result.lines} == official
    assert result.moved == 0


def test_without_trimming_one_outlying_mark_costs_a_place(computed):
    result = computed.tried(drop_high="0", drop_low="0")

    # 3 has 95 60 90: trimmed 90, untrimmed 81.67; 30 % theory and 70 % practice.
    assert by_number(result) == {3: ("1", "2", "78.17"), 2: ("2", "1", "80.17"), 1: ("3", "3", "77.50")}
    assert result.moved == 2
    assert {line.line.entrant.draw_number: line.change for line in result.lines} == {3: -1, 2: 1, 1: 0}


def test_another_weight_is_tried(computed):
    result = computed.tried(weights={"T": "90", "P": "10"})

    assert by_number(result)[2][1] == "1"


def test_weights_that_do_not_add_up_are_refused_by_the_scheme_itself(computed):
    with pytest.raises(SchemeError):
        computed.tried(weights={"T": "90", "P": "70"})


def test_another_tie_chain_replaces_the_schemes_own():
    scheme = scheme_from_document(SCHEME)

    changes = changes_of(scheme, Trial(ties={0: ("T", "time")}))
    assert changes == {"total": {"ranking": {"ties": ["T", {"time": "low"}]}}}
    assert [node.id for node in tie_nodes(scheme)] == ["T", "P", "P1"]
    (group,) = weight_groups(scheme)
    assert (group.whole.id, group.by_percent) == ("total", True)
    assert [(node.id, weight) for node, weight in group.parts] == [("T", "30"), ("P", "70")]


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
    assert weight_groups(scheme) == ()


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


def test_a_ranking_by_stages_gets_another_chain_in_one_of_them():
    document = {
        "format": "1",
        "title": "x",
        "children": [{"codes": ["一", "二"], "level": "stage", "children": [{"code": "M", "max": 10}]}],
        "ranking": {"stages": [{"by": "二"}, {"by": "一", "ties": ["二"]}]},
    }
    changes = changes_of(scheme_from_document(document), Trial(ties={0: ("一/M",), 1: ()}))
    stages = changes["total"]["ranking"]["stages"]

    assert stages == [{"by": "二", "ties": ["一/M"]}, {"by": "一", "ties": ["二"]}]


def test_weights_at_any_depth_are_offered_once_for_stages_that_share_them():
    module = {"code": "M", "weights": "percent", "children": [{"code": c, "max": 10, "weight": 50} for c in "AB"]}
    document = {
        "format": "1",
        "title": "x",
        "children": [{"codes": ["一", "二"], "level": "stage", "children": [module]}],
    }
    groups = weight_groups(scheme_from_document(document))

    assert [(group.whole.code, [node.code for node, _ in group.parts]) for group in groups] == [("M", ["A", "B"])]


def test_nothing_of_a_trial_is_stored(computed, client):
    counts = [db.session.scalar(select(func.count()).select_from(table)) for table in (ResultSnapshot, AuditEntry)]
    sign_in_account(client, make_account(role=Role.ORGANISER, competition=computed.competition))
    before = db.session.scalar(select(func.count(AuditEntry.id)))
    path = f"/scoring/competitions/{computed.competition.id}/snapshots/{computed.snapshot_id}/trials"
    text = client.get(path + "?drop_high=0&drop_low=0").get_data(as_text=True)

    assert "非正式" in text
    assert "78.17" in text
    assert db.session.scalar(select(func.count(ResultSnapshot.id))) == counts[0]
    assert db.session.scalar(select(func.count(AuditEntry.id))) == before


def test_a_trial_rests_on_the_marks_of_the_snapshot_and_not_on_later_ones(computed):
    before = by_number(computed.tried(drop_high="0", drop_low="0"))
    computed.mark(0, 1, "100")
    computed.mark(0, 2, "100")

    assert by_number(computed.tried(drop_high="0", drop_low="0")) == before
    computed.snapshot_id = computed.compute("复核")
    assert by_number(computed.tried(drop_high="0", drop_low="0")) != before


def test_who_has_come_since_takes_no_part_in_a_trial(computed):
    from factories import make_entrant

    make_entrant(event_id=computed.event_id, draw_number=9)
    assert len(computed.tried(drop_high="0").lines) == 3


def test_a_snapshot_that_keeps_no_marks_says_so(computed):
    lines = computed.tried(drop_high="0").lines
    snapshot = db.session.get_one(ResultSnapshot, computed.snapshot_id)
    for line in lines:
        line.line.unfolding = {key: value for key, value in line.line.unfolding.items() if key != "given"}
    with db.session.no_autoflush, pytest.raises(ConflictError, match="没有留存"):
        try_rule(snapshot, Trial(drop_high="0"))
    db.session.rollback()


def test_a_rule_that_no_longer_gives_the_published_figures_is_not_tried(computed):
    line = computed.tried(drop_high="0").lines[0].line
    line.total = "99.99"
    with db.session.no_autoflush, pytest.raises(ConflictError, match="算不出"):
        computed.tried(drop_high="0")
    db.session.rollback()


def test_each_line_of_the_drawing_leads_from_the_official_place_to_the_other(computed):
    chart = slope_chart(computed.tried(drop_high="0", drop_low="0").lines)
    first, second, third = chart.slopes

    assert [(s.official, s.other, s.tone) for s in chart.slopes] == [
        ("1", "2", "down"),
        ("2", "1", "up"),
        ("3", "3", "same"),
    ]
    assert (first.start, first.end) == (second.end, second.start)
    assert third.start == third.end < chart.height
    assert first.path.startswith(f"M250 {first.start}C")


def test_of_a_large_field_the_first_places_of_both_orders_are_drawn(computed):
    from dataclasses import replace
    from fractions import Fraction

    (line, *_) = computed.tried(drop_high="0", drop_low="0").lines
    count = MOST + 20
    lines = [
        replace(line, official_rank=str(n + 1), other_rank=str(count - n), change=Fraction(2 * n + 1 - count))
        for n in range(count)
    ]
    chart = slope_chart(lines)

    assert len(chart.slopes) == count
    assert sum(slope.start is not None for slope in chart.slopes) == MOST
    assert sum(bool(slope.path) for slope in chart.slopes) == 2 * MOST - count
    assert slope_chart([]).slopes == ()


def test_the_page_shows_who_moves_and_keeps_the_choice(sqlite_app, client):
    page = Computed().get(client, "?drop_high=0&drop_low=0&show=moved").text

    assert page.count('class="is-moved"') == 2
    assert "▲ 升 1" in page
    assert "▼ 降 1" in page
    assert "drop_high=0&amp;drop_low=0" in page
    assert "非正式" in page


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


def test_a_trial_without_any_change_says_that_nothing_was_changed(app, client):
    stage = Stage()
    stage.mark_all(PRACTICE, THEORY)
    snapshot = stage.compute()
    sign_in_account(client, make_account(role=Role.ORGANISER, competition=stage.competition))
    path = f"/scoring/competitions/{stage.competition.id}/snapshots/{snapshot}/trials"

    assert "还没有换任何规则" not in client.get(path).get_data(as_text=True)
    assert "还没有换任何规则" in client.get(f"{path}?tie0-0=&drop_high=").get_data(as_text=True)
