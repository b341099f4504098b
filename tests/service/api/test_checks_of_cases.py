"""Following a check and reading its result: everybody their own report, byte for byte."""

import base64
import hashlib
import json
import re
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select, text

from service.api import progress_events
from service.app import create_app
from service.blobs import Blobs
from service.cases.checking import GivenUpError, carry_out
from service.config import Settings
from service.db import transaction
from service.district import District
from service.models import Account, Case, Entry, Mail, Membership, Report
from service.plans.intake import read_plan
from tests.builders import geojson, rectangle
from tests.service.api.people import person
from tests.service.cases.handing import case_of, found, hand_in
from tests.service.cases.region import district as opened
from tests.service.cases.region import outline, region

Headers = Mapping[str, str]
FORMS = ("report", "findings.csv", "map", "geopackage", "geojson")


@pytest.fixture
def district(tmp_path: Path) -> District:
    folder = tmp_path / "district"
    folder.mkdir()
    return opened(region(folder), tmp_path)


@pytest.fixture
def app(fresh_database_url: str, district: District, tmp_path: Path) -> Iterator[FastAPI]:
    made = create_app(Settings(data=tmp_path), fresh_database_url, district)
    yield made
    made.state.engine.dispose()


@pytest.fixture
def client(app: FastAPI) -> TestClient:
    return TestClient(app, raise_server_exceptions=False)


@pytest.fixture
def check_id(app: FastAPI, district: District, tmp_path: Path) -> UUID:
    return hand_in(app.state.engine, district, tmp_path, outline())


@pytest.fixture
def coordinator(app: FastAPI) -> Headers:
    return person(app.state.engine, "coordinator")


@pytest.fixture
def do(app: FastAPI, district: District, tmp_path: Path) -> Callable[..., None]:
    def carry(check_id: UUID, **more: Any) -> None:
        carry_out(app.state.engine, district, Blobs(tmp_path / "blobs"), check_id, **more)

    return carry


def planner_of(app: FastAPI, check_id: UUID) -> Headers:
    """Return a planner of the organisation the case belongs to."""
    headers = person(app.state.engine, "planner", login="own")
    with transaction(app.state.engine) as session:
        account = session.scalars(select(Account).where(Account.login == "own")).one()
        member = select(Membership.organisation_id).where(Membership.account_id == account.id)
        case = session.get_one(Case, case_of(app.state.engine, check_id))
        case.organisation_id = session.scalars(member).one()
    return headers


def entries(app: FastAPI, action: str) -> list[Entry]:
    with transaction(app.state.engine) as session:
        return list(session.scalars(select(Entry).where(Entry.action == action)))


def at(check_id: UUID, rest: str = "") -> str:
    return f"/api/v1/checks/{check_id}{rest}"


def test_a_check_tells_how_it_stands(
    client: TestClient, check_id: UUID, coordinator: Headers, do: Callable[..., None]
) -> None:
    before = client.get(at(check_id), headers=coordinator).json()
    assert (before["state"], before["version"], before["difference"]) == ("queued", 1, None)
    assert set(before["links"]) == {"self", "events"}
    refused = client.get(at(check_id, "/report"), headers=coordinator)
    assert (refused.status_code, refused.json()["code"]) == (409, "check-not-done")
    do(check_id)
    answer = client.get(at(check_id), headers=coordinator)
    after = answer.json()
    assert (after["state"], after["progress"]["done"]) == ("done", after["progress"]["total"])
    for link in after["links"].values():
        assert client.get(link, headers=coordinator).status_code == 200, link
    again = {**coordinator, "If-None-Match": answer.headers["etag"]}
    assert client.get(at(check_id), headers=again).status_code == 304


def test_everybody_reads_the_report_kept_for_them_byte_for_byte(
    app: FastAPI, client: TestClient, check_id: UUID, coordinator: Headers, do: Callable[..., None]
) -> None:
    do(check_id)
    readers = {
        "internal": coordinator,
        "planner": planner_of(app, check_id),
        "office:UNB": person(app.state.engine, "officer", office="UNB"),
        "office": person(app.state.engine, "officer", office="AMT"),
    }
    with transaction(app.state.engine) as session:
        kept = {(r.audience, r.language): r.body for r in session.scalars(select(Report))}
    for audience, headers in readers.items():
        for language in ("de", "en"):
            asked = {**headers, "Accept-Language": language}
            answer = client.get(at(check_id, "/report"), headers=asked)
            assert answer.content == kept[audience, language], audience
            assert answer.headers["content-language"] == language
            same = {**asked, "If-None-Match": answer.headers["etag"]}
            assert client.get(at(check_id, "/report"), headers=same).status_code == 304


