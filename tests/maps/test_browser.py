"""The page in a real browser, opened from the disk: what people do, by mouse and by keys."""

from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.maps.conftest import DESK
from tests.maps.pages import centre_of, drawn, heading
from tests.maps.pictures import area_picture, crowded_picture, route_picture


def test_it_draws_plan_findings_and_ground(visit: Any) -> None:
    page = visit(area_picture()).page
    for selector, count in {
        "path.plan": 1, "path.part.r-building": 1, "path.hit.t-natur.area": 1, "path.hit.point": 1,
        "path.hit.line.t-verkehr:not(.overlap)": 2, "path.overlap.t-natur": 1, "path.uncovered": 1,
        "path.ground.g-forest": 1, "path.veil": 1,
    }.items():  # fmt: skip
        assert drawn(page, selector) == count, selector
    assert page.locator(".leaflet-control-scale-line").inner_text().endswith("m")


def test_a_route_shows_kilometres_and_crossing(visit: Any) -> None:
    page = visit(route_picture()).page
    texts = page.locator(".label").all_inner_texts()
    assert "km 1,53 · 85°" in texts
    assert "km 0" in texts
    assert "keine Daten" in texts
    page.mouse.click(*centre_of(page, "path.crossing"))
    page.locator(".choices button", has_text="Eula").click()
    expect(page.locator(".details")).to_contain_text("km 1,530, 85°, km 12,300")


def test_a_click_tells_about_an_object(visit: Any) -> None:
    page = visit(area_picture()).page
    page.mouse.click(*centre_of(page, "path.hit.point"))
    page.locator(".choices button", has_text="Linde").click()
    expect(heading(page)).to_have_text("Linde")
    details = page.locator(".details")
    expect(details).to_contain_text("1.234,5 m²")
    expect(details).to_contain_text("§ 23 BNatSchG")
    expect(details).to_contain_text("UNB – Naturschutzbehörde")
    expect(details).to_contain_text("2026-01-31")
    assert page.locator("path.chosen").count() == 1
    page.locator(".back").click()
    expect(heading(page)).to_have_text("2 Objekte an dieser Stelle")
    page.locator(".leaflet-popup-close-button").click()
    expect(page.locator(".leaflet-popup")).to_have_count(0)
    assert page.locator("path.chosen").count() == 0


def test_what_has_no_data_says_so(visit: Any) -> None:
    page = visit(area_picture()).page
    box = page.locator(".folium-map path.uncovered").bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.8, box["y"] + box["height"] * 0.8)
    page.locator(".choices button", has_text="keine Daten").click()
    expect(page.locator(".details .bullets")).to_have_text("Biotope")


def test_the_map_can_be_asked_by_keyboard(visit: Any) -> None:
    page = visit(area_picture()).page
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator(".folium-map")).to_be_focused()
    expect(page.locator(".cross")).to_be_visible()
    page.keyboard.press("Enter")
    expect(heading(page)).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".details .kind")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".leaflet-popup")).to_have_count(0)
    expect(page.locator(".folium-map")).to_be_focused()


def test_the_map_moves_and_zooms_by_keyboard(visit: Any) -> None:
    page = visit(area_picture()).page
    page.locator(".folium-map").focus()
    before = page.locator(".folium-map path.plan").bounding_box()
    page.keyboard.press("+")
    page.wait_for_timeout(500)
    after = page.locator(".folium-map path.plan").bounding_box()
    assert after["width"] > 1.2 * before["width"]
    page.locator("#whole").focus()
    page.keyboard.press("Enter")
    page.wait_for_timeout(500)
    assert page.locator(".folium-map path.plan").bounding_box()["width"] == pytest.approx(
        before["width"], 0.02
    )


def test_an_office_is_a_switch(visit: Any) -> None:
    page = visit(area_picture()).page
    road, reserve = "path.hit.line.t-verkehr", "path.hit.area.t-natur"
    page.get_by_role("checkbox", name="SBA").uncheck()
    assert (drawn(page, road), drawn(page, reserve)) == (0, 1)
    page.get_by_role("checkbox", name="SBA").check()
    assert (drawn(page, road), drawn(page, reserve)) == (2, 1)
    only = page.locator('button.only[data-only="1"]')
    only.click()
    expect(only).to_have_attribute("aria-pressed", "true")
    assert (drawn(page, road), drawn(page, reserve)) == (2, 0)
    assert drawn(page, "path.hit.t-other") == 0
    expect(page.get_by_role("checkbox", name="UNB")).not_to_be_checked()
    only.click()
    assert (drawn(page, road), drawn(page, reserve)) == (2, 1)
    page.locator('button[data-every="office"][data-on="false"]').click()
    assert drawn(page, "path.hit") == 0
    expect(page.locator("#said")).to_have_text("0 Objekte sichtbar")
    page.locator('button[data-every="office"][data-on="true"]').click()
    assert drawn(page, "path.hit") == 5


