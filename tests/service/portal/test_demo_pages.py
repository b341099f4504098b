"""Pages on the sample district: variants, changed rules, statistics, what the pre-check asks."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import yaml
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from bench.visits import bearers, led, visits
from gis.problem import plainly
from layers.document import read_document
from service.cases.importing.entry import Entry
from service.cases.importing.locating import located
from service.cases.samples import CASES, WACHAU
from service.db import transaction
from service.models import Case
from service.models.statement import Statement, StatementFile
from service.plans.intake import read_plan
from tests.service.portal.conftest import Demo

HTML = {"Accept": "text/html"}
CANARY = "<img src=x onerror=alert(1)>"
SQUARE = "POLYGON ((330000 5670000, 330200 5670000, 330200 5670200, 330000 5670000))"


class Reader:
    """Somebody at the pages without a browser; by role."""

    def __init__(self, demo: Demo) -> None:
        now = datetime.now(UTC)
        self.client = TestClient(demo.app)
        self.people = bearers(demo.app.state.engine, now, now + timedelta(hours=1))

    def sees(self, who: str, path: str, status: int = 200) -> str:
        answer = self.client.get(path, headers={**self.people[who], **HTML})
        assert answer.status_code == status, answer.text[:2_000]
        return str(answer.text)

    def sends(
        self, who: str, path: str, status: int = 200, *, files: Any = None, **said: Any
    ) -> Any:
        answer = self.client.post(
            path, data=said, files=files or {"none": ("", b"")}, follow_redirects=False,
            headers={**self.people[who], **HTML},
        )  # fmt: skip
        assert answer.status_code == status, (answer.status_code, answer.text[:3_000])
        assert CANARY not in answer.text
        return answer


@pytest.fixture(scope="module")
def reader(demo: Demo) -> Reader:
    return Reader(demo)


def plan(demo: Demo, name: str) -> bytes:
    return (demo.plans / f"{name}.geojson").read_bytes()


def test_variants_stand_side_by_side_without_a_log_in(reader: Reader, demo: Demo) -> None:
    files = {
        "file-A": ("a.geojson", plan(demo, "wohnen-am-hainer-see")),
        "file-B": ("b.geojson", plan(demo, "gewerbepark-wachau")),
    }
    page = reader.sends("public", "/varianten", files=files, **{"name-A": CANARY}).text
    assert "Varianten im Vergleich" in page
    assert "&lt;img" in page
    assert "Untere Naturschutzbehörde" in page
    assert page.count('role="columnheader"') == 2 * 2  # offices, layers
    one = reader.sends("public", "/varianten", 422, files={"file-A": files["file-A"]})
    assert "mindestens zwei" in one.text
    sketch = {"outline-A": "POLYGON ((4520000 5668000, 4520300 5668000, 4520300 5668200, "
              "4520000 5668000))", "outline-B": SQUARE}  # fmt: skip
    asked = reader.sends("public", "/varianten", 422, **sketch)
    options = re.findall(r'name="option-A" value="([^"]+)"', asked.text)
    assert "--crs EPSG:31468" in options
    again = reader.sends("public", "/varianten", **sketch, **{"option-A": "--crs EPSG:31468"})
    assert "Varianten im Vergleich" in again.text
    bad = reader.sends("public", "/varianten", 422, **sketch, width_m="breit")
    assert "keine Zahl" in bad.text


def test_variants_may_be_plans_handed_in(reader: Reader, demo: Demo) -> None:
    with transaction(demo.app.state.engine) as session:
        cases = [str(one) for one in session.scalars(select(Case.id).where(Case.state == "ready"))]
        foreign = str(
            session.scalars(select(Case.id).where(Case.organisation_id.is_(None))).first()
        )
    said = {"case-A": cases[0], "case-B": cases[1]}
    assert "Varianten im Vergleich" in reader.sends("planner", "/varianten", **said).text
    refused = reader.sends("planner", "/varianten", 422, **{**said, "case-B": foreign}).text
    assert "Varianten im Vergleich" not in refused
    public = reader.sends("public", "/varianten", 422, **said).text
    assert "Varianten im Vergleich" not in public


def test_changed_rules_are_tried_on_past_cases(reader: Reader, demo: Demo) -> None:
    rules = read_document(demo.plans.parent / "rules.yaml").data["rules"]
    fewer = [one for one in rules if one.get("offices") != ["BB"]]
    assert len(fewer) < len(rules)
    text = yaml.safe_dump({"rules": fewer}, allow_unicode=True)
    with transaction(demo.app.state.engine) as session:
        before = session.scalar(select(func.count()).select_from(Case))
    page = reader.sends(
        "steward", "/regelvergleich", files={"file": ("r.yaml", text.encode())}
    ).text
    assert "Vorgängen ändern sich" in page
    assert "Breitbandkoordination" in page
    same = yaml.safe_dump(rules, allow_unicode=True)
    page = reader.sends("steward", "/regelvergleich", rules=same).text
    assert "Bei keinem Vorgang ändert sich" in page
    wrong = reader.sends("steward", "/regelvergleich", 422, rules=f"rules:\n  - code: '{CANARY}'\n")
    assert "regeln.yaml:2" in wrong.text
    assert "Bitte eine Regeldatei" in reader.sends("steward", "/regelvergleich", 422).text
    assert "no list of rules" in reader.sends("steward", "/regelvergleich", 422, rules="a: 1").text
    with transaction(demo.app.state.engine) as session:
        assert session.scalar(select(func.count()).select_from(Case)) == before


def test_statistics_are_read_in_tables(reader: Reader) -> None:
    page = reader.sees("coordinator", "/statistik")
    assert "Nach Gemeinde" in page
    assert "Markkleeberg" in page
    assert "Regeln, die nie zu einem Punkt führten" in page
    empty = reader.sees("administrator", "/statistik?von=1999-01-01&bis=1999-12-31")
    assert "<strong>0</strong>" in empty
    assert "endet vor seinem Anfang" in reader.sees(
        "coordinator", "/statistik?von=2026-02-01&bis=2026-01-01", 422
    )
    assert "Bitte Tage angeben" in reader.sees("coordinator", "/statistik?von=gestern", 422)
    reader.sees("officer", "/statistik", 403)


def test_the_pre_check_asks_what_something_hangs_on(reader: Reader, demo: Demo) -> None:
    file = {"file": ("plan.geojson", plan(demo, "wohnen-am-hainer-see"))}
    page = reader.sends("public", "/vorpruefung", files=file).text
    assert "--attribute gehoelz=ja" in page
    assert page.count("Werden Bäume oder Hecken beseitigt?") == 1
    assert page.count('value="--attribute abriss=ja"') == 1
    assert "abgerissen oder Gehölze" not in page.partition('id="missing"')[2].partition("</ul>")[0]
    assert "Konzept für Niederschlagswasser" in page
    assert "(--" not in re.sub(r'value="[^"]*"', "", page)
    said = {"option": ["--attribute gehoelz=nein"], "measured": ["hoehe_m"], "figure": ["9,5"]}
    page = reader.sends("public", "/vorpruefung", files=file, **said).text
    assert "--attribute gehoelz=ja" not in page
    assert 'value="--attribute hoehe_m=9.5"' in page  # kept for the next click
    wrong = reader.sends("public", "/vorpruefung", 422, files=file, option=f"--attribute {CANARY}")
    assert "nicht verständlich" in wrong.text
    taken = reader.sends("public", "/vorpruefung", files=file, take="csv")
    assert taken.headers["content-disposition"].endswith('.csv"')
    assert taken.headers["content-type"].startswith("text/csv")


def test_an_address_for_calendars_reads_the_calendar_alone(demo: Demo) -> None:
    client, person = TestClient(demo.app), demo.people["officer"]
    client.post("/anmelden", data={"login": person.login, "password": person.password})
    csrf = re.findall(r'name="csrf" value="([^"]+)"', client.get("/posteingang").text)[0]
    page = client.post("/posteingang", data={"act": "subscribe", "csrf": csrf}, headers=HTML).text
    address = re.findall(r'value="http://[^/]+(/api/v1/offices/[^"]+)"', page)[0]
    stranger = TestClient(demo.app)
    assert stranger.get(address).text.startswith("BEGIN:VCALENDAR")
    word = address.partition("?")[2]
    assert stranger.get(f"/api/v1/cases?{word}").status_code in (400, 401, 403, 422)


def test_what_only_a_program_needs_is_not_said_on_a_page() -> None:
    assert plainly("Bitte nennen (--crs EPSG:…).") == "Bitte nennen."
    assert plainly("Der Vorgang ist beendet (`state`).") == "Der Vorgang ist beendet."
    assert plainly("Kennt der Katalog nicht; `known` nennt alle.") == "Kennt der Katalog nicht."
    assert plainly("Abstand (12 m) – so") == "Abstand (12 m) – so"


def test_an_imported_outline_tells_its_municipality(demo: Demo) -> None:
    district = demo.app.state.district
    shape = read_plan(demo.plans / "wohnen-am-hainer-see.geojson", district.intake())
    row = Entry(2, "KE-1", "Alt", datetime.now(UTC).date())
    found = located(row, shape, district.towns)
    assert found.municipality_names == "Neukieritzsch, Rötha"
    said = Entry(2, "KE-1", "Alt", datetime.now(UTC).date(), municipality_names="Borna")
    assert located(said, shape, district.towns) == said
    assert located(row, None, district.towns) == row


def test_a_statement_of_the_demonstration_is_sent_and_public(reader: Reader, demo: Demo) -> None:
    state = demo.app.state
    known = [one for one in CASES if one.plan == "satzung-kohren"]
    public = replace(known[0], shown=WACHAU)
    led(state.engine, state.district, state.settings, [public])
    with transaction(state.engine) as session:
        case = session.scalars(select(Case).where(Case.title.contains("Kohren-Sahlis"))).one()
        statement = session.scalars(select(Statement).where(Statement.case_id == case.id)).one()
        files = session.scalar(select(func.count()).select_from(StatementFile))
        assert (case.state, statement.state, statement.sha256 is None) == ("closed", "sent", False)
        assert files == 18
        number = case.id
    assert "versandt" in reader.sees("coordinator", f"/vorgaenge/{number}/stellungnahme")
    assert "Ergänzungssatzung" in reader.sees("public", f"/plan/{number}/stellungnahme")
    assert "Ergänzungssatzung" in reader.sees("public", "/karte")


def test_a_plan_of_the_demonstration_is_on_public_display(reader: Reader, demo: Demo) -> None:
    released = [one for one in visits(demo.app, demo.app.state.district) if one.about == "plan"]
    assert {one.route for one in released} == {"/plan/{case_id}", "/einbetten/plan/{case_id}"}
    page = reader.sees("public", released[0].path)
    assert WACHAU.link in page
    assert "Gewerbepark Wachau" in page
