"""The page on the format says every word that is understood and every sentence that can be met."""

import ast
import re
from pathlib import Path

import pytest

from competitions.roster.columns import FIELD_NAMES, SYNONYMS
from competitions.roster.findings import MESSAGES, Problem, SkipReason
from core.identity import DocumentKind

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "formats" / "roster.md").read_text(encoding="utf-8")


def _as_printed(sentence):
    return re.sub(r"%\(\w+\)[sd]", "…", sentence)


@pytest.mark.parametrize("field", list(SYNONYMS))
def test_every_heading_word_is_on_the_page(field):
    (line,) = [line for line in PAGE.splitlines() if line.startswith(f"| `{field}` |") and "姓名;" not in line][:1]
    assert line.split("|")[3].split() == list(SYNONYMS[field])


@pytest.mark.parametrize("problem", list(Problem))
def test_every_message_is_on_the_page_with_its_code_and_severity(problem):
    severity, sentence = MESSAGES[problem]
    assert f"| `{problem}` | {severity} | {_as_printed(sentence)} |" in PAGE


def test_every_reason_for_skipping_and_every_kind_of_document_is_on_the_page():
    for words in (*SkipReason, *DocumentKind):
        assert words.value in PAGE


@pytest.mark.parametrize(
    ("module", "error"),
    [
        ("core/spreadsheets.py", "SpreadsheetError"),
        ("core/spreadsheet_guard.py", "SpreadsheetError"),
        ("core/identity.py", "IdentityNumberError"),
        ("competitions/roster/reading.py", "RosterError"),
    ],
)
def test_every_refusal_in_the_source_is_on_the_page(module, error):
    tree = ast.parse((ROOT / module).read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and getattr(node.func, "id", "") == error]
    sentences = [call.args[0].value for call in calls if isinstance(call.args[0], ast.Constant)]
    assert sentences
    page = PAGE.replace("\n", "")
    for sentence in sentences:
        assert _as_printed(sentence).replace("…号码不对：…", "号码不对：") in page


def test_every_field_has_a_name_and_every_problem_a_message():
    assert set(FIELD_NAMES) == set(SYNONYMS)
    assert set(MESSAGES) == set(Problem)
