"""How far an office is: what may follow what, and that silence is never an answer."""

from datetime import UTC, date, datetime

import pytest

from service.cases.tasks.state import (
    AWAITED,
    OVER,
    SETTLED,
    STEPS,
    TaskState,
    TaskStepError,
    after,
    is_late,
)

DUE = date(2027, 3, 10)


def test_every_state_is_awaited_settled_over_or_without_an_answer() -> None:
    assert AWAITED | SETTLED | OVER | {TaskState.NO_ANSWER} == frozenset(TaskState)
    assert not AWAITED & SETTLED
    assert TaskState.NO_ANSWER not in SETTLED


@pytest.mark.parametrize("state", TaskState)
@pytest.mark.parametrize("action", STEPS)
def test_a_step_leads_where_it_says_or_is_refused(state: TaskState, action: str) -> None:
    allowed, target = STEPS[action]
    correcting = action in ("task.begun", "task.circulated", "task.returned", "contribution.signed")
    if state is TaskState.ANSWERED and correcting:
        assert after(state, action) is state  # the answer stands until the next is released
    elif state in allowed:
        assert after(state, action) is (target or state)
    else:
        with pytest.raises(TaskStepError):
            after(state, action)


def test_nothing_happens_to_a_task_that_is_over_but_reopening() -> None:
    for state in OVER:
        possible = {action for action, (allowed, _) in STEPS.items() if state in allowed}
        assert possible <= {"task.reopened"}


def test_what_is_late() -> None:
    in_time = datetime(2027, 3, 10, 22, tzinfo=UTC)
    too_late = datetime(2027, 3, 11, 1, tzinfo=UTC)
    day_after = date(2027, 3, 11)
    assert not is_late("open", DUE, None, DUE)
    assert is_late("open", DUE, None, day_after)
    assert is_late("no_answer", DUE, None, day_after)
    assert not is_late("answered", DUE, in_time, day_after)
    assert is_late("answered", DUE, too_late, day_after)
    assert is_late("not_affected", DUE, too_late, day_after)
    assert not is_late("superseded", DUE, None, day_after)