@pytest.mark.parametrize("rest", ["", "/events", *(f"/{form}" for form in FORMS)])
def test_a_foreign_check_does_not_exist(
    app: FastAPI, client: TestClient, check_id: UUID, do: Callable[..., None], rest: str
) -> None:
    do(check_id)
    stranger = person(app.state.engine, "planner")
    for address in (at(check_id, rest), at(uuid4(), rest)):
        answer = client.get(address, headers=stranger)
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


def test_nobody_is_told_of_a_restricted_layer_that_is_not_for_them(
    app: FastAPI, client: TestClient, check_id: UUID, coordinator: Headers, do: Callable[..., None]
) -> None:
    do(check_id)
    planner = planner_of(app, check_id)
    keeper = person(app.state.engine, "officer", office="UNB")
    other = person(app.state.engine, "officer", office="AMT")
    for form in FORMS:
        seen = {
            name: b"arten" in client.get(at(check_id, f"/{form}"), headers=headers).content
            or b"Schicht arten" in client.get(at(check_id, f"/{form}"), headers=headers).content
            for name, headers in (
                ("planner", planner), ("keeper", keeper), ("other", other), ("all", coordinator)
            )
        }  # fmt: skip
        assert seen == {"planner": False, "keeper": True, "other": False, "all": True}, form


def test_who_reads_of_restricted_layers_is_written_down(
    app: FastAPI, client: TestClient, check_id: UUID, coordinator: Headers, do: Callable[..., None]
) -> None:
    do(check_id)
    planner = planner_of(app, check_id)
    for form in FORMS:
        assert client.get(at(check_id, f"/{form}"), headers=planner).status_code == 200
    assert entries(app, "restricted.read") == []
    for form in FORMS:
        assert client.get(at(check_id, f"/{form}"), headers=coordinator).status_code == 200
    read = entries(app, "restricted.read")
    forms = ["report", "csv", "map", "geopackage", "geojson-wgs84"]
    assert [entry.facts["form"] for entry in read] == forms
    assert all(entry.facts["layers"] == ["arten"] for entry in read)
    with transaction(app.state.engine) as session:
        who = select(Account.pseudonym).where(Account.role == "coordinator")
        assert {e.actor for e in read} == {str(session.scalars(who).one())}


def test_the_map_runs_its_own_script_and_nothing_else(
    client: TestClient, check_id: UUID, coordinator: Headers, do: Callable[..., None]
) -> None:
    do(check_id)
    answer = client.get(at(check_id, "/map"), headers=coordinator)
    assert answer.headers["content-type"].startswith("text/html")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    scripts = re.findall(r"<script(?![^>]*application/json)[^>]*>(.*?)</script>", answer.text, re.S)
    assert scripts
    for script in scripts:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy
    assert "unsafe" not in policy


def test_geopackage_and_geojson_hold_plan_and_objects(
    client: TestClient, check_id: UUID, coordinator: Headers, do: Callable[..., None],
    tmp_path: Path,
) -> None:  # fmt: skip
    do(check_id)
    answer = client.get(at(check_id, "/geopackage"), headers=coordinator)
    (tmp_path / "a.gpkg").write_bytes(answer.content)
    with sqlite3.connect(tmp_path / "a.gpkg") as file:
        assert file.execute("select count(*) from gpkg_contents").fetchone()[0] > 1
    file.close()
    world = client.get(at(check_id, "/geojson"), headers=coordinator)
    assert world.headers["content-type"] == "application/geo+json"
    collection = world.json()
    kinds = {feature["properties"]["what"] for feature in collection["features"]}
    assert kinds == {"plan", "object", "finding", "uncovered"}
    assert "crs" not in collection
    (lon, lat), *_ = collection["features"][0]["geometry"]["coordinates"][0]
    assert 12 < lon < 13 and 51 < lat < 52  # noqa: PT018
    near = client.get(at(check_id, "/geojson?crs=working"), headers=coordinator).json()
    assert near["crs"]["properties"]["name"] == "urn:ogc:def:crs:EPSG::25833"
    (x, y), *_ = near["features"][0]["geometry"]["coordinates"][0]
    assert x == pytest.approx(320_000, abs=200) and y == pytest.approx(5_670_000, abs=200)  # noqa: PT018
    assert client.get(at(check_id, "/geojson?crs=other"), headers=coordinator).status_code == 422


