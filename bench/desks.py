"""How long the desks wait: inbox, case, answers, with 200 cases and 2,000 contributions.

In one process, so that it is the server's own time; beside each the number of its statements, which
must not grow with what there is.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine, event

from bench.running import coordinator, person
from service.app import create_app
from service.cases.asking.proposal import proposed
from service.cases.results import audiences, written
from service.cluster import Cluster
from service.config import Settings
from service.db import transaction, upgrade
from service.district import District, open_district
from service.models import (
    Blob,
    Case,
    Check,
    Contribution,
    Decision,
    Item,
    PlanVersion,
    Report,
    Task,
)
from service.plans.intake import read_plan
from service.review import assess

MOST_S = 0.1
ITEMS = 5
SHA = "0" * 64


def main(arguments: list[str] | None = None) -> int:
    """Fill a database, measure, print; 1 where a page took longer than a tenth of a second."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=200)
    parser.add_argument("--offices", type=int, default=10, help="asked in each case")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="belang-bench-") as folder:
        settings = Settings(data=Path(folder))
        cluster = Cluster(settings.data / "pg")
        with cluster:
            upgrade(cluster.url)
            found = _measured(settings, cluster.url, given.cases, given.offices)
    sys.stdout.write(json.dumps(found, indent=1) + "\n")
    return 0 if all(one["median_s"] < MOST_S for one in found["pages"].values()) else 1


def _measured(settings: Settings, url: str, cases: int, offices: int) -> dict[str, Any]:
    district = open_district(settings)
    app = create_app(settings, url, district, read_plan)
    names = list(district.offices)[:offices]
    ids = _filled(app.state.engine, district, cases, names)
    boss, officer = coordinator(url), person(url, "officer")
    pages = {
        "inbox of the coordinator": (boss, "/api/v1/tasks?count=true"),
        "inbox of an office": (officer, "/api/v1/tasks?awaited=true"),
        "cases": (boss, "/api/v1/cases"),
        "case": (boss, f"/api/v1/cases/{ids['case']}"),
        "offices of a case": (boss, f"/api/v1/cases/{ids['case']}/offices"),
        "answers of a case": (boss, f"/api/v1/cases/{ids['case']}/answers"),
        "consolidation of a case": (boss, f"/api/v1/cases/{ids['case']}/consolidation"),
        "board (page)": (boss, "/vorgaenge"),
        "case (page)": (boss, f"/vorgaenge/{ids['case']}"),
        "consolidation (page)": (boss, f"/vorgaenge/{ids['case']}/zusammenfuehrung"),
        "inbox of an office (page)": (officer, "/posteingang"),
        "task": (officer, f"/api/v1/tasks/{ids['task']}"),
        "contribution": (officer, f"/api/v1/contributions/{ids['contribution']}"),
    }
    return {
        "cases": cases,
        "contributions": cases * len(names),
        "items": cases * len(names) * ITEMS,
        "pages": {name: _page(app, *page) for name, page in pages.items()},
    }


def _page(app: FastAPI, headers: Mapping[str, str], path: str) -> dict[str, Any]:
    statements: list[str] = []
    client = TestClient(app)
    event.listen(app.state.engine, "before_cursor_execute",
                 noted := lambda *given: statements.append(given[2]))  # fmt: skip
    times = []
    for _ in range(15):
        statements.clear()
        begun = time.perf_counter()
        answer = client.get(path, headers=dict(headers))
        times.append(time.perf_counter() - begun)
        answer.raise_for_status()
    event.remove(app.state.engine, "before_cursor_execute", noted)
    return {
        "median_s": round(statistics.median(times), 4),
        "longest_s": round(max(times), 4),
        "statements": len(statements),
        "bytes": len(answer.content),
    }


def _filled(engine: Engine, district: District, cases: int, offices: list[str]) -> dict[str, Any]:
    plan = district.catalogue.path.parent / "plans" / "gewerbepark-wachau.geojson"
    review = assess(
        read_plan(plan, district.intake()), district.catalogue, district.store, district.rules,
        district.vocabulary, on=date.today(),
    )  # fmt: skip
    body = written(review.document)
    reports = {language: orjson.loads(body) for language in ("de", "en")}
    reasons = {one.office: list(one.reasons) for one in proposed(reports)}
    ids: dict[str, Any] = {}
    with transaction(engine) as session:
        session.add(Blob(sha256=SHA, size=1))
        for number in range(cases):
            case, version, check = _case(number)
            session.add_all([case])
            session.flush()
            version.case_id = case.id
            session.add(version)
            session.flush()
            check.version_id = version.id
            session.add(check)
            session.flush()
            session.add_all(
                Report(check_id=check.id, audience=a, language=n, body=body, sha256=SHA)
                for a in audiences(district.catalogue) for n in ("de", "en")
            )  # fmt: skip
            for office in offices:
                task, contribution = _answer(session, case, version, check, office, reasons)
                if office == "UNB":
                    ids = {"case": case.id, "task": task.id, "contribution": contribution.id}
    return ids


def _case(number: int) -> tuple[Case, PlanVersion, Check]:
    due = date.today() + timedelta(days=number % 60)
    case = Case(
        reference=f"B-{number:05d}", title=f"Bebauungsplan {number}", kind="bebauungsplan",
        uses=["wohnen"], procedure="par4-2", municipalities=["14729050"],
        municipality_names="Borna", received=date.today(), deadline=due, due=due, dates={},
        state="with_offices", revision=1,
    )  # fmt: skip
    version = PlanVersion(
        number=1, blob=SHA, filename="plan.geojson", said={},
        question={"code": "x", "text": {"de": "x", "en": "x"}, "proposals": []},
    )  # fmt: skip
    check = Check(
        state="done", cause="received", day=date.today(), progress={"done": 1, "total": 1},
        frozen={"layers": {}}, finished=datetime.now(UTC),
    )  # fmt: skip
    return case, version, check


def _answer(
    session: Any, case: Case, version: PlanVersion, check: Check, office: str,
    reasons: Mapping[str, Any],
) -> tuple[Task, Contribution]:  # fmt: skip
    decision = Decision(
        case_id=case.id, version_id=version.id, office=office, check_id=check.id,
        certainty="certain", reasons=reasons.get(office, []), decision="involve", by="bench",
    )  # fmt: skip
    task = Task(
        case_id=case.id, version_id=version.id, office=office, state="seen", due=case.due,
        released_by="bench", seen=datetime.now(UTC),
    )  # fmt: skip
    session.add_all([decision, task])
    session.flush()
    made = Contribution(task_id=task.id, number=1, state="released", by="bench",
                        released=datetime.now(UTC))  # fmt: skip
    session.add(made)
    session.flush()
    session.add_all(
        Item(contribution_id=made.id, number=n, position=n, kind="hinweis", text="Satz. " * 40,
             by="bench")
        for n in range(1, ITEMS + 1)
    )  # fmt: skip
    return task, made


if __name__ == "__main__":
    sys.exit(main())
