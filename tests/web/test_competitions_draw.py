from collections import Counter

import pytest
from at_once import at_once
from factories import make_actor, make_competition, make_entrant, make_event
from sqlalchemy import select

from competitions.draws.draw import DrawError, commitment
from competitions.draws.drawing import (
    AlreadyDrawnError,
    RedrawReasonError,
    RunDraw,
    draws_of,
    next_commitment,
    run_draw,
    verify_draw,
)
from competitions.lifecycle import CompetitionState
from competitions.models import DrawRecord, Entrant, EntrantStatus, Event
from competitions.setup import EmptyNameError, WrongStateError
from core.audit import AuditEntry
from core.db import db, transaction
from core.errors import NotFoundError


def event_with(size, **over):
    event = make_event(competition=make_competition(state=CompetitionState.DRAWING, **over))
    for _ in range(size):
        make_entrant(event=event)
    return event


def unmarked(_event_id):
    return False


def marked(_event_id):
    return True


def drawn(event, has_marks=unmarked, **over):
    values = {"witness": "李监督", "called_out": ("7", "42"), "actor": make_actor()} | over
    return run_draw(RunDraw(event.competition_id, event.id, **values), has_marks)


def numbers(event_id):
    db.session.rollback()
    query = select(Entrant.draw_number).where(Entrant.event_id == event_id).order_by(Entrant.id)
    return list(db.session.scalars(query))


def test_every_entrant_gets_one_of_the_numbers_from_one_on(app):
    event = event_with(7)

    record_id = drawn(event)

    assert sorted(numbers(event.id)) == [1, 2, 3, 4, 5, 6, 7]
    row = db.session.get(DrawRecord, record_id)
    assert (row.witness, row.record["called_out"], row.record["number"]) == ("李监督", ["7", "42"], 1)
    entry = db.session.scalar(select(AuditEntry).where(AuditEntry.action == "draw.made"))
    assert entry.detail["fingerprint"] == row.record["fingerprint"]


def test_the_commitment_shown_before_is_that_of_the_secret_shown_after(sqlite_app):
    event = event_with(3)
    before = next_commitment(event.id, 0)

    row = db.session.get(DrawRecord, drawn(event))

    assert row.record["commitment"] == before == commitment(row.record["secret"])
    assert next_commitment(event.id, 1) != before


def test_a_record_replays_and_agrees_with_the_numbers_given(app):
    event = event_with(9)
    record_id = drawn(event, stations=4, spread=True)

    assert verify_draw(event.competition_id, record_id).problem == ""


def test_a_number_changed_after_the_draw_is_found(sqlite_app):
    event = event_with(3)
    record_id = drawn(event)
    with transaction() as session:
        session.scalar(select(Entrant).where(Entrant.draw_number == 1)).draw_number = 99

    assert "不一致" in verify_draw(event.competition_id, record_id).problem


def test_withdrawn_entrants_are_not_drawn(sqlite_app):
    event = event_with(3)
    absent = make_entrant(event=event, status=EntrantStatus.WITHDRAWN)

    drawn(event)

    assert sorted(n for n in numbers(event.id) if n) == [1, 2, 3]
    assert absent.draw_number is None


@pytest.mark.parametrize(
    ("over", "error"),
    [({"witness": " "}, EmptyNameError), ({"called_out": ()}, DrawError), ({"called_out": (" ",)}, DrawError)],
)
def test_a_draw_without_witness_or_numbers_called_out_is_refused(sqlite_app, over, error):
    event = event_with(2)
    with pytest.raises(error):
        drawn(event, **over)

    assert numbers(event.id) == [None, None]


def test_nobody_to_draw_and_the_wrong_state_are_refused(sqlite_app):
    with pytest.raises(DrawError):
        drawn(event_with(0))
    early = make_event()
    make_entrant(event=early)
    with pytest.raises(WrongStateError):
        drawn(early)


def test_an_event_of_another_competition_is_not_found(sqlite_app):
    event = event_with(1)
    command = RunDraw(make_competition().id, event.id, "李监督", ("7",), make_actor())
    with pytest.raises(NotFoundError):
        run_draw(command, unmarked)
    record_id = drawn(event)
    with pytest.raises(NotFoundError):
        verify_draw(make_competition().id, record_id)
    with pytest.raises(NotFoundError):
        verify_draw(event.competition_id, 999)


def test_a_further_draw_wants_a_reason_and_keeps_the_first_record(app):
    event = event_with(6)
    first = drawn(event)

    with pytest.raises(RedrawReasonError):
        drawn(event, earlier=1)
    second = drawn(event, earlier=1, reason="报数时有人迟到")

    assert [row.id for row in draws_of(event.id)] == [second, first]
    assert sorted(numbers(event.id)) == [1, 2, 3, 4, 5, 6]
    assert [verify_draw(event.competition_id, key).problem for key in (first, second)] == ["", ""]


def test_what_is_marked_is_not_drawn_again(sqlite_app):
    event = event_with(2)
    drawn(event)
    before = numbers(event.id)

    with pytest.raises(AlreadyDrawnError):
        drawn(event, has_marks=marked, earlier=1, reason="想重抽")

    assert numbers(event.id) == before


def test_two_who_draw_at_once_make_one_draw(app):
    event = event_with(5)
    competition_id, event_id = event.competition_id, event.id

    def press(_):
        command = RunDraw(competition_id, event_id, "李监督", ("7",), make_actor(), reason="同时")
        try:
            run_draw(command, unmarked)
        except AlreadyDrawnError:
            return "second"
        return "drawn"

    assert Counter(at_once(app, press, range(2))) == {"drawn": 1, "second": 1}
    assert sorted(numbers(event_id)) == [1, 2, 3, 4, 5]
    assert db.session.get(Event, event_id) is not None
