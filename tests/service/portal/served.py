"""The application on a port of its own, and a browser that tells of everything that goes wrong."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, Page

__all__ = ["Visitor", "address", "axe", "visitor"]
AXE = Path(__file__).parents[3] / "maps" / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.fixture
def address(app: FastAPI) -> Iterator[str]:
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)


class Visitor:
    """A browser at the pages, what it complained about, and whom else it asked."""

    def __init__(self, browser: Browser, address: str, **how: Any) -> None:
        usual = {"locale": "de-DE", "viewport": {"width": 1280, "height": 900}}
        self.context = browser.new_context(**{**usual, **how})
        self.page: Page = self.context.new_page()
        self.address = address
        self.complaints: list[str] = []
        self.foreign: list[str] = []
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", self._asked)

    def _said(self, message: Any) -> None:
        refused = "the server responded with a status of 4" in message.text
        if not refused:  # a refusal is an answer, and shown on the page
            self.complaints.append(f"{message.type}: {message.text}")

    def _asked(self, request: Any) -> None:
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.foreign.append(request.url)

    def goes(self, path: str) -> Page:
        self.page.goto(self.address + path)
        return self.page

    def logs_in(self, login: str, password: str) -> None:
        page = self.goes("/anmelden")
        page.fill("#login", login)
        page.fill("#password", password)
        page.click("main button.primary")
        page.wait_for_url(lambda url: "/anmelden" not in url)


def axe(page: Page) -> list[str]:
    """Return what axe finds against WCAG 2.2 AA on the page as it is now."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(
        "tags => axe.run(document, {runOnly: tags, resultTypes: ['violations']})", TAGS
    )
    return [
        f"{v['id']}: {node['target']} {node['failureSummary']}"
        for v in found["violations"]
        for node in v["nodes"]
    ]


@pytest.fixture
def visitor(browser: Browser, address: str) -> Iterator[Visitor]:
    made = Visitor(browser, address)
    yield made
    made.context.close()
    assert made.complaints == []
    assert made.foreign == []
