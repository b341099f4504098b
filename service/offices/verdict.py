"""What one rule says about one plan: a hit, no hit, or not to be decided — and why."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from gis.footprint import Footprint
from gis.problem import Text
from service.checks.finding import Finding, ObjectFinding, Outcome
from service.checks.run import Evidence, parts_of
from service.figures import asked_metres, metres
from service.offices.predicate import Met, met
from service.offices.rule import Effect, Rule, When
from service.plans.kinds import Vocabulary
from service.plans.plan import Plan


class Answer(StrEnum):
    """What a rule comes to. Only ``no`` may stand on a negative list."""

    HIT = "hit"
    NO = "no"
    NO_ENTRY = "no_entry"  # nothing in a register that need not be complete
    OPEN = "open"  # cannot be decided: failed, or no data where the rule looks
    NOT_APPLICABLE = "not_applicable"  # other plan kinds, procedures or municipalities


@dataclass(frozen=True)
class Verdict:
    """A rule's answer with the objects behind it; `asks` is what the planner could settle, `gap`
    why a missing hit would prove nothing, `geometry` what was measured from: the plan, or its
    parts of the roles the rule names.
    """

    rule: Rule
    answer: Answer
    certain: bool = True
    effect: Effect = Effect.NOTE
    finding: Finding | None = None
    objects: tuple[ObjectFinding, ...] = ()
    asks: tuple[Text, ...] = ()
    gap: Text | None = None
    scope_only: bool = False
    geometry: Footprint | None = None


USES_UNKNOWN = Text("Welche Nutzungen sind vorgesehen? (--use)", "Which uses are planned? (--use)")
PROCEDURE_UNKNOWN = Text(
    "In welchem Verfahren wird beteiligt? (--procedure)", "Which procedure is it? (--procedure)"
)
NEGATED = ("farther", "outside")  # predicates that hold where nothing is found
MUNICIPALITY_UNKNOWN = Text("Die Gemeinde ist nicht bekannt.", "The municipality is not known.")
BY_HAND = Text(
    "Die Prüfung von Hand nennt keine Maße; ob diese Regel greift, bitte entscheiden.",
    "The check by hand gives no figures; decide whether this rule applies.",
)
NO_BUILDINGS = Text(
    "Baugrenzen prüfen: Der Planung fehlen Angaben zu überbaubaren Flächen.",
    "Check the building limits: the plan does not say where buildings may stand.",
)


def verdict(rule: Rule, evidence: Evidence, vocabulary: Vocabulary) -> Verdict:
    """Return what `rule` says, given everything a check found out."""
    plan = evidence.plan
    applies, asks = _applies(rule, plan, evidence, vocabulary)
    if applies is False:
        return Verdict(rule, Answer.NOT_APPLICABLE)
    condition = _condition(rule, plan)
    if condition is False:
        return Verdict(rule, Answer.NO)
    if condition is None or rule.when.attribute is not None:
        asks += (_asked(rule),)
    if rule.layer is None:
        return Verdict(rule, Answer.HIT, rule.certain and not asks, rule.effect, asks=asks)
    return _spatial(rule, evidence, vocabulary, asks)


def _applies(
    rule: Rule, plan: Plan, evidence: Evidence, vocabulary: Vocabulary
) -> tuple[bool | None, tuple[Text, ...]]:
    """Tell whether the rule concerns this plan; None with what to ask where that is unknown."""
    tags = tags_of(plan)
    if tags & rule.excepted:
        return False, ()
    asks: tuple[Text, ...] = ()
    if rule.only and not tags & rule.only:
        asks = _unknown_tags(rule, plan, vocabulary)
        if not asks:
            return False, ()
    if rule.municipalities:
        if evidence.municipalities is None:
            asks += (MUNICIPALITY_UNKNOWN,)
        elif not rule.municipalities & {m.key for m in evidence.municipalities}:
            return False, ()
    return (None if asks else True), asks


def tags_of(plan: Plan) -> frozenset[str]:
    """Return what `only` and `except` look at: kind, uses and procedure."""
    return frozenset({plan.kind, *plan.uses, *({plan.procedure} if plan.procedure else ())})


def concerns(rule: Rule, plan: Plan, vocabulary: Vocabulary) -> bool:
    """Tell whether the rule may concern this plan, before anything was measured."""
    tags = tags_of(plan)
    if tags & rule.excepted or _condition(rule, plan) is False:
        return False
    return not rule.only or bool(tags & rule.only) or bool(_unknown_tags(rule, plan, vocabulary))


def fitted(rule: Rule, plan: Plan) -> Rule:
    """Return the rule with its distance in metres, where that is a multiple of what `plan` says.

    Where the plan does not say it, the rule stays as it is: a hit is possible then.
    """
    value = plan.attributes.get(rule.when.attribute or "")
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        return rule
    distance_m = rule.when.times * float(value)
    return replace(rule, when=replace(rule.when, distance_m=distance_m, attribute=None))


def _unknown_tags(rule: Rule, plan: Plan, vocabulary: Vocabulary) -> tuple[Text, ...]:
    """Return what to ask where the plan does not say what `only` looks at.

    An instrument (a Bebauungsplan) without uses may hold any; a radweg cannot.
    """
    asks = []
    if not plan.uses and vocabulary.is_instrument(plan.kind) and rule.only & vocabulary.uses.keys():
        asks.append(USES_UNKNOWN)
    if plan.procedure is None and rule.only & vocabulary.procedures.keys():
        asks.append(PROCEDURE_UNKNOWN)
    return tuple(asks)


def _condition(rule: Rule, plan: Plan) -> bool | None:
    return True if rule.condition is None else rule.condition.matches(attributes_of(plan))


def attributes_of(plan: Plan) -> Mapping[str, Any]:
    """Return what a rule's `if` may ask for: what is declared, kind and procedure, what is
    measured.
    """
    area = float(plan.geometry.footprint.area)
    measured: dict[str, Any] = {"kind": plan.kind, "area_m2": area, "area_ha": area / 10_000}
    if plan.procedure is not None:
        measured["procedure"] = plan.procedure
    if plan.geometry.length_m is not None:
        measured["length_m"] = plan.geometry.length_m
    return {**plan.attributes, **measured}


def _asked(rule: Rule) -> Text:
    if rule.ask is not None:
        return rule.ask
    names = ", ".join(sorted(asked_of(rule)))
    return Text(f"Bitte angeben: {names} (--attribute)", f"Please state: {names} (--attribute)")


def asked_of(rule: Rule) -> frozenset[str]:
    """Return the plan's attributes a rule hangs on."""
    names = rule.condition.attributes if rule.condition else frozenset()
    return names | ({rule.when.attribute} if rule.when.attribute else frozenset())


