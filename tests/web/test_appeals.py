"""Appeals: handed in by who may, ruled upon by who did not mark, and in the way of a final result until then."""

import hashlib
from datetime import timedelta

import pytest
from appealed import WORDS, Case
from at_once import at_once
from awarded import Row, add_snapshot, make_published, publish
from factories import make_account, make_actor, make_competition, make_entrant
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from certificates.contestants.erasing import NAME, ErasePerson, erase_person
from competitions.lifecycle import CompetitionState
from competitions.models import Competition, Module
from competitions.setup import WrongStateError
from core.audit import AuditEntry, verify
from core.clock import now
from core.db import db, transaction
from core.errors import ConflictError, DomainError, NotFoundError
from core.permissions import Role
from scoring.appeals.filing import (
    MOST_OF_ONE,
    MOST_WORDS,
    NothingShownError,
    OpenAppealError,
    StatementError,
    WithdrawAppeal,
    withdraw_appeal,
)
from scoring.appeals.models import Appeal, Channel
from scoring.appeals.ruling import OwnCaseError, TakeStep, take_step
from scoring.appeals.states import AppealState, AppealStateError, AppealWordsError, StepKind
from scoring.course import facts
from scoring.models import ResultSnapshot
from scoring.results.computing import PublishResult, obstacles, publish_result


def row(appeal_id):
    return db.session.get_one(Appeal, appeal_id)


def actions(competition_id):
    query = select(AuditEntry.action).where(AuditEntry.chain == competition_id).order_by(AuditEntry.number)
    return [action for action in db.session.scalars(query) if action.startswith("appeal.")]


def test_an_appeal_is_kept_with_what_it_is_against(app):
    case = Case(hours=2)
    appeal = row(case.file())

    assert (appeal.number, appeal.state, appeal.is_late) == (1, AppealState.FILED, False)
    assert appeal.publication.snapshot_id == case.published.snapshot_id
    assert appeal.due_at - appeal.publication.published_at == timedelta(hours=2)
    assert appeal.digest == hashlib.sha256(WORDS.encode()).hexdigest()
    assert appeal.filed_by == "", "a contestant's name stays with the person"
    assert actions(case.competition_id) == ["appeal.filed"]
    assert verify() == []


def test_from_filing_to_a_ruling_every_step_is_kept(app):
    case = Case()
    appeal_id = case.file()
    assert case.step(appeal_id, StepKind.ACCEPTED, "") is AppealState.ACCEPTED
    assert case.step(appeal_id, StepKind.EXPLAINED, "两名裁判一致", case.chief) is AppealState.ACCEPTED
    assert case.step(appeal_id, StepKind.DISMISSED, "维持") is AppealState.DISMISSED

    steps = [(s.number, s.kind, s.words, s.taken_by) for s in row(appeal_id).steps]
    assert steps == [
        (1, StepKind.ACCEPTED, "", "冯监督"),
        (2, StepKind.EXPLAINED, "两名裁判一致", "周裁判长"),
        (3, StepKind.DISMISSED, "维持", "冯监督"),
    ]
    assert actions(case.competition_id) == [
        "appeal.filed",
        "appeal.accepted",
        "appeal.explained",
        "appeal.dismissed",
    ]


def test_an_appeal_that_comes_too_late_is_kept_and_says_so(app, monkeypatch):
    case = Case(hours=2)
    later = now() + timedelta(hours=2, minutes=1)
    monkeypatch.setattr("core.clock._now", lambda: later)

    assert row(case.file()).is_late


def test_a_paper_counts_from_when_it_was_handed_in_and_not_from_when_it_was_typed(app, monkeypatch):
    case = Case(hours=2)
    in_time = now() + timedelta(hours=1)
    monkeypatch.setattr("core.clock._now", lambda: in_time + timedelta(hours=5))
    organiser = case.published.organiser
    appeal = row(case.file(channel=Channel.PAPER, actor=organiser, may_speak_for=None, handed_in_at=in_time))

    assert (appeal.is_late, appeal.filed_by) == (False, "赵组织")


def test_a_paper_cannot_come_from_the_future(app):
    case = Case()
    with pytest.raises(StatementError, match="不能晚于现在"):
        case.file(channel=Channel.PAPER, may_speak_for=None, handed_in_at=now() + timedelta(minutes=1))


@pytest.mark.parametrize("statement", ["", " \n ", "长" * (MOST_WORDS + 1)])
def test_an_appeal_says_something_and_not_a_book(app, statement):
    with pytest.raises(StatementError):
        Case().file(statement=statement)


def test_nobody_appeals_for_somebody_else(app):
    case = Case()
    with pytest.raises(NotFoundError):
        case.file(entrant_id=case.published.entrant_ids[0])
    elsewhere = make_entrant()
    with pytest.raises(NotFoundError):
        case.file(entrant_id=elsewhere.id, may_speak_for=None, channel=Channel.PAPER)


