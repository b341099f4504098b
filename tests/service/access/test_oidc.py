"""Logging in through a real identity provider: the code flow with PKCE, and how it may go wrong."""

import json
import re
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import SecretStr
from sqlalchemy import select

from service import journal
from service.access import flow, membership
from service.access.oidc import Provider
from service.app import create_app
from service.config import Settings
from service.db import transaction
from service.district import District
from service.errors import ForbiddenError, UnavailableError
from service.models.account import Account
from service.models.journal import Entry
from tests.service.access.entering import known
from tests.service.api.serving import district
from tests.service.postgres import Server

__all__ = ["district"]
FOLDER = Path(__file__).parent / "provider"
BACK = "http://testserver/api/v1/oidc/callback"
START, SESSION = "/api/v1/oidc/start", "/api/v1/session"


@dataclass(frozen=True)
class Identities:
    """A provider that runs, and the file with the claims of its people."""

    issuer: str
    people: Path

    def say(self, login: str, **claims: Any) -> None:
        """Let the provider say this of somebody from now on."""
        told = json.loads(self.people.read_text()) if self.people.exists() else {}
        self.people.write_text(json.dumps({**told, login: claims}))


@contextmanager
def running(people: Path, port: int = 0) -> Iterator[Identities]:
    if not (FOLDER / "node_modules").is_dir():
        pytest.skip("the provider is not installed: npm ci in tests/service/access/provider")
    child = subprocess.Popen(
        ["node", "provider.mjs", str(people), BACK, str(port)],
        cwd=FOLDER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        text=True,
    )  # fmt: skip
    with child:
        assert child.stdout is not None
        try:
            yield Identities(child.stdout.readline().strip(), people)
        finally:
            child.kill()


@pytest.fixture(scope="module")
def identities(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Identities]:
    with running(tmp_path_factory.mktemp("identities") / "people.json") as found:
        yield found


def settings_for(issuer: str, data: Path) -> Settings:
    secret = SecretStr("secret of belang")
    return Settings(
        data=data, oidc_issuer=issuer, oidc_client_id="belang", oidc_client_secret=secret
    )  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def app(
    postgres: Server,
    template: str,
    district: District,
    identities: Identities,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[FastAPI]:
    settings = settings_for(identities.issuer, tmp_path_factory.mktemp("data"))
    with postgres.database(template) as name:
        made = create_app(settings, postgres.url(name), district)
        with transaction(made.state.engine) as session:
            for town in ("Borna", "Grimma"):
                membership.founded(session, by="system", name=town, kind="municipality")
        yield made
        made.state.engine.dispose()


def browser(app: FastAPI, **more: Any) -> TestClient:
    return TestClient(app, follow_redirects=False, raise_server_exceptions=False, **more)


def away(client: TestClient, target: str = "/") -> str:
    """Begin to log in; returns the address at the provider."""
    answer = client.get(START, params={"next": target})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def at_provider(address: str, login: str) -> str:
    """Log in at the provider by its own forms; returns where it leads back to."""
    with httpx2.Client(trust_env=False) as there:
        answer = there.get(address)
        for _ in range(12):
            if answer.is_redirect:
                address = str(answer.url.join(answer.headers["location"]))
                if address.startswith(BACK):
                    return address
                answer = there.get(address)
                continue
            answer = there.post(form(answer), data=fields(answer, login))
    raise AssertionError(answer.text)


def form(answer: httpx2.Response) -> str:
    found = re.search(r'<form[^>]* action="([^"]+)"', answer.text)
    assert found, answer.text
    return str(answer.url.join(found[1].replace("&amp;", "&")))


def fields(answer: httpx2.Response, login: str) -> dict[str, str]:
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', answer.text))
    return hidden | ({"login": login, "password": "x"} if hidden["prompt"] == "login" else {})


def with_query(address: str, **changed: str) -> str:
    parts = urlsplit(address)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()} | changed
    return parts._replace(query=urlencode(query)).geturl()


def come_in(client: TestClient, login: str) -> httpx2.Response:
    return client.get(at_provider(away(client), login))


def who(client: TestClient) -> Mapping[str, Any]:
    said: Mapping[str, Any] = client.get(SESSION).json()
    return said


