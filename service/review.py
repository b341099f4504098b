"""One plan through all stages: read, check, decide, report. The frame of every entry point."""

from collections.abc import Callable, Collection
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
from service.report.audience import (
    INTERNAL,
    Audience,
    seen,
    told,
    withheld_layers,
    withheld_offices,
    without,
)
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
    read: Callable[[Path, Intake], Plan] = read_plan,
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
    plan = read(path, intake)
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
    """Check a plan that was read, and decide; the rules are those in force on the day `on`.

    Layers of which the audience learns nothing are not even opened: neither a mistake nor the time
    an answer takes can tell of them.
    """
    hidden = withheld_layers(audience, catalogue)
    gathered = gather(
        plan, catalogue, store, rules, vocabulary, on=on, progress=progress, hidden=hidden
    )
    return heard(gathered, audience).review(language)


@dataclass(frozen=True)
class Gathered:
    """Everything a check found out, before anybody is told: `rules` are those in force, fitted to
    the plan; `as_of` is their day where it matters.
    """

    evidence: Evidence
    catalogue: Catalogue
    rules: tuple[Rule, ...]
    vocabulary: Vocabulary
    as_of: date | None


def gather(
    plan: Plan,
    catalogue: Catalogue,
    store: Store,
    rules: tuple[Rule, ...],
    vocabulary: Vocabulary,
    *,
    on: date,
    progress: Callable[[Layer], None] = lambda _: None,
    hidden: Collection[str] = (),
) -> Gathered:
    """Check a plan against everything in `catalogue`, once for all who will hear of it; layers
    that are `hidden` from all of them can be left out.
    """
    in_force = tuple(fitted(rule, plan) for rule in rules if rule.in_force(on))
    concerning = tuple(rule for rule in in_force if concerns(rule, plan, vocabulary))
    evidence = run(
        plan, catalogue, store, wanted(in_force, concerning), on=on, progress=progress,
        hidden=hidden,
    )  # fmt: skip
    # The day matters only to what ends; without any, it would make equal results differ.
    bounded = any(rule.valid_from or rule.valid_until for rule in rules) or any(
        layer.refresh_days or layer.source.type == MANUAL for layer in catalogue.layers
    )
    return Gathered(evidence, catalogue, in_force, vocabulary, on if bounded else None)


@dataclass(frozen=True)
class Heard:
    """What one audience gets to know: evidence and decision are reduced to that; `withheld` are
    the offices it gets no last word on.
    """

    evidence: Evidence
    decision: Decision
    withheld: tuple[str, ...]
    catalogue: Catalogue
    as_of: date | None

    def review(self, language: str) -> Review:
        """Return the result in `language` (``de`` or ``en``)."""
        document = report(
            self.evidence,
            self.decision,
            self.catalogue,
            language=language,
            withheld=self.withheld,
            as_of=None if self.as_of is None else self.as_of.isoformat(),
        )
        plan = self.evidence.plan
        return Review(plan, self.evidence, self.decision, self.catalogue, document)


def heard(gathered: Gathered, audience: Audience) -> Heard:
    """Decide on what an audience may see, without running the check again."""
    catalogue, rules = gathered.catalogue, gathered.rules
    evidence = seen(gathered.evidence, audience, catalogue)
    withheld = withheld_offices(rules, audience, catalogue)
    told_rules = told(rules, audience, catalogue)
    decision = decide(evidence, told_rules, catalogue, gathered.vocabulary)
    return Heard(evidence, without(decision, withheld), withheld, catalogue, gathered.as_of)
