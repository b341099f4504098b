"""Days of a procedure as a case keeps them: ISO texts by the names of `service.deadlines`."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from service.plans.plan import Plan

# XPlanung's names for what we know by another, and which of several days counts.
OF_XPLAN = {
    "aufstellungsbeschlussDatum": ("resolution", min),
    "auslegungsStartDatum": ("public_from", max),  # of the round that is under way
    "auslegungsEndDatum": ("public_to", max),
    "satzungsbeschlussDatum": ("adoption", max),
    "planbeschlussDatum": ("adoption", max),
    "inkrafttretensDatum": ("in_force", max),
    "wirksamkeitsDatum": ("in_force", max),
}


def of_plan(outcome: object) -> dict[str, str]:
    """Return the days of the procedure that a plan's file names; of a question none."""
    return of_file(outcome.facts.get("dates", {})) if isinstance(outcome, Plan) else {}


def of_file(said: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """Return the days an XPlanGML file names, as a case keeps them; what is no day is left out."""
    found: dict[str, str] = {}
    for name, days in said.items():
        if name in OF_XPLAN and (usable := [d for d in map(day, days) if d is not None]):
            ours, chosen = OF_XPLAN[name]
            found.setdefault(ours, chosen(usable).isoformat())
    return found


def known(kept: Mapping[str, Any]) -> dict[str, date]:
    """Return the days of a case that are days."""
    return {name: found for name, text in kept.items() if (found := day(text)) is not None}


def day(text: object) -> date | None:
    """Return the day an ISO text names; None where it names none."""
    try:
        return date.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
