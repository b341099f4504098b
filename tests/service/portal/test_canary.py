"""Nothing that comes in as text becomes markup: every field of every form, every parameter of an
address, every text of the database. What there is to try is found, so that nothing is forgotten.
"""

import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from fastapi.testclient import TestClient
from playwright.sync_api import Browser
from pydantic import BaseModel
from sqlalchemy import Column, func, literal, update
from sqlalchemy.exc import IntegrityError

from bench.barriers import serving
from bench.visits import Visit, bearers, visits
from service.app import create_app
from service.db import Base, transaction
from service.plans.intake import read_plan
from service.portal.forms import Act
from tests.service.portal.conftest import Demo
from tests.service.portal.served import Visitor
from tests.service.portal.test_everywhere import of_each_route
from tests.service.postgres import Server

CANARY = "\"'><img src=x onerror=alert(1)>"
MARKUP = "<img src=x onerror"
HTML = {"Accept": "text/html"}
# Names of columns that hold a code of ours or a pseudonym; all others hold what somebody wrote.
CODES = frozenset({
    "action", "actor", "audience", "binding", "block", "by", "cause", "certainty", "clock",
    "closing_code", "code", "decision", "deputy", "edition", "effect", "exception", "first",
    "form", "item", "key", "kind", "language", "law", "layer", "media_type", "municipality",
    "object", "occasion", "office", "origin", "part", "password", "procedure", "result", "role",
    "rule", "scan", "second", "sha256", "source", "span", "stance", "stand_in", "state",
    "template", "topic", "verdict", "way", "what", "csrf",
})  # fmt: skip
JOURNAL = frozenset({"journal", "details", "counters", "blobs", "sessions", "attempts"})


@dataclass
class Form:
    """A form as a page has it: where it goes, what it says by itself, what somebody can write."""

    action: str
    method: str
    fixed: dict[str, str] = field(default_factory=dict)
    free: set[str] = field(default_factory=set)


