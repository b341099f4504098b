"""Tiles: a version drawn for display, as PMTiles; derived, made after the switch, never missed.

They lie beside the versions, which never change, below `tiles/<content hash>/<layer>-<key>/`:
`tiles.pmtiles`, `overview.pmtiles` for what is far away, and `tiles.json` with their checksums.
The key holds everything besides the version that could change them. They carry id, name and layer
code and no other attribute, and of a restricted layer there are none.
"""

import json
from hashlib import sha256
from pathlib import Path

from gis.problem import Refusal, Text
from layers.drawing import ARCHIVES, NAME, OPTIONS, draw
from layers.folder import published, unwritable
from layers.layer import Layer
from layers.store import RESTRICTED
from layers.version import (
    DamagedError,
    LayerVersion,
    checked_facts,
    checked_text,
    file_facts,
)

FOLDER = "tiles"  # below the folder that holds `versions`
FACTS = "tiles.json"
FORMAT = 2
HEADER, LAST_ZOOM = 127, 101  # length of a PMTiles header, place of its largest zoom


def tiles(version: LayerVersion, layer: Layer) -> Path | None:
    """Return the tiles of a version as `layer` shows it, making them where there are none.

    None for a version without objects, which no tile can show.

    Raises
    ------
    Refusal
        ``tiles-restricted``, before anything is written; ``tiles-failed``; ``data-folder``.
    """
    if layer.visibility == "restricted" or _base(version).name == RESTRICTED:
        raise Refusal("tiles-restricted", NONE_OF_RESTRICTED)
    if not version.count:
        return None
    final = _place(version, layer)
    if (there := existing(version, layer)) is not None:
        return there
    try:
        with published(final) as aside:
            draw(aside, version, layer)
            facts = {
                "format": FORMAT,
                "files": {name: file_facts(aside / name) for name in ARCHIVES},
            }
            (aside / FACTS).write_bytes(checked_text(facts))
    except OSError as error:
        raise unwritable(final.parent, error) from error
    return final / NAME


def existing(version: LayerVersion, layer: Layer) -> Path | None:
    """Return the tiles of a version where they are there and whole; every byte is compared."""
    try:
        verify_tiles(_place(version, layer))
    except DamagedError:
        return None
    return _place(version, layer) / NAME


def there(version: LayerVersion, layer: Layer) -> bool:
    """Tell whether tiles of a version were made; their bytes are not looked at."""
    return (_place(version, layer) / FACTS).is_file()


def last_zoom(archive: Path) -> int:
    """Return the zoom from which on tiles of an archive are enlarged (PMTiles, header)."""
    with archive.open("rb") as file:
        header = file.read(HEADER)
    return header[LAST_ZOOM]


def verify_tiles(folder: Path) -> None:
    """Read every byte of tiles and compare it with what was written.

    Raises
    ------
    DamagedError
        If a single one differs, or a file is missing or too many.
    """
    try:
        named = checked_facts((folder / FACTS).read_bytes())["files"]
        there = {path.name for path in folder.iterdir()} - {FACTS}
        whole = all(file_facts(folder / name) == facts for name, facts in named.items())
    except (OSError, ValueError) as error:
        raise _damaged(folder) from error
    if not whole or there != set(named):
        raise _damaged(folder)


def _damaged(folder: Path) -> DamagedError:
    return DamagedError(f"tiles {folder.name} are damaged; `belang layers tiles` makes them anew")


def _base(version: LayerVersion) -> Path:
    return version.folder.parent.parent


def _place(version: LayerVersion, layer: Layer) -> Path:
    return place(_base(version), version.folder.name, layer)


def place(base: Path, version: str, layer: Layer) -> Path:
    """Return the folder of the tiles of a version, named by its hash, below `base`."""
    recipe = json.dumps([FORMAT, OPTIONS, ARCHIVES, layer.code, layer.name])
    key = sha256(recipe.encode()).hexdigest()[:12]
    return base / FOLDER / version / f"{layer.code}-{key}"


NONE_OF_RESTRICTED = Text(
    "Von einer vertraulichen Schicht gibt es keine Kacheln.",
    "There are no tiles of a restricted layer.",
)
