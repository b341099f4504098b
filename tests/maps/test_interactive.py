"""The page as text: what stands in it, and that nothing in it can run or ask anybody."""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from maps import assets
from maps.interactive import MissingLibraryError, data_block, render
from maps.words import WORDS
from tests.maps.pictures import HOSTILE, area_picture, route_picture


class Page(HTMLParser):
    """The elements of a page: name, attributes and the text up to the next tag, in order."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None], list[str]]] = []
        self.inside = False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs), []))
        self.inside = True

    def handle_endtag(self, tag: str) -> None:
        self.inside = False

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.elements[-1][2].append(data)

    def all(self, tag: str) -> list[tuple[dict[str, str | None], str]]:
        return [(attrs, "".join(text)) for name, attrs, text in self.elements if name == tag]

    @property
    def data(self) -> Any:
        return json.loads(next(text for attrs, text in self.all("script") if "id" in attrs))


def test_the_same_picture_gives_the_same_bytes() -> None:
    assert render(area_picture()) == render(area_picture())


def test_every_word_on_the_page_is_in_its_language() -> None:
    english = render(area_picture(language="en"))
    assert '<html lang="en">' in english
    assert WORDS["findings"].en in english
    assert WORDS["findings"].de not in english


def test_the_tables_say_what_the_map_says() -> None:
    picture = area_picture()
    page = Page(render(picture))
    words = "\n".join(
        text for name, _, texts in page.elements for text in texts if name != "script"
    )
    for overlay in picture.overlays:
        assert overlay.title.strip() in words
        for hit in overlay.hits:
            assert hit.title.strip() in words
            assert hit.basis[0] in words
    for said in (
        "1.234,5 m²",
        "Unlesbar",
        "Keine Daten",
        "2026-01-31",
        "Unverbindliche",
        "sha256:12",
    ):
        assert said in words
    shown = {attrs["data-hit"] for attrs, _ in page.all("button") if "data-hit" in attrs}
    assert shown == {"0", "1", "2", "3"}  # the fifth has no place


def test_what_was_not_checked_is_not_called_clear() -> None:
    page = render(area_picture())
    failed = page[page.index('<tr role="row" class="is-failed">') :]
    assert failed[: failed.index("</tr>")].count("nicht prüfbar") == 1
    assert "nicht betroffen" not in page


def test_the_legend_holds_only_what_is_there() -> None:
    signs = [attrs.get("class") or "" for attrs, _ in Page(render(area_picture())).all("rect")]
    text = " ".join(signs)
    assert "r-building" in text
    assert "r-compensation" not in text
    assert "g-forest" in text
    assert "g-settlement" not in text
    assert 'data-key="crossing"' not in render(area_picture())
    assert 'data-key="crossing"' in render(route_picture())


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_adds_no_element_and_no_attribute(hostile: str) -> None:
    plain = [(n, sorted(a)) for n, a, _ in Page(render(area_picture("x"))).elements]
    page = Page(render(area_picture(hostile)))
    assert [(n, sorted(a)) for n, a, _ in page.elements] == plain
    heading = next(text for _, text in page.all("h1"))
    assert heading == f"Wohnen am See {hostile}"
    assert page.data["plan"]["title"] == f"Wohnen am See {hostile}"
    assert page.data["hits"][0]["title"] == f"Auwald {hostile}"


def test_names_are_never_run_as_templates() -> None:
    page = render(area_picture("{{ 7 * 7 }}{% for x in y %}"))
    assert "Wohnen am See 49" not in page
    assert "{{ 7 * 7 }}" in page


def test_a_data_block_cannot_end_its_element() -> None:
    data = {"a": "</script><!--&\u2028\u2029"}
    block = data_block(data)
    assert not set("<>&\u2028\u2029") & set(block)
    assert json.loads(block) == data


def test_nothing_can_be_requested() -> None:
    text = render(area_picture())
    page = Page(text)
    for name, attributes, _ in page.elements:
        for key in ("src", "href", "srcset", "action", "data", "poster", "xlink:href"):
            assert re.match(r"#|data:|$", attributes.get(key) or ""), (name, attributes)
    styles = "".join(text for _, text in page.all("style"))
    assert all(re.match(r"#|data:", url) for url in re.findall(r"url\(['\"]?([^)]*)", styles))
    assert "@import" not in styles
    assert "sourceMappingURL" not in text


def test_no_element_has_an_inline_handler_or_style() -> None:
    for name, attributes, _ in Page(render(area_picture())).elements:
        assert not [a for a in attributes if a.startswith("on") or a == "style"], name


def test_the_policy_knows_script_and_style_by_their_hash() -> None:
    page = Page(render(area_picture()))
    policy = next(a["content"] or "" for a, _ in page.all("meta") if a.get("http-equiv"))
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    script = next(text for attrs, text in page.all("script") if not attrs)
    ((_, style),) = page.all("style")
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == f"'{hashed(script)}'"
    assert rules["style-src"] == f"'{hashed(style)}'"
    assert rules["img-src"] == "data:"
    assert "unsafe" not in policy


def hashed(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def test_the_page_may_be_zoomed() -> None:
    (viewport,) = [a["content"] for a, _ in Page(render(area_picture())).all("meta")
                   if a.get("name") == "viewport"]  # fmt: skip
    assert viewport == "width=device-width, initial-scale=1"


def test_a_missing_library_names_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    assets.script.cache_clear()
    with monkeypatch.context() as patched:
        patched.setattr(assets, "_static", lambda: assets.resources.files("tests"))
        with pytest.raises(MissingLibraryError, match="npm ci && npm run vendor"):
            assets.script()
    assets.script.cache_clear()
    assert "leaflet" in assets.script().lower()
