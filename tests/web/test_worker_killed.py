"""A worker that is killed by the machine, not by an exception: what it had promised stands, the rest is done once."""

import json
import signal
import subprocess
import sys
from collections import Counter

import dying_worker
import pytest
from factories import make_actor, make_competition
from sqlalchemy import select

from core import audit, jobs
from core.auth import SignInTry
from core.config import ROOT
from core.db import db, transaction
from core.jobs import Batch, BatchState, NewBatch
from core.permissions import Role

ITEMS = 50
NO_ITEM = -1


@pytest.fixture(scope="module")
def workers():
    """The program whose processes are the workers."""
    command, pipes = [sys.executable, dying_worker.__file__], {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, cwd=ROOT, text=True, **pipes) as running:
        yield running


def killed_at(workers, app, item):
    """Run the worker as a process of its own until it dies at `item`; how it ended."""
    kept = app.config["SETTINGS"]
    keys = {"SECRET_KEY": kept.secret_key, "DATA_KEY": kept.data_key}
    place = {"INSTANCE": str(kept.instance), "DATABASE_URL": kept.database_url}
    workers.stdin.write(json.dumps({"environment": keys | place, "item": item}) + "\n")
    workers.stdin.flush()
    return int(workers.stdout.readline())


def test_what_a_killed_worker_had_finished_stands_and_the_rest_is_done_once(workers, app):
    competition = make_competition()
    actor = make_actor(Role.ORGANISER, competition.id)
    with transaction() as session:
        batch_id = jobs.enqueue(session, NewBatch(dying_worker.KIND, "数一数", competition.id, {}, ITEMS), actor).id
    db.session.remove()

    assert killed_at(workers, app, jobs.CHUNK + 7) == -signal.SIGKILL
    assert done(batch_id) == Counter(range(jobs.CHUNK))
    assert killed_at(workers, app, 2 * jobs.CHUNK) == -signal.SIGKILL
    assert done(batch_id) == Counter(range(2 * jobs.CHUNK))

    jobs.register(dying_worker.KIND, dying_worker.step_that_dies_at(NO_ITEM))
    jobs.sweep()
    assert done(batch_id) == Counter(range(ITEMS))
    assert db.session.get(Batch, batch_id).state is BatchState.DONE
    assert audit.verify() == []


def done(batch_id):
    db.session.rollback()
    rows = db.session.scalars(select(SignInTry.subject).where(SignInTry.subject.startswith(f"{batch_id}/")))
    return Counter(int(subject.split("/")[1]) for subject in rows)
