"""From a review to a picture: what the map and the GeoPackage show, already cut to its reader.

The objects of a restricted layer are told of, but drawn only for the office that keeps them.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import shapely
from shapely.geometry.base import BaseGeometry

from gis.footprint import Footprint, Route, Sites
from gis.problem import Text, plainly
from layers.catalogue import Catalogue
from layers.layer import Layer
from layers.store import Store
from maps.picture import Crossing, Hit, Office, Overlay, Part, Picture, Plan, Row
from service.checks.finding import Finding, ObjectFinding
from service.checks.run import Evidence
from service.figures import metres
from service.offices.decide import Decision, Reason
from service.plans.kinds import Vocabulary
from service.plans.plan import Plan as CheckedPlan
from service.report import words
from service.report.rows import Say, crossing_rows, extent, object_rows, plan_rows
from service.report.surroundings import backdrop, sheet, window
from service.report.trust import by_hand, trust

Json = Mapping[str, Any]


class Checked(Protocol):
    """What of a review a picture is made of (`service.review.Review`, which stands above)."""

    @property
    def plan(self) -> CheckedPlan: ...  # noqa: D102
    @property
    def evidence(self) -> Evidence: ...  # noqa: D102
    @property
    def decision(self) -> Decision: ...  # noqa: D102
    @property
    def catalogue(self) -> Catalogue: ...  # noqa: D102
    @property
    def document(self) -> Json: ...  # noqa: D102


NAMED = 6  # titles a note can carry
POSSIBLE = Text("möglich", "possible")


def picture(
    found: Checked,
    vocabulary: Vocabulary,
    language: str,
    *,
    store: Store | None = None,
) -> Picture:
    """Return what a map of the result shows, in `language` (``de`` or ``en``).

    `found` holds nothing its reader may not see. Without a `store` there is no backdrop.
    """

    def say(text: Text) -> str:
        return text.in_language(language)

    footprint = found.plan.geometry.footprint
    objects = [o for f in found.evidence.findings for o in f.objects]
    shown = window(footprint, (o.distance_m for o in objects))
    return Picture(
        title=found.plan.title,
        language=language,
        crs=found.catalogue.crs,
        plan=_plan(found, vocabulary, say),
        window=shown,
        overlays=tuple(_overlays(found, sheet(shown), say)),
        offices=tuple(_office(row, say) for row in found.document["offices"]),
        disclaimer=found.document["disclaimer"],
        backdrop=() if store is None else tuple(backdrop(found.catalogue, store, shown)),
        notes=tuple(_notes(found.document, say)),
        attribution=_attribution(found),
        provenance=_provenance(found.document, say),
    )


def _plan(found: Checked, vocabulary: Vocabulary, say: Say) -> Plan:
    geometry: Footprint = found.plan.geometry
    row = found.document["plan"]
    return Plan(
        title=found.plan.title,
        footprint=geometry.footprint,
        axis=geometry.axis if isinstance(geometry, Route) else None,
        points=geometry.points if isinstance(geometry, Sites) else None,
        parts=tuple(Part(p.role, p.name or "", p.geometry.footprint) for p in found.plan.parts),
        rows=plan_rows(row, found.plan.kind, vocabulary, say),
    )


@dataclass(frozen=True)
class _Voices:
    """Who has a say through a layer, and why; who may have where the matter is open."""

    reasons: Mapping[str, list[tuple[str, Reason]]]
    open: Mapping[str, list[str]]
    rests_on: Mapping[int, frozenset[str]]  # by the identity of a reason: its objects

    def offices(self, layer: str) -> tuple[str, ...]:
        """Return the codes of all of them, once each."""
        certain = [office for office, _ in self.reasons.get(layer, [])]
        return tuple(dict.fromkeys([*certain, *self.open.get(layer, [])]))

    def about(self, layer: str, thing: str) -> list[tuple[str, Reason]]:
        """Return offices and reasons that rest on one object."""
        return [(o, r) for o, r in self.reasons.get(layer, []) if thing in self.rests_on[id(r)]]


def _voices(found: Checked) -> _Voices:
    reasons: dict[str, list[tuple[str, Reason]]] = defaultdict(list)
    unsettled: dict[str, list[str]] = defaultdict(list)
    for involvement in found.decision.involvements:
        for reason in involvement.reasons:
            if reason.layer is not None:
                reasons[reason.layer].append((involvement.office, reason))
    for item in found.decision.unresolved:
        if item.layer is not None:
            unsettled[item.layer] += item.offices
    rests_on = {id(r): frozenset(r.objects) for told in reasons.values() for _, r in told}
    return _Voices(reasons, unsettled, rests_on)


def _overlays(found: Checked, cut: BaseGeometry, say: Say) -> Iterator[Overlay]:
    voices = _voices(found)
    route = isinstance(found.plan.geometry, Route)
    rows = {row["layer"]: row for row in found.document["findings"]}
    for finding in found.evidence.findings:
        layer, row = finding.layer, rows[finding.layer.code]
        shown = finding.placed
        yield Overlay(
            code=layer.code,
            title=say(layer.title),
            theme=layer.theme,
            outcome=row["outcome"],
            offices=voices.offices(layer.code),
            hits=tuple(_hits(finding, voices, cut, route=route, shown=shown, say=say)),
            uncovered=finding.uncovered,
            outcome_text=say(words.outcome(row)),
            figures=extent(row, say),
            reason=row["reason"] or by_hand(row, say),
            data_date=row["data_date"] or "",
            quality=trust(row, say),
            attribution=_credit(layer),
        )


def _hits(
    finding: Finding, voices: _Voices, cut: BaseGeometry, *, route: bool, shown: bool, say: Say
) -> Iterator[Hit]:
    for thing in finding.objects:
        mine = voices.about(finding.layer.code, thing.id)
        overlap = thing.overlap if shown and not thing.overlap.is_empty else None
        yield Hit(
            id=thing.id,
            title=thing.name,
            relation=thing.relation,
            geometry=_cut(thing, cut) if shown else None,
            overlap=overlap,
            offices=tuple(dict.fromkeys(office for office, _ in mine)),
            rows=object_rows(thing, route=route, shown=shown, say=say),
            basis=tuple(_grounds(mine, say)),
            crossings=tuple(_crossings(thing, say)) if shown else (),
            overlap_m2=thing.overlap_m2,
            share_of_plan=thing.share_of_plan,
            length_m=thing.length_m,
            distance_m=thing.distance_m,
        )


def _cut(thing: ObjectFinding, cut: BaseGeometry) -> BaseGeometry:
    """Return the object within the surroundings; whole where it lies beyond them."""
    inside = shapely.intersection(thing.geometry, cut)
    return thing.geometry if inside.is_empty else inside


def _grounds(mine: Iterable[tuple[str, Reason]], say: Say) -> Iterator[str]:
    """Yield a line for every rule, gravest first: basis, effect, who, and where it comes from."""
    by_rule: dict[str, tuple[Reason, list[str]]] = {}
    for office, reason in mine:
        by_rule.setdefault(reason.rule.code, (reason, []))[1].append(office)
    gravest_first = sorted(by_rule.values(), key=lambda r: (not r[0].certain, r[0].effect.weight))
    for reason, offices in gravest_first:
        effect = say(words.EFFECTS[reason.effect.value])
        aside = [", ".join(offices), say(words.ORIGINS[reason.rule.origin])]
        if not reason.certain:
            aside.append(say(POSSIBLE))
        yield f"{reason.rule.basis}: {effect} ({'; '.join(aside)})"


def _crossings(thing: ObjectFinding, say: Say) -> Iterator[Crossing]:
    for crossed in thing.crossings:
        at = crossed.crossing
        yield Crossing(at.point, at.at_m / 1000, at.angle_deg, crossing_rows(crossed, say))


def _office(row: Json, say: Say) -> Office:
    return Office(
        code=row["office"],
        name=row["name"],
        effect=say(words.EFFECTS[row["effect"]]),
        certainty="" if row["certainty"] == "certain" else say(POSSIBLE),
        reasons=tuple(f"{r['because']} ({r['basis']})" for r in row["reasons"]),
    )


def _notes(document: Json, say: Say) -> Iterator[str]:
    """Yield what must be read: warnings, repairs, what is open and what is withheld."""
    for warning in document["procedure_warnings"]:
        yield f"{say(words.PROCEDURE)} {warning['text']} ({warning['basis']})"
    for item in (*document["plan"]["repairs"], *document["plan"]["notices"]):
        yield plainly(item["text"])
    titles = {f["layer"]: f["title"] for f in document["findings"]}
    grouped: dict[str, list[str]] = defaultdict(list)
    for item in document["unresolved"]:
        grouped[item["reason"]].append(titles.get(item["layer"]) or ", ".join(item["rules"]))
    for reason, about in grouped.items():
        yield f"{_few(list(dict.fromkeys(about)), say)}: {plainly(reason)}"
    for office in document["withheld"]:
        yield f"{office['name']}: {office['text']}"


def _few(names: list[str], say: Say) -> str:
    more = len(names) - NAMED
    if more < 2:  # "and one more" would be no shorter than its name
        return ", ".join(names)
    rest = say(Text(f"und {more} weitere", f"and {more} more"))
    return f"{', '.join(names[:NAMED])} {rest}"


def _attribution(found: Checked) -> str:
    return "; ".join(dict.fromkeys(c for f in found.evidence.findings if (c := _credit(f.layer))))


def _credit(layer: Layer) -> str:
    return ", ".join(part for part in (layer.attribution, layer.licence) if part)


def _provenance(document: Json, say: Say) -> tuple[Row, ...]:
    plan, rests_on = document["plan"], document["provenance"]
    accuracy = metres(plan["transformation_accuracy_m"])
    rows = (
        (Text("Planung", "Plan"), rests_on["plan"]),
        (Text("Koordinatensystem der Planung", "CRS of the plan"), plan["source_crs"]),
        (
            Text("Genauigkeit der Umrechnung", "Accuracy of the transformation"),
            say(accuracy),
        ),
        (Text("Koordinatensystem der Prüfung", "CRS of the check"), rests_on["crs"]),
        (Text("Katalog", "Catalogue"), rests_on["catalogue"]),
        (Text("Regeln", "Rules"), rests_on["rules"]),
        (Text("Regeln in Kraft am", "Rules in force on"), rests_on["rules_as_of"] or ""),
        (
            Text("Programme", "Software"),
            f"Belang {rests_on['belang']}, GEOS {rests_on['geos']}, PROJ {rests_on['proj']}",
        ),
    )
    return tuple((say(label), text) for label, text in rows if text)
