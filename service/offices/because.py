"""Why an office is involved: one sentence with the measured figures, German and English."""

from collections.abc import Callable, Sequence

from gis.problem import Text
from service.checks.finding import Along, Crossed, ObjectFinding
from service.figures import kilometre, metres, percent, square_metres
from service.offices.predicate import distance
from service.offices.rule import Rule
from service.offices.verdict import Verdict, attributes_of
from service.plans.kinds import Vocabulary
from service.plans.plan import Plan

NAMED = 3  # as many objects as a sentence can carry


def because(verdict: Verdict, plan: Plan, vocabulary: Vocabulary) -> Text:
    """Return the sentence for a hit: “Beteiligt, weil …”, or “Möglicherweise beteiligt, weil …”."""
    reason = _reason(verdict, plan, vocabulary)
    de = "Beteiligt" if verdict.certain else "Möglicherweise beteiligt"
    en = "Involved" if verdict.certain else "Possibly involved"
    return Text(f"{de}, weil {reason.de}.", f"{en} because {reason.en}.")


def _reason(verdict: Verdict, plan: Plan, vocabulary: Vocabulary) -> Text:
    rule = verdict.rule
    if verdict.finding is None:
        return _without_layer(rule, plan, vocabulary)
    title = verdict.finding.layer.title
    things = [o for o in verdict.objects if o.relation != "near"] or list(verdict.objects)
    names = _objects(rule, plan, verdict.objects)
    match rule.when.predicate:
        case "within":
            nearest = metres(round(min(distance(rule, o) for o in verdict.objects), 1))
            asked = metres(rule.when.distance_m)
            return Text(
                f"im Umkreis von {asked.de} „{title.de}“ liegt: {names.de}, Abstand ab {nearest.de}",
                f"“{title.en}” lies within {asked.en}: {names.en}, from {nearest.en} away",
            )
        case "farther":
            asked = metres(rule.when.distance_m)
            return Text(
                f"im Umkreis von {asked.de} nichts aus „{title.de}“ liegt",
                f"nothing of “{title.en}” lies within {asked.en}",
            )
        case "outside":
            return Text(
                f"die Planung ganz oder teilweise außerhalb von „{title.de}“ liegt",
                f"the plan lies partly or wholly outside “{title.en}”",
            )
        case "crosses":
            return Text(
                f"die Planung „{title.de}“ quert: {names.de}",
                f"it crosses “{title.en}”: {names.en}",
            )
        case "alongside":
            return Text(
                f"die Planung neben „{title.de}“ verläuft: {names.de}",
                f"it runs alongside “{title.en}”: {names.en}",
            )
        case "inside":
            return Text(
                f"die Planung ganz in „{title.de}“ liegt: {names.de}",
                f"it lies wholly inside “{title.en}”: {names.en}",
            )
    if all(o.relation == "borders" for o in things):
        return Text(
            f"sie „{title.de}“ innerhalb der Lagegenauigkeit berührt: {names.de}",
            f"it touches “{title.en}” within the positional accuracy: {names.en}",
        )
    return Text(
        f"die Planung „{title.de}“ überlagert: {names.de}", f"it overlaps “{title.en}”: {names.en}"
    )


def _without_layer(rule: Rule, plan: Plan, vocabulary: Vocabulary) -> Text:
    kind = vocabulary.title(plan.kind)
    if rule.condition is None:
        return Text(
            f"bei „{kind.de}“ dieser Belang stets zu prüfen ist",
            f"this concern is always examined for “{kind.en}”",
        )
    known = attributes_of(plan)
    said = ", ".join(
        f"{name} = {known[name]}" for name in sorted(rule.condition.attributes) if name in known
    )
    missing = ", ".join(sorted(rule.condition.attributes - known.keys()))
    if missing:
        return Text(f"Angaben fehlen ({missing})", f"it is not stated ({missing})")
    return Text(f"die Planung angibt: {said}", f"the plan states: {said}")


