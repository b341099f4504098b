"""What the kinds of points are called, which differs by procedure, and in which order they stand.

In Bauleitplanung a demand asks for a Festsetzung, in a permit it becomes a Nebenbestimmung. In a
Planfeststellung the authority's statement stands apart from what the district objects to in its own
rights (Einwendung).
"""

from enum import Enum

from gis.problem import Text
from service.statements.content import Kind, Verdict


class Family(Enum):
    """Procedures that share their labels."""

    PLANNING = "planning"
    PERMIT = "permit"
    APPROVAL = "approval"
    REGIONAL = "regional"


PERMITS = frozenset({"bimschg", "baugenehmigung", "bergrecht", "fstrg-9", "tkg-127", "tkg-127-4"})
APPROVALS = frozenset({"planfeststellung", "plangenehmigung", "uvp", "uvp-scoping"})
REGIONAL = frozenset({"rvp", "raumordnungsplan"})

# The order of the statement: what binds first.
ORDER: tuple[Kind, ...] = (
    "einwendung",
    "bedenken",
    "forderung",
    "hinweis",
    "anregung",
    "eigene_planung",
    "keine_bedenken",
    "fehlanzeige",
)
EMPTY = frozenset({"keine_bedenken", "fehlanzeige"})  # answers without a point to weigh

SINGULAR: dict[Kind, Text] = {
    "einwendung": Text("Einwendung mit rechtlicher Verbindlichkeit", "Legally binding objection"),
    "bedenken": Text("Bedenken", "Concern"),
    "forderung": Text("Forderung", "Demand"),
    "hinweis": Text("Hinweis", "Note"),
    "anregung": Text("Anregung", "Suggestion"),
    "eigene_planung": Text("Eigene Planung oder Maßnahme", "Own plan or measure"),
    "keine_bedenken": Text("Keine Bedenken", "No objection"),
    "fehlanzeige": Text("Fehlanzeige", "Nothing to report"),
}
PLURAL: dict[Kind, Text] = {
    "einwendung": Text(
        "Einwendungen mit rechtlicher Verbindlichkeit", "Legally binding objections"
    ),
    "bedenken": Text("Bedenken", "Concerns"),
    "forderung": Text("Forderungen", "Demands"),
    "hinweis": Text("Hinweise", "Notes"),
    "anregung": Text("Anregungen", "Suggestions"),
    "eigene_planung": Text("Eigene Planungen und Maßnahmen", "Own plans and measures"),
    "keine_bedenken": Text("Keine Bedenken", "No objection"),
    "fehlanzeige": Text("Fehlanzeige", "Nothing to report"),
}
DEMAND: dict[Family, tuple[Text, Text]] = {
    Family.PLANNING: (
        Text("Forderung oder Festsetzungsvorschlag", "Demand or proposed designation"),
        Text("Forderungen und Festsetzungsvorschläge", "Demands and proposed designations"),
    ),
    Family.PERMIT: (
        Text("Nebenbestimmung", "Ancillary provision"),
        Text("Nebenbestimmungen", "Ancillary provisions"),
    ),
    Family.APPROVAL: (Text("Auflage", "Condition"), Text("Auflagen", "Conditions")),
    Family.REGIONAL: (Text("Forderung", "Demand"), Text("Forderungen", "Demands")),
}
BINDING_IN_APPROVAL = (
    Text("Zwingendes Recht", "Mandatory law"),
    Text("Zwingendes Recht", "Mandatory law"),
)
VERDICTS: dict[Verdict, Text] = {
    "rejection": Text("Ablehnung", "Rejection"),
    "concerns": Text("Bedenken", "Concerns"),
    "conditions": Text("Zustimmung mit Forderungen", "Consent with demands"),
    "notes": Text("Zustimmung mit Hinweisen", "Consent with notes"),
    "consent": Text("Keine Bedenken", "No objection"),
    "reserved": Text("Beurteilung vorbehalten", "Assessment reserved"),
}


def family(procedure: str | None) -> Family:
    """Return the family of a procedure; what nobody foresaw is taken for Bauleitplanung."""
    if procedure in PERMITS:
        return Family.PERMIT
    if procedure in APPROVALS:
        return Family.APPROVAL
    return Family.REGIONAL if procedure in REGIONAL else Family.PLANNING


def label(kind: Kind, procedure: str | None, *, many: bool = False) -> Text:
    """Return what points of a kind are called in a procedure."""
    which = family(procedure)
    if kind == "forderung":
        return DEMAND[which][many]
    if kind == "einwendung" and which is Family.APPROVAL:
        return BINDING_IN_APPROVAL[many]
    return (PLURAL if many else SINGULAR)[kind]
