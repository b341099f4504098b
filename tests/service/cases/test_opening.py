"""How a plan comes in: all of it in one transaction, or nothing."""

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from gis.problem import Refusal
from layers.catalogue import read_catalogue
from layers.store import Store
from service import journal
from service.access.principal import Principal
from service.blobs import Blobs
from service.cases import opening
from service.cases.opening import Desk, Letter, Sent
from service.config import Settings
from service.db import engine_for, transaction
from service.district import District
from service.errors import ConflictError, UnusableError
from service.models import Blob, Case, Check, Organisation, PlanVersion
from service.plans.intake import read_plan

RING = [[318_000, 5_668_000], [318_100, 5_668_000], [318_100, 5_668_100], [318_000, 5_668_000]]
COORDINATOR = Principal(role="coordinator", pseudonym="c-1")


def geojson(*, crs: bool = True, ring: list[list[float]] = RING) -> bytes:
    document: dict[str, Any] = {"type": "Polygon", "coordinates": [ring]}
    if crs:
        document["crs"] = {"type": "name", "properties": {"name": "EPSG:25833"}}
    return json.dumps(document).encode()


@pytest.fixture(scope="module")
def district(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> District:
    catalogue = read_catalogue(sample / "catalogue.yaml")
    return District(catalogue, Store(tmp_path_factory.mktemp("layers"), catalogue.crs))


@pytest.fixture
def engine(fresh_database_url: str) -> Iterator[Engine]:
    engine = engine_for(fresh_database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def work(engine: Engine, district: District, tmp_path: Path) -> Callable[..., Any]:
    """Run a function with a desk in one transaction."""
    settings = Settings(data=tmp_path)

    def run(
        do: Callable[..., Any], *given: Any, content: bytes = b"", who: Principal = COORDINATOR,
        named: str | None = "a", **said: Any,
    ) -> Any:  # fmt: skip
        blobs = Blobs(tmp_path / "blobs")
        with transaction(engine) as session:
            desk = Desk(session, blobs, district, settings, read_plan, who)
            if not content:
                return do(desk, *given)
            with blobs.arriving(io.BytesIO(content), most=10_000_000) as arrived:
                intake = replace(district.intake(), named=named, **said)
                return do(desk, *given, Sent(arrived, "a.geojson", intake))

    return run


def opened(desk: Desk, sent: Sent, **letter: Any) -> tuple[Case, PlanVersion]:
    return opening.open_case(desk, sent, Letter(date(2026, 11, 25), **letter))


def count(engine: Engine, what: Any) -> int:
    with Session(engine) as session:
        return session.scalar(select(func.count()).select_from(what)) or 0


def actions(engine: Engine) -> list[str]:
    with Session(engine) as session:
        return list(session.scalars(text("select action from journal order by seq")))


def test_a_plan_is_accepted_with_its_bytes_check_job_and_journal(
    work: Callable[..., Any], engine: Engine, tmp_path: Path
) -> None:
    content = geojson()
    case, version = work(opened, content=content)
    assert (case.state, case.title, case.reference) == ("checking", "a", "KE-2026-0001")
    assert version.question is None
    assert version.understood["area_m2"] == 5_000.0
    assert (tmp_path / "blobs" / version.blob[:2] / version.blob).read_bytes() == content
    assert actions(engine) == ["case.received", "check.queued"]
    with Session(engine) as session:
        check = session.scalars(select(Check)).one()
        jobs = session.execute(text("select task_name, args from procrastinate_jobs")).all()
        area = session.scalar(text("select st_area(geometry) from plan_versions"))
        assert list(journal.faults(session)) == []
    assert [tuple(job) for job in jobs] == [("checks.run", {"check_id": str(check.id)})]
    assert area == 5_000.0


def test_what_is_refused_leaves_nothing(
    work: Callable[..., Any], engine: Engine, tmp_path: Path
) -> None:
    with pytest.raises(Refusal):
        work(opened, content=b'{"type": "Polygon", "coordinates": [[[0, 0], [1, NaN]]]}')
    assert [count(engine, table) for table in (Case, Blob, Check)] == [0, 0, 0]
    assert [p for p in (tmp_path / "blobs").rglob("*") if p.is_file()] == []
    assert actions(engine) == []


def test_a_question_waits_on_the_case_until_it_is_answered(
    work: Callable[..., Any], engine: Engine
) -> None:
    case, version = work(opened, content=geojson(crs=False))
    assert (case.state, version.question["code"]) == ("asking", "crs-missing")
    assert count(engine, Check) == 0
    option = version.question["proposals"][0]["option"]
    answered = work(lambda desk: opening.answer(desk, desk.session.get(Case, case.id), option))
    assert answered.question is None
    assert answered.said["source_crs"] == "EPSG:25833"
    assert actions(engine) == [
        "case.received", "plan.asked", "plan.answered", "plan.understood", "check.queued",
    ]  # fmt: skip
    with pytest.raises(ConflictError) as error:
        work(lambda desk: opening.answer(desk, desk.session.get(Case, case.id), option))
    assert error.value.code == "no-question"


def test_an_answer_nobody_understands_changes_nothing(
    work: Callable[..., Any], engine: Engine
) -> None:
    case, _ = work(opened, content=geojson(crs=False))
    with pytest.raises(Refusal) as error:
        work(lambda desk: opening.answer(desk, desk.session.get(Case, case.id), "--crs"))
    assert error.value.code == "answer-unknown"
    assert actions(engine) == ["case.received", "plan.asked"]


def test_a_further_draft_is_a_version_of_the_same_case(
    work: Callable[..., Any], engine: Engine
) -> None:
    case, _ = work(opened, content=geojson())
    larger = [[318_000, 5_668_000], [318_200, 5_668_000], [318_200, 5_668_100], RING[0]]
    again = work(
        lambda desk, sent: opening.add_version(desk, desk.session.get(Case, case.id), sent),
        content=geojson(ring=larger),
    )
    assert (again.number, again.case_id) == (2, case.id)
    with Session(engine) as session:
        causes = session.scalars(select(Check.cause).order_by(Check.created)).all()
    assert list(causes) == ["received", "revised"]


def test_a_planner_hands_in_for_an_own_organisation_only(
    work: Callable[..., Any], engine: Engine
) -> None:
    with transaction(engine) as session:
        own, other = (Organisation(name=name, kind="municipality") for name in ("A", "B"))
        session.add_all([own, other])
    planner = Principal(role="planner", pseudonym="p", organisations=frozenset({own.id}))
    case, _ = work(opened, content=geojson(), who=planner)
    assert (case.organisation_id, case.on_behalf) == (own.id, False)
    with pytest.raises(UnusableError) as error:
        work(
            lambda desk, sent: opened(desk, sent, organisation_id=other.id),
            content=geojson(), who=planner,
        )  # fmt: skip
    assert error.value.code == "organisation-unknown"
    with pytest.raises(UnusableError) as error:
        work(lambda desk, sent: opened(desk, sent, reference="X 1"), content=geojson(), who=planner)
    assert error.value.code == "reference-not-yours"


def test_a_reference_typed_by_hand_is_taken_once(work: Callable[..., Any]) -> None:
    def by_hand(desk: Desk, sent: Sent) -> tuple[Case, PlanVersion]:
        return opened(desk, sent, reference="61.2-17/26")

    assert work(by_hand, content=geojson())[0].reference == "61.2-17/26"
    with pytest.raises(ConflictError) as error:
        work(by_hand, content=geojson())
    assert error.value.code == "reference-taken"
