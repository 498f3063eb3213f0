"""What a page shows of a result adds up: every whole is what its parts bring in, up to the published total."""

import re
from dataclasses import dataclass, field
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path

import pytest
from factories import make_account, sign_in_account
from flask import get_template_attribute
from marked import PRACTICE, Stage
from sqlalchemy import select

from competitions.models import Contestant
from core.auth import CONTESTANT_LIFE, Subject, SubjectKind, sign_in
from core.db import db
from core.permissions import Role
from scoring.engine.explain import explain
from scoring.engine.ranking import rank
from scoring.engine.totals import evaluate
from scoring.formats import read_marks, read_scheme
from scoring.results.standings import all_lines

ROOT = Path(__file__).resolve().parents[2]
MARKED = sorted(p for p in (ROOT / "docs" / "examples").glob("*.yaml") if p.with_suffix(".csv").exists())
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


@dataclass
class Shown:
    """A node as the page shows it: its value, its combinations (words, parts, sum), its parts."""

    value: Fraction | None = None
    combinations: list = field(default_factory=list)
    children: list = field(default_factory=list)


class Unfolded(HTMLParser):
    """The numbers of an unfolding, read from the page as a person would."""

    def __init__(self, page):
        super().__init__()
        self.root = Shown()
        self._nodes, self._role, self._exact, self._text = [self.root], "", None, ""
        self._rule = None
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if tag == "details" and attributes.get("class") == "unfold":
            node = Shown()
            self._nodes[-1].children.append(node)
            self._nodes.append(node)
        elif tag == "li" and len(self._nodes) > 1:
            self._rule = ["", [], None]
        elif tag == "b" and attributes.get("class") in ("value", "part", "sum"):
            self._role, self._exact = attributes["class"], attributes.get("title")

    def handle_data(self, data):
        if self._rule is not None and not self._role:
            self._rule[0] += data
        if self._role:
            number = Fraction(self._exact or data.strip())
            if self._role == "value":
                self._nodes[-1].value = Fraction(data.strip())
            elif self._role == "part":
                self._rule[1].append(number)
            else:
                self._rule[2] = number
                self._nodes[-1].combinations.append((" ".join(self._rule[0].split()), self._rule[1], number))

    def handle_endtag(self, tag):
        if tag == "b":
            self._role = ""
        elif tag == "li":
            self._rule = None
        elif tag == "details" and len(self._nodes) > 1:
            self._nodes.pop()


def walk(node):
    yield node
    for child in node.children:
        yield from walk(child)


def check(page):
    """Every combination on the page adds up; the outermost value is returned."""
    (total,) = Unfolded(page).root.children
    seen = 0
    for node in walk(total):
        for words, parts, whole in node.combinations:
            seen += 1
            if "求和" in words and "取最好" not in words and "去掉" not in words:
                assert sum(parts, Fraction(0)) == whole, (words, parts, whole)
            elif "取平均" in words and "取最好" not in words and "去掉" not in words:
                assert sum(parts, Fraction(0)) / len(parts) == whole, (words, parts, whole)
    assert seen or total.value is None
    return total


@pytest.mark.parametrize("path", MARKED, ids=lambda path: path.stem)
def test_the_unfolding_of_every_example_adds_up_on_the_page(sqlite_app, path):
    scheme = read_scheme(path)
    ranking = rank(evaluate(scheme, read_marks(path.with_suffix(".csv"), scheme)))
    with sqlite_app.test_request_context():
        unfolding = get_template_attribute("scoring/unfolding.html", "unfolding")
        for place in ranking.places:
            document = explain(ranking, place.contestant)
            total = check(unfolding(document))
            assert total.value == (None if document["tree"]["value"] is None else Fraction(document["tree"]["value"]))


@pytest.fixture
def published(sqlite_app):
    stage = Stage()
    stage.mark_all([*PRACTICE[:2], ("33.5", "33.5", "34")], ["60.5", "99.5", "70"])
    stage.confirm_all()
    stage.snapshot_id = stage.compute()
    stage.publish(stage.snapshot_id)
    return stage


def test_the_organisers_page_of_a_result_adds_up_to_the_published_total(sqlite_app, published):
    client = sqlite_app.test_client()
    sign_in_account(client, make_account(role=Role.ORGANISER, competition=published.competition))
    for line in all_lines(published.snapshot_id):
        base = f"/scoring/competitions/{published.competition.id}/snapshots/{published.snapshot_id}"
        total = check(client.get(f"{base}/entrants/{line.entrant_id}").text)
        assert total.value == Fraction(line.total)


def test_the_contestants_own_page_adds_up_to_the_published_total(sqlite_app, published):
    for line in all_lines(published.snapshot_id):
        person = db.session.scalar(select(Contestant.id).where(Contestant.entrant_id == line.entrant_id))
        own = Subject(SubjectKind.CONTESTANT, person, "甲", CONTESTANT_LIFE, published.competition.id, Role.CONTESTANT)
        client = sqlite_app.test_client()
        client.set_cookie(sqlite_app.config["SIGN_IN_COOKIE"], sign_in(own, "test"))
        page = client.get("/own").text
        total = check(page)
        shown = NUMBER.search(page[page.index("总分") :]).group()

        assert total.value == Fraction(shown) == Fraction(line.total)
        assert [child.value is not None for child in total.children] == [True, True]


def test_what_a_group_starts_with_and_what_counts_as_nothing_are_shown(sqlite_app):
    path = ROOT / "docs" / "examples" / "labour-contest.yaml"
    scheme = read_scheme(path)
    ranking = rank(evaluate(scheme, read_marks(path.with_suffix(".csv"), scheme)))
    with sqlite_app.test_request_context():
        unfolding = get_template_attribute("scoring/unfolding.html", "unfolding")
        page = unfolding(explain(ranking, ranking.places[0].contestant))

    assert '<i>起评</i> <b class="part">20</b>' in page


def test_an_incident_that_was_not_recorded_is_no_gap_and_a_deduction_has_no_maximum_of_nought(sqlite_app):
    leaf = {"value": None, "max": "0", "rules": [], "state": "empty"}
    children = [{**leaf, "label": "损坏设备", "kind": "veto"}, {**leaf, "label": "焊缝", "kind": "points", "max": "15"}]
    tree = {**leaf, "label": "总成绩", "kind": "group", "value": "0", "max": "15", "children": children}
    with sqlite_app.test_request_context():
        unfolding = get_template_attribute("scoring/unfolding.html", "unfolding")
        page = " ".join(re.sub(r"<[^>]*>", " ", str(unfolding({"tree": tree}))).split())
    assert "损坏设备 没有记录 焊缝 未评 / 15" in page


def test_a_step_stands_apart_from_the_figure_before_it(sqlite_app):
    rule = {"rule": "scale", "text": "乘以 2", "before": "3", "after": "6"}
    tree = {"label": "总成绩", "kind": "points", "value": "6", "max": "6", "rules": [rule], "state": "ok"}
    with sqlite_app.test_request_context():
        unfolding = get_template_attribute("scoring/unfolding.html", "unfolding")
        assert "乘以 2： 3 → <b>6</b>" in " ".join(str(unfolding({"tree": tree})).split())
