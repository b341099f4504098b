"""Who may read what: the same result, reduced to what an audience may see.

What is left out is left out the same way hit or not: nobody can tell from a report for outsiders
whether a restricted layer met the plan.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from layers.catalogue import Catalogue
from layers.layer import Layer
from service.checks.run import Evidence
from service.offices.decide import Decision, Involvement
from service.offices.rule import Rule


@dataclass(frozen=True, slots=True)
class Audience:
    """``public``, ``planner``, ``office`` (of one code) or ``internal``."""

    role: str
    office: str | None = None

    def may_see(self, layer: Layer) -> bool:
        """Tell whether findings of this layer may reach the audience."""
        if self.role == "internal" or layer.visibility == "public":
            return True
        if self.role != "office":
            return False
        return layer.visibility == "offices" or layer.keeper == self.office


INTERNAL = Audience("internal")


def audience_from(text: str) -> Audience:
    """Return the audience written as ``public``, ``planner``, ``office:CODE`` or ``internal``.

    Raises
    ------
    ValueError
        For anything else.
    """
    role, _, office = text.partition(":")
    if role in ("public", "planner", "internal") and not office:
        return Audience(role)
    if role == "office" and office:
        return Audience(role, office)
    raise ValueError(f"{text!r} is none of public, planner, office:CODE, internal")


def withheld_layers(audience: Audience, catalogue: Catalogue) -> frozenset[str]:
    """Return the layers of which this audience learns nothing."""
    return frozenset(layer.code for layer in catalogue.layers if not audience.may_see(layer))


def for_audience(
    evidence: Evidence,
    decision: Decision,
    rules: Iterable[Rule],
    audience: Audience,
    catalogue: Catalogue,
) -> tuple[Evidence, Decision]:
    """Return both without anything that rests on layers the audience may not see.

    An office with rules on such a layer is never on the negative list: saying that it is not
    affected would say that its restricted layers were not met.
    """
    hidden = withheld_layers(audience, catalogue)
    if not hidden:
        return evidence, decision
    hidden_rules = {r.code for r in rules if r.layer in hidden}
    offices = {o for r in rules if r.layer in hidden for o in r.offices}
    return (
        replace(
            evidence, findings=tuple(f for f in evidence.findings if f.layer.code not in hidden)
        ),
        Decision(
            tuple(_visible(decision.involvements, hidden)),
            tuple(c for c in decision.cleared if c.office not in offices),
            tuple(c for c in decision.no_entry if c.office not in offices),
            tuple(u for u in decision.unresolved if u.layer not in hidden),
            tuple(w for w in decision.warnings if w.rule not in hidden_rules),
        ),
    )


def _visible(involvements: Iterable[Involvement], hidden: frozenset[str]) -> Iterable[Involvement]:
    for involvement in involvements:
        reasons = tuple(r for r in involvement.reasons if r.layer not in hidden)
        if reasons:
            yield replace(involvement, reasons=reasons)
