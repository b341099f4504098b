"""A real browser for the tests of the page, and what watches over every visit."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from maps.interactive import render
from maps.picture import Picture

DESK = {"width": 1400, "height": 900}


class Visit:
    """A page that was opened, and everything it asked for or complained about."""

    def __init__(self, browser: Browser, path: Path, **options: Any) -> None:
        self.page: Page = browser.new_page(**options)
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", lambda m: self.complaints.append(f"{m.type}: {m.text}"))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("dialog", lambda dialog: self.complaints.append(dialog.message))
        self.url = path.as_uri()
        self.page.goto(self.url)
        self.page.wait_for_selector("html[data-ready]", state="attached")

    @property
    def foreign(self) -> list[str]:
        """Requests for anything but the file itself and what it holds."""
        return [u for u in self.requests if u != self.url and not u.startswith("data:")]


@pytest.fixture
def visit(browser: Browser, tmp_path: Path) -> Iterator[Any]:
    opened: list[Visit] = []

    def make(picture: Picture, **options: Any) -> Visit:
        path = tmp_path / f"karte-{len(opened)}.html"
        path.write_text(render(picture), encoding="utf-8")
        opened.append(Visit(browser, path, **{"viewport": DESK, **options}))
        return opened[-1]

    yield make
    complaints = [c for v in opened for c in v.complaints]
    foreign = [url for v in opened for url in v.foreign]
    for each in opened:
        each.page.close()
    # Every test is a test of this, too.
    assert complaints == []
    assert foreign == []
