"""Online registration as use cases: only what is handed in and approved takes part, and nothing is lost on the way."""

from functools import partial

import pytest
from at_once import at_once
from enrolled import make_enrolment
from factories import identity_number, make_entrant, make_event, make_person
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from competitions.enrolment.deciding import (
    ApproveEntries,
    BarredEntryError,
    NotWaitingError,
    ReturnEntry,
    ReturnReasonError,
    approve_entries,
    return_entry,
)
from competitions.enrolment.entries import (
    ApprovedEntryError,
    ChangedEntryError,
    NoSuchPlaceError,
    RemoveEntry,
    SamePersonError,
    mark_of,
    remove_entry,
)
from competitions.enrolment.handing_in import (
    ChangedListError,
    HandInList,
    NothingToHandInError,
    SignatureError,
    UnreadyListError,
    hand_in_list,
    hand_ins_of,
)
from competitions.enrolment.keeping import facts_of
from competitions.enrolment.models import EntryState, Part
from competitions.enrolment.periods import (
    EventPeriod,
)
from competitions.enrolment.reading import WrongFactsError
from competitions.models import Entrant, Form
from core.audit import AuditEntry, verify
from core.db import db, transaction
from core.errors import DomainError, NotFoundError
from core.personal_data import blind_index, decrypt


def entrants(event_id):
    db.session.rollback()
    db.session.expire_all()
    return list(db.session.scalars(select(Entrant).where(Entrant.event_id == event_id).order_by(Entrant.id)))


def send_back(enrolment, entry_id, reason="证书不清楚"):
    revision = enrolment.entry(entry_id).revision
    return_entry(ReturnEntry(enrolment.competition_id, entry_id, revision, reason, enrolment.organiser))


def test_from_the_first_line_to_an_entrant(app):
    enrolment = make_enrolment()
    entry_id = enrolment.add(1)
    assert enrolment.entry(entry_id).state is EntryState.DRAFT
    assert entrants(enrolment.event_id) == []

    assert enrolment.hand_in() == 1
    assert enrolment.entry(entry_id).state is EntryState.HANDED_IN
    assert entrants(enrolment.event_id) == []

    done = enrolment.approve(entry_id)
    assert (done.people, done.entrants, done.waiting) == (1, 1, 0)
    (entrant,) = entrants(enrolment.event_id)
    assert (entrant.name, entrant.delegation.name) == ("选手乙", "唐山市")
    (member,) = entrant.members
    assert (member.unit, member.level, member.identity) == ("某机械有限公司", 3, "职工")
    assert decrypt(member.person.document_sealed) == identity_number(1)
    assert enrolment.entry(entry_id).entrant_id == entrant.id
    assert verify() == []
    acts = set(db.session.scalars(select(AuditEntry.action)))
    assert {
        "enrolment.opened",
        "enrolment_entry.added",
        "enrolment.handed_in",
        "enrolment.approved",
    } <= acts


def test_numbers_are_sealed_and_stand_in_no_record(app):
    enrolment = make_enrolment()
    entry = enrolment.entry(enrolment.add(1))
    number = identity_number(1)

    assert number.encode() not in entry.facts_sealed
    assert entry.document_index == blind_index("居民身份证", number)
    assert number not in entry.document_masked
    assert facts_of(entry).id_number == number
    enrolment.hand_in()
    for line in db.session.scalars(select(AuditEntry)):
        assert number not in str(line.detail)
        assert "选手乙" not in str(line.detail)


def test_what_is_not_right_is_told_in_the_words_of_the_import(app):
    enrolment = make_enrolment()
    with pytest.raises(WrongFactsError, match=r"校验码|校验位"):
        enrolment.add(1, id_number=identity_number(1)[:-1] + ("0" if identity_number(1)[-1] != "0" else "1"))
    with pytest.raises(WrongFactsError, match="电话“12”不对"):
        enrolment.add(1, phone="12")
    with pytest.raises(WrongFactsError, match="姓名为空"):
        enrolment.add(1, name="")
    assert enrolment.entries() == []


