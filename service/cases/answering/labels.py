"""What a kind of item is called, which depends on the procedure. Pure."""

from collections.abc import Mapping

from gis.problem import Text
from service.cases.parties import MUNICIPAL

KINDS = (
    "einwendung", "bedenken", "forderung", "hinweis", "anregung", "eigene_planung",
    "keine_bedenken", "fehlanzeige",
)  # fmt: skip
ALONE = frozenset({"keine_bedenken", "fehlanzeige"})  # goes with no demand beside it
DEMANDS = frozenset({"einwendung", "bedenken", "forderung"})
PERMITS = frozenset({"baugenehmigung", "bimschg", "tkg-127", "bergrecht", "par6"})
APPROVALS = frozenset({"planfeststellung", "plangenehmigung"})
PREPARATORY = "flaechennutzungsplan"

PLAIN: Mapping[str, Text] = {
    "einwendung": Text("Einwendung", "objection"),
    "bedenken": Text("Bedenken", "concern"),
    "forderung": Text("Forderung", "demand"),
    "hinweis": Text("Hinweis", "note"),
    "anregung": Text("Anregung", "suggestion"),
    "eigene_planung": Text("Eigene Planung", "own plan"),
    "keine_bedenken": Text("Keine Bedenken", "no objections"),
    "fehlanzeige": Text("Fehlanzeige", "nothing to report"),
}
PLANNING = {"forderung": Text("Forderung / Festsetzungsvorschlag", "demand / proposed provision")}
PERMIT = {"forderung": Text("Nebenbestimmung", "ancillary condition")}
APPROVAL = {
    "einwendung": Text(
        "Stellungnahme: zwingende fachgesetzliche Anforderung",
        "statement: binding requirement of special law",
    ),
    "forderung": Text("Stellungnahme: Forderung", "statement: demand"),
}
AFFECTED = Text("Einwendung als Betroffener", "objection as an affected party")
PAR_7 = Text("Widerspruch, § 7 BauGB", "objection under § 7 BauGB")


def label(
    kind: str, procedure: str | None, plan_kind: str = "", *, own_rights: bool = False
) -> Text:
    """Return what an item is called in the statement.

    In a plan approval what an authority says is its statement; an objection is what the district
    raises as an affected party (§ 73 (2) VwVfG). Against a preparatory land-use plan a public body
    with plans of its own objects under § 7 BauGB.
    """
    if own_rights and kind in DEMANDS:
        if plan_kind == PREPARATORY:
            return PAR_7
        if procedure in APPROVALS:
            return AFFECTED
    return _of_procedure(procedure).get(kind, PLAIN[kind])


def numbered(office: str, number: int) -> str:
    """Return how an item is called across all drafts: UNB-3."""
    return f"{office}-{number}"


def _of_procedure(procedure: str | None) -> Mapping[str, Text]:
    if procedure in APPROVALS:
        return APPROVAL
    if procedure in PERMITS:
        return PERMIT
    return PLANNING if procedure is None or procedure in MUNICIPAL else {}
