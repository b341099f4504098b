"""What operators see of a running application: alive, ready, figures, log, headers."""

import json
import logging
import re
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psycopg
import pytest
from fastapi import FastAPI
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import make_url, text
from starlette.testclient import TestClient

from service import jobs, logs
from service.api.observed import Observed
from service.app import CONNECTIONS, create_app
from service.config import Settings
from service.db import transaction
from service.district import District, open_district
from service.plans.apart import Reader
from tests.layers.apart import refusing
from tests.service.scanners import stand_in

Make = Any
ROOT = Path(__file__).parent.parent.parent.parent
NEAR, FAR = ("127.0.0.1", 4711), ("192.0.2.7", 4711)
PLAN = {
    "type": "Polygon",
    "coordinates": [
        [[12.4321, 51.2345], [12.4421, 51.2345], [12.4321, 51.2445], [12.4321, 51.2345]]
    ],
}


@pytest.fixture(scope="module")
def district(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> District:
    data = tmp_path_factory.mktemp("district")
    return open_district(_settings(data=data, catalogue=sample / "catalogue.yaml"))


@pytest.fixture
def make(fresh_database_url: str, district: District, tmp_path: Path) -> Iterator[Make]:
    with ExitStack() as open_ones:

        def made(**settings: Any) -> FastAPI:
            url, reader = settings.pop("url", fresh_database_url), settings.pop("reader", None)
            app = create_app(_settings(data=tmp_path, **settings), url, district, reader=reader)
            open_ones.enter_context(TestClient(app))  # its end closes what it has opened
            return app

        yield made


def _settings(**given: Any) -> Settings:
    return Settings.model_validate(given)


@pytest.fixture(autouse=True)
def worker(fresh_database_url: str) -> Iterator[psycopg.Connection]:
    """Return the session of a worker."""
    bare = make_url(fresh_database_url).set(drivername="postgresql")
    url = bare.render_as_string(hide_password=False)
    with psycopg.connect(url, application_name=jobs.WORKER) as session:
        yield session


def _beat(app: FastAPI, ago: str = "0 s") -> None:
    """Let a worker have been seen."""
    with transaction(app.state.engine) as session:
        session.execute(text("delete from procrastinate_workers"))
        session.execute(
            text(
                "insert into procrastinate_workers (last_heartbeat) "
                "values (now() - cast(:ago as interval))"
            ),
            {"ago": ago},
        )


# --- alive and ready -------------------------------------------------------------------------


def test_ready_is_who_has_all_it_stands_on(make: Make) -> None:
    app = make()
    client = TestClient(app)
    assert client.get("/healthz").json() == {"status": "alive"}
    assert _failing(client) == {"worker": "never seen"}
    _beat(app, "61 s")
    assert _failing(client) == {"worker": "seen 61 s ago"}
    _beat(app)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (200, "ready")
    assert {check["name"] for check in answer.json()["checks"]} == {
        "database",
        "worker",
        "storage",
        "district",
        "reading",
        "public-role",
    }


def test_a_worker_that_was_killed_is_missed_at_once(make: Make, worker: psycopg.Connection) -> None:
    app = make()
    _beat(app)
    client = TestClient(app)
    assert client.get("/readyz").status_code == 200
    worker.close()  # as the system does it; the sign of life stays
    deadline = time.monotonic() + 5
    while client.get("/readyz").status_code == 200:
        assert time.monotonic() < deadline
    (told,) = _failing(client).items()
    assert re.fullmatch(r"worker: seen \d s ago, not there now", ": ".join(told))


def test_a_scanner_that_is_set_up_is_asked_and_keeps_nobody_from_serving(make: Make) -> None:
    with stand_in() as address:
        app = make(clamd=address)
        _beat(app)
        client = TestClient(app)
        told = {one["name"]: one for one in client.get("/readyz").json()["checks"]}
        assert told["scanner"] == {"name": "scanner", "fine": True, "what": "answers"}
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (200, "ready")
    told = {one["name"]: one["what"] for one in answer.json()["checks"] if not one["fine"]}
    assert told == {"scanner": "does not answer: documents are refused"}


def _failing(client: TestClient) -> dict[str, str]:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (503, "not ready")
    found = {c["name"]: c["what"] for c in answer.json()["checks"] if not c["fine"]}
    if "Missing: " in found.get("reading", ""):
        del found["reading"]  # what this machine lacks keeps nobody from serving
    return found


def test_not_ready_without_a_database_and_still_alive(make: Make) -> None:
    client = TestClient(make(url="postgresql+psycopg://u:geheim@127.0.0.1:1/d"))
    assert client.get("/healthz").status_code == 200
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"][0] == {
        "name": "database",
        "fine": False,
        "what": "unreachable",
    }
    assert "geheim" not in answer.text
    assert "127.0.0.1" not in answer.text


