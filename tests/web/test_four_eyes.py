"""Nobody decides about the own marks, whichever way she signs in; the refusal says who can, and the board before it."""

from html import unescape
from uuid import uuid4

import pytest
from appealed import Case
from at_once import at_once
from factories import make_account, make_actor, make_event, make_judge, make_module, make_sheet, sign_in_account, stored
from flask import Flask
from flask.testing import FlaskClient
from judge_devices import judge_actor
from juries import Jury, lines
from marked import Stage
from sqlalchemy import select, update

from competitions.judge_accounts.linking import LinkAccount, link_account
from competitions.judges.chiefs import NameChief, name_chief
from competitions.judges.event_chiefs import ChiefPerson, SetChiefEvents, set_events
from competitions.models import Judge, Module
from core.accounts import Account, GrantRole, grant_role
from core.auth import Actor, SubjectKind
from core.clock import now
from core.db import db, transaction
from core.errors import NotAllowedError
from core.permissions import Role
from scoring.appeals.ruling import OwnCaseError
from scoring.appeals.states import StepKind
from scoring.four_eyes.hands import among, hands_of, own_sheets
from scoring.four_eyes.looking_back import self_confirmed
from scoring.four_eyes.refusing import OwnHandError, others_for, own_work
from scoring.jury.doubts import AnswerDoubt, answer_doubt
from scoring.jury.early_looks import OpenEarly, SetBlind, open_early, set_blind
from scoring.jury.models import Revote
from scoring.jury.revoting import AskRevote, WithdrawRevote, ask_revote, withdraw_revote
from scoring.jury.substitution import ReplaceJudge, replace_judge
from scoring.models import ScoreSheet, SheetRevision, SheetSubmission
from scoring.outside_lists.taking import ExternalMark, ImportExternal, import_external
from scoring.sheets.board import read_sheet
from scoring.sheets.review import ChangeSheet, ConfirmSubmitted, change_sheet, confirm_submitted
from scoring.sheets.seen import seen_word
from scoring.states import SheetAction, SheetState

FULL = {"J1": "2", "J2": "2"}
NOBODY = "没有别的裁判长，请组织者在“裁判”页再指定一名"


class Own:
    """A jury whose judge of seat 1 has an account that is chief judge, and a second chief judge."""

    def __init__(self) -> None:
        self.jury = Jury()
        self.id = self.jury.competition_id
        self.judge: Judge = self.jury.judges[0]
        self.account: Account = make_account(role=Role.CHIEF_JUDGE, competition_id=self.id, display_name="钱立功")
        self.actor: Actor = make_actor(Role.CHIEF_JUDGE, self.id, subject_id=self.account.id, name="钱立功")
        self.second: Account = make_account(role=Role.CHIEF_JUDGE, competition_id=self.id, display_name="周正清")
        self.base = f"/scoring/competitions/{self.id}"

    def link(self) -> None:
        link_account(LinkAccount(self.id, self.judge.id, self.account.id, self.jury.organiser))

    def move(self, action: SheetAction, seat: int = 1, actor: Actor | None = None) -> SheetState:
        sheet = self.jury.sheet(seat).id
        return change_sheet(ChangeSheet(self.id, sheet, action, actor or self.actor, "请核对"))

    def confirm(self, entrant: int | None = None, actor: Actor | None = None) -> int:
        entrant_id = None if entrant is None else self.jury.entrants[entrant]
        return confirm_submitted(ConfirmSubmitted(self.id, self.jury.module_id, actor or self.actor, entrant_id))

    def unname_second(self) -> None:
        with transaction() as session:
            account = session.get_one(Account, self.second.id)
            session.delete(account.grants[0])


@pytest.fixture
def own(app: Flask) -> Own:
    return Own()


@pytest.fixture
def small(sqlite_app: Flask) -> Own:
    return Own()


def hand_in(jury: Jury, seat: int, entrant: int = 0) -> None:
    jury.mark(seat, FULL | ({"N1": "10:00"} if seat == 1 else {}), entrant)
    jury.submit(seat, entrant)


def test_before_somebody_says_so_an_account_is_a_stranger_to_the_marks(own: Own) -> None:
    hand_in(own.jury, 1)
    assert own.move(SheetAction.CONFIRM) is SheetState.CONFIRMED


