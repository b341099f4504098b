"""How far an office is with what it was asked. That it has not answered is never an answer."""

from datetime import date, datetime
from enum import StrEnum

from service.german_time import day


class TaskState(StrEnum):
    """Where a task stands."""

    OPEN = "open"
    SEEN = "seen"
    WORKING = "working"
    COSIGNING = "cosigning"
    ANSWERED = "answered"
    NOT_AFFECTED = "not_affected"  # after all, as the office says, with its reason
    NO_ANSWER = "no_answer"  # closed without one; says nothing about the matter
    WITHDRAWN = "withdrawn"  # the office was dropped after it had been asked
    SUPERSEDED = "superseded"  # a new draft came first


AWAITED = frozenset(
    {TaskState.OPEN, TaskState.SEEN, TaskState.WORKING, TaskState.COSIGNING}
)  # what is still to come
SETTLED = frozenset({TaskState.ANSWERED, TaskState.NOT_AFFECTED})
OVER = frozenset({TaskState.WITHDRAWN, TaskState.SUPERSEDED})
_UNANSWERED = AWAITED | {TaskState.NO_ANSWER}

# action: the states it may happen in, and the state it leads to (None: as it was).
STEPS: dict[str, tuple[frozenset[TaskState], TaskState | None]] = {
    "task.seen": (frozenset({TaskState.OPEN}), TaskState.SEEN),
    "task.begun": (_UNANSWERED | {TaskState.NOT_AFFECTED}, TaskState.WORKING),
    "task.circulated": (_UNANSWERED, TaskState.COSIGNING),
    "task.returned": (frozenset({TaskState.COSIGNING}), TaskState.WORKING),
    "task.answered": (_UNANSWERED | SETTLED, TaskState.ANSWERED),
    "task.not_affected": (_UNANSWERED, TaskState.NOT_AFFECTED),
    "task.no_answer": (AWAITED, TaskState.NO_ANSWER),
    "task.withdrawn": (_UNANSWERED | SETTLED, TaskState.WITHDRAWN),
    "task.superseded": (_UNANSWERED, TaskState.SUPERSEDED),
    "task.reopened": (
        frozenset({TaskState.NO_ANSWER, TaskState.NOT_AFFECTED, TaskState.WITHDRAWN}),
        TaskState.OPEN,
    ),
    "task.forwarded": (_UNANSWERED | SETTLED, None),
    "task.stood_in": (_UNANSWERED, None),
    "task.waiting": (_UNANSWERED, None),
    "task.postponed": (_UNANSWERED, None),
    "contribution.signed": (frozenset({TaskState.COSIGNING}), None),
}
# A correction of what was answered already: until it is released the first answer stands.
CORRECTING = frozenset({"task.begun", "task.circulated", "task.returned", "contribution.signed"})


class TaskStepError(ValueError):
    """An action that does not fit the state; names both."""

    def __init__(self, action: str, state: TaskState) -> None:
        super().__init__(f"{action} cannot happen in {state}")
        self.action = action
        self.state = state


def after(state: TaskState, action: str) -> TaskState:
    """Return the state of a task after `action`.

    Raises
    ------
    TaskStepError
        If it does not fit the state before.
    """
    if state is TaskState.ANSWERED and action in CORRECTING:
        return state
    allowed, target = STEPS[action]
    if state not in allowed:
        raise TaskStepError(action, state)
    return state if target is None else target


def is_late(state: str, due: date, answered: datetime | None, today: date) -> bool:
    """Tell whether an answer came, or is still to come, after the last day."""
    if state in SETTLED:
        return answered is not None and day(answered) > due
    return (state in AWAITED or state == TaskState.NO_ANSWER) and today > due
