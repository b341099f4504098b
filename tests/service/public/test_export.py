"""What is not for everybody is nowhere in an export, nor in any answer of who serves it."""

import json
import os
import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import pyarrow.parquet
import pytest
from fastapi.testclient import TestClient
from pyproj import Transformer
from sqlalchemy import select

from layers.answers import Answer, record
from layers.catalogue import read_catalogue
from layers.refresh import accept, refresh
from layers.verification import verified
from service.api.rights import OUTSIDE, RIGHTS
from service.app import create_app
from service.blobs import Blobs
from service.cases.checking import carry_out
from service.cases.publishing import Terms, grant
from service.cli import main
from service.config import Settings
from service.db import engine_for, transaction
from service.district import open_district
from service.exported import FOLDER, ExportError
from service.models import Case, Check, PlanVersion, Report, Statement
from service.plans.intake import read_plan
from service.report.audience import audience_from
from service.review import assess
from service.running.schema import DatabaseError, require_bare
from service.statements.canonical import to_bytes
from service.statements.checked import checked_of
from service.statements.content import (
    Addressee,
    Assessment,
    Closing,
    Content,
    Point,
    Received,
    Sender,
    Signed,
    Silent,
    Subject,
    Voice,
)
from tests.builders import X, Y, catalogue, geojson, layer, point, rectangle, rule
from tests.service.api.people import person
from tests.service.api.serving import routes
from tests.service.cases.handing import COORDINATOR, case_of, hand_in, outline
from tests.service.cases.region import TOWN, VIEWER, district
from tests.service.postgres import Server

SECRETS = ("Zeisighorst", "Kellergewölbe", "Kranichwiese", "Fischotter", "Personalratsstube",
           "Frau Zobel", "zobel@", "Vertraulichstedt", "Beratungsgeheim")  # fmt: skip
EAST, NORTH, COUNT = 4_321.125, 4_567.875, 7_393  # of hidden objects, from X and Y
OPEN = "Papitzer Lachen"
PLAN = f"POLYGON(({X} {Y}, {X + 9000} {Y}, {X + 9000} {Y + 9000}, {X} {Y + 9000}, {X} {Y}))"


def inside(folder: Path) -> Path:
    """Write a district that has something to hide in every place; returns its catalogue."""
    geojson(folder / "gebiet.geojson", [rectangle(-20_000, -20_000, 20_000, 20_000)])
    geojson(folder / "abdeckung.geojson", [rectangle(-50, -50, 7_000, 7_000)])
    hidden = [(point(EAST, NORTH), {"name": "Zeisighorst"})]
    hidden += [(point(EAST, NORTH + n / 8), {"name": "Fischotter"}) for n in range(1, COUNT)]
    vault = (rectangle(EAST, NORTH, EAST + 9, NORTH + 9), {"name": "Kellergewölbe"})
    bog = (rectangle(5, 5, 900, 900), {"name": OPEN})
    coverage = {"path": "abdeckung.geojson"}
    layers = [
        layer(folder, "gemeinden", [(rectangle(-20_000, -20_000, 20_000, 20_000), TOWN)]),
        layer(folder, "nsg", [bog], keeper="UNB", name="name", coverage=coverage, refresh_days=9),
        layer(folder, "denkmal", [vault], name="name", visibility="offices", keeper="UDB"),
        layer(folder, "arten", hidden, name="name", visibility="restricted", keeper="UNB"),
        layer(folder, "fehlt", Path("fehlt.geojson")),
        {"code": "kampfmittel", "title": "Kampfmittel", "keeper": "AMT", "source": VIEWER},
    ]
    offices = [
        {"code": "AMT", "name": "Amt", "contact": "Frau Zobel, zobel@example.org"},
        {"code": "UNB", "name": "Untere Naturschutzbehörde"},
        {"code": "UDB", "name": "Untere Denkmalschutzbehörde"},
        {"code": "PR", "name": "Personalratsstube"},
    ]
    rules = [
        rule("N1", "nsg", offices=["UNB"], effect="consent"),
        rule("D1", "denkmal", offices=["UDB"], text="Kellergewölbe sind zu schonen."),
        rule("A1", "arten", {"within": 300}, offices=["UNB"], basis="Kranichwiese"),
        rule("C1", "nsg", "borders", context={"layer": "arten", "holds": "inside"},
             basis="Kranichwiese"),
        rule("K1", "kampfmittel"),
        rule("T1", None, offices=["AMT"], municipalities=["14729050"]),
    ]  # fmt: skip
    path = catalogue(
        folder, layers, rules, offices=offices, area={"path": "gebiet.geojson"},
        municipalities={"layer": "gemeinden", "key": "ags", "name": "name"},
        places=[{"layer": code, "name": "name"} for code in ("nsg", "denkmal", "arten")],
    )  # fmt: skip
    said = dict.fromkeys(("supports", "neutral", "conflicts"), "Kranichwiese")
    visions = [
        {"code": f"v-{code}", "office": "UNB", "concept": "Konzept", "name": name, "layer": code,
         "priority": 1, "texts": said, "measure": said, "supports": [rule]}
        for code, name, rule in (("nsg", "Grünes Band", "N1"), ("arten", "Stilles Band", "A1"))
    ]  # fmt: skip
    blocks = {"blocks": [], "visions": visions}
    (folder / "blocks.yaml").write_text(json.dumps(blocks), encoding="utf-8")
    path.write_text(path.read_text() + "# Frau Zobel fragen\n")
    return path


