"""An approval is taken back with a reason until the draw or check-in; then it is said what to do instead."""

import pytest
from at_once import at_once
from enrolled import make_enrolment
from enrolled_pages import organiser_of, run
from sqlalchemy import select

from competitions.check_in.arriving import CheckIn, check_in
from competitions.enrolment.deciding import NotWaitingError, ReturnReasonError
from competitions.enrolment.entries import ChangedEntryError
from competitions.enrolment.models import EntryState
from competitions.enrolment.taking_back import TakeBackApproval, TooLateError, take_back_approval
from competitions.judge_ties.declaring import DeclareTie, declare_tie
from competitions.judges.conflicts import Tie
from competitions.judges.panels import AddJudge, JudgeRecord, add_judge
from competitions.lifecycle import CompetitionState
from competitions.models import Competition, Contestant, Entrant, EntrantStatus, Form, Person
from competitions.registration.entrants import ChangeStatus, change_status
from competitions.setup import InUseError, WrongStateError
from core.audit import AuditEntry, verify
from core.db import db, transaction
from core.errors import NotFoundError


def approved(count=1, **over):
    """An enrolment with so many approved; the entries' ids."""
    enrolment = make_enrolment(**over)
    entries = [enrolment.add(number + 1) for number in range(count)]
    enrolment.hand_in()
    enrolment.approve(*entries)
    return enrolment, entries


def take_back(enrolment, entry_id, reason="误通过，缺社保证明", revision=None):
    seen = enrolment.entry(entry_id).revision if revision is None else revision
    command = TakeBackApproval(enrolment.competition_id, entry_id, seen, reason, enrolment.organiser)
    return take_back_approval(command)


def entrants():
    db.session.rollback()
    return list(db.session.scalars(select(Entrant)))


def test_the_entrant_goes_and_the_delegation_reads_why_and_may_hand_in_again(app):
    enrolment, (entry_id,) = approved()
    assert len(entrants()) == 1

    take_back(enrolment, entry_id)

    entry = enrolment.entry(entry_id)
    assert (entry.state, entry.reason, entry.entrant_id) == (EntryState.RETURNED, "误通过，缺社保证明", None)
    assert entrants() == []
    assert list(db.session.scalars(select(Person))) == []  # known from nowhere else
    line = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "enrolment.approval_taken_back")).one()
    assert line.detail["reason"] == "误通过，缺社保证明"
    assert verify() == []

    enrolment.change(entry_id, entry.revision)
    enrolment.hand_in()
    enrolment.approve(entry_id)
    assert len(entrants()) == 1


def test_a_person_who_takes_part_elsewhere_stays_known(app):
    enrolment, (entry_id,) = approved()
    other = make_enrolment()
    there = other.add(1)
    other.hand_in()
    other.approve(there)

    take_back(enrolment, entry_id)

    assert [one.event_id for one in entrants()] == [other.event_id]
    assert len(list(db.session.scalars(select(Person)))) == 1


def test_a_pair_leaves_together_and_the_mate_stays_approved(app):
    enrolment, (one, two) = approved(2, form=Form.DOUBLE)
    assert len(entrants()) == 1

    assert take_back(enrolment, one) == 1

    assert entrants() == []
    assert enrolment.entry(two).state is EntryState.APPROVED
    assert enrolment.entry(two).entrant_id is None
    enrolment.change(one, enrolment.entry(one).revision)
    enrolment.hand_in()
    enrolment.approve(one)
    (pair,) = entrants()
    assert len(pair.members) == 2
    assert enrolment.entry(two).entrant_id == pair.id


def test_a_team_of_any_size_goes_on_without_the_person_and_ends_with_the_last(app):
    enrolment, (one, two) = approved(2, form=Form.TEAM)

    assert take_back(enrolment, one) == 0
    (team,) = entrants()
    assert [member.person.name for member in team.members] == [enrolment.entry(two).name]

    take_back(enrolment, two)
    assert entrants() == []


def test_who_is_drawn_cannot_be_taken_back_and_it_is_said_what_to_do(app):
    enrolment, (entry_id,) = approved()
    with transaction() as session:
        session.scalars(select(Entrant)).one().draw_number = 7

    with pytest.raises(TooLateError, match=r"已经抽签（7 号）.*弃权或取消资格") as refused:
        take_back(enrolment, entry_id)
    assert "弃权" in str(refused.value)
    assert enrolment.entry(entry_id).state is EntryState.APPROVED
    page = organiser_of(app, enrolment).get(run(enrolment, f"/entries/{entry_id}")).text
    assert "已经抽签（7 号）" in page
    assert "approvals-taken-back" not in page


