"""Why an office is involved: one sentence with the measured figures, German and English."""

from gis.problem import Text
from service.checks.by_hand import said
from service.figures import asked_metres, number
from service.offices.named import named
from service.offices.rule import Rule, When
from service.offices.verdict import USES_UNKNOWN, Verdict, asked_of, attributes_of
from service.plans.kinds import Vocabulary
from service.plans.plan import Plan, Value

ATTRIBUTES = {
    "hoehe_m": Text("Höhe", "height"),
    "erdarbeiten": Text("Erdarbeiten", "earthworks"),
    "abriss": Text("Abriss", "demolition"),
    "gehoelz": Text("Beseitigung von Gehölzen", "removal of trees"),
    "neue_zufahrt": Text("neue Zufahrt", "new access"),
    "feuerstaetten": Text("Feuerstätten", "fireplaces"),
    "regenwasser_versickerung": Text("Versickerung von Regenwasser", "infiltration of rainwater"),
    "bauzeit_wochen": Text("Bauzeit in Wochen", "weeks of works"),
    "verkaufsflaeche_m2": Text("Verkaufsfläche", "sales area"),
    "leistung_mw": Text("Leistung", "power"),
    "procedure": Text("Verfahren", "procedure"),
    "area_m2": Text("Fläche", "area"),
    "area_ha": Text("Fläche", "area"),
    "length_m": Text("Länge", "length"),
}
NO_DATA = Text("die Daten reichen nicht so weit", "the data do not reach that far")
PROCEDURES = {
    "planfeststellung": Text("Planfeststellung", "plan approval"),
    "par13": Text("§ 13 BauGB", "§ 13 BauGB"),
    "par13a": Text("§ 13a BauGB", "§ 13a BauGB"),
}
UNITS = {"m": "m", "m2": "m²", "ha": "ha", "mw": "MW"}
PARTS = {  # before “fläche” and “area”
    "building": Text("Bau", "building"),
    "traffic": Text("Verkehrs", "traffic"),
    "green": Text("Grün", "green"),
    "compensation": Text("Ausgleichs", "compensation"),
    "construction_site": Text("Baustellen", "construction"),
    "scope": Text("Plangebiets", "scope"),
}


def because(verdict: Verdict, plan: Plan, vocabulary: Vocabulary) -> Text:
    """Return the sentence for a hit: “Beteiligt, weil …”, or “Möglicherweise beteiligt, weil …”."""
    if verdict.finding is None:
        reason = _without_layer(verdict.rule, plan, vocabulary)
    else:
        reason = _joined(_spatial(verdict, plan), _open(verdict, plan))
    if verdict.certain:
        return Text(f"Beteiligt, weil {reason.de}.", f"Involved because {reason.en}.")
    return Text(
        f"Möglicherweise beteiligt, weil {reason.de}.", f"Possibly involved because {reason.en}."
    )


def _joined(reason: Text, missing: Text | None) -> Text:
    if missing is None:
        return reason
    return Text(f"{reason.de}; {missing.de}", f"{reason.en}; {missing.en}")


def _spatial(verdict: Verdict, plan: Plan) -> Text:
    assert verdict.finding is not None  # noqa: S101 - the caller has looked
    when, title = verdict.rule.when, verdict.finding.layer.title
    if verdict.finding.by_hand is not None:
        told = said(verdict.finding.by_hand)
        return Text(
            f"„{title.de}“ nach Prüfung von Hand betroffen ist ({told.de})",
            f"“{title.en}” is affected as checked by hand ({told.en})",
        )
    who = _subject(verdict, plan)
    if when.predicate == "farther":
        asked = asked_metres(when.distance_m)
        return Text(
            f"im Umkreis von {asked.de} um die Planung nichts aus „{title.de}“ liegt",
            f"nothing of “{title.en}” lies within {asked.en} of the plan",
        )
    if when.predicate == "outside":
        return Text(
            f"{who.de} nicht vollständig in „{title.de}“ liegt",
            f"{who.en} does not lie wholly in “{title.en}”",
        )
    names = named(verdict, plan)
    action = _action(verdict, when, title)
    return Text(f"{who.de} {action.de}: {names.de}", f"{who.en} {action.en}: {names.en}")


def _action(verdict: Verdict, when: When, title: Text) -> Text:
    """Return what the plan does to the layer; German with the verb last, as after “weil”."""
    match when.predicate:
        case "within":
            asked = _asked(when)
            return Text(
                f"im Umkreis von {asked.de} um „{title.de}“ liegt",
                f"lies within {asked.en} of “{title.en}”",
            )
        case "crosses":
            return Text(f"„{title.de}“ quert", f"crosses “{title.en}”")
        case "alongside":
            return Text(f"neben „{title.de}“ verläuft", f"runs alongside “{title.en}”")
        case "inside":
            return Text(f"ganz in „{title.de}“ liegt", f"lies wholly in “{title.en}”")
        case "contains":
            return Text(f"„{title.de}“ ganz umfasst", f"wholly contains “{title.en}”")
    if all(o.relation == "borders" for o in verdict.objects):
        return Text(
            f"„{title.de}“ nur innerhalb der Lagegenauigkeit berührt",
            f"touches “{title.en}” only within the positional accuracy",
        )
    return Text(f"„{title.de}“ überlagert", f"overlaps “{title.en}”")


