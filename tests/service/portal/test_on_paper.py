"""What leaves a page on paper."""

import io

import pikepdf
from playwright.sync_api import expect

from tests.service.portal.conftest import Demo
from tests.service.portal.served import Visitor

FIVE = (
    "strasse-naunhof", "leitung-eula-grimma", "windpark-lossatal", "fnp-musterstadt",
    "radweg-borna-kitzscher",
)  # fmt: skip
A4 = (297, 210)
POINT_MM = 25.4 / 72


def test_five_variants_are_one_sheet(newcomer: Visitor, demo: Demo) -> None:
    page = newcomer.goes("/varianten")
    page.get_by_text("Mehr Varianten").click()
    for key, name in zip("ABCDE", FIVE, strict=True):
        page.set_input_files(f"#file-{key}", demo.plans / f"{name}.geojson")
    page.get_by_role("button", name="Vergleichen").click()
    expect(page.get_by_role("button", name="Auf einer Seite drucken")).to_be_visible(timeout=30_000)
    assert page.locator(".compare tr").count() > 60
    with pikepdf.open(io.BytesIO(page.pdf(prefer_css_page_size=True))) as printed:
        assert len(printed.pages) == 1
        box = [float(side) * POINT_MM for side in printed.pages[0].mediabox]
    assert (round(box[2]), round(box[3])) == A4
