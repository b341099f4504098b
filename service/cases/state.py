"""The state a case is in follows from what happened, and from nothing else."""

from collections.abc import Iterable
from enum import StrEnum


class State(StrEnum):
    """Where a case stands."""

    RECEIVED = "received"
    ASKING = "asking"  # waits for an answer of the planner on how the plan is meant
    CHECKING = "checking"
    READY = "ready"  # checked, the coordinator decides whom to ask
    WITH_OFFICES = "with_offices"
    SUPPLEMENT_DUE = "supplement_due"  # the planner owes documents
    CONSOLIDATING = "consolidating"
    COSIGNING = "cosigning"
    SENT = "sent"
    RESULT_RECEIVED = "result_received"  # the planning authority told what it made of it
    RESTING = "resting"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"
    ARCHIVED = "archived"


OPEN = frozenset(State) - {State.WITHDRAWN, State.CLOSED, State.ARCHIVED}
BEFORE_OFFICES = frozenset({State.RECEIVED, State.ASKING, State.CHECKING, State.READY})
WORKING = OPEN - {State.RESTING}
RESUMED = "case.resumed"

# action: the states it may happen in, and the state it leads to (None: as it was).
STEPS: dict[str, tuple[frozenset[State], State | None]] = {
    "plan.asked": (WORKING, State.ASKING),
    "plan.understood": (WORKING, State.RECEIVED),
    "check.queued": (WORKING, None),
    "check.started": (WORKING, None),
    "check.done": (WORKING, None),
    "check.failed": (WORKING, None),
    "check.cancelled": (WORKING, None),
    "offices.released": (frozenset({State.READY, State.SUPPLEMENT_DUE}), State.WITH_OFFICES),
    "supplement.requested": (
        frozenset({State.READY, State.WITH_OFFICES, State.CONSOLIDATING}),
        State.SUPPLEMENT_DUE,
    ),
    "supplement.received": (frozenset({State.SUPPLEMENT_DUE}), State.WITH_OFFICES),
    "consolidation.begun": (
        frozenset({State.READY, State.WITH_OFFICES, State.SUPPLEMENT_DUE, State.COSIGNING}),
        State.CONSOLIDATING,
    ),
    "cosigning.begun": (frozenset({State.CONSOLIDATING}), State.COSIGNING),
    "statement.sent": (frozenset({State.CONSOLIDATING, State.COSIGNING}), State.SENT),
    "result.received": (frozenset({State.SENT}), State.RESULT_RECEIVED),
    "case.rested": (WORKING, State.RESTING),
    RESUMED: (frozenset({State.RESTING}), None),
    "case.withdrawn": (OPEN, State.WITHDRAWN),
    "case.closed": (OPEN | {State.WITHDRAWN}, State.CLOSED),
    "case.archived": (frozenset({State.CLOSED}), State.ARCHIVED),
}
# Before the offices are asked, checking shows in the state; afterwards a recheck does not.
OF_CHECKS = {
    "check.queued": State.CHECKING,
    "check.started": State.CHECKING,
    "check.done": State.READY,
    "check.failed": State.RECEIVED,
    "check.cancelled": State.RECEIVED,
}
OPENED = {"case.received": State.RECEIVED, "case.imported": State.CLOSED}


class StepError(ValueError):
    """An action that does not fit the state; names both."""

    def __init__(self, action: str, state: State | None) -> None:
        super().__init__(f"{action} cannot happen in {state}")
        self.action = action
        self.state = state


def state_of(actions: Iterable[str]) -> State:
    """Return the state after `actions`, oldest first; those that change no state are passed over.

    Raises
    ------
    StepError
        If one does not fit the state before, or none has opened the case.
    """
    trail: list[State] = []
    for action in actions:
        after = _after(trail, action)
        if after is not None:
            trail.append(after)
    if not trail:
        raise StepError("nothing", None)
    return trail[-1]


def _after(trail: list[State], action: str) -> State | None:
    """Return the state an action leads to; None where it changes none."""
    if not trail:
        if action not in OPENED:
            raise StepError(action, None)
        return OPENED[action]
    if action not in STEPS:
        return None
    now = trail[-1]
    allowed, target = STEPS[action]
    if now not in allowed:
        raise StepError(action, now)
    if action == RESUMED:
        return next(state for state in reversed(trail) if state is not State.RESTING)
    if action in OF_CHECKS and now in BEFORE_OFFICES:
        return OF_CHECKS[action]
    return target
