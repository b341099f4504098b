"""Where one can go, by role."""

from dataclasses import dataclass

from gis.problem import Text
from service.access.principal import Principal
from service.api.rights import may_call


@dataclass(frozen=True, slots=True)
class Link:
    """An entry of the navigation."""

    path: str
    text: Text
    here: bool = False


ENTRIES = (
    Link("/vorpruefung", Text("Vorprüfung", "Pre-check")),
    Link("/posteingang", Text("Posteingang", "Inbox")),
    Link("/betroffenheiten", Text("Meine Betroffenheiten", "My affected areas")),
    Link("/vorgaenge", Text("Vorgänge", "Cases")),
    Link("/schichten", Text("Schichten", "Layers")),
    Link("/regeln", Text("Regeln", "Rules")),
    Link("/karte", Text("Karte", "Map")),
    Link("/einreichen", Text("Plan einreichen", "Hand in a plan")),
)


def links(who: Principal, path: str) -> list[Link]:
    """Return the entries that lead somewhere for this principal; `here` where they are."""
    return [
        Link(entry.path, entry.text, path == entry.path or path.startswith(f"{entry.path}/"))
        for entry in ENTRIES
        if may_call(f"GET {entry.path}", who)
    ]