@pytest.mark.parametrize("action", [SheetAction.CONFIRM, SheetAction.RETURN, SheetAction.UNLOCK])
def test_the_account_of_who_marked_decides_nothing_about_the_sheet(own: Own, action: SheetAction) -> None:
    hand_in(own.jury, 1)
    hand_in(own.jury, 2)
    if action is SheetAction.UNLOCK:
        assert own.confirm(actor=own.jury.chief) == 2
    own.link()
    before = own.jury.sheet(1).state
    with pytest.raises(OwnHandError, match="须由另一人处理：请找周正清"):
        own.move(action)
    assert own.jury.sheet(1).state is before
    own.move(action, seat=2)  # of another judge's marks she is chief judge
    assert lines(f"sheet.{action.value}ed")[-1].actor == own.actor.key


def test_where_nobody_else_can_the_sentence_says_what_to_do(own: Own) -> None:
    hand_in(own.jury, 1)
    own.link()
    own.unname_second()
    with pytest.raises(OwnHandError, match=NOBODY):
        own.move(SheetAction.CONFIRM)
    chief = make_judge(competition_id=own.id, name="吴接替")
    name_chief(NameChief(own.id, chief.id, True, own.jury.organiser))
    with pytest.raises(OwnHandError, match="请找吴接替"):
        own.move(SheetAction.CONFIRM)
    assert own.move(SheetAction.CONFIRM, actor=judge_actor(db.session.get_one(Judge, chief.id))) is SheetState.CONFIRMED


def test_who_has_charge_of_other_events_or_is_the_same_person_is_not_named(own: Own) -> None:
    hand_in(own.jury, 1)
    own.link()
    name_chief(NameChief(own.id, own.judge.id, True, own.jury.organiser))  # the same person once more
    other = make_event(competition_id=own.id).id
    person = ChiefPerson(None, own.second.id)
    set_events(SetChiefEvents(own.id, person, (other,), own.jury.organiser))
    assert others_for(db.session(), own.id, among([own.jury.sheet(1)])) is None
    set_events(SetChiefEvents(own.id, person, (other, own.jury.event_id), own.jury.organiser))
    assert others_for(db.session(), own.id, among([own.jury.sheet(1)])) == "周正清"


def test_a_judge_with_the_chiefs_role_is_held_to_the_same_on_the_tablet(small: Own) -> None:
    hand_in(small.jury, 1)
    name_chief(NameChief(small.id, small.judge.id, True, small.jury.organiser))
    tablet = judge_actor(db.session.get_one(Judge, small.judge.id))
    for action in (SheetAction.CONFIRM, SheetAction.RETURN):
        with pytest.raises(OwnHandError):
            small.move(action, actor=tablet)


def test_several_at_once_are_confirmed_without_the_own_ones(own: Own) -> None:
    for seat in (1, 2, 3):
        hand_in(own.jury, seat)
    own.link()
    assert own.confirm() == 2
    assert [own.jury.sheet(seat).state for seat in (1, 2, 3)] == [
        SheetState.SUBMITTED,
        SheetState.CONFIRMED,
        SheetState.CONFIRMED,
    ]
    with pytest.raises(OwnHandError, match="周正清"):
        own.confirm(entrant=0)
    assert own.confirm(actor=own.jury.chief) == 1


def test_marks_given_before_the_seat_went_over_stay_the_own_ones(own: Own) -> None:
    """Any revision counts, also of a sheet that somebody else holds and handed in."""
    own.jury.mark(1, {"J1": "1"})
    newcomer = make_judge(competition_id=own.id)
    replace_judge(ReplaceJudge(own.id, own.jury.module_id, own.judge.id, newcomer.id, "身体不适", own.jury.organiser))
    hand_in(own.jury, 1)
    own.link()
    with pytest.raises(OwnHandError):
        own.move(SheetAction.CONFIRM)
    sheets = own_sheets(db.session(), hands_of(db.session(), own.actor, own.id), ScoreSheet.id > 0)
    assert own.jury.sheet(1).id in sheets
    assert own.jury.sheet(1, 1).id not in sheets  # taken over untouched


