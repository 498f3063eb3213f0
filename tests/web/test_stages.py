"""From one stage to the next: the published result proposes, people decide what it leaves open, nobody comes twice."""

import json

import pytest
from at_once import at_once
from awarded import Row, make_published, publish
from factories import make_account, make_actor, make_competition, make_entrant, make_event, stored
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from staged import Stages, organiser_client

from certificates.contestants.erasing import ErasePerson, erase_person
from certificates.flags.recommending import AssessFlags, assess_flags
from competitions.copying.copying import CopyCompetition, copy_competition
from competitions.course.readiness import shortcomings
from competitions.draws.drawing import RunDraw, run_draw
from competitions.lifecycle import CompetitionState, Condition
from competitions.models import Competition, Entrant, EntrantStatus, Event, Form
from competitions.registration.entrants import ChangeStatus, change_status
from competitions.setup import CompetitionFacts, WrongStateError
from competitions.stages.lines import Line, Measure
from competitions.stages.linking import SetStage, StageOrderError, StageTakenError, set_stage
from competitions.stages.reading import stages_of, waiting_events
from core.audit import AuditEntry, verify
from core.db import db, transaction
from core.errors import ConflictError, NotFoundError
from core.permissions import Role
from scoring.course import facts
from scoring.stages.carrying import (
    CarryOn,
    DecisionError,
    TieChoice,
    TieOnLineError,
    WayChangedError,
    carry_on,
)
from scoring.stages.models import StageDecision
from scoring.stages.reading import way_into


def lines_of_audit(action):
    db.session.rollback()
    return list(db.session.scalars(select(AuditEntry).where(AuditEntry.action == action)))


def test_who_reaches_the_line_is_an_entrant_of_the_next_stage_with_all_facts_and_no_draw_number(app):
    stages = Stages()

    done = stages.press()

    assert (done.added, done.left_out) == (2, 0)
    assert stages.names() == [stages.name(1), stages.name(2)]
    old, new = stages.first.entrant(1), stages.entrants()[0]
    assert (new.draw_number, new.work_code, new.status) == (None, None, EntrantStatus.REGISTERED)
    assert new.delegation_id == old.delegation_id
    assert new.id != old.id
    (was,), (is_now,) = old.members, new.members
    for fact in ("person_id", "unit", "identity", "level", "level_certificate", "listed"):
        assert getattr(was, fact) == getattr(is_now, fact)
    (line,) = lines_of_audit("stage.carried")
    assert line.detail["added"] == [stages.source(1), stages.source(2)]
    assert verify() == []


def test_a_second_press_adds_nobody_twice(app):
    stages = Stages()
    stages.press()

    again = stages.press()

    assert (again.added, again.left_out) == (0, 0)
    assert len(stages.entrants()) == 2
    assert len(lines_of_audit("stage.carried")) == 1


def test_of_eight_presses_at_once_one_carries(app):
    stages = Stages()
    command = CarryOn(stages.competition_id, stages.final_id, stages.way.seen, stages.organiser)
    db.session.remove()

    done = at_once(app, carry_on, [command] * 8)

    assert sorted(one.added for one in done) == [0] * 7 + [2]
    assert len(stages.entrants()) == 2


def test_the_database_itself_refuses_to_take_somebody_on_twice_or_to_forget(app):
    stages = Stages()
    stages.press()
    row = db.session.scalars(select(StageDecision)).first()
    values = {"event_id": row.event_id, "source_id": row.source_id, "publication_id": row.publication_id}
    twin = StageDecision(
        **values,
        goes_on=True,
        by_name=False,
        reason="",
        entrant_id=row.entrant_id,
        decided_at=row.decided_at,
        decided_by="",
    )
    for change in ("UPDATE stage_decision SET goes_on = NOT goes_on", "DELETE FROM stage_decision"):
        with pytest.raises(DBAPIError), transaction() as session:
            session.execute(text(change))
    with pytest.raises(DBAPIError):
        stored(twin)


def test_a_tie_on_the_line_is_not_cut_until_somebody_decides(app):
    stages = Stages(Line(Measure.NUMBER, "3"))

    with pytest.raises(TieOnLineError):
        stages.press()

    assert stages.entrants() == []
    assert stages.press(tie=TieChoice.ALL).added == 4
    assert len(stages.entrants()) == 4


