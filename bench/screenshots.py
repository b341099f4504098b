"""Pictures of the main pages for the documentation, of a demonstration made for it alone.

    python -m bench.screenshots docs/pages

Each as it stands on the sample region today; few colours, so that all together stay small.
"""

import argparse
import io
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from bench.barriers import serving
from bench.visits import demonstrated
from service.app import create_app
from service.cases.demonstration import Login
from service.cluster import Cluster
from service.config import Settings
from service.db import upgrade
from service.district import District, open_district
from service.plans.intake import read_plan
from tests.conftest import ARGUMENTS, CHROMIUM
from tests.service.portal.served import Visitor

TALLEST = 1_400  # pixels; what is longer is cut
COLOURS = 64
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2}
MAP = "path.live-plan"


@dataclass(frozen=True, slots=True)
class Shot:
    """A page: who opens it, where; then the words of links to follow, a file to choose."""

    name: str
    path: str
    role: str | None = None
    follow: tuple[str, ...] = ()
    files: Mapping[str, str] | None = None
    click: str | None = None
    wait: str = "main"
    phone: bool = False
    dark: bool = False


HAINER, WACHAU = "wohnen-am-hainer-see.geojson", "gewerbepark-wachau.geojson"
SHOTS = (
    Shot("vorpruefung", "/vorpruefung", files={"#file": HAINER}, wait="#understood"),
    Shot("varianten", "/varianten", files={"#file-A": HAINER, "#file-B": WACHAU},
         click="Vergleichen", wait="#compared ~ .live path.live-plan"),
    Shot("einreichen", "/einreichen", "planner"),
    Shot("planung", "/vorgaenge", "planner", ("Bebauungsplan",), wait=MAP),
    Shot("posteingang", "/posteingang", "officer"),
    Shot("aufgabe", "/posteingang", "officer", ("Gewerbepark",), wait=MAP),
    Shot("aufgabe-telefon", "/posteingang", "officer", ("Gewerbepark",), wait=MAP, phone=True),
    Shot("vorgaenge", "/vorgaenge", "coordinator"),
    Shot("vorgaenge-dunkel", "/vorgaenge", "coordinator", dark=True),
    Shot("vorgang", "/vorgaenge", "coordinator", ("Gewerbepark",), wait=MAP),
    Shot("zusammenfuehrung", "/vorgaenge", "coordinator", ("110-kV", "Zusammenführung")),
    Shot("stellungnahme", "/vorgaenge", "coordinator",
         ("110-kV", "Stellungnahme", "Neben der Karte"), wait=".beside"),
    Shot("statistik", "/statistik", "coordinator"),
    Shot("schichten", "/schichten", "steward"),
    Shot("karte", "/karte", wait="path.published"),
    Shot("plan", "/karte", follow=("Gewerbepark",), wait="path.published"),
)  # fmt: skip


def main(arguments: list[str] | None = None) -> int:
    """Make all pictures anew in a folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    given = parser.parse_args(arguments)
    given.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="belang-shots-") as data:
        settings = Settings(data=Path(data), uploads_per_minute=100_000)
        with Cluster(settings.data / "pg") as cluster:
            upgrade(cluster.url)
            _all(settings, cluster.url, given.folder)
    return 0


def _all(settings: Settings, url: str, folder: Path) -> None:
    district = open_district(settings)
    app = create_app(settings, url, district, read_plan)
    people = {one.role: one for one in demonstrated(app.state.engine, district, settings)}
    with serving(app) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        for shot in SHOTS:
            looks = {**(PHONE if shot.phone else {}), "color_scheme": "dark" if shot.dark
                     else "light"}  # fmt: skip
            visitor = Visitor(browser, address, **looks)
            _opened(visitor, shot, people, district)
            _kept(visitor.page, folder / f"{shot.name}.png")
            visitor.context.close()
            sys.stdout.write(f"{shot.name}\n")


def _opened(visitor: Visitor, shot: Shot, people: Mapping[str, Login], district: District) -> None:
    if shot.role is not None:
        visitor.logs_in(people[shot.role].login, people[shot.role].password)
    page = visitor.goes(shot.path)
    for words in shot.follow:
        page.get_by_role("link", name=words).first.click()
        page.wait_for_load_state()
    for field, name in (shot.files or {}).items():
        page.set_input_files(field, district.catalogue.path.parent / "plans" / name)
    if shot.click is not None:
        page.get_by_role("button", name=shot.click).click()
    page.locator(shot.wait).first.wait_for()
    page.wait_for_timeout(800)  # the ground of a map comes last


def _kept(page: Page, path: Path) -> None:
    taken = Image.open(io.BytesIO(page.screenshot(full_page=True)))
    cut = taken.crop((0, 0, taken.width, min(taken.height, TALLEST)))
    few = cut.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(path, optimize=True)


if __name__ == "__main__":
    sys.exit(main())
