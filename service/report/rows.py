"""Figures of a plan and of what it meets, as labelled lines for people."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from gis.linear import Stretch
from gis.problem import Text
from maps.picture import Row
from service.checks.finding import Along, Crossed, ObjectFinding, Position
from service.figures import kilometre, metres, percent, square_metres
from service.plans.kinds import Vocabulary

Say = Callable[[Text], str]  # picks the language of a text

MOST_STRETCHES = 8
HIDDEN = Text(
    "nur für die datenführende Stelle sichtbar", "visible only to the office that keeps the data"
)
SIDES = {"left": Text("links", "left"), "right": Text("rechts", "right")}
CROSSING_KINDS = {
    "touches": Text("berührt, quert nicht", "touches, does not cross"),
    "meets": Text("eine der Linien endet hier", "one of the lines ends here"),
}


def plan_rows(
    plan: Mapping[str, Any], kind: str, vocabulary: Vocabulary, say: Say
) -> tuple[Row, ...]:
    """Return what the report says of the plan itself."""
    towns, procedure = plan["by_municipality"], plan["procedure"]
    unknown = say(Text("nicht bestimmbar", "unknown"))
    rows = [
        (Text("Art", "Kind"), say(vocabulary.title(kind))),
        (Text("Nutzung", "Use"), ", ".join(say(vocabulary.named(use)) for use in plan["uses"])),
        (Text("Verfahren", "Procedure"), say(vocabulary.named(procedure)) if procedure else ""),
        (Text("Fläche", "Area"), say(square_metres(plan["area_m2"])) if plan["area_m2"] else ""),
        (Text("Länge", "Length"), _length(plan["length_m"], say)),
        (Text("Breite", "Width"), _length(plan["width_m"], say)),
        (
            Text("Gemeinde", "Municipality"),
            unknown if towns is None else ", ".join(t["name"] for t in towns),
        ),
    ]
    return tuple((say(label), text) for label, text in rows if text)


def _length(value: float | None, say: Say) -> str:
    return say(metres(round(value, 1))) if value else ""


def extent(finding: Mapping[str, Any], say: Say) -> str:
    """Return size, share and distance of a finding in one short line; empty for no hit."""
    parts = []
    if finding["overlap_m2"]:
        parts.append(say(square_metres(finding["overlap_m2"])))
    elif finding["length_m"]:
        parts.append(_length(finding["length_m"], say))
    if finding["share_of_plan"]:
        parts.append(say(percent(finding["share_of_plan"])))
    if not parts and finding["nearest_m"] is not None:
        distance = metres(round(finding["nearest_m"], 1))
        parts.append(say(Text(f"Abstand {distance.de}", f"{distance.en} away")))
    return ", ".join(parts)


def object_rows(thing: ObjectFinding, *, route: bool, shown: bool, say: Say) -> tuple[Row, ...]:
    """Return the figures of one object; without places where these are not to be `shown`."""
    return tuple((say(label), text) for label, text in _object_rows(thing, route, shown, say))


def _object_rows(
    thing: ObjectFinding, route: bool, shown: bool, say: Say
) -> Iterator[tuple[Text, str]]:
    if thing.overlap_m2:
        yield Text("Überlagerte Fläche", "Area of overlap"), say(square_metres(thing.overlap_m2))
    if thing.length_m:
        inside = Text("Länge der Trasse im Objekt", "Length of the route in the object")
        of_line = Text("Länge in der Planung", "Length in the plan")
        yield inside if route else of_line, _length(thing.length_m, say)
    if thing.share_of_plan:
        yield Text("Anteil an der Planung", "Share of the plan"), say(percent(thing.share_of_plan))
    if thing.share_of_object:
        yield Text("Anteil am Objekt", "Share of the object"), say(percent(thing.share_of_object))
    if thing.distance_m:
        yield Text("Abstand", "Distance"), say(metres(round(thing.distance_m, 1)))
    if not shown:
        yield Text("Lage", "Place"), say(HIDDEN)
        return
    if thing.stretches:
        yield Text("Abschnitte", "Stretches"), _stretches(thing.stretches, say)
    for within_m in dict.fromkeys(a.within_m for a in thing.alongside if a.within_m is not None):
        within = metres(within_m)
        runs = [a for a in thing.alongside if a.within_m == within_m]
        label = Text(f"Verläuft daneben (bis {within.de})", f"Runs alongside (up to {within.en})")
        yield label, _stretches(runs, say)


def _stretches(runs: Iterable[Along], say: Say) -> str:
    told = [_run(run, say) for run in runs]
    more = len(told) - MOST_STRETCHES
    if more > 0:
        told = [*told[:MOST_STRETCHES], say(Text(f"{more} weitere", f"{more} more"))]
    return "; ".join(told)


def _run(along: Along, say: Say) -> str:
    own = f" ({position(along.position, say)})" if along.position else ""
    return _from_to(along.stretch, say) + own


def _from_to(stretch: Stretch, say: Say) -> str:
    start, end = kilometre(stretch.from_m), kilometre(stretch.to_m)
    return f"{say(start)} – {say(end)}"


def position(place: Position, say: Say) -> str:
    """Return a place in an object's own kilometres: ``B 95, km 12,345, links``."""
    start = say(kilometre(place.from_km * 1000))
    to = "" if place.to_km is None else f" – {say(kilometre(place.to_km * 1000))}"
    side = say(SIDES[place.side]) if place.side in SIDES else ""
    return ", ".join(part for part in (place.section, start + to, side) if part)


def crossing_rows(crossed: Crossed, say: Say) -> tuple[Row, ...]:
    """Return what there is to say of a crossing beside its kilometre and angle."""
    rows = []
    if crossed.position is not None:
        rows.append((say(Text("Lage am Objekt", "On the object")), position(crossed.position, say)))
    if crossed.crossing.kind in CROSSING_KINDS:
        rows.append((say(Text("Art", "Kind")), say(CROSSING_KINDS[crossed.crossing.kind])))
    return tuple(rows)
