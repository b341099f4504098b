"""What somebody may not see is in nothing they get: no page, report, map, file, error, header, log.

Names, coordinates and counts are planted in a layer for offices and in a restricted one; a plan
meets both. Every address is asked as every reader, and all that comes is opened and searched.
"""

import logging
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain, product
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine, select, text

from bench import unseen
from service.api.rights import RIGHTS
from service.app import create_app
from service.blobs import Blobs
from service.cases.checking import carry_out
from service.config import Settings
from service.db import engine_for, transaction
from service.models import Account, Case, Membership
from service.plans.intake import read_plan
from tests.builders import X, Y
from tests.service.api.people import person
from tests.service.cases.handing import case_of, hand_in
from tests.service.cases.region import district, outline
from tests.service.consolidation.answers import asked
from tests.service.planted import OFFICES, RESTRICTED, Hidden, opened, region
from tests.service.postgres import Server

Headers = Mapping[str, str]
IDS = {
    "case_id": "select id from cases",
    "check_id": "select id from checks",
    "task_id": "select id from tasks",
    "contribution_id": "select id from contributions",
    "item_id": "select id from items",
    "document_id": "select id from documents",
    "statement_id": "select id from statements",
    "account_id": "select id from accounts limit 1",
    "edition": "select distinct edition from statement_files",
    "form": "select distinct form from statement_files",
}
WORDS = {"code": ["arten", "denkmal", "nsg"], "office": ["UNB", "UDB", "UWB"], "language": ["de"],
         "name": ["arten", "denkmal", "nsg"], "digest": ["0" * 16], "word": ["x"],
         "clock": ["x"], "job_id": ["1"], "token_id": [], "release_id": [],
         "z": ["9"], "x": ["1"], "y": ["1"]}  # fmt: skip
ENDLESS = "GET /api/v1/checks/{check_id}/events"
WHOLE = "BELANG_WHOLE" in os.environ  # every reader and form; else those most likely to tell
PLAN = f"POLYGON(({X} {Y}, {X + 90} {Y}, {X + 90} {Y + 90}, {X} {Y + 90}, {X} {Y}))"


@dataclass
class Inside:
    """The application with one case, and who asks it; `log` is all that was logged meanwhile."""

    app: FastAPI
    people: dict[str, Headers]
    values: dict[str, list[str]]
    log: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def inside(
    postgres: Server, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Inside]:
    folder = tmp_path_factory.mktemp("unseen")
    (folder / "district").mkdir()
    with postgres.database(template) as name:
        url = postgres.url(name)
        here = district(region(folder / "district"), folder)
        settings = Settings(data=folder, anonymous_checks_per_minute=10_000)
        app = create_app(settings, url, here, read_plan)
        engine = app.state.engine
        with logged() as log:
            check_id = hand_in(engine, here, folder, outline())
            carry_out(engine, here, Blobs(folder / "blobs"), check_id)
            case_id = case_of(engine, check_id)
            for office in ("UNB", "UDB", "UWB"):
                asked(engine, case_id, office, [("keine_bedenken", "Keine Bedenken.")])
            people = readers(engine, case_id)
            sent(app, case_id, people["coordinator"])
            yield Inside(app, people, known(url), log)
        engine.dispose()


@contextmanager
def logged() -> Iterator[list[str]]:
    """Yield a list to which everything is added that anybody logs, with its facts."""
    lines: list[str] = []

    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(f"{record.getMessage()} {getattr(record, 'facts', '')}")

    root, handler = logging.getLogger(), Handler(logging.DEBUG)
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    try:
        yield lines
    finally:
        root.removeHandler(handler)
        root.setLevel(before)


def readers(engine: Engine, case_id: UUID) -> dict[str, Headers]:
    """Return somebody of every kind; the planner is the one whose case it is."""
    people = {role: person(engine, role) for role in ("coordinator", "steward", "administrator")}
    people |= {f"office {code}": person(engine, "officer", office=code)
               for code in ("UNB", "UDB", "UWB")}  # fmt: skip
    people |= {"public": {}, "other planner": person(engine, "planner", login="other")}
    people["planner"] = person(engine, "planner", login="own", organisation="Stadt")
    with transaction(engine) as session:
        account = session.scalars(select(Account).where(Account.login == "own")).one()
        member = select(Membership.organisation_id).where(Membership.account_id == account.id)
        session.get_one(Case, case_id).organisation_id = session.scalars(member).one()
    return people


def sent(app: FastAPI, case_id: UUID, coordinator: Headers) -> None:
    """Send the statement and release it to the public."""
    client = TestClient(app)

    def say(rest: str, method: str = "POST", who: Headers = coordinator, **body: Any) -> Any:
        path = f"/api/v1/cases/{case_id}{rest}"
        answer = client.request(method, path, headers=who, json=body)
        assert answer.status_code < 300, answer.text
        return answer.json()

    here = f"/statements/{say('/statements')['id']}"
    say(here, "PATCH", verdict="notes", assessment="Dem Plan wird zugestimmt.")
    say(f"{here}/circulation")
    head = person(app.state.engine, "coordinator", login="head")
    with transaction(app.state.engine) as session:
        account = session.scalars(select(Account).where(Account.login == "head")).one()
        account.functions = ["staff-unit"]
    say(f"{here}/signature", who=head)
    say(f"{here}/sending")
    for what in ("plan", "statement"):
        say("/releases", what=what, title="Sonnenhang", consent="Stadt", until="2027-03-31")