def test_not_ready_with_another_schema(make: Make) -> None:
    app = make()
    _beat(app)
    with transaction(app.state.engine) as session:
        session.execute(text("update alembic_version set version_num = '0001'"))
    assert _failing(TestClient(app)) == {"database": "other schema"}


def test_not_ready_where_nothing_can_be_stored(make: Make, tmp_path: Path) -> None:
    app = make()
    _beat(app)
    (tmp_path / "blobs").write_text("a file where the folder should be")
    assert _failing(TestClient(app)) == {"storage": "not writable"}


def test_not_ready_where_the_largest_document_does_not_fit(make: Make) -> None:
    app = make(document_bytes=10**18)
    _beat(app)
    (what,) = _failing(TestClient(app)).values()
    assert re.fullmatch(r"\d+ MB free", what)


def _reading(client: TestClient) -> dict[str, Any]:
    checks = client.get("/readyz").json()["checks"]
    (found,) = (check for check in checks if check["name"] == "reading")
    return dict(found)


def test_how_plans_are_read_is_told(make: Make) -> None:
    told = _reading(TestClient(make()))
    if not told["fine"]:
        pytest.skip(f"this machine offers less: {told['what']}")
    assert told["what"] == "apart, network: namespace, own folder only"


@pytest.mark.skipif(not refusing.UNSHARE, reason="no filter is known for this machine")
def test_where_namespaces_are_refused_it_is_said_and_plans_are_read_and_checked(
    make: Make,
) -> None:
    reader = Reader()
    refusing.refused(reader._apart, ("namespaces",))
    app = make(reader=reader)
    _beat(app)
    client = TestClient(app)
    told = _reading(client)
    assert not told["fine"]
    assert "Missing: a namespace without network" in told["what"]
    assert "no network (system calls filtered)" in told["what"]
    assert client.get("/readyz").status_code == 200  # it is no reason not to serve
    answer = client.post("/api/v1/checks", files={"file": ("plan.geojson", json.dumps(PLAN))})
    assert answer.status_code == 200, answer.text


