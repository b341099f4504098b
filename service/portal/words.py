"""Words of the pages for what the code knows by names."""

from collections.abc import Mapping

from gis.problem import Text
from service.cases.state import State

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
TASKS: Mapping[str, Text] = {
    "open": Text("gefragt", "asked"),
    "seen": Text("gelesen", "read"),
    "working": Text("in Arbeit", "being written"),
    "cosigning": Text("in Mitzeichnung", "being co-signed"),
    "answered": Text("beantwortet", "answered"),
    "not_affected": Text("doch nicht betroffen", "not affected after all"),
    "no_answer": Text("ohne Antwort geschlossen", "closed without an answer"),
    "withdrawn": Text("zurückgezogen", "withdrawn"),
    "superseded": Text("durch neuen Planstand ersetzt", "replaced by a new draft"),
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
SOURCES: Mapping[str, Text] = {
    "own": Text("vom Fachamt", "by the office"),
    "mail": Text("per E-Mail", "by mail"),
    "letter": Text("per Brief", "by letter"),
    "link": Text("per Antwortlink", "by link"),
    "docx": Text("aus Dokument", "from a document"),
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
