"""Figures for whoever watches: true, the same from every process, and for nobody without token or office."""

import re
from datetime import timedelta

import pytest
from factories import make_account, make_actor, make_competition, make_judge, make_sheet, sign_in_account, sign_in_judge
from installation import make_app, make_settings
from sqlalchemy.exc import OperationalError

import core.metrics.reading
from core import jobs
from core.audit import ends
from core.auth import SignIn, count_failure
from core.config import SettingsError
from core.db import db, transaction
from core.metrics.text import Figure, Kind, Sample, by_label, figure, openmetrics
from core.permissions import Role
from scoring.models import ScoreSheet
from scoring.states import SheetState

TOKEN = "t" * 40
BEARER = {"Authorization": f"Bearer {TOKEN}"}
LINE = re.compile(r'[a-z_]+(\{[a-z_]+="(\\.|[^"\\\n])*"(,[a-z_]+="(\\.|[^"\\\n])*")*\})? -?\d+(\.\d+)?')


@pytest.fixture
def watched(database_url, tmp_path):
    """An installation whose figures a program may read."""
    app = make_app(make_settings(tmp_path, database_url, METRICS_TOKEN=TOKEN))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def read(app):
    """Every figure by its name with labels, after the form of the answer was looked at."""
    answer = app.test_client().get("/metrics", headers=BEARER)
    assert answer.status_code == 200
    assert answer.content_type == "application/openmetrics-text; version=1.0.0; charset=utf-8"
    *lines, end = answer.text.removesuffix("\n").split("\n")
    assert end == "# EOF"
    samples = [line for line in lines if not line.startswith("# ")]
    assert all(LINE.fullmatch(line) for line in samples), samples
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in samples)}


def enqueue(total):
    competition_id = make_competition().id
    actor = make_actor(Role.ORGANISER, competition_id)
    with transaction() as session:
        return jobs.enqueue(session, jobs.NewBatch("unheard", "证书", competition_id, {}, total), actor).id


def test_an_empty_installation_has_every_figure(watched):
    found = read(watched)
    assert found["competition_database_up"] == 1
    assert found["competition_disk_free_bytes"] > 0
    assert found["competition_disk_size_bytes"] >= found["competition_disk_free_bytes"]
    assert found["competition_database_size_bytes"] > 10_000
    for state in ("queued", "done", "stopped", "failed"):
        assert found[f'competition_batches{{state="{state}"}}'] == 0
    for state in SheetState:
        assert found[f'competition_sheets{{state="{state.value}"}}'] == 0
    assert found["competition_audit_entries_total"] == 0
    assert "competition_last_save_timestamp_seconds" not in found, "no save is no moment"
    (about,) = [name for name in found if name.startswith("competition_installation_info")]
    assert f'database="{db.engine.dialect.name}"' in about


def test_waiting_work_is_counted_and_its_age_grows(watched, later):
    enqueue(30)
    begun = enqueue(10)
    with transaction() as session:
        session.get_one(jobs.Batch, begun).done = 4
    later(timedelta(minutes=2))

    found = read(watched)

    assert found['competition_batches{state="queued"}'] == 2
    assert found["competition_batch_items_waiting"] == 36
    assert 120 <= found["competition_batch_oldest_seconds"] < 180


def test_devices_that_hold_saves_are_counted_while_they_are_signed_in(watched, later):
    competition = make_competition()
    for unsent in (0, 3, 4):
        sign_in_judge(watched.test_client(), make_judge(competition_id=competition.id))
        with transaction() as session:
            session.query(SignIn).order_by(SignIn.id.desc()).first().unsent = unsent
    sign_in_account(watched.test_client(), make_account())

    found = read(watched)
    assert (found["competition_devices"], found["competition_devices_unsent"], found["competition_unsent_saves"]) == (
        3,
        2,
        7,
    )
    later(timedelta(days=8))
    assert read(watched)["competition_devices"] == 0