def test_where_no_child_can_be_started_nothing_is_read_and_it_is_said(
    make: Make, district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert district.area is not None  # which a child has read
    monkeypatch.setattr(sys, "executable", "/bin/false")
    client = TestClient(make())
    assert _failing(client)["reading"] == "cannot be started"
    answer = client.post("/api/v1/checks", files={"file": ("plan.geojson", json.dumps(PLAN))})
    assert (answer.status_code, answer.json()["code"]) == (503, "reading-unavailable")
    assert answer.headers["retry-after"] == "10"


def test_where_the_area_of_competence_cannot_be_read_it_is_said_until_it_can(
    fresh_database_url: str, sample: Path, tmp_path: Path
) -> None:
    shutil.copytree(sample, tmp_path / "district")
    settings = _settings(data=tmp_path, catalogue=tmp_path / "district" / "catalogue.yaml")
    district = open_district(settings)
    assert district.catalogue.area is not None
    place = next((tmp_path / "district").rglob(Path(district.catalogue.area.path).name))
    hidden = place.rename(place.with_suffix(".hidden"))
    sent = {"file": ("plan.geojson", json.dumps(PLAN))}
    with TestClient(create_app(settings, fresh_database_url, district)) as client:
        answer = client.post("/api/v1/checks", files=sent)
        assert (answer.status_code, answer.json()["code"]) == (503, "area-unavailable")
        assert answer.headers["retry-after"] == "10"
        hidden.rename(place)
        assert client.post("/api/v1/checks", files=sent).json().get("code") != "area-unavailable"


# --- figures ---------------------------------------------------------------------------------


def _key(name: str, *labels: str) -> tuple[str, ...]:
    return name, *sorted(labels)


def _figures(page: str) -> dict[tuple[str, ...], float]:
    found = {}
    for family in text_string_to_metric_families(page):
        for sample in family.samples:
            found[_key(sample.name, *sample.labels.values())] = sample.value
    return found


def test_figures_tell_of_requests_and_of_what_the_database_knows(make: Make) -> None:
    app = make()
    client = TestClient(app, client=NEAR)
    client.get("/healthz")
    client.get("/api/v1/cases/no-such-case?secret=1")
    client.request("INVENTED", "/healthz")
    _fill(app)
    found = _figures(client.get("/metrics").text)
    assert found[_key("belang_request_seconds_count", "GET", "/healthz", "200")] == 1
    assert found[_key("belang_request_seconds_count", "other", "/healthz", "405")] == 1
    assert found[_key("belang_jobs", "checks", "todo")] == 2
    assert found[_key("belang_jobs", "letters", "failed")] == 1
    assert found[_key("belang_blobs_bytes")] == 12
    assert found[_key("belang_mails_waiting")] == 0
    assert found[_key("belang_database_up")] == 1
    assert found[_key("belang_layers")] > 20
    assert found[_key("belang_layers_failing")] == 0
    assert _key("belang_layers_stale") in found
    assert found[_key("belang_database_connections")] == CONNECTIONS
    assert "no-such-case" not in str(found)
    assert "secret" not in str(found)


def _fill(app: FastAPI) -> None:
    job = "insert into procrastinate_jobs (queue_name, task_name, status) values "
    with transaction(app.state.engine) as session:
        session.execute(text(f"{job} ('checks', 't', 'todo'), ('checks', 't', 'todo')"))
        session.execute(text(f"{job} ('letters', 't', 'failed')"))
        session.execute(text("insert into blobs (sha256, size) values (repeat('0', 64), 12)"))


def test_checks_are_counted_by_outcome_and_duration(make: Make) -> None:
    app = make()
    with transaction(app.state.engine) as session:
        session.execute(
            text("alter table checks drop constraint fk_checks_version_id_plan_versions")
        )
        session.execute(
            text(
                "insert into checks (id, version_id, state, cause, day, tries, progress, frozen, "
                "started, finished) select gen_random_uuid(), gen_random_uuid(), state, "
                "'received', now(), 1, '{}', case when state = 'done' then '{}'::jsonb end, now(), "
                "now() + seconds * interval '1 s' from (values ('done', 0.1), ('done', 0.3), "
                "('done', 1000), ('failed', 2)) as v (state, seconds)"
            )
        )
    found = _figures(TestClient(app, client=NEAR).get("/metrics").text)
    name = "belang_check_seconds"
    assert found[_key(f"{name}_count", "done")] == 3
    assert found[_key(f"{name}_sum", "done")] == pytest.approx(1000.4)
    assert found[_key(f"{name}_bucket", "done", "0.25")] == 1
    assert found[_key(f"{name}_bucket", "done", "300.0")] == 2
    assert found[_key(f"{name}_bucket", "done", "+Inf")] == 3
    assert found[_key(f"{name}_count", "failed")] == 1


def test_figures_without_a_database(make: Make) -> None:
    client = TestClient(make(url="postgresql+psycopg://u:p@127.0.0.1:1/d"), client=NEAR)
    found = _figures(client.get("/metrics").text)
    assert found[_key("belang_database_up")] == 0
    assert _key("belang_blobs_bytes") not in found


def test_figures_are_for_this_machine_or_whoever_has_the_token(make: Make) -> None:
    app = make()
    assert TestClient(app, client=NEAR).get("/metrics").status_code == 200
    assert TestClient(app, client=("::1", 1)).get("/metrics").status_code == 200
    assert TestClient(app, client=FAR).get("/metrics").status_code == 404
    passed_on = {"X-Forwarded-For": "192.0.2.7"}
    assert TestClient(app, client=NEAR).get("/metrics", headers=passed_on).status_code == 404
    kept = make(metrics_token="t0k3n")  # noqa: S106
    token = {"Authorization": "Bearer t0k3n"}
    assert TestClient(kept, client=FAR).get("/metrics", headers=token).status_code == 200
    assert TestClient(kept, client=NEAR).get("/metrics").status_code == 404
    wrong = {"Authorization": "Bearer t0k3ñ".encode()}
    assert TestClient(kept, client=FAR).get("/metrics", headers=wrong).status_code == 404


def test_figures_the_manual_speaks_of_exist(make: Make) -> None:
    manual = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(belang_[a-z_]+)", manual)) - {"belang_role", "belang_office"}
    client = TestClient(make(), client=NEAR)
    families = {f.name for f in text_string_to_metric_families(client.get("/metrics").text)}
    assert len(named) > 6
    assert named - families == {"belang_organisation"}  # a claim, as the two above


def test_below_a_path_whether_the_proxy_strips_it_or_not(make: Make) -> None:
    client = TestClient(make(root_path="/belang"))
    assert client.get("/belang/healthz").status_code == 200
    assert client.get("/healthz").status_code == 200
    assert client.get("/other/healthz").status_code == 404


# --- headers ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/healthz", "/no-such-place", "/api/v1/cases", "/api/v1/openapi.json"]
)
def test_every_answer_carries_the_headers_that_protect(path: str, make: Make) -> None:
    headers = TestClient(make()).get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"
    assert "strict-transport-security" not in headers
    assert "server" not in headers


