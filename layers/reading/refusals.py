"""The refusals and questions of reading: what is wrong, in one sentence, and what to do next."""

from gis.problem import Notice, Proposal, Question, Refusal, Text

MOST_NAMED = 20  # layers listed in a question

TEXTS: dict[str, Text] = {
    "archive-corrupt": Text(
        "Das ZIP-Archiv ist beschädigt oder unwahr beschriftet; bitte neu packen.",
        "The ZIP archive is damaged or mislabelled; please pack it again.",
    ),
    "archive-duplicate": Text(
        "Das ZIP-Archiv enthält denselben Namen mehrfach; bitte neu packen.",
        "The ZIP archive holds the same name twice; please pack it again.",
    ),
    "archive-encrypted": Text(
        "Das ZIP-Archiv ist verschlüsselt; bitte ohne Kennwort packen.",
        "The ZIP archive is encrypted; please pack it without a password.",
    ),
    "archive-entries": Text(
        "Das ZIP-Archiv enthält zu viele Dateien (mit einer Planung höchstens 100); bitte nur das "
        "Nötige packen.",
        "The ZIP archive holds too many files (with a plan 100 at most); please pack only what is "
        "needed.",
    ),
    "archive-method": Text(
        "Unterlagen im ZIP-Archiv sind mit einem unüblichen Verfahren gepackt; bitte gewöhnlich "
        "(Deflate) neu packen.",
        "Documents in the ZIP archive are packed by an unusual method; please pack it again the "
        "ordinary way (Deflate).",
    ),
    "archive-nested": Text(
        "Das ZIP-Archiv enthält weitere Archive; bitte direkt packen.",
        "The ZIP archive holds further archives; please pack the files directly.",
    ),
    "archive-overlap": Text(
        "Einträge des ZIP-Archivs überlappen sich; bitte neu packen.",
        "Entries of the ZIP archive overlap; please pack it again.",
    ),
    "archive-path": Text(
        "Das ZIP-Archiv enthält unzulässige Pfade; bitte ohne Ordner packen.",
        "The ZIP archive holds inadmissible paths; please pack it without folders.",
    ),
    "archive-ratio": Text(
        "Das ZIP-Archiv entpackt sich auf ein Vielfaches seiner Größe; bitte prüfen, was darin ist.",
        "The ZIP archive unpacks to many times its size; please check what is in it.",
    ),
    "archive-symlink": Text(
        "Das ZIP-Archiv enthält Verknüpfungen statt Dateien; bitte die Dateien selbst packen.",
        "The ZIP archive holds links instead of files; please pack the files themselves.",
    ),
    "coords-out-of-range": Text(
        "Koordinaten liegen weit außerhalb der Erde; bitte die Datei neu exportieren.",
        "Coordinates lie far off the Earth; please export the file again.",
    ),
    "crs-mixed": Text(
        "Die Datei mischt mehrere Koordinatensysteme; bitte einheitlich liefern.",
        "The file mixes coordinate reference systems; please supply a single one.",
    ),
    "dxf-structure": Text(
        "Die DXF-Datei enthält Blöcke oder Kurven, die sich nicht sicher auflösen lassen; bitte "
        "auflösen („Ursprung“) und neu speichern.",
        "The DXF file holds blocks or curves that cannot be resolved safely; explode them and "
        "save again.",
    ),
    "encoding": Text(
        "Die Zeichenkodierung der Datei ist nicht lesbar; bitte als UTF-8 speichern oder "
        "die Kodierung nennen (--encoding).",
        "The text encoding of the file cannot be read; save it as UTF-8 or name "
        "the encoding (--encoding).",
    ),
    "field-too-long": Text(
        "Ein Attributwert ist zu lang; bitte nur die Planung liefern.",
        "An attribute value is too long; please supply only the plan.",
    ),
    "features-incomplete": Text(
        "Die Datei nennt mehr Objekte, als sie enthält (nur eine Seite eines Dienstes); bitte "
        "vollständig abrufen.",
        "The file announces more features than it holds (one page of a service); fetch all of them.",
    ),
    "file-empty": Text("Die Datei ist leer; bitte neu exportieren.", "The file is empty; please export it again."),
    "format-mismatch": Text(
        "Der Inhalt der Datei ist keines der lesbaren Formate (GeoJSON, GeoPackage, Shapefile-ZIP, "
        "GML, XPlanGML, KML, GPX, WKT, DXF); bitte in einem davon liefern.",
        "The content of the file is none of the readable formats (GeoJSON, GeoPackage, zipped "
        "Shapefile, GML, XPlanGML, KML, GPX, WKT, DXF); please supply one of them.",
    ),
    "format-not-allowed": Text(
        "Dieses Format wird nicht angenommen; bitte als GeoJSON, GeoPackage, Shapefile-ZIP, GML, "
        "XPlanGML, KML, GPX, WKT oder DXF liefern.",
        "This format is not accepted; supply GeoJSON, GeoPackage, zipped Shapefile, GML, XPlanGML, "
        "KML, GPX, WKT or DXF.",
    ),
    "geometry-empty": Text(
        "Eine Geometrie der Datei ist leer; bitte eine Fläche oder Linie liefern.",
        "A geometry of the file is empty; please supply an area or a line.",
    ),
    "geometry-invalid": Text(
        "Ein Ring hat zu wenige Punkte; bitte den Umriss neu zeichnen.",
        "A ring has too few vertices; please draw the outline again.",
    ),
    "geometry-nonfinite": Text(
        "Eine Koordinate ist keine endliche Zahl; bitte die Datei neu exportieren.",
        "A coordinate is not a finite number; please export the file again.",
    ),
    "geometry-type": Text(
        "Die Datei enthält keine geschlossenen Flächen; bitte Umrisse als geschlossene Linien liefern.",
        "The file holds no closed areas; please supply outlines as closed lines.",
    ),
    "geometry-zero-area": Text(
        "Die Geometrie hat keine Fläche; bitte den Umriss neu zeichnen.",
        "The geometry has no area; please draw the outline again.",
    ),
    "gpkg-corrupt": Text("Das GeoPackage ist beschädigt; bitte neu exportieren.", "The GeoPackage is damaged; please export it again."),
    "gpkg-geometry": Text(
        "Eine Geometrie im GeoPackage ist nicht lesbar; bitte neu exportieren.",
        "A geometry of the GeoPackage cannot be read; please export it again.",
    ),
    "gpkg-in-use": Text(
        "Das GeoPackage ist noch in einem anderen Programm geöffnet, oder es wurde dabei kopiert: "
        "Zuletzt Gespeichertes (Datei …-wal oder …-journal) kann fehlen; bitte dort schließen und "
        "noch einmal liefern, sonst neu exportieren.",
        "The GeoPackage is still open in another program, or was copied while it was: what was "
        "saved last (a …-wal or …-journal file) may be missing; close it there and supply it "
        "again, or export it anew.",
    ),
    "gpkg-invalid": Text(
        "Die Datei ist eine Datenbank, aber kein GeoPackage; bitte als GeoPackage exportieren.",
        "The file is a database but no GeoPackage; please export it as GeoPackage.",
    ),
    "gpkg-view": Text(
        "Das GeoPackage enthält Sichten (Views); bitte nur Tabellen exportieren.",
        "The GeoPackage holds views; please export tables only.",
    ),
    "gpkg-virtual": Text(
        "Das GeoPackage enthält virtuelle Tabellen oder berechnete Spalten; bitte neu exportieren.",
        "The GeoPackage holds virtual tables or computed columns; please export it again.",
    ),
    "json-depth": Text("Die JSON-Datei ist zu tief verschachtelt; bitte neu exportieren.", "The JSON file is nested too deeply; please export it again."),
    "json-duplicate-key": Text(
        "Die JSON-Datei nennt einen Schlüssel doppelt, ihr Inhalt ist mehrdeutig; bitte neu exportieren.",
        "The JSON file says a key twice and is ambiguous; please export it again.",
    ),
    "json-malformed": Text(
        "Die JSON-Datei ist unvollständig oder fehlerhaft; bitte neu exportieren.",
        "The JSON file is cut off or malformed; please export it again.",
    ),
    "json-structure": Text(
        "Das GeoJSON ist falsch aufgebaut (Objekte, Koordinaten oder Koordinatensystem); bitte neu exportieren.",
        "The GeoJSON is structured wrongly (objects, coordinates or coordinate reference system); please export it again.",
    ),
    "no-features": Text("Die Datei enthält keine Objekte; bitte die Planung mit exportieren.", "The file holds no features; please export the plan with it."),
    "no-geometry": Text("Kein Objekt der Datei hat eine Geometrie; bitte neu exportieren.", "No feature of the file has a geometry; please export it again."),
    "plan-too-large": Text(
        "Die Datei ist zu groß (Grenze 50 MB, 5.000 Objekte); bitte nur die Planung liefern.",
        "The file is too large (limit 50 MB, 5,000 features); please supply only the plan.",
    ),
    "service-exception": Text("Die Datei ist oder enthält die Fehlermeldung eines Dienstes; bitte die Daten erneut abrufen.", "The file is or holds an error message of a service; please fetch the data again."),
    "shp-corrupt": Text("Das Shapefile ist beschädigt; bitte neu exportieren.", "The Shapefile is damaged; please export it again."),
    "shp-incomplete": Text(
        "Zum Shapefile fehlen Dateien (.shp und .shx gehören zusammen); bitte vollständig packen.",
        "Files of the Shapefile are missing (.shp and .shx belong together); pack them all.",
    ),
    "text-control": Text(
        "Ein Text der Datei enthält Steuerzeichen; bitte neu exportieren.",
        "A text of the file holds control characters; please export it again.",
    ),
    "too-many-fields": Text("Die Datei hat zu viele Attribute; bitte nur die Planung liefern.", "The file has too many attributes; please supply only the plan."),
    "wkt-depth": Text("Der WKT-Text ist zu tief verschachtelt; bitte vereinfachen.", "The WKT text is nested too deeply; please simplify it."),
    "wkt-malformed": Text("Der WKT-Text ist fehlerhaft; bitte prüfen.", "The WKT text is malformed; please check it."),
    "xml-depth": Text("Die XML-Datei ist zu tief verschachtelt; bitte neu exportieren.", "The XML file is nested too deeply; please export it again."),
    "xml-dtd": Text("Die XML-Datei enthält eine DOCTYPE-Angabe, die nicht angenommen wird; bitte ohne liefern.", "The XML file holds a DOCTYPE, which is not accepted; please supply it without."),
    "xml-malformed": Text("Die XML-Datei ist unvollständig oder fehlerhaft; bitte neu exportieren.", "The XML file is cut off or malformed; please export it again."),
    "xml-xlink-remote": Text("Die Geometrie verweist auf etwas, das nicht in der Datei steht; bitte vollständig liefern.", "The geometry refers to something that is not in the file; please supply it complete."),
}  # fmt: skip