def code(answer: httpx2.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_the_whole_way_in_and_out(app: FastAPI, identities: Identities) -> None:
    identities.say(
        "u1", name="Uta Muster", preferred_username="uta", email="uta@example.org",
        belang_role="officer", belang_office="UNB",
    )  # fmt: skip
    client = browser(app)
    address = away(client, "/vorgaenge?x=1")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert {"state", "nonce", "code_challenge"} <= asked.keys()
    assert client.cookies["belang-oidc"] not in address
    back = at_provider(address, "u1")
    answer = client.get(back)
    assert answer.status_code == 303, answer.text
    assert answer.headers["location"] == "http://testserver/vorgaenge?x=1"
    assert "belang-oidc" not in client.cookies
    me = who(client)
    assert (me["name"], me["role"], me["office"]) == ("Uta Muster", "officer", "UNB")
    key = client.cookies["belang"]
    assert client.delete(SESSION, headers={"X-CSRF-Token": me["csrf"]}).status_code == 204
    assert who(TestClient(app, cookies={"belang": key}))["role"] == "public"
    with transaction(app.state.engine) as session:
        account = session.scalars(select(Account).where(Account.login == "uta")).one()
        assert account.subject == f"{identities.issuer}|u1"
        assert (account.password, account.mail) == (None, "uta@example.org")


def test_what_the_provider_says_counts_at_the_next_log_in(
    app: FastAPI, identities: Identities
) -> None:
    identities.say("u2", name="Vera", belang_role="officer", belang_office="UNB")
    before = browser(app)
    assert come_in(before, "u2").status_code == 303
    number = who(before)["account"]
    with transaction(app.state.engine) as session:
        account = session.get_one(Account, number)
        account.functions = ["head"]
    identities.say("u2", name="Vera Neu", belang_role=["x", "officer"], belang_office="UWB")
    client = browser(app)
    assert come_in(client, "u2").status_code == 303
    me = who(client)
    assert (me["account"], me["name"], me["office"]) == (number, "Vera Neu", "UWB")
    assert who(before)["office"] == "UWB"  # sessions from before, too
    with transaction(app.state.engine) as session:
        assert session.get_one(Account, number).functions == []  # head of UNB, not of UWB
        last = select(Entry).where(Entry.action == "account.changed").order_by(Entry.seq.desc())
        assert session.scalars(last).first().facts["office"] == "UWB"  # type: ignore[union-attr]
    identities.say("u2", belang_role="planner", belang_organisation=["Borna", "Grimma"])
    assert come_in(client, "u2").status_code == 303
    assert (who(client)["role"], len(who(client)["organisations"])) == ("planner", 2)
    identities.say("u2", belang_role="planner", belang_organisation="Borna")
    assert come_in(client, "u2").status_code == 303
    assert len(who(client)["organisations"]) == 1


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        ({}, "oidc-role-unknown"),
        ({"belang_role": "emperor"}, "oidc-role-unknown"),
        ({"belang_role": ["officer", "administrator"]}, "oidc-role-unknown"),
        ({"belang_role": {"role": "administrator"}}, "oidc-role-unknown"),
        ({"belang_role": "officer"}, "oidc-office-unknown"),
        ({"belang_role": "officer", "belang_office": "XYZ"}, "oidc-office-unknown"),
        ({"belang_role": "planner", "belang_organisation": "Atlantis"},
         "oidc-organisation-unknown"),
    ],
    ids=str,
)  # fmt: skip
def test_whom_the_provider_gives_no_part_stays_outside(
    app: FastAPI, identities: Identities, claims: dict[str, Any], expected: str
) -> None:
    identities.say("u3", **claims)
    client = browser(app)
    answer = come_in(client, "u3")
    assert code(answer) == (403, expected)
    assert who(client)["role"] == "public"
    with transaction(app.state.engine) as session:
        subject = f"{identities.issuer}|u3"
        assert session.scalars(select(Account).where(Account.subject == subject)).all() == []
        refusals = select(Entry).where(Entry.action == "session.refused")
        last = session.scalars(refusals.order_by(Entry.seq.desc())).first()
        assert last is not None
        assert last.facts["reason"] == expected


def test_an_account_of_the_same_name_is_somebody_elses(
    app: FastAPI, identities: Identities
) -> None:
    local = known(app, "Boss", "administrator", mail="boss@example.org")
    identities.say(
        "u4", preferred_username="boss", email="boss@example.org", belang_role="coordinator"
    )
    client = browser(app)
    assert come_in(client, "u4").status_code == 303
    assert who(client)["role"] == "coordinator"
    assert who(client)["account"] != str(local)
    with transaction(app.state.engine) as session:
        account = session.get_one(Account, who(client)["account"])
        assert account.login.startswith("boss-")
        account.active = False
    again = browser(app)
    assert code(come_in(again, "u4")) == (403, "account-inactive")
    assert who(client)["role"] == "public"


