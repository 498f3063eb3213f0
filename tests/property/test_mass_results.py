"""Results straight from columns have the bytes and the warnings of the careful way, in every form, for any scheme."""

import os
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.parts.engine_families import FAMILIES, field_of, scheme_of
from scoring.engine.marks import MarkRow, collect_marks
from scoring.engine.outcomes import evaluate_plainly
from scoring.engine.plan import compares_field, field_marks
from scoring.engine.ranking import rank
from scoring.engine.scheme_document import scheme_from_document
from scoring.engine.totals import evaluate, says_more
from scoring.formats import mass_lines as writing
from scoring.formats.mass_csv import MassMarks, as_marks
from scoring.formats.mass_json import mass_json
from scoring.formats.mass_results import mass_results
from scoring.formats.results import to_csv, to_json, to_xlsx
from tests.makers_grammar import make_any_marks, make_any_scheme

SCHEMES = int(os.environ.get("RANDOM_SCHEMES", "1000")) // 4

LINES_OF_A_SLICE = 5
"""Fewer than there are contestants, so that pieces have to be put together."""


@pytest.fixture(autouse=True)
def short_slices():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(writing, "SLICE", LINES_OF_A_SLICE)
        yield


def agree(scheme, marks):
    """Whether JSON came from columns; what came from them is what the careful way writes."""
    mass, careful = MassMarks(tuple(marks.books), field_marks(marks)), rank(evaluate_plainly(scheme, marks))
    found = mass_results(scheme, mass)
    if found is None:
        assert compares_field(scheme)
        assert mass_json(scheme, mass) is None
        return False
    assert found.to_csv().decode() == to_csv(careful).decode()
    assert found.to_xlsx() == to_xlsx(careful)
    assert found.warnings == careful.warnings
    tree = mass_json(scheme, mass)
    if tree is None:
        assert scheme.delegations or says_more(scheme) or compares_field(scheme)
        return False
    assert tree.data.decode() == to_json(careful).decode()
    assert tree.warnings == careful.warnings
    return True


@settings(deadline=None, max_examples=SCHEMES, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**63))
def test_any_scheme_is_written_as_the_careful_way_writes_it(seed):
    random = Random(seed)
    scheme = make_any_scheme(random)
    agree(scheme, make_any_marks(scheme, random, random.randint(1, 14)))


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_every_family_of_rules_is_written_as_the_careful_way_writes_it(family):
    scheme = scheme_of(family)
    given_marks = field_of(family, 400)
    mass = MassMarks(tuple(f"C{row:03}" for row in range(given_marks.count)), given_marks)

    agree(scheme, as_marks(mass))


GATED = {
    "title": "大众赛",
    "round": 2,
    "children": [
        {"code": "T", "max": 100, "gate": {"at_least": 60}},
        {"code": "P", "max": 100, "gate": {"at_most": 95, "otherwise": "flag"}, "panel": {"judges": 3}},
        {"code": "V", "kind": "veto", "effect": "unranked"},
    ],
    "ranking": {"ties": ["P"], "medals": {"by": "total", "closeness": 2, "medallion": 150}},
}


def gated(theory, practice, veto="", status="", name="1"):
    rows = [MarkRow(name, "T", "", theory), *(MarkRow(name, "P", f"J{n}", practice) for n in (1, 2, 3))]
    return [*rows, MarkRow(name, "V", "", veto), MarkRow(name, status=status)]


def test_gates_vetoes_statuses_medals_and_names_are_told_as_the_careful_way_tells_them():
    scheme = scheme_from_document(GATED)
    people = [
        gated("59.9", "80", name="below"),
        gated("70", "96", name="flagged"),
        gated("70", "96", name="flagged too"),
        gated("80", "80", veto="1", name="vetoed"),
        gated("80", "80", status="absent", name="marked and absent"),
        gated("80", "80.01", name="back\\slash\tand 'sign'"),
        gated("80", "", name="unfinished"),
        gated("99", "94.995", name="first"),
    ]
    marks = collect_marks(scheme, [row for rows in people for row in rows])

    assert agree(scheme, marks)


def test_a_status_in_a_stage_is_told_by_every_way():
    stage = {"level": "stage", "children": [{"code": "A", "max": 10}]}
    scheme = scheme_from_document(
        {
            "title": "两阶段",
            "children": [{"code": "S1", **stage}, {"code": "S2", **stage}],
            "ranking": {"statuses": {"absent": "zero"}},
        }
    )
    rows = [MarkRow(who, "A", "", "7", stage=stage) for who in ("1", "2") for stage in ("S1", "S2")] + [
        MarkRow("2", stage="S1", status="absent")
    ]
    marks = collect_marks(scheme, rows)

    assert agree(scheme, marks)
    assert to_json(rank(evaluate(scheme, marks))) == to_json(rank(evaluate_plainly(scheme, marks)))


def test_thirds_have_their_fraction_beside_them():
    scheme = scheme_from_document({"title": "三分", "children": [{"code": "A", "max": 10, "panel": {"judges": 3}}]})
    rows = [MarkRow(str(who), "A", f"J{judge}", str(who + (judge == 1))) for who in range(7) for judge in (1, 2, 3)]
    marks = collect_marks(scheme, rows)

    assert agree(scheme, marks)
    assert b'"value_exact": "19/3"' in mass_json(scheme, MassMarks(tuple(marks.books), field_marks(marks))).data
