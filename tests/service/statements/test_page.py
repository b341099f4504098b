"""The page of the statement in a real browser: readable by everybody, nothing asked of anybody."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.maps.test_browser_promises import AXE, WCAG
from tests.service.statements import sample as made


def test_axe_finds_nothing_and_nothing_is_asked_for(
    browser: Browser, sample: Path, tmp_path: Path
) -> None:
    if not AXE.is_file():
        pytest.skip("axe-core is not installed (npm ci in maps/)")
    path = tmp_path / "stellungnahme.html"
    path.write_bytes(made.files(sample, "outward")["stellungnahme.html"])
    page = browser.new_page(bypass_csp=True)  # the policy forbids axe, too
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(path.as_uri())
    page.add_script_tag(path=str(AXE))
    found = page.evaluate("tags => axe.run(document, {runOnly: tags})", list(WCAG))
    page.close()
    assert [v["id"] for v in found["violations"]] == []
    assert [url for url in asked if not url.startswith(("data:", "file:"))] == []
    assert said == []