def _asked(when: When) -> Text:
    far = asked_metres(when.distance_m)
    if not when.beyond_m:
        return far
    near = number(when.beyond_m, 0)
    return Text(f"{near.de} bis {far.de}", f"{near.en} to {far.en}")


def _subject(verdict: Verdict, plan: Plan) -> Text:
    """Return what was measured: the plan, parts of it, or the centres of its sites."""
    drawn = {p.role for p in plan.parts} & verdict.rule.roles
    if parts := [text for role, text in PARTS.items() if role in drawn]:
        *others, last = parts
        de, en = ", ".join(f"{p.de}-" for p in others), ", ".join(p.en for p in others)
        return Text(
            f"eine {de} oder {last.de}fläche" if de else f"eine {last.de}fläche",
            f"a {en} or {last.en} area" if en else f"a {last.en} area",
        )
    if verdict.rule.from_points and any(o.from_points_m is not None for o in verdict.objects):
        return Text("die Mitte einer Anlage", "the centre of a structure")
    return Text("die Planung", "the plan")


def _without_layer(rule: Rule, plan: Plan, vocabulary: Vocabulary) -> Text:
    about = rule.about or Text("dieser Belang", "this concern")
    known = attributes_of(plan)
    names = sorted(asked_of(rule) - {"kind"})
    missing = _unknown(rule, plan)
    if missing:
        return Text(
            f"Angaben fehlen ({', '.join(m.de for m in missing)}), von denen dieser Belang "
            f"abhängt: {about.de}",
            f"the plan does not say ({', '.join(m.en for m in missing)}) what decides on this "
            f"concern: {about.en}",
        )
    if said := [_said(n, known[n]) for n in names if n in known]:
        return Text(
            f"nach Angabe der Planung ({', '.join(s.de for s in said)}) zu prüfen ist: {about.de}",
            f"what the plan states ({', '.join(s.en for s in said)}) calls for: {about.en}",
        )
    if rule.only and plan.kind not in rule.only:
        return Text(
            f"bei der vorgesehenen Nutzung stets zu prüfen ist: {about.de}",
            f"the planned use always calls for: {about.en}",
        )
    kind = vocabulary.title(plan.kind)
    return Text(
        f"bei „{kind.de}“ stets zu prüfen ist: {about.de}",
        f"“{kind.en}” always calls for: {about.en}",
    )


def _unknown(rule: Rule, plan: Plan) -> list[Text]:
    """Return what the plan does not say although the rule hangs on it."""
    if rule.condition is not None and rule.condition.matches(attributes_of(plan)) is None:
        return [_label(n) for n in sorted(asked_of(rule) - attributes_of(plan).keys())]
    if rule.only and not rule.only & {plan.kind, *plan.uses, plan.procedure}:
        return [Text("Nutzung", "use")]
    return []


def _open(verdict: Verdict, plan: Plan) -> Text | None:
    """Return what lowers a hit or keeps it from being certain; None where nothing is to be said."""
    if verdict.certain:
        if verdict.effect is verdict.rule.effect:
            return None
        return Text("Baugrenzen prüfen", "check the building limits")
    names = sorted(asked_of(verdict.rule) - attributes_of(plan).keys())
    missing = [_label(n) for n in names]
    if USES_UNKNOWN in verdict.asks:
        missing.append(Text("Nutzung", "use"))
    if not missing:
        return NO_DATA if verdict.gap is not None else None
    de, en = ", ".join(m.de for m in missing), ", ".join(m.en for m in missing)
    return Text(f"offen: {de}", f"open: {en}")


def _label(name: str) -> Text:
    return ATTRIBUTES.get(name, Text(name, name))


def _said(name: str, value: Value) -> Text:
    label = _label(name)
    if isinstance(value, bool):
        return Text(
            f"{label.de}: {'ja' if value else 'nein'}", f"{label.en}: {'yes' if value else 'no'}"
        )
    if isinstance(value, str):
        word = PROCEDURES.get(value, Text(value, value))
        return Text(f"{label.de}: {word.de}", f"{label.en}: {word.en}")
    figure = number(float(value), 0 if float(value).is_integer() or value > 1000 else 1)
    unit = UNITS.get(name.rpartition("_")[2])
    unit = f" {unit}" if unit else ""
    return Text(f"{label.de}: {figure.de}{unit}", f"{label.en}: {figure.en}{unit}")
