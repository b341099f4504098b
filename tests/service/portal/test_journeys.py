"""A planner and an officer at work in a real browser: by hand, by keys, and two at one text."""

from datetime import date, timedelta
from uuid import UUID

from playwright.sync_api import Page, expect
from sqlalchemy import select

from service.access.principal import Principal
from service.blobs import Blobs
from service.cases.asking.desk import Desk
from service.cases.asking.releasing import Terms, release
from service.cases.checking import carry_out
from service.db import transaction
from service.models import Case, Check, Item, Task
from tests.service.cases.handing import hand_in, outline
from tests.service.portal.conftest import Demo
from tests.service.portal.served import Visitor, axe

CANARY = "<img src=x onerror=alert(1)>"


def asked(demo: Demo, title: str) -> UUID:
    """Hand a plan in, have it checked, and ask the offices; returns the case."""
    state = demo.app.state
    check = hand_in(state.engine, state.district, state.settings.data, outline(), title=title)
    carry_out(state.engine, state.district, Blobs(state.settings.data / "blobs"), check)
    with transaction(state.engine) as session:
        case = session.scalars(select(Case).order_by(Case.created.desc())).first()
        assert case is not None
        who = Principal(role="coordinator", pseudonym="c-1")
        desk = Desk(session, who, state.house, state.district.offices)
        release(desk, case, Terms(date.today() + timedelta(days=1)))
        return case.id


def logged_in(visitor: Visitor, demo: Demo, role: str) -> Page:
    person = demo.people[role]
    visitor.logs_in(person.login, person.password)
    return visitor.page


def corner(page: Page, x: float, y: float) -> None:
    """Click into the map at shares of its width and height; a double click would end a drawing."""
    box = page.locator(".live-map").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])
    page.wait_for_timeout(320)


def test_a_planner_draws_a_route_by_keys_and_follows_it(newcomer: Visitor, demo: Demo) -> None:
    logged_in(newcomer, demo, "planner")
    page = newcomer.goes("/einreichen")
    page.click("#drawing summary")
    page.wait_for_selector(".live[data-ready]")
    page.get_by_role("button", name="Trasse", exact=True).click()
    corner(page, 0.5, 0.5)
    corner(page, 0.52, 0.52)
    page.locator(".live-map").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(300)
    page.keyboard.press("Enter")  # sets a corner at the centre
    expect(page.locator(".live-said")).to_have_text("3 Ecken gesetzt")
    page.get_by_role("button", name="Fertig").click()
    assert page.input_value("#outline").startswith('{"type":"LineString"')
    assert page.evaluate("document.activeElement.id") == "width_m"
    page.fill("#width_m", "3,5")
    page.fill("#title", CANARY)
    page.reload()  # what was typed is still there
    assert page.input_value("#width_m") == "3,5"
    page.click("[data-look]")
    page.wait_for_selector("#understood")
    assert axe(page) == []
    page.click("button[value=send]")
    page.wait_for_url("**/eingang")
    state = demo.app.state
    with transaction(state.engine) as session:
        number = session.scalars(select(Check.id).order_by(Check.created.desc())).first()
    assert number is not None
    carry_out(state.engine, state.district, Blobs(state.settings.data / "blobs"), number)
    page.click("main p a")
    page.wait_for_selector("path.live-plan")
    assert page.locator("h1").inner_text() == CANARY


def test_an_officer_answers_and_two_at_one_text_see_both(newcomer: Visitor, demo: Demo) -> None:
    state = demo.app.state
    case = asked(demo, CANARY)
    page = logged_in(newcomer, demo, "officer")
    assert page.url.endswith("/posteingang")
    page.goto(newcomer.address + "/betroffenheiten")
    page.wait_for_selector("path.live-plan")
    with transaction(state.engine) as session:
        task = session.scalars(select(Task).where(Task.case_id == case, Task.office == "UNB")).one()
        number = task.id
    page.click(f'.listed a[href$="{number}"]')
    page.wait_for_selector("path.live-plan")
    page.get_by_role("button", name="Beitrag schreiben").click()
    page.wait_for_selector("form.autosave")
    assert axe(page) == []
    form = page.locator("form.autosave").first
    item = UUID(form.locator("[name=of]").input_value())
    form.locator("[name=text]").fill(CANARY)
    expect(form.locator(".saved")).to_have_text("gespeichert")
    with transaction(state.engine) as session:
        kept = session.get_one(Item, item)
        assert (kept.text, kept.prepared) == (CANARY, False)
        kept.text, kept.revision = "Von nebenan", kept.revision + 1
    form.locator("[name=text]").fill("Von mir")
    expect(form.locator(".merge blockquote")).to_have_text("Von nebenan")
    assert axe(page) == []
    form.get_by_role("button", name="Meine Fassung behalten").click()
    expect(form.locator(".saved")).to_have_text("gespeichert")
    with transaction(state.engine) as session:
        assert session.get_one(Item, item).text == "Von mir"
    form.locator("summary").click()
    form.locator("[data-place=draw]").click()
    for x, y in ((0.4, 0.4), (0.6, 0.4), (0.5, 0.6)):
        corner(page, x, y)
    with page.expect_response("**/api/v1/items/*"):
        page.get_by_role("button", name="Fertig", exact=True).click()
    with transaction(state.engine) as session:
        assert session.get_one(Item, item).place is not None


def test_no_objections_by_keys_alone(newcomer: Visitor, demo: Demo) -> None:
    case = asked(demo, "Zaun am Weg")
    page = logged_in(newcomer, demo, "officer")
    row = page.locator("tr", has_text="Zaun am Weg")
    row.locator("details.quick summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("p.done[role=status]")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    with transaction(demo.app.state.engine) as session:
        task = session.scalars(select(Task).where(Task.case_id == case, Task.office == "UNB")).one()
        assert task.state == "answered"
