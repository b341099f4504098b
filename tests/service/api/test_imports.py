"""Closed cases of earlier years over HTTP and from the shell: all or nothing, and only once."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from service import journal
from service.cases.importing import taking
from service.cli import main
from service.db import transaction
from service.models import Case, PlanVersion
from tests.service.api.people import person
from tests.service.api.serving import app as app
from tests.service.api.serving import client, district
from tests.service.builders import PLACE, case, square

__all__ = ["client", "district"]
X, Y = PLACE
HEAD = "Aktenzeichen;Titel;Eingegangen;Abgeschlossen;Art;Umriss;Breite"
AREA = f"POLYGON (({X} {Y}, {X + 100} {Y}, {X + 100} {Y + 100}, {X} {Y + 100}, {X} {Y}))"
LINE = f"LINESTRING ({X + 150} {Y}, {X + 150} {Y + 300})"
GOOD = (
    f"{HEAD}\r\n"
    f"KE-2019-1;Wohngebiet Süd;1.3.2019;5.6.2019;Bebauungsplan;{AREA};\r\n"
    f"KE-2019-2;Radweg;2.3.2019;;radweg;{LINE};2,5\r\n"
    "KE-2019-3;Ohne Umriss;2.3.2019;;;;\r\n"
)


@pytest.fixture
def who(app: FastAPI) -> dict[str, str]:
    return person(app.state.engine, "coordinator")


@pytest.fixture(autouse=True)
def ended(app: FastAPI) -> Iterator[None]:
    yield
    app.state.outliner.close()


def sent(client: TestClient, who: dict[str, str], table: str | bytes, **more: Any) -> Any:
    headers = {**who, "Idempotency-Key": more.pop("key")} if "key" in more else who
    raw = table if isinstance(table, bytes) else table.encode("cp1252")
    files = {"file": ("alt.csv", raw)}
    if "geometry" in more:
        files["geometry"] = ("alt.geojson", json.dumps(more.pop("geometry")).encode())
    return client.post("/api/v1/imports", headers=headers, files=files, data=more)


def told(answer: Any) -> list[tuple[int | None, str | None]]:
    assert (answer.status_code, answer.json()["code"]) == (422, "import-faulty"), answer.text
    return [(one["line"], one["column"]) for one in answer.json()["errors"]]


def kept(app: FastAPI) -> int:
    with transaction(app.state.engine) as session:
        assert list(journal.faults(session)) == []
        return session.scalar(select(func.count()).select_from(Case)) or 0


def test_closed_cases_are_there_from_the_first_day(
    app: FastAPI, client: TestClient, who: dict[str, str]
) -> None:
    before = sent(client, who, GOOD, dry_run="true").json()
    assert (before["dry_run"], len(before["imported"]), kept(app)) == (True, 3, 0)
    first = sent(client, who, GOOD, key="k")
    assert first.status_code == 201, first.text
    assert (
        first.json()
        | {
            "dry_run": False,
            "imported": ["KE-2019-1", "KE-2019-2", "KE-2019-3"],
            "without_outline": ["KE-2019-3"],
            "skipped": [],
            "unused": 0,
        }
        == first.json()
    )
    again = sent(client, who, GOOD, key="k")
    assert (again.json(), again.headers["idempotent-replay"]) == (first.json(), "true")
    assert sent(client, who, GOOD).json()["skipped"] == first.json()["imported"]
    with transaction(app.state.engine) as session:
        own = case(session, shape=square(east=120))
        way = session.scalars(select(PlanVersion).join(Case).where(Case.kind == "radweg")).one()
        assert way.understood is not None
        assert (way.understood["width_m"], way.said["width_m"]) == (2.5, 2.5)
        stored = app.state.blobs.path(way.blob).read_text("ascii")
    assert stored == f"LINESTRING ({X + 150:.0f} {Y:.0f}, {X + 150:.0f} {Y + 300:.0f})"
    around = client.get(f"/api/v1/cases/{own.id}/neighbours?within_m=30", headers=who).json()
    assert {one["reference"]: one["distance_m"] for one in around["neighbours"]} == {
        "KE-2019-1": 20.0,
        "KE-2019-2": 0.0,
    }
    found = client.get(f"/api/v1/cases?near={own.id}&within_m=30&state=closed", headers=who)
    assert len(found.json()["cases"]) == 2
    (bare,) = client.get("/api/v1/cases?q=Umriss", headers=who).json()["cases"]
    refused = client.post(f"/api/v1/cases/{bare['id']}/checks", headers=who)
    assert (refused.status_code, refused.json()["code"]) == (409, "no-draft")
    entries = client.get(f"/api/v1/cases/{bare['id']}/journal", headers=who).json()["entries"]
    assert [one["action"] for one in entries] == ["case.imported"]


def test_other_content_under_the_same_reference_is_refused(
    app: FastAPI, client: TestClient, who: dict[str, str]
) -> None:
    with transaction(app.state.engine) as session:
        case(session, reference="KE-9")
    assert sent(client, who, GOOD).status_code == 201
    moved = GOOD.replace(f"{X + 100} {Y + 100}", f"{X + 90} {Y + 100}")
    assert told(sent(client, who, moved.replace("Radweg", "Weg"))) == [
        (2, "aktenzeichen"),
        (3, "aktenzeichen"),
    ]
    errors = sent(client, who, moved).json()["errors"]
    assert "umriss" in errors[0]["what"]
    ours = f"{HEAD}\nKE-9;Bebauungsplan Am See;2.3.2026;;;;"
    assert told(sent(client, who, ours)) == [(2, "aktenzeichen")]
    assert kept(app) == 4


def feature(reference: object, shape: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "properties": {"AZ": reference}, "geometry": shape}


def degrees(east: float) -> dict[str, Any]:
    x, y = 12.5 + east, 51.15
    ring = [[x, y], [x + 0.002, y], [x + 0.002, y + 0.001], [x, y + 0.001], [x, y]]
    return {"type": "Polygon", "coordinates": [ring]}


def test_outlines_come_from_a_file_by_their_reference(
    app: FastAPI, client: TestClient, who: dict[str, str]
) -> None:
    table = "Aktenzeichen;Titel;Eingegangen\n17;Eins;1.3.2019\nKE-2;Zwei;1.3.2019"
    shapes = [feature(17, degrees(0)), feature(17, degrees(0.01)), feature("KE-2", degrees(0.02))]
    geometry = {"type": "FeatureCollection", "features": shapes[:2]}
    assert told(sent(client, who, table, geometry=geometry)) == [(3, "aktenzeichen")]
    geometry["features"] = [*shapes, feature("KE-X", degrees(0)), feature(None, degrees(0))]
    taken = sent(client, who, table, geometry=geometry)
    assert (taken.status_code, taken.json()["unused"]) == (201, 2), taken.text
    with transaction(app.state.engine) as session:
        rows = select(Case.reference, func.ST_NumGeometries(PlanVersion.geometry))
        found = {one.reference: one[1] for one in session.execute(rows.join(PlanVersion))}
    assert found == {"17": 2, "KE-2": 1}
    lacking = sent(client, who, table, geometry=geometry, by="nummer")
    assert told(lacking) == [(None, None)]
    assert "AZ" in lacking.json()["errors"][0]["what"]
    assert told(sent(client, who, table, geometry={"type": "Nothing"})) == [(None, None)]


UNUSABLE = (
    "POLYGON ((0 0, 1 0, 1 1, 0 0))",  # far outside
    f"POINT (nan {Y})",
    f"LINESTRING ({X} {Y}, 1e400 {Y})",
    f"POLYGON (({X} {Y}, {X + 100} {Y}",
    f"POLYGON (({X} {Y}, {X + 9} {Y + 9}, {X + 9} {Y}, {X} {Y + 9}, {X} {Y}))",  # a bow tie
    "(" * 5_000 + ")" * 5_000,
    "=WEBSERVICE(1)",
    "<gml/>",
    "{}",
    f"LINESTRING ({X} {Y}, {X + 5} {Y})",  # without a width
)


def test_outlines_that_cannot_be_used_keep_everything_out(
    app: FastAPI, client: TestClient, who: dict[str, str]
) -> None:
    rows = "".join(f'KE-{n};Schlecht;1.3.2019;;;"{text}";\n' for n, text in enumerate(UNUSABLE))
    table = f"{HEAD}\nKE-A;Gut;1.3.2019;;;{AREA};\n{rows}KE-Z;Gut;1.3.2019;;;{AREA};\n"
    assert told(sent(client, who, table)) == [(n, "umriss") for n in range(3, 3 + len(UNUSABLE))]
    assert kept(app) == 0


def test_hostile_tables_leave_nothing(
    app: FastAPI, client: TestClient, who: dict[str, str]
) -> None:
    for table in (b"", b"\x00" * 1000, b"\xff\xfe\x00", b"a;b\n" + b'"' * 10_001, b"{}"):
        assert told(sent(client, who, table))
    assert told(sent(client, who, f"{HEAD}\nKE-1;=1+1;1.1.2019;;;;")) == [(2, "Titel")]
    english = {**who, "Accept-Language": "en"}
    answer = sent(client, english, f"{HEAD}\nKE-1;T;x;;;;").json()
    assert answer["errors"][0]["what"].startswith("This is no day")
    assert answer["faults"] == 1
    with transaction(app.state.engine) as session:
        assert session.scalar(select(func.pg_try_advisory_xact_lock(taking.LOCK)))
        busy = sent(client, who, GOOD)
    assert (busy.status_code, busy.json()["code"]) == (409, "import-under-way")
    assert kept(app) == 0
    assert not [p for p in app.state.blobs.folder.rglob("*") if p.is_file() and p.stat().st_size]


def test_the_command_does_the_same(
    app: FastAPI,
    fresh_database_url: str,
    sample: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url = fresh_database_url.replace("postgresql+psycopg://", "postgresql://")
    monkeypatch.setenv("BELANG_DATABASE_URL", url)
    table = tmp_path / "alt.csv"
    table.write_bytes(GOOD.encode("cp1252"))
    common = ["--data", str(tmp_path), "--catalogue", str(sample / "catalogue.yaml")]
    call = ["cases", "import", str(table), *common]
    assert main([*call, "--dry-run"]) == 0
    assert "3 Vorgänge würden übernommen" in capsys.readouterr().out
    assert main([*call, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["without_outline"] == ["KE-2019-3"]
    assert kept(app) == 3
    table.write_bytes(GOOD.replace("Radweg", "Weg").encode("cp1252"))
    assert main([*call, "--json"]) == 2
    assert [e["line"] for e in json.loads(capsys.readouterr().out)["errors"]] == [3]
    assert main([*call, "--lang", "en"]) == 2
    assert "Nothing was imported" in capsys.readouterr().out
    assert main(["cases", "import", str(tmp_path / "none.csv"), *common]) == 64