def stated(case: Case, version: PlanVersion, report: Report | None) -> Statement:
    """Return a statement that was sent, with something for the house only in every place."""
    assert report is not None
    checked = checked_of(json.loads(report.body), (), "de")
    nobody = Addressee(("Frau Zobel",), reference="Beratungsgeheim")
    points = (
        Point("1", "UNB", "forderung", "Hecken pflanzen", layer="nsg"),
        Point("2", "UNB", "bedenken", "Fischotter am Zeisighorst", layer="arten", restricted=True),
        Point("3", "UNB", "hinweis", "Kellergewölbe beachten", layer="denkmal"),
        Point("4", "UNB", "hinweis", "Personalratsstube fragen", edition="internal"),
    )
    voice = Voice("UNB", "Naturschutz", points, contact="zobel@example.org", reference="Frau Zobel")
    content = Content(
        edition="inner", language="de", reference="KE-1", version=1,
        sender=Sender("Landkreis", "Stabsstelle", ("Borna",), "Borna", "amt@example.org"),
        addressee=nobody, copies=(nobody,),
        subject=Subject("Sonnenhang", "bebauungsplan", "Bebauungsplan", None, "", ("Borna",), None,
                        None, None, None),
        received=(Received("Anschreiben von Frau Zobel", None, None, "0" * 64),),
        assessment=Assessment("conditions", "Mit Auflagen."), voices=(voice,), no_objection=(),
        no_answer=(Silent("UDB", "Denkmalschutz", "Frau Zobel krank"),), not_concerned=(),
        checked=checked, missing=(), gaps=(), resolutions=(), corrections=(), committee=None,
        cosigned=(Signed("Beratungsgeheim", "2026-01-01"),),
        closing=Closing("Borna", "2026-01-01", "Im Auftrag", "Stabsstelle"), texts=(),
    )  # fmt: skip
    return Statement(
        case_id=case.id, version_id=version.id, number=1, state="sent", verdict="conditions",
        gaps=[], content=to_bytes(content), sha256="0" * 64, by="c-1", sent=datetime.now(UTC),
        sent_by="c-1",
    )  # fmt: skip


@dataclass(frozen=True)
class Made:
    """The inside with its database, and what was exported of it."""

    catalogue: Path
    data: Path
    url: str
    outside: Path  # data folder of a public instance
    cases: tuple[UUID, UUID]  # one that nobody outside hears of, and one that was released