def test_what_was_drawn_stays_as_the_check_was(
    client: TestClient, check_id: UUID, coordinator: Headers, do: Callable[..., None],
    tmp_path: Path,
) -> None:  # fmt: skip
    do(check_id)
    geojson(tmp_path / "district" / "wald.geojson", [rectangle(0, 0, 99, 99)])
    first = client.get(at(check_id, "/geojson"), headers=coordinator)
    for path in (tmp_path / "drawn").rglob("*"):  # may be emptied at any time
        if path.is_file():
            path.unlink()
    assert client.get(at(check_id, "/geojson"), headers=coordinator).content == first.content
    rows = [feature["properties"] for feature in first.json()["features"]]
    woods = [r["overlap_m2"] for r in rows if (r["what"], r.get("layer")) == ("object", "wald")]
    assert woods == [1600.0]


def test_a_result_that_cannot_be_made_again_is_not_drawn(
    app: FastAPI, client: TestClient, check_id: UUID, coordinator: Headers, do: Callable[..., None]
) -> None:
    do(check_id)
    with transaction(app.state.engine) as session:
        for report in session.scalars(select(Report)):
            report.body = report.body.replace(b'"affected"', b'"clear"', 1)
    answer = client.get(at(check_id, "/map"), headers=coordinator)
    assert (answer.status_code, answer.json()["code"]) == (409, "check-not-repeatable")


def told(answer: Any) -> list[tuple[str, dict[str, Any]]]:
    """Return the events of a stream: name and data."""
    found = re.findall(r"event: (\w+)\ndata: (.*)\n\n", answer.text)
    return [(name, json.loads(data)) for name, data in found]


