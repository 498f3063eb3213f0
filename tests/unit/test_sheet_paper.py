"""What stands on a sheet: a mark is checked once for an aspect and a text, and never passes as another aspect's."""

import pytest

from scoring.engine.problems import MarkValueError
from scoring.engine.scheme_document import scheme_from_document
from scoring.sheets import reading
from scoring.sheets.reading import Paper

ASPECTS = [{"code": "A1", "label": "外观", "max": 20}, {"code": "A2", "label": "咬边", "max": 10, "step": "0.5"}]


@pytest.fixture
def paper() -> Paper:
    scheme = scheme_from_document({"format": "1", "title": "小赛", "children": ASPECTS})
    return Paper(scheme.nodes, set())


def test_a_text_that_one_aspect_admits_is_still_refused_for_another(paper: Paper) -> None:
    paper.check("A1", "18")

    with pytest.raises(MarkValueError, match="超出范围"):
        paper.check("A2", "18")


def test_a_refused_text_is_refused_again(paper: Paper) -> None:
    for _ in range(3):
        with pytest.raises(MarkValueError, match="步长"):
            paper.check("A2", "8.3")


def test_what_is_remembered_stays_bounded_and_right(paper: Paper, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_ADMITTED", 3)
    for text in ("1", "2", "3", "4", "5", "1"):
        paper.check("A1", text)
        with pytest.raises(MarkValueError):
            paper.check("A1", "2" + text)

    assert len(paper._admitted) <= 3
