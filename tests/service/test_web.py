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
from service.api.rights import RIGHTS
from service.commands.comparing import _csv
from service.db import transaction
from service.models import Account
from service.report.table import FORMULA, cell
from tests.service.access.entering import PASSWORD, log_in
from tests.service.api.serving import app, client, district

__all__ = ["app", "client", "district"]
ROOT = Path(__file__).parent.parent.parent
# Of plain text, where an escape would be read as it stands.
PLAIN_TEXT = {"service/letters/templates/__init__.py", "service/blocks/template.py"}
DDE = "=cmd|' /C calc'!A0"
ALWAYS = {
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


def addresses(methods: frozenset[str], *, safe: bool) -> Iterator[tuple[str, str]]:
    """Yield method and address of every route with one of these methods, or with any other."""
    for route in sorted(RIGHTS):
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
    browser: TestClient,
) -> None:
    right = browser.headers.pop("X-Right")
    attacks: tuple[dict[str, str], ...] = (
        {"X-CSRF-Token": str(uuid4())},
        {},
        {"X-CSRF-Token": right, "Origin": "https://evil.example"},
        {"X-CSRF-Token": right, "Origin": "null"},
        {"X-CSRF-Token": right, "Sec-Fetch-Site": "cross-site"},
        {"X-CSRF-Token": right, "Sec-Fetch-Site": "same-site"},
    )
    tried = 0
    for number, (method, address) in enumerate(addresses(SAFE, safe=False)):
        logging_in = address in LOG_IN and method == "POST"  # whatever cookie is left
        for headers in (attacks[2 + number % 4], *attacks[: 0 if logging_in else 2]):
            answer = browser.request(method, address, headers=headers, follow_redirects=False)
            assert answer.status_code == 403, (method, address, headers)
            assert answer.json()["code"] == "csrf"
            tried += 1
    assert tried > 150


def test_every_answer_tells_the_browser_what_it_may_do_with_it(
    client: TestClient,
) -> None:
    for method, address in addresses(frozenset({"GET"}), safe=True):
        headers = client.request(method, address, follow_redirects=False).headers
        assert {name: headers.get(name) for name in ALWAYS} == ALWAYS, address
        assert headers["referrer-policy"] in ("no-referrer", "same-origin"), address
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy, address
        assert "frame-ancestors 'none'" in policy, address
        assert "unsafe" not in policy, address
        assert "cache-control" in headers, address


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