def test_an_object_of_two_offices_needs_only_one(visit: Any) -> None:
    picture = area_picture()
    nsg = picture.overlays[0]
    both = replace(nsg, hits=(replace(nsg.hits[0], offices=("UNB", "UDB")), *nsg.hits[1:]))
    page = visit(replace(picture, overlays=(both, *picture.overlays[1:]))).page
    page.get_by_role("checkbox", name="UNB").uncheck()
    assert drawn(page, "path.hit.area.t-natur") == 1
    assert drawn(page, "path.hit.point") == 0
    page.get_by_role("checkbox", name="UDB").uncheck()
    assert drawn(page, "path.hit.area.t-natur") == 0


def test_a_layer_is_a_switch_and_the_legend_follows(visit: Any) -> None:
    page = visit(area_picture()).page
    near = page.locator('#key li[data-key="near"]')
    expect(near).to_be_visible()
    page.get_by_role("checkbox", name="Naturschutz", exact=False).last.uncheck()
    assert drawn(page, "path.hit.t-natur") == 0
    expect(near).to_be_hidden()
    expect(page.locator('#key li[data-key="overlaps"]')).to_be_visible()
    page.locator("input[data-uncovered]").uncheck()
    assert drawn(page, "path.uncovered") == 0
    expect(page.locator('#key li[data-key="uncovered"]')).to_be_hidden()


def test_search_finds_goes_there_and_switches_on(visit: Any) -> None:
    page = visit(area_picture()).page
    page.locator('button[data-every="office"][data-on="false"]').click()
    page.get_by_role("searchbox").fill("LINDE natur")
    expect(page.locator("#matches")).to_have_text("1 Objekt gefunden")
    page.keyboard.press("Enter")
    expect(heading(page)).to_have_text("Linde")
    expect(heading(page)).to_be_focused()
    assert drawn(page, "path.hit.point") == 1
    canvas = page.locator(".folium-map").bounding_box()
    x, y = centre_of(page, "path.hit.point")
    assert canvas["x"] < x < canvas["x"] + canvas["width"]
    assert canvas["y"] < y < canvas["y"] + canvas["height"]
    page.get_by_role("searchbox").fill("gibt es nicht")
    expect(page.locator("#matches")).to_have_text("0 Objekte gefunden")
    expect(page.locator("#results li")).to_have_count(0)


def test_a_row_of_the_table_shows_its_object(visit: Any) -> None:
    page = visit(area_picture()).page
    button = page.get_by_role("button", name="Auf der Karte zeigen: B 95")
    button.click()
    expect(heading(page)).to_have_text("B 95")
    expect(heading(page)).to_be_in_viewport()
    page.keyboard.press("Escape")
    expect(button).to_be_focused()


def test_full_screen_and_back(visit: Any) -> None:
    page = visit(area_picture()).page
    button = page.locator("#full")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    assert page.locator(".folium-map").bounding_box()["width"] == DESK["width"]
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")


def test_what_is_too_much_to_draw_is_put_together_and_said_so(
    visit: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("maps.thinning.MOST", 300)
    picture = crowded_picture(3_000)
    seen = visit(picture)
    page = seen.page
    singles = page.locator("button.show").count()
    assert 300 <= singles < 1_500
    assert f"{singles:,} von 3.000".replace(",", ".") in page.locator(".notes").inner_text()
    assert page.locator("path.hit").count() < 3_000
    # Every object is in the tables: some at once, the others as one unfolds them.
    counts = page.locator(".findings td.figure").all_inner_texts()
    assert sum(map(int, counts)) == 3_000
    section = page.locator("details.objects", has=page.locator("button.more")).first
    section.locator("summary").click()
    before = section.locator("tbody tr").count()
    while (more := section.locator("button.more")).is_visible():
        more.click()
    assert section.locator("tbody tr").count() == 150
    assert before < 150
    ids = section.locator("tbody th small").all_inner_texts()
    assert len(set(ids)) == 150
    page.locator("#query").fill("Objekt 3-1")
    assert "einzeln gezeichneten" in page.locator("#matches").inner_text()
