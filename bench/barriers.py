"""Every page for every role, in both languages, light and dark, in a real browser.

What axe finds against WCAG 2.2 AA, what the browser complains of (a page's policy included), and
whom else it asked: all three lists must stay empty.
"""

import argparse
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn

import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, sync_playwright

from bench.figure import figure, tell
from bench.visits import Visit, bearers, demonstrated, visits
from service.app import create_app
from service.cluster import Cluster
from service.config import Settings
from service.db import upgrade
from service.district import open_district
from service.plans.intake import read_plan
from tests.conftest import ARGUMENTS, CHROMIUM
from tests.service.portal.served import Visitor, axe

LOOKS: Mapping[str, Mapping[str, Any]] = {
    "German, light": {"locale": "de-DE"},
    "English, light": {"locale": "en-GB"},
    "German, dark, phone": {
        "locale": "de-DE", "color_scheme": "dark", "viewport": {"width": 320, "height": 700},
    },
}  # fmt: skip


WRONG = ("barriers", "complaints", "foreign", "failed")


def main(arguments: list[str] | None = None) -> NoReturn:
    """Open everything, print what was found; 1 where something was."""
    begun = time.monotonic()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="part of a page's route")
    parser.add_argument("--data", type=Path, help="data folder of a demonstration that is there")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="belang-bench-") as folder:
        settings = Settings(data=given.data or Path(folder), uploads_per_minute=100_000)
        with Cluster(settings.data / "pg") as cluster:
            upgrade(cluster.url)
            found = _looked(settings, cluster.url, given)
    failures = [f"{kind}: {page}: {told}" for kind in WRONG for page, told in found[kind].items()]
    looked = found["pages"] * len(found["looks"])
    tell(figure("pages without barriers", tries=looked, failures=failures, seed=None,
                begun=begun, **found))  # fmt: skip


def _looked(settings: Settings, url: str, given: argparse.Namespace) -> dict[str, Any]:
    district = open_district(settings)
    app = create_app(settings, url, district, read_plan)
    if given.data is None:
        demonstrated(app.state.engine, district, settings)
    now = datetime.now(UTC)
    known = bearers(app.state.engine, now, now + timedelta(days=1))
    pages = [one for one in visits(app, district) if given.only in one.route]
    pages = [
        one
        for one in pages
        if not one.route.endswith((".atom", ".ics", "/kartengrund", "/orte"))
        and "/einbetten/" not in one.route  # where the settings let them
    ]
    with serving(app) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        return walked(browser, address, pages, known, LOOKS)


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """Serve an application on a port of its own; yields its address."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(10)


def walked(
    browser: Browser,
    address: str,
    pages: Sequence[Visit],
    known: Mapping[str, Mapping[str, str]],
    looks: Mapping[str, Mapping[str, Any]],
) -> dict[str, Any]:
    """Open pages in every look; return what was found wrong, page by page."""
    found: dict[str, Any] = {"pages": len(pages), "looks": list(looks), "barriers": {},
                             "complaints": {}, "foreign": {}, "failed": {}}  # fmt: skip
    for look, how in looks.items():
        for role in sorted({one.role for one in pages}):
            visitor = Visitor(browser, address, **how)
            visitor.context.set_extra_http_headers(dict(known[role]))
            for one in (each for each in pages if each.role == role):
                _opened(visitor, one, f"{look}: {role} {one.path} {one.about}".strip(), found)
            visitor.context.close()
    return found


def _opened(visitor: Visitor, visit: Visit, name: str, found: dict[str, Any]) -> None:
    visitor.complaints.clear()
    visitor.foreign.clear()
    answer = visitor.page.goto(visitor.address + visit.path)
    if answer is None or answer.status != 200:
        found["failed"][name] = None if answer is None else answer.status
    told = {
        "barriers": [*axe(visitor.page), *_cut_off(visitor.page)],
        "complaints": list(visitor.complaints),
        "foreign": list(visitor.foreign),
    }
    for kind, some in told.items():
        if some:
            found[kind][name] = some


def _cut_off(page: Page) -> list[str]:
    """Tell by how much a page is wider than its window (WCAG 2.2, 1.4.10)."""
    wide: int = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return [f"reflow: {wide} px wider than the window"] if wide > 0 else []


if __name__ == "__main__":
    main()