def test_https_is_for_good_where_users_have_it(make: Make) -> None:
    client = TestClient(make(base_url="https://belang.example/"))
    assert client.get("/healthz").headers["strict-transport-security"] == "max-age=31536000"


# --- log -------------------------------------------------------------------------------------


class Kept(logging.Handler):
    """Keeps what would be written."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(logs.Json().format(record))


@pytest.fixture
def kept() -> Iterator[Kept]:
    handler, root = Kept(), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield handler
    root.removeHandler(handler)
    root.setLevel(level)


def _requests(kept: Kept) -> list[dict[str, Any]]:
    events = [json.loads(line) for line in kept.lines]
    return [e for e in events if e["logger"] == "service.api.observed"]


def test_a_request_is_one_line_with_its_template(make: Make, kept: Kept) -> None:
    given = "0123456789abcdef0123456789abcdef"
    client = TestClient(make())
    answer = client.get(
        "/no-such-place/Kanarienvogel?q=Kanarienvogel", headers={"X-Request-ID": given}
    )
    assert answer.headers["x-request-id"] == given
    assert answer.json()["instance"] == f"urn:belang:request:{given}"
    (line,) = _requests(kept)
    assert (line["request"], line["route"], line["status"]) == (given, "unmatched", 404)
    assert line["level"] == "INFO"
    assert line["ms"] > 0


@pytest.mark.parametrize(
    "given", ["Kanarienvogel", "a" * 65, "0123456789abcde", "", "0123456789abcdef\u00a0"]
)
def test_an_id_that_could_tell_something_is_replaced(given: str, make: Make, kept: Kept) -> None:
    client = TestClient(make())
    answer = client.get("/healthz", headers={b"X-Request-ID": given.encode()})
    assert re.fullmatch("[0-9a-f]{32}", answer.headers["x-request-id"])
    assert "Kanarienvogel" not in str(kept.lines)


def test_a_whole_flow_leaves_nothing_personal_in_the_log(make: Make, kept: Kept) -> None:
    app = make()
    client = TestClient(app, client=("198.51.100.77", 1))
    secrets = ["Kanarienvogel", "12.4321", "51.2345", "198.51.100.77", "kanari@vogel.example"]
    headers = {
        "Authorization": "Bearer Kanarienvogel",
        "Cookie": "session=Kanarienvogel",
        "User-Agent": "Kanarienvogel",
        "Referer": "https://vogel.example/Kanarienvogel",
    }
    good, said = json.dumps(PLAN).encode(), {"kind": "bebauungsplan", "title": "Kanarienvogel"}
    statuses = set()
    for body in (good, b"{ Kanarienvogel", good[:40] + b"\xff" + good[40:]):
        for more in (said, {**said, "contact": "kanari@vogel.example"}):
            files = {"file": ("Kanarienvogel.geojson", body)}
            for path in ("/api/v1/checks?q=Kanarienvogel", "/api/v1/cases?q=Kanarienvogel"):
                for extra in ({}, headers):
                    answer = client.post(path, files=files, data=more, headers=extra)
                    statuses.add(answer.status_code)
    assert {200, 401, 422} <= statuses
    client.get("/api/v1/cases?text=Kanarienvogel&near=12.4321,51.2345", headers=headers)
    routes = {line["route"] for line in _requests(kept)}
    assert {"/api/v1/checks", "/api/v1/cases"} <= routes
    for secret in secrets:
        assert secret not in str(kept.lines), secret


def test_what_escapes_is_answered_as_a_bug_and_logged_once(kept: Kept) -> None:
    seen: list[tuple[str, str, int]] = []

    async def broken(scope: Any, receive: Any, send: Any) -> None:
        raise RuntimeError("Kanarienvogel")

    observed = Observed(broken, lambda *figures: seen.append(figures[:3]))
    answer = TestClient(observed).get("/x", headers={"Accept-Language": "en"})
    assert answer.status_code == 500
    assert answer.json()["code"] == "internal-error"
    assert answer.headers["x-request-id"] in answer.json()["instance"]
    assert "Kanarienvogel" not in answer.text + str(kept.lines)
    assert seen == [("GET", "unmatched", 500)]
    bugs = [line for line in _requests(kept) if line["message"] == "bug"]
    assert [bug["error"]["type"] for bug in bugs] == ["RuntimeError"]
