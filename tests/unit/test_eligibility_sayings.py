"""What an assessment says: in the reader's language, quotations as written, and stored so that it stays so."""

import json
import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask_babel import force_locale
from hypothesis import given
from hypothesis import strategies as st

from certificates.eligibility import Answer, assess
from certificates.eligibility.answer import clause_of, finding_of, missing_of, quote_of
from certificates.eligibility.examples import read_examples
from competitions.attaching import marked
from competitions.standards.loader import PACKS, load_packs
from core.messages import Joined, Said, joined, kept, said, said_again

CJK = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
MARKED = re.compile(r'<span lang="zh-CN">[^<]*</span>')


def answers() -> Iterator[Answer]:
    """What comes out of every worked example, under its pack."""
    for pack in load_packs():
        file = PACKS / f"{pack.id}.examples.yaml"
        for example in read_examples(file.read_text("utf-8"), file.name) if file.exists() else []:
            yield from assess(example.case, [pack], example.on)


@pytest.fixture(scope="module")
def found() -> list[Answer]:
    gathered = list(answers())
    assert len(gathered) > 100, "the worked examples were not found"
    return gathered


@pytest.fixture
def english(sqlite_app: Flask):
    with force_locale("en"):
        yield


def test_every_finding_is_a_sentence_that_another_language_can_say(found: list[Answer]):
    plain = {reason.finding for answer in found for reason in answer.reasons if type(reason.finding) is str}

    assert plain == set()


def test_an_english_reader_gets_english_and_what_is_quoted_is_marked(found: list[Answer], english: None):
    said_of = {marked(reason.finding) for answer in found for reason in answer.reasons}
    missing = {marked(fact) for answer in found for fact in answer.missing if isinstance(fact, Said | Joined)}

    assert {text for text in said_of | missing if CJK.search(MARKED.sub("", text))} == set()
    assert any(MARKED.search(text) for text in said_of)


def test_a_stored_answer_is_said_again_as_it_was_made(found: list[Answer]):
    for answer in found:
        stored = json.loads(json.dumps(answer.as_record(), ensure_ascii=False))
        assert [finding_of(reason) for reason in stored["reasons"]] == [reason.finding for reason in answer.reasons]
        assert missing_of(stored) == list(answer.missing)
        assert [type(finding_of(reason)) for reason in stored["reasons"]] == [Said] * len(answer.reasons)


def test_a_program_reads_plain_chinese_and_no_more_than_the_format_says(found: list[Answer]):
    for answer in found[:50]:
        document = json.loads(json.dumps(answer.as_json()))
        assert "missing_said" not in document
        assert all("said" not in reason and isinstance(reason["finding"], str) for reason in document["reasons"])
        assert all(isinstance(fact, str) for fact in document["missing"])


def test_what_was_stored_before_there_were_languages_still_shows(english: None):
    old = {"reasons": [{"finding": "名次 3，在第 1—5 名之内"}], "missing": ["申报表", "名次"]}

    assert finding_of(old["reasons"][0]) == "名次 3，在第 1—5 名之内"
    assert missing_of(old) == ["申报表", "名次"]
    assert marked(finding_of(old["reasons"][0])) == '<span lang="zh-CN">名次 3，在第 1—5 名之内</span>'


def test_a_summary_and_a_clause_that_nobody_saw_are_said_in_the_reader_s_language(english: None):
    seen = {"quote": "第 1 名晋升技师", "verbatim": True, "clause": "第九条"}
    unseen = {"quote": "〔摘要〕前三名", "verbatim": False, "clause": "条款号未见"}

    assert (quote_of(seen), clause_of(seen)) == ("第 1 名晋升技师", "第九条")
    assert quote_of(unseen) == "〔摘要〕前三名"
    assert marked(quote_of(unseen)).startswith("[Summary]")
    assert CJK.search(marked(clause_of(unseen))) is None


plain_texts = st.text(max_size=12)
sentences = st.recursive(
    plain_texts,
    lambda inner: (
        st.builds(lambda a, b, n: said("%(a)s、%(b)s %(n)s", a=a, b=b, n=n), inner, inner, st.integers())
        | st.builds(joined, st.lists(inner, max_size=3))
        | st.just(said("没有可用的名次"))
    ),
    max_leaves=8,
)


@given(sentences)
def test_any_sentence_survives_json(text: str):
    again = said_again(json.loads(json.dumps(kept(text))))

    assert again == text
    assert isinstance(again, type(text))
    assert kept(again) == kept(text)
