"""A small district of eight offices, its people, and a case that was handed in and checked."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import yaml
from fastapi import FastAPI
from fastapi.testclient import TestClient

from layers.catalogue import read_catalogue
from layers.store import Store
from service.access import tokens
from service.access.principal import Principal
from service.app import create_app
from service.blobs import Blobs
from service.cases.checking import carry_out
from service.config import Settings
from service.db import transaction
from service.district import District
from service.models import Account, Membership, Organisation
from service.plans.intake import read_plan
from tests.builders import catalogue, geojson, layer, rectangle, rule
from tests.service.cases.handing import case_of, hand_in
from tests.service.cases.region import TOWN, outline

OFFICES = {
    "KE": "Stabsstelle", "UNB": "Naturschutz", "UWB": "Wasser", "UFB": "Forst", "UDB": "Denkmale",
    "SBA": "Straßen", "BAA": "Bauaufsicht", "IMM": "Immissionsschutz",
}  # fmt: skip
BLOCKS = {
    "blocks": [
        {
            "code": "nsg", "rules": ["N1"], "offices": ["UNB"], "kind": "einwendung",
            "exception": "held_out", "exception_by": "UNB", "basis": "§ 23 BNatSchG",
            "text": "Die Planung liegt auf {{ area }} in {{ objects }}.",
        },
        {"code": "strasse", "rules": ["S1"], "kind": "forderung", "text": "{{ length }} an der K."},
        {"code": "markt", "rules": ["G1"], "offices": ["KE"], "kind": "hinweis", "topic": "economy",
         "stance": "supports", "text": "Erweitert {{ objects }}."},
    ],
    "visions": [
        {
            "code": "wirtschaft", "office": "KE", "concept": "KEK", "name": "Wirtschaft",
            "layer": "kek", "priority": 1, "supports": ["R1"],
            "texts": {"supports": "ja", "neutral": "weder noch", "conflicts": "nein"},
            "measure": {"supports": "dient", "neutral": "dort", "conflicts": "dagegen"},
        },
        {
            "code": "orte", "office": "KE", "concept": "KEK", "name": "Orte", "layer": "kek",
            "priority": 2, "kinds": ["wohnen"],
            "texts": {"supports": "ja", "neutral": "weder noch", "conflicts": "nein"},
            "measure": {"supports": "dient", "neutral": "dort", "conflicts": "dagegen"},
        },
    ],
}  # fmt: skip


def region(folder: Path) -> Path:
    """Write the district with its text blocks; returns its catalogue."""
    geojson(folder / "gebiet.geojson", [rectangle(-5_000, -5_000, 5_000, 5_000)])
    named = {"id": "id", "name": "name"}

    def one(code: str, keeper: str, shape: Any, **more: Any) -> dict[str, Any]:
        rows = [(shape, {"id": f"{code}-1", "name": f"Objekt {code}"})]
        return layer(folder, code, rows, keeper=keeper, **{**named, **more})

    layers = [
        layer(folder, "gemeinden", [(rectangle(-5_000, -5_000, 5_000, 5_000), TOWN)], keeper="KE"),
        one("nsg", "UNB", rectangle(0, 0, 20, 20)),
        one("arten", "UNB", rectangle(5, 5, 9, 9), visibility="restricted"),
        one("uesg", "UWB", rectangle(0, 60, 30, 90)),
        one("wald", "UFB", rectangle(150, 0, 200, 50)),
        one("denkmale", "UDB", rectangle(40, 40, 50, 50)),
        one("gewerbe", "KE", rectangle(60, 60, 90, 90)),
        one("kek", "KE", rectangle(60, 0, 90, 30)),
        one("laerm", "IMM", rectangle(80, 80, 99, 99)),
    ]
    rules = [
        rule("N1", "nsg", offices=["UNB"], effect="prohibition"),
        rule("N2", "arten", offices=["UNB"], effect="prohibition"),
        rule("W1", "uesg", offices=["UWB"]),
        rule("F1", "wald", offices=["UFB"]),
        rule("D1", "denkmale", offices=["UDB"], effect="consent", external=["LfD"]),
        rule("S1", None, offices=["SBA"], effect="note"),
        rule("G1", "gewerbe", offices=["KE"], effect="support"),
        rule("R1", "kek", offices=["KE"], effect="support"),
        rule("I1", "laerm", offices=["IMM"]),
    ]
    offices = [{"code": code, "name": name} for code, name in OFFICES.items()]
    path = catalogue(
        folder, layers, rules, offices=offices,
        external=[{"code": "LfD", "name": "Landesamt für Denkmalpflege"}],
        area={"path": "gebiet.geojson"},
        municipalities={"layer": "gemeinden", "key": "ags", "name": "name"},
    )  # fmt: skip
    (folder / "blocks.yaml").write_text(yaml.safe_dump(BLOCKS, allow_unicode=True), "utf-8")
    return path


@dataclass
class House:
    """The running district: who asks is named by role or office."""

    app: FastAPI
    client: TestClient
    district: District
    data: Path
    people: dict[str, Mapping[str, str]]
    accounts: dict[str, UUID]

    def call(self, who: str, method: str, path: str, status: int = 200, **more: Any) -> Any:
        """Send a request and require its status; returns the body as JSON."""
        answer = self.ask(who, method, path, **more)
        assert answer.status_code == status, (method, path, answer.status_code, answer.text)
        return answer.json() if answer.content else None

    def ask(self, who: str, method: str, path: str, headers: Any = None, **more: Any) -> Any:
        """Send a request; returns the whole answer."""
        there = path if path.startswith("/api") else f"/api/v1{path}"
        given = {**self.people.get(who, {}), **(headers or {})}
        return self.client.request(method, there, headers=given, **more)

    def checked(self, side_m: float = 100.0, case_id: UUID | None = None, **said: Any) -> UUID:
        """Hand a square plan in, or a further draft, and have it checked; returns the case."""
        engine = self.app.state.engine
        check = hand_in(engine, self.district, self.data, outline(side_m), case_id=case_id, **said)
        carry_out(engine, self.district, Blobs(self.data / "blobs"), check)
        return case_of(engine, check)

    def task(self, case_id: UUID, office: str) -> dict[str, Any]:
        """Return the row of an office's newest task in a case, as the coordinator sees it."""
        rows = self.call("coordinator", "GET", f"/tasks?case={case_id}&office={office}")["tasks"]
        return max(rows, key=lambda row: row["version"])  # type: ignore[no-any-return]


