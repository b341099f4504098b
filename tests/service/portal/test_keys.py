"""The journeys by keys alone: nothing is clicked, nothing is reached but by Tab."""

from dataclasses import replace
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from bench.visits import led
from service.cases.samples import BEGUN, CASES, RELEASED
from service.db import transaction
from service.models import Case, Task
from service.models.statement import Statement
from tests.service.portal.conftest import Demo
from tests.service.portal.served import Visitor
from tests.service.portal.test_journeys import asked, logged_in

SQUARE = "POLYGON ((330000 5670000, 330200 5670000, 330200 5670200, 330000 5670000))"
MOST = 300  # presses of Tab until a page must have given what is looked for
NAMED = """() => {
  const e = document.activeElement;
  const label = [...(e.labels || [])].map((one) => one.textContent).join(' ');
  const own = ['SELECT', 'TEXTAREA', 'BODY'].includes(e.tagName) ? '' : e.textContent;
  return `${label} ${e.getAttribute('aria-label') || ''} ${own}`.replace(/\\s+/g, ' ').trim();
}"""


class Keys:
    """Somebody without a mouse, who goes on until something is named as they look for it."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def to(self, words: str, *, within: str = "body") -> None:
        """Press Tab until what has the focus starts with these words."""
        inside = f"document.activeElement.closest({within!r}) !== null"
        for _ in range(MOST):
            self.page.keyboard.press("Tab")
            if self.page.evaluate(NAMED).startswith(words) and self.page.evaluate(inside):
                return
        pytest.fail(f"not reached by keys: {words}")

    def presses(self, words: str, *, within: str = "body", key: str = "Enter") -> None:
        """Go there and press a key."""
        self.to(words, within=within)
        self.page.keyboard.press(key)

    def leaves_by(self, words: str, *, within: str = "body") -> None:
        """Go there, press Enter, and wait for the page that comes."""
        self.to(words, within=within)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def writes(self, words: str, text: str, *, within: str = "body") -> None:
        """Go to a field and write into it, in place of what is there."""
        self.to(words, within=within)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(text)


def test_coordinates_are_pre_checked(newcomer: Visitor) -> None:
    page = newcomer.goes("/")
    keys = Keys(page)
    keys.writes("oder Koordinaten", SQUARE)
    keys.presses("Prüfen")
    expect(page.locator("#understood")).to_be_visible(timeout=20_000)
    assert page.evaluate("document.activeElement.id") == "result"
    keys.presses("Nein: Beseitigung von Gehölzen")
    expect(page.locator("#missing ~ ul")).not_to_contain_text("Bäume", timeout=20_000)


def test_a_file_is_handed_in(newcomer: Visitor, demo: Demo) -> None:
    page = logged_in(newcomer, demo, "planner")
    keys = Keys(page)
    keys.leaves_by("Plan einreichen")
    with page.expect_file_chooser() as chosen:  # on the way there the browser learns of it
        keys.presses("Datei der Planung", key="Space")
    chosen.value.set_files(demo.plans / "wohnen-am-hainer-see.geojson")
    expect(page.locator("#understood")).to_be_visible(timeout=20_000)
    keys.writes("Titel", "Mit Tasten eingereicht")
    keys.presses("Einreichen", within="main")
    page.wait_for_url("**/eingang")
    expect(page.locator("main")).to_contain_text("Mit Tasten eingereicht")


def test_an_office_answers_with_an_item(newcomer: Visitor, demo: Demo) -> None:
    case = asked(demo, "Mauer am Bach")
    page = logged_in(newcomer, demo, "officer")
    keys = Keys(page)
    keys.leaves_by("Mauer am Bach", within="main")
    keys.leaves_by("Beitrag schreiben")
    while page.locator("form.autosave").count():
        keys.leaves_by("Verwerfen")
    keys.writes("Text", "Bitte 10 m Abstand zum Bach.", within="main")
    keys.leaves_by("Hinzufügen")
    expect(page.locator("form.autosave [name=text]")).to_have_value("Bitte 10 m Abstand zum Bach.")
    keys.leaves_by("Fertigstellen und abgeben")
    with transaction(demo.app.state.engine) as session:
        task = session.scalars(select(Task).where(Task.case_id == case, Task.office == "UNB")).one()
        assert task.state in ("answered", "cosigning")


def consolidating(demo: Demo) -> UUID:
    """Lead a small case to where its statement is begun."""
    state = demo.app.state
    small = next(one for one in CASES if one.plan == "satzung-kohren")
    led(state.engine, state.district, state.settings,
        [replace(small, ago=4, days=90, steps=(RELEASED, BEGUN))])  # fmt: skip
    with transaction(state.engine) as session:
        return session.scalars(select(Case.id).order_by(Case.created.desc()).limit(1)).one()


def test_a_statement_is_consolidated_and_signed(newcomer: Visitor, demo: Demo) -> None:
    case = consolidating(demo)
    page = logged_in(newcomer, demo, "coordinator")
    page.goto(f"{newcomer.address}/vorgaenge/{case}/zusammenfuehrung")
    keys = Keys(page)
    while page.locator("#widersprueche ~ article .badge.bad").count():
        first = page.locator("#widersprueche ~ article:has(.badge.bad) h3").first.inner_text()
        pair = "/".join(first.split()[0:3:2])
        keys.presses(f"Klären: {pair}")
        keys.writes("Wie es geklärt wurde", "Abgestimmt: beides geht.", within="details[open]")
        keys.leaves_by("Festhalten", within="details[open]")
    keys.presses("Alle", within="main")
    keys.writes("Begründung", "Wird nachgereicht.", within="details[open]")
    keys.leaves_by("Alle begründen")
    keys.leaves_by("Speichern", within="main")
    keys.leaves_by("Weiter zur Stellungnahme")
    keys.leaves_by("In die Mitzeichnung geben")
    while page.get_by_role("button", name="Zeichnen", exact=True).count():
        keys.leaves_by("Zeichnen", within="main")
    keys.to("Versenden", within="main")  # that it is printed and sent is tried elsewhere
    with transaction(demo.app.state.engine) as session:
        found = session.scalars(select(Statement).where(Statement.case_id == case)).one()
        assert found.state == "approved"


def test_a_published_plan_is_found(newcomer: Visitor) -> None:
    page = newcomer.goes("/")
    keys = Keys(page)
    keys.leaves_by("Karte", within="header")
    keys.leaves_by("Erweiterung Gewerbepark Wachau", within="main")
    expect(page.locator("h1")).to_have_text("Erweiterung Gewerbepark Wachau")
    keys.to("Zu den Unterlagen")