@pytest.fixture(scope="module")
def made(
    postgres: Server, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Made]:
    base = tmp_path_factory.mktemp("public")
    (base / "district").mkdir()
    path, data = inside(base / "district"), base / "data"
    here = district(path, data)
    nsg = here.catalogue.layer("nsg")
    later = (base / "district" / "nsg.geojson").read_bytes()
    geojson(base / "district" / "nsg.geojson", [(point(1, 1), {"name": "Kranichwiese"})])
    assert refresh(here.store, nsg, who="Frau Zobel").event == "published"
    (base / "district" / "nsg.geojson").write_bytes(later)
    refresh(here.store, nsg, who="Frau Zobel")
    if refresh(here.store, nsg, who="Frau Zobel").event == "refused":  # other kinds of objects
        accept(here.store, nsg, who="Frau Zobel", reason="Beratungsgeheim")
    for code in ("denkmal", "arten"):
        assert here.store.version(here.catalogue.layer(code)).count
    said = Answer("affected", "Frau Zobel", "2026-06-01", "Beratungsgeheim")
    record(here.store.base(here.catalogue.layer("kampfmittel")), "kampfmittel", said)
    (data / "pages").mkdir()
    (data / "pages" / "impressum.txt").write_text("Landratsamt Musterkreis", encoding="utf-8")
    with postgres.database(template) as name:
        url = postgres.url(name)
        engine = engine_for(url, pool=1)
        hidden, shown = (
            case_of(engine, hand_in(engine, here, data, outline(), title="Vertraulichstedt"))
            for _ in range(2)
        )
        terms = Terms("plan", "Sonnenhang", "Frau Zobel", date.today(), summary="Neue Häuser")
        with transaction(engine) as session:
            case = session.get_one(Case, shown)
            version = session.scalars(select(PlanVersion).where(PlanVersion.case_id == shown)).one()
            check = session.scalars(select(Check.id).where(Check.version_id == version.id)).one()
        carry_out(engine, here, Blobs(data / "blobs"), check)
        with transaction(engine) as session:
            case = session.get_one(Case, shown)
            grant(session, COORDINATOR, case, terms, date.today())
            session.add(stated(case, version, session.get(Report, (check, "internal", "de"))))
            session.flush()
            terms = replace(terms, what="statement")
            grant(session, COORDINATOR, case, terms, date.today())
        person(engine, "coordinator", login="zobel@example.org")
        engine.dispose()
        to = base / "outside" / FOLDER
        where = ["--data", str(data), "--catalogue", str(path)]
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("BELANG_DATABASE_URL", url)
            assert main(["public", "export", str(to), *where]) == 3  # “fehlt” has no data
        yield Made(path, data, url, base / "outside", (hidden, shown))


def unpacked(content: bytes) -> bytes:
    """Return bytes with whatever is compressed in them unpacked behind."""
    found = [content]
    for place in re.finditer(b"\x1f\x8b\x08", content):
        try:
            found.append(zlib.decompressobj(31).decompress(content[place.start() :]))
        except zlib.error:  # it only looked like that
            continue
    return b"\n".join(found)


