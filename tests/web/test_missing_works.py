"""Who handed in no work is taken out before the codes are drawn, on the page where it is found out."""

import pytest
from coded_works import CodedJury
from factories import make_account, sign_in_account
from juries import Jury
from sqlalchemy import select

from competitions.lifecycle import CompetitionState
from competitions.models import Competition, Delegation, Entrant, EntrantStatus
from competitions.registration.entrants import ChangeStatus, change_status
from competitions.setup import WrongStateError
from competitions.work_codes.coding import GiveUpCodes, give_up_codes
from competitions.work_codes.layers import WorksCodedError
from competitions.work_codes.missing import MissingWorkError, NoteMissingWorks, note_missing_works
from core.audit import AuditEntry, verify
from core.db import db, transaction
from core.errors import ConflictError, NotFoundError
from core.permissions import Role


def note(jury, *entrants, status=EntrantStatus.ABSENT, reason="没有交作品", event_id=None):
    return note_missing_works(
        NoteMissingWorks(jury.competition_id, event_id or jury.event_id, entrants, status, reason, jury.organiser)
    )


def status_of(entrant_id):
    db.session.rollback()
    return db.session.get_one(Entrant, entrant_id).status


def address(jury, rest=""):
    return f"/competitions/{jury.competition_id}/events/{jury.event_id}/work-codes{rest}"


def organiser(app, jury):
    account = make_account(role=Role.ORGANISER, competition_id=jury.competition_id)
    return sign_in_account(app.test_client(), account)


def test_who_is_named_gets_no_code_and_the_others_do(app):
    jury = CodedJury()
    assert note(jury, jury.own[1]) == 1

    jury.code()

    assert status_of(jury.own[1]) is EntrantStatus.ABSENT
    assert len(jury.works()) == 2
    assert set(jury.owners().values()) == {jury.own[0], jury.own[2]}
    query = select(AuditEntry).where(AuditEntry.action == "entrant.status_changed")
    (line,) = db.session.scalars(query)
    assert line.detail == {"from": "present", "to": "absent", "reason": "没有交作品"}
    assert verify() == []


def test_a_work_belongs_to_no_delegation(app):
    jury = CodedJury()
    jury.code()
    assert {work.delegation_id for work in jury.works()} == {None}
    own = db.session.scalars(select(Entrant).where(Entrant.work_code.is_(None)))
    known = set(db.session.scalars(select(Delegation.id)))
    assert all(entrant.delegation_id in known for entrant in own)


def test_after_a_layer_is_drawn_the_codes_are_given_up_first(app):
    jury = CodedJury()
    jury.draw(1)
    with pytest.raises(WorksCodedError, match="先作废编码"):
        note(jury, jury.own[0])
    give_up_codes(GiveUpCodes(jury.competition_id, jury.event_id, "有人没交作品", jury.organiser))
    assert note(jury, jury.own[0], status=EntrantStatus.WITHDRAWN, reason="中途弃赛") == 1
    assert status_of(jury.own[0]) is EntrantStatus.WITHDRAWN


def test_all_who_are_named_or_nobody(app):
    jury = CodedJury()
    withdrawn = ChangeStatus(jury.competition_id, jury.own[2], EntrantStatus.WITHDRAWN, "弃权", jury.organiser)
    change_status(withdrawn)
    with pytest.raises(ConflictError, match="已经不参赛"):
        note(jury, jury.own[0], jury.own[2])
    assert status_of(jury.own[0]) is EntrantStatus.PRESENT


def test_what_is_not_said_is_asked(app):
    jury = CodedJury()
    with pytest.raises(MissingWorkError):
        note(jury)
    for over in ({"reason": " "}, {"reason": "长" * 301}, {"status": EntrantStatus.DISQUALIFIED}):
        with pytest.raises(MissingWorkError):
            note(jury, jury.own[0], **over)
    with pytest.raises(NotFoundError):
        note(jury, jury.own[0], event_id=999)


def test_where_works_have_no_codes_it_is_done_on_the_roster(app):
    jury = Jury()
    with pytest.raises(ConflictError, match="参赛名单"):
        note(jury, jury.entrants[0])


def test_results_on_show_stay(app):
    jury = CodedJury()
    with transaction() as session:
        session.get_one(Competition, jury.competition_id).state = CompetitionState.PUBLIC_NOTICE
    with pytest.raises(WrongStateError):
        note(jury, jury.own[0])


def test_it_is_offered_on_the_page_and_what_was_ticked_stays(sqlite_app):
    jury = CodedJury()
    client = organiser(sqlite_app, jury)
    assert "将给 3 件作品编码" in client.get(address(jury)).text

    posted = {"entrant": str(jury.own[1]), "status": "absent", "reason": ""}
    refused = client.post(address(jury, "/missing"), data=posted)
    assert refused.status_code == 422
    assert f'value="{jury.own[1]}" checked' in refused.text
    assert client.post(address(jury, "/missing"), data=posted | {"reason": "没有交"}).status_code == 302

    assert "将给 2 件作品编码" in client.get(address(jury)).text
    assert client.get(address(jury, "/missing")).headers["Location"].endswith("/work-codes")
    keeper = sign_in_account(sqlite_app.test_client(), jury.custodians[0])
    assert "抽签号 1, 3" in keeper.get(address(jury, "/1")).text


def test_a_keeper_of_codes_may_not(sqlite_app):
    jury = CodedJury()
    keeper = sign_in_account(sqlite_app.test_client(), jury.custodians[0])
    posted = {"entrant": str(jury.own[1]), "status": "absent", "reason": "没有交"}
    assert keeper.post(address(jury, "/missing"), data=posted).status_code == 403
    assert status_of(jury.own[1]) is EntrantStatus.PRESENT
