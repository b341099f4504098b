"""`belang layers verify`, `gc` and `copy`: the store as a whole."""

import argparse

from gis.problem import Text
from layers import collect, copying
from layers.verification import verified
from service.commands.progress import Progress
from service.commands.setting import setting
from service.commands.usage import UsageError
from service.report import console
from service.report.listing import as_json, listing

DAMAGED = 3


def verify(given: argparse.Namespace) -> int:
    """Read the whole store; status 3 where something is damaged."""
    with Progress() as progress:
        where = setting(given, progress)
        found = list(verified(where.store, progress.step))
    if given.as_json:
        as_json([{"path": str(damage.path), "reason": damage.reason} for damage in found])
    elif found:
        title = Text("Beschädigt", "Damaged")
        columns = (Text("Ort", "where"), Text("Grund", "reason"))
        listing(title, columns, [(str(d.path), d.reason) for d in found], given.lang)
    else:
        console.plain(Text("Alles unversehrt.", "All is whole.").in_language(given.lang))
    return DAMAGED if found else 0


def gc(given: argparse.Namespace) -> int:
    """Remove what nobody needs any more, or say what that would be."""
    if given.keep_days < 0:
        raise UsageError("--keep-days: 0 or more")
    with Progress() as progress:
        where = setting(given, progress)
        try:
            found = collect.garbage(where.store, given.keep_days)
        except ValueError as error:
            raise UsageError(f"nothing is removed: {error}") from error
        if not given.dry_run:
            collect.collect(found)
    if given.as_json:
        as_json({"paths": [str(p) for p in found.paths], "bytes": found.bytes,
                 "removed": not given.dry_run})  # fmt: skip
        return 0
    size = f"{len(found.paths)}, {found.bytes / 1e6:.1f} MB"
    said = Text(f"Entfernt: {size}", f"Removed: {size}")
    if given.dry_run:
        said = Text(f"Entfernbar: {size}", f"Can be removed: {size}")
    console.plain(said.in_language(given.lang))
    return 0


def copy(given: argparse.Namespace) -> int:
    """Copy the store; what is there already is not sent again."""
    try:
        target = copying.target(given.target)
    except (copying.MissingLibraryError, ValueError) as error:
        raise UsageError(f"TARGET: {error}") from error
    with Progress() as progress:
        where = setting(given, progress)
        try:
            done = copying.copy(
                where.store, target, restricted=given.restricted, during=progress.step
            )
        except OSError as error:
            raise UsageError(f"TARGET: {error}") from error
    if given.as_json:
        as_json({"sent": done.sent, "there": done.there, "bytes": done.bytes})
        return 0
    size = f"{done.bytes / 1e6:.1f} MB"
    said = Text(
        f"{done.sent} Dateien übertragen ({size}), {done.there} waren schon da.",
        f"{done.sent} files sent ({size}), {done.there} were there already.",
    )
    console.plain(said.in_language(given.lang))
    return 0
