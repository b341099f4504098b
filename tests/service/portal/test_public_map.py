"""The public map: ranges of tiles, places, feeds, embedding, base map; and in a real browser."""

import re
import threading
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from playwright.sync_api import Browser
from sqlalchemy import event

from layers.tiles import tiles
from service.app import create_app
from service.cases.publishing import Terms, grant
from service.config import Settings
from service.db import transaction
from service.district import District
from service.models import Case
from service.plans.intake import read_plan
from tests.service.api.people import person
from tests.service.api.serving import client, district
from tests.service.cases.handing import COORDINATOR, case_of, hand_in, outline
from tests.service.portal.served import Visitor, address, axe, visitor
from tests.service.test_basemap import png

__all__ = ["address", "client", "district", "visitor"]
DAYS = {"public_from": "2026-01-01", "public_to": "2099-12-31"}
CANARY = "<img src=x onerror=alert(1)>"
LAYERS = ("nsg", "autobahnen", "denkmale")  # areas, lines, points


@pytest.fixture(scope="module")
def upstream() -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path.startswith("/frame?"):  # the page of somebody else
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.end_headers()
                self.wfile.write(f'<iframe src="{self.path[7:]}"></iframe>'.encode())
                return
            self.send_response(200 if int(self.path.split("/")[1]) < 12 else 500)
            self.end_headers()
            self.wfile.write(png())

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/{{z}}/{{x}}/{{y}}"
    server.shutdown()
    server.server_close()
    thread.join(5)


@pytest.fixture
def app(
    fresh_database_url: str, district: District, tmp_path: Path, upstream: str
) -> Iterator[FastAPI]:
    for code in LAYERS:
        layer = district.catalogue.layer(code)
        tiles(district.store.version(layer), layer)
    settings = Settings(
        data=tmp_path, base_map_url=upstream, base_map_attribution=f"GeoSN {CANARY}",
        embedding="https://www.example.de",
    )  # fmt: skip
    made = create_app(settings, fresh_database_url, district, read_plan)
    yield made
    made.state.engine.dispose()


@pytest.fixture
def plan(app: FastAPI) -> str:
    """Return the address of a published plan."""
    state = app.state
    number = hand_in(
        state.engine, state.district, state.settings.data, outline(900.0), kind="bebauungsplan",
        uses=("wohnen",),
    )  # fmt: skip
    terms = Terms("plan", f"Am See {CANARY}", "Stadt", date.today(), link="https://www.example.de/")
    with transaction(state.engine) as session:
        case = session.get_one(Case, case_of(state.engine, number))
        case.dates = DAYS
        grant(session, COORDINATOR, case, terms, date.today())
        return f"/plan/{case.id}"