class Forms(HTMLParser):
    """All forms of a page, with fields that belong to one by its id."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[Form] = []
        self.named: dict[str, Form] = {}
        self.inside: Form | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = Form(said.get("action", ""), said.get("method", "get"))
            self.found.append(self.inside)
            self.named[said.get("id", "")] = self.inside
        owner = self.named.get(said["form"]) if "form" in said else self.inside
        if owner is None or "name" not in said or tag not in ("input", "textarea", "select"):
            return
        if said.get("type") == "hidden":
            owner.fixed[said["name"]] = said.get("value", "")
        else:
            owner.free.add(said["name"])

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = None


@pytest.fixture(scope="module")
def app(demo: Demo, postgres: Server) -> Iterator[FastAPI]:
    """Return the demonstration with a database of its own, where anything may happen."""
    state = demo.app.state
    name = state.engine.url.database
    state.engine.dispose()
    with postgres.database(name) as copy:
        made = create_app(state.settings, postgres.url(copy), state.district, read_plan)
        yield made
        made.state.engine.dispose()


@pytest.fixture(scope="module")
def known(app: FastAPI) -> dict[str, dict[str, str]]:
    now = datetime.now(UTC)
    return bearers(app.state.engine, now, now + timedelta(hours=1))


def harmless(answer: Any, about: object) -> None:
    assert answer.status_code < 500, (about, answer.status_code)
    if "html" in answer.headers.get("content-type", ""):
        assert MARKUP not in answer.text, about


def test_no_field_of_a_form_becomes_markup(app: FastAPI, known: dict[str, Any]) -> None:
    client, tried = TestClient(app), set()
    pages = of_each_route(visits(app, app.state.district))
    for visit in pages:
        headers = {**known[visit.role], **HTML}
        for form in Forms(client.get(visit.path, headers=headers).text).found:
            path = (form.action or visit.path).partition("#")[0]
            sends(client, form.method, path, headers, {**form.fixed, **all_of(form.free)})
            tried.add((visit.route, *sorted(form.free)))
    for visit in pages:  # and what a page would take in another state of its case
        headers = {**known[visit.role], **HTML}
        for act, model in acts(app, visit).items():
            fields = {"act": act, "of": CANARY, **all_of(model.model_fields)}
            sends(client, "post", visit.path, headers, fields)
            tried.add((visit.route, act))
    assert len(tried) > 100


def all_of(names: Iterable[str]) -> dict[str, str]:
    return dict.fromkeys(names, CANARY)


def sends(client: TestClient, method: str, path: str, headers: Any, said: dict[str, str]) -> None:
    if method == "post":
        no_file = {"none": ("", b"")}
        answer = client.post(path, data=said, files=no_file, headers=headers)
    else:
        answer = client.get(path, params=said, headers=headers)
    harmless(answer, (path, sorted(said)))


def routes(app: FastAPI, method: str) -> list[APIRoute]:
    found = [one.route for one in iter_route_contexts(app.routes)]
    return [one for one in found if isinstance(one, APIRoute) and method in one.methods]


def parameters(route: APIRoute) -> Iterator[str]:
    """Yield what can be asked of a page in its address; of a model its fields."""
    for one in route.dependant.query_params:
        said = one.field_info.annotation
        model = isinstance(said, type) and issubclass(said, BaseModel)
        yield from said.model_fields if model else [one.alias]


def acts(app: FastAPI, visit: Visit) -> dict[str, type[BaseModel]]:
    """Return the forms a page takes, by the field that says which was sent."""
    for route in routes(app, "POST"):
        if route.path == visit.route:
            module = sys.modules[route.endpoint.__module__]
            found = getattr(module, "ACTS", {})
            found = found.get(visit.role, found)
            return {act: how.model for act, how in found.items() if isinstance(how, Act)}
    return {}


def test_no_parameter_of_an_address_becomes_markup(app: FastAPI, known: dict[str, Any]) -> None:
    client, tried = TestClient(app), 0
    asked = {route.path: list(parameters(route)) for route in routes(app, "GET")}
    for visit in of_each_route(visits(app, app.state.district)):
        headers = {**known[visit.role], **HTML}
        for name in {*asked.get(visit.route, ()), "q", "weiter", "cursor"}:
            answer = client.get(visit.path, params={name: CANARY}, headers=headers)
            harmless(answer, (visit.path, name))
            tried += 1
        harmless(client.get(f"{visit.path}/{CANARY}", headers=headers), visit.path)
    assert tried > 80


def test_no_attribute_of_a_plan_becomes_markup(app: FastAPI) -> None:
    ring = [[12.5, 51.15], [12.502, 51.15], [12.502, 51.151], [12.5, 51.15]]
    feature = {
        "type": "Feature", "geometry": {"type": "Polygon", "coordinates": [ring]},
        "properties": {CANARY: CANARY, **all_of(("name", "titel", "title", "status", "nutzung"))},
    }  # fmt: skip
    file = {"file": (f"{CANARY}.geojson", json.dumps(feature).encode())}
    for kind in ("", "radweg"):
        answer = TestClient(app).post("/vorpruefung", files=file, data={"kind": kind}, headers=HTML)
        harmless(answer, kind)
        assert "img src=x" in answer.text


def test_no_text_of_the_database_becomes_markup(
    app: FastAPI, known: dict[str, Any], browser: Browser
) -> None:
    spoilt = [column for column in written() if spoil(app, column)]
    assert len(spoilt) > 35
    pages = of_each_route(visits(app, app.state.district))
    seen = 0
    with serving(app) as address:
        for role in sorted({one.role for one in pages}):
            visitor = Visitor(browser, address)
            visitor.context.set_extra_http_headers(known[role])
            for one in (each for each in pages if each.role == role):
                answer = visitor.page.goto(address + one.path)
                assert answer is not None
                assert answer.status == 200, one
                assert visitor.page.locator("img[src=x]").count() == 0, one
                seen += "img src=x" in visitor.page.content()
            visitor.context.close()
            assert visitor.complaints == []
    assert seen > 15


def written() -> list[Column[Any]]:
    """Return the columns that hold what somebody wrote."""
    return [
        column
        for table in Base.metadata.sorted_tables
        if table.name not in JOURNAL
        for column in table.columns
        if str(column.type) in ("VARCHAR", "TEXT")
        and not column.foreign_keys
        and column.computed is None
        and column.name not in CODES
        and not column.name.endswith("_by")
    ]


def spoil(app: FastAPI, column: Column[Any]) -> bool:
    """Put the canary after every text of a column, and where there is none if that may be."""
    changed = update(column.table).values({column: func.coalesce(column, "") + literal(CANARY)})
    for statement in (changed, changed.where(column.is_not(None))):
        try:
            with transaction(app.state.engine) as session:
                return bool(session.connection().execute(statement).rowcount)
        except IntegrityError:
            continue
    raise AssertionError(f"a text that may hold codes only: {column}")
