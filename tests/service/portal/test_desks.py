"""The pages of coordinator, steward and public: one case led from its check to the public."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
from fastapi import FastAPI
from sqlalchemy import select, update

from layers.refresh import refresh
from service.access.passwords import hashed
from service.cases.publishing import published
from service.consolidation.board import standings
from service.db import transaction
from service.models import Account, Case, Entry, Release, Statement, Task
from service.offices.rule import Rule
from service.portal.forms import LOOK
from service.portal.rules import when
from tests.builders import geojson
from tests.service.api.offices import House, add, house, in_days
from tests.service.cases.region import outline
from tests.service.portal.leading import CANARY, HTML, Led, form_of, told
from tests.service.portal.served import Visitor, address, axe, visitor
from tests.service.postgres import Server

__all__ = ["address", "visitor"]
PASSWORD = "vier Worte auf Wanderschaft"  # noqa: S105
PDF = ("unterschrieben.pdf", b"%PDF-1.7 signed")


@pytest.fixture(scope="module")
def there(
    postgres: Server, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    with postgres.database(template) as name:
        folder: Path = tmp_path_factory.mktemp("desks")
        with house(postgres.url(name), folder) as made:
            add(made, "signer", "coordinator", functions=["staff-unit", "landrat"])
            add(made, "steward", "steward")
            yield made


@pytest.fixture(scope="module")
def app(there: House) -> FastAPI:
    return there.app


@pytest.fixture(scope="module")
def led(there: House) -> Led:
    """Return the coordinator at a checked case; the tests go on from one another."""
    case = there.checked(procedure="par4-2", uses=("wohnen",), named=f"Am See {CANARY}")
    return Led(there, "coordinator", case)


def task_ids(led: Led) -> dict[str, str]:
    with transaction(led.house.app.state.engine) as session:
        rows = select(Task.office, Task.id).where(Task.case_id == led.case)
        return {office: str(number) for office, number in session.execute(rows)}


def test_whom_to_ask_is_decided_with_reasons(led: Led) -> None:
    board = led.sees("/vorgaenge")
    assert "neu, noch niemand beteiligt" in board
    assert "Am See &lt;img" in board
    page = led.here("beteiligung")
    assert "Naturschutz" in page
    assert "sicher betroffen" in page
    assert "Landesamt für Denkmalpflege" in page
    failed = led.on("beteiligung", "decide", "SBA", 422, decision="drop")
    assert "Begründung" in told(failed)
    assert told(led.on("beteiligung", "decide", "SBA", 422, decision="no")) == LOOK.de
    led.on("beteiligung", "decide", "SBA", decision="drop", reason=f"Keine Straße {CANARY}")
    led.on("beteiligung", "add", office="IMM", reason="Lärm der Bahn")
    assert "nicht beteiligt" in led.here("beteiligung")
    assert "Bitte mehr auswählen" in led.on("beteiligung", "release", status=422)
    led.on("beteiligung", "release", offices=["UNB", "UWB", "UDB", "IMM"], due=in_days(5))
    assert sorted(task_ids(led)) == ["IMM", "UDB", "UNB", "UWB"]
    assert led.on("nirgends", "release", status=404)
    assert "Nicht gefunden" in led.on("beteiligung", "nothing", status=404)


def test_answers_by_letter_are_entered_and_deadlines_moved(led: Led) -> None:
    tasks = task_ids(led)
    page = led.here("beteiligung?amt=UNB")
    assert form_of(page, "enter") == [tasks["UNB"]]
    said = {"kind": "forderung", "source": "letter", "received": date.today().isoformat()}
    led.on(
        "beteiligung", "enter", tasks["UNB"], **said, text=f"Hecke pflanzen {CANARY}", more="true"
    )
    assert form_of(led.here("beteiligung?amt=UNB"), "finish") == [tasks["UNB"]]
    led.on("beteiligung", "enter", tasks["UNB"], **said, text="Gehölze erhalten", basis="§ 30")
    led.on("beteiligung", "enter", tasks["UWB"], kind="forderung", source="mail",
           text="Sichtdreieck freihalten")  # fmt: skip
    led.on(
        "beteiligung", "enter", tasks["UDB"], kind="keine_bedenken", source="mail", text="Keine."
    )
    led.on("beteiligung", "postpone", tasks["IMM"], due=in_days(9), reason="Urlaub")
    assert "Entwurf der Erinnerung" in led.here("beteiligung?amt=IMM")
    led.on("beteiligung", "remind", tasks["IMM"])
    assert "heute schon erinnert" in told(led.on("beteiligung", "remind", tasks["IMM"], 409))
    assert "keine Antwort mehr erwartet" in told(led.on("beteiligung", "remind", tasks["UDB"], 409))
    link = led.on("beteiligung", "link", tasks["IMM"], status=200)
    assert re.search(r"http://testserver/antwort/[\w-]{20,}", link)
    foreign = led.on("beteiligung", "postpone", led.case, 404, due=in_days(9), reason="x")
    assert "Nicht gefunden" in foreign
    with transaction(led.house.app.state.engine) as session:
        case = session.get_one(Case, led.case)
        desk = led.house.app.state.house
        later = date.today() + timedelta(days=30)
        one = standings(session, [case], desk, {"nsg": "sha256:new"}, later)[case.id]
    assert [task.office for task in one.missing] == ["IMM"]
    assert (one.silent, one.newer, one.new) == (("IMM",), ("nsg",), False)


def test_contradictions_gaps_and_assessment_lead_to_a_statement(led: Led) -> None:
    page = led.here("zusammenfuehrung")
    assert "Hecke pflanzen &lt;img" in page
    same = led.on("zusammenfuehrung", "mark", status=422, first="UNB-1", second="UNB-2", note="x")
    assert "einem Amt" in told(same)
    led.on("zusammenfuehrung", "mark", first="UNB-1", second="UWB-1", note="Sicht")
    assert "1 Widerspruch" in led.sees("/vorgaenge?need=contradictions")
    led.on("zusammenfuehrung", "settle", "UNB-1/UWB-1", resolution="10 m Abstand", outward="true")
    assert "Widerspruch</a>" not in led.sees("/vorgaenge")
    led.on("zusammenfuehrung", "bundle", heading="Grün", items=["UNB-2", "UWB-1"])
    (bundle,) = form_of(led.here("zusammenfuehrung"), "unbundle")
    led.on("zusammenfuehrung", "unbundle", bundle)
    led.on("zusammenfuehrung", "begin", kind="statement")
    page = led.here("zusammenfuehrung")
    for gap in form_of(page, "gap"):
        led.on("zusammenfuehrung", "gap", gap, reason=f"Frist endet {CANARY}", follows="Nachtrag")
    assert form_of(led.here("zusammenfuehrung"), "gap") == []
    revision = re.findall(r'name="revision" value="(\d+)"', led.here("zusammenfuehrung"))[0]
    said = {"verdict": "conditions", "assessment": f"Mit Auflagen. {CANARY}"}
    stale = led.on("zusammenfuehrung", "write", status=412, revision="1", **said)
    assert "inzwischen geändert" in told(stale)
    assert "Mit Auflagen. &lt;img" in stale
    half = led.on("zusammenfuehrung", "write", status=422, revision=revision, number="7", **said)
    assert "Sitzungstag" in told(half)
    led.on("zusammenfuehrung", "write", revision=revision, **said)


def test_the_statement_is_signed_sent_and_weighed(led: Led) -> None:
    signer = Led(led.house, "signer", led.case)
    officer = Led(led.house, "UNB", led.case)
    assert "Mit Auflagen. &lt;img" in led.here("stellungnahme")
    led.on("stellungnahme", "circulate")
    assert form_of(led.here("stellungnahme"), "sign") == []  # not their function
    assert officer.on("stellungnahme", "send", status=404)
    signer.on("stellungnahme", "return", remark="Ziffer 2 prüfen")
    led.on("stellungnahme", "circulate")
    signer.on("stellungnahme", "sign", remark="gut")
    led.on("stellungnahme", "send")
    page = led.here("stellungnahme")
    (version,) = form_of(page, "dispatch")
    led.on("stellungnahme", "dispatch", version, way="post", on=in_days(0), recipient=CANARY)
    no_pdf = led.on("stellungnahme", "bind", version, 422, file=("x.pdf", b"no pdf"))
    assert "PDF" in told(no_pdf)
    led.on("stellungnahme", "bind", version, file=PDF)
    assert "Unterschriebene Fassung hinterlegt" in led.here("stellungnahme")
    led.on("zusammenfuehrung", "weigh", received=in_days(0), result=["UNB-1=followed", ""])
    assert "gefolgt" in led.here("zusammenfuehrung")
    assert told(led.on("zusammenfuehrung", "begin", status=422, kind="correction"))


def test_deadlines_show_their_steps_and_are_extended(led: Led) -> None:
    page = led.here("fristen")
    assert "§ 187" in page
    assert "Zeitplan im Haus" in page
    assert "Entwurf des Antrags" in page
    both = led.on("fristen", "extend", status=422, clock="statement")
    assert "entweder" in told(both)
    led.on("fristen", "extend", clock="statement", span="P2W", reason=CANARY)
    (extension,) = form_of(led.here("fristen"), "decide")
    led.on("fristen", "decide", extension, state="consented", decided_by="Bauamt")
    assert "gewährt" in led.here("fristen")
    unb = Led(led.house, "UNB", led.case).here("fristen")
    assert 'name="act" value="extend"' not in unb


def test_parties_and_documents_are_put_on_file(led: Led) -> None:
    assert "Es fehlt die Adressatin" in led.here("akte")
    led.on("akte", "party", part="planning_authority", name=f"Stadt {CANARY}", contact="Markt 1")
    twice = led.on("akte", "party", status=422, part="planning_authority", name="Stadt B")
    assert told(twice)
    led.on("akte", "document", file=PDF, edition="inner")
    page = led.here("akte")
    assert "unterschrieben.pdf" in page
    (party,) = form_of(page, "erase")
    led.on("akte", "erase", party)
    assert "(gelöscht)" in led.here("akte")
    assert led.on("akte", "erase", led.case, 404)
    led.on("akte", "part_with", "0")
    assert led.on("akte", "part_with", "7", 404)


def test_a_case_is_checked_again_on_the_data_of_today(led: Led) -> None:
    here = f"/vorgaenge/{led.case}"
    assert "Seit der Prüfung gibt es neuere Daten" not in led.sees(here)
    nature = led.house.data / "district" / "nsg.geojson"
    assert nature.exists()
    led.does(here, "recheck")
    again = led.does(here, "recheck", status=409)
    assert "gerade neu geprüft" in again
    Led(led.house, "UNB", led.case).does(here, "recheck", status=404)


def test_nothing_is_public_until_it_is_released_and_no_longer_afterwards(led: Led) -> None:
    public = Led(led.house, "public", led.case)
    plan, statement = f"/plan/{led.case}", f"/plan/{led.case}/stellungnahme"
    assert "keine Planung veröffentlicht" in public.sees("/karte")
    public.sees(plan, 404)
    terms = {
        "title": f"Wohnen am See {CANARY}",
        "consent": "Stadt Borna, 12.03.",
        "until": in_days(9),
    }
    early = led.on("freigabe", "release", status=409, what="statement", **terms)
    assert "Zuerst muss die Planung" in told(early)
    past = led.on("freigabe", "release", status=422, what="plan", **{**terms, "until": in_days(-1)})
    assert "heute oder später" in told(past)
    bad = led.on(
        "freigabe", "release", status=422, what="plan", link="javascript:alert(1)", **terms
    )
    assert 'aria-invalid="true"' in bad
    led.on("freigabe", "release", what="plan", link="https://www.example.de/plan", **terms)
    public.sees(statement, 404)
    led.on("freigabe", "release", what="statement", **terms)
    assert 'href="https://www.example.de/plan"' in public.sees(plan)
    letter = public.sees(statement)
    assert "Sichtdreieck freihalten" in letter
    assert not re.search(
        r"arten-1|Objekt arten|Stadt &lt;img|Markt 1", letter
    )  # restricted; a name
    assert "<h1>Anmelden</h1>" in public.sees(f"/vorgaenge/{led.case}/freigabe")
    rows = led.house.client.get("/api/v1/plans").json()["features"]
    assert [row["properties"]["title"] for row in rows] == [terms["title"]]
    assert set(rows[0]["properties"]) & {"consent", "reference", "organisation"} == set()
    feed = ElementTree.fromstring(led.house.client.get("/neu.atom?gemeinde=14729050").content)  # noqa: S314
    assert [e.text for e in feed.iter("{http://www.w3.org/2005/Atom}title")][1] == terms["title"]
    engine = led.house.app.state.engine
    with transaction(engine) as session:
        soon = date.today() + timedelta(days=10)
        assert (len(published(session, date.today())), published(session, soon)) == (1, [])
        entries = select(Entry.action, Entry.facts).where(Entry.action.startswith("public."))
        assert "Borna" not in str(session.execute(entries).all())
    listed = led.house.call("coordinator", "GET", f"/cases/{led.case}/releases")["releases"]
    led.house.call("coordinator", "DELETE", f"/cases/{led.case}/releases/{listed[0]['id']}", 204)
    public.sees(plan, 404)
    public.sees(statement, 404)
    assert "Beendet" in led.here("freigabe")
    led.on("freigabe", "release", what="plan", **terms)
    with transaction(engine) as session:
        session.execute(update(Release).values(until=date.today() - timedelta(days=1)))
    public.sees(plan, 404)
    led.on("freigabe", "release", what="plan", **terms)  # takes the place of one that is over


def test_the_ground_and_public_layers_are_drawn_and_no_others(led: Led) -> None:
    client = led.house.client
    found = re.search(r'"drawings":"([^"]+)"', led.sees("/karte"))
    assert found is not None
    ground, nsg = (client.get(f"{found.group(1)}{name}.json") for name in ("grund", "nsg"))
    assert "immutable" in ground.headers["cache-control"]
    assert nsg.json()["count"] == 1
    assert client.get(f"{found.group(1)}arten.json").status_code == 404
    assert client.get(f"/karte/{'0' * 16}/nsg.json").headers["cache-control"] == "no-store"
    assert "arten" not in re.sub("Karten?|karten", "", led.sees("/karte"))


def test_the_steward_decides_on_layers(there: House) -> None:
    steward = Led(there, "steward", there.accounts["steward"])
    store, layer = there.district.store, there.district.catalogue.layer("nsg")
    refresh(store, layer, who="test")
    assert layer.source.path is not None
    geojson(layer.source.path, [])  # all gone: that needs a person
    assert refresh(store, layer, who="test").event == "refused"
    there.app.state.watched.forget()
    listed = steward.sees("/schichten?zeige=refused")
    assert "Erneuerung abgelehnt" in listed
    page = steward.sees("/schichten/nsg")
    assert "wartet auf eine Entscheidung" in page
    assert "Bitte ausfüllen." in steward.does("/schichten/nsg", "accept", status=422)
    steward.does("/schichten/nsg", "reject", reason=f"Quelle leer {CANARY}")
    page = steward.sees("/schichten/nsg")
    assert "Quelle leer &lt;img" in page
    assert "Person steward" in page
    assert "wartet auf eine Entscheidung" not in page
    refresh(store, layer, who="test")
    (staged,) = re.findall(r"nachher=([0-9a-f]{64})", steward.sees("/schichten/nsg"))
    shown = there.client.get(f"/schichten/nsg/unterschied?nachher={staged}",
                             headers={**there.people["steward"], **HTML})  # fmt: skip
    assert shown.status_code == 200
    assert "unsafe" not in shown.headers["content-security-policy"]
    steward.does("/schichten/nsg", "accept", reason="Schutzgebiet aufgehoben")
    assert store.published(layer).events()[-1]["because"] == "Schutzgebiet aufgehoben"
    steward.does("/schichten/nsg", "refresh")
    assert "Angefordert" in steward.sees("/schichten/nsg")
    steward.sees("/schichten/arten/unterschied", 409)
    steward.sees("/schichten/nichts", 404)
    assert "hat Daten" in told(
        steward.does("/schichten/nsg", "answer", status=409, outcome="clear", by="x", basis="y",
                     until=in_days(3))
    )  # fmt: skip
    Led(there, "coordinator", there.accounts["steward"]).sees("/schichten", 403)


def test_rules_are_read_and_tried(there: House) -> None:
    steward = Led(there, "steward", there.accounts["steward"])
    listed = steward.sees("/regeln?amt=UWB")
    assert "W1" in listed
    assert "N1" not in listed
    assert "Keine Regel gefunden" in steward.sees("/regeln?q=gibt-es-nicht")
    file = {"file": ("plan.geojson", outline(100.0))}
    for office, word in (("UWB", "greift"), ("UFB", "greift nicht")):
        given = {"office": office, "kind": "bebauungsplan", "procedure": "par4-2"}
        answer = there.client.post("/regelprobe", data=given, files=file,
                                   headers={**there.people["steward"], **HTML})  # fmt: skip
        assert answer.status_code == 200
        assert f">{word}</span>" in answer.text
        assert "im Suchfenster" in answer.text
    nothing = there.client.post(
        "/regelprobe", data=given, headers={**there.people["steward"], **HTML}
    )
    assert "file-or-outline" in nothing.text


@pytest.mark.parametrize("rule", ["N1", "S1"])
def test_rules_are_told_in_words(there: House, rule: str) -> None:
    found: Rule = next(one for one in there.district.rules if one.code == rule)
    assert when(found).de == {"N1": "überlagert", "S1": "stets"}[rule]


def test_the_desks_in_a_browser(
    there: House, led: Led, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = there.app.state.settings.model_copy(update={"base_url": None})
    monkeypatch.setattr(there.app.state, "settings", here)  # else only its address may log in
    with transaction(there.app.state.engine) as session:
        for login, role in (("ko", "coordinator"), ("geo", "steward")):
            session.add(Account(login=login, name=CANARY, role=role, password=hashed(PASSWORD)))
        assert session.scalars(select(Statement).where(Statement.case_id == led.case)).one().sent
    of = f"/vorgaenge/{led.case}"
    page = visitor.goes("/karte")
    page.wait_for_selector("html[data-ready=true]", state="attached")
    page.locator("details.theme > summary").first.click()
    page.locator(".layer-switch").first.check()
    page.wait_for_selector("#public-said:not(:empty)", state="attached")
    assert axe(page) == []
    page.click("tbody th a")
    page.wait_for_selector("path.published")
    assert axe(page) == []
    visitor.logs_in("ko", PASSWORD)
    for path in ("/vorgaenge", *(f"{of}/{one}" for one in (
        "beteiligung?amt=IMM", "zusammenfuehrung", "stellungnahme", "fristen", "akte", "freigabe",
    )), "/regeln"):  # fmt: skip
        page = visitor.goes(path)
        for fold in page.locator("details.fold").all()[:6]:
            fold.evaluate("one => { one.open = true; }")
        assert axe(page) == [], path
    page = visitor.goes(f"{of}/beteiligung?amt=IMM")  # an answer by keyboard alone
    page.focus("select[name=kind]")
    for key in ("Tab", "Lärm messen", "Tab", "Tab", "Tab"):
        page.keyboard.press(key) if key == "Tab" else page.keyboard.type(key)
    page.locator("form[id^=enter-] button").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "amt=" not in url)
    visitor.context.clear_cookies()
    visitor.logs_in("geo", PASSWORD)
    assert visitor.page.url.endswith("/schichten")
    for path in ("/schichten", "/schichten/nsg", "/regelprobe"):
        assert axe(visitor.goes(path)) == [], path
    page = visitor.page
    page.select_option("#office", "UNB")
    page.fill("#outline", f"POLYGON {CANARY}")
    page.click("main button.primary")
    page.wait_for_selector("#result .alert")
    assert axe(page) == []
