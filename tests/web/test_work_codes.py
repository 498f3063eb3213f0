"""Layers of work codes as use cases: who keeps, draws and opens them, and that no sheet finds its contestant before."""

import pytest
from at_once import at_once
from coded_works import CodedJury
from cryptography.exceptions import InvalidTag
from factories import make_account, make_entrant
from juries import Jury, lines
from sqlalchemy import select, update

from competitions.draws.codes import DecodingNotAllowedError
from competitions.draws.draw import DrawError, commitment
from competitions.draws.drawing import AlreadyDrawnError, RunDraw, run_draw
from competitions.lifecycle import CompetitionState
from competitions.models import Competition, Entrant, EntrantStatus, Event, Judge
from competitions.setup import EmptyNameError, WrongStateError
from competitions.work_codes.coding import (
    DrawLayer,
    GiveUpCodes,
    GiveUpReasonError,
    ReplaceCustodian,
    draw_layer,
    give_up_codes,
    replace_custodian,
)
from competitions.work_codes.decoding import WorksUnconfirmedError, decoded_works
from competitions.work_codes.layers import (
    CustodianError,
    NotCustodianError,
    SetLayers,
    Standing,
    WorksCodedError,
    awaits_decoding,
    set_layers,
    standing_of,
)
from competitions.work_codes.models import WorkLayer
from competitions.work_codes.sealing import is_as_recorded, next_commitment, unseal
from core.accounts import GrantRole, RoleGrant, grant_role
from core.db import db, transaction
from core.errors import ConflictError, NotFoundError
from core.permissions import Role
from scoring.jury.deliberations import deliberations_of
from scoring.jury.early_looks import OpenEarly, open_early
from scoring.jury.models import EarlyLook, Revote
from scoring.jury.revoting import AskRevote, ask_revote
from scoring.models import ResultLine
from scoring.results.computing import (
    ComputeResult,
    PublishResult,
    WorksNotDecodedError,
    compute_result,
    publish_result,
)
from scoring.sheets.opening import OpenSheets, open_sheets
from scoring.sheets.opening_all import openings
from scoring.sheets.reading import my_sheets
from scoring.sheets.review import ConfirmSubmitted, confirm_submitted

pytestmark = pytest.mark.usefixtures("app")


@pytest.mark.parametrize("number", [1, 2, 3])
def test_marks_of_a_work_are_its_contestants_after_decoding_whatever_the_number_of_layers(number):
    jury = CodedJury(number)
    jury.code()
    owners = jury.owners()
    sheets = {work.work_code: [sheet.id for sheet in jury.sheets_of(work.id)] for work in jury.works()}
    assert [len(ids) for ids in sheets.values()] == [3, 3, 3]
    jury.confirm()
    jury.decode()
    for code, ids in sheets.items():
        assert [sheet.id for sheet in jury.sheets_of(owners[code])] == ids
    assert not any(jury.sheets_of(work.id) for work in jury.works())


def test_judges_see_the_outermost_code_and_no_draw_number():
    jury = CodedJury(2)
    jury.code()
    sheets = my_sheets(jury.device_of(1))
    codes = sorted(outer for _, outer in unseal(jury.layers()[-1]).codes.pairs)
    assert [sheet.draw_number for sheet in sheets] == codes
    assert {len(code) for code in codes} == {5}


def test_sheets_of_contestants_that_nobody_touched_give_way_to_those_of_works():
    jury = CodedJury(1)
    assert not any(jury.sheets_of(entrant) for entrant in jury.own)
    with pytest.raises(ConflictError, match="还没有编码"):
        open_sheets(OpenSheets(jury.competition_id, jury.event_id, jury.organiser))
    [opening] = openings(db.session.get_one(Competition, jury.competition_id))
    assert opening.lacks == "codes"
    jury.draw(1)
    [opening] = openings(db.session.get_one(Competition, jury.competition_id))
    assert (opening.lacks, opening.missing) == ("", 9)


def test_an_event_that_is_being_marked_is_not_coded_any_more():
    jury = Jury()
    jury.mark(1, {"J1": "2"})
    with pytest.raises(ConflictError):
        set_layers(SetLayers(jury.competition_id, jury.event_id, (make_account().username,), jury.organiser))
    assert not awaits_decoding(db.session(), jury.event_id)


def pressed(command: DrawLayer) -> str:
    try:
        draw_layer(command)
    except WorksCodedError as error:
        return error.code
    return ""


def refused(jury: Jury, *names: str) -> str:
    with pytest.raises(CustodianError) as caught:
        set_layers(SetLayers(jury.competition_id, jury.event_id, names, jury.organiser))
    return str(caught.value)


