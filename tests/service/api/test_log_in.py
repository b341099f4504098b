"""Logging in with a password: sessions, what guards them, how often one may try; own tokens."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import process_time
from uuid import uuid4

import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import func, select, update

from service import journal
from service.access.passwords import is_outdated
from service.app import create_app
from service.config import Settings
from service.db import transaction
from service.district import District
from service.models.account import Account, LoginSession
from tests.service.access.entering import PASSWORD, entered, known, log_in
from tests.service.api.serving import district

__all__ = ["district"]
OTHER = "noch ein anderes Passwort"
SESSION, ACCOUNTS = "/api/v1/session", "/api/v1/accounts"


@pytest.fixture(scope="module")
def app(
    postgres: object, template: str, district: District, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[FastAPI]:
    settings = Settings(
        data=tmp_path_factory.mktemp("data"),
        login_tries=2,
        anonymous_checks_per_minute=2,
        uploads_per_minute=3,
        upload_bytes=1_000,
        document_bytes=1_000,
    )
    with postgres.database(template) as name:  # type: ignore[attr-defined]
        made = create_app(settings, postgres.url(name), district)  # type: ignore[attr-defined]
        known(made, "admin", "administrator")
        yield made
        made.state.engine.dispose()


def role(client: TestClient) -> str:
    return str(client.get(SESSION).json()["role"])


def with_cookie(app: FastAPI, key: str) -> TestClient:
    return TestClient(app, cookies={"belang": key})


def test_a_log_in_opens_a_session_of_its_own(app: FastAPI) -> None:
    known(app, "rotating")
    client = entered(app, "Rotating")
    first = client.cookies["belang"]
    assert role(client) == "coordinator"
    assert log_in(client, "rotating").status_code == 201
    second = client.cookies["belang"]
    assert first != second
    assert [role(with_cookie(app, key)) for key in (first, second)] == ["public", "coordinator"]
    # What somebody else has laid into the browser does not become a session.
    planted = with_cookie(app, "x" * 43)
    assert log_in(planted, "rotating").status_code == 201
    assert role(with_cookie(app, "x" * 43)) == "public"


def test_the_cookie_is_for_the_browser_and_this_host_alone(app: FastAPI, tmp_path: Path) -> None:
    known(app, "cookie")
    plain = log_in(TestClient(app), "cookie").headers["set-cookie"]
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(plain.split("; "))
    assert "Domain" not in plain
    assert "expires" not in plain.lower()
    settings = Settings(data=tmp_path, base_url="https://belang.example")  # type: ignore[arg-type]
    secured = create_app(settings, app.state.engine.url.render_as_string(False), app.state.district)
    answer = log_in(TestClient(secured), "cookie")
    assert answer.headers["set-cookie"].startswith("__Host-belang=")
    assert {"HttpOnly", "SameSite=lax", "Path=/", "Secure"} <= set(
        answer.headers["set-cookie"].split("; ")
    )
    assert answer.headers["strict-transport-security"] == "max-age=31536000"
    secured.state.engine.dispose()


def test_logging_out_ends_the_session_on_the_server(app: FastAPI) -> None:
    known(app, "leaving")
    client = entered(app, "leaving")
    key = client.cookies["belang"]
    answer = client.delete(SESSION)
    assert answer.status_code == 204
    assert 'belang=""' in answer.headers["set-cookie"]
    assert role(with_cookie(app, key)) == "public"
    assert TestClient(app).delete(SESSION).status_code == 204  # nobody is logged in; so be it


def test_a_page_of_others_changes_nothing(app: FastAPI) -> None:
    known(app, "guarded")
    client = entered(app, "guarded")
    right = client.headers["X-CSRF-Token"]
    del client.headers["X-CSRF-Token"]
    foreign = entered(app, "guarded").headers["X-CSRF-Token"]

    def code(**headers: str) -> tuple[int, str]:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = client.patch("/api/v1/account", json={"language": "en"}, headers=given)
        return answer.status_code, answer.json().get("code", "")

    refused, done = (403, "csrf"), (200, "")
    assert code() == refused
    assert code(X_CSRF_Token="") == refused
    assert code(X_CSRF_Token=foreign) == refused  # of another session of the same person
    assert code(X_CSRF_Token=right, Origin="http://evil.example") == refused
    assert code(X_CSRF_Token=right, Origin="null") == refused
    assert code(X_CSRF_Token=right, Origin="http://testserver:81") == refused
    assert code(X_CSRF_Token=right, Origin="https://testserver") == refused
    assert code(X_CSRF_Token=right, Sec_Fetch_Site="cross-site") == refused
    assert code(X_CSRF_Token=right, Sec_Fetch_Site="same-site") == refused
    assert code(X_CSRF_Token=right) == done
    assert (
        code(X_CSRF_Token=right, Origin="http://testserver", Sec_Fetch_Site="same-origin") == done
    )
    for method, path in (("POST", "/api/v1/tokens"), ("DELETE", SESSION), ("POST", "/abmelden")):
        assert client.request(method, path).status_code == 403
    # Nobody is logged in with somebody else's name either.
    body = {"login": "guarded", "password": PASSWORD}
    outside = TestClient(app).post(SESSION, json=body, headers={"Origin": "http://evil.example"})
    assert (outside.status_code, outside.json()["code"]) == (403, "csrf")
    assert client.get(SESSION, headers={"Origin": "http://evil.example"}).status_code == 200


def test_a_form_brings_the_token_in_a_field(app: FastAPI) -> None:
    client = entered(app, "admin")
    right = client.headers.pop("X-CSRF-Token")
    address = "/api/v1/organisations"
    assert client.post(address, data={"csrf": "x"}).status_code == 403
    past = client.post(address, data={"csrf": right})  # past the guard, refused as it is no JSON
    assert (past.status_code, past.json()["code"]) == (422, "request-invalid")


def test_nobody_learns_which_accounts_there_are(app: FastAPI) -> None:
    known(app, "silent")
    gone = known(app, "closed")
    admin = entered(app, "admin")
    assert admin.patch(f"{ACCOUNTS}/{gone}", json={"active": False}).status_code == 200
    known(app, "elsewhere", subject="https://id.example|7", password=None)
    tries = {"silent": OTHER, "closed": PASSWORD, "elsewhere": PASSWORD, "nobody": PASSWORD}
    answers, seconds = [], []
    for name, password in tries.items():
        client = TestClient(app)
        begun = process_time()
        answer = log_in(client, name, password)
        seconds.append(process_time() - begun)
        said = answer.json()
        said.pop("instance")
        answers.append((answer.status_code, said, "set-cookie" in answer.headers))
    assert answers == [answers[0]] * 4
    assert answers[0][0] == 401
    assert answers[0][1]["code"] == "log-in-failed"
    # A hash is computed for each: without one an answer takes a tenth of that.
    assert max(seconds) < 4 * min(seconds)


def test_tries_are_counted_by_account_and_by_address(app: FastAPI) -> None:
    known(app, "tried")
    client = TestClient(app, client=("192.0.2.1", 1))
    assert [log_in(client, "tried", OTHER).status_code for _ in range(4)] == [401] * 2 + [429] * 2
    late = log_in(client, "TRIED")  # right, and too late
    assert (late.status_code, late.json()["code"]) == (429, "too-often")
    assert 0 < int(late.headers["retry-after"]) <= 15 * 60
    unknown = [log_in(client, "untold", OTHER).status_code for _ in range(3)]
    assert unknown == [401] * 2 + [429]  # no difference to an account that exists
    here = [log_in(client, f"guess{n}", OTHER).status_code for n in range(20)]
    assert 401 in here
    assert here[-1] == 429
    assert log_in(client, "admin").status_code == 429
    assert log_in(TestClient(app, client=("192.0.2.7", 1)), "admin").status_code == 201


def test_a_weak_hash_is_made_again_at_the_next_log_in(app: FastAPI) -> None:
    number = known(app, "weak")
    old = PasswordHasher(time_cost=1, memory_cost=8_192, parallelism=1).hash(PASSWORD)
    with transaction(app.state.engine) as session:
        session.execute(update(Account).where(Account.id == number).values(password=old))
    assert log_in(TestClient(app, client=("192.0.2.8", 1)), "weak").status_code == 201
    with transaction(app.state.engine) as session:
        new = session.scalars(select(Account.password).where(Account.id == number)).one()
    assert new is not None
    assert not is_outdated(new)


def test_a_session_that_is_too_old_is_none(app: FastAPI) -> None:
    number = known(app, "sleeping")
    client = TestClient(app, client=("192.0.2.9", 1))
    log_in(client, "sleeping")
    late = datetime.now(UTC) - timedelta(minutes=30)
    with transaction(app.state.engine) as session:
        these = update(LoginSession).where(LoginSession.account_id == number)
        session.execute(these.values(seen=late))
    assert role(client) == "public"


def test_another_password_ends_the_other_sessions(app: FastAPI) -> None:
    known(app, "changing")
    here, there = (browser(app, "changing") for _ in range(2))
    until = (datetime.now(UTC) + timedelta(days=9)).isoformat()
    asked = {"name": "t", "scopes": ["read"], "expires": until}
    token = there.post("/api/v1/tokens", json=asked).json()["token"]
    program = TestClient(app, headers={"Authorization": f"Bearer {token}"})
    assert role(program) == "coordinator"
    body = {"current": OTHER, "password": OTHER}
    wrong = here.put("/api/v1/account/password", json=body)
    assert (wrong.status_code, wrong.json()["code"]) == (403, "password-wrong")
    common = {"current": PASSWORD, "password": "passwort1234!"}
    refused = here.put("/api/v1/account/password", json=common).json()
    assert refused["code"] == "password-too-common"
    body["current"] = PASSWORD
    assert here.put("/api/v1/account/password", json=body).status_code == 204
    assert [role(here), role(there)] == ["coordinator", "public"]
    assert program.get(SESSION).json()["code"] == "token-invalid"  # whoever knew the old one had it
    assert browser(app, "changing", OTHER)


def browser(app: FastAPI, login: str, password: str = PASSWORD) -> TestClient:
    """Return a logged-in browser at an address from which nobody has tried."""
    client = TestClient(app, client=("198.51.100.1", 1))
    answer = log_in(client, login, password)
    assert answer.status_code == 201, answer.text
    client.headers["X-CSRF-Token"] = answer.json()["csrf"]
    return client


def test_an_account_from_its_making_to_its_end(app: FastAPI) -> None:
    admin = browser(app, "admin")
    body = {"login": "Rita.Amt", "name": "Rita", "role": "officer", "office": "UNB"}
    made = admin.post(ACCOUNTS, json=body, headers={"Idempotency-Key": "k1"})
    again = admin.post(ACCOUNTS, json=body, headers={"Idempotency-Key": "k1"})
    assert (made.status_code, again.json()["id"]) == (201, made.json()["id"])
    assert again.json()["password"] is None  # shown once
    assert admin.post(ACCOUNTS, json=body | {"login": "rita.amt"}).json()["code"] == "login-taken"
    codes = {"NOPE": "office-unknown", None: "office-required"}
    for office, code in codes.items():
        other = body | {"login": "xy", "office": office}
        assert admin.post(ACCOUNTS, json=other).json()["code"] == code
    address = f"{ACCOUNTS}/{made.json()['id']}"
    rita = browser(app, "rita.amt", made.json()["password"])
    token = rita.post("/api/v1/tokens", json=token_body("read", "write")).json()
    program = TestClient(app, headers={"Authorization": f"Bearer {token['token']}"})
    assert [role(rita), role(program)] == ["officer", "officer"]
    assert rita.get(ACCOUNTS).status_code == 403
    reset = admin.put(f"{address}/password", json={}).json()["password"]
    assert [role(rita), program.get(SESSION).json()["code"]] == ["public", "token-invalid"]
    rita = browser(app, "rita.amt", reset)
    assert admin.patch(address, json={"active": False}).json()["active"] is False
    assert role(rita) == "public"
    assert log_in(TestClient(app, client=("198.51.100.2", 1)), "rita.amt", reset).status_code == 401
    own = admin.get(SESSION).json()["account"]
    last = admin.patch(f"{ACCOUNTS}/{own}", json={"active": False})
    assert (last.status_code, last.json()["code"]) == (409, "last-administrator")


def test_accounts_are_listed_page_by_page(app: FastAPI) -> None:
    admin = browser(app, "admin")
    for login in ("zoe", "Zacharias", "zorn"):
        known(app, login)
    logins, address = [], f"{ACCOUNTS}?limit=2"
    while address:
        page = admin.get(address)
        assert page.status_code == 200, page.text
        assert len(page.json()["accounts"]) <= 2
        logins += [one["login"] for one in page.json()["accounts"]]
        address = page.json()["next"]
    with transaction(app.state.engine) as session:
        assert len(logins) == session.scalar(select(func.count()).select_from(Account))
    assert logins[-3:] == ["Zacharias", "zoe", "zorn"]
    for wrong, code in ((str(uuid4()), "cursor-invalid"), ("x", "request-invalid")):
        answer = admin.get(ACCOUNTS, params={"cursor": wrong})
        assert (answer.status_code, answer.json()["code"]) == (422, code)


def token_body(*scopes: str, days: int = 10) -> dict[str, object]:
    expires = datetime.now(UTC) + timedelta(days=days)
    return {"name": "t", "scopes": scopes, "expires": expires.isoformat()}


def test_a_token_of_any_scope_asks_who_it_is_and_gets_no_farther(app: FastAPI) -> None:
    known(app, "program")
    client = browser(app, "program")
    made = client.post("/api/v1/tokens", json=token_body("checks")).json()
    program = TestClient(app, headers={"Authorization": f"Bearer {made['token']}"})
    said = program.get(SESSION).json()
    assert (said["role"], said["scopes"], said["csrf"]) == ("coordinator", ["checks"], None)
    assert program.get("/api/v1/cases").status_code == 403
    assert program.post("/api/v1/tokens", json=token_body("read")).status_code == 403
    writer = client.post("/api/v1/tokens", json=token_body("read", "write")).json()
    program.headers["Authorization"] = f"bearer {writer['token']}"
    wider = program.post("/api/v1/tokens", json=token_body("admin"))
    assert (wider.status_code, wider.json()["code"]) == (403, "token-wider")
    assert program.post("/api/v1/tokens", json=token_body("read", days=11)).status_code == 403
    listed = client.get("/api/v1/tokens").json()
    assert [one["scopes"] for one in listed] == [["read", "write"], ["checks"]]
    assert "token" not in listed[0]
    assert client.delete(f"/api/v1/tokens/{writer['id']}").status_code == 204
    assert program.get(SESSION).json()["code"] == "token-invalid"


def test_what_is_asked_too_often_says_when_to_come_again(app: FastAPI) -> None:
    client = TestClient(app, client=("203.0.113.5", 1))
    answers = [client.post("/api/v1/checks") for _ in range(3)]
    assert [answer.status_code for answer in answers[:2]].count(429) == 0
    assert (answers[2].status_code, answers[2].json()["code"]) == (429, "too-often")
    assert 0 < int(answers[2].headers["retry-after"]) <= 61


@pytest.mark.parametrize("address", ["/api/v1/checks", "/api/v1/cases"])
def test_what_is_handed_in_is_counted_by_account(app: FastAPI, address: str) -> None:
    busy, other = (f"{name}{len(address)}" for name in ("busy", "other"))
    for login in (busy, other):
        known(app, login)
    plan = {"file": ("plan.geojson", b"{}")}
    client = browser(app, busy)
    answers = [client.post(address, files=plan) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [422, 422, 422, 429]
    assert 0 < int(answers[-1].headers["retry-after"]) <= 61
    assert "noch einmal versuchen" in answers[-1].json()["detail"]
    assert browser(app, other).post(address, files=plan).status_code == 422


def test_every_answer_keeps_a_browser_from_doing_with_it_what_nobody_meant(app: FastAPI) -> None:
    client = TestClient(app, client=("203.0.113.6", 1))
    answers = [
        client.get(SESSION), client.get("/api/v1/cases"), client.get("/nowhere"),
        client.put(SESSION), client.post(SESSION, content=b"{"), log_in(client, "nobody"),
        client.get("/anmelden", headers={"Accept": "text/html"}), client.get("/healthz"),
        client.get("/nowhere", headers={"Accept": "text/html"}),
        client.post(SESSION, content=b" " * 6_100_000),
    ]  # fmt: skip
    assert {answer.status_code for answer in answers} >= {200, 401, 404, 405, 413, 422}
    for answer in answers:
        assert answer.headers["x-content-type-options"] == "nosniff", answer.request.url
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["referrer-policy"] in ("no-referrer", "same-origin")
        assert answer.headers["cache-control"] == "no-store"
        assert "server" not in answer.headers


def test_all_of_it_is_on_record_and_the_record_is_whole(app: FastAPI) -> None:
    with transaction(app.state.engine) as session:
        assert list(journal.faults(session)) == []
