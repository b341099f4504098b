"""In which municipalities a closed case lies: as its row says, or as its outline shows. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from service.cases.importing.entry import Entry
from service.checks.municipality import Municipality
from service.plans.plan import Plan

FOUND = ("municipalities", "municipality_names")  # by the outline, where a row is silent
Towns = Callable[[Plan], Sequence[Municipality] | None]


def nowhere(_: Plan) -> None:
    """Say that it cannot be known where a plan lies."""


def located(entry: Entry, plan: Plan | None, towns: Towns) -> Entry:
    """Return a row with its municipalities, found by the outline where it names none."""
    if plan is None or entry.municipalities or entry.municipality_names:
        return entry
    found = towns(plan) or ()
    names = ", ".join(town.name for town in found)
    keys = tuple(town.key for town in found)
    return replace(entry, municipalities=keys, municipality_names=names)
