"""Looking at a page of the map."""

from typing import Any

from playwright.sync_api import Page


def heading(page: Page) -> Any:
    return page.locator(".leaflet-popup h3")


def drawn(page: Page, selector: str) -> int:
    """Return how many paths of a kind are shown."""
    return int(
        page.locator(f".folium-map {selector}").evaluate_all(
            "l => l.filter(e => e.style.display !== 'none').length"
        )
    )


def centre_of(page: Page, selector: str) -> tuple[float, float]:
    box = page.locator(f".folium-map {selector}").first.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
