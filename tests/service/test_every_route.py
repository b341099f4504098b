"""Every route with real ids, as somebody who may call it: what its answer tells a browser, what is
a file to keep, and that nothing that costs much can be asked for without an end.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import event, func, select

from service import seal
from service.access.pace import Pace
from service.api import answer_links
from service.api.rights import PUBLIC, RIGHTS
from service.db import transaction
from service.models.account import Attempt
from tests.service.askings import FORMS, OTHERWISE, Answer, answers, callable_by
from tests.service.inside import Inside, inside_of
from tests.service.postgres import Server
from tests.service.shielded import lacking
from tests.service.taking import taking

EMBEDDED = "https://borna.example.org"
FRAMED = {
    "GET /api/v1/checks/{check_id}/map": "'self'",
    "GET /einbetten/karte": EMBEDDED,
    "GET /einbetten/plan/{case_id}": EMBEDDED,
}
PAGES_AND_DATA = ("text/html", "application/json", "application/problem+json")
# What is neither page nor data and no file to keep all the same, and why.
SHOWN = {
    "GET /static/{digest}/{name}": "scripts and styles of the pages",
    "GET /grundkarte/{z}/{x}/{y}": "a picture on a map",
    "GET /kacheln/{digest}/{code}/{name}.pmtiles": "read in parts by the script of a map",
    "GET /api/v1/cases/{case_id}/documents/{document_id}/overlay": "a picture on a map",
    "GET /api/v1/cases/{case_id}/statements/{statement_id}/preview": "made by us, to be looked at",
    "GET /api/v1/checks/{check_id}/events": "read by a script as it happens",
    "GET /api/v1/offices/{office}/calendar.ics": "subscribed to",
    "GET /neu.atom": "subscribed to",
    "GET /neu.ics": "subscribed to",
    "GET /metrics": "read by a machine",
}
ANEW = {  # drawn or printed whenever it is asked for
    "GET /api/v1/cases/{case_id}/statements/{statement_id}/preview": "coordinator",
    "GET /schichten/{code}/unterschied": "steward",
}
SOUGHT = ("GET /karte", "GET /einbetten/karte", "GET /kartengrund", "GET /orte")
FREE = ("GET /kacheln/{digest}/{code}/{name}.pmtiles", "GET /grundkarte/{z}/{x}/{y}",
        "GET /karte/{digest}/{name}.json")  # fmt: skip
AGAIN = "noch einmal versuchen"


@pytest.fixture(scope="module")
def inside(
    postgres: Server, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Inside]:
    with postgres.database(template) as name:
        made = inside_of(tmp_path_factory.mktemp("every"), postgres.url(name), [])
        yield made
        made.app.state.engine.dispose()


@pytest.fixture(scope="module")
def real(inside: Inside) -> list[Answer]:
    """What every route that reads, or keeps nothing, answers to the first who gets an answer."""
    found = list[Answer]()
    for route in sorted(r for r in RIGHTS if r.startswith("GET ") or r in FORMS):
        for who in inside.people:
            some = [one for one in asked(inside, who, route) if one.real]
            found += some
            if some:
                break
    return found


def asked(inside: Inside, who: str, route: str) -> list[Answer]:
    return list(answers(inside, who, [route])) if route in callable_by(who) else []


def test_every_answer_tells_the_browser_what_it_may_do_with_it(real: list[Answer]) -> None:
    reading = {route for route in RIGHTS if route.startswith("GET ")} | FORMS.keys()
    assert {one.asking.route for one in real} == reading
    assert {one.status for one in real} == {200, *OTHERWISE.values()}
    wrong = {}
    for one in real:
        told = lacking(one.given, framed_by=FRAMED.get(one.asking.route, "'none'"))
        if PUBLIC not in RIGHTS[one.asking.route][0] and "public" in one.given["cache-control"]:
            told.append("kept for everybody")
        if told:
            wrong[str(one.asking)] = told
    assert wrong == {}


def test_what_is_neither_page_nor_data_is_a_file_to_keep(real: list[Answer]) -> None:
    shown, kept = set(), set()
    for one in real:
        disposition = one.given.get("content-disposition", "")
        kind = one.given.get("content-type", "").partition(";")[0]
        if (one.asking.form or {}).get("take"):
            assert disposition, one.asking
        if disposition:
            assert disposition.startswith("attachment; filename"), one.asking
            kept.add(one.asking.route)
        elif one.content and kind not in PAGES_AND_DATA:
            shown.add(one.asking.route)
    assert shown == set(SHOWN)
    assert "GET /api/v1/checks/{check_id}/geojson" in kept
    assert len(kept) >= 7


def test_whoever_hands_in_too_often_is_told_so_whatever_the_way(
    inside: Inside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answer_links, "MOST", 1)
    with once_a_minute(inside):
        tried = tried_too_often(inside)
    planning = "POST /vorgaenge/{case_id}/planung"
    assert {(planning, act) for act in ("revise", "document", "reply")} <= tried
    assert {("POST /einreichen", "look"), ("POST /einreichen", "send"),
            ("POST /vorgaenge/{case_id}/stellungnahme", "bind"), ("POST /varianten", ""),
            ("PUT /api/v1/cases/{case_id}/statements/{statement_id}/binding", ""),
            ("POST /api/v1/links/{word}/documents", "")} <= tried  # fmt: skip
    assert len(tried) >= 17


def tried_too_often(inside: Inside) -> set[tuple[str, str]]:
    """Take every way to hand in a file twice, which must be once too often; return the ways."""
    tried = set()
    here = {name: some[0] for name, some in inside.values.items() if some}
    for way in taking(inside.app):
        method, path = way.route.split()
        roles = RIGHTS[way.route][0]
        known = [who for who in ("coordinator", "planner", "steward") if who in roles][:1]
        for who in (*known, *(["public"] if PUBLIC in roles else [])):
            for _ in range(2):
                got = inside.client.request(
                    method, path.format(**here), data=way.fields,
                    files=[(name, ("plan.geojson", b"{}")) for name in way.files],
                    headers={**inside.people[who], "Accept": "text/html"},
                )  # fmt: skip
            assert (got.status_code, AGAIN in got.text) == (429, True), (way, who, got.text)
        tried.add((way.route, way.fields.get("act", "")))
    return tried


@pytest.mark.parametrize("route", ANEW)
def test_what_is_drawn_anew_is_not_drawn_without_an_end(inside: Inside, route: str) -> None:
    with once_a_minute(inside):
        told = [one.status for _ in range(2) for one in asked(inside, ANEW[route], route)]
    assert 429 in told


def test_what_is_said_so_that_a_file_is_read_again_counts_like_the_file(inside: Inside) -> None:
    here = f"/api/v1/cases/{inside.values['case_id'][0]}"
    document = f"{here}/documents/{inside.values['document_id'][0]}"
    given = {"kind": "raster", "crs": "EPSG:25833"}
    for method, path, body in (
        ("POST", f"{here}/answers", {"option": "--crs EPSG:25833"}),
        ("PATCH", document, given),
    ):
        told = []
        with once_a_minute(inside):
            for _ in range(2):
                who = dict(inside.people["coordinator"])
                who["If-Match"] = inside.client.get(here, headers=who).headers["etag"]
                told.append(inside.client.request(method, path, json=body, headers=who))
        assert (told[-1].status_code, told[-1].json()["code"]) == (429, "too-often"), path


@contextmanager
def once_a_minute(inside: Inside) -> Iterator[None]:
    """Let nobody hand in, have checked or have drawn more than one thing a minute."""
    state, before = inside.app.state, inside.app.state.settings
    one = {"uploads_per_minute": 1, "anonymous_checks_per_minute": 1}
    state.settings = before.model_copy(update=one)
    try:
        yield
    finally:
        state.settings = before


@pytest.mark.parametrize("route", SOUGHT)
def test_nobody_asks_the_maps_faster_than_a_person_can(inside: Inside, route: str) -> None:
    inside.app.state.pace = Pace(2)
    every = [one for _ in range(2) for one in asked(inside, "public", route)][:3]
    assert [one.status for one in every] == [200, 200, 429]
    assert 0 < int(every[2].given["retry-after"]) <= 60
    assert AGAIN in every[2].content.decode()
    for other in FREE:
        assert any(one.real for one in asked(inside, "public", other)), other
    assert asked(inside, "steward", route)[0].real  # somebody else's
    inside.app.state.pace = Pace()


def test_a_word_with_a_wrong_seal_asks_the_database_nothing(inside: Inside, tmp_path: Path) -> None:
    data, document = inside.app.state.settings.data, inside.values["document_id"][0]
    forged, unknown = seal.sealed(tmp_path, uuid4()), seal.sealed(data, uuid4())
    said = {"kind": "keine_bedenken"}
    file = {"file": ("a.pdf", b"%PDF-1.4")}
    ways: list[tuple[str, str, dict[str, Any]]] = [
        ("GET", "/antwort/{}", {}), ("POST", "/antwort/{}", {"data": said}),
        ("GET", "/api/v1/links/{}", {}), ("POST", "/api/v1/links/{}", {"json": said}),
        ("GET", f"/api/v1/links/{{}}/documents/{document}", {}),
        ("POST", "/api/v1/links/{}/documents", {"files": file}),
    ]  # fmt: skip
    used = list[int]()

    def noted(*_: Any) -> None:
        used.append(1)

    before, engine = attempts(inside), inside.app.state.engine
    event.listen(engine, "checkout", noted)
    try:
        told = [refused(inside, *way, word=forged) for way in ways]
        assert used == []
    finally:
        event.remove(engine, "checkout", noted)
    assert attempts(inside) == before
    assert told == [refused(inside, *way, word=unknown) for way in ways]
    assert told == [(404, "not-found")] * len(ways)
    assert attempts(inside) == before + len(ways)


def refused(
    inside: Inside, method: str, path: str, more: dict[str, Any], *, word: str
) -> tuple[int, str]:
    got = inside.client.request(method, path.format(word), **more)
    return got.status_code, got.json()["code"]


def attempts(inside: Inside) -> int:
    with transaction(inside.app.state.engine) as session:
        return session.scalar(select(func.count()).select_from(Attempt)) or 0


def test_links_are_said_to_be_out_of_order_where_their_key_is_torn(inside: Inside) -> None:
    key = inside.app.state.settings.data / seal.KEY
    whole, word = key.read_bytes(), inside.values["word"][0]
    key.write_bytes(whole[:-1])
    try:
        for path in (f"/antwort/{word}", f"/api/v1/links/{word}"):
            got = inside.client.get(path)
            assert (got.status_code, got.json()["code"]) == (503, "seal-key-damaged")
    finally:
        key.write_bytes(whole)
    assert inside.client.get(f"/antwort/{word}").status_code == 200