def test_who_sees_marks_or_judges_keeps_no_codes():
    jury = Jury()
    for role in (Role.ORGANISER, Role.CHIEF_JUDGE, Role.SUPERVISOR):
        seeing = make_account(role=role, competition_id=jury.competition_id)
        assert "不能保管" in refused(jury, seeing.username)
    everywhere = make_account(role=Role.ORGANISER)
    assert "不能保管" in refused(jury, everywhere.username)
    judging = make_account(display_name=jury.judges[0].name)
    assert "裁判" in refused(jury, judging.username)
    linked = make_account()
    with transaction() as session:
        session.get_one(Judge, jury.judge_ids[0]).account_id = linked.id
    assert "裁判" in refused(jury, linked.username)
    assert "没有登录名" in refused(jury, "nobody-of-this-name")
    someone = make_account().username
    assert "不同的人" in refused(jury, someone, someone)
    assert "最多" in refused(jury, *(make_account().username for _ in range(4)))


def test_custodians_get_the_role_and_an_empty_list_takes_the_codes_back():
    jury = CodedJury(2)
    grants = select(RoleGrant.account_id).where(RoleGrant.role == Role.CODE_KEEPER)
    assert set(db.session.scalars(grants)) == {account.id for account in jury.custodians}
    set_layers(SetLayers(jury.competition_id, jury.event_id, (), jury.organiser))
    assert jury.layers() == []
    assert open_sheets(OpenSheets(jury.competition_id, jury.event_id, jury.organiser)) == 9


def test_layers_are_drawn_by_their_custodians_alone_from_the_inside_outwards():
    jury = CodedJury(2)
    place = (jury.competition_id, jury.event_id)
    with pytest.raises(ConflictError, match="第 1 层还没有编码"):
        jury.draw(2)
    for actor in (jury.keeper(2), jury.organiser, jury.chief):
        with pytest.raises(NotCustodianError):
            draw_layer(DrawLayer(*place, 1, "李监督", ("1",), actor))
    with pytest.raises(NotFoundError):
        draw_layer(DrawLayer(*place, 3, "李监督", ("1",), jury.keeper(1)))
    with pytest.raises(EmptyNameError):
        jury.draw(1, witness="  ")
    with pytest.raises(DrawError):
        jury.draw(1, called_out=())
    jury.draw(1)
    with pytest.raises(WorksCodedError):
        jury.draw(1)
    with pytest.raises(WorksCodedError):
        set_layers(SetLayers(*place, (), jury.organiser))
    assert [layer.drawn_at is not None for layer in jury.layers()] == [True, False]


def test_a_custodian_who_was_made_organiser_since_opens_nothing():
    jury = CodedJury(1)
    grant_role(GrantRole(jury.custodians[0].id, Role.ORGANISER, jury.competition_id, "system", "系统"))
    with pytest.raises(CustodianError):
        jury.draw(1)


def test_everybody_has_to_have_a_draw_number_and_works_are_coded_in_their_time():
    jury = CodedJury(1)
    make_entrant(event_id=jury.event_id, draw_number=None)
    with pytest.raises(DrawError, match="抽签号"):
        jury.draw(1)
    with transaction() as session:
        session.execute(update(Competition).values(state=CompetitionState.REVIEWING))
    with pytest.raises(WrongStateError):
        jury.draw(1)
    with pytest.raises(WrongStateError):
        set_layers(SetLayers(jury.competition_id, jury.event_id, (), jury.organiser))


def test_who_is_absent_has_no_work():
    jury = CodedJury(1)
    with transaction() as session:
        session.get_one(Entrant, jury.own[0]).status = EntrantStatus.ABSENT
    jury.code()
    assert sorted(jury.owners().values()) == jury.own[1:]


def test_the_draw_is_committed_to_beforehand_and_can_be_made_again():
    jury = CodedJury(1)
    promised = next_commitment(jury.layers()[0])
    jury.draw(1)
    [layer] = jury.layers()
    assert layer.record["commitment"] == promised == commitment(unseal(layer).secret)
    assert is_as_recorded(layer)
    assert layer.record["called_out"] == ["7", "42"]


def test_the_database_holds_no_code_beside_a_contestant():
    jury = CodedJury(2)
    jury.code()
    codes = [pair for layer in jury.layers() for pair in unseal(layer).codes.pairs]
    for layer in jury.layers():
        for inner, outer in codes:
            assert outer.encode() not in (layer.sealed or b"")
            assert f'"{inner}"'.encode() not in (layer.sealed or b"")
    works = jury.works()
    assert {work.name for work in works} == {work.work_code for work in works}
    assert len({work.delegation_id for work in works}) == 1
    assert [work.id for work in works] == sorted(work.id for work in works)
    assert [work.work_code for work in works] == sorted(str(work.work_code) for work in works)
    assert not any(work.members for work in works)
    first_layer = {outer for _, outer in unseal(jury.layers()[0]).codes.pairs}
    everything = str([line.detail for line in lines("work_codes.drawn")])
    assert not any(code in everything for code in first_layer)