def test_a_sheet_handed_in_by_the_own_hand_is_own_without_any_mark(small: Own) -> None:
    hand_in(small.jury, 2)
    small.link()
    other = make_judge(competition_id=small.id)
    sheet, other_id = small.jury.sheet(2).id, other.id
    with transaction() as session:
        session.execute(update(ScoreSheet).where(ScoreSheet.id == sheet).values(judge_id=other_id))
    assert own_work(db.session(), small.actor, small.id, ScoreSheet.id == sheet) is None
    values = {"revision": 1, "submitted_at": now(), "submitted_by": f"judge:{small.judge.id}"}
    stored(SheetSubmission(sheet_id=sheet, key=uuid4(), **values))
    assert own_work(db.session(), small.actor, small.id, ScoreSheet.id == sheet) is not None


def test_own_doubts_are_answered_by_another(own: Own) -> None:
    own.jury.mark(1, {"J1": "2"}, doubts=["J1"])
    own.jury.mark(2, {"J1": "2"}, doubts=["J1"])
    own.link()
    with pytest.raises(OwnHandError):
        answer_doubt(AnswerDoubt(own.id, own.jury.sheet(1).id, "P.J1", "可以", own.actor))
    aspect = own.jury.newest(2).doubts[0]
    answer_doubt(AnswerDoubt(own.id, own.jury.sheet(2).id, aspect, "可以", own.actor))


def test_a_vote_of_ones_own_is_asked_for_again_and_withdrawn_by_another(own: Own) -> None:
    own.jury.hand_in("3", "1", "1")
    own.link()
    node = "J1"
    ask = (own.id, own.jury.module_id, own.jury.entrants[0], node, "请对照标准")
    with pytest.raises(OwnHandError, match="周正清"):
        ask_revote(AskRevote(*ask, own.actor))
    assert own.jury.sheet(1).state is SheetState.SUBMITTED  # nothing was opened again
    ask_revote(AskRevote(*ask, own.jury.chief))
    revote = db.session.scalars(select(Revote.id)).one()
    with pytest.raises(OwnHandError):
        withdraw_revote(WithdrawRevote(own.id, revote, "按现状", own.actor))
    withdraw_revote(WithdrawRevote(own.id, revote, "按现状", own.jury.chief))


def test_who_still_marks_does_not_look_at_the_others_marks_with_the_account(own: Own) -> None:
    hand_in(own.jury, 2)
    own.link()
    with pytest.raises(NotAllowedError, match="自己的评分表"):
        open_early(OpenEarly(own.id, own.jury.sheet(2).id, "想看看", own.actor))
    with pytest.raises(NotAllowedError, match="自己的评分表"):
        set_blind(SetBlind(own.id, own.jury.event_id, False, "想看看", own.actor))
    set_blind(SetBlind(own.id, own.jury.event_id, True, "", own.actor))
    open_early(OpenEarly(own.id, own.jury.sheet(2).id, "核实", own.jury.chief))


def test_nobody_takes_a_seat_by_way_of_the_account(small: Own) -> None:
    newcomer = make_judge(competition_id=small.id)
    link_account(LinkAccount(small.id, newcomer.id, small.account.id, small.jury.organiser))
    leaving = small.jury.judges[1].id
    with pytest.raises(NotAllowedError, match="本人"):
        replace_judge(ReplaceJudge(small.id, small.jury.module_id, leaving, newcomer.id, "生病", small.actor))


def test_who_marked_in_the_event_does_not_rule_on_its_appeals(app: Flask) -> None:
    case = Case()
    appeal = case.file()
    module = db.session.scalars(select(Module).where(Module.event_id == case.published.event_id)).first()
    judge = make_judge(competition_id=case.competition_id)
    supervisor = make_account(role=Role.SUPERVISOR, competition_id=case.competition_id)
    actor = make_actor(Role.SUPERVISOR, case.competition_id, subject_id=supervisor.id)
    over = {"module": module} if module else {"module": make_module(event_id=case.published.event_id)}
    make_sheet(judge=judge, seat_number=7, **over)
    link_account(LinkAccount(case.competition_id, judge.id, supervisor.id, make_actor()))
    with pytest.raises(OwnCaseError):
        case.step(appeal, StepKind.ACCEPTED, actor=actor)
    case.step(appeal, StepKind.ACCEPTED)