def test_an_appeal_names_a_module_of_the_own_event(app):
    case = Case()
    mine = db.session.scalars(select(Module.id).where(Module.event_id == case.published.event_id)).first()
    foreign = make_published().event.modules[0].id
    with pytest.raises(NotFoundError, match="模块"):
        case.file(module_id=foreign)
    assert row(case.file(module_id=mine)).module_id == mine


def test_before_a_result_is_shown_only_a_paper_is_taken(app):
    case = Case(is_final=None)
    with pytest.raises(NothingShownError, match="书面"):
        case.file()
    appeal = row(case.file(channel=Channel.PAPER, may_speak_for=None))

    assert (appeal.publication_id, appeal.due_at, appeal.is_late) == (None, None, False)


def test_a_second_appeal_waits_for_the_ruling_on_the_first(app):
    case = Case()
    case.ruled(StepKind.DISMISSED)
    second = case.file()
    with pytest.raises(OpenAppealError, match="第 2 号"):
        case.file()

    assert row(second).number == 2


def test_nobody_floods_the_panel(app):
    case = Case()
    for _ in range(MOST_OF_ONE):
        withdraw_appeal(WithdrawAppeal(case.file(), case.me, (case.entrant_id,)))
    with pytest.raises(OpenAppealError, match="最多"):
        case.file()


@pytest.mark.parametrize("state", [CompetitionState.ARCHIVED, CompetitionState.CALLED_OFF])
def test_a_competition_that_is_over_takes_no_appeals(app, state):
    case = Case()
    with transaction() as session:
        session.get_one(Competition, case.competition_id).state = state
    with pytest.raises(WrongStateError):
        case.file()


def test_only_ones_own_appeal_can_be_withdrawn_and_only_before_the_ruling(app):
    case = Case()
    appeal_id = case.file()
    with pytest.raises(NotFoundError):
        withdraw_appeal(WithdrawAppeal(appeal_id, case.me, case.published.entrant_ids[:1]))
    withdraw_appeal(WithdrawAppeal(appeal_id, case.me, (case.entrant_id,)))

    assert row(appeal_id).state is AppealState.WITHDRAWN
    with pytest.raises(AppealStateError):
        withdraw_appeal(WithdrawAppeal(appeal_id, case.me, (case.entrant_id,)))


def test_a_chief_judge_explains_and_does_not_rule(app):
    case = Case()
    appeal_id = case.file()
    with pytest.raises(OwnCaseError):
        case.step(appeal_id, StepKind.ACCEPTED, actor=case.chief)
    both = make_actor(
        name="兼任", subject_id=9, roles={case.competition_id: frozenset({Role.CHIEF_JUDGE, Role.SUPERVISOR})}
    )
    with pytest.raises(OwnCaseError):
        case.step(appeal_id, StepKind.REFUSED, actor=both)


def test_who_has_explained_does_not_rule_even_when_the_role_is_gone(app):
    case = Case()
    appeal_id = case.file()
    case.step(appeal_id, StepKind.EXPLAINED, actor=case.chief)
    later = make_actor(Role.SUPERVISOR, case.competition_id, name="周裁判长", subject_id=6)
    with pytest.raises(OwnCaseError):
        case.step(appeal_id, StepKind.ACCEPTED, actor=later)


def test_a_ruling_without_a_reason_is_none(app):
    case = Case()
    appeal_id = case.file()
    case.step(appeal_id, StepKind.ACCEPTED)
    with pytest.raises(AppealWordsError):
        case.step(appeal_id, StepKind.DISMISSED, " ")

    assert row(appeal_id).is_open


def test_an_appeal_of_another_competition_is_not_found(app):
    case = Case()
    appeal_id = case.file()
    with pytest.raises(NotFoundError):
        take_step(TakeStep(make_competition().id, appeal_id, StepKind.ACCEPTED, "", case.panel))


def test_an_open_appeal_keeps_the_result_from_being_final(app):
    case = Case()
    assert "appeals_open" not in case.against()
    appeal_id = case.file()

    assert case.against()["appeals_open"] == "还有 1 件申诉没有裁定"
    assert "appeals_open" not in case.against(is_final=False)
    command = PublishResult(case.competition_id, case.published.snapshot_id, True, case.published.organiser)
    with pytest.raises(ConflictError):
        publish_result(command)
    case.step(appeal_id, StepKind.REFUSED, "逾期且没有理由")
    assert "appeals_open" not in case.against()
    assert publish_result(command)


def test_a_result_is_not_final_while_appeals_may_still_come(app, monkeypatch):
    case = Case(hours=2)
    assert "申诉时限未过" in case.against()["appeal_time_running"]
    after = now() + timedelta(hours=2, seconds=1)
    monkeypatch.setattr("core.clock._now", lambda: after)

    assert "appeal_time_running" not in case.against()


