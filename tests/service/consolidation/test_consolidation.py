"""One voice: contradictions, gaps, signatures, sending, and what comes afterwards."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select

from service.app import create_app
from service.blobs import Blobs
from service.cases.checking import carry_out
from service.config import Settings
from service.db import transaction
from service.district import District
from service.journal import faults
from service.models import Account, Case, Entry, Mail, Membership
from service.plans.intake import read_plan
from tests.service.api.people import person
from tests.service.cases.handing import case_of, hand_in, outline
from tests.service.cases.region import district as opened
from tests.service.cases.region import region
from tests.service.consolidation.answers import asked, decided

Headers = Mapping[str, str]
Say = Callable[..., Any]


@pytest.fixture
def district(tmp_path: Path) -> District:
    (tmp_path / "district").mkdir()
    return opened(region(tmp_path / "district"), tmp_path)


@pytest.fixture
def app(fresh_database_url: str, district: District, tmp_path: Path) -> Iterator[FastAPI]:
    made = create_app(Settings(data=tmp_path), fresh_database_url, district, read_plan)
    yield made
    made.state.engine.dispose()


@pytest.fixture
def case_id(app: FastAPI, district: District, tmp_path: Path) -> UUID:
    check_id = hand_in(app.state.engine, district, tmp_path, outline())
    carry_out(app.state.engine, district, Blobs(tmp_path / "blobs"), check_id)
    case_id: UUID = case_of(app.state.engine, check_id)
    return case_id


@pytest.fixture
def say(app: FastAPI, case_id: UUID) -> Say:
    """Return a caller for the coordinator: method, rest of the path, status expected, body."""
    client = TestClient(app, raise_server_exceptions=False)
    coordinator = person(app.state.engine, "coordinator")

    def call(method: str, rest: str, status: int, who: Headers | None = None, **body: Any) -> Any:
        answer = client.request(
            method, f"/api/v1/cases/{case_id}{rest}", headers=who or coordinator, **body
        )
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    return call


def signer(app: FastAPI, function: str) -> Headers:
    """Return somebody who may sign in a function."""
    headers = person(app.state.engine, "coordinator", login=function)
    with transaction(app.state.engine) as session:
        account = session.scalars(select(Account).where(Account.login == function)).one()
        account.functions = [function]
    return headers


def actions(app: FastAPI, case_id: UUID) -> list[str]:
    with transaction(app.state.engine) as session:
        rows = select(Entry.action).where(Entry.case_id == case_id).order_by(Entry.seq)
        return list(session.scalars(rows))


def test_from_answers_to_a_sent_statement(app: FastAPI, case_id: UUID, say: Say) -> None:
    engine = app.state.engine
    asked(engine, case_id, "UNB", [("forderung", "Hecke entlang der Straße pflanzen.")])
    asked(engine, case_id, "SBA", [("forderung", "Sichtdreieck freihalten."), ("hinweis", "x")])
    asked(engine, case_id, "UWB", [("keine_bedenken", "Keine Bedenken.")])
    asked(engine, case_id, "GA", None)
    asked(engine, case_id, "VA", None, state="not_affected", closing="Keine Vermessung berührt.")
    decided(engine, case_id, "OA", "drop", "Nur kraft Satzung, hier ohne Belang.")
    decided(engine, case_id, "LFD", "hint", None)

    found = say("GET", "/consolidation", 200)
    assert [one["office"] for one in found["offices"]] == ["GA", "SBA", "UNB", "UWB", "VA"]
    assert found["offices"][2]["items"][0]["label"] == "Forderung / Festsetzungsvorschlag"
    assert {one["office"] for one in found["dropped"]} == {"OA", "VA"}
    assert "LFD" in {one["office"] for one in found["outside"]}
    opens = {(one["kind"], one["subject"]) for one in found["open"]}
    assert ("office", "GA") in opens
    assert ("office", "VA") not in opens
    assert found["assessment"]

    two = {"items": ["UNB-1", "SBA-1"], "note": "Pflanzung im Sichtdreieck"}
    assert say("POST", "/contradictions", 201, json=two)["items"] == ["SBA-1", "UNB-1"]
    assert say("POST", "/contradictions", 409, json=two)["code"] == "contradiction-known"
    same = {"items": ["SBA-1", "SBA-2"], "note": "n"}
    assert say("POST", "/contradictions", 422, json=same)["code"] == "same-office"
    unknown = {"heading": "Wasser", "items": ["UWB-1", "UWB-9"]}
    assert say("POST", "/bundles", 422, json=unknown)["items"] == ["UWB-9"]
    bundle = say("POST", "/bundles", 201, json={"heading": "Grün", "items": ["UNB-1", "SBA-2"]})
    say("DELETE", f"/bundles/{bundle['id']}", 204)

    draft = say("POST", "/statements", 201, json={})
    here = f"/statements/{draft['id']}"
    assert say("POST", "/statements", 409, json={})["code"] == "statement-under-way"
    assert say("POST", f"{here}/circulation", 422)["code"] == "assessment-missing"
    said = {"verdict": "conditions", "assessment": "Dem Plan wird mit Auflagen zugestimmt."}
    say("PATCH", here, 200, json=said)
    left = say("POST", f"{here}/circulation", 422)
    assert left["code"] == "statement-incomplete"
    keys = {(one["kind"], one["subject"]) for one in left["open"]}
    assert {("office", "GA"), ("contradiction", "SBA-1/UNB-1")} <= keys
    settled = {"items": ["UNB-1", "SBA-1"], "resolution": "UNB verschiebt die Hecke um 10 m."}
    assert say("PUT", "/contradictions", 200, json=settled)["cause"] == "mark"
    gaps = [
        {"kind": kind, "subject": subject, "title": "t", "reason": "Die Frist läuft ab."}
        for kind, subject in keys
        if kind != "contradiction"
    ]
    say("PATCH", here, 200, json={"gaps": gaps})
    assert say("POST", f"{here}/sending", 409)["code"] == "statement-not-approved"
    preview = _loaded(app, {"href": f"/api/v1/cases/{case_id}{here}/preview"})
    assert preview.startswith(b"%PDF-")
    fixed = say("POST", f"{here}/circulation", 200)
    assert [one["state"] for one in fixed["signatures"]] == ["asked"]
    assert say("PATCH", here, 409, json=said)["code"] == "statement-fixed"
    assert say("POST", f"{here}/signature", 403, json={})["code"] == "signature-not-yours"

    head = signer(app, "staff-unit")
    assert say("POST", f"{here}/return", 422, head, json={})["code"] == "request-invalid"
    back = say("POST", f"{here}/return", 200, head, json={"remark": "Ziffer 1 kürzen."})
    assert (back["state"], back["sha256"]) == ("draft", None)
    again = say("POST", f"{here}/circulation", 200)
    assert again["sha256"] is not None
    approved = say("POST", f"{here}/signature", 200, head, json={"remark": "gesehen"})
    assert approved["state"] == "approved"
    sent = say("POST", f"{here}/sending", 200)
    assert sent["state"] == "sent"
    _documents(app, sent)
    assert say("POST", f"{here}/sending", 409)["code"] == "statement-not-approved"
    assert say("GET", "", 200)["state"] == "sent"
    with transaction(engine) as session:
        templates = set(session.scalars(select(Mail.template)))
        assert "statement_signature_asked" in templates
        assert list(faults(session)) == []

    way = {"way": "bebpo", "recipient": "Stadt Musterstadt"}
    say("POST", f"{here}/dispatches", 201, json=way)
    wrong = {"file": ("s.pdf", b"PK")}
    assert say("PUT", f"{here}/binding", 422, files=wrong)["code"] == "not-a-pdf"
    pdf = {"file": ("s.pdf", b"%PDF-1.7 signed")}
    bound = say("PUT", f"{here}/binding", 200, files=pdf)
    assert len(bound["binding"]) == 64
    packages = [one for one in bound["files"] if one["form"] == "package-signed"]
    assert {one["edition"] for one in packages} == {"inner", "outward"}
    assert b"%PDF-1.7 signed" in _loaded(app, packages[0])
    assert say("PUT", f"{here}/binding", 409, files=pdf)["code"] == "binding-there"
    results = [{"item": "UNB-1", "result": "partly", "text": "Hecke auf 50 m."}]
    say("POST", "/weighing", 204, json={"received": "2027-02-01", "results": results})
    told = say("GET", "/consolidation", 200)
    assert told["offices"][2]["items"][0]["weighed"] == "partly"

    assert say("POST", "/statements", 409, json={})["code"] == "statement-kind"
    silent = say("POST", "/statements", 422, json={"kind": "correction"})
    assert silent["code"] == "changes-missing"
    correction = {"kind": "correction", "changes": "Ziffer UNB-1: Länge berichtigt."}
    second = say("POST", "/statements", 201, json=correction)
    assert (second["number"], second["assessment"]) == (2, said["assessment"])
    assert say("GET", "", 200)["state"] == "sent"
    wanted = ["consolidation.begun", "cosigning.begun", "statement.signed", "statement.approved",
              "statement.sent", "statement.dispatched", "statement.bound"]  # fmt: skip
    happened = actions(app, case_id)
    assert happened.count("statement.sent") == 1
    assert set(wanted) <= set(happened)


def _loaded(app: FastAPI, file: Mapping[str, Any]) -> bytes:
    headers = person(app.state.engine, "coordinator")
    answer = TestClient(app, raise_server_exceptions=False).get(file["href"], headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.content


def _documents(app: FastAPI, sent: Mapping[str, Any]) -> None:
    """Both editions of every form are kept, under the hash that is told."""
    files = {(one["edition"], one["form"]): one for one in sent["files"]}
    forms = {form for _, form in files}
    assert {"pdf", "docx", "html", "map", "package", "weighing-xlsx", "json"} <= forms
    assert len(files) == 2 * len(forms)
    for one in files.values():
        assert hashlib.sha256(_loaded(app, one)).hexdigest() == one["sha256"]
    assert _loaded(app, files["outward", "pdf"]).startswith(b"%PDF-")
    outward = json.loads(_loaded(app, files["outward", "json"]))
    assert (outward["edition"], outward["cosigned"]) == ("outward", [])
    inner = zipfile.ZipFile(io.BytesIO(_loaded(app, files["inner", "package"]))).namelist()
    assert "audit.json" in inner
    assert "SHA256SUMS.txt" in inner


def test_a_planner_sees_what_was_sent_and_nothing_inner(
    app: FastAPI, case_id: UUID, say: Say
) -> None:
    planner = person(app.state.engine, "planner", login="own", organisation="Stadt")
    with transaction(app.state.engine) as session:
        account = session.scalars(select(Account).where(Account.login == "own")).one()
        member = select(Membership.organisation_id).where(Membership.account_id == account.id)
        session.get_one(Case, case_id).organisation_id = session.scalars(member).one()
    say("POST", "/statements", 201, json={})
    assert say("GET", "/statements", 200, planner) == {"statements": []}
    assert say("GET", "/consolidation", 403, planner)["code"] == "role-not-allowed"
