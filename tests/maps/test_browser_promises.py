"""What the page promises in a real browser: safe, readable for everybody, quick, printable."""

import time
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from maps.interactive import render
from maps.picture import Picture
from tests.maps.conftest import DESK
from tests.maps.pages import centre_of, drawn, heading
from tests.maps.pictures import HOSTILE, area_picture, crowded_picture, route_picture

AXE = Path(__file__).parents[2] / "maps" / "node_modules" / "axe-core" / "axe.min.js"
WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
PHONE = {"width": 390, "height": 844}


# Apart, so that what opens a comment or ends an element cannot hide what comes after it.
@pytest.mark.parametrize("hostile", [HOSTILE[0] + HOSTILE[2], HOSTILE[1] + HOSTILE[4], HOSTILE[3],
                                     "".join(HOSTILE[5:])])  # fmt: skip
def test_nothing_from_a_name_ever_runs(visit: Any, hostile: str) -> None:
    page = visit(area_picture(hostile)).page
    elements = page.locator("body *").count()
    for button in page.locator("button.show").all():
        button.click()
        expect(page.locator(".leaflet-popup .details")).to_have_count(1)
        assert page.locator(".leaflet-popup :is(img, script, i, svg[onload])").count() == 0
    page.keyboard.press("Escape")
    page.mouse.click(*centre_of(page, "path.plan"))
    page.get_by_role("searchbox").fill("a")
    page.wait_for_timeout(30)
    assert not page.title().startswith("PWNED")
    assert page.locator("h1").text_content() == f"Wohnen am See {hostile}"
    assert page.locator(":is(img, object, iframe, [onerror], [onload], [onfocus])").count() == 0
    assert elements > 100


def test_no_label_lies_on_another(visit: Any) -> None:
    for picture in (route_picture(), crowded_picture(200)):
        page = visit(picture).page
        boxes = [label.bounding_box() for label in page.locator(".label").all()]
        assert len(boxes) > 5
        for i, a in enumerate(boxes):
            for b in boxes[i + 1 :]:
                assert (
                    a["x"] + a["width"] <= b["x"] + 1
                    or b["x"] + b["width"] <= a["x"] + 1
                    or a["y"] + a["height"] <= b["y"] + 1
                    or b["y"] + b["height"] <= a["y"] + 1
                )


def test_a_thousand_objects_stay_usable(visit: Any, tmp_path: Path) -> None:
    started = time.monotonic()
    page = visit(crowded_picture(1_000)).page
    opened = time.monotonic() - started
    assert (tmp_path / "karte-0.html").stat().st_size < 3_000_000
    assert opened < 12  # some 1.5 s on a quiet machine
    assert drawn(page, "path.hit") > 1_000
    started = time.monotonic()
    page.locator('button.only[data-only="2"]').click()
    page.get_by_role("searchbox").fill("objekt 2-7")
    expect(page.locator("#results li")).to_have_count(2)  # 2-7 and 12-7
    page.mouse.click(*centre_of(page, "path.plan"))
    expect(heading(page)).to_be_visible()
    assert time.monotonic() - started < 8


@pytest.mark.parametrize(
    ("scheme", "size", "picture"),
    [
        ("light", DESK, area_picture()),
        ("dark", PHONE, area_picture()),
        ("light", PHONE, route_picture()),
    ],
    ids=["light-desk", "dark-phone", "route"],
)
def test_axe_finds_nothing(visit: Any, scheme: str, size: dict[str, int], picture: Picture) -> None:
    if not AXE.is_file():
        pytest.skip("axe-core is not installed (npm ci in maps/)")
    page = visit(picture, viewport=size, color_scheme=scheme).page
    page.locator("button.show").first.click()
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("tags => axe.run(document, {runOnly: tags})", list(WCAG))
    assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in found["violations"]] == []
    assert len(found["passes"]) > 20


def test_a_narrow_page_does_not_scroll_sideways(visit: Any) -> None:
    page = visit(area_picture(), viewport={"width": 320, "height": 640}).page
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_paper_gets_a_map_of_its_own_size_and_every_table(visit: Any) -> None:
    page = visit(crowded_picture(400)).page
    closed = page.locator("details:not([open])").count()
    assert closed
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    box = page.locator(".folium-map").bounding_box()
    assert (box["width"], box["height"]) == (680, 520)
    assert page.locator("details:not([open])").count() == 0
    expect(page.locator("#tools")).to_be_hidden()
    expect(page.locator("#key")).to_be_visible()
    page.emulate_media(media="screen")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("details:not([open])").count() == closed


def test_without_script_the_tables_are_there(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "still.html"
    path.write_text(render(area_picture()), encoding="utf-8")
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(path.as_uri())
    expect(page.locator(".no-script")).to_be_visible()
    expect(page.locator("#objects")).to_contain_text("Auwald")
    assert page.locator("button:visible").count() == 0
    context.close()