def test_an_answer_counts_once_in_the_browser_that_asked(
    app: FastAPI, identities: Identities
) -> None:
    identities.say("u5", belang_role="steward")
    client, victim = browser(app), browser(app)
    back = at_provider(away(client), "u5")
    asked = client.cookies["belang-oidc"]
    # Somebody else's answer in my browser: with no log-in begun there, then with one.
    assert code(victim.get(back)) == (403, "oidc-state")
    mine = parse_qs(urlsplit(away(victim)).query)["state"][0]
    assert code(victim.get(back)) == (403, "oidc-state")
    assert code(victim.get(with_query(back, state=mine))) == (403, "oidc-refused")  # PKCE
    assert who(victim)["role"] == "public"
    assert client.get(back).status_code == 303
    assert code(client.get(back)) == (403, "oidc-state")  # the cookie is gone
    client.cookies.set("belang-oidc", asked)
    assert code(client.get(back)) == (403, "oidc-refused")
    assert who(client)["role"] == "steward"


def test_what_was_bent_on_the_way_is_refused(app: FastAPI, identities: Identities) -> None:
    identities.say("u6", belang_role="steward")
    client = browser(app)
    nonce = with_query(away(client), nonce="another")
    assert code(client.get(at_provider(nonce, "u6"))) == (403, "oidc-token-invalid")
    another = with_query(away(client), client_id="another")  # a code meant for somebody else
    assert code(client.get(at_provider(another, "u6"))) == (403, "oidc-refused")
    back = with_query(at_provider(away(client), "u6"), iss="http://evil.example")
    assert code(client.get(back)) == (403, "oidc-token-invalid")
    back = at_provider(away(client), "u6").replace("iss=", "was=")
    assert code(client.get(back)) == (403, "oidc-token-invalid")
    state = parse_qs(urlsplit(away(client)).query)["state"][0]
    denied = client.get(f"{BACK}?{urlencode({'state': state, 'error': 'access_denied'})}")
    assert code(denied) == (403, "oidc-denied")
    assert "bitte noch einmal anmelden" in denied.json()["detail"]
    english = client.get(BACK, headers={"Accept-Language": "en"})
    assert "please log in again" in english.json()["detail"]
    page = client.get(BACK, headers={"Accept": "text/html"})
    assert (page.status_code, page.headers["content-type"]) == (403, "text/html; charset=utf-8")
    assert "bitte noch einmal anmelden" in " ".join(page.text.split())
    assert client.get(START, params={"next": "//evil.example"}).status_code == 422
    assert who(client)["role"] == "public"


def test_a_token_that_has_expired_does_not_count(identities: Identities, tmp_path: Path) -> None:
    identities.say("u7", belang_role="steward")
    settings = settings_for(identities.issuer, tmp_path)
    for hours, fine in ((0, True), (2, False)):
        provider = Provider(settings, clock=lambda late=hours: time.time() + 3_600 * late)
        begun = flow.begun("/")
        back = parse_qs(urlsplit(at_provider(provider.address(begun, BACK), "u7")).query)
        given = (begun, back["code"][0], back["iss"][0], BACK)
        if fine:
            assert provider.claims(*given)["sub"] == "u7"
            continue
        with pytest.raises(ForbiddenError) as refused:
            provider.claims(*given)
        assert refused.value.code == "oidc-token-invalid"


def test_new_keys_are_asked_for_and_a_missing_provider_is_named(
    app: FastAPI, district: District, tmp_path: Path
) -> None:
    people = tmp_path / "people.json"
    url = app.state.engine.url.render_as_string(hide_password=False)
    with running(people) as first:
        first.say("u8", belang_role="steward")
        made = create_app(settings_for(first.issuer, tmp_path), url, district)
        assert come_in(browser(made), "u8").status_code == 303
    client = browser(made)
    address = away(client)  # what it says about itself is still known …
    lost = client.get(with_query(BACK, code="x", iss=first.issuer, **state_of(address)))
    assert code(lost) == (503, "oidc-unavailable")
    with running(people, urlsplit(first.issuer).port or 0) as second:
        assert second.issuer == first.issuer
        assert come_in(client, "u8").status_code == 303  # … and its new keys are fetched
        other = second.issuer.replace("127.0.0.1", "localhost")  # not what it calls itself
        with pytest.raises(UnavailableError):
            Provider(settings_for(other, tmp_path)).address(flow.begun("/"), BACK)
    made.state.engine.dispose()


def state_of(address: str) -> dict[str, str]:
    return {"state": parse_qs(urlsplit(address).query)["state"][0]}


def test_answers_are_counted_by_address(app: FastAPI) -> None:
    client = browser(app, client=("192.0.2.1", 1))
    answers = [client.get(BACK) for _ in range(51)]
    assert {answer.status_code for answer in answers[:-1]} == {403}
    assert code(answers[-1]) == (429, "too-often")
    assert int(answers[-1].headers["retry-after"]) > 0
    assert browser(app, client=("192.0.2.2", 1)).get(BACK).status_code == 403


def test_all_of_it_is_on_record(app: FastAPI) -> None:
    with transaction(app.state.engine) as session:
        assert list(journal.faults(session)) == []
