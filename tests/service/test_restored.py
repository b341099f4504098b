"""What was decided can be shown again from a backup alone: reports, documents, the very checks."""

from hashlib import sha256
from io import BytesIO
from pathlib import Path
from shutil import rmtree

import pytest
from sqlalchemy import select

from service.blobs import Blobs
from service.cases import documents
from service.cases.checking import carry_out
from service.cli import main
from service.db import engine_for, transaction
from service.dump import of_url
from service.models import Blob, Case, Document, Report
from service.restore import restore
from tests.service.cases.files import PDF
from tests.service.cases.handing import COORDINATOR, case_of, hand_in
from tests.service.cases.region import district, outline, publish, region
from tests.service.postgres import Server

AUDIENCES = {"internal", "planner", "public", "office", "office:UNB"}


def kept(url: str, data: Path) -> dict[str, dict[object, bytes]]:
    """Return every report, document and file there is, byte for byte."""
    engine, blobs = engine_for(url, pool=1), Blobs(data / "blobs")
    with transaction(engine) as session:
        reports = session.execute(select(Report.check_id, Report.audience, Report.language,
                                         Report.body))  # fmt: skip
        found: dict[str, dict[object, bytes]] = {
            "reports": {tuple(key): body for *key, body in reports},
            "documents": {
                (d.case_id, d.filename, d.edition): blobs.path(d.blob).read_bytes()
                for d in session.scalars(select(Document))
            },
            "blobs": {b: blobs.path(b).read_bytes() for b in session.scalars(select(Blob.sha256))},
        }
    engine.dispose()
    return found


def checked_case(url: str, catalogue: Path, data: Path) -> None:
    """Keep a case with a check of every kind of layer, and a document."""
    engine, blobs = engine_for(url, pool=1), Blobs(data / "blobs")
    here = district(catalogue, data)
    assert publish(here, "nsg") == "published"
    check_id = hand_in(engine, here, data, outline())
    carry_out(engine, here, blobs, check_id)
    with transaction(engine) as session, blobs.arriving(BytesIO(PDF), most=10_000) as arrived:
        looked = documents.looked_at(arrived, "Begründung.pdf", "application/pdf", None)
        case = session.get_one(Case, case_of(engine, check_id))
        filed = documents.Filed("report", "inner", {})
        documents.add(session, COORDINATOR, case, looked, filed, blobs)
    engine.dispose()


def test_from_a_backup_alone_everything_is_there_and_every_check_repeats(
    postgres: Server, fresh_database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    folder, data, there = (tmp_path / name for name in ("district", "data", "there"))
    folder.mkdir()
    catalogue = region(folder)
    checked_case(fresh_database_url, catalogue, data)
    before = kept(fresh_database_url, data)
    assert {audience for _, audience, _ in before["reports"]} == AUDIENCES  # type: ignore[misc]
    assert list(before["documents"].values()) == [PDF]
    assert len(before["blobs"]) == 4  # plan, document, the catalogue and the record of the check

    (folder / "blocks.yaml").write_text("blocks: []\n", encoding="utf-8")
    (data / "pages").mkdir()
    (data / "pages" / "impressum.txt").write_text("Landratsamt", encoding="utf-8")
    monkeypatch.setenv("BELANG_DATABASE_URL", fresh_database_url)
    where = ["--data", str(data), "--catalogue", str(catalogue)]
    assert main(["db", "backup", str(tmp_path / "all.tar"), *where]) == 0
    rmtree(data)  # nothing is left of what was there but the backup
    rmtree(folder)

    with postgres.database() as name:
        url = postgres.url(name)
        restore(tmp_path / "all.tar", there, of_url(url))
        assert kept(url, there) == before
        assert (there / "catalogue" / "blocks.yaml").read_text() == "blocks: []\n"
        assert (there / "pages" / "impressum.txt").read_text() == "Landratsamt"
        for sha, content in before["blobs"].items():
            assert sha256(content).hexdigest() == sha
        monkeypatch.setenv("BELANG_DATABASE_URL", url)
        where = ["--data", str(there), "--catalogue", str(there / "catalogue" / catalogue.name)]
        assert main(["repeat", *where]) == 0
        assert "bytegleich" in capsys.readouterr().out

        version = next((there / "layers" / "restricted" / "versions").glob("*"))
        rmtree(version)  # it can tell: without one version the bytes are others
        assert main(["repeat", *where]) == 3
        assert "internal (de)" in capsys.readouterr().out