def _spatial(
    rule: Rule, evidence: Evidence, vocabulary: Vocabulary, asks: tuple[Text, ...]
) -> Verdict:
    assert rule.layer is not None  # noqa: S101 - the caller has looked
    finding = evidence.finding(rule.layer, rule.roles)
    measured = parts_of(evidence.plan, rule.roles) if rule.roles else evidence.plan
    geometry = (measured or evidence.plan).geometry
    if finding.by_hand is not None:
        return _by_hand(rule, finding, geometry, asks)
    context = evidence.grounds.get(rule.context.layer) if rule.context else None
    found, gap = met(rule, finding, geometry, context), _gap(rule, finding)
    if rule.when.predicate in NEGATED:
        # What is there settles it; what is not there may only be missing from the data.
        found, gap = (found, None) if not found.holds else (_weakened(found, gap), gap)
    if found.holds is False:
        return Verdict(rule, _negative(finding, gap), finding=finding, gap=gap, geometry=geometry)
    if not found.context_known:
        asks += (_context_unknown(rule),)
    scope_only = bool(rule.roles) and measured is None and not _is_built(evidence.plan, vocabulary)
    effect = rule.effect
    if scope_only and effect.weight < Effect.ASSESSMENT.weight:
        effect, asks = Effect.ASSESSMENT, (*asks, NO_BUILDINGS)
    certain = rule.certain and found.holds is True and not _decisive(asks)
    return Verdict(
        rule, Answer.HIT, certain, effect, finding, found.objects, asks, gap, scope_only, geometry
    )


def _by_hand(rule: Rule, finding: Finding, geometry: Footprint, asks: tuple[Text, ...]) -> Verdict:
    """Return what somebody's answer means: a yes settles rules that ask for no figures."""
    if finding.outcome is not Outcome.AFFECTED:
        return Verdict(rule, _negative(finding, None), finding=finding, geometry=geometry)
    plain = rule.when in (When("overlaps"), When("within", rule.when.distance_m))
    if not plain or rule.where is not None or rule.context is not None:
        asks += (BY_HAND,)
    certain = rule.certain and not asks
    return Verdict(rule, Answer.HIT, certain, rule.effect, finding, asks=asks, geometry=geometry)


def _weakened(found: Met, gap: Text | None) -> Met:
    return found if gap is None else replace(found, holds=None)


def _is_built(plan: Plan, vocabulary: Vocabulary) -> bool:
    """Tell whether what is drawn is what gets built: a road or a mast, not a Geltungsbereich."""
    return not plan.parts and vocabulary.is_structure(plan.kind, plan.geometry.geometry_type)


def _decisive(asks: tuple[Text, ...]) -> bool:
    """Missing building limits lower the effect; the involvement itself stays certain."""
    return any(ask is not NO_BUILDINGS for ask in asks)


def _negative(finding: Finding, gap: Text | None) -> Answer:
    if gap is not None:
        return Answer.OPEN
    return Answer.NO_ENTRY if finding.layer.declaratory else Answer.NO


def _context_unknown(rule: Rule) -> Text:
    assert rule.context is not None  # noqa: S101 - only asked for rules with a context
    if rule.ask is not None:
        return rule.ask
    return Text(
        f"Lage zu „{rule.context.layer}“ nicht bekannt, bitte prüfen.",
        f"Position relative to “{rule.context.layer}” unknown, please check.",
    )


def _gap(rule: Rule, finding: Finding) -> Text | None:
    """Return why a missing hit proves nothing; None where it does."""
    if finding.outcome is Outcome.FAILED:
        return finding.reason
    if finding.uncovered is not None:
        return finding.reason
    if finding.covered_to_m + 1e-6 < rule.when.distance_m:
        asked, known = asked_metres(rule.when.distance_m), metres(round(finding.covered_to_m, 1))
        return Text(
            f"Gefragt sind {asked.de} Umkreis, Daten liegen nur {known.de} weit vor.",
            f"{asked.en} around the plan are asked for, the data reach only {known.en}.",
        )
    return None
