"""A rule: when a finding makes an office affected, with which effect and on which legal basis."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from gis.problem import Text
from layers.catalogue import Catalogue, Entry, text_from
from layers.document import CatalogueError, Fault
from service.checks.filter import Filter, filter_from
from service.checks.finding import Ask, Beside, Demand
from service.checks.run import Roles, Wanted
from service.plans.kinds import Vocabulary


class Effect(StrEnum):
    """What a hit means, gravest first."""

    PROHIBITION = "prohibition"
    CONSENT = "consent"
    ASSESSMENT = "assessment"
    CONSIDERATION = "consideration"
    NOTE = "note"
    SUPPORT = "support"

    @property
    def weight(self) -> int:
        """Smaller is graver."""
        return list(Effect).index(self)


@dataclass(frozen=True, slots=True)
class When:
    """The spatial predicate. `distance_m` belongs to within, farther and alongside; objects no
    farther than `beyond_m` are left to another rule. Thresholds are lower limits, all of them to
    be reached. Where the distance is so many `times` an `attribute` of the plan, `distance_m` is
    what is looked at while that is unknown.
    """

    predicate: str
    distance_m: float = 0.0
    beyond_m: float | None = None
    times: float = 0.0
    attribute: str | None = None
    over_m: float = 0.0
    min_m2: float = 0.0
    min_share: float = 0.0
    min_length_m: float = 0.0
    min_count: int = 1


@dataclass(frozen=True, slots=True)
class Context:
    """A rule that holds only inside or outside the areas of another layer."""

    layer: str
    inside: bool


@dataclass(frozen=True, slots=True)
class Warning:
    """What a hit means for the procedure itself."""

    procedures: frozenset[str]
    text: Text


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, as the catalogue states it."""

    code: str
    layer: str | None
    when: When
    where: Filter | None
    condition: Filter | None
    only: frozenset[str]
    excepted: frozenset[str]
    municipalities: frozenset[str]
    roles: Roles
    context: Context | None
    from_points: bool
    offices: tuple[str, ...]
    external: tuple[str, ...]
    effect: Effect
    certain: bool
    basis: str
    origin: str
    valid_from: date | None
    valid_until: date | None
    about: Text | None
    text: Text | None
    ask: Text | None
    warns: Warning | None
    links: tuple[str, ...]

    def in_force(self, on: date) -> bool:
        """Tell whether the rule is valid on a day; both ends are inclusive."""
        return (self.valid_from or on) <= on <= (self.valid_until or on)


def rules_from(catalogue: Catalogue, vocabulary: Vocabulary) -> tuple[Rule, ...]:
    """Return the rules of a catalogue.

    Raises
    ------
    CatalogueError
        With every filter that is not CQL2, every plan kind, use or procedure that is unknown, and
        every rule for municipalities that the catalogue has no layer for.
    """
    faults = [
        fault
        for entry in catalogue.rules
        for fault in (*_faults(entry, vocabulary), *_placeless(entry, catalogue))
    ]
    if faults:
        raise CatalogueError(faults)
    return tuple(_rule(entry.data) for entry in catalogue.rules)


def _faults(entry: Entry, vocabulary: Vocabulary) -> Iterator[Fault]:
    for key in ("where", "if"):
        if key in entry.data:
            try:
                filter_from(entry.data[key])
            except ValueError as error:
                yield entry.fault(key, str(error))
    if "where" in entry.data and "farther" in entry.data["when"]:
        yield entry.fault("where", "“farther” asks about all objects of a layer")
    for key in ("only", "except"):
        for word in entry.data.get(key, ()):
            if word not in vocabulary.tags:
                yield entry.fault(key, f"{word} is no plan kind, use or procedure")
    for word in entry.data.get("warns", {}).get("procedures", ()):
        if word not in vocabulary.procedures:
            yield entry.fault("warns", f"{word} is no procedure")


