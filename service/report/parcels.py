"""What the report says of the parcels a plan takes ground of: how they are called and how much.

Of an object's attributes only its names are taken: whose a parcel is never reaches a report.
"""

from typing import Any

from gis.problem import Text
from gis.relation import Relation
from layers.catalogue import Catalogue
from layers.parcel import Parcels, parcel_from
from service.checks.finding import Finding, ObjectFinding, Outcome
from service.checks.run import Evidence
from service.report.language import Language
from service.report.rounded import share, square_metres

Json = dict[str, Any]
MOST = 2_000
UNANSWERED = (Outcome.FAILED, Outcome.NOT_COVERED)


def parcel_section(evidence: Evidence, catalogue: Catalogue, say: Language) -> Json | None:
    """Return the parcels the plan overlaps; None where the catalogue names no layer of them, or
    the reader may not see it.

    The list is null, never empty, where it is not known; beside a list a reason says that more
    may be missing. What only borders is counted, and stands among the findings.
    """
    named = catalogue.parcels
    if named is None:
        return None
    finding = next((f for f in evidence.findings if f.layer.code == named.layer), None)
    if finding is None:
        return None
    touched = [o for o in finding.objects if o.relation is Relation.OVERLAPS]
    bordering = sum(o.relation is Relation.BORDERS for o in finding.objects)
    why = finding.reason
    if finding.outcome in UNANSWERED:
        return _section(finding, (None, None), None, say(why))
    if bordering and not touched:
        return _section(finding, (0, bordering), None, say(ONLY_BORDERS))
    if len(touched) > MOST:
        return _section(finding, (len(touched), bordering), None, say(_too_many(len(touched))))
    rows = sorted((_parcel(o, named) for o in touched), key=lambda row: str(row["key"]))
    return _section(finding, (len(rows), bordering), rows, say(why))


ONLY_BORDERS = Text(
    "Flurstücke grenzen nur innerhalb der Lagegenauigkeit an; ob eines in Anspruch genommen wird, "
    "ist damit offen.",
    "Parcels only border within the positional accuracy; whether one is taken ground of is open.",
)


def _section(
    finding: Finding,
    counts: tuple[int | None, int | None],
    rows: list[Json] | None,
    reason: str | None,
) -> Json:
    count, bordering = counts
    return {
        "layer": finding.layer.code,
        "count": count,
        "bordering": bordering,
        "touched": rows,
        "reason": reason,
    }


def _parcel(thing: ObjectFinding, named: Parcels) -> Json:
    parcel = parcel_from(thing.id, thing.attributes, named)
    return {
        "gemarkung": parcel.gemarkung,
        "flur": parcel.flur,
        "number": parcel.number,
        "key": parcel.key,
        "overlap_m2": square_metres(thing.overlap_m2),
        "share_of_parcel": share(thing.share_of_object),
    }


def _too_many(count: int) -> Text:
    return Text(
        f"Die Planung berührt {count} Flurstücke; einzeln aufgeführt werden bis zu {MOST}.",
        f"The plan touches {count} parcels; up to {MOST} are listed one by one.",
    )