@contextmanager
def house(url: str, folder: Path) -> Iterator[House]:
    """Open the district on a database, with a coordinator and an officer of each office."""
    (folder / "district").mkdir()
    read = read_catalogue(region(folder / "district"))
    district = District(read, Store(folder / "layers", read.crs, area=read.area))
    settings = Settings(data=folder, uploads_per_minute=100_000, base_url="https://belang.example")
    app = create_app(settings, url, district, read_plan)
    made = House(app, TestClient(app, raise_server_exceptions=False), district, folder, {}, {})
    add(made, "coordinator", "coordinator", mail="koordination@landkreis.example")
    for office in OFFICES:
        add(made, office, "officer", office=office)
    add(made, "UNB-2", "officer", office="UNB")
    add(made, "UNB-head", "officer", office="UNB", functions=["head"])
    add(made, "UWB-deputy", "officer", office="UWB", functions=["deputy:head"])
    yield made
    app.state.engine.dispose()


def add(made: House, name: str, role: str, **values: Any) -> None:
    """Add somebody with a token."""
    with transaction(made.app.state.engine) as session:
        account = Account(login=name, name=f"Person {name}", role=role, **values)
        session.add(account)
        session.flush()
        if role == "planner":
            town = Organisation(name=f"Stadt {name}", kind="municipality")
            session.add(town)
            session.flush()
            session.add(Membership(account_id=account.id, organisation_id=town.id))
        who = Principal(role=role, account_id=account.id, pseudonym=str(account.pseudonym))
        now = datetime.now(UTC)
        token, _ = tokens.created(session, who, name="t", scopes=("read", "write", "checks"),
                                  expires=now + timedelta(hours=1), now=now)  # fmt: skip
        made.people[name] = {"Authorization": f"Bearer {token}"}
        made.accounts[name] = account.id


def in_days(number: int) -> str:
    """Return the day so many days from now."""
    return (date.today() + timedelta(days=number)).isoformat()
