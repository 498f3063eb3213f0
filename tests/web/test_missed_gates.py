"""Who has no place because a part fell short is told which, the threshold, and the distance, wherever it is shown."""

from fractions import Fraction
from html import unescape

import pytest
from factories import make_account, sign_in_account
from marked import SCHEME, Stage

from competitions.models import Entrant
from core.auth import CONTESTANT_LIFE, Subject, SubjectKind, sign_in
from core.db import db
from core.permissions import Role
from scoring.engine.scheme_document import scheme_from_document
from scoring.models import ResultLine
from scoring.results.gates import missed_gates
from scoring.results.standings import lines_of, public_result

THEORY, PRACTICE = SCHEME["children"]
SEAM = {"code": "P1", "label": "成形", "kind": "points", "max": 100, "step": "0.5", "gate": {"at_least": "71.5"}}


def gated(theory=None, practice=None, seam=None):
    """The usual scheme with gates on its parts."""
    parts = [THEORY | ({"gate": theory} if theory else {}), PRACTICE | ({"gate": practice} if practice else {})]
    if seam:
        parts[1] = parts[1] | {"children": [seam]}
    return SCHEME | {"children": parts}


def computed(document):
    stage = Stage()
    stage.adopt(document)
    stage.mark_all([("80", "90", "85"), ("70", "70", "75"), ("95", "60", "90")], ["59.5", "100", "70"])
    stage.confirm_all()
    return stage, stage.compute()


def text(response):
    return unescape(response.get_data(as_text=True))


@pytest.fixture
def gate(app):
    return computed(gated(theory={"at_least": 60}))


def test_the_organisers_list_says_part_threshold_and_distance(gate, client):
    stage, snapshot = gate
    sign_in_account(client, make_account(role=Role.ORGANISER, competition=stage.competition))
    page = text(client.get(f"/scoring/competitions/{stage.competition.id}/snapshots/{snapshot}"))
    paper = text(client.get(f"/scoring/competitions/{stage.competition.id}/snapshots/{snapshot}/sheet"))

    for shown in (page, paper):
        assert shown.count("未达规定分数") == 1
        assert shown.count("未达到 60，差 0.5") == 1
        assert "59.5，未达到" in shown
    assert "flask" not in page


def test_the_explanation_of_the_result_says_it_and_that_of_somebody_placed_does_not(gate, client):
    stage, snapshot = gate
    sign_in_account(client, make_account(role=Role.ORGANISER, competition=stage.competition))
    path = f"/scoring/competitions/{stage.competition.id}/snapshots/{snapshot}/entrants/"

    assert "59.5，未达到 60，差 0.5" in text(client.get(path + str(stage.entrants[0])))
    assert "未达到 60" not in text(client.get(path + str(stage.entrants[1])))


def test_the_contestants_own_page_says_it_once_published(gate, client):
    stage, snapshot = gate
    contestant = db.session.get(Entrant, stage.entrants[0]).members[0]
    subject = Subject(
        SubjectKind.CONTESTANT, contestant.id, "孙", CONTESTANT_LIFE, stage.competition.id, Role.CONTESTANT
    )
    client.set_cookie(client.application.config["SIGN_IN_COOKIE"], sign_in(subject, "test"))
    stage.publish(snapshot)

    assert "59.5，未达到 60，差 0.5" in text(client.get("/own"))


def test_every_missed_gate_is_named_not_only_the_first(app):
    document = gated(theory={"at_least": 60}, practice={"at_least": 90})
    stage, snapshot = computed(document)

    told = lines_of(snapshot).missed[stage.entrants[0]]
    assert [str(sentence) for sentence in told] == [
        "“理论知识”59.5，未达到 60，差 0.5",
        "“操作技能”85，未达到 90，差 5",
    ]


def test_a_ceiling_is_exceeded_by_so_much(app):
    stage, snapshot = computed(gated(theory={"at_most": 90}))

    assert [str(s) for s in lines_of(snapshot).missed[stage.entrants[1]]] == ["“理论知识”100，超过了 90，多 10"]


def test_the_public_list_tells_the_bound_of_an_aspect_and_not_the_value(app, client):
    stage, snapshot = computed(gated(seam=SEAM))
    stage.publish(snapshot)
    assert public_result(stage.competition.id, stage.event_id)

    page = text(client.get(f"/results/{stage.competition.id}/events/{stage.event_id}"))
    assert "未达到 71.5" in page
    assert "差 1.5" not in page


def test_a_gate_that_only_ranks_last_is_told_on_the_own_line_and_leaves_the_list_as_it_is(app, client):
    stage, snapshot = computed(gated(theory={"at_least": 60, "otherwise": "last"}))
    sign_in_account(client, make_account(role=Role.ORGANISER, competition=stage.competition))

    assert lines_of(snapshot).missed == {}
    path = f"/scoring/competitions/{stage.competition.id}/snapshots/{snapshot}/entrants/{stage.entrants[0]}"
    assert "59.5，未达到 60，差 0.5" in text(client.get(path))


def test_the_distance_is_exact_where_the_value_has_no_finite_expansion():
    scheme = scheme_from_document(gated(theory={"at_least": 60}))
    tree = {"id": "T", "value": "59.6666666667", "value_exact": "179/3", "state": "complete"}

    (missed,) = missed_gates(scheme, {"tree": tree})
    assert abs(missed.bound - missed.value) == Fraction(1, 3)


def test_a_value_on_the_threshold_and_an_empty_part_miss_nothing():
    scheme = scheme_from_document(gated(theory={"at_least": 60}))
    for place in (
        {"id": "T", "value": "60", "state": "complete"},
        {"id": "T", "value": None, "state": "empty"},
        {"id": "gone", "value": "1", "state": "complete"},
    ):
        assert missed_gates(scheme, {"tree": place}) == []
    assert missed_gates(scheme, {}) == []


def test_a_list_without_missed_gates_asks_for_no_unfolding(app):
    _, snapshot = computed(SCHEME)
    assert lines_of(snapshot).missed == {}
    assert db.session.get(ResultLine, (snapshot, 1)) is not None