def known(url: str) -> dict[str, list[str]]:
    """Return what the parts of addresses can be."""
    engine = engine_for(url, pool=1)
    with transaction(engine) as session:
        found = {name: [str(v) for v in session.scalars(text(q))] for name, q in IDS.items()}
    engine.dispose()
    return {**found, **WORDS}


def addresses(values: Mapping[str, list[str]]) -> Iterator[str]:
    """Yield every address there is to be read."""
    for route in sorted(RIGHTS):
        method, path = route.split()
        if method != "GET" or route == ENDLESS:
            continue
        names = re.findall(r"{(\w+)}", path)
        for chosen in product(*(values[name] or ["x"] for name in names)):
            yield path.format(**dict(zip(names, chosen, strict=True)))


def everything(inside: Inside, who: Headers, only: str = "") -> Iterator[tuple[str, bytes]]:
    """Yield every answer somebody gets, with its headers; `only` from such addresses."""
    client = TestClient(inside.app, raise_server_exceptions=False)
    requests: list[tuple[str, str, dict[str, Any]]] = [
        ("GET", path, {"headers": {**who, "Accept": accept}})
        for path in addresses(inside.values)
        if only in path
        for accept in ("application/json", "text/html")
        if WHOLE or (accept == "text/html") != path.startswith("/api")
    ]
    form = {"outline": PLAN, "crs": "EPSG:25833", "kind": "bebauungsplan"}
    requests += [("POST", path, {"headers": who, "data": form})
                 for path in ("/api/v1/checks", "/vorpruefung")]  # fmt: skip
    requests += [("GET", "/api/v1/cases", {"headers": who, "params": {"q": word}})
                 for word in ("Planung", "Lachen")]  # fmt: skip
    for method, path, more in requests:
        answer = client.request(method, path, follow_redirects=False, **more)
        assert answer.status_code < 500 or path == "/readyz", (path, answer.text)
        yield f"{method} {path}", str(answer.headers).encode() + answer.content


def found(
    inside: Inside, who: str, *hidden: Hidden, only: str = "", places_only: bool = False
) -> dict[str, list[str]]:
    """Return what somebody gets of what is hidden, by address."""
    traces: dict[str, list[str]] = {}
    for name, content in everything(inside, inside.people[who], only):
        told = opened(content)
        for one in hidden:
            if some := one.traces(told, places_only=places_only):
                traces.setdefault(name, []).extend(some)
    return traces


@pytest.mark.parametrize(
    ("who", "hidden", "words"),
    [("office UNB", RESTRICTED, "Zeisighorst"), ("office UDB", OFFICES, "Kellergewölbe")],
)
def test_the_keeper_is_told_so_that_there_is_something_to_be_found(
    inside: Inside, who: str, hidden: Hidden, words: str
) -> None:
    some = found(inside, who, hidden, only="" if WHOLE else "checks/").values()
    assert {words, str(hidden.count), f"{X + hidden.corner[0]:.2f}"} <= set(chain(*some))


@pytest.mark.parametrize("who", ["planner", "public", "other planner"][: 3 if WHOLE else 1])
def test_outsiders_get_nothing_of_what_is_for_offices_or_restricted(
    inside: Inside, who: str
) -> None:
    assert found(inside, who, RESTRICTED, OFFICES) == {}


@pytest.mark.parametrize("who", ["office UWB", "office UDB"][: 2 if WHOLE else 1])
def test_offices_get_nothing_of_what_another_one_keeps_to_itself(inside: Inside, who: str) -> None:
    assert found(inside, who, RESTRICTED, only="" if WHOLE else "/api") == {}


@pytest.mark.parametrize("who", ["coordinator", "steward", "administrator"][: 3 if WHOLE else 1])
def test_where_it_is_only_its_keeper_learns(inside: Inside, who: str) -> None:
    only = "" if WHOLE else "checks/"
    assert found(inside, who, RESTRICTED, only=only, places_only=True) == {}


def test_no_small_plan_tells_a_hit_from_none(fresh_database_url: str, tmp_path: Path) -> None:
    """A few of the thousand of `make goal`."""
    wrong, hits = unseen.run(tmp_path, fresh_database_url, 50 if WHOLE else 8, seed=2)
    assert wrong == []
    assert hits["met_something_hidden"] > 0


def test_the_log_holds_nothing_of_it(inside: Inside) -> None:
    told = "\n".join(inside.log).encode()
    assert told
    assert RESTRICTED.traces(told) == []
    assert OFFICES.traces(told) == []