def test_who_has_come_cannot_be_taken_back(app):
    enrolment, (entry_id,) = approved()
    contestant_id = db.session.scalars(select(Contestant.id)).one()
    check_in(CheckIn(enrolment.competition_id, contestant_id, enrolment.organiser))
    with pytest.raises(TooLateError, match="已经检录"):
        take_back(enrolment, entry_id)


def test_who_was_withdrawn_by_name_cannot_be_taken_back(app):
    enrolment, (entry_id,) = approved()
    (entrant,) = entrants()
    change_status(
        ChangeStatus(enrolment.competition_id, entrant.id, EntrantStatus.WITHDRAWN, "本人书面弃权", enrolment.organiser)
    )
    with pytest.raises(TooLateError, match="已登记为弃权"):
        take_back(enrolment, entry_id)


def test_who_is_named_in_a_declared_tie_cannot_be_taken_back(app):
    enrolment, (entry_id,) = approved()
    judge = add_judge(AddJudge(enrolment.competition_id, JudgeRecord("孔德明", "某学院", "技师"), enrolment.organiser))
    contestant_id = db.session.scalars(select(Contestant.id)).one()
    declare_tie(
        DeclareTie(enrolment.competition_id, judge, Tie.COACH, contestant_id, None, "师徒", enrolment.organiser)
    )
    with pytest.raises(InUseError, match="其他记录"):
        take_back(enrolment, entry_id)
    assert len(entrants()) == 1
    assert enrolment.entry(entry_id).state is EntryState.APPROVED


def test_it_is_possible_at_the_draw_and_not_when_marking_has_begun(app):
    enrolment, (one, two) = approved(2)
    for state in (CompetitionState.DRAWING, CompetitionState.MARKING):
        with transaction() as session:
            session.get_one(Competition, enrolment.competition_id).state = state
        if state is CompetitionState.DRAWING:
            take_back(enrolment, one)
    with pytest.raises(WrongStateError, match=r"评分已经开始.*弃权"):
        take_back(enrolment, two)


@pytest.mark.parametrize("reason", ["", "   ", "长" * 501])
def test_a_reason_is_wanted(app, reason):
    enrolment, (entry_id,) = approved()
    with pytest.raises(ReturnReasonError):
        take_back(enrolment, entry_id, reason)


def test_only_an_approval_that_made_an_entrant_is_taken_back_and_only_as_it_was_seen(app):
    enrolment, (entry_id,) = approved()
    draft = enrolment.add(5)
    with pytest.raises(NotWaitingError):
        take_back(enrolment, draft)
    with pytest.raises(ChangedEntryError):
        take_back(enrolment, entry_id, revision=1)
    other = make_enrolment()
    with pytest.raises(NotFoundError):
        take_back(other, entry_id, revision=2)


def test_of_two_who_press_at_once_one_is_told(app):
    enrolment, (entry_id,) = approved()
    seen = enrolment.entry(entry_id).revision
    command = TakeBackApproval(enrolment.competition_id, entry_id, seen, "误通过", enrolment.organiser)

    def press(_number):
        try:
            return take_back_approval(command)
        except NotWaitingError:
            return "late"

    assert sorted(map(str, at_once(app, press, (1, 2)))) == ["0", "late"]


def test_on_the_page(app):
    enrolment, (entry_id,) = approved()
    organiser = organiser_of(app, enrolment)
    page = run(enrolment, f"/entries/{entry_id}")
    seen = str(enrolment.entry(entry_id).revision)
    assert "撤销通过" in organiser.get(page).text
    answer = organiser.post(f"{page}/approvals-taken-back", data={"reason": "", "revision": seen})
    assert answer.status_code == 422
    done = organiser.post(f"{page}/approvals-taken-back", data={"reason": "误通过", "revision": seen})
    assert done.status_code == 302
    assert "误通过" in organiser.get(done.headers["Location"]).text
    assert organiser.get(f"{page}/approvals-taken-back").headers["Location"].endswith(page)
    assert entrants() == []


def test_only_who_decides_may(app, client):
    enrolment, (entry_id,) = approved()
    enrolment.come_in(client)
    answer = client.post(run(enrolment, f"/entries/{entry_id}/approvals-taken-back"), data={"reason": "x"})
    assert answer.status_code == 403
    assert len(entrants()) == 1
