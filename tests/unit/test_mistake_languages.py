"""The mistakes of schemes and marks are said in English to those who read English; only names stay as they are."""

import re
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import force_locale

from core.i18n import translated
from scoring.engine.marks import collect_marks
from scoring.engine.problems import MarksError, SchemeError
from scoring.formats.csv_marks import read_mark_rows
from scoring.formats.yaml_scheme import load_scheme

BAD = sorted((Path(__file__).parents[1] / "data" / "bad-schemes").glob("*.yaml"))
CHINESE = re.compile("[\u4e00-\u9fff]+")


@pytest.fixture
def english(sqlite_app: Flask):
    with force_locale("en"):
        yield


def words_of_our_own(sentences, text):
    """Chinese words in the sentences that are not the file's."""
    return {word for sentence in sentences for word in CHINESE.findall(sentence) if word not in text}


def test_every_mistake_of_a_scheme_is_said_in_english(english):
    for path in BAD:
        text = path.read_text(encoding="utf-8")
        with pytest.raises(SchemeError) as refused:
            load_scheme(text, path.name)
        found = [str(translated(problem.sentence)) for problem in refused.value.problems]

        assert all(sentence.startswith(f"{path.name}:") for sentence in found)
        assert not words_of_our_own(found, f"{text}总成绩"), path.name
        assert all(str(problem) != sentence for problem, sentence in zip(refused.value.problems, found, strict=True))


@pytest.mark.parametrize(
    "row",
    [
        ",A,J1,7,",
        "1,X,J1,7,",
        "1,A,,7,",
        "1,A,J1,11,",
        "1,A,J1,abc,",
        "1,A,J1,7.3,",
        "1,B,J1,7,ill",
        "1,A,J1,7,\n1,A,J1,7,",
        "1,,J1,7,",
        "1,A",
    ],
)
def test_every_mistake_of_marks_is_said_in_english(english, row):
    scheme = load_scheme(
        "title: 甲\nchildren:\n  - {code: A, label: Look, max: 10, step: 0.5, panel: {judges: 3}}\n"
        "  - {code: B, label: Paper, max: 10}\n"
    )
    data = f"contestant,aspect,judge,value,status\n{row}\n".encode()

    with pytest.raises(MarksError) as refused:
        collect_marks(scheme, read_mark_rows(data, "m.csv", scheme))

    found = [str(translated(problem.sentence)) for problem in refused.value.problems]
    assert found
    assert not words_of_our_own(found, "")


def test_in_chinese_the_sentence_is_the_line_that_the_command_prints():
    with pytest.raises(SchemeError) as refused:
        load_scheme("titel: 甲\nchildren:\n  - {code: A, max: x}\n", "s.yaml")

    assert [problem.sentence for problem in refused.value.problems] == [str(p) for p in refused.value.problems]
