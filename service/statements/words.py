"""The words of the statement itself, German and English."""

from gis.problem import Text

WORDS = {
    "title": Text(
        "Stellungnahme des Landkreises als Träger öffentlicher Belange",
        "Statement of the district as a public agency",
    ),
    "supplement": Text("Ergänzung zur Stellungnahme", "Supplement to the statement"),
    "inner": Text(
        "Innere Ausfertigung – nur für den Dienstgebrauch", "Inner copy – official use only"
    ),
    "draft_of": Text("Fassung", "Version"),
    "your_reference": Text("Ihr Zeichen", "Your reference"),
    "our_reference": Text("Unser Zeichen", "Our reference"),
    "contact": Text("E-Mail", "E-mail"),
    "phone": Text("Telefon", "Phone"),
    "website": Text("Internet", "Website"),
    "date": Text("Datum", "Date"),
    "salutation": Text("Sehr geehrte Damen und Herren,", "Dear Sir or Madam,"),
    "asked": Text(
        "mit Schreiben vom {asked} haben Sie den Landkreis an der genannten Planung beteiligt. Diese "
        "Stellungnahme fasst die Äußerungen der betroffenen Ämter des Landratsamtes zusammen.",
        "by letter of {asked} you asked the district about this plan. This statement brings together "
        "what the affected offices of the district authority have to say.",
    ),
    "asked_undated": Text(
        "Sie haben den Landkreis an der genannten Planung beteiligt. Diese Stellungnahme fasst die "
        "Äußerungen der betroffenen Ämter des Landratsamtes zusammen.",
        "you asked the district about this plan. This statement brings together what the affected "
        "offices of the district authority have to say.",
    ),
    "one_voice": Text(
        "Sie ist die inhaltlich einheitliche Stellungnahme nach § 73a Abs. 3 VwVfG.",
        "It is the consistent statement under § 73a (3) VwVfG.",
    ),
    "own_words": Text(
        "Die Punkte stehen in den Worten der Ämter; ihre Nummern bleiben über alle Entwürfe gleich.",
        "The points are in the offices' own words (German); their numbers stay through all drafts.",
    ),
    "basics": Text("Grundlagen", "What it is based on"),
    "plan": Text("Planung", "Plan"),
    "kind": Text("Art", "Kind"),
    "plan_state": Text("Planstand", "State of the plan"),
    "procedure": Text("Verfahren", "Procedure"),
    "municipality": Text("Gemeinde", "Municipality"),
    "received_on": Text("Eingang", "Received"),
    "period_end": Text("Fristende", "End of the period"),
    "documents": Text("Vorgelegte Unterlagen", "Documents received"),
    "document": Text("Unterlage", "Document"),
    "dated": Text("Stand", "Dated"),
    "checksum": Text("Prüfsumme (SHA-256)", "Checksum (SHA-256)"),
    "assessment": Text("Gesamtbeurteilung", "Overall assessment"),
    "result": Text("Ergebnis", "Result"),
    "objection": Text("Widerspruch nach § 7 BauGB", "Objection under § 7 BauGB"),
    "voices": Text("Äußerungen der Ämter", "What the offices say"),
    "reference": Text("Aktenzeichen", "Reference"),
    "ask": Text("Auskunft", "Contact"),
    "of": Text("vom", "of"),
    "basis": Text("Rechtsgrundlage", "Legal basis"),
    "binding": Text("Verbindlichkeit", "Binding force"),
    "law": Text(
        "zwingendes Recht, in der Abwägung nicht überwindbar",
        "mandatory law, not to be overcome by weighing",
    ),
    "weighing": Text("Belang der Abwägung", "to be weighed"),
    "overcome": Text("Überwindung", "How to overcome it"),
    "held_out": Text("Ausnahme oder Befreiung in Aussicht gestellt", "exception held out"),
    "excluded": Text("keine Ausnahme oder Befreiung möglich", "no exception possible"),
    "open": Text("Ausnahme oder Befreiung noch offen", "exception still open"),
    "decided_by": Text("zuständig", "decided by"),
    "by_step": Text("durch", "by"),
    "planned_for": Text("Zeitliche Abwicklung", "Timing"),
    "same_as": Text("Gleiches Anliegen", "Same matter"),
    "attachment": Text("Anlage", "Attachment"),
    "internal": Text("Innerdienstlicher Vermerk", "Internal note"),
    "released": Text("Freigegebener Satz", "Released sentence"),
    "restricted": Text("Beschränkter Zugang", "Restricted access"),
    "kek": Text("Kreisentwicklungskonzept", "Development concept"),
    "supports": Text("unterstützt", "supports"),
    "neutral": Text("neutral", "neutral"),
    "conflicts": Text("widerspricht", "conflicts"),
    "priority": Text("Priorität", "priority"),
    "own_rights": Text(
        "Einwendung des Landkreises als Betroffener", "Objection of the district in its own rights"
    ),
    "own_rights_text": Text(
        "Die folgenden Einwendungen erhebt der Landkreis in eigenen Rechten, unabhängig von seiner "
        "Stellungnahme als Behörde.",
        "The district raises the following objections in its own rights, apart from its statement as "
        "an authority.",
    ),
    "agreed": Text(
        "Abstimmung innerhalb des Landratsamtes", "Agreed within the district authority"
    ),
    "agreed_head": Text("Punkte", "Points"),
    "agreed_text": Text("Ergebnis der Abstimmung", "What was agreed"),
    "others": Text("Weitere Stellen", "Other offices"),
    "no_objection": Text("Beteiligt, keine Bedenken", "Asked, no objections"),
    "not_concerned": Text("Im Ergebnis nicht betroffen", "Not affected after all"),
    "no_answer": Text("Beteiligt, keine Antwort", "Asked, no answer"),
    "no_answer_note": Text(
        "Von diesen Stellen liegt keine Äußerung vor. Das ist keine Zustimmung: Ihre Belange sind "
        "nicht beurteilt.",
        "Nothing has come from these offices. That is no consent: their concerns are not assessed.",
    ),
    "not_affected": Text("Nicht beteiligt, da nicht betroffen", "Not asked since not affected"),
    "not_affected_note": Text(
        "Geprüft wurde anhand des Genannten; nach vorliegenden Daten gibt es keinen Anhaltspunkt für "
        "eine Betroffenheit.",
        "Checked by what is named; the data at hand give no indication that they are affected.",
    ),
    "office": Text("Stelle", "Office"),
    "looked_at": Text("Geprüft anhand von", "Checked by"),
    "remark": Text("Bemerkung", "Remark"),
    "withheld": Text("Ohne abschließende Aussage", "Without a last word"),
    "outside": Text("Nicht vom Landkreis beteiligt", "Not asked by the district"),
    "outside_note": Text(
        "Diese Stellen gehören nicht zum Landratsamt. Ob sie beteiligt werden, entscheidet, wer das "
        "Verfahren führt; nach den Befunden liegt es nahe.",
        "These bodies are no part of the district authority. Whoever runs the procedure decides "
        "whether to ask them; the findings suggest it.",
    ),
    "body": Text("Stelle", "Body"),
    "because": Text("Anlass", "Occasion"),
    "by_hand": Text("Hinweis der Koordination", "Hint of the coordinator"),
    "unsettled": Text("Offene Punkte und Vorbehalte", "Open points and reservations"),
    "unresolved": Text("Nicht abschließend geprüft", "Not checked conclusively"),
    "matter": Text("Gegenstand", "Matter"),
    "why": Text("Grund", "Reason"),
    "offices": Text("Stellen", "Offices"),
    "warnings": Text("Hinweise zum Verfahren", "Notes on the procedure"),
    "missing": Text("Fehlende Unterlagen", "Missing documents"),
    "missing_item": Text("Nachgefordert", "Asked for"),
    "until": Text("bis", "until"),
    "gaps": Text("Was nachgereicht wird", "What will follow"),
    "gap": Text("Lücke", "Gap"),
    "follows": Text("Es folgt", "Follows"),
    "corrections": Text(
        "Änderungen gegenüber der vorigen Fassung", "Changes since the last version"
    ),
    "committee": Text("Beschluss", "Decision"),
    "decided": Text(
        "Die Stellungnahme beruht auf dem Beschluss {number} ({name}, {sitting}).",
        "The statement rests on decision {number} ({name}, {sitting}).",
    ),
    "urgent": Text(
        "Die Stellungnahme beruht auf der Eilentscheidung {number} für {name} vom {sitting}.",
        "The statement rests on the urgent decision {number} in place of {name} of {sitting}.",
    ),
    "regards": Text("Mit freundlichen Grüßen", "Yours faithfully"),
    "seal": Text("Dienstsiegel", "Official seal"),
    "copies": Text("Mehrausfertigungen", "Copies"),
    "annexes": Text("Anlagen", "Annexes"),
    "annex": Text("Anlage", "Annex"),
    "maps": Text("Karten", "Maps"),
    "overview": Text("Übersichtskarte", "Overview map"),
    "theme_map": Text("Karte", "Map"),
    "findings": Text("Befunde der Prüfung", "Findings of the check"),
    "layer": Text("Fachschicht", "Layer"),
    "outcome": Text("Ergebnis", "Outcome"),
    "objects": Text("Objekte", "Objects"),
    "extent": Text("Umfang, Abstand", "Extent, distance"),
    "data_date": Text("Datenstand", "Data of"),
    "clear": Text("Ohne Anhaltspunkt geprüft", "Checked without indication"),
    "provenance": Text("Herkunft und Nachvollziehbarkeit", "Provenance"),
    "provenance_note": Text(
        "Gleiche Planung, Datenstände, Regeln und Programme ergeben dasselbe Ergebnis. Der Bericht der "
        "Prüfung (report.json), die Stellungnahme als Daten (statement.json) und die Geometrien "
        "(places.geojson) sind in diese Datei eingebettet.",
        "The same plan, data, rules and software give the same result. The report of the check "
        "(report.json), the statement as data (statement.json) and the geometries (places.geojson) are "
        "embedded in this file.",
    ),
    "cosigned": Text("Mitzeichnung", "Co-signatures"),
    "function": Text("Funktion", "Function"),
    "signed_on": Text("gezeichnet am", "signed on"),
    "page": Text("Seite", "Page"),
    "page_of": Text("von", "of"),
    "none": Text("keine", "none"),
}


class Words:
    """Every word in one language."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, key: str, **values: str) -> str:
        """Return a word; `values` fill what it leaves open."""
        text = WORDS[key].in_language(self.language)
        return text.format(**values) if values else text

    def all(self) -> dict[str, str]:
        """Return all words by key."""
        return {key: text.in_language(self.language) for key, text in WORDS.items()}
