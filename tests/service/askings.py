"""All there is to be asked for: every route with every address, query and form that is of use."""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice, product

from service.access.principal import Principal
from service.api.rights import RIGHTS, may_call
from tests.builders import X, Y, rule
from tests.service.inside import CODES, Inside
from tests.service.planted import OFFICES, ONLY_BY_HIDDEN, RESTRICTED, UNASKED, degrees, opened

WORDS = {"code": [*CODES, "not-found"], "office": ["UNB", "UDB", "UWB"], "language": ["de"],
         "clock": ["x"], "job_id": ["1"]}  # fmt: skip
PLAN = f"POLYGON(({X} {Y}, {X + 90} {Y}, {X + 90} {Y + 90}, {X} {Y + 90}, {X} {Y}))"
FORM = {"outline": PLAN, "crs": "EPSG:25833", "kind": "bebauungsplan"}
NAMES = ("Lachen", *(word[:-2] for hidden in (RESTRICTED, OFFICES) for word in hidden.words))
LAYERS = f"schichten={','.join(CODES)}"
# What is asked behind an address; "" is the address alone.
QUERIES: Mapping[str, tuple[str, ...]] = {
    "GET /kartengrund": (
        "box=12,51,13,51.5",
        *(f"box={degrees(hidden, around_m=20)}" for hidden in (RESTRICTED, OFFICES)),
    ),
    "GET /orte": tuple(f"q={word}" for word in ("Borna", *NAMES)),
    "GET /karte": ("", LAYERS, "gemeinde=14729050", "q=sonnenhang"),
    "GET /einbetten/karte": ("", LAYERS),
    "GET /neu.atom": ("", "gemeinde=14729050"),
    "GET /vorgaenge": ("", *(f"q={word}" for word in NAMES)),
    "GET /api/v1/cases": (
        "",
        "q=Planung&count=true",
        *(f"q={word}" for word in NAMES),
        *(f"count=true&office={office}" for office in ("UNB", ONLY_BY_HIDDEN, UNASKED)),
    ),
    "GET /api/v1/statistics": ("", "first=2026-11-01&last=2026-11-30"),
    "GET /api/v1/checks/{check_id}/geojson": ("", "crs=working"),
    "GET /vorgaenge/{case_id}/stellungnahme": ("", "karte=true"),
    "GET /api/v1/cases/{case_id}/statements/{statement_id}/preview": ("", "edition=inner"),
}
# Whoever may try rules could make up one that finds what is hidden from ever farther away.
RULES = json.dumps({"rules": [rule("X1", "arten", {"within": 150}, offices=["UWB"])]})
TAKEN = ("map", "csv", "geopackage")
VARIANTS = {"kind": "bebauungsplan"} | {
    f"{name}-{key}": FORM[name] for key in "AB" for name in ("outline", "crs")
}
FORMS: Mapping[str, tuple[Mapping[str, str], ...]] = {
    "POST /api/v1/checks": (FORM,),
    "POST /vorpruefung": (FORM, *({**FORM, "take": form} for form in TAKEN)),
    "POST /varianten": (VARIANTS,),
    "POST /einreichen": ({**FORM, "act": "look"},),
    "POST /regelprobe": tuple({**FORM, "office": o} for o in ("UNB", ONLY_BY_HIDDEN)),
    "POST /regelvergleich": ({"rules": RULES},),
}
KINDS = ("application/json", "text/html")
# Some lead elsewhere; there is no worker here, and nobody else to log in with.
OTHERWISE = {
    "GET /": 303,
    "GET /sprache/{language}": 303,
    "GET /vorgaenge/{case_id}/planung": 303,
    "GET /api/v1/oidc/start": 404,
    "GET /api/v1/oidc/callback": 404,
    "GET /readyz": 503,
}


@dataclass(frozen=True)
class Asking:
    """One request; `route` is the row of the table of rights it belongs to."""

    route: str
    path: str
    form: Mapping[str, str] | None = None

    def __str__(self) -> str:
        """Return what it is called where something was found."""
        method, taken = self.route.split()[0], (self.form or {}).get("take", "")
        return f"{method} {self.path} {taken}".strip()


@dataclass(frozen=True)
class Answer:
    """What came back; files are told by their first bytes, so headers stand apart."""

    asking: Asking
    status: int
    given: Mapping[str, str]
    content: bytes

    @property
    def headers(self) -> bytes:
        """All of them, to be searched."""
        return str(self.given).encode()

    @property
    def told(self) -> bytes:
        """All of it, with whatever is packed in it."""
        return self.headers + opened(self.content)

    @property
    def real(self) -> bool:
        """Tell whether this is what the route is there for, and no refusal."""
        return self.status == OTHERWISE.get(self.asking.route, 200)


def callable_by(who: str) -> frozenset[str]:
    """Return the routes of `askings` that a reader, named as in `Inside.people`, may call."""
    role = {"office": "officer", "other": "planner"}.get(who.split()[0], who)
    principal = Principal(role=role)
    return frozenset(
        route for route in RIGHTS
        if (route.startswith("GET ") or route in FORMS) and may_call(route, principal)
    )  # fmt: skip


def answers(
    inside: Inside, who: str, routes: Collection[str] = RIGHTS, *, whole: bool = False
) -> Iterator[Answer]:
    """Yield every answer a reader gets on some routes.

    Where a route is not for them it is asked once, unless the `whole` is wanted, which is every
    address, both as a page and as data.
    """
    client, theirs = inside.client, callable_by(who)
    for route in sorted(routes):
        method, path = route.split()
        kinds = KINDS if whole else (KINDS[not path.startswith("/api")],)
        every = _gets(inside, route) if method == "GET" else _posts(route)
        for asking in islice(every, None if whole or route in theirs else 1):
            for accept in kinds:
                headers = {**inside.people[who], "Accept": accept}
                got = client.request(method, asking.path, headers=headers, data=asking.form)
                assert got.status_code < 500 or route in OTHERWISE, (asking, got.text)
                yield Answer(asking, got.status_code, got.headers, got.content)


def _gets(inside: Inside, route: str) -> Iterator[Asking]:
    for path in inside.paths.get(route) or _filled(inside, route):
        for query in QUERIES.get(route, ("",)):
            yield Asking(route, f"{path}?{query}" if query else path)


def _filled(inside: Inside, route: str) -> Iterator[str]:
    path, values = route.split()[1], {**WORDS, **inside.values}
    names = re.findall(r"{(\w+)}", path)
    for chosen in product(*(values[name] for name in names)):
        yield path.format(**dict(zip(names, chosen, strict=True)))


def _posts(route: str) -> Iterator[Asking]:
    for form in FORMS.get(route, ()):
        yield Asking(route, route.split()[1], form)
