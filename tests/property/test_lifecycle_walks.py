"""Random walks of a competition: whatever people try, it never stands where it may not."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from competitions.lifecycle import COURSE, CompetitionState, Condition, moves_from, state_after
from core.errors import DomainError
from core.permissions import Role


class Course(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.state = CompetitionState.PREPARING

    @rule(
        goal=st.sampled_from(list(CompetitionState)),
        roles=st.sets(st.sampled_from(list(Role))),
        facts=st.sets(st.sampled_from(list(Condition))),
        reason=st.sampled_from(["", " ", "补报一人"]),
    )
    def try_any_move(self, goal, roles, facts, reason):
        before = self.state
        try:
            after = state_after(before, goal, roles=roles, facts=facts, reason=reason)
        except DomainError:
            return
        self.state = after
        if CompetitionState.CALLED_OFF in (before, after):
            assert Role.ORGANISER in roles
            assert reason.strip()
            assert {before, after} - {CompetitionState.CALLED_OFF} <= set(COURSE[:3])
            return
        step = COURSE.index(after) - COURSE.index(before)
        assert step != 0
        assert step <= 1
        assert roles & {Role.ORGANISER, Role.CHIEF_JUDGE}
        assert step > 0 or reason.strip()
        if after is CompetitionState.PUBLIC_NOTICE:
            assert Condition.RESULTS_FINAL in facts
        if before is CompetitionState.PUBLIC_NOTICE and step > 0:
            assert Condition.NOTICE_PERIOD_OVER in facts

    @precondition(lambda self: self.state in COURSE[:-1])
    @rule()
    def an_organiser_who_has_done_all_can_always_go_on(self):
        following = COURSE[COURSE.index(self.state) + 1]
        self.state = state_after(self.state, following, roles={Role.ORGANISER}, facts=frozenset(Condition))

    @invariant()
    def no_state_is_a_dead_end(self):
        assert moves_from(self.state)


Course.TestCase.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
TestCourse = Course.TestCase
