"""The pages as a browser gets them, without one: who sees what, in which language, and refusals."""

import re
from datetime import date
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from service.access.passwords import hashed
from service.cases.state import State
from service.db import transaction
from service.models import Account
from service.portal.urgency import due
from tests.service.api.people import person
from tests.service.api.serving import app, client, district

__all__ = ["app", "client", "district"]
HTML = {"Accept": "text/html,*/*;q=0.1"}
PASSWORD = "vier Worte auf Wanderschaft"  # noqa: S105


@pytest.fixture
def coordinator(app: FastAPI) -> str:
    with transaction(app.state.engine) as session:
        session.add(
            Account(login="ko", name="Ko <b>", role="coordinator", password=hashed(PASSWORD))
        )
    return "ko"


def csrf(text: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', text)
    assert found is not None
    return found.group(1)


def test_whoever_must_log_in_is_led_there_and_back(client: TestClient, coordinator: str) -> None:
    away = client.get("/vorgaenge?state=ready", headers=HTML, follow_redirects=False)
    assert away.status_code == 303
    assert away.headers["location"] == "/anmelden?weiter=%2Fvorgaenge%3Fstate%3Dready"
    given = {"login": coordinator, "password": "falsch", "weiter": "/vorgaenge?state=ready"}
    wrong = client.post("/anmelden", data=given, headers=HTML)
    assert wrong.status_code == 401
    assert 'role="alert"' in wrong.text
    right = client.post("/anmelden", data={**given, "password": PASSWORD}, follow_redirects=False)
    assert (right.status_code, right.headers["location"]) == (303, "/vorgaenge?state=ready")
    page = client.get("/vorgaenge", headers=HTML)
    assert "Ko &lt;b&gt;" in page.text
    refused = client.post("/abmelden", headers=HTML)
    assert (refused.status_code, "<h1>Nicht erlaubt</h1>" in refused.text) == (403, True)
    client.post("/abmelden", data={"csrf": csrf(page.text)}, headers=HTML)
    assert client.get("/vorgaenge", headers=HTML, follow_redirects=False).status_code == 303


@pytest.mark.parametrize("to", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_nobody_is_led_to_another_host(client: TestClient, coordinator: str, to: str) -> None:
    given = {"login": coordinator, "password": PASSWORD, "weiter": to}
    assert client.post("/anmelden", data=given, follow_redirects=False).status_code == 422


def test_pages_speak_the_chosen_language(client: TestClient) -> None:
    assert "Was würde meine Planung berühren?" in client.get("/vorpruefung").text
    client.get("/sprache/en?weiter=/vorpruefung")
    page = client.get("/vorpruefung", headers={"Accept-Language": "de"})
    assert "What would my plan touch?" in page.text
    assert '<html lang="en">' in page.text


def test_nothing_inline_is_run_and_files_may_be_kept(client: TestClient) -> None:
    page = client.get("/vorpruefung")
    policy = page.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert not re.search(
        r"<script(?![^>]*(src=|application/json))|<style|style=|\son\w+=", page.text
    )
    for file in re.findall(r'(?:src|href)="(/static/[^"]+)"', page.text):
        answer = client.get(file)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
    assert client.get("/static/0/nothing.js").status_code == 404


def test_a_plan_is_pre_checked_without_a_log_in(client: TestClient, sample: Path) -> None:
    plan = sample / "plans" / "wohnen-am-hainer-see.geojson"
    with plan.open("rb") as file:
        given = {"outline": "", "kind": "", "width_m": "", "csrf": ""}
        page = client.post("/vorpruefung", data=given, files={"file": file}, headers=HTML)
    assert page.status_code == 200
    assert "Untere Naturschutzbehörde" in page.text
    assert 'id="belang-data"' in page.text
    nothing = client.post("/vorpruefung", data=given, headers=HTML)
    assert nothing.status_code == 422
    assert "file-or-outline" in nothing.text


def test_a_question_is_answered_by_a_button_and_stays_answered(client: TestClient) -> None:
    sketch = b"POLYGON ((4520000 5668000, 4520300 5668000, 4520300 5668200, 4520000 5668000))"
    file = {"file": ("skizze.wkt", sketch)}
    asked = client.post("/vorpruefung", files=file, headers={**HTML, "X-Part": "result"})
    assert asked.status_code == 422
    options = re.findall(r'name="option" value="([^"]+)"', asked.text)
    assert "--crs EPSG:31468" in options
    given = {"option": "--crs EPSG:31468"}
    answered = client.post("/vorpruefung", data=given, files=file, headers=HTML)
    assert answered.status_code == 200
    assert "belang-data" in answered.text


def test_pages_of_the_district_are_its_own(app: FastAPI, client: TestClient) -> None:
    assert "noch nicht geschrieben" in client.get("/impressum").text
    folder = app.state.settings.data / "pages"
    folder.mkdir()
    (folder / "impressum.txt").write_text("Landkreis <i>Beispiel</i>\n\nZweiter Absatz")
    page = client.get("/impressum").text
    assert "<p>Landkreis &lt;i&gt;Beispiel&lt;/i&gt;</p>" in page
    assert "<p>Zweiter Absatz</p>" in page


def test_a_case_that_is_not_theirs_does_not_exist(app: FastAPI, client: TestClient) -> None:
    planner = {**person(app.state.engine, "planner"), **HTML}
    answer = client.get("/vorgaenge/00000000-0000-4000-8000-000000000000", headers=planner)
    assert (answer.status_code, "<h1>Nicht gefunden</h1>" in answer.text) == (404, True)
    assert client.get("/api/v1/nowhere", headers=HTML).json()["code"] == "not-found"


def test_a_deadline_is_told_in_words_as_well() -> None:
    today = date(2026, 3, 2)
    assert (due(date(2026, 3, 1), State.READY, today).light) == "late"
    assert due(date(2026, 3, 3), State.READY, today).text.de == "noch 1 Tag"
    assert due(date(2026, 3, 9), State.READY, today).light == "soon"
    assert due(date(2026, 3, 10), State.READY, today).light == ""
    assert due(date(2026, 3, 1), State.SENT, today).text is None
