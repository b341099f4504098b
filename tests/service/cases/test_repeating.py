"""A check made again gives the same bytes, whatever has become of layers, rules and answers."""

import json
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import orjson
import pytest
from sqlalchemy import Engine, text

from layers.answers import Answer, record
from layers.collect import collect, garbage
from service.blobs import Blobs
from service.cases.checking import carry_out
from service.cases.repeating import Comparison, compared
from service.cli import main
from service.db import engine_for, transaction
from service.errors import ConflictError
from service.models import Report
from tests.builders import geojson, rectangle
from tests.service.cases.handing import found, hand_in
from tests.service.cases.region import district, outline, publish, region

HELD = Answer("clear", "Stadt Borna", "2026-06-01", "Auskunft 12")
OTHERWISE = Answer("affected", "Stadt Borna", "2026-07-01", "Auskunft 13")


@pytest.fixture
def engine(fresh_database_url: str) -> Iterator[Engine]:
    engine = engine_for(fresh_database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "district"
    made.mkdir()
    region(made)
    return made


def done(engine: Engine, folder: Path, data: Path) -> UUID:
    """Hand a plan in and have it checked, with all that a check can rest on."""
    here = district(folder / "catalogue.yaml", data)
    assert publish(here, "nsg") == "published"
    geojson(folder / "nsg.geojson", [])  # refused from now on, so its findings say it is stale
    assert publish(here, "nsg") == "refused"
    record(here.store.base(here.catalogue.layer("kampfmittel")), "kampfmittel", HELD)
    check_id = hand_in(engine, here, data, outline())
    carry_out(engine, here, Blobs(data / "blobs"), check_id)
    assert found(engine, check_id).state == "done"
    return check_id


def again(engine: Engine, folder: Path, data: Path, check_id: UUID) -> list[Comparison]:
    store = district(folder / "catalogue.yaml", data).store
    return list(compared(engine, check_id, Blobs(data / "blobs"), store))


def other_objects(folder: Path, data: Path) -> None:
    geojson(folder / "wald.geojson", [rectangle(0, 0, 99, 99)])
    geojson(folder / "abdeckung.geojson", [rectangle(-500, -500, 500, 500)])
    geojson(folder / "arten.geojson", [rectangle(900, 900, 910, 910)])


def other_catalogue(folder: Path, data: Path) -> None:
    main_file = folder / "catalogue.yaml"
    said = main_file.read_text(encoding="utf-8")
    assert "Schicht nsg" in said
    other = said.replace("Schicht nsg", "Anderes").replace("- rules.yaml", "")
    main_file.write_text(other.replace("include:\n", "include: []\n"), encoding="utf-8")
    (folder / "rules.yaml").unlink()


def other_answers(folder: Path, data: Path) -> None:
    here = district(folder / "catalogue.yaml", data)
    record(here.store.base(here.catalogue.layer("kampfmittel")), "kampfmittel", OTHERWISE)


def refreshed(folder: Path, data: Path) -> None:
    geojson(folder / "nsg.geojson", [rectangle(0, 0, 50, 50), rectangle(200, 0, 250, 50)])
    here = district(folder / "catalogue.yaml", data)
    assert publish(here, "nsg") == "published"


def a_missing_file_has_come(folder: Path, data: Path) -> None:
    geojson(folder / "fehlt.geojson", [rectangle(0, 0, 50, 50)])


def no_sources(folder: Path, data: Path) -> None:
    for path in folder.glob("*.geojson"):
        path.unlink()


def nothing(folder: Path, data: Path) -> None:
    pass


LATER = (
    nothing, other_objects, other_catalogue, other_answers, refreshed, a_missing_file_has_come,
    no_sources,
)  # fmt: skip


@pytest.mark.parametrize("change", LATER, ids=lambda change: change.__name__)
def test_a_check_made_again_gives_the_same_bytes(
    engine: Engine, folder: Path, tmp_path: Path, change: Callable[[Path, Path], None]
) -> None:
    check_id = done(engine, folder, tmp_path)
    change(folder, tmp_path)
    rows = again(engine, folder, tmp_path, check_id)
    assert len(rows) == 2 * len(("internal", "planner", "public", "office", "office:UNB"))
    assert [row for row in rows if not row.same] == []
    if change in (nothing, no_sources):  # what was read once is found again without its file
        return
    here = district(folder / "catalogue.yaml", tmp_path)
    carry_out(engine, here, Blobs(tmp_path / "blobs"), hand_in(engine, here, tmp_path, outline()))
    with transaction(engine) as session:
        different = text("select count(distinct sha256) from reports where audience = 'internal'")
        assert session.scalar(different) == 4  # two languages, then and now: a new check sees it


def test_what_a_check_says_of_stale_data_and_answers_is_repeated(
    engine: Engine, folder: Path, tmp_path: Path
) -> None:
    check_id = done(engine, folder, tmp_path)
    with transaction(engine) as session:
        body = session.get_one(Report, (check_id, "internal", "en")).body
    findings = {f["layer"]: f for f in orjson.loads(body)["findings"]}
    assert "renewal fails" in findings["nsg"]["overdue"]
    assert findings["kampfmittel"]["by_hand"]["by"] == HELD.by
    assert findings["fehlt"]["outcome"] == "failed"
    assert findings["wald"]["uncovered_share"] == pytest.approx(0.4)


def test_versions_a_check_rests_on_are_not_collected(
    engine: Engine, folder: Path, tmp_path: Path
) -> None:
    check_id = done(engine, folder, tmp_path)
    other_objects(folder, tmp_path)
    refreshed(folder, tmp_path)
    store = district(folder / "catalogue.yaml", tmp_path).store
    left = len(list(store.root.glob("versions/*")))
    collect(garbage(store, 0, now=time.time() + 1e6))
    assert len(list(store.root.glob("versions/*"))) <= left
    assert all(row.same for row in again(engine, folder, tmp_path, check_id))


def test_a_version_that_is_gone_shows(engine: Engine, folder: Path, tmp_path: Path) -> None:
    check_id = done(engine, folder, tmp_path)
    frozen = found(engine, check_id).frozen or {}
    store = district(folder / "catalogue.yaml", tmp_path).store
    shutil.rmtree(store.root / "versions" / frozen["layers"]["wald"].removeprefix("sha256:"))
    assert {row.same for row in again(engine, folder, tmp_path, check_id)} == {False}


def test_a_report_that_was_changed_shows(engine: Engine, folder: Path, tmp_path: Path) -> None:
    check_id = done(engine, folder, tmp_path)
    with transaction(engine) as session:
        report = session.get_one(Report, (check_id, "planner", "de"))
        report.body = report.body.replace(b"affected", b"untouched", 1)
    differing = [r for r in again(engine, folder, tmp_path, check_id) if not r.same]
    assert [(row.audience, row.language) for row in differing] == [("planner", "de")]


@pytest.mark.parametrize("harm", ["gone", "changed"])
@pytest.mark.parametrize("blob", ["record_blob", "catalogue_blob"])
def test_without_its_record_a_check_cannot_be_made_again(
    engine: Engine, folder: Path, tmp_path: Path, blob: str, harm: str
) -> None:
    check_id = done(engine, folder, tmp_path)
    path = Blobs(tmp_path / "blobs").path((found(engine, check_id).frozen or {})[blob])
    if harm == "gone":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes().replace(b"1", b"2"))
    with pytest.raises(ConflictError) as caught:
        again(engine, folder, tmp_path, check_id)
    assert caught.value.code == "check-not-repeatable"


def test_a_check_that_is_not_done_cannot_be_made_again(
    engine: Engine, folder: Path, tmp_path: Path
) -> None:
    check_id = hand_in(engine, district(folder / "catalogue.yaml", tmp_path), tmp_path, outline())
    with pytest.raises(ConflictError, match="not done"):
        again(engine, folder, tmp_path, check_id)


def test_the_command_repeats_all_checks_and_tells_which_differ(
    engine: Engine, folder: Path, tmp_path: Path, fresh_database_url: str,
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    check_id = done(engine, folder, tmp_path)
    monkeypatch.setenv("BELANG_DATABASE_URL", fresh_database_url)
    where = ["--data", str(tmp_path), "--catalogue", str(folder / "catalogue.yaml")]
    assert main(["repeat", *where]) == 0
    assert "bytegleich" in capsys.readouterr().out
    with transaction(engine) as session:
        session.get_one(Report, (check_id, "public", "en")).body = b"{}"
    assert main(["repeat", str(check_id), "--json", *where]) == 3
    (row,) = json.loads(capsys.readouterr().out)
    assert [r["audience"] for r in row["reports"] if r["kept"] != r["again"]] == ["public"]
    assert main(["repeat", "nonsense", *where]) == 64
