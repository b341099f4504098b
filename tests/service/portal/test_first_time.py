"""The five journeys of a new user: by what the pages say alone, and each click counted."""

from datetime import date, timedelta

from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from service.access.principal import Principal
from service.cases.publishing import Terms, grant
from service.db import transaction
from service.models import Case
from tests.service.portal.conftest import Demo
from tests.service.portal.served import Visitor, axe

CANARY = "<img src=x onerror=alert(1)>"
LINK = "https://beispiel.invalid/plan"


class Clicks:
    """Clicks on what is visible by its words; choosing a file is two: the button, the file."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.count = 0

    def on(self, words: str, *, within: Locator | None = None) -> None:
        """Click a button, a link or something to unfold by its words."""
        place = within or self.page.locator("body")
        found = (
            place.get_by_role("button", name=words)
            .or_(place.get_by_role("link", name=words))
            .or_(place.locator("summary", has_text=words))
        )
        found.locator("visible=true").first.click()
        self.count += 1

    def sends(self, words: str, *, within: Locator | None = None) -> None:
        """Click what leads to another page, or sends a form, and wait for what comes then."""
        with self.page.expect_navigation():
            self.on(words, within=within)

    def file(self, label: str, path: object) -> None:
        """Choose a file at the field of that label."""
        self.page.get_by_label(label, exact=True).set_input_files(str(path))
        self.count += 2

    def map(self, *corners: tuple[float, float]) -> None:
        """Click into the map at shares of its size; two close in time would be a double click."""
        box = self.page.get_by_role("region", name="Karte").bounding_box()
        assert box is not None
        for x, y in corners:
            self.page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])
            self.page.wait_for_timeout(320)
            self.count += 1


def logged_in(visitor: Visitor, demo: Demo, role: str) -> Page:
    person = demo.people[role]
    visitor.logs_in(person.login, person.password)
    return visitor.page


def test_a_file_is_pre_checked(newcomer: Visitor, demo: Demo) -> None:
    page = newcomer.goes("/")
    clicks = Clicks(page)
    clicks.file("Datei der Planung", demo.plans / "wohnen-am-hainer-see.geojson")
    expect(page.get_by_role("heading", name="So wurde die Planung verstanden")).to_be_visible()
    expect(page.locator("#result")).to_contain_text("Untere Naturschutzbehörde")
    assert clicks.count == 2
    clicks.on("Nein", within=page.locator("li", has_text="Bäume oder Hecken beseitigt").first)
    expect(page.get_by_role("region", name="Davon hängt noch etwas ab")).not_to_contain_text(
        "Bäume"
    )
    assert clicks.count <= 4
    assert axe(page) == []
    page.get_by_label("oder Koordinaten, WKT, GeoJSON").fill(CANARY)
    page.get_by_role("button", name="Prüfen", exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert "onerror" not in page.inner_html("#result")


def test_a_drawn_cycle_path_is_handed_in(newcomer: Visitor, demo: Demo) -> None:
    page = logged_in(newcomer, demo, "planner")
    clicks = Clicks(page)
    clicks.on("Plan einreichen")
    clicks.on("oder auf der Karte zeichnen")
    page.wait_for_selector(".live[data-ready]")
    clicks.on("Trasse")
    clicks.map((0.5, 0.5), (0.52, 0.52))
    clicks.on("Fertig")
    page.get_by_label("Breite einer Trasse (m)").fill("2,5")  # where the page has put the cursor
    page.get_by_label("Titel").fill("Radweg am Bach")
    page.get_by_label("Art der Planung").select_option(label="Radweg")
    clicks.on("Einreichen", within=page.locator("form").last)
    page.wait_for_url("**/eingang")
    expect(page.locator("main")).to_contain_text("Radweg am Bach")
    assert clicks.count <= 7


def test_an_office_has_no_objections(newcomer: Visitor, demo: Demo) -> None:
    page = logged_in(newcomer, demo, "officer")
    clicks = Clicks(page)
    clicks.on("Keine Bedenken")
    clicks.on("So mitteilen")
    expect(page.get_by_role("status")).to_contain_text("Keine Bedenken mitgeteilt")
    assert clicks.count == 2


def test_a_statement_is_consolidated_and_sent(newcomer: Visitor, demo: Demo) -> None:
    page = logged_in(newcomer, demo, "coordinator")
    clicks = Clicks(page)
    clicks.sends("110-kV-Leitung")
    clicks.sends("Zusammenführung")
    settled = 0
    pairs = page.get_by_role("region", name="Widersprüche").locator("article")
    contradicting = pairs.filter(has=page.get_by_text("offen", exact=True)).first
    while (pair := contradicting).count():
        clicks.on("Klären", within=pair)
        pair.get_by_label("Wie es geklärt wurde").fill("Abgestimmt: 10 m Abstand.")
        clicks.sends("Festhalten", within=pair)
        settled += 1
    clicks.on("offenen Punkte mit einer Begründung")
    page.get_by_label("Begründung").locator("visible=true").first.fill("Wird nachgereicht.")
    clicks.sends("Alle begründen")
    clicks.sends("Speichern")
    clicks.sends("Weiter zur Stellungnahme")
    clicks.sends("In die Mitzeichnung geben")
    while page.get_by_role("button", name="Zeichnen").count():
        clicks.sends("Zeichnen")
        settled += 1
    page.set_default_timeout(300_000)  # both editions are checked again, drawn and printed
    clicks.sends("Versenden")
    expect(page.locator("main")).to_contain_text("versandt")
    assert clicks.count <= 8 + 2 * settled
    with transaction(demo.app.state.engine) as session:
        case = session.scalars(select(Case).where(Case.title.contains("110-kV"))).one()
        assert case.state == "sent"


def test_a_published_plan_is_found(newcomer: Visitor, demo: Demo) -> None:
    until = date.today() + timedelta(days=30)
    with transaction(demo.app.state.engine) as session:
        case = session.scalars(select(Case).where(Case.title.contains("Hainer See"))).first()
        who = Principal(role="coordinator", pseudonym="c-1")
        terms = Terms("plan", "Wohnen am See", "Stadt Rötha", until, "Häuser am See.", LINK)
        assert case is not None
        grant(session, who, case, terms, date.today())
    page = newcomer.goes("/")
    clicks = Clicks(page)
    clicks.on("Karte", within=page.locator("header"))
    clicks.on("Wohnen am See", within=page.locator("main"))
    expect(page.locator("main")).to_contain_text("Häuser am See.")
    expect(page.get_by_role("link", name=LINK).or_(page.locator(f'a[href="{LINK}"]')).first
           ).to_be_visible()  # fmt: skip
    assert clicks.count == 2
