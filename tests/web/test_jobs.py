"""Long work as rows: nothing lost, nothing done twice, whoever stops whenever."""

from collections import Counter

import pytest
from at_once import at_once
from factories import make_account, make_actor, make_competition, sign_in_account
from sqlalchemy import select

from core import jobs
from core.auth import SignInTry
from core.clock import now
from core.db import db, transaction
from core.errors import InvalidInputError, NotFoundError
from core.jobs import Batch, BatchState, NewBatch
from core.permissions import Role

KIND = "tests.count"


class PowerCut(BaseException):
    """The process ends in the middle of a chunk."""


def count(session, batch, number):
    """Leaves one row an item, named after it; item `cut` ends the process the first time, item `bad` is refused."""
    if number == batch.params.get("bad"):
        raise InvalidInputError("第 %(n)s 项无法处理", n=number)
    if number == batch.params.get("cut") and CUTS:
        CUTS.pop()
        raise PowerCut
    session.add(SignInTry(subject=f"{batch.id}/{number}", at=now()))


CUTS: list[bool] = []
jobs.register(KIND, count)


def queue(total=50, **params):
    competition = make_competition()
    actor = make_actor(Role.ORGANISER, competition.id)
    with transaction() as session:
        batch = jobs.enqueue(session, NewBatch(KIND, "数一数", competition.id, params, total), actor)
        return batch.id, competition.id


def counted(batch_id):
    rows = db.session.scalars(select(SignInTry.subject).where(SignInTry.subject.startswith(f"{batch_id}/")))
    return Counter(int(subject.split("/")[1]) for subject in rows)


def state(batch_id):
    db.session.rollback()
    return db.session.get(Batch, batch_id).state


def test_every_item_is_done_once(app):
    batch_id, _ = queue()
    jobs.sweep()

    assert counted(batch_id) == Counter(range(50))
    assert state(batch_id) is BatchState.DONE


def test_a_process_that_dies_in_a_chunk_loses_and_doubles_nothing(app):
    batch_id, _ = queue(cut=27)
    CUTS.append(True)
    with pytest.raises(PowerCut):
        jobs.sweep()
    assert counted(batch_id) == Counter(range(20))
    jobs.sweep()

    assert counted(batch_id) == Counter(range(50))


def test_two_workers_at_once_do_every_item_once(app):
    batch_id, _ = queue(total=200)

    def work(_):
        jobs.sweep()

    at_once(app, work, range(3))

    assert counted(batch_id) == Counter(range(200))


def test_what_is_stopped_keeps_what_is_done_and_goes_on_from_there(app):
    batch_id, competition_id = queue()
    actor = make_actor(Role.ORGANISER, competition_id)
    assert jobs.run_chunk(batch_id)
    jobs.stop_batch(batch_id, competition_id, actor)
    jobs.sweep()
    assert len(counted(batch_id)) == jobs.CHUNK
    jobs.resume_batch(batch_id, competition_id, actor)
    jobs.sweep()

    assert counted(batch_id) == Counter(range(50))


def test_an_item_that_is_refused_stops_the_batch_and_says_why_and_nothing_of_its_chunk_stays(app):
    batch_id, _ = queue(bad=25)
    jobs.sweep()

    assert state(batch_id) is BatchState.FAILED
    assert "第 25 项" in db.session.get(Batch, batch_id).message
    assert counted(batch_id) == Counter(range(20))


def test_a_batch_of_another_competition_is_not_found(app):
    batch_id, _ = queue()
    other = make_competition()
    with pytest.raises(NotFoundError):
        jobs.stop_batch(batch_id, other.id, make_actor(Role.ORGANISER, other.id))


def test_the_page_shows_how_far_it_is_and_strangers_nothing(client):
    batch_id, competition_id = queue()
    jobs.run_chunk(batch_id)
    path = f"/competitions/{competition_id}/jobs/{batch_id}"
    assert client.get(path, headers={"Accept": "application/json"}).status_code == 401
    sign_in_account(client, make_account(role=Role.ORGANISER, competition_id=competition_id))

    answer = client.get(path, headers={"Accept": "application/json"}).get_json()
    assert answer == {"state": "queued", "done": 20, "total": 50, "message": ""}
    assert "20 / 50" in client.get(path).get_data(as_text=True)
    assert client.post(f"{path}/stops").status_code == 302
    assert state(batch_id) is BatchState.STOPPED
