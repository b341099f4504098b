"""A case from the upload to the sent statement, over HTTP alone, as a district would lead it.

Six offices and the staff unit, one dropped; a Nachforderung; a revised draft; a contradiction that
the coordinator settles; an office that stays silent, whose gap stands in what is sent; and its late
answer, which becomes a supplement.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from lxml import html
from shapely import Point
from shapely.affinity import scale
from shapely.geometry import mapping, shape
from sqlalchemy import update

from service.app import create_app
from service.blobs import Blobs
from service.cases.asking.reminding import Desk, remind_all
from service.cases.checking import carry_out
from service.config import Settings
from service.db import transaction
from service.district import District
from service.journal import faults
from service.models import Task
from service.plans.intake import read_plan
from tests.service.api.offices import House, add, in_days
from tests.service.api.serving import district

__all__ = ["district"]
EDITIONS = ("inner", "outward")
PLAN = "gewerbepark-wachau"
WORDS = ("kind", "text", "basis", "binding", "exception", "exception_by", "layer", "rule",
         "edition", "topic", "stance", "priority", "object")  # fmt: skip


@pytest.fixture
def there(fresh_database_url: str, district: District, tmp_path: Path) -> Iterator[House]:
    settings = Settings(data=tmp_path, base_url="https://belang.example")
    app = create_app(settings, fresh_database_url, district, read_plan)
    made = House(app, TestClient(app, raise_server_exceptions=False), district, tmp_path, {}, {})
    add(made, "coordinator", "coordinator", mail="koordination@landkreis.example")
    add(made, "town", "planner", mail="bauamt@stadt.example")
    yield made
    app.state.engine.dispose()


def handed_in(there: House, path: str, plan: bytes, **said: str) -> UUID:
    """Hand a draft in as the town, and have it checked as a worker does; returns the case."""
    file = {"file": ("bebauungsplan.geojson", plan)}
    made = there.call("town", "POST", path, 201, data=said, files=file)
    check = UUID(made["check"].rpartition("/")[2])
    carry_out(there.app.state.engine, there.district, Blobs(there.data / "blobs"), check)
    return UUID(made["id"])


def draft(there: House, factor: float) -> bytes:
    """Return the sample plan, its outline made smaller around its middle."""
    plans = there.district.catalogue.path.parent / "plans"
    document = json.loads((plans / f"{PLAN}.geojson").read_text(encoding="utf-8"))
    for feature in document["features"]:
        smaller = scale(shape(feature["geometry"]), factor, factor)
        feature["geometry"] = mapping(smaller)
    return json.dumps(document).encode()


def corner(there: House) -> dict[str, Any]:
    """Return a point at the northern edge of the plan, in degrees."""
    outline = shape(json.loads(draft(there, 0.8))["features"][0]["geometry"])
    return dict(mapping(max(map(Point, outline.exterior.coords), key=lambda one: one.y)))


def answered(there: House, case: UUID, office: str, *items: dict[str, Any]) -> None:
    """Take what is prepared for an office, add its own items, and release it."""
    task = there.task(case, office)
    made = there.call(office, "POST", f"/tasks/{task['id']}/contributions", 201, json={})
    taken(there, office, made)
    for said in items:
        there.call(office, "POST", f"/contributions/{made['id']}/items", 201, json=said)
    finished(there, office, made)


def taken(there: House, office: str, made: dict[str, Any]) -> None:
    """Take every prepared item as it is."""
    for item in (one for one in made["items"] if one["prepared"]):
        match = {"If-Match": f'"{item["revision"]}"'}
        said = {**{name: item[name] for name in WORDS}, "restricted": False}
        there.call(office, "PUT", f"/items/{item['id']}", headers=match, json=said)


def finished(there: House, office: str, made: dict[str, Any]) -> None:
    """Send an answer round in its office, and sign it where the office wants that."""
    path = f"/contributions/{made['id']}"
    if there.call(office, "POST", f"{path}/circulation")["state"] != "released":
        head = f"{office}-head"
        if head not in there.people:
            add(there, head, "officer", office=office, functions=["head"])
        there.call(head, "POST", f"{path}/signatures", json={})


def clear(there: House, case: UUID, office: str) -> None:
    """Say that an office has no objections."""
    path = f"/tasks/{there.task(case, office)['id']}/answers"
    there.call(office, "POST", path, 201, json={"kind": "keine_bedenken"})


def kept(there: House, who: str, where: str, folder: Path) -> dict[str, bytes]:
    """Load every document that somebody may, as it was told; also onto the disk, to look at."""
    folder.mkdir()
    found = {}
    for one in there.call(who, "GET", f"{where}/statements")["statements"][0]["files"]:
        answer = there.ask(who, "GET", one["href"])
        assert hashlib.sha256(answer.content).hexdigest() == one["sha256"]
        found[f"{one['edition']}/{one['form']}"] = answer.content
        (folder / f"{one['edition']}-{one['filename']}").write_bytes(answer.content)
    return found


def test_from_the_upload_to_the_sent_statement(there: House, tmp_path: Path) -> None:
    call = there.call
    case = handed_in(
        there, "/cases", draft(there, 1.0), procedure="par4-2", deadline=in_days(30),
        sender_reference="61-26", label="Vorentwurf",
    )  # fmt: skip
    where = f"/cases/{case}"
    proposed = call("coordinator", "GET", f"{where}/offices")["offices"]
    offices = sorted(one["office"] for one in proposed if not one["external"])
    assert len(offices) > 6
    for office in offices:
        add(there, office, "officer", office=office)

    # Whom to ask: one is dropped with a reason, one external body stands as a hint.
    dropped = {"decision": "drop", "reason": "Satzung ohne Belang für ein Gewerbegebiet."}
    call("coordinator", "PUT", f"{where}/offices/OA", json=dropped)
    call("coordinator", "PUT", f"{where}/offices/LfA", json={"decision": "hint"})
    asked = call("coordinator", "POST", f"{where}/release", 201, json={"due": in_days(12)})
    assert sorted(one["office"] for one in asked["asked"]) == [o for o in offices if o != "OA"]

    # A Nachforderung goes to the planner through the coordinator, and stops no clock.
    due = call("coordinator", "GET", where)["due"]
    question = {"question": "Bitte das Entwässerungskonzept nachreichen."}
    path = f"/tasks/{there.task(case, 'UWB')['id']}/supplements"
    supplement = call("UWB", "POST", path, 201, json=question)
    events = f"/supplements/{supplement['id']}/events"
    call("coordinator", "POST", events, json={"action": "forward", "text": question["question"]})
    assert call("coordinator", "GET", where)["state"] == "supplement_due"
    call("town", "POST", events, json={"action": "answer", "text": "Das Konzept liegt bei."})
    assert call("coordinator", "GET", where)["due"] == due

    # First answers, two of which exclude each other.
    hedge = {"kind": "forderung", "text": "Die Hecke am Nordrand ist zu erhalten.",
             "basis": "§ 15 (1) BNatSchG", "place": {"geometry": corner(there)}}  # fmt: skip
    answered(there, case, "UNB", hedge)
    sight = {"kind": "forderung", "basis": "§ 9 (1) Nr. 10 BauGB", "text":
             "Das Sichtdreieck an der Zufahrt ist von Bewuchs freizuhalten."}  # fmt: skip
    answered(there, case, "BAA", sight)
    clear(there, case, "BRK")

    # A revised draft: only those are asked again to whom something is new.
    again = handed_in(there, f"{where}/versions", draft(there, 0.8), label="Entwurf")
    assert again == case
    seen = call("coordinator", "GET", f"{where}/offices")
    assert seen["version"] == 2
    call("coordinator", "PUT", f"{where}/offices/OA", json=dropped)
    asked = call("coordinator", "POST", f"{where}/release", 201, json={"due": in_days(14)})
    renewed: set[str] = set()
    round_two = {one["office"] for one in asked["asked"]}
    assert round_two | set(asked["carried"]) == set(offices) - {"OA"}
    for office in sorted(round_two - {"IMM"}):
        task = call(office, "GET", f"/tasks/{there.task(case, office)['id']}")
        if task["reusable"]:
            reuse = {"reuse": task["reusable"][0]["id"]}
            made = call(office, "POST", f"/tasks/{task['id']}/contributions", 201, json=reuse)
            renewed |= {i["name"] for i in made["items"] if i["prepared"]}
            for item in (i for i in made["items"] if i["name"] == "UNB-2"):  # found no more
                match = {"If-Match": f'"{item["revision"]}"'}
                call(office, "DELETE", f"/items/{item['id']}", 204, headers=match)
                made["items"].remove(item)
            taken(there, office, made)
            finished(there, office, made)
        elif office in ("KE", "KLIMA", "UDB", "UWB"):
            answered(there, case, office)
        else:
            clear(there, case, office)

    # One stays silent beyond its day; it is reminded, and the coordinator told.
    yesterday = date.today() - timedelta(days=1)
    late = UUID(there.task(case, "IMM")["id"])
    with transaction(there.app.state.engine) as session:
        session.execute(update(Task).where(Task.id == late).values(due=yesterday))
    offices_of = there.district.offices
    assert remind_all(Desk(there.app.state.engine, there.app.state.house, offices_of, date.today()))
    assert call("UNB", "GET", f"{where}/answers")["awaited"] == ["IMM"]

    # One voice: the contradiction is found, and settled; the silent office is a gap with a reason.
    found = call("coordinator", "GET", f"{where}/consolidation")
    number = {i["text"]: i["number"] for one in found["offices"] for i in one["items"]}
    pairs = [one["items"] for one in found["contradictions"] if one["open"]]
    assert [number[hedge["text"]], number[sight["text"]]] in pairs
    resolution = "Die Hecke bleibt; sie wird im Sichtdreieck auf 80 cm Höhe gehalten."
    for pair in pairs:
        settled = {"items": pair, "resolution": resolution}
        call("coordinator", "PUT", f"{where}/contradictions", json=settled)
    statement = call("coordinator", "POST", f"{where}/statements", 201, json={})
    here = f"{where}/statements/{statement['id']}"
    said = {"verdict": "conditions", "assessment": found["assessment"]}
    call("coordinator", "PATCH", here, json=said)
    left = call("coordinator", "POST", f"{here}/circulation", 422)
    assert ("office", "IMM") in {(one["kind"], one["subject"]) for one in left["open"]}
    reason = "Die Frist läuft ab; der Beitrag folgt mit einer Ergänzung."
    gaps = [
        {"kind": one["kind"], "subject": one["subject"], "title": one["text"], "reason": reason}
        for one in call("coordinator", "GET", f"{where}/consolidation")["open"]
    ]
    call("coordinator", "PATCH", here, json={"gaps": gaps})
    signatures = call("coordinator", "POST", f"{here}/circulation")["signatures"]
    for one in signatures:
        add(there, one["code"], "coordinator", functions=[one["code"]])
        call(one["code"], "POST", f"{here}/signature", json={})
    sent = call("coordinator", "POST", f"{here}/sending")
    assert (sent["state"], call("coordinator", "GET", where)["state"]) == ("sent", "sent")
    way = {"way": "bebpo", "recipient": "Stadt Musterstadt"}
    call("coordinator", "POST", f"{here}/dispatches", 201, json=way)

    # What the planner gets says all of it, and nothing that stays in the house.
    inner = kept(there, "coordinator", where, tmp_path / "inner")
    outward = kept(there, "town", where, tmp_path / "outward")
    assert {name.partition("/")[0] for name in inner} == {"inner", "outward"}
    assert {name.partition("/")[0] for name in outward} == {"outward"}
    within, without = (html.fromstring(inner[f"{one}/html"]).text_content() for one in EDITIONS)
    for wanted in (hedge["text"], sight["text"], reason, "Entwurf", "Naturschutz"):
        assert str(wanted) in without
    # What was taken over has the figures of this draft, not of the one before.
    assert {"UNB-2", "BAA-1"} <= renewed
    assert "7,37 ha" in without
    assert not {"10,80 ha", "6.424,2 m²"} & set(re.findall(r"[\d.,]+ (?:ha|m²)", within + without))
    assert resolution in within
    assert resolution not in without

    # The silent office speaks after all: its words wait for a supplement.
    answered(there, case, "IMM")
    waiting = call("coordinator", "GET", f"{where}/answers")["supplement"]
    assert [one["office"] for one in waiting] == ["IMM"]
    second = call("coordinator", "POST", f"{where}/statements", 201, json={"kind": "supplement"})
    assert second["number"] == 2
    with transaction(there.app.state.engine) as session:
        assert list(faults(session)) == []