class Listed:
    """A theory paper that one account brings as a list; the same person is chief judge, too, and there is a second."""

    def __init__(self) -> None:
        self.stage = Stage()
        self.id = self.stage.competition.id
        self.stage.open()
        self.both: Account = make_account(role=Role.ORGANISER, competition_id=self.id, display_name="赵两用")
        grant_role(GrantRole(self.both.id, Role.CHIEF_JUDGE, self.id, "system", "系统"))
        make_account(role=Role.CHIEF_JUDGE, competition_id=self.id, display_name="周正清")
        roles: dict[int | None, frozenset[Role]] = {self.id: frozenset({Role.ORGANISER, Role.CHIEF_JUDGE})}
        self.actor = Actor(SubjectKind.ACCOUNT, self.both.id, "赵两用", 0, roles)
        self.module_id = self.stage.module("T").id

    def take_in(self, mark: str, actor: Actor | None = None, number: str = "1") -> int:
        rows = [ExternalMark(2, number, {"T": mark})]
        return import_external(ImportExternal(self.id, self.module_id, rows, "theory.csv", actor or self.actor))

    def confirm(self, actor: Actor | None = None) -> int:
        return confirm_submitted(ConfirmSubmitted(self.id, self.module_id, actor or self.actor))


def test_who_brings_a_list_does_not_confirm_it_unlock_it_or_return_it(app: Flask) -> None:
    listed = Listed()
    listed.take_in("80")
    with pytest.raises(OwnHandError, match="您本人导入的，须由另一人确认：请找周正清"):
        listed.confirm()
    sheet = listed.stage.sheet(0, 0, "T").id
    with pytest.raises(OwnHandError):
        change_sheet(ChangeSheet(listed.id, sheet, SheetAction.RETURN, listed.actor, "重来"))
    assert listed.confirm(listed.stage.chief) == 1
    with pytest.raises(OwnHandError):
        change_sheet(ChangeSheet(listed.id, sheet, SheetAction.UNLOCK, listed.actor, "重来"))


def test_of_a_list_that_two_brought_each_confirms_what_the_other_brought(app: Flask) -> None:
    listed = Listed()
    listed.take_in("80", number="1")
    listed.take_in("70", make_actor(Role.ORGANISER, listed.id, subject_id=777), number="2")
    assert listed.confirm() == 1
    assert listed.stage.sheet(0, 0, "T").state is SheetState.SUBMITTED
    assert listed.stage.sheet(1, 0, "T").state is SheetState.CONFIRMED


def test_a_list_of_before_accounts_were_named_is_known_by_the_name(sqlite_app: Flask) -> None:
    listed = Listed()
    sheet = listed.stage.sheet(0, 0, "T").id
    values = {"number": 1, "key": uuid4(), "marks": {"T": "80"}, "saved_at": now(), "saved_by": "赵两用"}
    stored(SheetRevision(sheet_id=sheet, **values))
    assert own_work(db.session(), listed.actor, listed.id, ScoreSheet.id == sheet) is not None


def test_the_history_names_who_brought_a_list(sqlite_app: Flask) -> None:
    listed = Listed()
    listed.take_in("80")
    assert [line.saved_by for line in read_sheet(listed.id, listed.stage.sheet(0, 0, "T").id).history] == ["赵两用"]


def test_a_judge_whose_account_brought_the_list_does_not_confirm_it_on_the_tablet(sqlite_app: Flask) -> None:
    listed = Listed()
    judge = make_judge(competition_id=listed.id, role=Role.CHIEF_JUDGE)
    listed.take_in("80")
    link_account(LinkAccount(listed.id, judge.id, listed.both.id, listed.stage.organiser))
    with pytest.raises(OwnHandError):
        listed.confirm(judge_actor(db.session.get_one(Judge, judge.id)))