def test_tiles_come_in_pieces_and_only_those_of_public_layers(
    client: TestClient, app: FastAPI
) -> None:
    asked: list[str] = []
    event.listen(app.state.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    page = client.get("/karte").text
    asked.clear()
    found = re.search(r'data-tiles="([0-9a-f]{16})/nsg" data-zooms="(\d+)"', page)
    assert found is not None
    assert found[2] == "14"
    for name in ("tiles", "overview"):
        path = f"/kacheln/{found[1]}/nsg/{name}.pmtiles"
        whole = client.get(path)
        assert "immutable" in whole.headers["cache-control"]
        part = client.get(path, headers={"Range": "bytes=0-126"})
        assert (part.status_code, part.content) == (206, whole.content[:127])
        size = len(whole.content)
        assert part.headers["content-range"] == f"bytes 0-126/{size}"
        assert client.get(path, headers={"Range": f"bytes={size}-"}).status_code == 416
        seen = {"If-None-Match": whole.headers["etag"]}
        assert client.get(path, headers=seen).status_code == 304
    assert asked == []  # no piece needs the database
    assert "data-tiles" not in re.sub(r'data-tiles="\w+/(nsg|autobahnen|denkmale)"', "", page)
    for other in (f"{'0' * 16}/nsg", f"{found[1]}/archaeologie", f"{found[1]}/lsg"):
        assert client.get(f"/kacheln/{other}/tiles.pmtiles").status_code == 404


def test_places_are_found_on_the_map_and_by_scripts(client: TestClient) -> None:
    rows = client.get("/orte", params={"q": "Musterstr 2 Borna"}).json()["places"]
    assert (rows[0]["name"], rows[0]["kind"]) == ("Musterstraße 2, Borna", "Adresse")
    south, west, north, east = rows[0]["box"]
    assert 51.0 < south <= north < 51.3
    assert 12.3 < west <= east < 12.7
    page = client.get("/karte", params={"q": "Hainer See"}).text
    assert re.search(r'class="place-found" hidden data-box="\[[\d., ]+\]">Hainer See<', page)
    assert "so." in client.get("/karte", params={"q": "Xyzzy"}).text
    assert client.get("/orte").json() == {"places": []}


def test_a_calendar_tells_until_when_one_can_comment(
    client: TestClient, app: FastAPI, plan: str
) -> None:
    answer = client.get("/neu.ics")
    assert answer.headers["content-type"].startswith("text/calendar")
    text = answer.text.replace("\r\n ", "")
    assert "DTSTART;VALUE=DATE:20991231" in text
    assert "SUMMARY:Letzter Tag der Auslegung: Am See" in text
    assert f"URL:http://testserver{plan}" in text
    assert "die plant: https://www.example.de/" in text
    for word in ("KE-", "Stadt\r", "KO"):  # no reference, nobody's consent
        assert word not in text
    assert "BEGIN:VEVENT" not in client.get("/neu.ics?gemeinde=14729999").text


def test_only_whom_the_district_lets_may_frame(
    client: TestClient, plan: str, app: FastAPI, fresh_database_url: str
) -> None:
    shown = client.get(plan).text
    assert f"http://testserver/einbetten{plan}&#34;" in shown
    for path in ("/einbetten/karte?schichten=nsg", f"/einbetten{plan}"):
        policy = client.get(path).headers["content-security-policy"]
        assert "frame-ancestors https://www.example.de" in policy
        assert "unsafe" not in policy
    for path in ("/karte", plan):
        policy = client.get(path).headers["content-security-policy"]
        assert "frame-ancestors 'none'" in policy
    settings = app.state.settings.model_copy(update={"embedding": ""})
    other = create_app(settings, fresh_database_url, app.state.district, read_plan)
    closed = TestClient(other)
    assert closed.get("/einbetten/karte").status_code == 404
    assert "iframe" not in closed.get(plan).text
    other.state.engine.dispose()
    with pytest.raises(ValueError, match="embedding"):
        Settings(embedding="https://a.de; script-src *")


def test_the_base_map_comes_from_here_and_only_around_the_district(client: TestClient) -> None:
    tile = client.get("/grundkarte/10/548/342")
    assert (tile.status_code, tile.headers["content-type"]) == (200, "image/png")
    assert client.get("/grundkarte/10/1/1").status_code == 204
    assert client.get("/grundkarte/14/8775/5477").status_code == 204  # upstream is down there
    assert client.get("/grundkarte/30/1/1").status_code == 422
    page = client.get("/karte").text
    assert "127.0.0.1" not in page
    assert "GeoSN \\u003cimg" in page


def test_visions_name_the_plans_that_touch_them(
    client: TestClient, app: FastAPI, plan: str
) -> None:
    state = app.state
    hand_in(state.engine, state.district, state.settings.data, outline(), uses=("gewerbe",),
            title="Noch geheim")  # fmt: skip
    page = client.get("/leitbilder").text
    assert "L(i)ebenswerte Orte" in page
    assert page.count(f'href="{plan}"') == 1
    assert "Noch geheim" not in page
    inner = client.get("/leitbilder", headers=person(state.engine, "coordinator")).text
    assert "Noch geheim" in inner
    planner = client.get("/leitbilder", headers=person(state.engine, "planner")).text
    assert "Noch geheim" not in planner


def test_layers_are_drawn_from_ranges_and_named_by_keys(visitor: Visitor, plan: str) -> None:
    asked: list[str] = []
    visitor.page.on("request", lambda request: asked.append(request.url))
    came: list[int] = []
    session = visitor.context.new_cdp_session(visitor.page)
    session.send("Network.enable")
    session.on("Network.loadingFinished", lambda event: came.append(event["encodedDataLength"]))
    page = visitor.goes(f"/karte?schichten={','.join(LAYERS)}")
    page.wait_for_selector("#public-map[data-layers=drawn]", state="attached")
    page.wait_for_selector("html[data-ready=true]", state="attached")
    assert sum(came) < 500_000
    assert axe(page) == []
    assert painted(page) > 500
    assert not any("/karte/" in url and "grund" not in url for url in asked)
    where = {"nsg": "Naturschutzgebiet"}
    middle = visitor.page.evaluate(CENTRE_OF_FIRST)
    assert middle, where
    asked.clear()
    page.evaluate(
        "view => document.getElementById('public-map').belang.map.setView(view, 14)", middle
    )
    page.wait_for_selector("#public-map[data-layers=drawn]", state="attached")
    page.wait_for_timeout(500)
    kinds = {re.sub(r"/[0-9a-f]{16}/", "/…/", url.split("?")[0]).split("/")[3] for url in asked}
    assert kinds <= {"kacheln", "kartengrund", "grundkarte"}
    page.focus("#public-map")
    page.keyboard.press("Enter")
    page.wait_for_selector("#public-there:not([hidden])")
    assert "Naturschutzgebiete: " in page.inner_text("#public-there")
    assert axe(page) == []
    page.locator("details.theme").first.evaluate("one => { one.open = true; }")
    page.uncheck("input[data-layer=nsg]")
    assert "nsg" not in page.url
    assert "autobahnen" in page.url


CENTRE_OF_FIRST = """async () => {
  const { drawings } = JSON.parse(document.getElementById("public-data").textContent);
  const answer = await fetch(`${drawings}nsg.json`);
  const [ring] = (await answer.json()).shape.areas[0];
  const [xs, ys] = [[0], [0]];
  for (let i = 0; i < ring.length; i += 2) {
    xs.push(xs.at(-1) + ring[i]);
    ys.push(ys.at(-1) + ring[i + 1]);
  }
  const middle = ([, ...values]) => (Math.min(...values) + Math.max(...values)) / 2e7;
  return [middle(ys), middle(xs)];
}"""


def painted(page: Any) -> int:
    """Return how many pixels of the layers' tiles have a colour."""
    return int(page.evaluate(
        """() => {
          const every = [...document.querySelectorAll("canvas.leaflet-tile")];
          const tiles = every.filter((tile) => tile.width);
          const pixels = (t) => t.getContext("2d").getImageData(0, 0, t.width, t.height).data;
          const seen = (data) => data.filter((value, at) => at % 4 === 3 && value).length;
          return tiles.reduce((sum, tile) => sum + seen(pixels(tile)), 0);
        }"""
    ))  # fmt: skip


def test_no_page_of_the_public_has_a_barrier(visitor: Visitor, plan: str) -> None:
    framed = (f"/einbetten{plan}", "/einbetten/karte?schichten=nsg")
    for path in ("/karte?q=Borna", plan, "/leitbilder", *framed):
        visitor.page.emulate_media(color_scheme="light" if path == plan else "dark")
        page = visitor.goes(path)
        if page.locator("#public-map").count():
            page.wait_for_selector("html[data-ready=true]", state="attached")
        assert axe(page) == [], path
    assert page.locator(".leaflet-control-attribution").inner_text() == f"GeoSN {CANARY}"


def test_a_place_is_gone_to_while_drawing(visitor: Visitor) -> None:
    page = visitor.goes("/vorpruefung")
    page.click("#drawing summary")
    page.wait_for_selector(".live[data-ready=true]", state="attached")
    page.fill(".seek input", "Hainer See")
    page.press(".seek input", "Enter")
    page.wait_for_selector(".live-said:has-text('Hainer See')")
    assert page.url.endswith("/vorpruefung")
    assert axe(page) == []
    page.fill(".seek input", "Xyzzy")
    page.click(".live-tools button:has-text('Suchen')")
    page.wait_for_selector(".live-said:has-text('Nichts gefunden')")


def test_whoever_is_not_let_does_not_see_the_frame(
    browser: Browser, address: str, plan: str, app: FastAPI, upstream: str
) -> None:
    context = browser.new_context()
    page = context.new_page()
    other = upstream.partition("/{z}")[0].replace("127.0.0.1", "localhost")
    shown = page.frame_locator("iframe").locator("h1:has-text('Am See')")
    page.goto(f"{other}/frame?{address}/einbetten{plan}")
    page.wait_for_timeout(500)
    assert shown.count() == 0
    app.state.settings = app.state.settings.model_copy(update={"embedding": other})
    page.goto(f"{other}/frame?{address}/einbetten{plan}")
    shown.wait_for()
    assert shown.inner_text() == f"Am See {CANARY}"
    context.close()
