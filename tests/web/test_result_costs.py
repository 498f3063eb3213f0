"""What computing a result asks of the database and of the engine does not grow faster than the field."""

from collections import Counter

from asked import told
from marked import Stage

from core.db import db
from scoring.engine import outcomes
from scoring.models import ResultLine
from scoring.results.computing import ComputeResult, compute_result


def marked(contestants):
    stage = Stage(contestants)
    practice = [(str(80 - n), str(81 - n), str(82 - n)) for n in range(contestants)]
    # Every third has no theory mark yet, so that warnings grow with the field too.
    stage.mark_all(practice, [str(60 + n) if n % 3 else "" for n in range(contestants)])
    return stage


def test_more_contestants_cost_no_more_queries(sqlite_app):
    counts = []
    for size in (3, 12):
        stage = marked(size)
        command = ComputeResult(stage.competition.id, stage.event_id, stage.organiser)
        db.session.remove()
        with told() as statements:
            snapshot = compute_result(command)
        counts.append(Counter(" ".join(statement.split(None, 3)[:3]) for statement in statements))
        assert db.session.query(ResultLine).filter_by(snapshot_id=snapshot).count() == size

    assert counts[0] == counts[1]
    assert counts[0].total() <= 25


def test_the_field_is_reckoned_as_often_for_many_as_for_few(sqlite_app, monkeypatch):
    reckonings = []
    for size in (3, 12):
        stage = marked(size)
        sizes = []
        reckon = outcomes._Run.reckon
        monkeypatch.setattr(outcomes._Run, "reckon", lambda run, s=sizes, r=reckon: s.append(len(run.books)) or r(run))
        stage.compute()
        monkeypatch.undo()
        reckonings.append(sizes)

    # Those who are not fully marked one by one, then the whole field once for the unfoldings.
    assert [len(sizes) for sizes in reckonings] == [2, 2]
    assert [max(sizes) for sizes in reckonings] == [3, 12]