def test_sheets_are_counted_by_state_and_the_chains_by_their_lines(watched):
    first, second = make_sheet().id, make_sheet().id
    with transaction() as session:
        session.get_one(ScoreSheet, first).state = SheetState.SUBMITTED
    enqueue(1)
    count_failure("name")

    found = read(watched)

    assert found['competition_sheets{state="submitted"}'] == 1
    assert found['competition_sheets{state="open"}'] == 1
    assert second != first
    assert found["competition_audit_entries_total"] == sum(length for length, _ in ends().values())
    assert found["competition_audit_chains"] == len(ends())
    assert found["competition_failed_sign_ins_recent"] == 1


def test_another_process_tells_the_same(watched, database_url, tmp_path):
    enqueue(5)
    make_sheet()
    mine = read(watched)
    other = make_app(make_settings(tmp_path, database_url, METRICS_TOKEN=TOKEN))
    with other.app_context():
        theirs = read(other)
        db.engine.dispose()
    changing = ("disk", "oldest", "size")
    assert {k: v for k, v in mine.items() if not any(word in k for word in changing)} == {
        k: v for k, v in theirs.items() if not any(word in k for word in changing)
    }


def test_without_a_database_that_is_told_and_nothing_else(watched, monkeypatch):
    def refuse():
        raise OperationalError("SELECT 1", {}, Exception("gone"))

    monkeypatch.setattr(core.metrics.reading, "is_reachable", refuse)

    found = read(watched)

    assert found.pop("competition_database_up") == 0
    assert found.keys() == {"competition_disk_free_bytes", "competition_disk_size_bytes"}


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer "}, {"Authorization": f"Bearer {TOKEN}x"}])
def test_a_stranger_and_a_wrong_token_get_nothing(watched, header):
    answer = watched.test_client().get("/metrics", headers={"Accept": "application/json"} | header)
    assert answer.status_code == 401
    assert "competition_" not in answer.text


def test_no_token_is_no_open_door(sqlite_app):
    for header in ({}, {"Authorization": "Bearer "}, {"Authorization": ""}):
        answer = sqlite_app.test_client().get("/metrics", headers={"Accept": "application/json"} | header)
        assert answer.status_code == 401


def test_a_system_administrator_reads_it_and_an_organiser_does_not(sqlite_app):
    administrator = sign_in_account(sqlite_app.test_client(), make_account(role=Role.SYSTEM_ADMIN))
    assert administrator.get("/metrics").status_code == 200
    organiser = make_account(role=Role.ORGANISER, competition=make_competition())
    assert sign_in_account(sqlite_app.test_client(), organiser).get("/metrics").status_code == 403


def test_a_short_token_does_not_start(tmp_path):
    with pytest.raises(SettingsError, match="METRICS_TOKEN"):
        make_settings(tmp_path, METRICS_TOKEN="short")


def test_the_text_is_as_the_format_has_it():
    told = openmetrics(
        [
            figure("up", "One \\ two\nthree", 1),
            figure("lines", "Lines.", 7, Kind.COUNTER),
            by_label("sheets", "Sheets.", "state", {"open": 2, 'a"b\\c\n': 0}),
            Figure("about", "About.", (Sample(1, {"a": "x", "b": "y"}),), Kind.INFO),
            figure("age", "Age.", 1.5),
        ]
    )
    assert told == (
        "# HELP competition_up One \\\\ two\\nthree\n# TYPE competition_up gauge\ncompetition_up 1\n"
        "# HELP competition_lines Lines.\n# TYPE competition_lines counter\ncompetition_lines_total 7\n"
        "# HELP competition_sheets Sheets.\n# TYPE competition_sheets gauge\n"
        'competition_sheets{state="open"} 2\ncompetition_sheets{state="a\\"b\\\\c\\n"} 0\n'
        '# HELP competition_about About.\n# TYPE competition_about info\ncompetition_about_info{a="x",b="y"} 1\n'
        "# HELP competition_age Age.\n# TYPE competition_age gauge\ncompetition_age 1.500\n"
        "# EOF\n"
    )


def test_health_says_only_whether_the_database_answers(sqlite_app):
    assert sqlite_app.test_client().get("/healthz").json == {"status": "ok"}