def test_progress_is_told_until_the_check_is_done(
    app: FastAPI, client: TestClient, check_id: UUID, coordinator: Headers,
    do: Callable[..., None], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("service.cases.progress.EVERY_S", 0.0)

    def slowly() -> bool:
        time.sleep(0.15)
        return False

    worker = threading.Thread(target=do, args=(check_id,), kwargs={"stop": slowly})
    worker.start()
    answer = client.get(at(check_id, "/events"), headers=coordinator)
    worker.join()
    assert answer.headers["content-type"].startswith("text/event-stream")
    events = told(answer)
    assert [name for name, _ in events[:-1]] == ["progress"] * (len(events) - 1)
    steps = [data["done"] for _, data in events if data["state"] == "running"]
    assert len(set(steps)) > 3
    assert steps == sorted(steps)
    assert events[-1][0] == "done"
    assert {data["layer"] for _, data in events} <= {"gemeinden", "nsg", "wald", "fehlt",
                                                     "kampfmittel", None}  # fmt: skip


def test_a_listener_costs_nothing_between_looks_and_ends_with_the_server(
    app: FastAPI, client: TestClient, check_id: UUID, coordinator: Headers,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(progress_events, "HEARTBEAT_S", 0.2)
    app.state.stopping = threading.Event()
    timer = threading.Timer(1.0, app.state.stopping.set)
    listeners = [
        threading.Thread(target=client.get, args=(at(check_id, "/events"),),
                         kwargs={"headers": coordinator}) for _ in range(15)
    ]  # fmt: skip
    for one in listeners:
        one.start()
    time.sleep(0.6)
    busy = app.state.engine.pool.checkedout()
    timer.start()  # only now: on a busy machine the listeners take their time
    answer = client.get(at(check_id, "/events"), headers=coordinator)
    for one in listeners:
        one.join()
    assert busy < 10
    assert told(answer)[0][1]["state"] == "queued"
    assert "\n: \n\n" in answer.text or ": \n\n" in answer.text


def test_a_check_is_called_off_once(
    app: FastAPI, client: TestClient, check_id: UUID, coordinator: Headers, do: Callable[..., None]
) -> None:
    assert client.delete(at(check_id), headers=coordinator).status_code == 204
    again = client.delete(at(check_id), headers=coordinator)
    assert (again.status_code, again.json()["code"]) == (409, "check-over")
    do(check_id)
    assert found(app.state.engine, check_id).state == "cancelled"
    assert told(client.get(at(check_id, "/events"), headers=coordinator))[0][0] == "cancelled"
    stranger = person(app.state.engine, "planner")
    assert client.delete(at(check_id), headers=stranger).status_code == 404


def test_a_plan_is_checked_again_and_the_difference_told(
    app: FastAPI, client: TestClient, check_id: UUID, coordinator: Headers,
    do: Callable[..., None], tmp_path: Path,
) -> None:  # fmt: skip
    address = f"/api/v1/cases/{case_of(app.state.engine, check_id)}/checks"
    refused = client.post(address, headers=coordinator)
    assert (refused.status_code, refused.json()["code"]) == (409, "check-under-way")
    do(check_id)
    geojson(tmp_path / "district" / "nsg.geojson", [])
    geojson(tmp_path / "district" / "arten.geojson", [])
    keyed = {**coordinator, "Idempotency-Key": "k-1"}
    asked = client.post(address, headers=keyed)
    assert asked.status_code == 201
    assert client.post(address, headers=keyed).json() == asked.json()  # not twice
    second = UUID(asked.json()["id"])
    assert asked.headers["location"] == at(second)
    do(second)
    differs = client.get(at(second), headers=coordinator).json()["difference"]
    assert differs["check"] == str(check_id)
    changed = {change["layer"]: change["outcome"] for change in differs["findings"]["changed"]}
    assert changed["nsg"] == {"before": "affected", "now": "clear"}
    assert set(changed) == {"nsg", "arten"}
    assert [office["office"] for office in differs["offices"]["gone"]] == ["UNB"]
    planner = client.get(at(second), headers=planner_of(app, second)).json()["difference"]
    assert [change["layer"] for change in planner["findings"]["changed"]] == ["nsg"]
    rows = client.get(address, headers=coordinator).json()["checks"]
    assert [(row["cause"], row["state"]) for row in rows] == [
        ("recheck", "done"), ("received", "done")
    ]  # fmt: skip
    assert client.get(at(check_id, "/report"), headers=coordinator).status_code == 200


def poison(app: FastAPI, task: str) -> None:
    with transaction(app.state.engine) as session:
        failed = text("update procrastinate_jobs set status = 'failed' where task_name = :task")
        session.execute(failed, {"task": task})


def test_a_check_that_was_given_up_is_shown_and_done_again(
    app: FastAPI, client: TestClient, check_id: UUID, coordinator: Headers, do: Callable[..., None]
) -> None:
    def broken(path: Path, intake: Any) -> Any:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        do(check_id, read=broken)
    with pytest.raises(GivenUpError):
        do(check_id, read=broken)
    poison(app, "checks.run")
    english = {**coordinator, "Accept-Language": "en"}
    (job,) = client.get("/api/v1/jobs/poison", headers=english).json()["jobs"]
    assert job["task"] == "checks.run"
    assert "failed twice" in job["problem"]
    assert client.get(job["case"], headers=coordinator).status_code == 200
    assert told(client.get(at(check_id, "/events"), headers=coordinator))[0][0] == "failed"
    accepted = client.post(f"/api/v1/jobs/{job['id']}/retry", headers=coordinator)
    assert accepted.status_code == 202
    assert client.get("/api/v1/jobs/poison", headers=coordinator).json() == {"jobs": []}
    assert client.post(f"/api/v1/jobs/{job['id']}/retry", headers=coordinator).status_code == 404
    assert found(app.state.engine, check_id).state == "queued"
    do(check_id, read=read_plan)
    assert found(app.state.engine, check_id).state == "done"


def test_a_mail_that_was_given_up_counts_its_tries_anew(
    app: FastAPI, client: TestClient, check_id: UUID, coordinator: Headers, do: Callable[..., None]
) -> None:
    with transaction(app.state.engine) as session:
        session.add(Account(login="m", name="M", role="coordinator", mail="m@example.org"))
    do(check_id)
    poison(app, "letters.send")
    with transaction(app.state.engine) as session:
        mail = session.scalars(select(Mail)).one()
        mail.tries, mail.problem = 5, "the mail server refuses the recipient (550)"
    (job,) = client.get("/api/v1/jobs/poison", headers=coordinator).json()["jobs"]
    assert job["problem"] == "the mail server refuses the recipient (550)"
    client.post(f"/api/v1/jobs/{job['id']}/retry", headers=coordinator)
    with transaction(app.state.engine) as session:
        assert session.scalars(select(Mail.tries)).one() == 0
        waiting = text("select count(*) from procrastinate_jobs where status = 'todo' "
                       "and task_name = 'letters.send'")  # fmt: skip
        assert session.scalar(waiting) == 1


def test_the_public_calls_nothing_of_this(app: FastAPI, client: TestClient, check_id: UUID) -> None:
    for rest in ("", "/report", "/events"):
        assert client.get(at(check_id, rest)).status_code == 401
    assert client.get("/api/v1/jobs/poison").status_code == 401
