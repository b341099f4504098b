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