def test_seals_of_two_layers_cannot_change_places():
    jury = CodedJury(2)
    jury.code()
    first, second = jury.layers()
    seals = (second.sealed, first.sealed)
    with transaction() as session:
        for layer, sealed in zip((first, second), seals, strict=True):
            session.get_one(WorkLayer, layer.id).sealed = sealed
    with pytest.raises(InvalidTag):
        unseal(jury.layers()[0])


def test_a_record_that_somebody_changed_stops_decoding():
    jury = CodedJury(1)
    jury.code()
    jury.confirm()
    key = jury.layers()[0].id
    with transaction() as session:
        layer = session.get_one(WorkLayer, key)
        layer.record = layer.record | {"called_out": ["8"]}
    with pytest.raises(ConflictError, match="不一致"):
        jury.open(1)


def test_nothing_opens_before_all_works_are_confirmed():
    jury = CodedJury(2)
    jury.code()
    with pytest.raises(WorksUnconfirmedError, match="9"):
        jury.open(2)
    jury.confirm()
    assert jury.open(2) is Standing.CODED


def test_layers_open_from_the_outside_by_their_custodians_under_a_stranger_s_eyes():
    jury = CodedJury(2)
    jury.draw(1)
    with pytest.raises(ConflictError, match="没有抽取"):
        jury.open(1)
    jury.draw(2)
    open_sheets(OpenSheets(jury.competition_id, jury.event_id, jury.organiser))
    jury.entrants = [work.id for work in jury.works()]
    jury.confirm()
    with pytest.raises(ConflictError, match="先解密第 2 层"):
        jury.open(1)
    for actor in (jury.keeper(1), jury.organiser, jury.chief):
        with pytest.raises(NotCustodianError):
            jury.open(2, actor=actor)
    for supervisor in ("", " ", jury.custodians[0].display_name, jury.judges[1].name):
        with pytest.raises(DecodingNotAllowedError):
            jury.open(2, supervisor)
    assert jury.open(2) is Standing.CODED
    assert awaits_decoding(db.session(), jury.event_id)
    with pytest.raises(ConflictError, match="已经解密"):
        jury.open(2)
    assert jury.open(1, "王监督") is Standing.DECODED
    assert [(line.detail["layer"], line.detail["supervisor"]) for line in lines("work_codes.opened")] == [
        (2, "李监督"),
        (1, "王监督"),
    ]


def test_results_wait_for_decoding_and_then_rank_the_contestants():
    jury = CodedJury(2)
    jury.code()
    jury.confirm()
    compute = ComputeResult(jury.competition_id, jury.event_id, jury.organiser)
    with pytest.raises(WorksNotDecodedError):
        compute_result(compute)
    jury.open(2)
    with pytest.raises(WorksNotDecodedError):
        compute_result(compute)
    jury.open(1)
    owners = jury.owners()
    snapshot = compute_result(compute)
    ranked = db.session.scalars(
        select(ResultLine.entrant_id).where(ResultLine.snapshot_id == snapshot).order_by(ResultLine.position)
    ).all()
    # The later a work's code, the better it was marked.
    assert ranked == [owners[code] for code in sorted(owners, reverse=True)]
    publish_result(PublishResult(jury.competition_id, snapshot, False, jury.organiser))


def test_a_result_from_before_the_codes_is_not_published_either():
    jury = Jury()
    stale = compute_result(ComputeResult(jury.competition_id, jury.event_id, jury.organiser))
    set_layers(SetLayers(jury.competition_id, jury.event_id, (make_account().username,), jury.organiser))
    with pytest.raises(WorksNotDecodedError):
        publish_result(PublishResult(jury.competition_id, stale, False, jury.organiser, "急"))


def test_votes_asked_for_again_and_early_looks_go_over_to_the_contestant():
    jury = CodedJury(1)
    jury.code()
    owners = jury.owners()
    code = str(jury.works()[0].work_code)
    jury.hand_in("0", "2", "2")
    ask_revote(AskRevote(jury.competition_id, jury.module_id, jury.entrants[0], "J1", "分差过大", jury.chief))
    jury.mark(1, {"J1": "2", "J2": "2", "N1": "10:00"}, rounds={"J1": 2})
    open_early(OpenEarly(jury.competition_id, jury.sheet(1).id, "核对", jury.chief))
    for seat in (1, 2, 3):
        if seat > 1:
            jury.mark(seat, {"J1": "2", "J2": "2"}, rounds={"J1": 2})
        jury.submit(seat)
    for work in (1, 2):
        jury.hand_in("1", "1", "1", entrant=work)
    confirm_submitted(ConfirmSubmitted(jury.competition_id, jury.module_id, jury.chief))
    jury.decode()
    owner = owners[code]
    assert db.session.scalars(select(Revote.round).where(Revote.entrant_id == owner)).all() == [2]
    assert len(db.session.scalars(select(EarlyLook.id).where(EarlyLook.entrant_id == owner)).all()) == 1
    event = db.session.get_one(Event, jury.event_id)
    assert [d.entrant.id for d in deliberations_of(db.session(), event, jury.chief)] == [owner]


