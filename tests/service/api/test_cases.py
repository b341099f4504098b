"""Reading and changing cases over HTTP: ETags, steps, claims, parties, what is hidden."""

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from service.cases.drafts import last_version
from service.cases.parties import Named, addressee_and_copies
from service.cases.state import State
from service.cases.trenching import Gap, Work, proposals
from service.db import transaction
from tests.service.api.serving import app, client, district
from tests.service.builders import account, case, check, organisation, square, token

__all__ = ["app", "client", "district"]


def test_a_case_is_changed_by_who_has_seen_its_last_revision(
    app: FastAPI, client: TestClient
) -> None:
    with transaction(app.state.engine) as session:
        who = token(session, account(session, "coordinator"))
        path = f"/api/v1/cases/{case(session, shape=square()).id}"
    seen = client.get(path, headers=who)
    assert (seen.status_code, seen.json()["view"]) == (200, "full")
    kept = {**who, "If-None-Match": seen.headers["etag"]}
    assert client.get(path, headers=kept).status_code == 304
    change = {"title": "Anders", "dates": {"public_from": "2026-05-04"}}
    assert client.patch(path, headers=who, json=change).status_code == 428
    match = {**who, "If-Match": seen.headers["etag"]}
    changed = client.patch(path, headers=match, json=change)
    assert (changed.status_code, changed.json()["title"]) == (200, "Anders")
    assert client.patch(path, headers=match, json={"title": "Nein"}).status_code == 412
    assert client.get(path, headers=who).json()["dates"] == {"public_from": "2026-05-04"}
    told = client.get(f"{path}/journal", headers=who).json()["entries"]
    assert told[-1]["action"] == "case.changed"
    assert told[-1]["detail"]["after"]["title"] == "Anders"
    steps = [("rest", 422), ("resume", 409), ("close", 200), ("archive", 200), ("close", 409)]
    for action, status in steps:
        answer = client.post(f"{path}/events", headers=who, json={"action": action})
        assert answer.status_code == status, (action, answer.text)


def test_an_office_sees_the_outline_until_it_claims(app: FastAPI, client: TestClient) -> None:
    with transaction(app.state.engine) as session:
        officer = token(session, account(session, "officer"))
        path = f"/api/v1/cases/{case(session, summary='geheim', shape=square()).id}"
    seen = client.get(path, headers=officer)
    assert set(seen.json()) == {
        "view", "id", "title", "municipalities", "municipality_names", "deadline", "due",
        "outline",
    }  # fmt: skip
    for more in ("journal", "neighbours", "parties"):
        assert client.get(f"{path}/{more}", headers=officer).status_code == 403
    claim = {"reason": "Bodendenkmal"}
    assert client.post(f"{path}/claims", headers=officer, json=claim).status_code == 201
    assert client.post(f"{path}/claims", headers=officer, json=claim).status_code == 409
    assert client.get(path, headers=officer).json()["summary"] == "geheim"
    entries = client.get(f"{path}/journal", headers=officer).json()["entries"]
    assert {entry["by"] for entry in entries} == {None}


@pytest.mark.parametrize("role", ["steward", "administrator"])
def test_steward_and_administrator_see_outlines_of_open_cases(
    app: FastAPI, client: TestClient, role: str
) -> None:
    with transaction(app.state.engine) as session:
        who = token(session, account(session, role))
        seen = case(session, summary="geheim", shape=square())
        closed = case(session, state=State.CLOSED, shape=square(east=50))
    path = f"/api/v1/cases/{seen.id}"
    assert client.get(path, headers=who).json().keys() == {
        "view", "id", "title", "municipalities", "municipality_names", "deadline", "due",
        "outline",
    }  # fmt: skip
    assert client.get(f"/api/v1/cases/{closed.id}", headers=who).status_code == 404
    listed = client.get("/api/v1/cases?format=geojson", headers=who).json()["features"]
    assert [(one["id"], one["properties"]["view"]) for one in listed] == [(str(seen.id), "outline")]
    assert listed[0]["geometry"]["type"] == "Polygon"
    # Nothing can be found by what is not shown, nor got at by another way.
    for query in ("q=geheim", f"q={seen.reference}", f"kind={seen.kind}", "state=closed"):
        found = client.get(f"/api/v1/cases?{query}&count=true", headers=who)
        assert (found.status_code, found.json()["total"]) == (200, 0), query
    by_title = client.get("/api/v1/cases?q=See&count=true", headers=who)
    assert by_title.json()["total"] == 1
    page = client.get("/vorgaenge", headers={**who, "Accept": "text/html"})
    assert page.status_code == 200
    assert seen.title in page.text
    assert seen.reference not in page.text
    for more in ("journal", "neighbours", "parties", "documents", "checks", "deadlines"):
        assert client.get(f"{path}/{more}", headers=who).status_code == 403