NOTICES: dict[str, Text] = {
    "curve-linearised": Text(
        "Bögen wurden in kurze Geraden aufgelöst (bis 420 m Radius höchstens 1 mm daneben, darüber "
        "Schritt 0,25°).",
        "Arcs were resolved into short straight lines (at most 1 mm off up to a radius of 420 m, "
        "steps of 0.25° beyond).",
    ),
    "encoding-guessed": Text(
        "Die Zeichenkodierung ist nicht angegeben; gelesen wurde als Windows-1252.",
        "The text encoding is not stated; read as Windows-1252.",
    ),
    "geometry-null-dropped": Text(
        "Objekte ohne Geometrie wurden übergangen.", "Features without a geometry were passed over."
    ),
    "gpkg-trigger": Text(
        "Das GeoPackage enthält fremde Trigger; sie wurden nicht ausgeführt.",
        "The GeoPackage holds foreign triggers; they were not run.",
    ),
    "gpx-segment-dropped": Text(
        "Abschnitte der Aufzeichnung ohne Länge wurden übergangen.",
        "Segments of the track without any length were passed over.",
    ),
    "kml-networklink-ignored": Text(
        "Verweise auf weitere KML-Dateien wurden nicht verfolgt.",
        "Links to further KML files were not followed.",
    ),
    "parts-unreadable": Text(
        "Festsetzungen ohne lesbare Geometrie wurden übergangen, mit ihnen alle derselben Art; "
        "Abstände gelten ab dem Geltungsbereich.",
        "Parts whose geometry cannot be read were passed over, and all parts of their kind with "
        "them; distances count from the outline.",
    ),
    "shp-no-attributes": Text(
        "Zum Shapefile fehlt die Attributdatei (.dbf).", "The Shapefile has no attributes (.dbf)."
    ),
    "xml-schema-ignored": Text(
        "Das angegebene XML-Schema wurde nicht abgerufen.", "The XML schema named was not fetched."
    ),
    "z-dropped": Text("Höhen wurden übergangen.", "Heights were dropped."),
}


