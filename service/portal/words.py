"""Words of the pages for what the code knows by names."""

from collections.abc import Mapping

from gis.problem import Text
from service.cases.state import State
from service.cases.tasks.state import TaskState

STATES: Mapping[str, Text] = {
    State.RECEIVED: Text("eingegangen", "received"),
    State.ASKING: Text("Rückfrage offen", "question open"),
    State.CHECKING: Text("wird geprüft", "being checked"),
    State.READY: Text("geprüft", "checked"),
    State.WITH_OFFICES: Text("bei den Fachämtern", "with the offices"),
    State.SUPPLEMENT_DUE: Text("Nachforderung offen", "supplement due"),
    State.CONSOLIDATING: Text("wird zusammengeführt", "being consolidated"),
    State.COSIGNING: Text("in Mitzeichnung", "being co-signed"),
    State.SENT: Text("versandt", "sent"),
    State.RESULT_RECEIVED: Text("Ergebnis liegt vor", "result received"),
    State.RESTING: Text("ruht", "resting"),
    State.WITHDRAWN: Text("zurückgezogen", "withdrawn"),
    State.CLOSED: Text("abgeschlossen", "closed"),
    State.ARCHIVED: Text("archiviert", "archived"),
}
CERTAINTIES: Mapping[str, Text] = {
    "certain": Text("sicher betroffen", "certainly affected"),
    "possible": Text("möglicherweise betroffen", "possibly affected"),
    "open": Text("nicht abschließend prüfbar", "could not be settled"),
    "claimed": Text("hat sich selbst gemeldet", "has come forward itself"),
}
EFFECTS: Mapping[str, Text] = {
    "prohibition": Text("Verbot", "prohibition"),
    "consent": Text("Zustimmung nötig", "needs consent"),
    "assessment": Text("Prüfung nötig", "needs assessment"),
    "consideration": Text("Abwägung", "to be weighed"),
    "note": Text("Hinweis", "note"),
    "support": Text("Unterstützung", "support"),
}
DECISIONS: Mapping[str, Text] = {
    "involve": Text("beteiligen", "to be asked"),
    "add": Text("hinzugenommen", "added"),
    "drop": Text("nicht beteiligt", "left out"),
    "hint": Text("nur Hinweis", "only named"),
    "carry": Text("frühere Antwort gilt weiter", "earlier answer stands"),
}
KINDS: Mapping[str, Text] = {
    "keine_bedenken": Text("keine Bedenken", "no objections"),
    "fehlanzeige": Text("Fehlanzeige", "nothing to report"),
    "einwendung": Text("Einwendung (bindendes Recht)", "objection (binding law)"),
    "bedenken": Text("Bedenken", "concern"),
    "forderung": Text("Forderung, Auflage", "demand, condition"),
    "hinweis": Text("Hinweis", "note"),
    "anregung": Text("Anregung", "suggestion"),
    "eigene_planung": Text("eigene Planung", "own plan"),
}
EDITIONS: Mapping[str, Text] = {
    "outward": Text("äußere Ausfertigung", "outward edition"),
    "inner": Text("innere Ausfertigung", "inner edition"),
}
# Files of a statement, in the order they are looked for.
FORMS: Mapping[str, Text] = {
    "pdf": Text("Stellungnahme (PDF)", "Statement (PDF)"),
    "docx": Text("Stellungnahme zum Bearbeiten (DOCX)", "Statement to edit (DOCX)"),
    "html": Text("Stellungnahme als Seite (HTML)", "Statement as a page (HTML)"),
    "map": Text("Karte (HTML)", "Map (HTML)"),
    "weighing-docx": Text("Abwägungstabelle (DOCX)", "Table for the weighing (DOCX)"),
    "weighing-xlsx": Text("Abwägungstabelle (XLSX)", "Table for the weighing (XLSX)"),
    "json": Text("Daten (JSON)", "Data (JSON)"),
    "geopackage": Text("Geometrien (GeoPackage)", "Geometries (GeoPackage)"),
    "package": Text("alles in einem Paket (ZIP)", "everything in one package (ZIP)"),
    "package-signed": Text(
        "Paket mit unterschriebener Fassung (ZIP)", "package with the signed copy (ZIP)"
    ),
}
SOURCES: Mapping[str, Text] = {
    "own": Text("vom Fachamt", "by the office"),
    "mail": Text("per E-Mail", "by mail"),
    "letter": Text("per Brief", "by letter"),
    "link": Text("per Antwortlink", "by link"),
    "docx": Text("aus Dokument", "from a document"),
}
TASKS: Mapping[str, Text] = {
    TaskState.OPEN: Text("neu", "new"),
    TaskState.SEEN: Text("gelesen", "read"),
    TaskState.WORKING: Text("in Arbeit", "being written"),
    TaskState.COSIGNING: Text("in Mitzeichnung", "being signed"),
    TaskState.ANSWERED: Text("beantwortet", "answered"),
    TaskState.NOT_AFFECTED: Text("doch nicht betroffen", "not affected after all"),
    TaskState.NO_ANSWER: Text("ohne Antwort abgeschlossen", "closed without an answer"),
    TaskState.WITHDRAWN: Text("nicht mehr beteiligt", "no longer asked"),
    TaskState.SUPERSEDED: Text("durch neuen Planstand abgelöst", "replaced by a new draft"),
}
WHY_NOT: Mapping[str, Text] = {
    "outside_competence": Text("nicht unsere Zuständigkeit", "outside our competence"),
    "threshold_too_low": Text("Schwelle der Regel zu niedrig", "threshold of the rule too low"),
    "data_outdated": Text("Fachdaten veraltet", "data out of date"),
    "object_gone": Text("Objekt besteht nicht mehr", "object is gone"),
    "plan_unsuitable": Text("Regel passt nicht zur Planart", "rule does not suit this kind"),
    "covered_by_other_office": Text("anderes Amt antwortet dazu", "another office answers it"),
    "other": Text("anderer Grund", "another reason"),
}
EXCEPTIONS: Mapping[str, Text] = {
    "held_out": Text("in Aussicht gestellt", "held out"),
    "excluded": Text("ausgeschlossen", "excluded"),
    "open": Text("offen", "open"),
}
BINDINGS: Mapping[str, Text] = {
    "law": Text("zwingendes Recht, nicht abwägbar", "binding law, cannot be weighed"),
    "weighing": Text("Belang der Abwägung", "to be weighed"),
}
TOPICS: Mapping[str, Text] = {
    "economy": Text("Wirtschaft", "economy"),
    "kek": Text("Kreisentwicklungskonzept", "development concept"),
    "climate": Text("Klima", "climate"),
    "broadband": Text("Breitband", "broadband"),
    "tourism": Text("Tourismus", "tourism"),
    "own_plans": Text("eigene Planungen", "own plans"),
    "planning": Text("Planung", "planning"),
}
STANCES: Mapping[str, Text] = {
    "supports": Text("dient dem Konzept", "supports the concept"),
    "neutral": Text("weder noch", "neither"),
    "conflicts": Text("widerspricht dem Konzept", "conflicts with the concept"),
}
SUPPLEMENTS: Mapping[str, Text] = {
    "asked": Text("liegt bei der Koordination", "with the coordinator"),
    "forwarded": Text("beim Planungsträger", "with the planner"),
    "answered": Text("beantwortet", "answered"),
    "refused": Text("nicht weitergegeben", "not sent on"),
    "withdrawn": Text("zurückgezogen", "withdrawn"),
}
CONTRIBUTIONS: Mapping[str, Text] = {
    "draft": Text("Entwurf", "draft"),
    "circulating": Text("in Mitzeichnung", "being signed"),
    "released": Text("freigegeben", "released"),
    "superseded": Text("ersetzt", "replaced"),
}
DOCUMENTS: Mapping[str, Text] = {
    "plan": Text("Planzeichnung", "plan drawing"),
    "report": Text("Gutachten, Begründung", "report"),
    "letter": Text("Schreiben", "letter"),
    "raster": Text("Scan auf der Karte", "scan on the map"),
    "xplan": Text("XPlanung", "XPlanung"),
    "other": Text("Sonstiges", "other"),
}
RESULTS: Mapping[str, Text] = {
    "followed": Text("gefolgt", "followed"),
    "partly": Text("teilweise gefolgt", "followed in part"),
    "rejected": Text("nicht gefolgt", "not followed"),
    "noted": Text("zur Kenntnis genommen", "noted"),
}
STATEMENTS: Mapping[str, Text] = {
    "draft": Text("Entwurf", "draft"),
    "cosigning": Text("in Mitzeichnung", "being co-signed"),
    "approved": Text("freigegeben", "approved"),
    "sent": Text("versandt", "sent"),
}
STATEMENT_KINDS: Mapping[str, Text] = {
    "statement": Text("Stellungnahme", "statement"),
    "supplement": Text("Nachtrag", "supplement"),
    "correction": Text("Berichtigung", "correction"),
}
SIGNATURES: Mapping[str, Text] = {
    "waiting": Text("folgt", "to follow"),
    "asked": Text("erbeten", "asked for"),
    "signed": Text("gezeichnet", "signed"),
    "returned": Text("zurückgegeben", "given back"),
    "void": Text("hinfällig", "void"),
}
WAYS: Mapping[str, Text] = {
    "mail": Text("E-Mail", "mail"),
    "post": Text("Post", "post"),
    "portal": Text("Beteiligungsportal", "portal"),
    "bebpo": Text("beBPo", "beBPo"),
    "fax": Text("Fax", "fax"),
    "hand": Text("persönlich", "by hand"),
}
