"""Findings for themes without data: open until somebody has looked, then what they found."""

from gis.problem import Text
from layers.answers import Answer
from layers.entry import text_from
from layers.layer import Layer
from service.checks.finding import Finding, Outcome
from service.figures import day
from service.plans.plan import Plan

MANUAL = "manual"


def by_hand(plan: Plan, layer: Layer, answer: Answer | None) -> Finding:
    """Return the finding for a layer that nobody can read but a person."""
    if answer is None:
        return Finding(
            layer=layer,
            outcome=Outcome.NOT_COVERED,
            uncovered=plan.geometry.footprint,
            uncovered_share=1.0,
            covered_to_m=0.0,
            coverage=MANUAL,
            reason=_task(layer),
            steps=(Text("keine Daten, nur ein Nachweis zum Ansehen", "no data, only a viewer"),),
        )
    told = said(answer)
    return Finding(
        layer=layer,
        outcome=Outcome(answer.outcome),
        coverage=MANUAL,
        steps=(Text(f"von Hand geprüft: {told.de}", f"checked by hand: {told.en}"),),
        by_hand=answer,
    )


def _task(layer: Layer) -> Text:
    viewer = layer.source.options.get("viewer", "")
    told = Text(f"von Hand zu prüfen: {viewer}", f"to be checked by hand: {viewer}")
    if (inquiry := layer.source.options.get("inquiry")) is None:
        return told
    how = text_from(inquiry)
    return Text(f"{told.de} ({how.de})", f"{told.en} ({how.en})")


def said(answer: Answer) -> Text:
    """Return who answered, when, on what basis and until when, in one line."""
    until = Text("", "")
    if answer.until is not None:
        last = day(answer.until)
        until = Text(f", gilt bis {last.de}", f", until {last.en}")
    standing = Text("", "")
    if answer.plan is None:
        standing = Text(" (für alle Planungen)", " (for all plans)")
    on = day(answer.on)
    return Text(
        f"{answer.by}, {on.de}: {answer.basis}{standing.de}{until.de}",
        f"{answer.by}, {on.en}: {answer.basis}{standing.en}{until.en}",
    )