def refuse(code: str) -> Refusal:
    """Return the refusal for `code`."""
    return Refusal(code, TEXTS[code])


def unread(kind: str) -> Refusal:
    """Return the refusal for a geometry of a kind that is not read, by its name in the file."""
    return Refusal(
        "geometry-type",
        Text(
            f"Die Datei enthält eine Geometrie, die nicht gelesen wird („{kind[:60]}“); bitte als "
            "gewöhnliche Fläche oder Linie exportieren.",
            f"The file holds a geometry that is not read (“{kind[:60]}”); please export it as an "
            "ordinary area or line.",
        ),
    )


def notice(code: str) -> Notice:
    """Return the notice for `code`."""
    return Notice(code, NOTICES[code])


def which(code: str, names: list[str], asked: str | None = None) -> Question:
    """Return the question which layer or data set is meant; `asked` for one that is not there."""
    listed = ", ".join(names[:MOST_NAMED]) + (", …" if len(names) > MOST_NAMED else "")
    text = Text(
        f"Die Datei enthält mehrere Ebenen ({listed}); bitte wählen, welche gemeint ist.",
        f"The file holds several layers ({listed}); please choose the one that is meant.",
    )
    if asked is not None:
        text = Text(
            f"Die Datei enthält keine Ebene „{asked}“, nur: {listed}. Bitte wählen.",
            f"The file holds no layer “{asked}”, only: {listed}. Please choose.",
        )
    return Question(
        code,
        text,
        tuple(
            Proposal(
                Text(f"Ebene „{n}“ verwenden", f"use the layer “{n}”"), f"--plan-layer {_quoted(n)}"
            )
            for n in names[:MOST_NAMED]
        ),
    )


def _quoted(name: str) -> str:
    return name if name.replace("_", "").isalnum() else "'" + name.replace("'", "'\\''") + "'"


def ring_gap(gap_m: float) -> Question:
    """Return the question whether to close a ring that is open by more than a millimetre."""
    return Question(
        "ring-unclosed",
        Text(
            f"Ein Umriss ist nicht geschlossen (Lücke {gap_m:g} Einheiten); soll er gerade "
            "geschlossen werden?",
            f"An outline is not closed (gap of {gap_m:g} units); close it with a straight line?",
        ),
        (Proposal(Text("gerade schließen", "close it straight"), "--accept ring-unclosed"),),
    )


def encoding_question(sample: str) -> Question:
    """Return the question in which encoding a Shapefile's texts are."""
    return Question(
        "encoding-guessed",
        Text(
            f"Die Zeichenkodierung ist nicht angegeben; als UTF-8 gelesen heißt es „{sample}“.",
            f"The text encoding is not stated; read as UTF-8 it says “{sample}”.",
        ),
        (
            Proposal(Text("als UTF-8 lesen", "read as UTF-8"), "--encoding utf-8"),
            Proposal(Text("als Windows-1252 lesen", "read as Windows-1252"), "--encoding cp1252"),
        ),
    )
