"""What is done from time to time: old things go, what somebody needs stays."""

import io
import json
import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Engine, select

from layers.due import due
from layers.references import References
from layers.refresh import refresh
from service import journal, upkeep
from service.blobs import Blobs, recorded
from service.config import Settings
from service.db import engine_for, transaction
from service.district import District
from service.models import Account, Attempt, LoginSession, PlanVersion, Repeat
from tests.builders import geojson, rectangle
from tests.service.cases.handing import hand_in
from tests.service.cases.region import district as opened
from tests.service.cases.region import outline, publish, region

OLD_S = 2 * 86_400.0


@pytest.fixture
def engine(fresh_database_url: str) -> Iterator[Engine]:
    engine = engine_for(fresh_database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def district(tmp_path: Path) -> District:
    folder = tmp_path / "district"
    folder.mkdir()
    return opened(region(folder), tmp_path)


def aged(path: Path, seconds: float = OLD_S) -> Path:
    then = time.time() - seconds
    os.utime(path, (then, then))
    return path


def test_old_things_go_and_what_is_needed_stays(
    engine: Engine, district: District, tmp_path: Path
) -> None:
    check_id = hand_in(engine, district, tmp_path, outline())
    blobs, references = Blobs(tmp_path / "blobs"), References(district.store.root / "refs")
    now, stray = datetime.now(UTC), str(uuid4())
    for name in (str(check_id), stray, "by-hand"):
        references.put(name, ["a"])
        aged(references.folder / f"{name}.json")
    references.put(str(uuid4()), ["b"])  # just being written
    lost = blobs.store(io.BytesIO(b"lost"), most=10)
    aged(lost.path)
    young = blobs.store(io.BytesIO(b"young"), most=10)
    with transaction(engine) as session:
        recorded(session, unneeded := blobs.store(io.BytesIO(b"unneeded"), most=10))
        aged(unneeded.path)
        kept = blobs.path(session.scalars(select(PlanVersion.blob)).one())
        aged(kept)
        person = Account(login="k", name="K", role="coordinator")
        session.add(person)
        session.flush()
        for age in (timedelta(days=2), timedelta()):
            session.add(Attempt(key=str(age), at=now - age))
            session.add(
                LoginSession(
                    key=str(age).encode(), account_id=person.id, csrf="c", created=now - age,
                    seen=now - age,
                )
            )  # fmt: skip
            session.add(
                Repeat(
                    key=str(age).encode(), request=b"r", status=201, headers={}, body=b"",
                    created=now - age,
                )
            )  # fmt: skip
    drawn = tmp_path / upkeep.DRAWN / "x" / "y"
    drawn.parent.mkdir(parents=True)
    drawn.touch()
    aged(drawn, 40 * 86_400.0)
    removed = upkeep.sweep(engine, Settings(data=tmp_path), blobs, district.store)
    assert removed == {
        "attempts": 1, "sessions": 1, "repeats": 1, "blobs": 2, "references": 1, "drawn": 1
    }  # fmt: skip
    assert not lost.path.exists()
    assert not unneeded.path.exists()
    assert kept.exists() and young.path.exists()  # noqa: PT018
    assert set(references.results()) >= {str(check_id), "by-hand"}
    assert stray not in references.results()
    with transaction(engine) as session:
        assert len(session.scalars(select(LoginSession)).all()) == 1
    again = upkeep.sweep(engine, Settings(data=tmp_path), blobs, district.store)
    assert set(again.values()) == {0}


def test_heads_of_the_journal_show_later_that_nothing_was_cut_off(
    engine: Engine, tmp_path: Path
) -> None:
    with transaction(engine) as session:
        journal.append(session, "a", actor="system")
        journal.append(session, "b", actor="system")
    upkeep.export_head(engine, tmp_path)
    upkeep.export_head(engine, tmp_path)
    lines = (tmp_path / upkeep.HEADS).read_text().splitlines()
    rows = [json.loads(line) for line in lines]
    assert [row["seq"] for row in rows] == [2, 2]
    with transaction(engine) as session:
        assert list(journal.faults(session, {2: rows[0]["hash"]})) == []
        assert [f.seq for f in journal.faults(session, {3: rows[0]["hash"]})] == [3]


def due_codes(district: District, now: datetime) -> list[str]:
    return [layer.code for layer in due(district.store, district.catalogue.layers, now)]


def test_only_layers_with_an_interval_are_refreshed_and_only_when_it_has_run_out(
    district: District,
) -> None:
    now = datetime.now(UTC)
    assert due_codes(district, now) == []  # a file nobody has published is left to people
    assert publish(district, "nsg") == "published"
    assert publish(district, "wald") == "published"  # has no interval
    assert due_codes(district, now + timedelta(days=29)) == []
    assert due_codes(district, now + timedelta(days=31)) == ["nsg"]


def test_a_refused_refresh_harms_nothing_and_is_tried_again_after_some_hours(
    district: District, tmp_path: Path
) -> None:
    nsg, now = district.catalogue.layer("nsg"), datetime.now(UTC)
    long_ago = now - timedelta(days=31)
    refresh(district.store, nsg, who="steward", now=lambda: long_ago)
    before = district.store.version(nsg).sha256
    geojson(tmp_path / "district" / "nsg.geojson", [])
    assert upkeep.refresh_layers(district, lambda: True) == {}  # told to stop
    assert upkeep.refresh_layers(district) == {"nsg": "refused"}
    assert district.store.version(nsg).sha256 == before
    assert upkeep.refresh_layers(district) == {}  # not every quarter of an hour
    assert due_codes(district, now + timedelta(hours=7)) == ["nsg"]
    geojson(tmp_path / "district" / "nsg.geojson", [rectangle(0, 0, 21, 20)])
    assert publish(district, "nsg") == "published"
    assert due_codes(district, now + timedelta(hours=7)) == []


def test_public_layers_are_drawn_and_named_where_that_is_missing(
    district: District, tmp_path: Path
) -> None:
    settings = Settings(data=tmp_path)
    public = [la for la in district.catalogue.layers if la.visibility == "public"]
    hidden = [la for la in district.catalogue.layers if la.visibility == "restricted"]
    assert public
    assert hidden
    upkeep.draw_layers(district, settings, stop=lambda: True)
    assert not list(tmp_path.rglob("*.pmtiles"))
    for _ in range(2):
        upkeep.draw_layers(district, settings)
        drawn = {path.parent.name.partition("-")[0] for path in tmp_path.rglob("tiles.pmtiles")}
        assert drawn <= {layer.code for layer in public}
        assert drawn
    assert list((settings.data / upkeep.DRAWN / upkeep.NAMES).glob("*.names"))
