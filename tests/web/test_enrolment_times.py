"""When registration by the units is open, what stays of it afterwards, and where it does not apply."""

from datetime import timedelta
from functools import partial

import pytest
from enrolled import make_enrolment
from factories import make_competition, make_delegation, make_event, stored
from sqlalchemy import select

from certificates.contestants.erasing import ErasePerson, erase_person
from competitions.course.readiness import shortcomings
from competitions.delegations.defining import RemoveDelegation, remove_delegation
from competitions.enrolment.clearing import ClearLeftovers, NothingLeftError, clear_leftovers
from competitions.enrolment.deciding import (
    ReturnEntry,
    return_entry,
)
from competitions.enrolment.entries import (
    RemoveEntry,
    SaveEntry,
    TooManyEntriesError,
    remove_entry,
    save_entry,
)
from competitions.enrolment.handing_in import (
    hand_ins_of,
)
from competitions.enrolment.models import EnrolmentEntry, EntryState
from competitions.enrolment.periods import (
    EnrolmentClosedError,
    EventPeriod,
    ExtendPeriod,
    Opening,
    PeriodError,
    SetPeriods,
    extend_period,
    periods_of,
    set_periods,
)
from competitions.events.defining import RemoveEvent, remove_event
from competitions.lifecycle import CompetitionState, Condition
from competitions.models import Competition, Contestant, Entrant
from competitions.setup import InUseError, WrongStateError, competition_of
from competitions.stages.lines import Measure
from competitions.stages.models import EventStage
from core.clock import now
from core.db import db, transaction
from core.errors import NotFoundError


def entrants(event_id):
    db.session.rollback()
    db.session.expire_all()
    return list(db.session.scalars(select(Entrant).where(Entrant.event_id == event_id).order_by(Entrant.id)))


def let_state(competition_id, state):
    with transaction() as session:
        session.get_one(Competition, competition_id).state = state


def send_back(enrolment, entry_id, reason="证书不清楚"):
    revision = enrolment.entry(entry_id).revision
    return_entry(ReturnEntry(enrolment.competition_id, entry_id, revision, reason, enrolment.organiser))


def test_before_and_after_the_time_nothing_is_changed(app, later):
    enrolment = make_enrolment()
    enrolment.open(opens_in=1, closes_in=2)
    with pytest.raises(EnrolmentClosedError, match="开始，现在还不能填写"):
        enrolment.add(1)
    later(timedelta(days=1, hours=1))
    entry_id = enrolment.add(1)
    later(timedelta(days=1))
    with pytest.raises(EnrolmentClosedError, match="截止"):
        enrolment.change(entry_id, 1)
    with pytest.raises(EnrolmentClosedError, match="截止"):
        remove_entry(RemoveEntry(enrolment.competition_id, enrolment.own_id, entry_id, 1, enrolment.actor()))
    with pytest.raises(EnrolmentClosedError, match="截止"):
        enrolment.hand_in()
    assert enrolment.entry(entry_id).state is EntryState.DRAFT


def test_the_last_moment_still_counts(app, monkeypatch):
    enrolment = make_enrolment()
    last = periods_of(db.session(), enrolment.competition_id).general.closes_at
    monkeypatch.setattr("core.clock._now", lambda: last)
    enrolment.add(1)
    monkeypatch.setattr("core.clock._now", lambda: last + timedelta(microseconds=1))
    with pytest.raises(EnrolmentClosedError):
        enrolment.add(2)


def test_who_was_handed_in_is_approved_after_the_deadline(app, later):
    enrolment = make_enrolment()
    entry_id = enrolment.add(1)
    enrolment.hand_in()
    later(timedelta(days=30))
    assert enrolment.approve(entry_id).entrants == 1


def test_a_draft_whose_event_has_closed_stays_a_draft(app, later):
    enrolment = make_enrolment()
    early = make_event(competition_id=enrolment.competition_id, name="电工")
    enrolment.open(EventPeriod(early.id, now() - timedelta(days=1), now() + timedelta(days=1)))
    stays = enrolment.add(1, event_id=early.id)
    goes = enrolment.add(2)
    later(timedelta(days=2))
    assert enrolment.hand_in() == 1
    assert enrolment.entry(stays).state is EntryState.DRAFT
    assert enrolment.entry(goes).state is EntryState.HANDED_IN
    with pytest.raises(EnrolmentClosedError):
        enrolment.change(stays, 1, event_id=enrolment.event_id)  # nobody slips out of a closed event either


def test_one_delegation_may_have_more_time(app, later):
    enrolment = make_enrolment()
    later(timedelta(days=8))
    until = now() + timedelta(days=1)
    extend_period(ExtendPeriod(enrolment.competition_id, enrolment.own_id, until, enrolment.organiser))
    enrolment.add(1)
    with pytest.raises(EnrolmentClosedError):
        enrolment.add(1, enrolment.other_id)
    extend_period(ExtendPeriod(enrolment.competition_id, enrolment.own_id, None, enrolment.organiser))
    with pytest.raises(EnrolmentClosedError):
        enrolment.add(2)


def test_more_time_for_nothing_is_refused(app):
    enrolment = make_enrolment()
    set_periods(SetPeriods(enrolment.competition_id, None, None, (), enrolment.organiser))
    assert periods_of(db.session(), enrolment.competition_id).of(None).opening is Opening.UNSET
    with pytest.raises(EnrolmentClosedError, match="没有设报名时间"):
        extend_period(ExtendPeriod(enrolment.competition_id, enrolment.own_id, now(), enrolment.organiser))
    with pytest.raises(EnrolmentClosedError, match="没有开放"):
        enrolment.add(1)


