import pytest
from factories import make_actor, make_competition, make_delegation, make_entrant, make_event
from sqlalchemy import select

from competitions.lifecycle import CompetitionState
from competitions.models import Entrant, EntrantStatus
from competitions.registration.entrants import (
    PAGE_SIZE,
    ChangeStatus,
    ContestantFilter,
    RenewCode,
    ShowCodes,
    StatusReasonError,
    access_code,
    change_status,
    contestant_of,
    contestant_page,
    contestants_of,
    renew_code,
    show_codes,
)
from competitions.setup import WrongStateError
from core.audit import AuditEntry
from core.db import db
from core.errors import NotFoundError


def status(entrant, new, reason="", competition_id=None):
    change_status(ChangeStatus(competition_id or entrant.event.competition_id, entrant.id, new, reason, make_actor()))


def test_a_status_is_stored_with_its_reason_and_recorded(app):
    entrant = make_entrant()

    status(entrant, EntrantStatus.DISQUALIFIED, "夹带图纸")

    stored = db.session.get(Entrant, entrant.id)
    assert (stored.status, stored.status_reason) == (EntrantStatus.DISQUALIFIED, "夹带图纸")
    entry = db.session.scalar(select(AuditEntry).where(AuditEntry.action == "entrant.status_changed"))
    assert entry.detail == {"from": "registered", "to": "disqualified", "reason": "夹带图纸"}


@pytest.mark.parametrize("new", [EntrantStatus.DISQUALIFIED, EntrantStatus.WITHDRAWN])
def test_nobody_is_taken_out_without_a_reason(sqlite_app, new):
    entrant = make_entrant()
    with pytest.raises(StatusReasonError):
        status(entrant, new, "  ")
    assert entrant.status is EntrantStatus.REGISTERED


def test_absence_needs_no_reason(sqlite_app):
    entrant = make_entrant()
    status(entrant, EntrantStatus.ABSENT)
    assert entrant.status is EntrantStatus.ABSENT


def test_published_results_are_not_changed_by_a_status(sqlite_app):
    entrant = make_entrant(event=make_event(competition=make_competition(state=CompetitionState.PUBLIC_NOTICE)))
    with pytest.raises(WrongStateError):
        status(entrant, EntrantStatus.ABSENT)


def test_an_entrant_of_another_competition_is_not_found(sqlite_app):
    entrant = make_entrant()
    with pytest.raises(NotFoundError):
        status(entrant, EntrantStatus.ABSENT, competition_id=make_competition().id)
    with pytest.raises(NotFoundError):
        contestant_of(make_competition().id, entrant.members[0].id)


def names(competition, **over):
    return [c.person.name for c in contestants_of(competition.id, ContestantFilter(**over))]


def test_the_list_is_filtered_by_event_delegation_status_and_text(sqlite_app):
    competition = make_competition()
    welding, wiring = make_event(competition=competition), make_event(competition=competition)
    city = make_delegation(competition=competition)
    make_entrant(event=welding, delegation=city, name="赵一", unit="一厂")
    make_entrant(event=wiring, name="钱二", unit="100%公司", status=EntrantStatus.ABSENT)
    make_entrant()

    assert names(competition) == ["赵一", "钱二"]
    assert names(competition, event_id=wiring.id) == ["钱二"]
    assert names(competition, delegation_id=city.id) == ["赵一"]
    assert names(competition, status=EntrantStatus.ABSENT) == ["钱二"]
    assert names(competition, text="zhao") == ["赵一"]
    assert names(competition, text="一厂") == ["赵一"]
    assert names(competition, text="100%") == ["钱二"]
    assert names(competition, text="%") == ["钱二"]
    assert names(competition, text="无此人") == []


def test_a_page_holds_fifty_and_a_number_beyond_the_end_gives_the_last(sqlite_app):
    competition = make_competition()
    event, delegation = make_event(competition=competition), make_delegation(competition=competition)
    for _ in range(PAGE_SIZE + 1):
        make_entrant(event=event, delegation=delegation)

    first = contestant_page(competition.id, ContestantFilter(), 1)
    beyond = contestant_page(competition.id, ContestantFilter(), 99)

    assert (len(first.contestants), first.total, first.pages) == (PAGE_SIZE, PAGE_SIZE + 1, 2)
    assert (len(beyond.contestants), beyond.number) == (1, 2)


def test_codes_are_shown_to_be_printed_and_who_saw_them_is_recorded(app):
    entrant = make_entrant()
    competition_id = entrant.event.competition_id

    slips = show_codes(ShowCodes(competition_id, ContestantFilter(), make_actor()))

    assert [slip.contestant.id for slip in slips] == [entrant.members[0].id]
    assert slips[0].code == access_code(entrant.members[0])
    entry = db.session.scalar(select(AuditEntry).where(AuditEntry.action == "codes.shown"))
    assert entry.detail["count"] == 1
    assert slips[0].code not in str(entry.detail)


def test_a_renewed_code_is_another_one(app):
    contestant = make_entrant().members[0]
    before, competition_id = access_code(contestant), contestant.entrant.event.competition_id

    after = renew_code(RenewCode(competition_id, contestant.id, make_actor()))

    assert after != before
    assert after == access_code(contestant_of(competition_id, contestant.id))
    with pytest.raises(NotFoundError):
        renew_code(RenewCode(make_competition().id, contestant.id, make_actor()))