def test_the_board_says_it_before_anybody_presses(own: Own, client: FlaskClient) -> None:
    for seat in (1, 2, 3):
        hand_in(own.jury, seat)
    hand_in(own.jury, 1, entrant=1)
    own.link()
    sign_in_account(client, own.account)
    page = unescape(client.get(f"{own.base}/events/{own.jury.event_id}/board").get_data(as_text=True))
    assert "2 张待确认：" in page
    assert "请找周正清" in page
    assert "确认已提交的 2 张" in page
    assert "确认本行 2 张" in page
    assert page.count("确认本行") == 1  # of the second contestant there is nothing else
    assert page.count("cell__flag--own") == 2

    news = f"{own.base}/events/{own.jury.event_id}/board/news"
    fresh = unescape(client.get(news, headers={"If-None-Match": 'W/"0-000000000000"'}).get_data(as_text=True))
    assert "确认本行 2 张" in fresh or not fresh

    sheet = unescape(client.get(f"{own.base}/sheets/{own.jury.sheet(1).id}").get_data(as_text=True))
    assert "请找周正清" in sheet
    assert "确认这张评分表" not in sheet
    assert "退回裁判" not in sheet
    other = unescape(client.get(f"{own.base}/sheets/{own.jury.sheet(2).id}").get_data(as_text=True))
    assert "确认这张评分表" in other
    assert "请找周正清" not in other
    assert "下一张待确认：1 号 · 席位 3" in other
    assert "席位 1" not in other.split("下一张待确认")[1]  # she is not led to what she cannot confirm


def test_the_page_of_doubts_and_votes_offers_nothing_about_own_marks(own: Own, client: FlaskClient) -> None:
    own.jury.hand_in("3", "1", "1")
    own.jury.mark(1, {"J1": "2"}, entrant=1, doubts=["J1"])
    address = f"{own.base}/events/{own.jury.event_id}/jury"
    sign_in_account(client, own.account)
    page = unescape(client.get(address).get_data(as_text=True))
    assert "请重新评议" in page
    assert 'name="answer"' in page
    own.link()
    page = unescape(client.get(address).get_data(as_text=True))
    assert page.count("请找周正清") == 2
    assert 'name="answer"' not in page
    assert f"/modules/{own.jury.module_id}/revotes" not in page


def test_a_refusal_over_the_web_is_a_sentence(own: Own, client: FlaskClient) -> None:
    hand_in(own.jury, 1)
    own.link()
    sign_in_account(client, own.account)
    sheet = own.jury.sheet(1)
    word = seen_word([(sheet.id, sheet.revision)])
    answer = client.post(f"{own.base}/sheets/{sheet.id}/confirm", data={"seen": word})
    assert answer.status_code == 403
    assert "请找周正清" in unescape(answer.get_data(as_text=True))


def test_two_who_confirm_at_once_leave_the_own_sheet_to_the_second(app: Flask) -> None:
    own = Own()
    for seat in (1, 2, 3):
        hand_in(own.jury, seat)
    own.link()
    actors = {"own": own.actor, "chief": own.jury.chief}
    command = (own.id, own.jury.module_id)
    db.session.rollback()

    def press(who: str) -> int:
        try:
            return confirm_submitted(ConfirmSubmitted(*command, actors[who]))
        except OwnHandError:
            return 0

    mine, others = at_once(app, press, ["own", "chief"])
    assert mine + others == 3
    target = f"score_sheet:{own.jury.sheet(1).id}"
    assert [line.actor for line in lines("sheet.confirmed") if line.target == target] == [own.jury.chief.key]


def test_what_was_confirmed_by_the_own_hand_before_is_listed_until_another_has_confirmed_it(
    own: Own, client: FlaskClient
) -> None:
    for seat in (1, 2):
        hand_in(own.jury, seat)
    assert own.confirm() == 2
    listed = (own.id, own.jury.module_id)
    assert self_confirmed(db.session(), *listed) == []
    own.link()
    db.session.rollback()
    (found,) = self_confirmed(db.session(), *listed)
    assert (found.sheet_id, found.number, found.seat) == (own.jury.sheet(1).id, 1, 1)
    sign_in_account(client, own.second)
    page = unescape(client.get(f"{own.base}/events/{own.jury.event_id}/board").get_data(as_text=True))
    assert "1 张评分表是由评分的本人确认的" in page

    own.move(SheetAction.UNLOCK, actor=own.jury.chief)
    assert self_confirmed(db.session(), *listed) == []
    hand_in(own.jury, 1)
    own.move(SheetAction.CONFIRM, actor=own.jury.chief)
    assert self_confirmed(db.session(), *listed) == []
