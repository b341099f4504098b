"""A file on disk as the source of a layer."""

import layers.reading as reading
from gis.problem import Refusal, Text
from layers.layer import Source


def read(source: Source) -> reading.Features:
    """Read the features of a file; the same safe reader as for uploads, with larger limits.

    Raises
    ------
    Refusal, Question
        Where the file is missing, broken, or leaves open which of its layers is meant.
    """
    if not source.path.exists():
        raise Refusal(
            "file-missing",
            Text(
                f"Die Datei {source.path.name} fehlt; bitte den Pfad im Katalog prüfen.",
                f"The file {source.path.name} is missing; check the path in the catalogue.",
            ),
        )
    return reading.read(source.path, profile=reading.SOURCE, layer=source.layer)
