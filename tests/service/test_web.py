"""What holds for every route, page and export at once: who sends, what comes along, what runs."""

import ast
import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from service.access.arrival import LOG_IN, SAFE
from service.access.passwords import hashed
from service.app import create_app
from service.commands.comparing import _csv
from service.config import Settings
from service.db import transaction
from service.models import Account
from service.plans.intake import read_plan
from service.report.table import FORMULA, cell
from tests.service.access.entering import PASSWORD, log_in
from tests.service.api.people import person
from tests.service.api.serving import app, client, district, routes
from tests.service.shielded import lacking

__all__ = ["app", "client", "district"]
ROOT = Path(__file__).parent.parent.parent
# Of plain text, where an escape would be read as it stands.
PLAIN_TEXT = {"service/letters/templates/__init__.py", "service/blocks/template.py"}
DDE = "=cmd|' /C calc'!A0"
# What a browser says of itself where a page of somebody else makes it send something.
FOREIGN: tuple[dict[str, str], ...] = (
    {"Origin": "https://evil.example"},
    {"Origin": "null"},  # a sandboxed frame, a file, a page without referrer
    {"Origin": "http://testserver:81"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
)
# A page of ours; an old browser, which says less; a program, which says nothing.
OURS: tuple[dict[str, str], ...] = (
    {"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"},
    {"Origin": "http://testserver"},
    {},
)


def addresses(app: FastAPI, methods: frozenset[str], *, safe: bool) -> Iterator[tuple[str, str]]:
    """Yield method and address of every route with one of these methods, or with any other."""
    for route in sorted(routes(app)):
        method, path = route.split()
        if (method in methods) is safe:
            yield method, re.sub(r"{[^}]+}", lambda _: str(uuid4()), path)


@pytest.fixture
def browser(app: FastAPI) -> TestClient:
    """Return a browser in which an administrator is logged in; it says no token by itself."""
    with transaction(app.state.engine) as session:
        session.add(Account(login="admin", name="A", role="administrator",
                            password=hashed(PASSWORD)))  # fmt: skip
    opened = TestClient(app, raise_server_exceptions=False)
    opened.headers["X-Right"] = log_in(opened, "admin").json()["csrf"]
    return opened


def test_nothing_is_changed_without_the_sessions_token_and_from_a_page_of_ours(
    app: FastAPI, browser: TestClient
) -> None:
    right = browser.headers.pop("X-Right")
    bare: tuple[dict[str, str], ...] = ({"X-CSRF-Token": str(uuid4())}, {})
    tried = 0
    for number, (method, address) in enumerate(addresses(app, SAFE, safe=False)):
        logging_in = address in LOG_IN and method == "POST"  # whatever cookie is left
        foreign = {"X-CSRF-Token": right, **FOREIGN[number % len(FOREIGN)]}
        for headers in (foreign, *(() if logging_in else bare)):
            answer = browser.request(method, address, headers=headers, follow_redirects=False)
            assert answer.status_code == 403, (method, address, headers)
            assert answer.json()["code"] == "csrf"
            tried += 1
    assert tried > 150


def test_a_page_of_others_makes_nobody_send_anything_without_a_session_either(
    app: FastAPI, client: TestClient
) -> None:
    def code(method: str, address: str, headers: dict[str, str]) -> tuple[int, str]:
        answer = client.request(method, address, headers=headers, follow_redirects=False)
        is_problem = "problem" in answer.headers.get("content-type", "")
        return answer.status_code, answer.json()["code"] if is_problem else ""

    token = person(app.state.engine, "coordinator")
    unsafe = list(addresses(app, SAFE, safe=False))
    for number, (method, address) in enumerate(unsafe):
        for headers in (FOREIGN[number % 3], FOREIGN[3 + number % 2]):
            assert code(method, address, headers) == (403, "csrf"), (method, address, headers)
        for headers in (OURS[number % len(OURS)], {**token, **FOREIGN[number % len(FOREIGN)]}):
            assert code(method, address, headers)[1] != "csrf", (method, address, headers)
    assert {"POST /vorpruefung", "POST /varianten", "POST /api/v1/checks"} <= {
        " ".join(each) for each in unsafe
    }
    assert len(unsafe) > 80


def test_a_cookie_that_has_ended_or_another_credential_of_the_browsers_is_no_way_round(
    client: TestClient,
) -> None:
    for said in ({"Cookie": "belang=ended"}, {"Authorization": "Basic eDp5"}):
        answer = client.post("/api/v1/checks", headers={**said, **FOREIGN[0]})
        assert (answer.status_code, answer.json()["code"]) == (403, "csrf")


@pytest.mark.parametrize(
    ("said", "origin", "code"),
    [
        ({"base_url": "https://belang.example/belang"}, "https://belang.example", 422),
        ({"base_url": "https://belang.example/belang"}, "http://testserver", 403),
        ({"base_url": "https://belang.example/belang"}, "http://belang.example", 403),
        ({"root_path": "/belang"}, "http://testserver", 422),
        ({}, "https://testserver", 403),
    ],
)
def test_behind_a_proxy_a_page_of_ours_is_one_of_the_address_users_see(
    app: FastAPI, tmp_path: Path, said: dict[str, str], origin: str, code: int
) -> None:
    url = app.state.engine.url.render_as_string(hide_password=False)
    settings = Settings.model_validate({"data": tmp_path, **said})
    made = create_app(settings, url, app.state.district, read_plan)
    address = f"{settings.root_path}/api/v1/checks"
    answer = TestClient(made).post(address, headers={"Origin": origin})
    made.state.engine.dispose()
    assert answer.status_code == code  # 422: there is no plan in it


def test_a_name_of_strangers_that_leads_here_is_not_ours(app: FastAPI, tmp_path: Path) -> None:
    url = app.state.engine.url.render_as_string(hide_password=False)
    settings = Settings.model_validate({"data": tmp_path, "base_url": "https://belang.example"})
    made = create_app(settings, url, app.state.district, read_plan)
    client = TestClient(made, base_url="http://evil.example")
    said = {"Origin": "http://evil.example", "Sec-Fetch-Site": "same-origin"}
    assert client.post("/api/v1/checks", headers=said).json()["code"] == "csrf"
    assert client.post("/api/v1/checks").status_code == 422  # a program by another name
    assert client.get("/healthz", headers=said).status_code == 200
    made.state.engine.dispose()


@pytest.mark.parametrize("host", ["[", "a:b", ""])
def test_a_host_that_is_none_makes_no_page_ours(client: TestClient, host: str) -> None:
    answer = client.post("/api/v1/checks", headers={"Host": host, "Origin": "null"})
    assert answer.status_code in (400, 403)


def test_pages_with_a_form_let_the_browser_say_where_it_comes_from(client: TestClient) -> None:
    # With ``no-referrer`` a form would be sent with the origin ``null``.
    for address in ("/vorpruefung", "/varianten", "/anmelden"):
        page = client.get(address)
        assert '<form method="post"' in page.text
        assert page.headers["referrer-policy"] == "same-origin"


def test_every_refusal_tells_the_browser_what_it_may_do_with_it(
    app: FastAPI, client: TestClient
) -> None:
    for method, address in addresses(app, frozenset({"GET"}), safe=True):
        headers = client.request(method, address, follow_redirects=False).headers
        assert lacking(headers) == [], address


def test_every_form_that_changes_something_sends_the_token_along() -> None:
    forms = 0
    for path in sorted((ROOT / "service" / "portal" / "templates").glob("*.html")):
        for form in re.findall(r"<form method=\"post\".*?(?:</form>|endmacro)",
                               path.read_text(encoding="utf-8"), re.DOTALL):  # fmt: skip
            forms += 1
            if path.name != "log_in.html":
                assert 'name="csrf"' in form, path.name
    assert forms >= 6


def calls(name: str) -> Iterator[tuple[str, ast.Call, str]]:
    """Yield every call of something of that name in the packages, with its file and its text."""
    for package in ("gis", "layers", "maps", "service"):
        for path in sorted((ROOT / package).rglob("*.py")):
            text = path.read_text(encoding="utf-8")
            if name not in text:
                continue
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(name):
                    yield str(path.relative_to(ROOT)), node, text


def test_every_template_engine_escapes_but_those_of_plain_text() -> None:
    plain = set()
    for where, call, _ in calls("Environment"):
        said = {word.arg: ast.unparse(word.value) for word in call.keywords}
        if said.get("autoescape") != "True":
            plain.add(where)
    assert plain == PLAIN_TEXT
    rendered = [call for _, call, _ in calls("tpl.render")]
    assert all("autoescape=True" in ast.unparse(call) for call in rendered)
    assert rendered


def test_no_table_is_written_without_a_thought_of_formulas() -> None:
    writers = {where for name in ("csv.writer", "csv.DictWriter") for where, _, _ in calls(name)}
    assert writers
    for where in writers | {where for where, _, _ in calls("Workbook")}:
        text = (ROOT / where).read_text(encoding="utf-8")
        assert "FORMULA" in text or "import cell" in text, where


@pytest.mark.parametrize("lead", FORMULA)
def test_no_cell_begins_like_a_formula(lead: str) -> None:
    evil = f"{lead}{DDE}"
    assert cell(evil, "de") == f"'{evil}"
    table = _csv([{"id": evil}])
    rows = list(csv.DictReader(io.StringIO(table.removeprefix("\ufeff")), delimiter=";"))
    assert rows[0]["id"] == f"'{evil}"