def test_a_corrected_result_gives_everybody_the_time_anew(app, monkeypatch):
    case = Case(hours=2)
    after = now() + timedelta(hours=3)
    monkeypatch.setattr("core.clock._now", lambda: after)
    rows = [Row(str(rank)) for rank in range(1, 6)]
    corrected = add_snapshot(case.published.event_id, case.published.entrant_ids, rows, number=2)
    publish(case.published.event_id, corrected, is_final=False)

    assert row(case.file()).due_at == after + timedelta(hours=2)


def test_after_an_appeal_was_upheld_the_old_reckoning_is_not_published_again(app):
    case = Case()
    case.ruled(StepKind.UPHELD)
    for is_final in (True, False):
        assert case.against(is_final=is_final)["appeal_upheld"] == "申诉第 1 号成立后，还没有重新计算成绩"
    rows = [Row(str(rank)) for rank in range(1, 6)]
    snapshot_id = add_snapshot(case.published.event_id, case.published.entrant_ids, rows, number=2)
    snapshot = db.session.get_one(ResultSnapshot, snapshot_id)

    assert "appeal_upheld" not in {o.code for o in obstacles(db.session(), snapshot, is_final=False)}


def test_the_course_names_whom_an_appeal_waits_for(app):
    case = Case()
    case.file()
    tasks = [task for found in facts(case.competition_id).tasks.values() for task in found]

    assert [task.role for task in tasks if "申诉" in task.text] == [Role.SUPERVISOR]


def test_of_two_who_rule_at_once_one_is_told(app):
    case = Case()
    appeal_id = case.file()
    case.step(appeal_id, StepKind.ACCEPTED)
    db.session.close()

    def rule(kind):
        try:
            return case.step(appeal_id, kind)
        except AppealStateError as error:
            return error.code

    said = at_once(app, rule, [StepKind.UPHELD, StepKind.DISMISSED])
    assert "appeal_state" in said
    assert len({AppealState.UPHELD, AppealState.DISMISSED} & set(said)) == 1
    assert len(row(appeal_id).steps) == 2


def test_of_two_who_hand_in_at_once_for_one_entrant_one_is_told(app):
    case = Case()
    db.session.close()

    def hand_in(channel):
        try:
            return case.file(channel=channel)
        except DomainError as error:
            return error.code

    said = at_once(app, hand_in, [Channel.CONTESTANT, Channel.LEADER])
    assert said.count("open_appeal") == 1
    assert db.session.scalars(select(Appeal.number)).all() == [1]


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM appeal",
        "UPDATE appeal_step SET words = '已改'",
        "DELETE FROM appeal_step",
    ],
)
def test_the_database_itself_keeps_appeals_and_rulings(app, statement):
    Case().ruled(StepKind.DISMISSED)
    with pytest.raises(DBAPIError), transaction() as session:
        session.execute(text(statement))


def test_with_the_person_the_words_go_and_the_ruling_stays(app):
    case = Case()
    appeal_id = case.ruled(StepKind.DISMISSED)
    with transaction() as session:
        session.get_one(Competition, case.competition_id).state = CompetitionState.ARCHIVED
    contestant_id = case.published.contestant_ids[1]
    erase_person(ErasePerson(case.competition_id, contestant_id, "本人申请", case.published.organiser))

    assert row(appeal_id).statement == NAME
    assert row(appeal_id).state is AppealState.DISMISSED


def test_the_command_prints_the_register_without_names(app):
    case = Case(hours=2)
    case.ruled(StepKind.DISMISSED)
    case.file()
    name = case.published.entrant(2).name
    run = app.test_cli_runner().invoke

    everything = run(args=["scoring", "appeals", str(case.competition_id)])
    assert everything.exit_code == 0
    assert [line.split(",")[0] for line in everything.output.splitlines()] == ["编号", "1", "2"]
    assert "维持原成绩" in everything.output
    assert name not in everything.output
    assert WORDS not in everything.output
    still_open = run(args=["scoring", "appeals", str(case.competition_id), "--open"])
    assert (still_open.exit_code, len(still_open.output.splitlines())) == (1, 2)


def test_an_account_is_needed_to_rule(app):
    """What a page asks for: the panel rules, the organiser enters papers, the chief judge explains."""
    case = Case()
    allowed = {
        role: {
            what
            for what in ("appeal.view", "appeal.take_in", "appeal.explain", "appeal.rule")
            if make_actor(role, case.competition_id).permits(what, case.competition_id)
        }
        for role in (Role.ORGANISER, Role.CHIEF_JUDGE, Role.SUPERVISOR, Role.TEAM_LEADER, Role.JUDGE)
    }
    assert allowed == {
        Role.ORGANISER: {"appeal.view", "appeal.take_in"},
        Role.CHIEF_JUDGE: {"appeal.view", "appeal.explain"},
        Role.SUPERVISOR: {"appeal.view", "appeal.take_in", "appeal.rule"},
        Role.TEAM_LEADER: set(),
        Role.JUDGE: set(),
    }
    assert make_account(role=Role.SUPERVISOR, competition_id=case.competition_id).id
