import pytest

from competitions.lifecycle import (
    CONDITION_SENTENCES,
    COURSE,
    MOVES,
    STATE_NAMES,
    CompetitionState,
    Condition,
    MissingReasonError,
    MoveNotAllowedError,
    UnknownMoveError,
    UnmetConditionError,
    moves_from,
    state_after,
    unmet_conditions,
)
from core.permissions import Role

EVERYTHING = frozenset(Condition)
ORGANISER = (Role.ORGANISER,)
OFF = CompetitionState.CALLED_OFF


def test_every_state_and_every_condition_has_a_chinese_name():
    assert set(STATE_NAMES) == set(CompetitionState)
    assert set(CONDITION_SENTENCES) == set(Condition)
    assert "、".join(STATE_NAMES[s] for s in COURSE) == "筹备、报名、抽签、评分、复核、公示、颁证、归档"


def test_an_organiser_walks_the_whole_course():
    state = CompetitionState.PREPARING
    for target in COURSE[1:]:
        state = state_after(state, target, roles=ORGANISER, facts=EVERYTHING)
    assert state is CompetitionState.ARCHIVED


def test_every_step_back_needs_a_reason_and_no_step_forward_does():
    for move in MOVES:
        if OFF in (move.source, move.target):
            assert move.needs_reason
            continue
        assert move.needs_reason == (COURSE.index(move.target) < COURSE.index(move.source)), move


def test_every_condition_is_asked_for_somewhere():
    assert {condition for move in MOVES for condition in move.conditions} == EVERYTHING


def test_no_move_skips_a_state_on_the_way_forward():
    for source in COURSE:
        for target in COURSE[COURSE.index(source) + 2 :]:
            with pytest.raises(UnknownMoveError):
                state_after(source, target, roles=ORGANISER, facts=EVERYTHING)


def test_staying_is_not_a_move():
    for state in COURSE:
        with pytest.raises(UnknownMoveError):
            state_after(state, state, roles=ORGANISER, facts=EVERYTHING)


@pytest.mark.parametrize("role", [Role.CONTESTANT, Role.JUDGE, Role.TEAM_LEADER, Role.AUDITOR, Role.SUPERVISOR])
def test_a_stranger_to_the_organisation_moves_nothing(role):
    for move in MOVES:
        with pytest.raises(MoveNotAllowedError):
            state_after(move.source, move.target, roles=(role,), facts=EVERYTHING, reason="我想")


def test_the_chief_judge_ends_marking_and_may_reopen_it_but_publishes_nothing():
    chief = (Role.CHIEF_JUDGE,)
    marking, reviewing = CompetitionState.MARKING, CompetitionState.REVIEWING
    assert state_after(marking, reviewing, roles=chief, facts=EVERYTHING) is reviewing
    assert state_after(reviewing, marking, roles=chief, facts=EVERYTHING, reason="漏一人") is marking
    with pytest.raises(MoveNotAllowedError):
        state_after(reviewing, CompetitionState.PUBLIC_NOTICE, roles=chief, facts=EVERYTHING)


def test_results_are_not_published_before_they_are_final():
    with pytest.raises(UnmetConditionError) as refused:
        state_after(
            CompetitionState.REVIEWING,
            CompetitionState.PUBLIC_NOTICE,
            roles=ORGANISER,
            facts=EVERYTHING - {Condition.RESULTS_FINAL},
        )
    assert refused.value.conditions == (Condition.RESULTS_FINAL,)
    assert "每个赛项的成绩都要计算、复核" in str(refused.value)


def test_the_refusal_names_every_condition_that_does_not_hold():
    with pytest.raises(UnmetConditionError) as refused:
        state_after(CompetitionState.DRAWING, CompetitionState.MARKING, roles=ORGANISER, facts=frozenset())
    for condition in refused.value.conditions:
        assert CONDITION_SENTENCES[condition] in str(refused.value)
    assert len(refused.value.conditions) == 4


def test_a_blank_reason_is_no_reason():
    with pytest.raises(MissingReasonError):
        state_after(CompetitionState.MARKING, CompetitionState.DRAWING, roles=ORGANISER, facts=EVERYTHING, reason="  ")


def test_going_back_is_refused_once_marks_exist_or_certificates_are_in_force():
    for source, target, condition in [
        (CompetitionState.MARKING, CompetitionState.DRAWING, Condition.NO_MARKS_YET),
        (CompetitionState.DRAWING, CompetitionState.REGISTERING, Condition.NO_MARKS_YET),
        (CompetitionState.AWARDING, CompetitionState.REVIEWING, Condition.NO_CERTIFICATES_IN_FORCE),
    ]:
        with pytest.raises(UnmetConditionError) as refused:
            state_after(source, target, roles=ORGANISER, facts=EVERYTHING - {condition}, reason="补报")
        assert refused.value.conditions == (condition,)


def test_a_competition_is_called_off_before_marking_only_and_may_come_back_to_its_beginning():
    sources = {move.source for move in MOVES if move.target is OFF}
    assert sources == set(COURSE[:3])
    with pytest.raises(UnmetConditionError):
        state_after(CompetitionState.DRAWING, OFF, roles=ORGANISER, facts=frozenset(), reason="停办")
    assert state_after(CompetitionState.PREPARING, OFF, roles=ORGANISER, facts=frozenset(), reason="建错了") is OFF
    assert [move.target for move in moves_from(OFF)] == [CompetitionState.PREPARING]


def test_the_moves_shown_to_a_person_are_the_moves_of_that_person():
    assert [m.target for m in moves_from(CompetitionState.MARKING, (Role.CHIEF_JUDGE,))] == [CompetitionState.REVIEWING]
    assert [m.target for m in moves_from(CompetitionState.MARKING)] == [
        CompetitionState.REVIEWING,
        CompetitionState.DRAWING,
    ]
    assert moves_from(CompetitionState.PREPARING, (Role.JUDGE,)) == ()


def test_unmet_conditions_come_in_the_order_in_which_they_are_done():
    (forward, *_) = moves_from(CompetitionState.DRAWING)
    assert unmet_conditions(forward, {Condition.SCHEMES_ADOPTED}) == (
        Condition.DRAWS_MADE,
        Condition.PANELS_COMPLETE,
        Condition.CONFLICTS_SETTLED,
    )
