"""The editor is told the lines, places and sizes that the page will really have."""

import pytest

from certificates.layouts.layout import Layout
from certificates.pdf.measuring import measured


def test_every_shown_item_is_measured_in_the_layouts_order(gold: Layout, values: dict[str, str]) -> None:
    shown = [item.id for item in gold.items if item.is_visible(values)]
    assert [item.id for item in measured(gold, values)] == shown


def test_a_paragraph_gives_its_lines_inside_its_box(gold: Layout, values: dict[str, str]) -> None:
    (body,) = (item for item in measured(gold, values) if item.id == "body")
    assert [line.text[:2] for line in body.lines] == ["在“", "轴方", "特发"]
    assert "".join(line.text for line in body.lines).startswith("在“2026年云岭省")
    baselines = [line.baseline for line in body.lines]
    assert baselines == sorted(baselines)
    assert body.box.y < baselines[0] < baselines[-1] < body.box.y + body.box.height
    assert body.lines[0].x > body.lines[1].x == pytest.approx(body.box.x)


def test_a_shrunk_line_tells_its_size_and_why(gold: Layout, values: dict[str, str]) -> None:
    long = values | {"recipient.name": "阿依古丽·买买提·艾合麦提江·吐尔逊娜依·努尔买买提"}
    (name,) = (item for item in measured(gold, long) if item.id == "name")
    assert name.lines[0].size < 27
    assert [problem.kind for problem in name.problems] == ["shrunk"]


def test_lines_follow_the_height_of_the_page(gold: Layout, values: dict[str, str]) -> None:
    (title,) = (item for item in measured(gold, values) if item.id == "title")
    assert title.box.y < title.lines[0].baseline < title.box.y + title.box.height
    assert not title.problems
