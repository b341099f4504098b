"""An export for the public: a folder that holds nothing else, and how one is recognised.

`export.json` lists every file with its size and SHA-256; `catalogue.yaml` is the catalogue cut to
what everybody may know, `layers` the store of its layers, `plans.json` what was
released of cases, `pages` the imprint and the like.
"""

import json
from pathlib import Path
from typing import Any

from gis.problem import Problem, Text
from layers.version import file_facts

MANIFEST, CATALOGUE, LAYERS, PAGES = "export.json", "catalogue.yaml", "layers", "pages"
PLANS = "plans.json"  # released to the public
FOLDER = "public"  # below the data folder of a public instance
FORMAT = 1


class ExportError(Problem):
    """An export that cannot be made or cannot be used."""


def pages(data: Path, *, public: bool) -> Path:
    """Return where imprint and the like stand, below a data folder."""
    return data / FOLDER / PAGES if public else data / PAGES


def catalogue_in(folder: Path) -> Path:
    """Return the catalogue of a whole export.

    Sizes are compared; of what lies in the store every byte is when it is used.

    Raises
    ------
    ExportError
        ``export-missing``, ``export-damaged``.
    """
    for name, (size, digest) in manifest(folder)["files"].items():
        path = folder / name
        small = name == CATALOGUE
        if not path.is_file() or path.stat().st_size != size:
            raise ExportError("export-damaged", damaged(folder, name))
        if small and file_facts(path)[1] != digest:
            raise ExportError("export-damaged", damaged(folder, name))
    return folder / CATALOGUE


def manifest(folder: Path) -> dict[str, Any]:
    """Return what an export says of itself; ExportError where it is none."""
    try:
        found: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ExportError("export-missing", _missing(folder)) from error
    except (OSError, ValueError) as error:
        raise ExportError("export-damaged", damaged(folder, MANIFEST)) from error
    if found.get("format") != FORMAT:
        raise ExportError("export-damaged", damaged(folder, MANIFEST))
    return found


def _missing(folder: Path) -> Text:
    return Text(
        f"In {folder} liegt kein Export; bitte innen „belang public export“ ausführen und das "
        "Ergebnis dorthin bringen.",
        f"There is no export in {folder}; run “belang public export” inside and bring what it "
        "makes there.",
    )


def not_public(layers: list[str]) -> Text:
    """Return the text for an export that holds layers which are not for everybody."""
    named = ", ".join(layers)
    return Text(
        f"Der Export enthält Schichten, die nicht öffentlich sind ({named}), und wird nicht "
        "benutzt. Bitte löschen und innen neu erstellen.",
        f"The export holds layers that are not public ({named}) and is not used. Delete it and "
        "make it anew inside.",
    )


def damaged(folder: Path, name: str) -> Text:
    """Return the text for an export that is not whole."""
    return Text(
        f"Der Export in {folder} ist nicht vollständig ({name}); bitte noch einmal übertragen.",
        f"The export in {folder} is not whole ({name}); transfer it again.",
    )