def test_a_contestant_needs_an_event_for_persons(app):
    enrolment = make_enrolment()
    units = make_event(competition_id=enrolment.competition_id, form=Form.UNIT)
    pairs = make_event(competition_id=enrolment.competition_id, form=Form.DOUBLE)
    elsewhere = make_event()
    with pytest.raises(NoSuchPlaceError, match="请选择"):
        enrolment.add(1, event_id=None)
    with pytest.raises(NoSuchPlaceError, match="以单位参赛"):
        enrolment.add(1, event_id=units.id)
    with pytest.raises(NoSuchPlaceError, match="第几队"):
        enrolment.add(1, event_id=pairs.id, team=0)
    with pytest.raises(NotFoundError):
        enrolment.add(1, event_id=elsewhere.id)


def test_leaders_and_coaches_are_kept_and_never_compete(app):
    enrolment = make_enrolment()
    leader = enrolment.add(2, part=Part.LEADER)
    coach = enrolment.add(3, part=Part.COACH, event_id=enrolment.event_id)
    with pytest.raises(SamePersonError):
        enrolment.add(2, part=Part.LEADER)
    enrolment.hand_in()
    done = enrolment.approve(leader, coach)

    assert (done.people, done.entrants, done.waiting) == (2, 0, 0)
    assert entrants(enrolment.event_id) == []
    assert enrolment.entry(leader).document_index == ""


def test_the_same_person_is_on_a_list_once_and_under_one_name(app):
    enrolment = make_enrolment()
    enrolment.add(1)
    with pytest.raises(SamePersonError, match="已在本队名单里"):
        enrolment.add(1)
    with pytest.raises(SamePersonError, match="“选手乙”"):
        enrolment.add(1, name="李另名", event_id=make_event(competition_id=enrolment.competition_id).id)
    assert len(enrolment.entries()) == 1


def test_of_a_person_of_another_delegation_a_delegation_learns_nothing(app):
    enrolment = make_enrolment()
    enrolment.add(1, enrolment.other_id)
    enrolment.hand_in(enrolment.other_id)
    make_person(name="王登记", document_number=identity_number(5))

    enrolment.add(1)
    enrolment.add(5, name="李别名")
    assert enrolment.hand_in() == 2


def test_who_is_in_the_event_already_is_told_to_the_organiser_and_not_taken_twice(app):
    enrolment = make_enrolment()
    mine, theirs = enrolment.add(1), enrolment.add(1, enrolment.other_id)
    enrolment.hand_in()
    enrolment.hand_in(enrolment.other_id)
    enrolment.approve(theirs)

    with pytest.raises(BarredEntryError, match=r"保定市.*焊工"):
        enrolment.approve(mine)
    assert len(entrants(enrolment.event_id)) == 1
    assert enrolment.entry(mine).state is EntryState.HANDED_IN


def test_a_number_that_is_known_under_another_name_is_not_approved(app):
    enrolment = make_enrolment()
    make_person(name="王登记", document_number=identity_number(1))
    entry_id = enrolment.add(1)
    enrolment.hand_in()
    with pytest.raises(BarredEntryError, match="王登记"):
        enrolment.approve(entry_id)


def test_a_known_person_keeps_the_own_row(app):
    enrolment = make_enrolment()
    person = make_person(name="选手乙", document_number=identity_number(1))
    entry_id = enrolment.add(1)
    enrolment.hand_in()
    enrolment.approve(entry_id)
    assert entrants(enrolment.event_id)[0].members[0].person_id == person.id


