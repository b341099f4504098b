"""Every fault a server or the way to it can have, for every kind of service.

The answers come from real servers (ArcGIS: constructed), the fault from a proxy between. A
harvest ends complete or with a refusal that names the cause; nothing in between, and in time.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pytest

from layers.harvest.manners import Manners
from layers.harvest.service import Service
from layers.harvest.visit import Visit
from layers.reading import Features
from layers.sources import arcgis, ogcapi, wfs
from tests.layers.sources.harvesting import IMPATIENT, PATIENT, harvest
from tests.upstream import faults, region
from tests.upstream.arcgis import PATH
from tests.upstream.arcgis import arcgis as served_layer
from tests.upstream.faults import ERROR, HTML, REPORT, Fault, Upstream
from tests.upstream.gateway import Asked, Served

BOX = (12.42, 51.05, 12.47, 51.07)  # some hundred of the squares: answers of a few kilobytes


class Kind(NamedTuple):
    """A kind of service: how to read it, from what, and where it lies behind the proxy."""

    pages: Callable[[Service, Visit], Iterator[Features]]
    answers: str
    service: Service


KINDS = {
    "wfs": Kind(
        wfs.pages, "mapserver_answers", Service("/?map=metres", "metres_shp", bbox=BOX, page=100)
    ),
    "ogcapi": Kind(
        ogcapi.pages,
        "pygeoapi_answers",
        Service("", "degrees", bbox=(12.4, 51, 12.52, 51.12), page=100),
    ),
    "arcgis": Kind(arcgis.pages, "arcgis_answers", Service(PATH, page=500)),
}
COMPLETE = None


class Case(NamedTuple):
    """A fault and what may come of it; a fault that needs state is made anew for each test.

    Only faults of time are met with impatience: a busy machine must not look like a slow server.
    """

    fault: Callable[[], Fault]
    codes: dict[str, str | None] | str | None
    manners: Manners = PATIENT


def always(fault: Fault) -> Callable[[], Fault]:
    return lambda: fault


CASES: dict[str, Case] = {
    "none": Case(always(faults.fine), COMPLETE),
    "delay": Case(always(faults.delayed), "source-slow", IMPATIENT),
    "drip": Case(always(faults.dripping), "source-slow", IMPATIENT),
    "headers drip": Case(always(faults.dripping_headers), "source-slow", IMPATIENT),
    "cut in the body": Case(always(faults.cut_mid_body), "source-truncated"),
    "cut without a length": Case(always(faults.cut_unnoticed), "source-truncated"),
    "cut at connect": Case(always(faults.cut_at_connect), "source-truncated"),
    "cut between tags": Case(
        always(faults.rewriting(faults.at_a_tag)), "source-truncated"
    ),
    "packed and cut": Case(always(faults.cut_gzip), "source-truncated"),
    "gzip bomb": Case(always(faults.bomb), "source-too-large"),
    "page twice": Case(
        faults.duplicating,
        {"wfs": "source-repeats", "ogcapi": "source-repeats", "arcgis": "source-incomplete"},
    ),
    "web page": Case(always(faults.instead(HTML, "text/html")), "source-html"),
    "web page in disguise": Case(
        always(faults.instead(HTML, "application/xml")), "source-html"
    ),
    "exception report": Case(
        always(faults.instead(REPORT, "application/xml")),
        {"wfs": "source-exception", "ogcapi": "source-content", "arcgis": "source-content"},
    ),
    "error as JSON": Case(
        always(faults.instead(ERROR, "application/json")),
        {"wfs": "source-content", "ogcapi": "source-exception", "arcgis": "source-exception"},
    ),
    "picture": Case(always(faults.instead(b"\x89PNG\r\n", "image/png")), "source-content"),
    "empty body": Case(
        always(lambda handler, reply: faults.send(handler, (200, reply[1], b""))),
        "source-truncated",
    ),
    "axes swapped": Case(
        always(faults.rewriting(faults.axes_swapped)), "source-axes"
    ),
    "half of the objects": Case(
        always(faults.rewriting(faults.halved)),
        {"wfs": "source-repeats", "ogcapi": "source-incomplete", "arcgis": "source-incomplete"},
    ),
    "no objects": Case(always(faults.rewriting(faults.emptied)), "source-incomplete"),
    "busy for a moment": Case(lambda: faults.busy(1, 503, "0"), COMPLETE),
    "too many requests": Case(lambda: faults.busy(1, 429, "0"), COMPLETE),
    "busy for ever": Case(lambda: faults.busy(99, 503, "0"), "source-busy"),
    "busy for an hour": Case(lambda: faults.busy(99, 429, "3600"), "source-busy"),
    "forbidden": Case(always(faults.instead(b"", "text/plain", 403)), "source-status"),
    "sent elsewhere": Case(
        always(faults.instead(b"", "text/plain", 302, Location="http://localhost:9/")),
        "source-link",
    ),
}  # fmt: skip


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def upstream(kind: str, request: pytest.FixtureRequest) -> Upstream:
    """Return a real server that has answered everything a harvest without faults asks."""
    pages, answers, service = KINDS[kind]
    known: Upstream = request.getfixturevalue(answers)
    if kind not in WARM:
        with (
            TemporaryDirectory() as folder,
            faults.proxy(known, faults.fine) as served,
        ):
            there = replace(service, url=served.url + service.url)
            assert harvest(pages, there, Path(folder) / "spool").refusal is None
        WARM.add(kind)
    return known


WARM: set[str] = set()


def expected(case: Case, kind: str) -> str | None:
    return case.codes[kind] if isinstance(case.codes, dict) else case.codes


@pytest.mark.parametrize("name", CASES)
def test_complete_or_refused_with_the_cause(
    kind: str, name: str, upstream: Upstream, tmp_path: Path
) -> None:
    pages, _, service = KINDS[kind]
    with faults.proxy(upstream, CASES[name].fault()) as served:
        there = replace(service, url=served.url + service.url)
        got = harvest(pages, there, tmp_path / "spool", manners=CASES[name].manners)

    assert got.code == expected(CASES[name], kind), got.refusal
    assert got.protocol.complete == (got.refusal is None)
    if got.refusal is None:
        assert got.protocol.received == len({row["nr"] for row in got.rows}) > 200
    else:
        assert got.refusal.text.de != got.refusal.text.en


@pytest.mark.parametrize("name", ["web page", "cut in the body", "cut at connect", "busy for ever"])
def test_descriptions_and_counts_are_held_to_the_same(
    kind: str, name: str, upstream: Upstream, tmp_path: Path
) -> None:
    pages, _, service = KINDS[kind]
    with faults.proxy(upstream, CASES[name].fault(), when=faults.everything) as served:
        there = replace(service, url=served.url + service.url)
        got = harvest(pages, there, tmp_path / "spool")

    assert got.code == expected(CASES[name], kind)


@pytest.mark.parametrize(("number", "code"), [(9_999, "source-incomplete"), (7, COMPLETE)])
def test_a_count_that_is_a_lie(
    kind: str, number: int, code: str | None, upstream: Upstream, tmp_path: Path
) -> None:
    """Too many announced means that some are missing; too few is written down, no more."""
    pages, _, service = KINDS[kind]
    lie = faults.rewriting(faults.announcing(number))
    with faults.proxy(upstream, lie, when=faults.everything) as served:
        there = replace(service, url=served.url + service.url)
        got = harvest(pages, there, tmp_path / "spool")

    assert got.code == code, got.refusal
    assert number in [count for _, count in got.protocol.announced]
    if code is COMPLETE:
        assert "count-understated" in [note.code for note in got.protocol.notes]
        assert got.protocol.received > 200


def test_a_wfs_that_answers_in_another_crs(mapserver_answers: Upstream, tmp_path: Path) -> None:
    with faults.proxy(mapserver_answers, faults.rewriting(faults.wrong_crs)) as served:
        service = Service(served.url + "/?map=metres", "metres_shp", bbox=BOX)
        got = harvest(wfs.pages, service, tmp_path / "spool")

    assert got.code == "source-crs"


def test_nobody_there(tmp_path: Path) -> None:
    got = harvest(wfs.pages, Service("http://127.0.0.1:9/wfs", "x"), tmp_path / "spool")

    assert got.code == "source-unreachable"
    assert (got.protocol.requests, got.protocol.retries) == (2, 1)


@pytest.mark.parametrize(
    "url", ["ftp://127.0.0.1/x", "nonsense", "http://[::1", "http://127.0.0.1:x/"]
)
def test_an_address_that_is_none(url: str, tmp_path: Path) -> None:
    assert harvest(wfs.pages, Service(url, "x"), tmp_path / "spool").code == "source-unreachable"


# --- going on after an interruption ----------------------------------------------------------


def asked_pages(served: Served) -> list[str]:
    return [asked.path for asked in served.asked if faults.pages(asked)]


def stopping_at(number: int) -> Fault:
    """Return a fault that refuses the page of this number and all later ones."""
    seen: list[Asked | None] = []

    def fault(handler, reply) -> None:  # type: ignore[no-untyped-def]
        seen.append(None)
        broken = len(seen) >= number
        faults.send(handler, (403, {}, b"") if broken else reply)

    return fault


def test_an_interrupted_harvest_asks_only_for_what_is_missing(
    kind: str, upstream: Upstream, tmp_path: Path
) -> None:
    pages, _, service = KINDS[kind]
    spool = tmp_path / "spool"
    broken: list[bool] = [True]
    first_try = stopping_at(3)

    def fault(handler, reply) -> None:  # type: ignore[no-untyped-def]
        (first_try if broken[0] else faults.fine)(handler, reply)

    with faults.proxy(upstream, fault) as served:
        there = replace(service, url=served.url + service.url)
        first = harvest(pages, there, spool)
        kept = asked_pages(served)[:2]
        broken[0] = False
        served.asked.clear()
        second = harvest(pages, there, spool)

    assert first.code == "source-status"
    assert second.refusal is None
    assert second.protocol.spooled == 2
    assert not set(kept) & set(asked_pages(served))
    assert second.protocol.distinct == len({row["nr"] for row in second.rows})
    assert not spool.exists()


def test_what_was_kept_is_dropped_when_the_source_has_changed(tmp_path: Path) -> None:
    spool = tmp_path / "spool"
    with served_layer(region.COUNT) as served:
        limit = replace(PATIENT, most_features=1_500)
        service = Service(served.url + PATH, page=1_000)
        first = harvest(arcgis.pages, service, spool, manners=limit)
        assert first.code == "source-too-large"
        assert spool.exists()
    port = int(served.url.rpartition(":")[2])
    with served_layer(region.COUNT - 100, port=port) as served:
        second = harvest(arcgis.pages, service, spool)

    assert (second.refusal, second.protocol.spooled) == (None, 0)
    assert second.protocol.received == region.COUNT - 100
