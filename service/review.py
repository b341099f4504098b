"""One plan through all stages: read, check, decide, report. The frame of every entry point."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from shapely.geometry.base import BaseGeometry

from gis.problem import Text
from layers.catalogue import Catalogue
from layers.covering import polygon
from layers.layer import Layer
from layers.store import LayerUnavailableError, Store
from service.checks.by_hand import MANUAL
from service.checks.run import Evidence, run
from service.offices.decide import Decision, decide
from service.offices.rule import Rule, rules_from, wanted
from service.offices.verdict import concerns, fitted
from service.plans.intake import Intake, read_plan
from service.plans.kinds import Vocabulary, vocabulary_of
from service.plans.plan import Plan
from service.report.audience import INTERNAL, Audience, seen, told, withheld_offices, without
from service.report.document import report


@dataclass(frozen=True)
class Review:
    """A plan, what was found, what the rules say (as far as the audience may see), the report."""

    plan: Plan
    evidence: Evidence
    decision: Decision
    catalogue: Catalogue
    document: dict[str, Any]


class AreaUnavailableError(Exception):
    """The area of competence a catalogue names cannot be read; no plan can be placed."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


def area_of_competence(catalogue: Catalogue, store: Store) -> BaseGeometry | None:
    """Return the area a catalogue answers for; None where it names none.

    Raises
    ------
    AreaUnavailableError
        If the file cannot be read.
    """
    if catalogue.area is None:
        return None
    try:
        return polygon(catalogue.area, catalogue, store)
    except LayerUnavailableError as error:
        raise AreaUnavailableError(error.text) from error


def review(
    path: Path,
    intake: Intake,
    catalogue: Catalogue,
    store: Store,
    *,
    language: str = "de",
    audience: Audience = INTERNAL,
    on: date,
    progress: Callable[[Layer], None] = lambda _: None,
) -> Review:
    """Read the plan at `path` and check it against everything in `catalogue`.

    Raises
    ------
    Refusal, Question
        If the plan cannot be used, or a person must decide something first.
    CatalogueError
        If a rule of the catalogue cannot be understood.
    """
    vocabulary = vocabulary_of(catalogue.kinds)
    rules = rules_from(catalogue, vocabulary)
    plan = read_plan(path, intake)
    return assess(
        plan,
        catalogue,
        store,
        rules,
        vocabulary,
        language=language,
        audience=audience,
        on=on,
        progress=progress,
    )


def assess(
    plan: Plan,
    catalogue: Catalogue,
    store: Store,
    rules: tuple[Rule, ...],
    vocabulary: Vocabulary,
    *,
    language: str = "de",
    audience: Audience = INTERNAL,
    on: date,
    progress: Callable[[Layer], None] = lambda _: None,
) -> Review:
    """Check a plan that was read, and decide; the rules are those in force on the day `on`."""
    in_force = tuple(fitted(rule, plan) for rule in rules if rule.in_force(on))
    concerning = tuple(rule for rule in in_force if concerns(rule, plan, vocabulary))
    wants = wanted(in_force, concerning)
    evidence = run(plan, catalogue, store, wants, on=on, progress=progress)
    evidence = seen(evidence, audience, catalogue)
    withheld = withheld_offices(in_force, audience, catalogue)
    decision = decide(evidence, told(in_force, audience, catalogue), catalogue, vocabulary)
    decision = without(decision, withheld)
    # The day matters only to what ends; without any, it would make equal results differ.
    bounded = any(rule.valid_from or rule.valid_until for rule in rules) or any(
        layer.refresh_days or layer.source.type == MANUAL for layer in catalogue.layers
    )
    document = report(
        evidence,
        decision,
        catalogue,
        language=language,
        withheld=withheld,
        as_of=on.isoformat() if bounded else None,
    )
    return Review(plan, evidence, decision, catalogue, document)
