"""The coordinator's Monday board: what is due, who is silent, what is open, case by case."""

from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from fastapi import Request, Response
from sqlalchemy.orm import Session

from gis.problem import Text
from service.access.principal import Principal
from service.cases import search
from service.cases.state import OPEN
from service.consolidation.board import OUT, Standing, standings
from service.district import District
from service.house import House
from service.models.case import Case
from service.portal.layer_states import Watched
from service.portal.rendering import page
from service.portal.urgency import Due, due
from service.portal.words import STATES

MOST = 100
NEEDS: Mapping[str, tuple[Text, Callable[[Standing], object]]] = {
    "new": (Text("neu, noch niemand beteiligt", "new, nobody asked yet"), lambda s: s.new),
    "extend": (
        Text("Fristverlängerung beantragen", "ask for more time"),
        lambda s: s.extend,
    ),
    "silent": (Text("mit säumigen Fachämtern", "with silent offices"), lambda s: s.silent),
    "newer": (
        Text("mit neueren Fachdaten als bei der Prüfung", "with newer data than when checked"),
        lambda s: s.newer,
    ),
    "unresolved": (
        Text("mit ungeprüften Schichten", "with unchecked layers"),
        lambda s: s.unresolved,
    ),
    "contradictions": (
        Text("mit offenen Widersprüchen", "with open contradictions"),
        lambda s: s.contradictions,
    ),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One case on the board."""

    case: Case
    day: date | None
    due: Due
    stands: Standing


def board(
    request: Request,
    session: Session,
    who: Principal,
    district: District,
    house: House,
    sought: search.Wanted,
    *,
    cursor: str | None,
    need: str,
    given: object,
) -> Response:
    """Show open cases, the most urgent first, with what each of them needs."""
    wanted = sought if sought.states or sought.text else _open(sought)
    found = search.find(session, who, wanted, cursor=cursor, most=MOST)
    seen = watched(request)
    rows = _rows(session, found.cases, house, seen.versions(district), seen.contradictions)
    counts = {name: sum(bool(has(r.stands)) for r in rows) for name, (_, has) in NEEDS.items()}
    test = NEEDS[need][1] if need in NEEDS else _any
    shown = [row for row in rows if test(row.stands)]
    following = request.url.include_query_params(cursor=found.cursor) if found.cursor else None
    return page(
        request, "board.html", who, rows=shown, states=STATES, sought=given, need=need,
        needs=[(name, text, counts[name]) for name, (text, _) in NEEDS.items()],
        kinds={code: kind.title for code, kind in district.vocabulary.kinds.items()},
        names={o.code: o.name for o in district.catalogue.offices},
        layers={layer.code: layer.title for layer in district.catalogue.layers},
        next=following and f"{following.path}?{following.query}",
    )  # fmt: skip


def watched(request: Request) -> Watched:
    """Return what this process has seen of the layers."""
    state = request.app.state
    if not hasattr(state, "watched"):
        state.watched = Watched()
    kept: Watched = state.watched
    return kept


def _rows(
    session: Session,
    cases: Sequence[Case],
    house: House,
    versions: Mapping[str, str | None],
    counted: MutableMapping[tuple[UUID, int], int],
) -> list[Row]:
    today = date.today()
    stands = standings(session, cases, house, versions, today, counted)
    ends = [(case, case.due or case.deadline) for case in cases]
    rows = [Row(c, end, due(end, c.state, today), stands[c.id]) for c, end in ends]
    return sorted(rows, key=lambda row: row.case.state in OUT)  # what is out needs nobody today


def _open(wanted: search.Wanted) -> search.Wanted:
    return search.Wanted(kind=wanted.kind, states=tuple(sorted(OPEN)))


def _any(_: Standing) -> bool:
    return True
