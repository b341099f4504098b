"""Who may read what: the same result, reduced to what an audience may see.

What an audience may not see is taken away before anything is decided, so that nobody can tell
from a report for outsiders whether a restricted layer met the plan.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from layers.catalogue import Catalogue
from layers.layer import Layer
from service.checks.finding import Finding
from service.checks.run import Evidence
from service.offices.decide import Decision
from service.offices.rule import Rule


@dataclass(frozen=True, slots=True)
class Audience:
    """``public``, ``planner``, ``office`` (of one code, or of none that keeps anything) or
    ``internal``, which is the coordinator.

    Of a restricted layer its keeper learns everything, the coordinator what was found, for whom to
    ask rests on it, and nobody else anything.
    """

    role: str
    office: str | None = None

    def may_see(self, layer: Layer) -> bool:
        """Tell whether findings of this layer may reach the audience."""
        if self.role == "internal" or layer.visibility == "public":
            return True
        if self.role != "office":
            return False
        return layer.visibility == "offices" or layer.keeper == self.office

    def may_place(self, layer: Layer) -> bool:
        """Tell whether the audience may learn where the objects of a layer are."""
        if layer.visibility != "restricted":
            return True
        return self.role == "office" and layer.keeper == self.office


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


def told(rules: Iterable[Rule], audience: Audience, catalogue: Catalogue) -> tuple[Rule, ...]:
    """Return the rules whose answer says nothing of layers the audience may not see."""
    hidden = withheld_layers(audience, catalogue)
    return tuple(rule for rule in rules if not layers_of(rule) & hidden)


def layers_of(rule: Rule) -> set[str]:
    """Return the layers that the answer of a rule rests on."""
    context = {rule.context.layer} if rule.context else set()
    return context | ({rule.layer} if rule.layer else set())


def seen(evidence: Evidence, audience: Audience, catalogue: Catalogue) -> Evidence:
    """Return the evidence without layers the audience may not see; of others it may see what was
    found, but not where.
    """
    hidden = withheld_layers(audience, catalogue)

    def told(finding: Finding) -> Finding:
        return finding if audience.may_place(finding.layer) else replace(finding, placed=False)

    return replace(
        evidence,
        findings=tuple(told(f) for f in evidence.findings if f.layer.code not in hidden),
        by_roles={
            roles: {code: told(f) for code, f in found.items() if code not in hidden}
            for roles, found in evidence.by_roles.items()
        },
        grounds={code: g for code, g in evidence.grounds.items() if code not in hidden},
    )


def withheld_offices(
    rules: Iterable[Rule], audience: Audience, catalogue: Catalogue
) -> tuple[str, ...]:
    """Return the offices about which this audience gets no last word: the keepers of what it may
    not see, whoever has a rule on it, and those the catalogue says so of, as one cut for the public
    does. The same whatever was found.
    """
    hidden = withheld_layers(audience, catalogue)
    named = {layer.keeper for layer in catalogue.layers if layer.code in hidden}
    named |= {office for rule in rules if layers_of(rule) & hidden for office in rule.offices}
    named |= set(catalogue.withheld)
    return tuple(office.code for office in catalogue.offices if office.code in named)


def without(decision: Decision, offices: Iterable[str]) -> Decision:
    """Return the decision with these offices taken off the negative lists: that one is not
    affected would say that its restricted layers were not met.
    """
    named = frozenset(offices)
    return replace(
        decision,
        cleared=tuple(c for c in decision.cleared if c.office not in named),
        no_entry=tuple(c for c in decision.no_entry if c.office not in named),
    )