def test_who_was_returned_reads_why_mends_and_is_handed_in_again(app):
    enrolment = make_enrolment()
    entry_id = enrolment.add(1)
    enrolment.hand_in()
    send_back(enrolment, entry_id)
    entry = enrolment.entry(entry_id)
    assert (entry.state, entry.reason) == (EntryState.RETURNED, "证书不清楚")
    with pytest.raises(NothingToHandInError):
        enrolment.hand_in()

    enrolment.change(entry_id, entry.revision, level="2")
    assert enrolment.entry(entry_id).state is EntryState.DRAFT
    enrolment.hand_in()
    enrolment.approve(entry_id)
    assert entrants(enrolment.event_id)[0].members[0].level == 2
    assert [one.number for one in hand_ins_of(enrolment.competition_id)] == [2, 1]


def test_a_return_needs_a_reason_and_a_draft_is_nobody_elses(app):
    enrolment = make_enrolment()
    entry_id = enrolment.add(1)
    with pytest.raises(NotWaitingError, match="没有报送"):
        send_back(enrolment, entry_id)
    with pytest.raises(NotWaitingError, match="没有报送"):
        enrolment.approve(entry_id)
    enrolment.hand_in()
    with pytest.raises(ReturnReasonError):
        send_back(enrolment, entry_id, " ")
    enrolment.approve(entry_id)
    with pytest.raises(NotWaitingError, match="已进入参赛名单"):
        send_back(enrolment, entry_id)
    with pytest.raises(NotWaitingError, match="已经通过"):
        enrolment.approve(entry_id)
    with pytest.raises(NotWaitingError, match="勾选"):
        approve_entries(ApproveEntries(enrolment.competition_id, (), enrolment.organiser))


def test_nobody_is_approved_if_one_of_them_cannot_be(app):
    enrolment = make_enrolment()
    good, drafted = enrolment.add(1), None
    enrolment.hand_in()
    drafted = enrolment.add(2)
    with pytest.raises(NotWaitingError):
        enrolment.approve(good, drafted)
    assert enrolment.entry(good).state is EntryState.HANDED_IN
    assert entrants(enrolment.event_id) == []


def test_a_pair_becomes_one_entrant_when_both_are_approved(app):
    enrolment = make_enrolment(form=Form.DOUBLE)
    one, two = enrolment.add(1), enrolment.add(2)
    enrolment.hand_in()
    first = enrolment.approve(one)
    assert (first.entrants, first.waiting) == (0, 1)
    assert entrants(enrolment.event_id) == []

    assert enrolment.approve(two).entrants == 1
    (entrant,) = entrants(enrolment.event_id)
    assert entrant.name == "选手乙、选手丙"
    assert {enrolment.entry(one).entrant_id, enrolment.entry(two).entrant_id} == {entrant.id}


def test_of_a_pair_who_was_approved_first_can_still_be_returned(app):
    enrolment = make_enrolment(form=Form.DOUBLE)
    one, _two = enrolment.add(1), enrolment.add(2)
    enrolment.hand_in()
    enrolment.approve(one)
    send_back(enrolment, one)
    assert enrolment.entry(one).state is EntryState.RETURNED


def test_a_mate_who_came_in_by_another_way_meanwhile_stops_the_pair(app):
    enrolment = make_enrolment(form=Form.DOUBLE)
    one, two = enrolment.add(1), enrolment.add(2)
    enrolment.hand_in()
    enrolment.approve(one)
    person = make_person(name="选手乙", document_number=identity_number(1))
    make_entrant(event_id=enrolment.event_id, delegation_id=enrolment.other_id, person=person)
    with pytest.raises(BarredEntryError, match="选手乙"):
        enrolment.approve(two)


def test_half_a_pair_is_not_handed_in(app):
    enrolment = make_enrolment(form=Form.DOUBLE)
    enrolment.add(1, team=2)
    with pytest.raises(UnreadyListError, match="第 2 队有 1 人，应为 2 人"):
        enrolment.hand_in()


def test_a_team_of_any_size_takes_late_members(app):
    enrolment = make_enrolment(form=Form.TEAM)
    ids = [enrolment.add(n) for n in (1, 2)]
    enrolment.hand_in()
    assert enrolment.approve(ids[0]).waiting == 1
    assert enrolment.approve(ids[1]).entrants == 1
    late = enrolment.add(3)
    enrolment.hand_in()
    enrolment.approve(late)

    (entrant,) = entrants(enrolment.event_id)
    assert entrant.name == "唐山市"
    assert [member.person.name for member in entrant.members] == ["选手乙", "选手丙", "选手丁"]
    assert [member.listed for member in entrant.members] == [1, 2, 3]


