from pathlib import Path

import pytest

from competitions.models import ModuleKind
from scoring.engine.scheme_document import scheme_from_document
from scoring.formats import read_scheme
from scoring.sheets.seating import aspects_of_seat, module_kind, modules_of, share_of

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_aspect_of_every_example_stands_in_exactly_one_module(path):
    scheme = read_scheme(path)
    spread = [aspect.id for module in modules_of(scheme) for aspect in scheme.aspects(module.id)]

    assert sorted(spread) == sorted(aspect.id for aspect in scheme.aspects())


def test_a_theory_paper_beside_practical_modules_is_a_module_from_outside():
    scheme = read_scheme(EXAMPLES / "welder.yaml")
    modules = modules_of(scheme)

    assert [m.code for m in modules] == ["理论", "M1", "M2", "M3"]
    assert [module_kind(scheme, m) for m in modules] == [ModuleKind.EXTERNAL] + [ModuleKind.JUDGED] * 3
    assert [share_of(scheme, m) * 100 for m in modules] == [30, 42, 21, 7]


def test_a_scheme_without_modules_falls_into_its_criteria():
    assert [m.code for m in modules_of(read_scheme(EXAMPLES / "worldskills.yaml"))] == ["A"]


def test_a_flat_scheme_is_one_module():
    aspects = [{"code": c, "label": c, "kind": "points", "max": 10} for c in "AB"]
    scheme = scheme_from_document({"format": "1", "title": "小赛", "children": aspects})

    assert modules_of(scheme) == (scheme.root,)


def test_what_is_measured_once_stands_on_the_first_seat_only():
    scheme = read_scheme(EXAMPLES / "welder.yaml")

    assert [a.code for a in aspects_of_seat(scheme, "M1", 1)] == ["M1.1", "M1.2", "M1.3"]
    assert [a.code for a in aspects_of_seat(scheme, "M1", 4)] == ["M1.1"]
