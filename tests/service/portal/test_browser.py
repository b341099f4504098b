"""The pages in a real browser: nothing foreign, no complaint, no barrier that axe knows."""

from pathlib import Path

from fastapi import FastAPI

from service.access.passwords import hashed
from service.db import transaction
from service.models import Account
from tests.service.api.serving import app, client, district
from tests.service.cases.handing import hand_in, outline
from tests.service.portal.served import Visitor, address, axe, visitor

__all__ = ["address", "app", "client", "district", "visitor"]
PASSWORD = "vier Worte auf Wanderschaft"  # noqa: S105
CANARY = "<img src=x onerror=alert(1)>"


def test_a_file_is_pre_checked_in_two_steps(visitor: Visitor, sample: Path) -> None:
    page = visitor.goes("/")
    assert axe(page) == []
    page.set_input_files("#file", sample / "plans" / "wohnen-am-hainer-see.geojson")
    page.wait_for_selector("html[data-ready]", state="attached")
    assert page.locator("path.plan").count() > 0
    assert page.locator("table.offices tbody tr").count() > 3
    assert axe(page) == []
    page.fill("#outline", CANARY)
    page.set_input_files("#file", [])
    page.click("button.primary")
    page.wait_for_selector("#result .alert")
    assert "onerror" not in page.inner_html("#result")


def test_the_coordinator_finds_a_case(app: FastAPI, visitor: Visitor) -> None:
    with transaction(app.state.engine) as session:
        account = Account(
            login="ko", name=CANARY, role="coordinator", password=hashed(PASSWORD), language="de"
        )
        session.add(account)
    state = app.state
    hand_in(state.engine, state.district, state.settings.data, outline())
    visitor.logs_in("ko", PASSWORD)
    page = visitor.page
    assert page.url.endswith("/vorgaenge")
    assert axe(page) == []
    page.click("tbody th a")
    page.wait_for_selector("h1")
    assert axe(page) == []
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
