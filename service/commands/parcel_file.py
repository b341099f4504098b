"""`belang check --parcels`: the file of a plan that is a list of parcels."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from layers.catalogue import Catalogue
from layers.reading.refusals import refuse
from layers.store import Store
from service.commands.usage import UsageError
from service.plans import parcel_list
from service.plans.parcels import outline_of


def require_one(given: argparse.Namespace) -> None:
    """Raise UsageError unless a plan or a list of parcels is given, and not both."""
    if (given.plan is None) == (given.parcels is None):
        raise UsageError("check: name one of PLAN and --parcels FILE")


@contextmanager
def plan_file(given: argparse.Namespace, catalogue: Catalogue, store: Store) -> Iterator[Path]:
    """Yield the file of the plan: the one given, or one made of the parcels.

    Raises
    ------
    Problem
        Where the list cannot be used; see `service.plans.parcels.outline_of`.
    """
    if given.parcels is None:
        yield given.plan
        return
    outline = outline_of(_text(given), catalogue, store, accept=frozenset(given.accept))
    with TemporaryDirectory(prefix="belang-") as folder:
        path = Path(folder) / "parcels.geojson"
        path.write_bytes(outline)
        yield path


def _text(given: argparse.Namespace) -> str:
    most = 4 * parcel_list.LONGEST + 3  # bytes of a character, and a mark in front
    try:
        with given.parcels.open("rb") as file:
            content = file.read(most + 1)
    except OSError as error:
        raise UsageError(f"{given.parcels} cannot be read: {error.strerror or error}") from error
    if len(content) > most:
        raise refuse("plan-too-large")
    try:
        text: str = content.decode(given.encoding or "utf-8-sig")
    except (UnicodeDecodeError, LookupError) as error:
        raise refuse("encoding") from error
    return text
