"""Every table and column has a decision: whoever adds one is told here what an archive has to know of it."""

import inspect
import re

import pytest
from sqlalchemy import Integer, LargeBinary, String

import wsgi
from certificates.archive import coverage, filling, meeting
from certificates.archive.coverage import (
    COMPETITION,
    EXTRA,
    LEFT_OUT,
    LEFT_OUT_COLUMNS,
    SHARED,
    columns,
    key_of,
    tables,
)
from certificates.archive.references import CONFLICT_WORDS, IDS_IN, WITHOUT_IDS
from core.db import Model

ALL = Model.metadata.tables
assert wsgi  # every room's tables are known once the whole program is
MAYBE_SECRET = re.compile(
    r"hash|token|secret|sealed|password|pin\b|_seal$|token_key|document_|phone|id_number|stored_as"
)
NO_SECRET = {
    ("person", "document_kind"): "the kind of document",
}
PLAIN_BYTES = {
    ("stored_file", "content"): "pictures, seals and fonts of layouts, as they were printed",
    ("paper_template", "content"): "an organiser's own templates",
    ("certificate_signature", "signature"): "stands in every issued file",
}


def own_tables():
    return [table for name, table in tables().items() if name not in SHARED]


def test_every_table_goes_along_or_is_left_out_for_a_reason():
    undecided = ALL.keys() - tables().keys() - LEFT_OUT.keys()

    assert undecided == set(), "lead its rows to the competition by a foreign key, or name it in LEFT_OUT or SHARED"
    assert not LEFT_OUT.keys() & tables().keys()
    assert all(LEFT_OUT.values())


def test_what_is_named_is_there():
    assert LEFT_OUT.keys() | set(SHARED) <= ALL.keys()
    for table, names in [*LEFT_OUT_COLUMNS.items()]:
        assert names <= set(ALL[table].columns.keys())
    for table, column in [*IDS_IN, *WITHOUT_IDS, CONFLICT_WORDS]:
        assert column in ALL[table].columns or column in EXTRA[table], (table, column)


@pytest.mark.parametrize("name", sorted(tables()))
def test_what_a_row_refers_to_goes_along_or_may_be_empty(name):
    for column in tables()[name].columns:
        target = coverage.target_of(column)
        assert target is None or target in tables() or column.nullable, column


@pytest.mark.parametrize("name", sorted(tables()))
def test_rows_are_known_by_a_number_a_reference_or_their_content(name):
    table = tables()[name]
    is_known = key_of(table) is not None or any(column.foreign_keys for column in table.primary_key)
    assert is_known or name == "stored_file"
    for column in table.columns:
        if column.name.endswith("_id") and isinstance(column.type, Integer):
            assert column.foreign_keys, f"{column}: an id that no foreign key explains"


def test_every_document_says_whether_ids_stand_in_it():
    documents = {
        (table.name, column.name)
        for table in tables().values()
        for column in columns(table)
        if coverage.is_json(column)
    }
    told = IDS_IN.keys() | WITHOUT_IDS | {CONFLICT_WORDS}

    assert documents <= told, "look for ids of rows in it, then name it in IDS_IN or WITHOUT_IDS"
    assert not IDS_IN.keys() & WITHOUT_IDS


def test_ids_in_documents_are_of_tables_that_go_along():
    for paths in IDS_IN.values():
        assert set(paths.values()) <= tables().keys()


def test_nothing_that_might_be_secret_goes_along_unasked():
    suspicious = {
        (table.name, column.name)
        for table in tables().values()
        for column in columns(table)
        if isinstance(column.type, (String, LargeBinary)) and MAYBE_SECRET.search(column.name)
    }
    assert suspicious <= NO_SECRET.keys(), "leave it out, or say here why it is no secret"


def test_bytes_go_along_only_where_somebody_said_what_they_are():
    found = {
        (table.name, column.name)
        for table in tables().values()
        for column in columns(table)
        if isinstance(column.type, LargeBinary)
    }
    assert found == PLAIN_BYTES.keys()


def test_what_is_left_out_and_cannot_be_empty_is_filled_in():
    source = inspect.getsource(filling) + inspect.getsource(meeting) + inspect.getsource(filling.sealed_entry)
    for table, names in LEFT_OUT_COLUMNS.items():
        for name in names:
            column = ALL[table].columns[name]
            assert column.nullable or f'"{name}"' in source, column


def test_the_competition_comes_first_and_parents_before_children():
    order = list(tables())
    for name, table in tables().items():
        for column in columns(table):
            target = coverage.target_of(column)
            assert target is None or target == name or order.index(target) < order.index(name)
    assert COMPETITION in order


def test_nobody_s_competition_is_not_taken_for_one():
    with pytest.raises(LookupError):
        coverage.belongs(ALL["account"], 1)
