"""The words a result is told in; what was not found is “no indication”, never “not affected”."""

from collections.abc import Mapping
from typing import Any

from gis.problem import Text

FINDINGS = Text("Ergebnis je Fachschicht", "Outcome by layer")
OFFICES = Text("Zu beteiligende Stellen", "Offices to be involved")
UNRESOLVED = Text("Offen – nicht abschließend prüfbar", "Open – could not be settled")
NEGATIVE = Text(
    "Kein Anhaltspunkt nach vorliegenden Daten (geprüfte Regeln):",
    "No indication in the data at hand (rules checked):",
)
NEGATIVE_REGISTER = Text(
    "Kein Eintrag im Verzeichnis (Schutz besteht auch ohne Eintrag):",
    "No entry in the register (protection does not depend on one):",
)
NO_INDICATION = Text(
    "Kein Anhaltspunkt nach vorliegenden Daten:", "No indication in the data at hand:"
)
NO_ENTRY = Text(
    "* kein Eintrag im Verzeichnis; der Schutz besteht unabhängig davon",
    "* no entry in the register; protection does not depend on one",
)
PROCEDURE = Text("Verfahren:", "Procedure:")
MUNICIPALITY_UNKNOWN = Text("Gemeinde nicht bestimmbar", "municipality unknown")
RULES = Text("Regeln", "Rules")
LAYERS = Text("Fachschichten", "Layers")

FINDING_COLUMNS = (
    (Text("Fachschicht", "Layer"), "left"),
    (Text("Ergebnis", "Outcome"), "left"),
    (Text("Objekte", "Objects"), "right"),
    (Text("Umfang / Anteil", "Extent / share"), "right"),
    (Text("Abstand", "Distance"), "right"),
    (Text("Stand", "Data of"), "left"),
)
RULE_COLUMNS = (
    Text("Regel", "Rule"),
    Text("Schicht", "Layer"),
    Text("Wenn", "When"),
    Text("Wirkung", "Effect"),
    Text("Stellen", "Offices"),
    Text("Grundlage", "Basis"),
    Text("Herkunft", "Origin"),
)
LAYER_COLUMNS = (
    Text("Code", "Code"),
    Text("Fachschicht", "Layer"),
    Text("Stelle", "Keeper"),
    Text("Sichtbarkeit", "Visibility"),
    Text("± m", "± m"),
    Text("Stand", "Data of"),
    Text("Daten", "Data"),
)
EFFECTS = {
    "prohibition": Text("Verbot, nur mit Ausnahme oder Befreiung", "prohibition"),
    "consent": Text("Zustimmung oder Genehmigung nötig", "consent needed"),
    "assessment": Text("Prüfung oder Gutachten nötig", "assessment needed"),
    "consideration": Text("Belang der Abwägung", "to be weighed"),
    "note": Text("Hinweis", "note"),
    "support": Text("spricht für die Planung", "speaks for the plan"),
}
ORIGINS = {
    "statute": Text("Gesetz", "statute"),
    "convention": Text("Leitfaden/Konvention", "convention"),
    "internal": Text("interne Festlegung", "internal"),
}
OUTCOMES = {
    "affected": Text("betroffen", "affected"),
    "borders": Text("grenzt an (Lagegenauigkeit)", "borders (positional accuracy)"),
    "clear": Text("kein Anhaltspunkt", "no indication"),
    "not_covered": Text("keine Daten", "no data"),
    "failed": Text("nicht prüfbar", "could not be checked"),
}
BY_HAND = Text("von Hand geprüft", "checked by hand")
TO_BE_DONE_BY_HAND = Text("von Hand zu prüfen", "to be checked by hand")
OVERDUE = Text("Überfällige Daten:", "Overdue data:")
RELATIONS = {
    "overlaps": Text("überlagert", "overlaps"),
    "borders": Text("grenzt an", "borders"),
    "near": Text("in der Nähe", "near"),
}


def outcome(finding: Mapping[str, Any]) -> Text:
    """Return the outcome in words; partly without data is said beside being affected."""
    text = OUTCOMES[finding["outcome"]]
    if finding["by_hand"] is not None:
        return Text(f"{text.de} ({BY_HAND.de})", f"{text.en} ({BY_HAND.en})")
    if finding["coverage"] == "manual":
        return TO_BE_DONE_BY_HAND
    if finding["outcome"] == "clear" and finding["register"] != "complete":
        return Text("kein Eintrag im Verzeichnis", "no entry in the register")
    if finding["outcome"] == "affected" and finding["uncovered_share"]:
        return Text(f"{text.de}, teils keine Daten", f"{text.en}, partly no data")
    return text
