"""Any document goes through a workbook and through YAML and comes back the same; valid schemes stay valid."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.spreadsheets import read_spreadsheet
from scoring.engine.scheme_document import scheme_from_document
from scoring.formats import read_scheme_bytes
from scoring.formats.key_paths import KeyPathError, flatten, from_cell, path_text, read_path, text_cell, to_cell
from scoring.formats.scheme_xlsx_read import read_scheme_sheets
from scoring.formats.scheme_xlsx_write import write_scheme_xlsx
from scoring.formats.yaml_scheme import read_yaml
from scoring.formats.yaml_write import write_yaml

CHARACTERS = st.characters(exclude_categories=["Cs"])
TEXTS = st.one_of(
    st.text(CHARACTERS, max_size=12),
    st.sampled_from(
        ["", " ", "true", "null", "~", "no", "1e5", "0x1", "2.10", "-0", "007", "1:30", "=1+1", "@x", "'", "é"]
    ),
    st.sampled_from(
        ["!json 1", "!json", "_x0041_", "a\nb", "a\r\nb", "\t", "是=1", "第1层", "2026-05-01", "\ufeff", "𠮷", "\ue000"]
    ),
    st.decimals(-1000, 1000, places=3).map(str),
)
KEYS = st.one_of(
    st.sampled_from(
        ["max", "label", "kind", "min", "entry", "options", "benchmarks", "panel", "steps", "0", "a.b", "[1]", "基准0"]
    ),
    st.text(CHARACTERS, max_size=8),
)
SCALARS = st.one_of(TEXTS, st.booleans(), st.none())
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=3)),
    max_leaves=8,
)
CODE = st.text(st.characters(categories=["L", "N", "P"], exclude_characters="/"), min_size=1, max_size=6)


@st.composite
def trees(draw: st.DrawFn, depth: int = 3) -> list[dict[str, object]]:
    """Nodes with codes that differ among neighbours and any keys at all."""
    found = []
    for code in draw(st.lists(CODE, min_size=1, max_size=3, unique=True)):
        node = draw(
            st.dictionaries(KEYS.filter(lambda key: key not in {"code", "codes", "children"}), VALUES, max_size=4)
        )
        if draw(st.integers(0, 9)) == 0:
            node["codes"] = [code, *draw(st.lists(CODE.map(lambda text: f"~{text}"), max_size=2))]
        else:
            node["code"] = code
        if depth > 1 and draw(st.booleans()):
            node["children"] = draw(trees(depth - 1))
        found.append(node)
    return found


@st.composite
def documents(draw: st.DrawFn) -> dict[str, object]:
    top = draw(st.dictionaries(KEYS.filter(lambda key: key != "children"), VALUES, max_size=4))
    return {**top, "children": draw(trees())}


def exactly(document: object) -> str:
    return json.dumps(document, sort_keys=True)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(documents())
def test_any_document_survives_a_workbook(document):
    sheets = read_spreadsheet(write_scheme_xlsx(document), "a.xlsx")
    assert exactly(read_scheme_sheets(sheets, "a.xlsx")) == exactly(document)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(documents())
def test_any_document_survives_yaml(document):
    assert exactly(read_yaml(write_yaml(document))[0]) == exactly(document)


@given(st.lists(st.one_of(st.text(st.characters()), st.integers(0, 99_999)), min_size=1, max_size=5))
def test_key_paths_read_back(steps):
    path = (str(steps[0]), *steps[1:])
    assert read_path(path_text(path)) == path


@given(st.text(max_size=20))
def test_text_that_is_no_key_path_is_refused_not_guessed(text):
    try:
        path = read_path(text)
    except KeyPathError:
        return
    assert read_path(path_text(path)) == path


@given(SCALARS)
def test_cells_read_back(value):
    assert from_cell(to_cell(value)) == value
    assert from_cell(text_cell(value)) == value
    assert isinstance(from_cell(to_cell(value)), type(value))


@given(VALUES)
def test_flattening_names_every_leaf_once(value):
    paths = [path for path, _ in flatten(value)]
    assert len(paths) == len(set(paths))


MARKS = st.integers(1, 80).map(lambda quarter: f"{quarter / 4:g}")


@st.composite
def aspects(draw: st.DrawFn, code: str) -> dict[str, object]:
    maximum = draw(MARKS)
    common: dict[str, object] = {"code": code, "label": draw(st.sampled_from(["外观", "尺寸", "用时 (s)", "A=B"]))}
    kind = draw(st.sampled_from(["points", "judgement", "yes_no", "choice", "count", "deduction", "measurement"]))
    more: dict[str, dict[str, object]] = {
        "points": {"max": maximum, "step": "0.25", "panel": "five"},
        "judgement": {"max": maximum, "panel": {"judges": "3", "spread": "1"}, "benchmarks": {"0": "差", "3": "好"}},
        "yes_no": {"max": maximum, "description": "多行\n说明"},
        "choice": {"options": {"好": maximum, "中": "0.25", "差": "0"}},
        "count": {"max": maximum, "each": "0.5"},
        "deduction": {"each": "0.5", "missing": "zero"},
        "measurement": {
            "max": maximum,
            "entry": {"min": "0", "time": True, "unit": "s"},
            "convert": {"bands": {"table": [{"up_to": "10", "points": maximum}], "otherwise": "0"}},
        },
    }
    return {**common, "kind": kind, **more[kind]}


@st.composite
def schemes(draw: st.DrawFn) -> dict[str, object]:
    modules = []
    for index in range(draw(st.integers(1, 3))):
        count = draw(st.integers(1, 4))
        parts = [draw(aspects(f"M{index}.{number}")) for number in range(count)]
        parts.append({"code": f"M{index}.x", "kind": "points", "max": "1"})
        modules.append({"code": f"M{index}", "level": "module", "children": parts})
    return {
        "title": "随机方案",
        "panels": {"five": {"judges": "5", "drop_high": "1", "drop_low": "1", "round": "2"}},
        "children": modules,
        "ranking": {"ties": [f"M{draw(st.integers(0, len(modules) - 1))}", {"time": "low"}]},
    }


@settings(max_examples=80, deadline=None)
@given(schemes())
def test_a_scheme_read_from_its_workbook_is_the_same_scheme(document):
    scheme = scheme_from_document(document)
    assert read_scheme_bytes(write_scheme_xlsx(document), "a.xlsx").scheme == scheme
    assert read_scheme_bytes(write_yaml(document), "a.yaml").scheme == scheme


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.one_of(TEXTS, st.floats(allow_nan=False), st.booleans()), max_size=6), max_size=6))
def test_whatever_stands_in_the_sheets_is_read_or_refused_with_sentences(rows):
    from core.spreadsheets import SheetPlan, write_xlsx
    from scoring.engine.problems import SchemeError

    headed = [["第1层", "第2层", "名称", "满分", "选项", "steps[1].round"], *rows]
    data = write_xlsx([SheetPlan("评分方案", headed), SheetPlan("总则", [["键", "值"], *rows])])
    try:
        read_scheme_bytes(data, "a.xlsx")
    except SchemeError as error:
        lines = [str(problem) for problem in error.problems]
    else:
        lines = ["a.xlsx: read"]
    assert lines
    assert all(line.startswith("a.xlsx") for line in lines)


@pytest.mark.parametrize("text", ["", ".", "a.", "a..b", "[1]", "a[0]", "a[x]", 'a."b', "a b"])
def test_these_are_no_key_paths(text):
    with pytest.raises(KeyPathError):
        read_path(text)
