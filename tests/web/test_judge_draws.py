"""Judges are drawn for panels: by the rules, on record, once, and not against who has seated or drawn meanwhile."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from at_once import at_once
from factories import make_judge, make_module
from judges_drawn import Drawing
from juries import Jury
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError
from timetabled import NINE

from competitions.draws.draw import DrawError, commitment
from competitions.events.defining import RemoveEvent, remove_event
from competitions.judge_draws.checking import problem_of
from competitions.judge_draws.drawing import (
    DrawJudges,
    JudgeDrawReasonError,
    JudgesDrawnError,
    WitnessError,
    draw_judges,
    next_commitment,
    seats_digest,
)
from competitions.judge_draws.gathering import Terms
from competitions.judge_draws.lots import JudgeShortageError
from competitions.judge_draws.places import PanelsDifferError, SeatsOpenError, Size
from competitions.judge_draws.reading import changes_since, drawn_panels, draws_of, verify_judge_draw
from competitions.judge_ties.declaring import DeclareTie, declare_tie
from competitions.judges.conflicts import Tie
from competitions.judges.panels import DrawnPanelError, RemoveJudge, SeatJudges, remove_judge, seat_judges
from competitions.judges.recusal import RecusalError
from competitions.lifecycle import CompetitionState
from competitions.models import Competition, Event, ModuleKind
from competitions.setup import EmptyNameError, InUseError, WrongStateError
from competitions.timetable.kinds import Kind
from competitions.timetable.planning import AddSessions, SessionFacts, add_sessions
from core.db import db, transaction
from core.errors import ConflictError, DomainError, InvalidInputError, NotFoundError
from scoring.jury.substitution import ReplaceJudge, replace_judge
from scoring.sheets.saving import SaveMarks, save_marks


@pytest.fixture
def drawing(app):
    return Drawing()


@pytest.fixture
def small(sqlite_app):
    return Drawing()


def test_every_panel_gets_its_judges_and_the_record_says_all(drawing):
    before = next_commitment(drawing.event_id, 0)
    drawing.draw()

    seated = drawing.seated()
    assert {place: len(judges) for place, judges in seated.items()} == {("A", "第1组"): 3, ("B", "第1组"): 3}
    people = [judge for judges in seated.values() for judge in judges]
    assert len(set(people)) == 6
    assert drawing.chief not in people
    (row,) = drawing.made()
    assert (row.witness, row.reason, row.drawn_by) == ("李监督", "", drawing.actor.name)
    assert row.record["commitment"] == before == commitment(row.record["secret"])
    assert {(code, name): judges for code, name, judges in row.seated} == seated
    assert problem_of(row.record) == ""
    (act,) = drawing.acts()
    assert (act.action, act.target) == ("judge_draw.made", f"judge_draw:{row.id}")
    assert act.detail["fingerprint"] == row.record["fingerprint"]
    assert len(act.detail["panels"]["A 第1组"]) == 3


def test_no_name_of_a_unit_and_no_reason_of_a_tie_is_kept_for_ever(small):
    small.contestant(unit="第七机械厂", name="孙选手")
    barred = make_judge(competition_id=small.competition_id, unit="第七机械厂", name="钱回避").id
    small.draw()
    (row,) = small.made()
    assert row.listed[barred] == "barred"
    assert "第七机械厂" not in str(row.record)
    assert "孙选手" not in str(row.record)


def test_whoever_is_barred_is_never_drawn(small):
    entrant = small.contestant(unit="一厂")
    colleague = make_judge(competition_id=small.competition_id, unit=" 一 厂").id
    tie = DeclareTie(
        small.competition_id, small.judges[0], Tie.COACH, entrant.members[0].id, None, "本人申报", small.actor
    )
    declare_tie(tie)
    for number in range(6):
        small.draw(small.terms(keep=False), reason=f"再抽 {number}" if number else "")
        assert {colleague, small.judges[0]}.isdisjoint(j for judges in small.seated().values() for j in judges)


def test_chief_judges_are_drawn_only_where_somebody_says_so(sqlite_app):
    few = Drawing(judges=5)
    with pytest.raises(JudgeShortageError) as refused:
        few.draw(few.terms(one_only=True))
    assert str(refused.value) == (
        "“模块A”第1组、“模块B”第1组要抽 6 席，有 1 席没有人可坐。裁判长：总裁判长。请添加裁判，或改变条件再抽"
    )
    few.draw(few.terms(one_only=True, chiefs=True))
    assert few.chief in {judge for judges in few.seated().values() for judge in judges}


def test_a_shortage_names_everybody_who_cannot_sit_there(sqlite_app):
    few = Drawing(judges=4, modules=("A",))
    few.contestant(unit="一厂", name="孙选手")
    make_judge(competition_id=few.competition_id, unit="一厂", name="钱回避")
    few.seat_elsewhere(few.judges[1])
    terms = few.terms(modules={few.modules["A"]: Size(1, 5)}, one_only=True, left_out=frozenset(few.judges[:1]))
    with pytest.raises(JudgeShortageError) as refused:
        few.draw(terms, left_out_reason="请假")
    sentence = str(refused.value)
    assert "应当回避：钱回避" in sentence
    assert "没有列入：裁判1" in sentence
    assert "已有席位或同一时间在别处：裁判2" in sentence
    assert "有 3 席没有人可坐" in sentence
    assert "孙选手" not in sentence
    assert few.made() == []


def session(drawing, module_id, event_id, begins, hours, kind=Kind.CONTEST):
    facts = SessionFacts(
        title="比赛",
        begins_at=begins,
        ends_at=begins + timedelta(hours=hours),
        place="",
        kind=kind,
        event_id=event_id,
        module_id=module_id,
    )
    add_sessions(AddSessions(drawing.competition_id, (facts,), drawing.actor))


def test_nobody_sits_in_two_places_at_one_time(drawing):
    there, other = drawing.seat_elsewhere(*drawing.judges[:3])
    session(drawing, there, other, NINE, 2)
    session(drawing, drawing.modules["A"], drawing.event_id, NINE + timedelta(hours=1), 1)
    session(drawing, drawing.modules["B"], drawing.event_id, NINE + timedelta(hours=4), 1)
    for number in range(5):
        drawing.draw(drawing.terms(keep=False), reason=f"第 {number} 次" if number else "")
        seated = drawing.seated()
        assert set(drawing.judges[:3]).isdisjoint(seated["A", "第1组"])
        # The other five fill A and B first: who sits elsewhere comes only where nobody with fewer seats is left.
        assert len(set(drawing.judges[3:]) & {*seated["A", "第1组"], *seated["B", "第1组"]}) == 5


def test_modules_at_one_time_have_no_judge_in_common(sqlite_app):
    few = Drawing(judges=5)
    for module_id in few.modules.values():
        session(few, module_id, few.event_id, NINE, 2)
    with pytest.raises(JudgeShortageError):
        few.draw()
    with pytest.raises(PanelsDifferError):
        few.draw(few.terms(joint=True))
    make_judge(competition_id=few.competition_id)
    few.draw()
    assert len({judge for judges in few.seated().values() for judge in judges}) == 6


def test_what_was_called_off_and_what_judges_do_not_attend_keeps_nobody_away(sqlite_app):
    few = Drawing(judges=3)
    for module_id in few.modules.values():
        session(few, module_id, few.event_id, NINE, 2, kind=Kind.CHECK_IN)
    few.draw()
    assert sorted(map(len, few.seated().values())) == [3, 3]


def test_several_panels_of_a_module_are_different_people(small):
    small.draw(small.terms(modules={small.modules["A"]: Size(2, 4)}))
    seated = small.seated()
    assert {place: len(judges) for place, judges in seated.items()} == {("A", "第1组"): 4, ("A", "第2组"): 4}
    assert {judge for judges in seated.values() for judge in judges} == set(small.judges)


def test_one_group_judges_all_modules_the_first_seats_where_fewer_are_wanted(small):
    sizes = {small.modules["A"]: Size(2, 4), small.modules["B"]: Size(1, 2)}
    small.draw(small.terms(modules=sizes, joint=True))
    seated = small.seated()
    for name in ("第1组", "第2组"):
        assert seated["B", name] == seated["A", name][:2]
    assert problem_of(small.made()[0].record) == ""


def test_who_sits_there_stays_where_only_empty_seats_are_drawn(small):
    kept = small.judges[4]
    small.seat("A", kept)
    small.draw()
    assert small.seated()["A", "第1组"][0] == kept
    assert kept not in small.seated()["B", "第1组"]
    assert len(small.seated()["A", "第1组"]) == 3
    assert problem_of(small.made()[0].record) == ""


def test_nobody_joins_somebody_of_the_same_unit_who_sits_there_already(sqlite_app):
    few = Drawing(judges=3, modules=("A",))
    pair = [make_judge(competition_id=few.competition_id, unit="同厂").id for _ in range(2)]
    few.seat("A", pair[0])
    for number in range(4):
        few.draw(few.terms(), reason="补抽" if number else "")
        assert pair[1] not in few.seated()["A", "第1组"]
        few.seat("A", pair[0], reason="试")


def test_a_seat_that_was_left_is_drawn_again_with_a_reason_and_both_stay(drawing):
    drawing.draw()
    a, _, b = drawing.seated()["A", "第1组"]
    first = drawing.seated()["A", "第1组"][1]
    with pytest.raises(DrawnPanelError):
        drawing.seat("A", a, b)
    drawing.seat("A", a, b, reason="2 号席裁判因病退出")
    with pytest.raises(JudgeDrawReasonError):
        drawing.draw()
    assert len(drawing.made()) == 1
    drawing.draw(
        reason="2 号席裁判因病退出，补抽", terms=drawing.terms(left_out=frozenset({first})), left_out_reason="病"
    )

    assert drawing.seated()["A", "第1组"][:2] == [a, b]
    assert [row.number for row in drawing.made()] == [1, 2]
    assert drawing.made()[1].left_out == [first]
    assert [problem_of(row.record) for row in drawing.made()] == ["", ""]
    event = db.session.get_one(Event, drawing.event_id)
    draws = draws_of(db.session(), event.id)
    panels = {one.code: one for one in drawn_panels(db.session(), event, draws)}
    assert (panels["A"].number, panels["A"].is_changed, panels["B"].number) == (2, False, 2)
    (change,) = changes_since(db.session(), event, draws)
    assert (change.panel, change.reason, len(change.judges)) == ("第1组", "2 号席裁判因病退出", 2)


def test_a_panel_that_was_drawn_is_not_dissolved_without_a_reason(small):
    small.draw()
    with pytest.raises(DrawnPanelError):
        small.seat("A")
    small.seat("A", reason="这个模块改由计算机评分")
    event = db.session.get_one(Event, small.event_id)
    panels = drawn_panels(db.session(), event, draws_of(db.session(), event.id))
    assert [(one.code, one.is_changed, one.now == ()) for one in panels] == [("A", True, True), ("B", False, False)]


def test_all_is_drawn_again_and_who_sat_there_may_be_drawn_elsewhere(small):
    small.draw()
    small.draw(small.terms(keep=False), reason="换了命题，全部重抽")
    assert [row.number for row in small.made()] == [1, 2]
    assert {len(judges) for judges in small.seated().values()} == {3}
    assert small.made()[0].record["secret"] != small.made()[1].record["secret"]


@pytest.mark.parametrize(
    ("over", "error"),
    [
        ({"witness": " "}, EmptyNameError),
        ({"witness": "赵组织"}, WitnessError),
        ({"called_out": ()}, DrawError),
        ({"called_out": (" ",)}, DrawError),
        ({"earlier": 1}, JudgesDrawnError),
        ({"seen": "an earlier page"}, JudgesDrawnError),
        ({"reason": "长" * 301}, JudgeDrawReasonError),
    ],
)
def test_what_makes_no_draw_is_refused_and_leaves_no_trace(small, over, error):
    with pytest.raises(error):
        small.draw(**over)
    assert small.seated() == {}
    assert small.made() == small.acts() == []


def test_terms_that_cannot_be_drawn_by_are_refused(small):
    external = make_module(event_id=small.event_id, kind=ModuleKind.EXTERNAL).id
    a = small.modules["A"]
    for sizes, error in [
        ({}, InvalidInputError),
        ({external: Size(1, 3)}, NotFoundError),
        ({make_module().id: Size(1, 3)}, NotFoundError),
        ({a: Size(1, None)}, SeatsOpenError),
        ({a: Size(1, 32)}, SeatsOpenError),
        ({a: Size(10, 3)}, InvalidInputError),
    ]:
        with pytest.raises(error):
            small.draw(small.terms(modules=sizes))
    with pytest.raises(JudgeDrawReasonError):
        small.draw(small.terms(left_out=frozenset(small.judges[:1])))
    assert small.made() == []


def test_a_panel_that_is_too_large_or_full_is_not_drawn_over(small):
    small.seat("A", *small.judges[:4])
    with pytest.raises(PanelsDifferError):
        small.draw()
    small.seat("A", *small.judges[:3])
    with pytest.raises(JudgesDrawnError):
        small.draw(small.terms(modules={small.modules["A"]: Size(1, 3)}))
    with pytest.raises(PanelsDifferError):
        small.draw(small.terms(joint=True))
    small.draw(small.terms(keep=False))
    assert {len(judges) for judges in small.seated().values()} == {3}


def test_who_was_to_stay_and_is_barred_meanwhile_stops_the_draw(small):
    judge = make_judge(competition_id=small.competition_id, unit="二厂").id
    small.seat("A", judge)
    small.contestant(unit="二厂")
    with pytest.raises(RecusalError):
        small.draw()
    assert small.made() == []
    small.draw(small.terms(keep=False))


def test_other_competitions_and_states_are_refused(sqlite_app):
    late = Drawing(state=CompetitionState.MARKING)
    with pytest.raises(WrongStateError):
        late.draw()
    own, foreign = Drawing(), Drawing()
    with pytest.raises(NotFoundError):
        draw_judges(replace(foreign.command(), competition_id=own.competition_id))
    draw_id = foreign.draw()
    with pytest.raises(NotFoundError):
        verify_judge_draw(db.session(), own.competition_id, draw_id)
    with pytest.raises(NotFoundError):
        verify_judge_draw(db.session(), foreign.competition_id, 999)
    assert verify_judge_draw(db.session(), foreign.competition_id, draw_id).problem == ""


def test_a_later_stage_is_drawn_while_others_are_marked_and_a_judge_replaced_there_is_told(app):
    drawing = Drawing(modules=("A",))
    drawing.as_later_stage()
    drawing.draw()
    page_seen_before = drawing.command(drawing.terms(keep=False), reason="重抽")
    leaving = drawing.seated()["A", "第1组"][1]
    substitute = next(judge for judge in drawing.judges if judge not in drawing.seated()["A", "第1组"])
    reason = "突发疾病"
    replace_judge(
        ReplaceJudge(drawing.competition_id, drawing.modules["A"], leaving, substitute, reason, drawing.actor)
    )

    with pytest.raises(JudgesDrawnError):
        draw_judges(page_seen_before)
    event = db.session.get_one(Event, drawing.event_id)
    draws = draws_of(db.session(), event.id)
    assert [one.now[1] for one in drawn_panels(db.session(), event, draws) if one.is_changed] == [substitute]
    assert [(one.panel, one.reason) for one in changes_since(db.session(), event, draws)] == [("", reason)]


def test_a_draw_and_those_who_stood_in_it_are_not_deleted(app):
    drawing = Drawing()
    drawing.draw()
    for code, reason in (("A", "撤销"), ("B", "撤销")):
        drawing.seat(code, reason=reason)
    with pytest.raises(InUseError):
        remove_judge(RemoveJudge(drawing.competition_id, drawing.judges[0], drawing.actor))
    with pytest.raises(InUseError):
        remove_event(RemoveEvent(drawing.competition_id, drawing.event_id, drawing.actor))
    for act in ("UPDATE judge_draw SET witness = 'x'", "DELETE FROM judge_draw"):
        with pytest.raises(DatabaseError, match="append-only"), transaction() as session:
            session.execute(text(act))


def test_two_who_draw_at_once_make_one_draw(app):
    drawing = Drawing()
    commands = [drawing.command(), drawing.command(called_out=("8",))]
    db.session.rollback()

    def press(command):
        try:
            return draw_judges(command)
        except JudgesDrawnError as error:
            return error

    done = at_once(app, press, commands)
    assert sorted(isinstance(one, int) for one in done) == [False, True]
    db.session.rollback()
    assert len(drawing.made()) == 1
    assert {(code, name): judges for code, name, judges in drawing.made()[0].seated} == drawing.seated()


def test_who_seats_by_hand_and_who_draws_at_once_do_not_undo_each_other(app):
    drawing = Drawing(modules=("A",))
    command, chosen = drawing.command(drawing.terms(keep=False)), tuple(drawing.judges[:3])
    module_id, actor = drawing.modules["A"], drawing.actor
    db.session.rollback()

    def press(is_drawing):
        try:
            if is_drawing:
                return draw_judges(command)
            return seat_judges(SeatJudges(command.competition_id, module_id, "第1组", chosen, actor))
        except (JudgesDrawnError, DrawnPanelError) as error:
            return error

    drawn, by_hand = at_once(app, press, [True, False])
    seated = drawing.seated()["A", "第1组"]
    # Whoever came second is told so: a page seen before the other's seating unseats nobody unseen.
    if isinstance(drawn, int):
        assert isinstance(by_hand, DrawnPanelError)
        assert drawing.made()[0].seated == [("A", "第1组", seated)]
    else:
        assert by_hand is None
        assert (tuple(seated), drawing.made()) == (chosen, [])


class Marking(Jury):
    """An event whose sheets are open, with five more judges than the panel has; back at the draw."""

    def __init__(self):
        super().__init__()
        for _ in range(5):
            make_judge(competition_id=self.competition_id)
        with transaction() as session:
            session.get_one(Competition, self.competition_id).state = CompetitionState.DRAWING

    def command(self):
        """A draw of the whole panel, whose size the scheme tells."""
        db.session.rollback()
        terms = Terms({self.module_id: Size(1, None)}, keep=False)
        seen = seats_digest(db.session(), self.event_id)
        return DrawJudges(self.competition_id, self.event_id, terms, "李监督", ("7",), self.organiser, seen)

    def holders(self):
        """Seat → whose sheets of it are."""
        return [{self.sheet(seat, entrant).judge_id for entrant in (0, 1)} for seat in (1, 2, 3)]


def test_sheets_that_nobody_has_touched_follow_the_draw(app):
    marking = Marking()
    draw_judges(marking.command())
    (row,) = draws_of(db.session(), marking.event_id)
    assert marking.holders() == [{judge} for judge in row.seated[0][2]]


def test_an_event_in_which_somebody_has_marked_is_not_drawn(app):
    marking = Marking()
    before = marking.holders()
    marking.mark(2, {"J1": "2"})
    with pytest.raises(ConflictError) as refused:
        draw_judges(marking.command())
    assert "已有裁判打过分" in str(refused.value)
    assert (marking.holders(), draws_of(db.session(), marking.event_id)) == (before, [])


def test_a_judge_who_marks_while_it_is_drawn_keeps_the_mark_or_is_told(app):
    marking = Marking()
    sheet, device, command = marking.sheet(1), marking.device_of(1), marking.command()
    save = SaveMarks(sheet.id, uuid4(), {"J1": "2"}, base_revision=0)
    db.session.rollback()

    def press(is_drawing):
        try:
            return draw_judges(command) if is_drawing else save_marks(save, device)
        except DomainError as error:
            return error

    drawn, saved = at_once(app, press, [True, False])
    now = marking.sheet(1)
    if isinstance(saved, DomainError):
        assert (isinstance(drawn, int), now.revision) == (True, 0)
    elif isinstance(drawn, int):
        # Marked first and drawn after would have been refused: so the seat was drawn for the same judge again.
        assert (now.judge_id, now.revision) == (device.subject_id, 1)
    else:
        assert (now.judge_id, now.revision, draws_of(db.session(), marking.event_id)) == (device.subject_id, 1, [])
