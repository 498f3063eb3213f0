"""A coded work that is not there: its marks stay, nobody waits for it, and whose it was is absent, never zero."""

import re

import pytest
from at_once import at_once
from coded_works import CodedJury
from factories import make_account, sign_in_account
from juries import lines
from sqlalchemy import select

from competitions.lifecycle import CompetitionState
from competitions.models import Competition, Entrant, EntrantStatus
from competitions.setup import WrongStateError
from competitions.work_codes.decoding import WorksUnconfirmedError
from competitions.work_codes.lost import NoteLostWork, note_lost_work
from competitions.work_codes.missing import MissingWorkError
from core.audit import verify
from core.db import db, transaction
from core.errors import ConflictError, NotFoundError
from core.permissions import Role
from scoring.models import ResultLine
from scoring.results.computing import ComputeResult, compute_result
from scoring.sheets.review import ConfirmSubmitted, confirm_submitted


def note(jury, work=0, *, is_found=False, reason="标签下没有作品", **over):
    place = {"competition_id": jury.competition_id, "event_id": jury.event_id, "work_id": jury.entrants[work]} | over
    return note_lost_work(NoteLostWork(**place, is_found=is_found, reason=reason, actor=jury.organiser))


@pytest.fixture
def jury(app):
    """Three works, of which the first is marked by one judge and the others by all."""
    jury = CodedJury(2)
    jury.code()
    jury.mark(1, {"J1": "2"})
    for work in (1, 2):
        jury.hand_in("1", "1", "1", entrant=work)
    confirm_submitted(ConfirmSubmitted(jury.competition_id, jury.module_id, jury.chief))
    return jury


def test_a_lost_work_holds_decoding_up_no_longer_and_its_owner_is_absent(jury):
    code = str(jury.works()[0].work_code)
    owner, revision = jury.owners()[code], jury.newest(1).id
    with pytest.raises(WorksUnconfirmedError, match="3"):
        jury.open(2)

    assert note(jury) == code
    jury.decode()

    entrant = db.session.get_one(Entrant, owner)
    assert (entrant.status, entrant.status_reason) == (EntrantStatus.ABSENT, "标签下没有作品")
    assert [sheet.revision for sheet in jury.sheets_of(owner)] == [1, 0, 0]
    jury.entrants = [owner]
    assert jury.newest(1).id == revision
    others = db.session.scalars(select(Entrant).where(Entrant.id.in_(jury.own), Entrant.id != owner))
    assert {one.status for one in others} == {EntrantStatus.PRESENT}
    assert [line.detail for line in lines("entrant.status_changed")] == [
        {"from": "present", "to": "absent", "reason": "标签下没有作品", "code": code}
    ] * 2
    assert verify() == []


def test_the_owner_has_no_total_and_no_place_and_the_others_are_ranked(jury):
    owner = jury.owners()[str(jury.works()[0].work_code)]
    note(jury)
    jury.decode()
    snapshot = compute_result(ComputeResult(jury.competition_id, jury.event_id, jury.organiser))
    found = {
        one.entrant_id: one for one in db.session.scalars(select(ResultLine).where(ResultLine.snapshot_id == snapshot))
    }
    assert (found[owner].total, found[owner].rank, found[owner].status) == (None, None, "absent")
    assert {found[one].rank for one in jury.own if one != owner} == {"1"}


def test_a_work_that_is_found_again_is_waited_for_again(jury):
    note(jury)
    note(jury, is_found=True, reason="在另一个工位找到")
    with pytest.raises(WorksUnconfirmedError):
        jury.open(2)
    assert jury.works()[0].status_reason == ""
    with pytest.raises(ConflictError):
        note(jury, is_found=True)


def test_who_is_disqualified_meanwhile_stays_so(jury):
    owner = jury.owners()[str(jury.works()[0].work_code)]
    with transaction() as session:
        session.get_one(Entrant, owner).status = EntrantStatus.DISQUALIFIED
    note(jury)
    jury.decode()
    assert db.session.get_one(Entrant, owner).status is EntrantStatus.DISQUALIFIED


def test_judges_go_on_marking_what_they_have_begun(jury):
    note(jury)
    jury.mark(1, {"J1": "1"})
    assert jury.newest(1).marks == {"J1": "1"}


def test_it_wants_a_reason_and_a_coded_work_of_this_event(jury):
    for reason in (" ", "长" * 301):
        with pytest.raises(MissingWorkError):
            note(jury, reason=reason)
    other = CodedJury(1)
    other.code()
    for over in ({"work_id": jury.own[0]}, {"work_id": other.entrants[0]}, {"work_id": 999}, {"event_id": 999}):
        with pytest.raises(NotFoundError):
            note(jury, **over)
    note(jury)
    with pytest.raises(ConflictError, match="已经"):
        note(jury)


def test_before_all_layers_are_drawn_and_after_decoding_there_is_nothing_to_note(app):
    jury = CodedJury(2)
    with pytest.raises(ConflictError):
        note(jury)
    jury.code()
    jury.confirm()
    jury.decode()
    with pytest.raises(ConflictError):
        note(jury)
    with transaction() as session:
        session.get_one(Competition, jury.competition_id).state = CompetitionState.PUBLIC_NOTICE
    with pytest.raises(WrongStateError):
        note(jury)


def test_two_who_note_it_at_once_note_it_once(app):
    jury = CodedJury(1)
    jury.code()
    db.session.rollback()

    def press(_):
        try:
            return note(jury)
        except ConflictError:
            return "refused"

    assert sorted(at_once(app, press, range(2))).count("refused") == 1
    assert len(lines("entrant.status_changed")) == 1


def test_the_page_offers_codes_and_takes_a_work_back(sqlite_app):
    jury = CodedJury(1)
    jury.code()
    account = make_account(role=Role.ORGANISER, competition_id=jury.competition_id)
    client = sign_in_account(sqlite_app.test_client(), account)
    address = f"/competitions/{jury.competition_id}/events/{jury.event_id}/work-codes"
    page = client.get(address).text
    code = str(jury.works()[0].work_code)
    assert re.search(rf'<option[^>]*value="{jury.entrants[0]}">{code}</option>', page)
    unsaid = client.post(f"{address}/lost", data={"work": 0, "reason": "作品遗失"})
    assert (unsaid.status_code, "请选择作品编码" in unsaid.text) == (422, True)
    refused = client.post(f"{address}/lost", data={"work": jury.entrants[0], "reason": ""})
    assert (refused.status_code, "请写明理由" in refused.text) == (422, True)
    assert client.post(f"{address}/lost", data={"work": jury.entrants[0], "reason": "作品遗失"}).status_code == 302
    page = client.get(address).text
    assert "登记为缺失的作品" in page
    assert "作品遗失" in page
    again = {"work": jury.entrants[0], "found": "yes", "reason": "找到了"}
    assert client.post(f"{address}/lost", data=again).status_code == 302
    assert "登记为缺失的作品" not in client.get(address).text
    assert client.get(f"{address}/lost").headers["Location"].endswith("/work-codes")


@pytest.mark.parametrize("role", [Role.CHIEF_JUDGE, Role.SUPERVISOR, Role.CODE_KEEPER])
def test_others_note_nothing(sqlite_app, role):
    jury = CodedJury(1)
    jury.code()
    client = sign_in_account(sqlite_app.test_client(), make_account(role=role, competition_id=jury.competition_id))
    address = f"/competitions/{jury.competition_id}/events/{jury.event_id}/work-codes"
    assert client.post(f"{address}/lost", data={"work": jury.entrants[0], "reason": "遗失"}).status_code == 403
    assert "登记作品缺失" not in client.get(address).text
