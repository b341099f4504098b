"""The words of the map page itself, German and English."""

from gis.problem import Text

WORDS = {
    "skip": Text("Zur Tabelle der Befunde", "Skip to the table of findings"),
    "map": Text("Karte", "Map"),
    "findings": Text("Befunde", "Findings"),
    "objects": Text("Objekte", "Objects"),
    "offices": Text("Beteiligte Stellen", "Offices involved"),
    "layers": Text("Fachschichten", "Layers"),
    "key": Text("Zeichenerklärung", "Legend"),
    "basis": Text("Grundlagen", "What it rests on"),
    "notes": Text("Zu beachten", "Please note"),
    "plan": Text("Planung", "Plan"),
    "axis": Text("Achse mit Kilometern", "Axis with kilometres"),
    "crossing": Text("Querung", "Crossing"),
    "kilometre": Text("Station", "Station"),
    "angle": Text("Winkel", "Angle"),
    "part": Text("Teil der Planung", "Part of the plan"),
    "uncovered": Text("keine Daten", "no data"),
    "uncovered_long": Text("Für diesen Teil liegen keine Daten vor", "No data for this part"),
    "search": Text("Objekt suchen", "Search objects"),
    "search_hint": Text("Name, Nummer oder Schicht", "Name, number or layer"),
    "hit_one": Text("Objekt gefunden", "object found"),
    "hit_many": Text("Objekte gefunden", "objects found"),
    "more": Text("weitere – bitte genauer suchen", "more – narrow the search"),
    "search_single": Text(
        "gesucht wird nur unter einzeln gezeichneten Objekten",
        "only among objects drawn one by one",
    ),
    "rows_more": Text("weitere Objekte zeigen", "more objects: show them"),
    "rows_else": Text(
        "weitere Objekte stehen im GeoPackage und, mit JavaScript, hier.",
        "more objects are in the GeoPackage and, with JavaScript, here.",
    ),
    "all": Text("alle", "all"),
    "none": Text("keine", "none"),
    "only": Text("nur", "only"),
    "only_this": Text("Nur diese Stelle zeigen", "Show this office only"),
    "no_office": Text("ohne beteiligte Stelle", "no office involved"),
    "show": Text("zeigen", "show"),
    "show_on_map": Text("Auf der Karte zeigen", "Show on the map"),
    "zoom_in": Text("Vergrößern", "Zoom in"),
    "zoom_out": Text("Verkleinern", "Zoom out"),
    "whole": Text("Ganze Planung zeigen", "Show the whole plan"),
    "fullscreen": Text("Vollbild ein oder aus", "Full screen on or off"),
    "north": Text("Norden ist oben", "North is up"),
    "close": Text("Schließen", "Close"),
    "back": Text("Alle Objekte an dieser Stelle", "All objects at this place"),
    "here": Text("Objekte an dieser Stelle", "objects at this place"),
    "layer": Text("Fachschicht", "Layer"),
    "outcome": Text("Ergebnis", "Outcome"),
    "extent": Text("Umfang", "Extent"),
    "count": Text("Objekte", "Objects"),
    "office": Text("Stelle", "Office"),
    "data_date": Text("Stand", "Data of"),
    "object": Text("Objekt", "Object"),
    "relation": Text("Lage", "Position"),
    "figures": Text("Angaben", "Figures"),
    "legal": Text("Rechtsgrundlage und Folge", "Legal basis and consequence"),
    "panel": Text("Suche, Schalter und Zeichenerklärung", "Search, switches and legend"),
    "not_on_map": Text(
        "Auch beteiligt, ohne Ort auf der Karte", "Also involved, without a place on the map"
    ),
    "note": Text("Anmerkung", "Note"),
    "effect": Text("Wirkung", "Effect"),
    "reasons": Text("Warum", "Why"),
    "offices_short": Text("Stellen", "Offices"),
    "sources": Text("Datenquellen", "Data sources"),
    "drawn_with": Text("Gezeichnet mit", "Drawn with"),
    "nobody": Text(
        "Nach vorliegenden Daten ist keine Stelle zu beteiligen.",
        "In the data at hand no office is to be involved.",
    ),
    "sign_overlaps": Text("Objekt, das die Planung überlagert", "Object that overlaps the plan"),
    "sign_borders": Text("Objekt, das sie nur berührt", "Object that only touches it"),
    "sign_near": Text("Objekt in der Nähe", "Object nearby"),
    "wash": Text(
        "Was die ganze Planung bedeckt, ist nur umrissen, solange viele Schichten gezeigt werden.",
        "What covers the whole plan is only outlined while many layers are shown.",
    ),
    "shown_again": Text("eingeblendet", "switched on"),
    "visible": Text("Objekte sichtbar", "objects visible"),
    "nothing_here": Text("Hier liegt kein Objekt.", "No object lies here."),
    "keys": Text(
        "Pfeiltasten verschieben, Plus und Minus zoomen, Eingabe zeigt, was in der Mitte liegt.",
        "Arrow keys move, plus and minus zoom, Enter tells what lies in the centre.",
    ),
    "nothing_drawn": Text(
        "Kein Objekt liegt in der Planung oder in ihrer Nähe.",
        "No object lies in the plan or near it.",
    ),
    "map_label": Text(
        "Interaktive Karte; dieselben Angaben stehen in den Tabellen darunter.",
        "Interactive map; the tables below say the same.",
    ),
    "no_script": Text(
        "Ohne JavaScript wird keine Karte gezeichnet; die Tabellen enthalten dieselben Angaben.",
        "Without JavaScript no map is drawn; the tables say the same.",
    ),
}


def words(language: str) -> dict[str, str]:
    """Return every word in `language` (``de`` or ``en``)."""
    return {key: text.in_language(language) for key, text in WORDS.items()}