def test_of_a_tie_some_go_on_by_name_with_a_reason(app):
    stages = Stages(Line(Measure.NUMBER, "3"))
    chosen = frozenset({stages.source(4)})
    for lacking in ({"chosen": chosen}, {"tie_reason": "加赛"}):
        with pytest.raises(DecisionError):
            stages.press(tie=TieChoice.BY_NAME, **lacking)

    done = stages.press(tie=TieChoice.BY_NAME, chosen=chosen, tie_reason="加赛胜出")

    assert (done.added, done.left_out) == (3, 1)
    assert stages.names() == [stages.name(1), stages.name(2), stages.name(4)]
    assert {row.decision.reason for row in stages.way.candidates if row.decision and row.decision.by_name} == {
        "加赛胜出"
    }
    assert stages.press().added == 0


def test_one_is_left_out_and_another_moved_up_each_with_a_reason(app):
    stages = Stages()
    for wrong in ({"left_out": {stages.source(1): " "}}, {"moved_up": {stages.source(5): ""}}):
        with pytest.raises(DecisionError):
            stages.press(**wrong)

    stages.press(left_out={stages.source(1): "本人书面放弃"}, moved_up={stages.source(5): "依次递补"})

    assert stages.names() == [stages.name(2), stages.name(5)]
    assert stages.press().added == 0, "who was left out stays out"
    assert stages.press(moved_up={stages.source(1): "本人撤回放弃"}).added == 1


def test_decisions_that_mean_nothing_are_refused(app):
    stages = Stages(ranks=("1", "2", "3", None))
    absent, last, stranger = stages.source(4), stages.source(3), make_entrant().id
    for wrong in (
        {"left_out": {last: "不在线内"}},
        {"moved_up": {absent: "没有成绩"}},
        {"moved_up": {stranger: "不在成绩里"}},
        {"left_out": {last: "两样"}, "moved_up": {last: "两样"}},
        {"moved_up": {last: "长" * 301}},
    ):
        with pytest.raises(DecisionError):
            stages.press(**wrong)
    assert stages.entrants() == []


def test_who_withdrew_after_the_result_is_shown_and_not_carried(app):
    stages = Stages()
    command = ChangeStatus(
        stages.competition_id, stages.source(1), EntrantStatus.WITHDRAWN, "本人弃权", stages.organiser
    )
    change_status(command)

    assert stages.way.candidates[0].is_gone
    assert stages.press().added == 1
    with pytest.raises(DecisionError):
        stages.press(moved_up={stages.source(1): "不行"})


def test_nothing_is_carried_before_the_result_is_published_or_after_marking(app):
    stages = Stages(is_final=None)
    assert stages.way.publication is None
    with pytest.raises(ConflictError, match="还没有公布"):
        stages.press()
    publish(stages.first.event_id, stages.first.snapshot_id, is_final=False)
    with transaction() as session:
        session.get_one(Competition, stages.competition_id).state = CompetitionState.REVIEWING
    with pytest.raises(WrongStateError):
        stages.press()
    assert stages.entrants() == []


def test_another_result_or_line_than_the_one_seen_is_refused(app):
    stages = Stages()
    seen = stages.way.seen
    stages.set(Line(Measure.RANK, "3"))
    with pytest.raises(WayChangedError):
        stages.press(seen=seen)
    seen = stages.way.seen
    stages.republish(("2", "1", "3", "4", "5", "6"))
    with pytest.raises(WayChangedError):
        stages.press(seen=seen)


def test_a_republished_result_shows_the_differences_and_removes_nobody(app):
    stages = Stages()
    stages.press()
    stages.republish(("1", "5", "2", "3", "4", "6"))

    way = stages.way
    assert way.is_republished
    assert [one.line.entrant_id for one in way.candidates if one.fell_back] == [stages.source(2)]
    assert [one.line.entrant_id for one in way.candidates if one.is_due] == [stages.source(3)]
    assert stages.press().added == 1
    assert stages.names() == [stages.name(1), stages.name(2), stages.name(3)]


def test_who_is_in_the_next_stage_already_is_not_made_again(app):
    stages = Stages()
    person = stages.first.entrant(1).members[0].person
    invited = make_entrant(event_id=stages.final_id, person=person).id

    stages.press()

    assert len(stages.entrants()) == 2
    assert stages.way.candidates[0].decision.entrant_id == invited


