"""Why a harvest is refused: what the source did, in one sentence, and what to do next."""

from gis.problem import Problem, Refusal, Text

TRUNCATED = frozenset({"xml-malformed", "json-malformed", "file-empty"})
TEXTS: dict[str, Text] = {
    "source-attribute": Text(
        "Ein Attribut, das der Katalog nennt, kommt in den Daten der Quelle nicht vor",
        "The data of the source lacks an attribute that the catalogue names",
    ),
    "source-axes": Text(
        "Die Koordinaten der Quelle sind vertauscht (Hoch- und Rechtswert); bitte axes im Katalog "
        "prüfen",
        "The coordinates of the source stand the wrong way round; check axes in the catalogue",
    ),
    "source-busy": Text(
        "Die Quelle ist überlastet oder gesperrt und blieb es; bitte später erneut versuchen",
        "The source is overloaded or blocked and stayed so; try again later",
    ),
    "source-changed": Text(
        "Die Daten der Quelle haben sich während des Abrufs geändert; bitte erneut abrufen",
        "The data of the source changed while it was fetched; fetch it again",
    ),
    "source-checksum": Text(
        "Die Datei hat eine andere Prüfsumme als im Katalog; bitte die Herkunft prüfen",
        "The file has another checksum than the catalogue says; check where it comes from",
    ),
    "source-content": Text(
        "Die Quelle antwortet mit etwas anderem als den verlangten Daten",
        "The source answers with something else than the data asked for",
    ),
    "source-crs": Text(
        "Die Quelle liefert ein anderes Koordinatensystem als verlangt",
        "The source delivers another coordinate reference system than was asked for",
    ),
    "source-database": Text(
        "Die Datenbank hat die Abfrage nicht beantwortet",
        "The database did not answer the query",
    ),
    "source-exception": Text("Die Quelle meldet einen Fehler", "The source reports an error"),
    "source-filter": Text(
        "Der Filter ist kein CQL2; bitte where im Katalog prüfen",
        "The filter is not CQL2; check where in the catalogue",
    ),
    "source-html": Text(
        "Die Quelle antwortet mit einer Webseite statt mit Daten (Wartung, Anmeldung?)",
        "The source answers with a web page instead of data (maintenance, a login?)",
    ),
    "source-incomplete": Text(
        "Der Abruf ist nicht beweisbar vollständig", "The harvest cannot be proven complete"
    ),
    "source-layer": Text(
        "Die Quelle bietet die genannte Ebene nicht an; bitte layer im Katalog prüfen",
        "The source does not offer the layer named; check layer in the catalogue",
    ),
    "source-link": Text(
        "Die Quelle verweist auf eine andere Adresse oder im Kreis",
        "The source points to another address, or in a circle",
    ),
    "source-place": Text(
        "Die Daten der Quelle liegen nicht dort, wo sie liegen sollten",
        "The data of the source does not lie where it should",
    ),
    "source-repeats": Text(
        "Die Quelle liefert dieselben Objekte mehrfach, also andere nicht",
        "The source delivers the same objects twice, hence not others",
    ),
    "source-slow": Text(
        "Die Quelle antwortet zu langsam oder gar nicht; bitte später erneut versuchen",
        "The source answers too slowly or not at all; try again later",
    ),
    "source-status": Text(
        "Die Quelle lehnt die Anfrage ab; bitte Adresse und Zugang prüfen",
        "The source rejects the request; check the address and the access",
    ),
    "source-too-large": Text(
        "Die Antwort der Quelle ist größer als erlaubt", "The answer is larger than allowed"
    ),
    "source-truncated": Text(
        "Die Antwort der Quelle bricht mitten in den Daten ab",
        "The answer of the source breaks off in the middle of the data",
    ),
    "source-unreachable": Text(
        "Die Quelle ist nicht erreichbar; bitte Adresse und Netz prüfen",
        "The source cannot be reached; check the address and the network",
    ),
}


def refuse(code: str, detail: str | Text = "") -> Refusal:
    """Return the refusal for `code`; `detail` is what the source said or what was counted."""
    text = TEXTS[code]
    more = detail if isinstance(detail, Text) else Text(detail, detail)
    return Refusal(code, Text(_with(text.de, more.de), _with(text.en, more.en)))


def _with(sentence: str, detail: str) -> str:
    shown = " ".join(detail.split())[:300]
    return f"{sentence}: {shown}" if shown else f"{sentence}."


def translated(problem: Problem) -> Problem:
    """Return what is wrong with an answer in the words of a harvest."""
    if problem.code == "service-exception":
        return refuse("source-exception")
    code = "source-truncated" if problem.code in TRUNCATED else "source-content"
    return refuse(code, problem.text)