def _objects(rule: Rule, plan: Plan, things: Sequence[ObjectFinding]) -> Text:
    strongest = sorted(things, key=lambda o: (-o.share_of_plan, o.distance_m, o.id))
    phrases = [_object(rule, plan, thing) for thing in strongest[:NAMED]]
    rest = len(strongest) - NAMED
    more = [Text(f"{rest} weitere", f"{rest} more")] if rest > 0 else []
    return Text(
        "; ".join(p.de for p in (*phrases, *more)), "; ".join(p.en for p in (*phrases, *more))
    )


def _object(rule: Rule, plan: Plan, thing: ObjectFinding) -> Text:
    figures = [f for make in FIGURES if (f := make(rule, plan, thing)) is not None]
    if not figures:
        return Text(thing.name, thing.name)
    de, en = (", ".join(f.in_language(language) for f in figures) for language in ("de", "en"))
    return Text(f"{thing.name} ({de})", f"{thing.name} ({en})")


def _crossings(rule: Rule, plan: Plan, thing: ObjectFinding) -> Text | None:
    if not thing.crossings:
        return None
    phrases = [_crossing(c) for c in thing.crossings[:NAMED]]
    return Text(", ".join(p.de for p in phrases), ", ".join(p.en for p in phrases))


def _crossing(crossed: Crossed) -> Text:
    at, angle = kilometre(crossed.crossing.at_m), round(crossed.crossing.angle_deg)
    own = ""
    if crossed.position is not None:
        station = kilometre(crossed.position.from_km * 1000)
        own = f" = {crossed.position.section} {station.de}".replace("  ", " ")
    return Text(f"bei {at.de} unter {angle}°{own}", f"at {at.en} at {angle}°{own}")


def _alongside(rule: Rule, plan: Plan, thing: ObjectFinding) -> Text | None:
    if rule.when.predicate != "alongside":
        return None
    runs = [
        a
        for a in thing.alongside
        if a.within_m == rule.when.distance_m and a.stretch.length_m >= rule.when.over_m
    ]
    phrases = [_run(a) for a in runs[:NAMED]]
    return Text(", ".join(p.de for p in phrases), ", ".join(p.en for p in phrases))


def _run(along: Along) -> Text:
    start, end = kilometre(along.stretch.from_m), kilometre(along.stretch.to_m)
    side = {"left": "links", "right": "rechts"}.get(
        along.position.side or "" if along.position else "", ""
    )
    return Text(
        f"{start.de} bis {end.de}" + (f", {side}" if side else ""),
        f"{start.en} to {end.en}"
        + (f", {along.position.side}" if along.position and along.position.side else ""),
    )


def _size(rule: Rule, plan: Plan, thing: ObjectFinding) -> Text | None:
    if thing.relation == "near" or rule.when.predicate in ("within", "alongside"):
        return None
    if plan.geometry.length_m is not None and thing.length_m:
        length = metres(round(thing.length_m, 1))
        share = percent(thing.share_of_plan)
        if not thing.share_of_plan:
            return Text(f"auf {length.de}", f"over {length.en}")
        return Text(
            f"auf {length.de}, {share.de} der Trasse", f"over {length.en}, {share.en} of it"
        )
    if thing.overlap_m2:
        area, share = square_metres(thing.overlap_m2), percent(thing.share_of_plan)
        return Text(f"{area.de}, {share.de} der Planung", f"{area.en}, {share.en} of the plan")
    if thing.length_m:
        length = metres(round(thing.length_m, 1))
        return Text(f"auf {length.de}", f"over {length.en}")
    return None


def _distance(rule: Rule, plan: Plan, thing: ObjectFinding) -> Text | None:
    if rule.when.predicate != "within":
        return None
    return metres(round(distance(rule, thing), 1))


FIGURES: tuple[Callable[[Rule, Plan, ObjectFinding], Text | None], ...] = (
    _size,
    _crossings,
    _alongside,
    _distance,
)
