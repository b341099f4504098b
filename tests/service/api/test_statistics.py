"""Statistics over HTTP: the numbers, the same as a table, and no cell a formula."""

import csv
import io
from datetime import date

from fastapi import FastAPI
from fastapi.testclient import TestClient

from service.cases.counted import OfficeTasks, Period, Spread, Statistics
from service.cases.statistics_table import csv_text
from service.db import transaction
from service.models.task import Task
from tests.service.api.people import person
from tests.service.api.serving import app, client, district
from tests.service.builders import case, square, version

__all__ = ["app", "client", "district"]


def test_the_numbers_and_their_table_say_the_same(app: FastAPI, client: TestClient) -> None:
    with transaction(app.state.engine) as session:
        one = case(session, received=date(2025, 3, 1))
        case(session, received=date(2026, 3, 1))
        plan = version(session, one, square())
        session.add(
            Task(case_id=one.id, version_id=plan.id, office="UNB", due=date(2025, 3, 9),
                 released_by="p")
        )  # fmt: skip
    who = person(app.state.engine, "coordinator")
    year = {"first": "2025-01-01", "last": "2025-12-31"}
    found = client.get("/api/v1/statistics", headers=who, params=year).json()
    assert (found["cases"], found["by_year"]) == (1, {"2025": 1})
    assert found["offices"][0] | {"office": "UNB", "overdue": 1} == found["offices"][0]
    told = client.get("/api/v1/statistics.csv", headers=who, params=year)
    assert told.text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(told.text.removeprefix("\ufeff")), delimiter=";"))
    assert ["cases", "", "", "cases", "1"] in rows
    assert ["office", "UNB", app.state.districts.current().offices["UNB"], "overdue", "1"] in rows
    turned = {"first": "2026-01-01", "last": "2025-12-31"}
    for form in ("statistics", "statistics.csv"):
        refused = client.get(f"/api/v1/{form}", headers=who, params=turned)
        assert (refused.status_code, refused.json()["code"]) == (422, "period-empty")
    assert client.get("/api/v1/statistics", headers=who).json()["cases"] == 2


def test_no_cell_is_a_formula_and_german_has_decimal_commas() -> None:
    office = OfficeTasks("@X", 1, 1, 0, 0, 0, 0, 0, 0, {"+code": 1})
    found = Statistics(
        Period(), 1, {"=HYPERLINK(1)": 1}, {}, {}, {}, {}, Spread(1, 2, 2.5, 2.5, 2.5, 3), {}, 0,
        (office,), (),
    )  # fmt: skip
    text = csv_text(found, {"@X": "=1+1"}, "de")
    cells = [one for row in csv.reader(io.StringIO(text), delimiter=";") for one in row]
    assert not [one for one in cells if one.startswith(("=", "+", "-", "@"))]
    assert {"'=HYPERLINK(1)", "'@X", "'=1+1", "'+code", "2,5"} <= set(cells)