def test_periods_that_cannot_be_are_refused(app):
    enrolment = make_enrolment()
    at, than = now(), now() + timedelta(days=1)
    for span in ((at, None), (None, at), (than, at), (at, at)):
        with pytest.raises(PeriodError):
            set_periods(SetPeriods(enrolment.competition_id, *span, (), enrolment.organiser))
        lines = (EventPeriod(enrolment.event_id, *span),)
        with pytest.raises(PeriodError):
            set_periods(SetPeriods(enrolment.competition_id, at, than, lines, enrolment.organiser))
    with pytest.raises(PeriodError, match="名额"):
        enrolment.open(EventPeriod(enrolment.event_id, most=0))
    with pytest.raises(NotFoundError):
        enrolment.open(EventPeriod(make_event().id, most=1))


def test_when_registration_is_over_nothing_moves_any_more(app):
    enrolment = make_enrolment()
    entry_id = enrolment.add(1)
    enrolment.hand_in()
    let_state(enrolment.competition_id, CompetitionState.DRAWING)
    for act in (
        lambda: enrolment.add(2),
        lambda: enrolment.change(entry_id, 1),
        enrolment.hand_in,
        lambda: enrolment.approve(entry_id),
        lambda: send_back(enrolment, entry_id),
        enrolment.open,
    ):
        with pytest.raises(WrongStateError):
            act()


def test_the_course_waits_for_who_was_handed_in_and_not_for_drafts(app):
    enrolment = make_enrolment()
    entry_id = enrolment.add(1)
    lacking = partial(lambda: shortcomings(competition_of(enrolment.competition_id))[Condition.ROSTER_SETTLED])
    assert lacking() == ()
    enrolment.hand_in()
    assert [str(one) for one in lacking()] == ["唐山市报送的 1 人还没有审核"]
    enrolment.approve(entry_id)
    assert lacking() == ()


def test_what_was_entered_keeps_its_delegation_and_event(app):
    enrolment = make_enrolment()
    event = make_event(competition_id=enrolment.competition_id)
    enrolment.open(EventPeriod(event.id, most=3))
    remove_event(RemoveEvent(enrolment.competition_id, event.id, enrolment.organiser))  # its quota goes with it
    enrolment.add(1)
    with pytest.raises(InUseError, match="在线填报"):
        remove_delegation(RemoveDelegation(enrolment.competition_id, enrolment.own_id, enrolment.organiser))
    with pytest.raises(InUseError, match="在线报名"):
        remove_event(RemoveEvent(enrolment.competition_id, enrolment.event_id, enrolment.organiser))
    enrolment.link(enrolment.other_id)
    remove_delegation(RemoveDelegation(enrolment.competition_id, enrolment.other_id, enrolment.organiser))


def test_a_list_has_an_end(app, monkeypatch):
    enrolment = make_enrolment()
    monkeypatch.setattr("competitions.enrolment.entries.MOST_ENTRIES", 1)
    enrolment.add(1)
    with pytest.raises(TooManyEntriesError):
        enrolment.add(2)


def test_another_competition_s_delegation_enters_nobody_here(app):
    enrolment = make_enrolment()
    stranger = make_delegation(competition_id=make_competition().id)
    with pytest.raises(NotFoundError):
        save_entry(SaveEntry(enrolment.competition_id, stranger.id, enrolment.stated(1), enrolment.actor()))
    assert db.session.scalars(select(EnrolmentEntry)).all() == []
    assert db.session.scalars(select(Contestant)).all() == []


def test_nobody_registers_for_a_later_stage(app):
    enrolment = make_enrolment()
    final = make_event(competition_id=enrolment.competition_id, name="焊工", group_name="决赛")
    enrolment.open(EventPeriod(final.id, now() - timedelta(days=1), now() + timedelta(days=1)))
    enrolment.add(1, event_id=final.id)
    stored(EventStage(event_id=final.id, follows_id=enrolment.event_id, measure=Measure.NUMBER, value="3"))

    with pytest.raises(EnrolmentClosedError):
        enrolment.add(2, event_id=final.id)
    assert periods_of(db.session(), enrolment.competition_id).of(final.id).opening is Opening.UNSET
    enrolment.add(2)


def test_what_is_left_of_people_who_did_not_take_part_goes_when_all_is_over(app):
    enrolment = make_enrolment()
    taken = enrolment.add(1)
    enrolment.hand_in()
    enrolment.approve(taken)
    enrolment.add(2)
    clear = ClearLeftovers(enrolment.competition_id, enrolment.organiser)
    with pytest.raises(WrongStateError):
        clear_leftovers(clear)
    let_state(enrolment.competition_id, CompetitionState.ARCHIVED)
    assert clear_leftovers(clear) == 1
    assert [one.id for one in enrolment.entries()] == [taken]
    with pytest.raises(NothingLeftError):
        clear_leftovers(clear)
    assert len(hand_ins_of(enrolment.competition_id)) == 1


def test_who_is_erased_is_erased_here_too(app):
    enrolment = make_enrolment()
    entry_id = enrolment.add(1)
    enrolment.hand_in()
    enrolment.approve(entry_id)
    let_state(enrolment.competition_id, CompetitionState.ARCHIVED)
    contestant_id = entrants(enrolment.event_id)[0].members[0].id
    erase_person(ErasePerson(enrolment.competition_id, contestant_id, "本人申请", enrolment.organiser))
    assert enrolment.entries() == []
