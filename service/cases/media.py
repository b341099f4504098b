"""How documents are called, by what they are."""

from collections.abc import Mapping

from layers.reading import packages
from layers.reading.document import DOCX, GML, PDF, TEXT, XML

# How the name of a document of each type may end; the first is added where it ends otherwise.
ENDINGS: Mapping[str, tuple[str, ...]] = {
    PDF: (".pdf",),
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/tiff": (".tif", ".tiff"),
    DOCX: (".docx",),
    packages.SHEET: (".xlsx",),
    packages.OPEN[0]: (".odt",),
    packages.OPEN[1]: (".ods",),
    XML: (".xml",),
    GML: (".gml", ".xml"),
    packages.ZIP: (".zip",),
    TEXT: (".txt", ".csv", ".pgw", ".jgw", ".tfw", ".wld", ".pngw", ".jpgw", ".tifw"),
}
LONGEST = 200  # characters of a name


def named(name: str | None, media_type: str) -> str:
    """Return a name for display and download: its last part, printable, ending as it should."""
    last = (name or "").replace("\\", "/").rpartition("/")[2]
    plain = "".join(c for c in last if c.isprintable()).strip(" .") or "document"
    endings = ENDINGS[media_type]
    if plain.lower().endswith(endings):
        stem, _, ending = plain.rpartition(".")
        return f"{stem[: LONGEST - len(ending) - 1] or 'document'}.{ending}"
    return f"{plain[: LONGEST - len(endings[0])]}{endings[0]}"
