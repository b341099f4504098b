"""A planner and an officer at work in a real browser: by hand, by keys, and two at one text."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from fastapi import FastAPI
from playwright.sync_api import Page, expect
from sqlalchemy import select

from service.access.passwords import hashed
from service.access.principal import Principal
from service.blobs import Blobs
from service.cases.asking.desk import Desk
from service.cases.asking.releasing import Terms, release
from service.cases.checking import carry_out
from service.db import transaction
from service.models import Account, Case, Check, Item, Task
from tests.service.api.people import member
from tests.service.api.serving import app, client, district
from tests.service.cases.handing import hand_in, outline
from tests.service.portal.served import Visitor, address, axe, visitor

__all__ = ["address", "app", "client", "district", "visitor"]
PASSWORD = "vier Worte auf Wanderschaft"  # noqa: S105
CANARY = "<img src=x onerror=alert(1)>"


def account(app: FastAPI, login: str, role: str, **more: Any) -> None:
    with transaction(app.state.engine) as session:
        made = Account(login=login, name=CANARY, role=role, password=hashed(PASSWORD), **more)
        session.add(made)
        session.flush()
        if role == "planner":
            member(session, made, "Stadt")


def carried_out(app: FastAPI) -> UUID:
    """Carry out the check that is queued, as a worker does; returns the case."""
    state = app.state
    with transaction(state.engine) as session:
        number = session.scalars(select(Check.id).where(Check.state == "queued")).one()
        case = session.scalars(select(Case.id).order_by(Case.created.desc())).first()
    carry_out(state.engine, state.district, Blobs(state.settings.data / "blobs"), number)
    assert case is not None
    return case


def asked(app: FastAPI, case_id: UUID) -> None:
    with transaction(app.state.engine) as session:
        who = Principal(role="coordinator", pseudonym="c-1")
        desk = Desk(session, who, app.state.house, app.state.district.offices)
        until = date.today() + timedelta(days=5)
        release(desk, session.get_one(Case, case_id), Terms(until))


def corner(page: Page, x: float, y: float) -> None:
    """Click into the map at shares of its width and height; a double click would end a drawing."""
    box = page.locator(".live-map").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])
    page.wait_for_timeout(320)


def test_a_planner_draws_a_route_and_follows_it(app: FastAPI, visitor: Visitor) -> None:
    account(app, "planung", "planner")
    visitor.logs_in("planung", PASSWORD)
    page = visitor.goes("/einreichen")
    page.click("#drawing summary")
    page.wait_for_selector(".live[data-ready]")
    assert axe(page) == []
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
    assert axe(page) == []
    carried_out(app)
    page.click("main p a")
    page.wait_for_selector("path.live-plan")
    assert page.locator("h1").inner_text() == CANARY
    assert axe(page) == []


def test_an_officer_answers_and_two_at_one_text_see_both(app: FastAPI, visitor: Visitor) -> None:
    account(app, "natur", "officer", office="UNB")
    state = app.state
    hand_in(state.engine, state.district, state.settings.data, outline(), title=CANARY)
    asked(app, carried_out(app))
    visitor.logs_in("natur", PASSWORD)
    page = visitor.page
    assert page.url.endswith("/posteingang")
    assert axe(page) == []
    page.goto(visitor.address + "/betroffenheiten")
    page.wait_for_selector("path.live-plan")
    assert axe(page) == []
    page.click(".listed a")
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
    assert axe(page) == []


def test_no_objections_by_keys_alone(app: FastAPI, visitor: Visitor) -> None:
    account(app, "natur", "officer", office="UNB")
    state = app.state
    hand_in(state.engine, state.district, state.settings.data, outline())
    asked(app, carried_out(app))
    visitor.logs_in("natur", PASSWORD)
    page = visitor.page
    page.locator("details.quick summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("p.done[role=status]")
    assert axe(page) == []
    with transaction(state.engine) as session:
        task = session.scalars(select(Task).where(Task.office == "UNB")).one()
        assert task.state == "answered"