def _placeless(entry: Entry, catalogue: Catalogue) -> Iterator[Fault]:
    if "municipalities" in entry.data and catalogue.municipalities is None:
        yield entry.fault("municipalities", "the catalogue does not say which layer holds them")


def _rule(data: Mapping[str, Any]) -> Rule:
    context, warns, valid = data.get("context"), data.get("warns"), data.get("valid", {})
    return Rule(
        code=data["code"],
        layer=data.get("layer"),
        when=when_from(data["when"]),
        where=filter_from(data["where"]) if "where" in data else None,
        condition=filter_from(data["if"]) if "if" in data else None,
        only=frozenset(data.get("only", ())),
        excepted=frozenset(data.get("except", ())),
        municipalities=frozenset(data.get("municipalities", ())),
        roles=frozenset(data.get("roles", ())),
        context=Context(context["layer"], context["holds"] == "inside") if context else None,
        from_points=data.get("from") == "points",
        offices=tuple(data["offices"]),
        external=tuple(data.get("external", ())),
        effect=Effect(data["effect"]),
        certain=data.get("certainty", "certain") == "certain",
        basis=data["basis"],
        origin=data["origin"],
        valid_from=_date(valid.get("from")),
        valid_until=_date(valid.get("until")),
        about=text_from(data["about"]) if "about" in data else None,
        text=text_from(data["text"]) if "text" in data else None,
        ask=text_from(data["ask"]) if "ask" in data else None,
        warns=Warning(frozenset(warns["procedures"]), text_from(warns["text"])) if warns else None,
        links=tuple(data.get("links", ())),
    )


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def when_from(data: str | Mapping[str, Any]) -> When:
    """Return the predicate written as a word, or as a word with its figures."""
    if isinstance(data, str):
        return When(data)
    if "within" in data:
        return _within(data["within"], data.get("beyond"))
    ((predicate, figures),) = data.items()
    if predicate == "farther":
        return When(predicate, distance_m=float(figures))
    if predicate == "alongside":
        return When(predicate, distance_m=float(figures["within"]), over_m=float(figures["over"]))
    return When(predicate, **figures)


def _within(figure: float | Mapping[str, Any], beyond_m: float | None) -> When:
    if isinstance(figure, Mapping):
        return When(
            "within",
            float(figure["while_unknown"]),
            beyond_m,
            float(figure["times"]),
            figure["attribute"],
        )
    return When("within", float(figure), beyond_m)


def wanted(rules: Iterable[Rule], concerning: Iterable[Rule]) -> Wanted:
    """Return what the check must find out: reach for all `rules`, asks for those `concerning`
    the plan at hand.
    """
    concern = tuple(concerning)
    layers = {rule.layer for rule in rules if rule.layer}
    by_roles: dict[Roles, frozenset[str]] = {}
    contexts: dict[str, float] = {}
    for rule in concern:
        if rule.roles and rule.layer:
            by_roles[rule.roles] = by_roles.get(rule.roles, frozenset()) | {rule.layer}
        if rule.context:
            known = contexts.get(rule.context.layer, 0.0)
            contexts[rule.context.layer] = max(known, rule.when.distance_m)
    demands = {layer: _demand(layer, rules, concern) for layer in sorted(layers)}
    return Wanted(demands, by_roles, contexts)


def _demand(layer: str, rules: Iterable[Rule], concern: tuple[Rule, ...]) -> Demand:
    mine = [r for r in concern if r.layer == layer]
    return Demand(
        reach_m=max((r.when.distance_m for r in rules if r.layer == layer), default=0.0),
        asks=tuple(
            Ask(r.when.distance_m, r.where, r.from_points)
            for r in mine
            if r.when.predicate == "within"
        ),
        alongside=tuple(
            sorted(
                {
                    Beside(r.when.distance_m, r.when.over_m)
                    for r in mine
                    if r.when.predicate == "alongside"
                }
            )
        ),
    )
