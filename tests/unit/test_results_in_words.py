"""Whatever a stored result says, it says in English too, and in Chinese as it always did."""

import json
import os
import re
from pathlib import Path
from random import Random

import pytest
from flask_babel import force_locale

from core.i18n import translated
from core.messages import Joined, Said, said
from scoring.engine.explain import explain_all, result_document
from scoring.engine.marks import MarkRow, collect_marks
from scoring.engine.outcomes import evaluate_plainly
from scoring.engine.ranking import rank
from scoring.engine.scheme_document import scheme_from_document
from scoring.engine.standards import standards_warnings
from scoring.engine.weights import check_totals
from scoring.formats import read_marks, read_scheme
from scoring.results.in_words import KEY, in_words, is_spoken, spoken
from tests.makers_grammar import make_any_marks, make_any_scheme

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
MARKED = sorted(path for path in EXAMPLES.glob("*.yaml") if path.with_suffix(".csv").exists())
SCHEMES = int(os.environ.get("RANDOM_SCHEMES", "1000")) // 5
NAMES = re.compile("决赛|是|否")
"""What the random schemes themselves have in Chinese."""
CJK = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")


def stored(document):
    """As it comes back from the database."""
    return json.loads(json.dumps(document | {KEY: in_words(document)}))


def sentences(part):
    """Every sentence of a document that knows its words."""
    if isinstance(part, Said | Joined):
        yield part
    elif isinstance(part, dict):
        for value in part.values():
            yield from sentences(value)
    elif isinstance(part, list):
        for value in part:
            yield from sentences(value)


def texts(part):
    """Every text of a document."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, dict):
        for value in part.values():
            yield from texts(value)
    elif isinstance(part, list):
        for value in part:
            yield from texts(value)


def test_every_sentence_of_any_scheme_is_said_in_english(sqlite_app):
    said_of_any = set()
    with sqlite_app.app_context(), force_locale("en"):
        for seed in range(SCHEMES):
            random = Random(seed)
            scheme = make_any_scheme(random)
            ranking = rank(evaluate_plainly(scheme, make_any_marks(scheme, random, random.randint(1, 12))))
            for document in (*(own for _, own in explain_all(ranking)), result_document(ranking)):
                back = spoken(stored(document | {"title": "", "tree": document.get("tree")}))
                for text in texts(back):
                    english = str(translated(text))
                    assert not CJK.search(NAMES.sub("", english)), (seed, text, english)
                    if english != text:
                        said_of_any.add(text.words if isinstance(text, Said) else type(text))
    assert len(said_of_any) > 40  # the schemes had much to say


@pytest.mark.parametrize("path", MARKED, ids=lambda path: path.stem)
def test_what_is_stored_is_the_chinese_that_a_program_reads(path):
    scheme = read_scheme(path)
    ranking = rank(evaluate_plainly(scheme, read_marks(path.with_suffix(".csv"), scheme)))
    for _, document in explain_all(ranking):
        plain = json.loads(json.dumps(document))
        back = spoken(stored(document))

        assert back == plain  # a message is the Chinese text itself, and nobody of these has a status in a stage
        assert set(sentences(back)) == set(sentences(document))


def test_a_result_from_before_the_words_were_kept_stays_chinese():
    old = {"decided_by": "同分，比较实操：90 优于 80", "tree": {"note": "尚未评完", "label": "缺考"}}

    assert spoken(old) == old
    assert not is_spoken(old)
    assert is_spoken(stored(old))


def test_a_name_that_looks_like_a_sentence_stays_a_name(sqlite_app):
    document = {"reason": said("缺考"), "tree": {"label": "缺考", "note": "absent", "code": "absent"}}
    back = spoken(stored(document))
    with sqlite_app.app_context(), force_locale("en"):
        assert [str(translated(text)) for text in texts(back)] == ["Absent", "缺考", "Absent", "absent"]


def test_a_tie_on_a_cut_line_and_a_missing_mark_are_warned_of_in_english(sqlite_app):
    scheme = scheme_from_document(
        {
            "title": "Final",
            "children": [
                {"code": "S", "level": "stage", "children": [{"code": "A", "max": 10}]},
            ],
            "ranking": {
                "method": "no_ties",
                "stages": [{"by": "S"}],
                "cuts": [{"by": "S", "places": 1, "ties": "decide"}],
            },
        }
    )
    rows = [MarkRow("1", "A", "", "9"), MarkRow("2", "A", "", "9"), MarkRow("3")]
    ranking = rank(evaluate_plainly(scheme, collect_marks(scheme, rows)))
    with sqlite_app.app_context(), force_locale("en"):
        assert [str(translated(warning)) for warning in ranking.warnings] == [
            "Tied in place 1: 1, 2. The rule allows no ties; this has to be decided",
            "Tied on the cut line of S, to be decided: 1, 2",
            "Contestant 3 is not ranked: Not fully marked",
        ]
    assert ranking.warnings[0] == "第 1 名并列：1、2，规则不允许并列，须另行裁定"


def test_what_a_scheme_is_warned_of_is_said_in_english(sqlite_app):
    scheme = scheme_from_document(
        {
            "title": "Short",
            "standards": {"sections": [{"code": "1", "label": "Safety", "marks": 40}]},
            "children": [
                {"code": "A", "max": 60, "standard": "1"},
                {"code": "B", "max": 36, "standard": "7"},
            ],
        }
    )
    with sqlite_app.app_context(), force_locale("en"):
        found = [str(translated(warning)) for warning in (*check_totals(scheme), *standards_warnings(scheme))]
    assert found == [
        "Full marks come to 96, not 100",
        "Section 1 of the standard, “Safety”: its aspects come to 60 marks, the standard says 40, 20 apart",
        "1 aspects name a section that the standard does not have: B",
    ]
