"""A published result that was corrected: its snapshot stays; the public is told of the correction, not why."""

import pytest
from factories import make_account, sign_in_account
from flask_babel import refresh
from marked import PRACTICE, THEORY, Stage

from core.db import db
from core.permissions import Role
from scoring.models import Publication
from scoring.results.replaced import ever_shown, last_shown, replaced_by

REASON = "第 1 号改判，仲裁通知 3 号"


@pytest.fixture
def client(request):
    """A visitor of the very application that the test runs on."""
    return request.getfixturevalue("app").test_client()


class Corrected(Stage):
    """Published on notice, then one mark changed and computed again; `correct` publishes the second."""

    def __init__(self):
        super().__init__()
        self.mark_all(PRACTICE, THEORY)
        self.confirm_all()
        self.first = self.compute()
        self.shown = self.publish(self.first)
        self.mark(0, 1, "100")
        self.confirm_all()
        self.second = self.compute(REASON)

    def correct(self, *, is_final=False):
        return self.publish(self.second, is_final=is_final, reason="公示已满")

    @property
    def public(self):
        return f"/results/{self.competition.id}/events/{self.event_id}"

    def page_of(self, snapshot):
        return f"/scoring/competitions/{self.competition.id}/snapshots/{snapshot}"


@pytest.fixture
def corrected(app):
    return Corrected()


def publication(number):
    db.session.rollback()
    return db.session.get(Publication, number)


def test_until_the_correction_is_published_the_public_sees_the_first(corrected, client):
    page = client.get(corrected.public).text

    assert "77.50" in page
    assert "更正" not in page
    assert replaced_by(db.session(), publication(corrected.shown)) is None
    assert ever_shown(db.session(), [corrected.event_id]) == {corrected.first}
    assert last_shown(db.session(), corrected.second) is None


def test_then_the_public_is_told_that_it_is_a_correction_and_of_what(corrected, client):
    number = corrected.correct()
    page = client.get(corrected.public).text

    assert "这是更正后的成绩" in page
    assert "79.25" in page or "81" in page
    assert REASON not in page
    assert replaced_by(db.session(), publication(number)).snapshot_id == corrected.first
    assert ever_shown(db.session(), [corrected.event_id]) == {corrected.first, corrected.second}


def test_to_make_a_result_final_replaces_nothing(corrected, client):
    stage = Stage()
    stage.mark_all(PRACTICE, THEORY)
    stage.confirm_all()
    snapshot = stage.compute()
    stage.publish(snapshot)
    final = stage.publish(snapshot, is_final=True, reason="公示已满")

    assert replaced_by(db.session(), publication(final)) is None
    corrected.correct()
    final = corrected.correct(is_final=True)
    assert replaced_by(db.session(), publication(final)).snapshot_id == corrected.first


def test_the_organiser_sees_which_was_shown_which_is_shown_and_why(corrected, client):
    sign_in_account(client, make_account(role=Role.ORGANISER, competition=corrected.competition))
    page = client.get(corrected.page_of(corrected.second)).text
    assert f"重新计算的理由：{REASON}" in page
    assert "这一份将代替公众现在看到的第 1 份" in page

    corrected.correct()
    old = client.get(corrected.page_of(corrected.first)).text
    assert "曾公布，已由第 2 份代替" in old
    assert "公众现在看到的是第 2 份" in old
    assert "曾公布，已代替" in client.get(f"/scoring/competitions/{corrected.competition.id}/results").text

    client.set_cookie("language", "en")
    refresh()
    assert "Was published, replaced by no. 2" in client.get(corrected.page_of(corrected.first)).text
