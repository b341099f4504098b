"""Deadlines over HTTP: shown with their steps, extended on record, switched off with a reason."""

from datetime import date
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient

from service.db import transaction
from service.models import Blob, Case, Document
from tests.service.api.serving import app, client, district
from tests.service.builders import account, case, organisation, square, token

__all__ = ["app", "client", "district"]
RECEIVED = date(2026, 1, 29)


def actions(client: TestClient, path: str, who: dict[str, str]) -> list[dict[str, Any]]:
    return list(client.get(f"{path}/journal", headers=who).json()["entries"])


def test_deadlines_are_shown_extended_and_kept_for_finding(
    app: FastAPI, client: TestClient
) -> None:
    with transaction(app.state.engine) as session:
        who = token(session, account(session, "coordinator"))
        ours = organisation(session)
        planner = token(session, account(session, "planner", ours))
        made = case(session, procedure="par4-2", received=RECEIVED, organisation=ours)
        path = f"/api/v1/cases/{made.id}"
        session.add(Blob(sha256="0" * 64, size=1))
        session.flush()
        proof = Document(case_id=made.id, kind="letter", blob="0" * 64, filename="mail.txt",
                         media_type="text/plain", facts={}, added_by="x")  # fmt: skip
        session.add(proof)
        session.flush()
        document = str(proof.id)

    seen = client.get(path, headers=who).json()["deadlines"]
    assert (seen["due"], seen["decisive"], seen["one_voice"]) == (
        "2026-03-02", "statement", "practice",
    )  # fmt: skip
    (clock,) = seen["clocks"]
    assert [step["basis"] for step in clock["steps"]][-1] == "§ 31 (3) S. 1 VwVfG, § 193 BGB"
    assert clock["late_basis"] == "§ 4a (5) BauGB"
    assert (seen["plan"]["answers_by"], seen["plan"]["sent_by"]) == ("2026-02-19", "2026-02-26")
    assert seen["warnings"] == []
    english = client.get(f"{path}/deadlines", headers={**who, "Accept-Language": "en"}).json()
    assert english["clocks"][0]["title"] == "Statement as an authority"
    outside = client.get(f"{path}/deadlines", headers=planner).json()
    assert (outside["due"], outside["plan"], outside["warnings"]) == ("2026-03-02", None, [])

    # Asked for: nothing moves. Granted: two weeks from the end before, and it is on record.
    asked = client.post(
        f"{path}/extensions", headers=who, json={"span": "P2W", "reason": "GUTACHTEN"}
    )
    assert (asked.status_code, asked.json()["state"]) == (201, "requested")
    assert client.get(path, headers=who).json()["deadlines"]["due"] == "2026-03-02"
    one = f"{path}/extensions/{asked.json()['id']}"
    foreign = {"state": "consented", "document": str(made.id)}
    assert client.patch(one, headers=who, json=foreign).json()["code"] == "document-unknown"
    granted = {"state": "consented", "decided_by": "Stadt Borna", "document": document}
    assert client.patch(one, headers=who, json=granted).json()["document"] == document
    assert client.patch(one, headers=who, json=granted).json()["code"] == "extension-decided"
    after = client.get(path, headers=who).json()
    assert (after["due"], after["deadlines"]["due"], after["deadline"]) == (
        "2026-03-16", "2026-03-16", None,
    )  # fmt: skip
    told = actions(client, path, who)[-2:]
    assert [one["action"] for one in told] == ["extension.requested", "extension.consented"]
    assert "GUTACHTEN" not in str([one["facts"] for one in told])
    assert told[-1]["facts"]["due"] == "2026-03-16"
    assert (
        client.get(f"{path}/deadlines", headers=planner).json()["extensions"][0]["reason"] is None
    )

    for wanted, found in (("deadline_from=2026-03-03", 1), ("deadline_to=2026-03-15", 0)):
        page = client.get(f"/api/v1/cases?{wanted}", headers=who).json()
        assert len(page["cases"]) == found, wanted


def test_an_extension_needs_one_end_and_a_clock_that_runs(app: FastAPI, client: TestClient) -> None:
    with transaction(app.state.engine) as session:
        who = token(session, account(session, "coordinator"))
        made = case(session, procedure="par4-2", received=RECEIVED)
        path = f"/api/v1/cases/{made.id}/extensions"
    both = {"until": "2026-03-09", "span": "P1W"}
    for body in ({}, both, {"span": "P0W"}, {"until": 1}):
        assert client.post(path, headers=who, json=body).status_code == 422, body
    unknown = client.post(path, headers=who, json={"clock": "objection", "span": "P1W"}).json()
    assert (unknown["code"], unknown["known"]) == ("clock-unknown", ["statement"])
    keyed = {**who, "Idempotency-Key": "k"}
    answers = [client.post(path, headers=keyed, json={"span": "P1W"}).json() for _ in range(2)]
    assert answers[0] == answers[1]
    granted = {"state": "consented", "until": "2026-04-10", "decided_by": "Stadt"}
    assert client.post(path, headers=who, json=granted).json()["state"] == "consented"
    assert client.get(path.rpartition("/")[0], headers=who).json()["due"] == "2026-04-10"
    refused = client.patch(
        f"{path}/{answers[0]['id']}", headers=who, json={"state": "refused", "until": "2027-01-01"}
    )
    assert (refused.json()["state"], refused.json()["until"]) == ("refused", None)
    assert client.get(path.rpartition("/")[0], headers=who).json()["due"] == "2026-04-10"


