"""Versions of a store that lies elsewhere, brought here once: they are mapped into memory, which
an object store cannot do. They never change, so what is here and whole stays good.
"""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path

from gis.problem import Refusal, Text
from layers.copying import MissingLibraryError, ObjectTarget, target
from layers.folder import published
from layers.store import RESTRICTED
from layers.table import NAME as TABLE
from layers.version import FACTS, checked_facts, file_facts


def mirrored(address: str, versions: Iterable[str], cache: Path | None = None) -> Path:
    """Return a folder that holds these versions of the store at `address` (``protocol://…``).

    `versions` are folders below the store. Without `cache` they lie in the user's own.

    Raises
    ------
    Refusal
        ``store-unreachable`` where one cannot be had or is not what its facts say.
    """
    named = hashlib.sha256(address.encode()).hexdigest()[:16]
    root = (cache or user_cache_path("belang", appauthor=False)) / "stores" / named
    wanted = [name for name in versions if not (root / name / FACTS).is_file()]
    if not wanted:
        return root
    try:
        there = target(address)
        if not isinstance(there, ObjectTarget):  # a folder needs no copy
            raise ValueError(address)
        for name in wanted:
            _fetch(there.files, f"{there.root}/{name}", root / name)
    except (OSError, ValueError, MissingLibraryError) as error:
        raise Refusal("store-unreachable", _unreachable(address, error)) from error
    return root


def _fetch(files: Any, source: str, final: Path) -> None:
    """Bring one version here; it appears whole or not at all."""
    if RESTRICTED in final.parts:
        (final.parent.parent).mkdir(mode=0o700, parents=True, exist_ok=True)
    with published(final) as aside:
        files.get_file(f"{source}/{FACTS}", str(aside / FACTS))
        facts = checked_facts((aside / FACTS).read_bytes())
        for name, size_and_hash in facts["files"].items():
            if name == TABLE:  # for people and tools; no check reads it
                continue
            files.get_file(f"{source}/{name}", str(aside / name))
            if file_facts(aside / name) != size_and_hash:
                raise ValueError(f"{source}/{name} is not what was written")


def _unreachable(address: str, error: Exception) -> Text:
    return Text(
        f"Aus dem Speicher {address} ist ein Datenstand nicht zu holen ({error}); bitte Adresse "
        "und Zugang prüfen und ihn mit `belang layers copy` auf den Stand bringen.",
        f"A version cannot be had from the store {address} ({error}); check its address and "
        "access, and bring it up to date with `belang layers copy`.",
    )
