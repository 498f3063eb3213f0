"""Lines hold every atom once, are no wider than the column, and obey the rules for punctuation."""

from hypothesis import given
from hypothesis import strategies as st

from certificates.pdf.typesetting import NOT_AT_END, NOT_AT_START, Atom, break_lines

ordinary = st.sampled_from("竞赛技能甲乙丙丁戊己")
marks = st.sampled_from("，。（）“”《》、")


def atom(text: str, *, glued: bool = False) -> Atom:
    return Atom(text, "kai", "#000000", 1, 0.5 * len(text) if text.isascii() else 1.0, glued)


texts = st.lists(st.one_of(ordinary, ordinary, ordinary, marks), max_size=120).map(
    lambda characters: [atom(character) for character in characters]
)


@given(texts, st.integers(6, 40), st.integers(0, 4))
def test_no_atom_is_lost_or_doubled_and_no_line_too_wide(atoms: list[Atom], measure: int, indent: int) -> None:
    lines = break_lines(atoms, measure, indent)
    assert [a for line in lines for a in line.atoms] == atoms
    assert all(line.indent + line.width <= measure + 1e-6 for line in lines)
    assert [line.is_last for line in lines] == [False] * (len(lines) - 1) + [True] * bool(lines)
    assert [line.indent for line in lines[1:]] == [0] * (len(lines) - 1 if lines else 0)


@given(st.lists(ordinary, min_size=1, max_size=60), st.data())
def test_single_marks_never_begin_or_end_a_line_wrongly(words: list[str], data: st.DataObject) -> None:
    characters: list[str] = []
    for word in words:
        characters.append(word)
        if data.draw(st.booleans()):
            characters += [data.draw(st.sampled_from("，。（《")), "字"]
    lines = break_lines([atom(c) for c in characters], 10, 2)
    for line in lines[1:]:
        assert line.atoms[0].text not in NOT_AT_START
    for line in lines[:-1]:
        assert line.atoms[-1].text not in NOT_AT_END


@given(st.integers(0, 30), st.integers(2, 6))
def test_a_glued_name_is_not_parted(before: int, length: int) -> None:
    name = [atom("名", glued=i < length - 1) for i in range(length)]
    lines = break_lines([*map(atom, "前" * before), *name, *map(atom, "后后后")], 10, 0)
    assert sum("名" in (a.text for a in line.atoms) for line in lines) == 1


def test_lines_are_as_full_as_the_rules_allow() -> None:
    lines = break_lines([atom(c) for c in "一二三四五六七八九十，甲乙"], 10, 0)
    assert ["".join(a.text for a in line.atoms) for line in lines] == ["一二三四五六七八九", "十，甲乙"]


def test_a_latin_word_moves_to_the_next_line_whole() -> None:
    lines = break_lines([*map(atom, "一二三四五六七八"), atom("FANUC"), atom("机")], 10, 0)
    assert ["".join(a.text for a in line.atoms) for line in lines] == ["一二三四五六七八", "FANUC机"]


def test_spaces_vanish_at_the_start_of_a_line() -> None:
    lines = break_lines([*map(atom, "一二三四"), atom(" "), atom("五")], 4, 0)
    assert ["".join(a.text for a in line.atoms) for line in lines] == ["一二三四", "五"]


def test_what_is_wider_than_the_column_stands_alone() -> None:
    lines = break_lines([atom("甲"), atom("x" * 40), atom("乙")], 10, 0)
    assert [len(line.atoms) for line in lines] == [1, 1, 1]
    assert lines[1].width > 10