def everything(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield every file below a folder with its name, unpacked."""
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        content = str(path.relative_to(folder)).encode() + b"\n" + unpacked(path.read_bytes())
        if path.suffix == ".parquet":
            rows = pyarrow.parquet.read_table(path).to_pylist()
            cells = [v for row in rows for v in row.values()]
            content += b"\n".join(v if isinstance(v, bytes) else str(v).encode() for v in cells)
        yield path.name, content


def traces(content: bytes) -> list[str]:
    """Return what of the hidden things is in some bytes."""
    text = content.decode("utf-8", "replace")
    escaped = re.sub(r"\\u([0-9a-f]{4})", lambda m: chr(int(m[1], 16)), text)
    found = [word for word in SECRETS if word.lower() in escaped.lower()]
    for value in (X + EAST, Y + NORTH):
        packed = [struct.pack(order + kind, value) for order in "<>" for kind in "d"]
        if any(p in content for p in packed) or f"{value:.1f}"[:-2] in text:
            found.append(str(value))
    to = Transformer.from_crs("EPSG:25833", "OGC:CRS84", always_xy=True)
    found += [d for d in (f"{v:.5f}" for v in to.transform(X + EAST, Y + NORTH)) if d[:8] in text]
    if re.search(rf"(?<![\w.]){COUNT}(?![\w.])", text):
        found.append(str(COUNT))
    return found


def test_the_search_finds_what_is_there(made: Made) -> None:
    inner = {trace for _, content in everything(made.data) for trace in traces(content)}
    assert {"Zeisighorst", "Kellergewölbe", "Kranichwiese", "Frau Zobel", "Beratungsgeheim",
            str(X + EAST), str(COUNT)} <= inner  # fmt: skip
    assert "Vertraulichstedt" in traces(b"{'title': 'VERTRAULICHSTEDT'}")
    open_ones = {name for name, c in everything(made.outside) if OPEN.encode() in c}
    assert {"features.parquet", "index.bin", "tiles.pmtiles"} <= open_ones


def test_an_export_holds_nothing_that_is_not_for_everybody(made: Made) -> None:
    found = {name: traces(content) for name, content in everything(made.outside)}
    assert {name: words for name, words in found.items() if words} == {}
    layers = made.outside / FOLDER / "layers"
    assert {p.name for p in layers.iterdir()} == {"versions", "published", "tiles"}
    assert {p.name for p in (layers / "published").iterdir()} == {"gemeinden", "nsg"}
    assert len(list((layers / "versions").iterdir())) == 2  # none that was in force before


def test_the_catalogue_is_cut_and_what_is_left_of_it_is_the_same(made: Made) -> None:
    whole = read_catalogue(made.catalogue)
    rest = read_catalogue(made.outside / FOLDER / "catalogue.yaml")
    assert [layer.code for layer in rest.layers] == ["gemeinden", "nsg", "fehlt", "kampfmittel"]
    for one in rest.layers:
        before = whole.layer(one.code)
        assert replace(one, source=before.source, coverage=before.coverage) == before
        assert (one.coverage is None) == (before.coverage is None)
    assert [rule.data["code"] for rule in rest.rules] == ["N1", "K1", "T1"]
    assert rest.withheld == ("AMT", "UDB", "UNB")
    assert {office.code for office in rest.offices} == {"AMT", "UNB", "UDB"}
    same = ("title", "crs", "beside_m", "municipalities", "kinds", "external", "faults", "parcels")
    assert set(same) < {field.name for field in fields(whole)}
    assert {n for n in same if getattr(rest, n) != getattr(whole, n)} == set()


@pytest.fixture
def client(made: Made, fresh_database_url: str) -> Iterator[TestClient]:
    settings = Settings(
        data=made.outside, public_instance=True, anonymous_checks_per_minute=4, database_url=None
    )
    app = create_app(settings, fresh_database_url, read=read_plan)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def test_a_public_instance_says_what_the_inner_one_says_to_the_public(
    made: Made, client: TestClient, tmp_path: Path
) -> None:
    said = {"outline": PLAN, "crs": "EPSG:25833", "kind": "bebauungsplan"}
    answer = client.post("/api/v1/checks", data=said)
    assert answer.status_code == 200, answer.text
    outer = answer.json()

    here = open_district(Settings(data=made.data, catalogue=made.catalogue))
    (tmp_path / "plan.wkt").write_text(PLAN)
    intake = replace(here.intake(), kind="bebauungsplan", source_crs="EPSG:25833", origin="drawn")
    plan = read_plan(tmp_path / "plan.wkt", intake)
    inner = json.loads(json.dumps(assess(
        plan, here.catalogue, here.store, here.rules, here.vocabulary,
        language="de", audience=audience_from("public"), on=date.today(),
    ).document))  # fmt: skip

    assert {o["office"] for o in outer["offices"]} == {"AMT", "UNB"}
    assert {w["office"] for w in outer["withheld"]} == {"AMT", "UDB", "UNB"}
    for name in ("findings", "offices", "not_affected", "withheld", "no_entry"):
        mine, theirs = outer[name], inner[name]
        if name == "findings":  # what was answered by hand, and a file's name, stay inside
            mine, theirs = ([f for f in fs if f["layer"] in ("gemeinden", "nsg")]
                            for fs in (mine, theirs))  # fmt: skip
        if name == "offices":
            for office in (*mine, *theirs):
                office["reasons"] = [r for r in office["reasons"] if r["rule"] != "K1"]
        assert mine == theirs, name
    unresolved = {row["layer"] for row in outer["unresolved"]}
    assert {"fehlt", "kampfmittel"} <= unresolved
    assert traces(answer.content) == []


def test_every_answer_is_for_everybody_and_all_else_is_not_there(
    made: Made, client: TestClient
) -> None:
    assert set(RIGHTS) >= OUTSIDE
    token = {"Authorization": "Bearer nonsense", "Cookie": "belang=nonsense"}
    for route in RIGHTS:
        method, path = route.split()
        filled = re.sub(r"\{\w*id\}", "0198c0de-0000-4000-8000-000000000000", path)
        filled = re.sub(r"\{\w+\}", "de", filled)
        for headers in ({}, {**token, "Accept": "text/html"}):
            answer = client.request(method, filled, headers=headers, follow_redirects=False)
            assert answer.status_code < 500 or path == "/readyz", route
            if route not in OUTSIDE:
                assert answer.status_code in (404, 405), route
            assert traces(answer.content + str(answer.headers).encode()) == [], route
    assert client.get("/").url.path == "/vorpruefung"
    page = client.get("/vorpruefung").text
    assert "/anmelden" not in page
    assert "Landratsamt Musterkreis" in (made.data / "pages" / "impressum.txt").read_text()
    assert "Landratsamt Musterkreis" in client.get("/impressum").text
    shown = client.get("/karte").text
    assert "Schicht nsg" in shown
    assert "denkmal" not in shown
    assert "arten" not in re.sub(r"Karten?|karten", "", shown)
    mark = re.search(r"/karte/([0-9a-f]{16})/", shown)
    assert mark is not None
    for name in ("nsg", "denkmal", "arten", "gemeinden"):
        drawing = client.get(f"/karte/{mark[1]}/{name}.json")
        assert drawing.status_code == (200 if name in ("nsg", "gemeinden") else 404)
        assert traces(drawing.content) == []
    around = client.get("/kartengrund", params={"box": "12,51,13,51.5"})
    assert (around.status_code, traces(around.content)) == (200, [])
    assert "Sonnenhang" in shown
    assert "Vertraulichstedt" not in shown
    hidden, released = (client.get(f"/plan/{case}") for case in made.cases)
    assert (hidden.status_code, released.status_code) == (404, 200)
    feeds = client.get("/neu.atom"), client.get("/neu.ics")
    assert "Sonnenhang" in feeds[0].text
    assert traces(feeds[1].content) == []
    for answer in (released, feeds[0], client.get("/karte?q=neue+häuser")):
        assert "Sonnenhang" in answer.text
        assert traces(answer.content) == []
    assert "Sonnenhang" not in client.get("/karte?q=alte+häuser").text
    letter = client.get(f"/plan/{made.cases[1]}/stellungnahme")
    assert "Hecken pflanzen" in letter.text
    assert "mit Stellungnahme" in shown
    assert traces(letter.content) == []
    assert client.get(f"/plan/{made.cases[0]}/stellungnahme").status_code == 404
    for place, hits in (("papitzer", 1), ("zeisighorst", 0), ("kellergewölbe", 0)):
        answer = client.get("/orte", params={"q": place})
        assert (len(answer.json()["places"]), traces(answer.content)) == (hits, [])
    tile = re.search(r'data-tiles="([0-9a-f]{16})/nsg"', shown)
    assert tile is not None
    part = client.get(f"/kacheln/{tile[1]}/nsg/tiles.pmtiles", headers={"Range": "bytes=0-6"})
    assert (part.status_code, part.content) == (206, b"PMTiles")
    for name in ("denkmal", "arten"):
        assert client.get(f"/kacheln/{tile[1]}/{name}/tiles.pmtiles").status_code == 404
    visions = client.get("/leitbilder")
    assert "Grünes Band" in visions.text
    assert "Stilles Band" not in visions.text
    assert traces(visions.content) == []
    described = client.get("/api/v1/openapi.json").json()
    assert set(described["paths"]) == {
        "/api/v1/checks", "/api/v1/vocabulary", "/api/v1/problems/{code}",
    }  # fmt: skip
    assert {c["name"]: c["fine"] for c in client.get("/readyz").json()["checks"]} == {
        "database": True, "storage": True, "district": True, "reading": True,
    }  # fmt: skip


def test_it_checks_so_many_plans_a_minute_and_draws_them(client: TestClient) -> None:
    said = {"outline": PLAN, "crs": "EPSG:25833", "kind": "bebauungsplan"}
    shown = client.post("/vorpruefung", data=said)
    assert shown.status_code == 200
    assert OPEN in shown.text
    assert traces(shown.content) == []
    refused = [client.post("/api/v1/checks", data={}).status_code for _ in range(4)]
    assert refused == [422, 422, 422, 429]
    left = [str(p.relative_to(client.app.state.settings.data)) for p in  # type: ignore[attr-defined]
            (client.app.state.settings.data / "blobs").rglob("*") if p.is_file()]  # type: ignore[attr-defined]  # fmt: skip
    assert left == []


def test_a_page_of_others_makes_nobody_check_anything_there(client: TestClient) -> None:
    unsafe = [each.split() for each in routes(client.app) if not each.startswith("GET ")]  # type: ignore[arg-type]
    assert len(unsafe) >= 3
    for method, address in unsafe:
        for said in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
            answer = client.request(method, address, headers=said)
            assert (answer.status_code, answer.json()["code"]) == (403, "csrf"), address
        for said in ({}, {"Origin": "http://testserver"}, {"Authorization": "Bearer x"}):
            answer = client.request(method, address, headers=said)
            assert answer.status_code in (200, 422, 429), address


def test_it_does_not_start_on_what_is_not_its_own(
    made: Made, fresh_database_url: str, tmp_path: Path
) -> None:
    require_bare(fresh_database_url)
    with pytest.raises(DatabaseError) as caught:
        require_bare(made.url)
    assert caught.value.code == "database-not-public"
    with pytest.raises(ExportError) as missing:
        open_district(Settings(data=tmp_path, public_instance=True))
    assert missing.value.code == "export-missing"

    copied = tmp_path / FOLDER
    copied.mkdir()
    for name in ("export.json", "catalogue.yaml"):
        os.link(made.outside / FOLDER / name, copied / name)
    with pytest.raises(ExportError) as torn:
        open_district(Settings(data=tmp_path, public_instance=True))
    assert torn.value.code == "export-damaged"


def test_an_export_takes_the_place_of_the_one_before_and_of_nothing_else(
    made: Made, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ["--data", str(made.data), "--catalogue", str(made.catalogue)]
    target = tmp_path / "there"
    target.mkdir()
    (target / "mine").touch()
    assert main(["public", "export", str(target), *where]) == 2
    assert "export-target" in capsys.readouterr().err
    assert [p.name for p in target.iterdir()] == ["mine"]
    (target / "mine").unlink()
    for _ in range(2):
        assert main(["public", "export", str(target), *where, "--json"]) == 3
        told = json.loads(capsys.readouterr().out)
        assert (told["layers"], [m["layer"] for m in told["missing"]]) == (2, ["fehlt"])
    assert sorted(p.name for p in tmp_path.iterdir()) == ["there"]
    here = district(target / "catalogue.yaml", tmp_path / "data")
    assert list(verified(replace(here.store, root=target / "layers"))) == []