def test_the_six_weeks_are_switched_off_with_a_reason_and_on_again(
    app: FastAPI, client: TestClient
) -> None:
    with transaction(app.state.engine) as session:
        who = token(session, account(session, "coordinator"))
        made = case(session, procedure="planfeststellung", received=date(2026, 9, 1),
                    deadline=date(2026, 11, 30), dates={"public_from": "2026-09-07"})  # fmt: skip
        path = f"/api/v1/cases/{made.id}"
    clock = f"{path}/clocks/objection"
    match = {**who, "If-Match": "*"}
    assert client.put(clock, headers=who, json={"off": True, "reason": "x"}).status_code == 428
    assert client.put(clock, headers=match, json={"off": True}).status_code == 422
    assert client.put(clock, headers=match, json={"off": False, "reason": "x"}).status_code == 422
    stays = client.put(f"{path}/clocks/statement", headers=match, json={"off": True, "reason": "x"})
    assert stays.json()["code"] == "clock-stays"
    off = client.put(clock, headers=match, json={"off": True, "reason": "Kein Eigentum"}).json()
    assert (off["due"], off["decisive"]) == ("2026-11-30", "statement")
    shown = next(one for one in off["clocks"] if one["code"] == "objection")
    assert (shown["end"], shown["off"], shown["counts"]) == ("2026-10-19", "Kein Eigentum", False)
    on = client.put(clock, headers=match, json={"off": False}).json()
    assert (on["due"], on["decisive"], on["one_voice"]) == ("2026-10-19", "objection", "statute")
    told = actions(client, path, who)
    assert [one["action"] for one in told[-2:]] == ["clock.off", "clock.on"]
    assert told[-2]["detail"] == {"reason": "Kein Eigentum"}


def test_a_corrected_case_is_due_on_another_day(app: FastAPI, client: TestClient) -> None:
    with transaction(app.state.engine) as session:
        who = {**token(session, account(session, "coordinator")), "If-Match": "*"}
        made = case(session, procedure="par4-2", received=RECEIVED, shape=square())
        path = f"/api/v1/cases/{made.id}"
    fixed = {"deadline": "2026-02-28", "deadline_fixed": True}
    changes: list[tuple[dict[str, Any], str]] = [
        ({"deadline": "2026-02-28"}, "2026-03-02"),
        (fixed, "2026-02-28"),
        ({"deadline": "2026-02-20", "deadline_fixed": False}, "2026-03-02"),
        ({"procedure": "par13"}, "2026-02-20"),
        ({"procedure": "par6", "dates": {"complete": "2026-02-11"}}, "2026-03-11"),
    ]
    for change, due in changes:
        assert client.patch(path, headers=who, json=change).json()["due"] == due, change
    closed = client.post(f"{path}/events", headers=who, json={"action": "close"})
    assert closed.status_code == 200
    late = client.post(f"{path}/extensions", headers=who, json={"span": "P1W"})
    assert late.json()["code"] == "state-conflict"
    with transaction(app.state.engine) as session:
        assert session.get_one(Case, made.id).due == date(2026, 3, 11)


def test_a_calendar_is_subscribed_to_with_a_token_that_opens_nothing_else(
    app: FastAPI, client: TestClient
) -> None:
    def key(*scopes: str, role: str = "officer") -> str:
        with transaction(app.state.engine) as session:
            made = token(session, account(session, role), *scopes)
        return made["Authorization"].removeprefix("Bearer ")

    path = "/api/v1/offices/UNB/calendar.ics"
    narrow = key("calendar")
    found = client.get(path, params={"token": narrow})
    assert found.status_code == 200
    assert found.headers["content-type"] == "text/calendar; charset=utf-8"
    assert found.content.startswith(b"BEGIN:VCALENDAR\r\n")
    wide = client.get(path, params={"token": key("calendar", "read")})
    assert (wide.status_code, wide.json()["code"]) == (403, "token-too-wide")
    assert client.get(path, params={"token": "belang_x"}).status_code == 401
    assert client.get(path).status_code == 401
    bearer = {"Authorization": f"Bearer {narrow}"}
    assert client.get("/api/v1/cases", headers=bearer).status_code == 403
    assert client.get("/api/v1/cases", params={"token": narrow}).status_code == 401
    other = client.get("/api/v1/offices/UWB/calendar.ics", params={"token": narrow})
    assert (other.status_code, other.json()["code"]) == (403, "office-not-yours")
    all_of_them = {"token": key("calendar", role="coordinator")}
    assert client.get("/api/v1/offices/UWB/calendar.ics", params=all_of_them).status_code == 200
    assert client.get("/api/v1/offices/NIX/calendar.ics", params=all_of_them).status_code == 404
