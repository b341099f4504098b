"""Where one can go, by role."""

from dataclasses import dataclass, replace

from gis.problem import Text
from service.access.principal import Principal
from service.api.rights import may_call


@dataclass(frozen=True, slots=True)
class Link:
    """An entry of the navigation."""

    path: str
    text: Text
    here: bool = False
    roles: frozenset[str] = frozenset()  # only these see it there; empty: whoever may go there


ENTRIES = (
    Link("/posteingang", Text("Posteingang", "Inbox")),
    Link(
        "/betroffenheiten",
        Text("Meine Betroffenheiten", "My affected areas"),
        roles=frozenset({"officer"}),
    ),
    Link("/vorgaenge", Text("Vorgänge", "Cases")),
    Link("/einreichen", Text("Plan einreichen", "Hand in a plan")),
    Link("/vorpruefung", Text("Vorprüfung", "Pre-check")),
    Link("/varianten", Text("Varianten", "Variants")),
    Link("/schichten", Text("Schichten", "Layers")),
    Link("/regeln", Text("Regeln", "Rules")),
    Link("/statistik", Text("Statistik", "Statistics")),
    Link("/karte", Text("Karte", "Map")),
)


def links(who: Principal, path: str) -> list[Link]:
    """Return the entries that lead somewhere for this principal; `here` where they are."""
    return [
        replace(entry, here=path == entry.path or path.startswith(f"{entry.path}/"))
        for entry in ENTRIES
        if may_call(f"GET {entry.path}", who) and (not entry.roles or who.role in entry.roles)
    ]
