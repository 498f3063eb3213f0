"""The result list straight from columns has the bytes and the warnings of the careful way, for any scheme."""

import os
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.parts.engine_families import FAMILIES, field_of, scheme_of
from scoring.engine.outcomes import evaluate_plainly
from scoring.engine.plan import compares_field, field_marks
from scoring.engine.ranking import rank
from scoring.formats import mass_results as writing
from scoring.formats.mass_csv import MassMarks, as_marks
from scoring.formats.mass_results import mass_results
from scoring.formats.results import to_csv
from tests.makers_grammar import make_any_marks, make_any_scheme

SCHEMES = int(os.environ.get("RANDOM_SCHEMES", "1000")) // 4

LINES_OF_A_SLICE = 5
"""Fewer than there are contestants, so that pieces have to be put together."""


@settings(deadline=None, max_examples=SCHEMES, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**63))
def test_any_scheme_is_written_as_the_careful_way_writes_it(seed):
    random = Random(seed)
    scheme = make_any_scheme(random)
    marks = make_any_marks(scheme, random, random.randint(1, 14))
    careful = rank(evaluate_plainly(scheme, marks))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(writing, "_SLICE", LINES_OF_A_SLICE)
        found = mass_results(scheme, MassMarks(tuple(marks.books), field_marks(marks)))
        data = None if found is None else found.to_csv()

    if found is None:
        assert compares_field(scheme)
        return
    assert data.decode() == to_csv(careful).decode()
    assert found.warnings == careful.warnings


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_every_family_of_rules_is_written_as_the_careful_way_writes_it(family):
    scheme = scheme_of(family)
    given_marks = field_of(family, 400)
    mass = MassMarks(tuple(f"C{row:03}" for row in range(given_marks.count)), given_marks)
    careful = rank(evaluate_plainly(scheme, as_marks(mass)))

    found = mass_results(scheme, mass)

    assert found.to_csv().decode() == to_csv(careful).decode()
    assert found.warnings == careful.warnings