def test_a_foreign_case_does_not_exist_for_planners(app: FastAPI, client: TestClient) -> None:
    with transaction(app.state.engine) as session:
        ours = organisation(session)
        planner = token(session, account(session, "planner", ours))
        other = case(session, shape=square(), organisation=organisation(session))
        own = case(session, shape=square(east=50), organisation=ours)
    foreign = f"/api/v1/cases/{other.id}"
    match = {**planner, "If-Match": "*"}
    assert client.get(foreign, headers=planner).status_code == 404
    assert client.patch(foreign, headers=match, json={"title": "x"}).status_code == 404
    assert client.get(f"{foreign}/neighbours", headers=planner).status_code == 404
    assert client.get(f"/api/v1/cases/{own.id}/neighbours", headers=planner).json()["total"] == 0
    page = client.get("/api/v1/cases?format=geojson&count=true", headers=planner)
    assert [f["id"] for f in page.json()["features"]] == [str(own.id)]
    assert page.json()["numberMatched"] == 1


def test_neighbours_add_up_after_union_and_parties_address(
    app: FastAPI, client: TestClient
) -> None:
    with transaction(app.state.engine) as session:
        who = token(session, account(session, "coordinator"))
        path = f"/api/v1/cases/{case(session, shape=square()).id}"
        case(session, shape=square(east=50))
        case(session, shape=square(east=50))
    around = client.get(f"{path}/neighbours?within_m=0", headers=who).json()
    assert around["sums"] == [{"kind": "bebauungsplan", "count": 2, "area_m2": 10_000.0}]
    assert {n["overlap_m2"] for n in around["neighbours"]} == {5_000.0}
    given = {"parties": [{"part": "planning_authority", "name": "Stadt Borna"}]}
    put = client.put(f"{path}/parties", headers={**who, "If-Match": "*"}, json=given)
    assert put.json()["addressee"]["name"] == "Stadt Borna"


def test_an_office_learns_of_broadband_gaps_as_the_coordinator_does(
    app: FastAPI, client: TestClient
) -> None:
    gap = {"layer": "breitband_luecken", "outcome": "affected", "objects": [{"name": "Zedtlitz"}]}
    with transaction(app.state.engine) as session:
        who = account(session, "officer")
        officer = token(session, who)
        made = case(session, shape=square(), kind="leitung")
        check(session, last_version(session, made), who.office, report={"findings": [gap]},
              audience="office")  # fmt: skip
    around = client.get(f"/api/v1/cases/{made.id}/neighbours", headers=officer).json()
    (proposal,) = around["trenching"]
    assert proposal["reference"] is None
    assert "Zedtlitz" in proposal["because"]


def test_the_municipality_stays_the_addressee_under_4b() -> None:
    town, office = Named("planning_authority", "Stadt"), Named("commissioned_office", "Büro")
    goes = addressee_and_copies([office, town, Named("sender", "Büro")], "par4-2")
    assert (goes.to, goes.copies) == (town, (office,))
    assert goes.note is not None
    assert addressee_and_copies([town], "bimschg").missing == "leading_authority"


def test_who_digs_along_each_other_at_the_same_time_digs_once() -> None:
    from datetime import date

    import shapely

    def work(kind: str, north: float, month: int) -> Work:
        strip = shapely.box(0, north, 500, north + 2)
        days = date(2027, month, 1), date(2027, month, 28)
        return Work(f"R{north:.0f}", "Trasse", kind, strip, 2.0, *days)

    own = work("leitung", 0, 3)
    found = proposals(own, [work("radweg", 10, 3), work("strasse", 15, 9), work("abbau", 5, 3)])
    assert [(p.reference, p.shared_m, p.certain) for p in found] == [("R10", 500.0, True)]
    assert proposals(own, [work("radweg", 23, 3)]) == ()
    assert proposals(own, [], [Gap("breitband_luecken", "Zedtlitz")])[0].reference is None
    assert proposals(work("abbau", 0, 3), [own]) == ()
