"""WorldSkills workbooks of any content are read or refused with cells named; good ones come back the same."""

from hypothesis import given, settings
from hypothesis import strategies as st
from worldskills_workbooks import FULL_HEADINGS, LADDER, SHORT_HEADINGS, aspect, make_workbook, sub

from scoring.engine.problems import SchemeError
from scoring.formats import read_scheme_bytes
from scoring.formats.worldskills_export import write_worldskills

CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.sampled_from(
        ["M", "J", "A1", "A2", "B1", "0", "3", "1.5", "Max Mark", "Section", "ID", "Competition", "x" * 300]
    ),
    st.text(max_size=6),
)
ROWS = st.lists(st.dictionaries(st.sampled_from(sorted(FULL_HEADINGS)), CELLS, max_size=6), max_size=8)


@settings(max_examples=120, deadline=None)
@given(st.fixed_dictionaries({"A": ROWS}, optional={"B": ROWS}), st.sampled_from([FULL_HEADINGS, SHORT_HEADINGS]))
def test_any_rows_are_read_or_refused_with_sentences(blocks, headings):
    data = make_workbook(blocks, headings)
    try:
        lines = [f"a.xlsx: {read_scheme_bytes(data, 'a.xlsx').scheme.title}"]
    except SchemeError as error:
        lines = [str(problem) for problem in error.problems]
    assert lines
    assert all(line.startswith("a.xlsx") and "\n" not in line for line in lines)


QUARTERS = st.integers(1, 8).map(lambda quarter: quarter / 4)
WORDS = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=10)


@st.composite
def good_workbooks(draw: st.DrawFn) -> bytes:
    blocks = {}
    for letter in "ABC"[: draw(st.integers(1, 3))]:
        rows = []
        for number in range(1, draw(st.integers(1, 3)) + 1):
            rows.append(sub(f"{letter}{number}", draw(WORDS), str(draw(st.integers(1, 4)))))
            for _ in range(draw(st.integers(1, 4))):
                if draw(st.integers(0, 5)) == 0:
                    rows.append({"description": draw(WORDS)})
                kind = draw(st.sampled_from("MMJ"))
                more = {"calculation": draw(st.sampled_from(["", 2.0, 3.0]))} if kind == "M" else {}
                extra = {"extra": draw(WORDS)} if draw(st.booleans()) else {}
                rows.append(aspect(kind, draw(WORDS), draw(QUARTERS), float(draw(st.integers(1, 3))), **more, **extra))
                rows += LADDER if kind == "J" else ()
        blocks[letter] = rows
    return make_workbook(blocks)


@settings(max_examples=60, deadline=None)
@given(good_workbooks())
def test_a_good_workbook_goes_out_and_comes_back_the_same(data):
    read = read_scheme_bytes(data, "a.xlsx")
    again = read_scheme_bytes(write_worldskills(read.scheme), "b.xlsx")
    assert again.scheme.to_document() == read.scheme.to_document()
    assert not any("填写" in warning for warning in again.warnings)
    assert read.scheme.root.full_marks == sum(node.full_marks for node in read.scheme.aspects())