def test_codes_are_given_up_with_a_reason_while_nobody_has_marked():
    jury = CodedJury(2)
    place = (jury.competition_id, jury.event_id)
    with pytest.raises(ConflictError):
        give_up_codes(GiveUpCodes(*place, "漏了一件", jury.organiser))
    jury.code()
    before = jury.owners()
    with pytest.raises(GiveUpReasonError):
        give_up_codes(GiveUpCodes(*place, " ", jury.organiser))
    give_up_codes(GiveUpCodes(*place, "漏了一件", jury.organiser))
    assert jury.works() == []
    assert standing_of(jury.layers()) is Standing.TO_DRAW
    jury.code()
    assert jury.owners() != before
    jury.mark(1, {"J1": "2"})
    with pytest.raises(ConflictError, match="打过分"):
        give_up_codes(GiveUpCodes(*place, "再来", jury.organiser))
    assert len(jury.works()) == 3


def test_another_person_keeps_a_layer_with_a_reason_and_opens_it_in_the_end():
    jury = CodedJury(2)
    place = (jury.competition_id, jury.event_id)
    jury.code()
    owners, deputy = jury.owners(), make_account()
    with pytest.raises(GiveUpReasonError):
        replace_custodian(ReplaceCustodian(*place, 2, deputy.username, " ", jury.organiser))
    seeing = make_account(role=Role.ORGANISER, competition_id=jury.competition_id)
    for wrong in (seeing.username, jury.custodians[0].username, "nobody"):
        with pytest.raises(CustodianError):
            replace_custodian(ReplaceCustodian(*place, 2, wrong, "病假", jury.organiser))
    with pytest.raises(NotFoundError):
        replace_custodian(ReplaceCustodian(*place, 3, deputy.username, "病假", jury.organiser))
    replace_custodian(ReplaceCustodian(*place, 2, deputy.username, "病假", jury.organiser))
    assert jury.owners() == owners
    jury.confirm()
    with pytest.raises(NotCustodianError):
        jury.open(2)
    jury.custodians[1] = deputy
    jury.decode()
    assert len(jury.sheets_of(next(iter(owners.values())))) == 3
    [line] = lines("work_codes.custodian_replaced")
    assert (line.detail["to"], line.detail["reason"]) == (deputy.display_name, "病假")
    with pytest.raises(ConflictError):
        replace_custodian(ReplaceCustodian(*place, 2, make_account().username, "病假", jury.organiser))


def test_draw_numbers_stay_once_works_are_labelled_by_them():
    jury = CodedJury(1)
    with transaction() as session:
        session.execute(update(Competition).values(state=CompetitionState.DRAWING))
    jury.draw(1)
    command = RunDraw(jury.competition_id, jury.event_id, "李监督", ("7",), jury.organiser)
    with pytest.raises(AlreadyDrawnError, match="编码"):
        run_draw(command, lambda _event: False)


def test_after_decoding_the_organiser_reads_all_codes_and_seeds_and_before_it_none():
    jury = CodedJury(2)
    jury.code()
    event = db.session.get_one(Event, jury.event_id)
    assert decoded_works(event, jury.layers()) == ([], [])
    jury.confirm()
    jury.decode()
    owners = jury.owners()
    works, kept = decoded_works(db.session.get_one(Event, jury.event_id), jury.layers())
    assert [work.entrant.draw_number for work in works] == [1, 2, 3]
    assert {work.codes[-1]: work.entrant.id for work in works} == owners
    assert [commitment(one.secret) for one in kept] == [layer.record["commitment"] for layer in jury.layers()]


def test_two_presses_at_once_draw_one_layer(app):
    jury = CodedJury(1)
    command = DrawLayer(jury.competition_id, jury.event_id, 1, "李监督", ("7",), jury.keeper(1))
    db.session.rollback()
    outcomes = at_once(app, pressed, [command, command])
    assert sorted(outcomes) == ["", "works_coded"]
    assert len(jury.works()) == 3
    assert len(lines("work_codes.drawn")) == 1
