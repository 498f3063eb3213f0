"""Parcels and codes: what is packed comes out as it went in, and nothing else comes out at all."""

import json
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from parcels import make_codes

from scoring.handing_over.codes import CodesMissingError, parcel_of, runs_of
from scoring.handing_over.parcel import (
    FORMAT,
    MOST_BYTES,
    MOST_FILE_BYTES,
    MOST_ROWS,
    ParcelDamagedError,
    ParcelForgedError,
    ParcelTooLargeError,
    read_parcel,
    require_seal,
    sealed,
    unpacked,
)

KEY = "ab" * 32


def parcel(rows=(), key=KEY, **over):
    head = {"competition": 3, "judge": 7, "device": 12, "made_at": "2026-10-18T01:30:00Z"} | over
    content = json.dumps({**head, "rows": list(rows)})
    return json.dumps({"format": FORMAT, "content": content, "seal": sealed(key, content)}).encode()


def test_a_parcel_says_whose_it_is_and_its_seal_fits():
    read = read_parcel(parcel([{"sheet_id": 1}]))

    assert (read.competition_id, read.judge_id, read.device) == (3, 7, 12)
    assert read.rows == [{"sheet_id": 1}]
    require_seal(read, KEY)


def test_the_seal_is_hmac_sha256_as_rfc_4231_has_it():
    assert sealed("0b" * 20, "Hi There") == "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"


def test_another_device_and_a_changed_mark_do_not_fit_the_seal():
    with pytest.raises(ParcelForgedError):
        require_seal(read_parcel(parcel(key="cd" * 32)), KEY)
    honest = parcel([{"marks": {"A1": "18"}}])
    with pytest.raises(ParcelForgedError):
        require_seal(read_parcel(honest.replace(b"18", b"19")), KEY)


@given(st.integers(min_value=0, max_value=len(parcel([{"sheet_id": 1, "marks": {"A1": "18"}}])) - 1))
def test_a_parcel_that_was_cut_off_is_refused_wherever_it_was_cut(length):
    with pytest.raises(ParcelDamagedError):
        read_parcel(parcel([{"sheet_id": 1, "marks": {"A1": "18"}}])[:length])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"null",
        b"[]",
        b'{"format": "hand-over/1"}',
        b'{"format": "hand-over/1", "content": "null", "seal": ""}',
        b'{"format": "hand-over/1", "content": 7, "seal": ""}',
        b'{"format": "something else", "content": "{}", "seal": ""}',
        b"\xff\xfe\x00",
        b"[" * 100_000,
        parcel(judge=True),
        parcel(judge="7"),
        parcel(device=0),
        parcel(device=2**40),
        parcel(competition=None),
    ],
)
def test_what_is_no_parcel_is_refused(data):
    with pytest.raises(ParcelDamagedError):
        read_parcel(data)


def test_too_many_bytes_and_too_many_rows_are_refused():
    with pytest.raises(ParcelTooLargeError):
        read_parcel(b" " * (MOST_FILE_BYTES + 1))
    with pytest.raises(ParcelTooLargeError):
        read_parcel(parcel([0] * (MOST_ROWS + 1)))


def test_rows_are_unpacked_against_the_row_before_of_the_same_sheet():
    first = {"key": "a", "sheet_id": 1, "base_revision": 4, "marks": {"A": "1"}, "notes": {}, "doubts": ["A"]}
    first |= {"scheme_version_id": 9, "device_saved_at": "t1"}
    rows = [
        first,
        {**first, "key": "b", "sheet_id": 2, "doubts": []},
        {"key": "c", "sheet_id": 1, "+marks": {"B": "2"}, "device_saved_at": "t2"},
        {"key": "d", "sheet_id": 1, "marks": {"B": "3"}, "doubts": [], "base_key": "x", "resolves": "r"},
        {"kind": "submit", "key": "e", "sheet_id": 1, "signature": "M1 1"},
    ]
    full = unpacked(rows)

    assert full[2] == {
        "kind": "save",
        "key": "c",
        "sheet_id": 1,
        "base_key": "a",
        "marks": {"A": "1", "B": "2"},
        "notes": {},
        "doubts": ["A"],
        "scheme_version_id": 9,
        "device_saved_at": "t2",
    }
    assert (full[3]["marks"], full[3]["doubts"], full[3]["base_key"], full[3]["resolves"]) == ({"B": "3"}, [], "x", "r")
    assert "device_saved_at" not in full[3]
    assert full[4] == {"kind": "submit", "key": "e", "sheet_id": 1, "signature": "M1 1", "base_key": "d"}
    assert full[1]["doubts"] == []


@pytest.mark.parametrize(
    "row",
    [
        None,
        {},
        {"key": "a"},
        {"key": "a", "sheet_id": "1"},
        {"key": "a", "sheet_id": True},
        {"key": "a", "sheet_id": 1, "+marks": {"A": "1"}},
        {"key": "a", "sheet_id": 1, "base_revision": 0},
        {"kind": "submit", "key": "a", "sheet_id": 1},
        {"kind": "press"},
    ],
)
def test_a_row_that_hangs_in_the_air_is_refused(row):
    with pytest.raises(ParcelDamagedError):
        unpacked([row])


@given(st.binary(min_size=1, max_size=900), st.booleans(), st.randoms())
def test_codes_in_any_order_and_twice_give_the_parcel_back(data, deflate, random):
    codes = make_codes(data, 60, deflate=deflate) * 2
    random.shuffle(codes)
    (run,) = runs_of([*codes, "https://example.org", ""])

    assert parcel_of(run) == data


def test_the_documented_rows_are_read_as_documented():
    text = (Path(__file__).resolve().parents[2] / "docs" / "formats" / "hand-over.md").read_text(encoding="utf-8")
    rows = [json.loads(line) for line in text.splitlines() if line.startswith('{"k')]
    first, second, submission, press = unpacked(rows)

    assert second["marks"] == {"A1": "18", "A2": "2"}
    assert (second["base_key"], second["scheme_version_id"]) == (first["key"], 5)
    assert (submission["kind"], submission["base_key"]) == ("submit", second["key"])
    assert press == rows[3]


def test_missing_codes_are_named_and_a_damaged_one_counts_as_missing():
    codes = make_codes(bytes(range(256)) * 2, 60, deflate=False)
    broken = codes[2].replace("/", "/X", 5)
    (run,) = runs_of([*codes[:2], broken, *codes[3:5]])

    assert run.missing == [3, *range(6, run.count + 1)]
    with pytest.raises(CodesMissingError, match="还缺第 3、6"):
        parcel_of(run)


def test_runs_of_two_tablets_on_one_photograph_stay_apart():
    one, other = make_codes(b"one" * 50, 60), make_codes(b"other" * 50, 60)
    found = runs_of([code for pair in zip(one, other, strict=False) for code in pair] + one + other)

    assert sorted(parcel_of(run) for run in found) == [b"one" * 50, b"other" * 50]


def test_codes_that_unfold_to_too_much_or_do_not_fit_together_are_refused():
    with pytest.raises(ParcelTooLargeError):
        parcel_of(runs_of(make_codes(b"0" * (MOST_BYTES + 1), 2000))[0])
    cut = zlib.compress(b"some parcel")[:-3]
    (run,) = runs_of([code.replace("HO1P", "HO1Z") for code in make_codes(cut, deflate=False)])
    with pytest.raises(ParcelDamagedError):
        parcel_of(run)
    (run,) = runs_of([code.replace("HO1P", "HO1Z") for code in make_codes(b"no deflate", deflate=False)])
    with pytest.raises(ParcelDamagedError):
        parcel_of(run)
