"""Ids in documents, words and keys follow their rows; what they name and nobody took along is never another's row."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates.archive.references import (
    IDS_IN,
    actor_of,
    renamed_actor,
    renamed_detail,
    renamed_document,
    renamed_target,
    renamed_word,
    visited,
)

IDS = {
    "account": {3: 30},
    "judge": {7: 70},
    "contestant": {5: 50},
    "enrolment_link": {2: 20},
    "entrant": {1: 11, 2: 12},
    "delegation": {4: 44},
    "event": {9: 90},
    "module": {6: 60},
    "result_snapshot": {8: 80},
}


def visit(table, old):
    return IDS.get(table, {}).get(old, -old)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("account:3", "account:30"),
        ("judge:7", "judge:70"),
        ("contestant:5", "contestant:50"),
        ("delegation:2", "delegation:20"),
        ("judge:8", "earlier.judge:8"),
        ("system", "system"),
        ("judge:07", "judge:07"),
        ("judge:7 ", "judge:7 "),
        ("赵组织", "赵组织"),
        ("earlier.judge:8", "earlier.judge:8"),
        ("", ""),
    ],
)
def test_who_did_something_is_the_same_person_or_nobody_of_here(text, expected):
    assert renamed_actor(text, IDS) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("event:9", "event:90"),
        ("module_clock:6", "module_clock:60"),
        ("sign_in:9", "earlier.sign_in:9"),
        ("event:10", "earlier.event:10"),
        ("backup:2026-10-18T08:00", "backup:2026-10-18T08:00"),
        ("earlier.event:10", "earlier.event:10"),
    ],
)
def test_what_a_line_is_about_is_the_same_row_or_none_of_here(text, expected):
    assert renamed_target(text, IDS) == expected


def test_details_stay_as_they_were_written_but_for_people():
    detail = {"for": "judge:7", "n": 7, "many": ["account:3", {"deep": "contestant:5"}], "words": "判 judge:7"}
    assert renamed_detail(detail, IDS) == {
        "for": "judge:70",
        "n": 7,
        "many": ["account:30", {"deep": "contestant:50"}],
        "words": "判 judge:7",
    }


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("same_unit:5", "same_unit:50"),
        ("other:entrant:1", "other:entrant:11"),
        ("same_delegation:4:2", "same_delegation:44:12"),
        ("panel_same_unit:7", "panel_same_unit:70"),
        ("host_unit:5", "host_unit:5"),
        ("host_unit:某机械厂", "host_unit:某机械厂"),
        ("same_unit:6", "same_unit:-6"),
        ("plain", "plain"),
        ("a:b:c:d", "a:b:c:d"),
    ],
)
def test_words_of_a_decision_about_ties_name_the_same_people(word, expected):
    assert renamed_word(word, visit) == expected


def test_a_published_standing_names_the_same_results_and_entrants():
    document = {
        "formula": {"figures": [["a", "1"]]},
        "results": [{"event": 9, "snapshot": 8, "number": 1}],
        "places": [{"delegation": "石家庄", "counted": [{"snapshot": 8, "entrant": 1, "value": "9"}]}],
    }
    moved = renamed_document("team_publication", "document", document, visit)
    assert moved["results"] == [{"event": 90, "snapshot": 80, "number": 1}]
    assert moved["places"][0]["counted"] == [{"snapshot": 80, "entrant": 11, "value": "9"}]
    assert moved["formula"] == document["formula"]
    assert document["results"][0]["event"] == 9


@pytest.mark.parametrize(
    ("table", "column", "document", "expected"),
    [
        ("clock_press", "entrants", [1, 2, 99], [11, 12, -99]),
        ("recommendation", "answer", {"contestant": "5", "pack": "x"}, {"contestant": "50", "pack": "x"}),
        ("draw_record", "record", {"places": [["1", 1, 1, 1]], "renamed": {"1": "2"}},
         {"places": [["1", 1, 1, 1]], "renamed": {"1": "12"}}),
        ("layout", "materials", {}, {}),
        ("seat", "conflict_known", None, None),
        ("seat", "conflict_known", ["same_unit:5"], ["same_unit:50"]),
        ("sheet_revision", "marks", {"1": "2"}, {"1": "2"}),
    ],
)  # fmt: skip
def test_documents_keep_their_shape(table, column, document, expected):
    assert renamed_document(table, column, document, visit) == expected


def test_a_key_says_whose_table_it_is_of():
    assert actor_of("delegation:2") == ("enrolment_link", 2)
    assert actor_of("stranger") is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)
PATHS = sorted({path for paths in IDS_IN.values() for path in paths} | {"a.0.b", "*.*", "results.*.event"})


@given(JSON, st.sampled_from(PATHS))
def test_whatever_a_document_is_a_visit_that_changes_nothing_changes_nothing(document, path):
    assert visited(document, path, lambda value: value) == document
