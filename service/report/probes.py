"""What a look at the sources of a catalogue came to, for people and for machines."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from rich.table import Table

from gis.problem import Text
from layers.probing import Look, Probed
from service.report.console import quoted, screen

Say = Callable[[Text], str]  # picks the language of a text

COLUMNS = (
    Text("Ebene", "Layer"),
    Text("Ergebnis", "Result"),
    Text("Koordinaten", "CRS"),
    Text("Objekte", "Objects"),
    Text("Fehlende Attribute", "Missing attributes"),
    Text("Andere Namen", "Other names"),
)
BY_HAND = Text("von Hand", "by hand")
FINE = Text("in Ordnung", "fine")
LACKING = Text("Attribute fehlen", "attributes missing")
SUMMARY = Text(
    "{fine} von {all} Ebenen in Ordnung, {open} zu klären, {hand} von Hand nachzusehen.",
    "{fine} of {all} layers fine, {open} to be settled, {hand} to be looked up by hand.",
)


def document(found: Iterable[Probed], language: str) -> dict[str, Any]:
    """Return everything that was found out as plain data."""
    return {"layers": [_layer(one, lambda t: t.in_language(language)) for one in found]}


def _layer(probed: Probed, say: Say) -> dict[str, Any]:
    return {
        "layer": probed.layer.code,
        "type": probed.layer.source.type,
        "verified": probed.layer.verified,
        "fine": probed.fine,
        "look": None if probed.look is None else _look(probed.look, say),
        "alternatives": [_look(other, say) for other in probed.others],
    }


def _look(look: Look, say: Say) -> dict[str, Any]:
    return {
        "type": look.source.type,
        "url": look.source.options.get("url"),
        "layer": look.source.layer,
        "reachable": look.reachable,
        "found": look.found,
        "crs": look.crs,
        "count": look.count,
        "attributes": list(look.attributes),
        "missing": list(look.missing),
        "code": look.code,
        "reason": None if look.reason is None else say(look.reason),
    }


def show(found: Iterable[Probed], language: str) -> None:
    """Print a table of it, and how many are left to be settled."""

    def say(text: Text) -> str:
        return text.in_language(language)

    every = list(found)
    table = Table(title_justify="left")
    for heading in COLUMNS:
        table.add_column(say(heading), overflow="fold")
    for probed in every:
        table.add_row(*_row(probed, say))
    console = screen()
    console.print(table)
    hand = sum(one.look is None for one in every)
    fine = sum(one.fine for one in every) - hand
    numbers = {"fine": fine, "all": len(every), "open": len(every) - fine - hand, "hand": hand}
    console.print(say(SUMMARY).format(**numbers))


def _row(probed: Probed, say: Say) -> Iterator[str]:
    look = probed.look
    yield quoted(probed.layer.code)
    if look is None:
        yield f"[dim]{say(BY_HAND)}[/dim]"
        yield from ("", "", "", "")
        return
    if look.fine:
        yield f"[green]{say(FINE)}[/green]"
    else:
        reason = LACKING if look.reason is None else look.reason
        yield f"[bold magenta]{quoted(say(reason))}[/bold magenta]"
    yield quoted(look.crs or "")
    yield "" if look.count is None else str(look.count)
    yield quoted(", ".join(look.missing))
    yield quoted("; ".join(_other(other, probed) for other in probed.others))


def _other(other: Look, probed: Probed) -> str:
    """Return what differs in another name, and whether it would do."""
    url = other.source.options.get("url")
    told = [str(url)] if url != probed.layer.source.options.get("url") else []
    if other.source.layer != probed.layer.source.layer:
        told.append(str(other.source.layer))
    sign = "✓" if other.fine else "~" if other.found else "✗"
    return f"{sign} {' '.join(told)}"