def test_a_quota_holds_at_handing_in_and_the_returned_do_not_count(app):
    enrolment = make_enrolment()
    enrolment.open(EventPeriod(enrolment.event_id, most=1))
    one = enrolment.add(1)
    enrolment.hand_in()
    enrolment.add(2)
    with pytest.raises(UnreadyListError, match="报了 2 个，每队名额 1 个"):
        enrolment.hand_in()
    send_back(enrolment, one)
    assert enrolment.hand_in() == 1


def test_the_signature_is_a_name_and_the_paper_stays(app):
    enrolment = make_enrolment()
    enrolment.add(1)
    for wrong in ("", " ", "无", "<b>"):
        with pytest.raises(SignatureError):
            enrolment.hand_in(signer=wrong)
    enrolment.hand_in(signer=" 钱 报送 ")
    (paper,) = hand_ins_of(enrolment.competition_id, enrolment.own_id)
    assert (paper.signer, paper.number, len(paper.entries)) == ("钱报送", 1, 1)
    for change in ("UPDATE enrolment_hand_in SET signer = 'x'", "DELETE FROM enrolment_hand_in"):
        with pytest.raises(DatabaseError), transaction() as session:
            session.execute(text(change))


def test_the_fingerprint_tells_one_list_from_another(app):
    enrolment = make_enrolment()
    entry_id = enrolment.add(1)
    enrolment.hand_in()
    enrolment.change(entry_id, 1, level="2")
    enrolment.hand_in()
    enrolment.change(entry_id, 2, level="3")
    enrolment.hand_in()
    third, second, first = (one.digest for one in hand_ins_of(enrolment.competition_id))
    assert first == third != second


def test_what_one_contact_changes_while_another_signs_is_told(app):
    enrolment = make_enrolment()
    enrolment.add(1)
    seen = mark_of(enrolment.entries())
    enrolment.add(2)
    with pytest.raises(ChangedListError):
        hand_in_list(HandInList(enrolment.competition_id, enrolment.own_id, "钱报送", seen, enrolment.actor()))
    assert {one.state for one in enrolment.entries()} == {EntryState.DRAFT}


def test_of_two_who_edit_one_person_the_second_is_told_and_nothing_is_overwritten(app):
    enrolment = make_enrolment()
    entry_id = enrolment.add(1)
    seen = enrolment.entry(entry_id).revision
    enrolment.change(entry_id, seen, unit="甲厂")
    with pytest.raises(ChangedEntryError):
        enrolment.change(entry_id, seen, unit="乙厂")
    with pytest.raises(ChangedEntryError):
        remove_entry(RemoveEntry(enrolment.competition_id, enrolment.own_id, entry_id, seen, enrolment.actor()))
    assert facts_of(enrolment.entry(entry_id)).unit == "甲厂"


def race(app, works):
    def run(work):
        try:
            work()
        except DomainError as error:
            return type(error).__name__
        return ""

    return sorted(at_once(app, run, works))


def test_two_edits_at_the_same_moment_leave_one_and_tell_the_other(app):
    enrolment = make_enrolment()
    entry_id = enrolment.add(1)
    db.session.rollback()
    works = [partial(enrolment.change, entry_id, 1, unit=unit) for unit in ("甲厂", "乙厂")]
    assert race(app, works) == ["", "ChangedEntryError"]
    assert enrolment.entry(entry_id).revision == 2
    assert verify() == []


def test_the_same_person_typed_twice_at_the_same_moment_is_one(app):
    enrolment = make_enrolment()
    db.session.rollback()
    assert race(app, [partial(enrolment.add, 1)] * 2) == ["", "SamePersonError"]
    assert len(enrolment.entries()) == 1