def test_units_go_on_without_members(app):
    competition_id = make_competition(state=CompetitionState.MARKING).id
    competition = db.session.get_one(Competition, competition_id)
    published = make_published([Row("1"), Row("2")], competition=competition, form=Form.UNIT, prize_rules={})
    with transaction() as session:
        for entrant_id in published.entrant_ids:
            entrant = session.get_one(Entrant, entrant_id)
            session.delete(entrant.members[0])
            entrant.name = f"第{entrant_id}车间"
    final_id = make_event(competition_id=competition_id, form=Form.UNIT).id
    actor = make_actor(Role.ORGANISER, competition_id)
    set_stage(SetStage(competition_id, final_id, published.event_id, Line(Measure.NUMBER, "1"), actor))

    carry_on(CarryOn(competition_id, final_id, way_into(db.session(), competition_id, final_id).seen, actor))

    (unit,) = db.session.scalars(select(Entrant).where(Entrant.event_id == final_id))
    assert (unit.name, unit.members, unit.status) == (f"第{published.entrant_ids[0]}车间", [], EntrantStatus.PRESENT)


def test_stages_make_one_line_without_forks_or_circles(app):
    stages = Stages()
    line = Line(Measure.NUMBER, "3")
    other = make_event(competition_id=stages.competition_id, name="总决赛").id
    double = make_event(competition_id=stages.competition_id, form=Form.DOUBLE).id
    with pytest.raises(StageTakenError):
        stages.set(line, other)
    with pytest.raises(StageOrderError):
        stages.set(line, double, other)
    with pytest.raises(StageOrderError):
        stages.set(line, other, other)
    with pytest.raises(NotFoundError):
        stages.set(line, other, make_event().id)
    stages.set(line, other, stages.final_id)
    with pytest.raises(StageOrderError):
        stages.set(line, stages.final_id, other)
    with pytest.raises(StageOrderError):
        stages.set(None, other, stages.final_id)
    assert set(stages_of(db.session(), stages.competition_id)) == {stages.final_id, other}


def test_the_stage_of_an_event_that_people_are_in_stays(app):
    stages = Stages()
    stages.press()
    for follows in (stages.first.event_id, None):
        with pytest.raises(StageTakenError):
            set_stage(
                SetStage(stages.competition_id, stages.final_id, follows, Line(Measure.RANK, "9"), stages.organiser)
            )


def test_a_stage_is_taken_away_as_long_as_nobody_is_in_it(app):
    stages = Stages()
    set_stage(SetStage(stages.competition_id, stages.final_id, None, None, stages.organiser))
    assert stages_of(db.session(), stages.competition_id) == {}
    assert [line.action for line in lines_of_audit("stage.removed")] == ["stage.removed"]


def test_a_stage_that_waits_blocks_neither_registration_nor_the_draw_and_is_drawn_while_others_are_marked(app):
    stages = Stages()
    competition = db.session.get_one(Competition, stages.competition_id)
    assert waiting_events(db.session(), stages.competition_id) == {stages.final_id}
    wanting = shortcomings(competition)
    assert wanting[Condition.CONTESTANTS_REGISTERED] == ()
    assert "决赛（职工）" not in wanting[Condition.DRAWS_MADE]
    assert not any("决赛" in line for line in wanting[Condition.PANELS_COMPLETE])
    assert Condition.SCHEMES_ADOPTED in facts(stages.competition_id).held
    (task,) = [task for task in facts(stages.competition_id).tasks[Condition.SHEETS_CONFIRMED] if "决赛" in task.text]
    assert task.endpoint == "scoring.carrying"

    stages.press()

    assert waiting_events(db.session(), stages.competition_id) == frozenset()
    assert Condition.SCHEMES_ADOPTED not in facts(stages.competition_id).held
    drawn = RunDraw(stages.competition_id, stages.final_id, "王监督", ("7",), stages.organiser)
    run_draw(drawn, lambda _event: False)
    assert sorted(entrant.draw_number for entrant in stages.entrants()) == [1, 2]
    with pytest.raises(WrongStateError):
        run_draw(
            RunDraw(stages.competition_id, stages.first.event_id, "王监督", ("7",), stages.organiser),
            lambda _event: False,
        )


def test_an_earlier_stage_wins_nobody_a_promotion(app):
    stages = Stages()
    with pytest.raises(ConflictError, match="最后一个阶段"):
        assess_flags(AssessFlags(stages.competition_id, stages.first.event_id, stages.organiser))


