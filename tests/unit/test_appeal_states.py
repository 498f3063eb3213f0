"""The course of an appeal: what may follow what, and until when one may come."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.appeals.states import (
    OPEN_STATES,
    STATE_NAMES,
    STATE_TONES,
    AppealState,
    AppealStateError,
    AppealWordsError,
    StepKind,
    due_after,
    require_step,
    state_of,
)

ENDS = (StepKind.REFUSED, StepKind.UPHELD, StepKind.DISMISSED, StepKind.WITHDRAWN)
SHOWN = datetime(2026, 10, 22, 9, tzinfo=UTC)


def test_an_appeal_is_filed_accepted_and_ruled_upon():
    assert state_of([]) is AppealState.FILED
    assert state_of([StepKind.ACCEPTED]) is AppealState.ACCEPTED
    assert state_of([StepKind.ACCEPTED, StepKind.EXPLAINED]) is AppealState.ACCEPTED
    assert state_of([StepKind.ACCEPTED, StepKind.UPHELD]) is AppealState.UPHELD


def test_nobody_rules_on_what_was_not_accepted():
    for kind in (StepKind.UPHELD, StepKind.DISMISSED):
        with pytest.raises(AppealStateError, match="待受理"):
            require_step(AppealState.FILED, kind, "查明属实")


def test_what_is_accepted_is_not_refused_afterwards():
    with pytest.raises(AppealStateError):
        require_step(AppealState.ACCEPTED, StepKind.REFUSED, "逾期")


@pytest.mark.parametrize("kind", [StepKind.EXPLAINED, StepKind.REFUSED, StepKind.UPHELD, StepKind.DISMISSED])
def test_whoever_appeals_is_told_why(kind):
    state = AppealState.FILED if kind is StepKind.REFUSED else AppealState.ACCEPTED
    with pytest.raises(AppealWordsError):
        require_step(state, kind, "  ")
    require_step(state, kind, "经核对原始记录")


def test_accepting_and_withdrawing_need_no_words():
    require_step(AppealState.FILED, StepKind.ACCEPTED, "")
    require_step(AppealState.ACCEPTED, StepKind.WITHDRAWN, "")


@settings(deadline=None)
@given(st.lists(st.sampled_from(StepKind), max_size=12))
def test_whatever_people_try_an_appeal_ends_once(tried):
    taken = []
    for kind in tried:
        try:
            require_step(state_of(taken), kind, "理由")
        except AppealStateError:
            continue
        taken.append(kind)

    assert sum(kind in ENDS for kind in taken) == (state_of(taken) not in OPEN_STATES)
    assert all(kind not in ENDS for kind in taken[:-1])
    if state_of(taken) in (AppealState.UPHELD, AppealState.DISMISSED):
        assert StepKind.ACCEPTED in taken


def test_every_state_has_a_name_and_a_colour():
    assert STATE_NAMES.keys() == STATE_TONES.keys() == set(AppealState)


def test_the_time_runs_from_the_moment_the_result_was_shown():
    assert due_after(SHOWN, 2) == SHOWN + timedelta(hours=2)
    assert due_after(SHOWN, None) is None