def test_an_approval_and_a_change_at_the_same_moment_never_both_go_through(app):
    enrolment = make_enrolment()
    entry_id = enrolment.add(1)
    enrolment.hand_in()
    db.session.rollback()
    command = ApproveEntries(enrolment.competition_id, ((entry_id, 1),), enrolment.organiser)
    works = [lambda: approve_entries(command), partial(enrolment.change, entry_id, 1, level="1")]
    told = race(app, works)

    entry = enrolment.entry(entry_id)
    if entry.state is EntryState.APPROVED:
        assert told == ["", "ApprovedEntryError"]
        assert entrants(enrolment.event_id)[0].members[0].level == 3
    else:
        assert told == ["", "NotWaitingError"]
        assert entrants(enrolment.event_id) == []


def test_an_approval_of_what_was_changed_and_handed_in_again_is_refused(app):
    enrolment = make_enrolment()
    entry_id = enrolment.add(1)
    enrolment.hand_in()
    enrolment.change(entry_id, 1, level="1")
    enrolment.hand_in()
    with pytest.raises(ChangedEntryError):
        approve_entries(ApproveEntries(enrolment.competition_id, ((entry_id, 1),), enrolment.organiser))
    with pytest.raises(ChangedEntryError):
        return_entry(ReturnEntry(enrolment.competition_id, entry_id, 1, "理由", enrolment.organiser))


def test_two_organisers_who_approve_at_once_make_one_entrant(app):
    enrolment = make_enrolment()
    entry_id = enrolment.add(1)
    enrolment.hand_in()
    db.session.rollback()
    command = ApproveEntries(enrolment.competition_id, ((entry_id, 1),), enrolment.organiser)
    assert race(app, [lambda: approve_entries(command)] * 2) == ["", "NotWaitingError"]
    assert len(entrants(enrolment.event_id)) == 1


def test_who_was_approved_is_the_organisers_from_then_on(app):
    enrolment = make_enrolment()
    entry_id = enrolment.add(1)
    enrolment.hand_in()
    enrolment.approve(entry_id)
    revision = enrolment.entry(entry_id).revision
    with pytest.raises(ApprovedEntryError):
        enrolment.change(entry_id, revision, unit="别厂")
    with pytest.raises(ApprovedEntryError):
        remove_entry(RemoveEntry(enrolment.competition_id, enrolment.own_id, entry_id, revision, enrolment.actor()))


def test_the_entry_of_another_delegation_is_not_there(app):
    enrolment = make_enrolment()
    theirs = enrolment.add(1, enrolment.other_id)
    with pytest.raises(NotFoundError):
        enrolment.change(theirs, 1)
    with pytest.raises(NotFoundError):
        remove_entry(RemoveEntry(enrolment.competition_id, enrolment.own_id, theirs, 1, enrolment.actor()))
    assert len(enrolment.entries(enrolment.other_id)) == 1


def test_an_organiser_elsewhere_decides_nothing_here(app):
    enrolment, elsewhere = make_enrolment(), make_enrolment()
    entry_id = enrolment.add(1)
    enrolment.hand_in()
    with pytest.raises(NotFoundError):
        approve_entries(ApproveEntries(elsewhere.competition_id, ((entry_id, 1),), elsewhere.organiser))
    with pytest.raises(NotFoundError):
        return_entry(ReturnEntry(elsewhere.competition_id, entry_id, 1, "理由", elsewhere.organiser))


def test_a_person_is_taken_off_the_list(app):
    enrolment = make_enrolment()
    entry_id = enrolment.add(1)
    enrolment.hand_in()
    remove_entry(RemoveEntry(enrolment.competition_id, enrolment.own_id, entry_id, 1, enrolment.actor()))
    assert enrolment.entries() == []
    with pytest.raises(NotFoundError):
        approve_entries(ApproveEntries(enrolment.competition_id, ((entry_id, 1),), enrolment.organiser))
