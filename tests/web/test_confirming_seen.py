"""A confirmation holds for what the chief judge saw: what came between looking and pressing is not confirmed."""

import re

import pytest
from at_once import at_once
from factories import make_account, sign_in_account
from juries import Jury, lines

from competitions.models import Module
from core.db import db
from core.permissions import Role
from scoring.live.matrix import matrix_of, submitted_word
from scoring.models import ScoreSheet
from scoring.sheets.review import ChangeSheet, ConfirmSubmitted, change_sheet, confirm_submitted
from scoring.sheets.seen import ChangedSinceSeenError, require_seen, seen_word
from scoring.states import SheetAction, SheetState

FULL = {"J1": "2", "J2": "2"}


def hand_in(jury: Jury, seat: int, entrant: int = 0) -> None:
    jury.mark(seat, FULL | ({"N1": "10:00"} if seat == 1 else {}), entrant)
    jury.submit(seat, entrant)


def confirm(jury: Jury, seen: str | None, entrant: int | None = None) -> int:
    entrant_id = None if entrant is None else jury.entrants[entrant]
    return confirm_submitted(ConfirmSubmitted(jury.competition_id, jury.module_id, jury.chief, entrant_id, seen))


def return_and_hand_in_again(jury: Jury, seat: int) -> None:
    change_sheet(ChangeSheet(jury.competition_id, jury.sheet(seat).id, SheetAction.RETURN, jury.chief, "请核对第一项"))
    hand_in(jury, seat)


@pytest.fixture
def jury(app) -> Jury:
    return Jury()


def test_what_was_seen_is_confirmed(jury: Jury) -> None:
    hand_in(jury, 1)
    hand_in(jury, 2)
    assert confirm(jury, submitted_word(db.session(), jury.module_id)) == 2
    assert [jury.sheet(seat).state for seat in (1, 2, 3)] == [
        SheetState.CONFIRMED,
        SheetState.CONFIRMED,
        SheetState.OPEN,
    ]


def test_a_sheet_that_came_since_stops_the_whole_confirmation(jury: Jury) -> None:
    hand_in(jury, 1)
    seen = submitted_word(db.session(), jury.module_id)
    hand_in(jury, 2)
    with pytest.raises(ChangedSinceSeenError, match="当时待确认 1 张，现在 2 张"):
        confirm(jury, seen)
    assert [jury.sheet(seat).state for seat in (1, 2)] == [SheetState.SUBMITTED, SheetState.SUBMITTED]
    assert lines("sheet.confirmed") == []


def test_the_same_number_of_sheets_with_other_marks_is_not_what_was_seen(jury: Jury) -> None:
    hand_in(jury, 1)
    seen = submitted_word(db.session(), jury.module_id)
    return_and_hand_in_again(jury, 1)
    with pytest.raises(ChangedSinceSeenError, match="重新提交"):
        confirm(jury, seen)


def test_a_row_answers_for_its_own_sheets_alone(jury: Jury) -> None:
    hand_in(jury, 1)
    module = db.session.get_one(Module, jury.module_id)
    (row, *_) = matrix_of(db.session(), module).rows
    seen = row.seen
    hand_in(jury, 1, entrant=1)
    assert confirm(jury, seen, entrant=0) == 1
    assert jury.sheet(1, 1).state is SheetState.SUBMITTED


@pytest.mark.parametrize("word", ["", "1", "nonsense", "1-" + "0" * 15, "²-" + "0" * 16])
def test_a_page_that_does_not_say_what_it_showed_confirms_nothing(word: str) -> None:
    with pytest.raises(ChangedSinceSeenError, match="没有说明"):
        require_seen(word, [(1, 1)])


def test_the_word_does_not_depend_on_the_order_and_does_on_each_revision() -> None:
    assert seen_word([(1, 4), (2, 1)]) == seen_word([(2, 1), (1, 4)])
    assert seen_word([(1, 4)]) != seen_word([(1, 5)])
    assert seen_word([(1, 14)]) != seen_word([(11, 4)])
    assert seen_word([]).startswith("0-")


@pytest.mark.parametrize("action", [SheetAction.CONFIRM, SheetAction.RETURN])
def test_one_sheet_is_decided_about_as_it_was_seen(jury: Jury, action: SheetAction) -> None:
    hand_in(jury, 1)
    sheet = jury.sheet(1)
    seen = seen_word([(sheet.id, sheet.revision)])
    return_and_hand_in_again(jury, 1)
    with pytest.raises(ChangedSinceSeenError, match="第 2 版"):
        change_sheet(ChangeSheet(jury.competition_id, sheet.id, action, jury.chief, "理由", seen))
    assert jury.sheet(1).state is SheetState.SUBMITTED


def test_the_board_sends_what_it_shows_and_the_refusal_is_a_sentence(jury: Jury, client) -> None:
    hand_in(jury, 1)
    account = make_account(role=Role.CHIEF_JUDGE, competition_id=jury.competition_id)
    sign_in_account(client, account)
    base = f"/scoring/competitions/{jury.competition_id}"
    page = client.get(f"{base}/events/{jury.event_id}/board").get_data(as_text=True)
    words = set(re.findall(r'name="seen" value="([^"]+)"', page))
    assert words == {submitted_word(db.session(), jury.module_id)}
    hand_in(jury, 2)
    address = f"{base}/modules/{jury.module_id}/confirmations"
    refused = client.post(address, data={"seen": words.pop()})
    assert refused.status_code == 409
    assert "现在 2 张" in refused.get_data(as_text=True)
    assert client.post(address).status_code == 409
    sheet = client.get(f"{base}/sheets/{jury.sheet(1).id}").get_data(as_text=True)
    assert f'name="seen" value="{seen_word([(jury.sheet(1).id, 1)])}"' in sheet


def test_of_a_judge_who_hands_in_and_a_chief_judge_who_confirms_nothing_slips_through(app) -> None:
    jury = Jury()
    hand_in(jury, 1)
    jury.mark(2, FULL)
    seen = submitted_word(db.session(), jury.module_id)
    first, second = jury.sheet(1).id, jury.sheet(2).id
    jury.device_of(2)
    db.session.rollback()

    def press(who: str) -> str:
        try:
            if who == "judge":
                jury.submit(2)
            else:
                confirm(jury, seen)
        except ChangedSinceSeenError:
            return "told"
        return "done"

    judge, chief = at_once(app, press, ["judge", "chief"])
    assert judge == "done"
    states = [db.session.get_one(ScoreSheet, sheet).state for sheet in (first, second)]
    assert states[1] is SheetState.SUBMITTED
    assert states[0] is (SheetState.SUBMITTED if chief == "told" else SheetState.CONFIRMED)
