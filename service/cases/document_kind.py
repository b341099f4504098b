"""What kind of document something is, where nobody says: by its type and its name."""

import re

from layers.reading.document import GML, IMAGES
from layers.reading.packages import ZIP

PLAN, REPORT, LETTER, RASTER, XPLAN, OTHER = "plan", "report", "letter", "raster", "xplan", "other"
KINDS = (PLAN, REPORT, LETTER, RASTER, XPLAN, OTHER)
WORDS = (
    (REPORT, re.compile(r"begr(ü|ue)ndung|bericht|gutachten|erl(ä|ae)uterung|teil[ _-]?b", re.I)),
    (LETTER, re.compile(r"anschreiben|schreiben|brief|vollmacht|letter", re.I)),
    (PLAN, re.compile(r"plan|zeichnung|karte|lage|teil[ _-]?a", re.I)),
)


def kind_of(filename: str, media_type: str) -> str:
    """Return what a document probably is; a raster only somebody who places it can say."""
    if media_type in (GML, ZIP):
        return XPLAN
    found = next((kind for kind, words in WORDS if words.search(filename)), OTHER)
    return PLAN if media_type in IMAGES and found == OTHER else found