def test_a_copied_competition_has_the_same_stages(app):
    stages = Stages(Line(Measure.SCORE, "60.5"))
    old = db.session.get_one(Competition, stages.competition_id)
    new = CompetitionFacts("下一届", old.level, old.jurisdiction, old.host, old.opens_on, old.closes_on)

    made = copy_competition(
        CopyCompetition(old.id, new, make_actor(subject_id=make_account().id)), lambda _session, _events, _actor: 0
    )

    (stage,) = stages_of(db.session(), made).values()
    assert (stage.event.name, stage.follows.name, str(stage.line)) == ("决赛", "初赛", "score:60.5")
    assert stage.event.competition_id == stage.follows.competition_id == made


def test_what_is_written_of_somebody_goes_when_the_person_is_erased(app):
    stages = Stages()
    stages.press(left_out={stages.source(1): "孙某因病放弃"})
    with transaction() as session:
        session.get_one(Competition, stages.competition_id).state = CompetitionState.ARCHIVED
    erase_person(ErasePerson(stages.competition_id, stages.first.contestant_ids[0], "本人申请", stages.organiser))
    reasons = set(db.session.scalars(select(StageDecision.reason)))
    assert reasons == {"", "（已删除）"}


def test_the_page_proposes_and_carries_and_keeps_what_was_typed(sqlite_app):
    stages = Stages(Line(Measure.NUMBER, "3"))
    client = organiser_client(sqlite_app, stages)
    page = client.get(f"{stages.address}/carrying").text
    assert "线上有 2 个并列" in page
    form = {"seen": stages.way.seen, "out": str(stages.source(1)), f"why-{stages.source(1)}": "本人放弃"}

    refused = client.post(f"{stages.address}/carryings", data=form)
    assert refused.status_code == 422
    assert "本人放弃" in refused.text
    assert "晋级线上有并列" in refused.text

    assert client.post(f"{stages.address}/carryings", data=form | {"tie": "all"}).status_code == 302
    after = client.get(f"{stages.address}/carrying").text
    assert after.count("已带入</span>") >= 3
    assert "决定不晋级" in after


def test_the_page_says_when_there_is_nothing_yet(sqlite_app):
    stages = Stages(is_final=None)
    client = organiser_client(sqlite_app, stages)
    assert "还没有公布" in client.get(f"{stages.address}/carrying").text
    assert (
        client.get(f"/scoring/competitions/{stages.competition_id}/events/{stages.first.event_id}/carrying").status_code
        == 404
    )


def test_stages_are_arranged_on_their_page(sqlite_app):
    stages = Stages()
    other = make_event(competition_id=stages.competition_id, name="总决赛").id
    client = organiser_client(sqlite_app, stages)
    address = f"/competitions/{stages.competition_id}/events/{other}/stage"
    data = {"follows": str(stages.final_id), "measure": "score", "value": "60"}

    assert client.post(address, data=data | {"value": "六十"}).status_code == 422
    assert client.post(address, data=data).status_code == 302

    page = client.get(f"/competitions/{stages.competition_id}/stages").text
    assert "总分 60 分及以上都晋级" in page
    assert client.post(address, data=data | {"follows": ""}).status_code == 302
    assert "总分 60 分及以上都晋级" not in client.get(f"/competitions/{stages.competition_id}/stages").text


def test_a_program_sees_who_would_go_before_it_carries(app):
    stages = Stages(Line(Measure.NUMBER, "3"))
    runner = app.test_cli_runner()
    words = ["competitions", "carry", str(stages.competition_id), str(stages.final_id)]

    seen = runner.invoke(args=[*words, "--dry-run", "--json"])
    assert [row["outcome"] for row in json.loads(seen.output)] == ["goes", "goes", "tied", "tied", "beyond", "beyond"]
    assert stages.entrants() == []
    assert runner.invoke(args=words).exit_code == 1
    assert runner.invoke(args=[*words, "--leave-out", "no number"]).exit_code == 2
    done = runner.invoke(args=[*words, "--all-tied", "--move-up", f"{stages.source(5)}=主办单位决定"])
    assert done.exit_code == 0, done.output
    assert len(stages.entrants()) == 5
    assert db.session.scalar(select(func.count(Event.id)).where(Event.id == stages.final_id)) == 1
