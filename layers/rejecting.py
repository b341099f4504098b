"""A version that waits for a decision is put aside for good."""

from collections.abc import Callable
from datetime import UTC, datetime

from gis.problem import Refusal
from layers.layer import Layer
from layers.refresh import NOTHING
from layers.store import Store


def reject(
    store: Store,
    layer: Layer,
    *,
    who: str,
    reason: str,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> None:
    """Put the candidate of a refused refresh aside for good; a person says why.

    The version in force stays, and stays out of date until a refresh succeeds.

    Raises
    ------
    Refusal
        ``nothing-staged``; ``refresh-running``, ``data-folder``.
    """
    published = store.published(layer)
    with published.refreshing():
        stale = published.stale() or {}
        staged = stale.get("staged")
        if staged is None:
            raise Refusal("nothing-staged", NOTHING)
        event = {
            "when": now().isoformat(timespec="microseconds"),
            "event": "refused",
            "who": who,
            "version": staged["version"],
            "previous": published.state().version,
            "count": None,
            "code": stale["code"],
            "reason": stale["reason"],
            "because": reason,
        }
        published.refuse({"code": stale["code"], "reason": stale["reason"], "staged": None}, event)
