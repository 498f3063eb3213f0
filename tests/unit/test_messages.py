"""Sentences that are made in one place and said in another language in another."""

import pytest
from flask import Flask
from flask_babel import force_locale
from markupsafe import Markup

from competitions.lifecycle import CompetitionState, Condition, UnmetConditionError
from core.i18n import sentence, translated
from core.messages import joined, message, said


@pytest.fixture
def english(sqlite_app: Flask):
    with force_locale("en"):
        yield sqlite_app


def test_in_chinese_a_sentence_is_text_like_any_other():
    title = said("%(name)s（%(group)s）", name="焊工", group="职工")

    assert title == "焊工（职工）"
    assert f"“{title}”" == "“焊工（职工）”"
    assert joined((title, said("还没有裁判长"))) == "焊工（职工）、还没有裁判长"
    assert joined(("甲", "乙"), message("；")) == "甲；乙"


def test_a_percent_sign_is_only_doubled_where_values_stand_beside_it():
    assert said("比例 %") == "比例 %"
    assert said("%(prize)s至 %(share)s%%", prize="金牌", share="15") == "金牌至 15%"


def test_a_page_says_it_in_its_reader_s_language_with_the_values_inside(english):
    title = said("%(name)s（%(group)s）", name="Welding", group="Workers")

    assert translated(title) == "Welding (Workers)"
    assert translated(joined((title, said("还没有裁判长")))) == "Welding (Workers), No chief judge yet"
    assert translated(said("%(first)s，另有 %(n)s 项", first=title, n=2)) == "Welding (Workers); 2 more"


def test_names_and_numbers_stay_as_they_are(english):
    assert translated("裁判长") == "裁判长", "somebody may be called so"
    assert [translated(value) for value in (Markup("<b>"), 7, None)] == [Markup("<b>"), 7, None]


def test_an_error_says_the_sentences_among_its_values_too(english):
    error = UnmetConditionError(CompetitionState.MARKING, (Condition.DRAWS_MADE, Condition.SCHEMES_ADOPTED))

    assert str(error) == ("还不能转到“评分”：每个需要抽签的赛项都要抽完签；每个赛项都要有已采用的评分方案")
    assert sentence(error) == (
        "Cannot move to “Marking” yet: Every event that needs a draw must be drawn; "
        "Every event needs an adopted marking scheme"
    )


def test_a_template_prints_a_sentence_in_the_reader_s_language_without_being_asked_to(english):
    template = english.jinja_env.from_string("{{ what }} {{ _('抽签') }}")

    assert template.render(what=said("还没有赛项")) == "No events yet Draw"
