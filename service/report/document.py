"""The report as plain data: findings, offices, what is open, and where it all came from.

Described by `schema.json`. Nothing in it depends on the clock or the machine, so the same inputs
give the same bytes.
"""

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from gis.problem import Text
from layers.catalogue import Catalogue
from service.checks.run import Evidence
from service.offices.decide import Decision
from service.report.findings import finding_section
from service.report.language import Language, language_of
from service.report.offices import office_sections
from service.report.parcels import parcel_section
from service.report.plan import plan_section
from service.report.provenance import provenance

DISCLAIMER = Text(
    "Unverbindliche Vorprüfung, keine Zusicherung (§ 38 VwVfG). Kein Treffer heißt: kein "
    "Anhaltspunkt nach vorliegenden Daten.",
    "Non-binding preliminary check, no assurance (§ 38 VwVfG). No hit means: no indication in the "
    "data at hand.",
)
WITHHELD = Text(
    "Daten mit beschränktem Zugang prüft diese Stelle selbst; ob sie betroffen ist, sagt dieser "
    "Bericht nicht abschließend.",
    "This office examines data with restricted access itself; whether it is affected is not "
    "settled by this report.",
)

Json = dict[str, Any]


@cache
def schema() -> Mapping[str, Any]:
    """Return the published JSON Schema of a report."""
    content = resources.files(__package__).joinpath("schema.json").read_text(encoding="utf-8")
    return dict(json.loads(content))


def report(
    evidence: Evidence,
    decision: Decision,
    catalogue: Catalogue,
    *,
    withheld: tuple[str, ...] = (),
    language: str = "de",
    as_of: str | None = None,
) -> Json:
    """Return the report on a checked plan; texts in `language` (``de`` or ``en``).

    `evidence` and `decision` are already reduced to what the reader may see; `withheld` are the
    offices on which that leaves the report without a last word.
    """
    say = language_of(catalogue, language)
    return {
        "plan": plan_section(evidence, say),
        "findings": [finding_section(f, say) for f in evidence.findings],
        "parcels": parcel_section(evidence, catalogue, say),
        **office_sections(decision, say),
        "withheld": [_withheld(office, say) for office in withheld],
        "disclaimer": say(DISCLAIMER),
        "provenance": provenance(evidence, catalogue, as_of),
    }


def _withheld(office: str, say: Language) -> Json:
    return {"office": office, "name": say.name(office), "text": say(WITHHELD)}


def resolved(document: Mapping[str, Any]) -> bool:
    """Tell whether nothing in a report is left open."""
    return not document["unresolved"]
