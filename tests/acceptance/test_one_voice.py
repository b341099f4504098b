"""A case from the plan to the sent statement: six offices, one of them silent, one contradiction,
one supplement that is owed, one office dropped, one revised draft; and what leaves the house.
"""

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from service import journal
from service.db import transaction
from service.models import Account
from tests.service.api.offices import House, house, in_days
from tests.service.postgres import Server

DROPPED = {"decision": "drop", "reason": "Der Gewerbelärm ist geklärt."}
KEEP = "Die Hecke entlang der Straße ist zu erhalten."
CUT = "Im Sichtdreieck ist jeder Bewuchs zu entfernen; die Hecke ist zu roden."
INNER = "Nur für das Haus: Horst im Bestand."


@pytest.fixture
def there(postgres: Server, template: str, tmp_path: Path) -> Iterator[House]:
    with postgres.database(template) as name, house(postgres.url(name), tmp_path) as made:
        yield made


def answered(there: House, case: UUID, office: str, *items: tuple[str, str, str]) -> None:
    """Answer an office's task with items (kind, text, edition), and have them signed."""
    task = there.task(case, office)
    who = "coordinator" if office == "KE" else office
    draft = there.call(who, "POST", f"/tasks/{task['id']}/contributions", 201, json={})
    for item in draft["items"]:
        there.call(who, "DELETE", f"/items/{item['id']}", 204, headers={"If-Match": "*"})
    for kind, text, edition in items:
        said = {"kind": kind, "text": text, "basis": "§ 15 BNatSchG", "edition": edition}
        there.call(who, "POST", f"/contributions/{draft['id']}/items", 201, json=said)
    done = there.call(who, "POST", f"/contributions/{draft['id']}/circulation")
    signer = {"UNB": "UNB-head", "UWB": "UWB-deputy"}.get(office)
    if done["state"] == "circulating" and signer:
        path = f"/contributions/{draft['id']}/signatures"
        done = there.call(signer, "POST", path, json={})
    assert done["state"] == "released"


def ask(there: House, case: UUID) -> list[str]:
    """Drop the office that is none, and ask all others; return whom."""
    there.call("coordinator", "PUT", f"/cases/{case}/offices/IMM", json=DROPPED)
    body = {"due": in_days(10)}
    made = there.call("coordinator", "POST", f"/cases/{case}/release", 201, json=body)
    return sorted(one["office"] for one in made["asked"])


def test_the_district_speaks_with_one_voice(there: House) -> None:
    case = there.checked(procedure="par4-2", uses=("wohnen",))
    asked = ask(there, case)
    assert asked == ["KE", "SBA", "UDB", "UNB", "UWB"]
    short = {"kind": "keine_bedenken", "text": "Keine Bedenken."}
    path = f"/tasks/{there.task(case, 'SBA')['id']}/answers"
    there.call("SBA", "POST", path, 201, json=short)

    there.checked(180.0, case_id=case, procedure="par4-2", uses=("wohnen",))  # the revised draft
    where = f"/cases/{case}"
    seen = there.call("coordinator", "GET", f"{where}/offices")["offices"]
    assert {o["office"] for o in seen if not o["again"] and not o["external"]} == {"SBA"}
    there.call("coordinator", "PUT", f"{where}/offices/LfD", json={"decision": "hint"})
    assert ask(there, case) == ["KE", "UDB", "UFB", "UNB", "UWB"]

    answered(there, case, "UNB", ("forderung", KEEP, "public"), ("hinweis", INNER, "internal"))
    answered(there, case, "UFB", ("forderung", CUT, "public"))
    answered(there, case, "UWB", ("hinweis", "Es ist kein Gewässer betroffen.", "public"))
    answered(there, case, "KE", ("anregung", "Einen Radweg mitdenken.", "public"))
    question = {"question": "Bitte das Bodengutachten."}
    task = there.task(case, "UWB")["id"]
    owed = there.call("UWB", "POST", f"/tasks/{task}/supplements", 201, json=question)
    forward = {"action": "forward", "text": "Bitte reichen Sie das Bodengutachten nach."}
    there.call("coordinator", "POST", f"/supplements/{owed['id']}/events", json=forward)

    draft = there.call("coordinator", "POST", f"{where}/statements", 201, json={})
    here = f"{where}/statements/{draft['id']}"
    found = there.call("coordinator", "GET", f"{where}/consolidation")
    [pair] = found["contradictions"]
    assert sorted(pair["items"]) == ["UFB-2", "UNB-3"]  # prepared items kept their numbers
    assert pair["open"]
    kinds = {(one["kind"], one["subject"]) for one in found["open"]}
    assert {("office", "UDB"), ("contradiction", "/".join(pair["items"]))} <= kinds
    written = {"verdict": "conditions", "assessment": found["assessment"]}
    there.call("coordinator", "PATCH", here, json=written)
    left = there.call("coordinator", "POST", f"{here}/circulation", 422)
    assert left["code"] == "statement-incomplete"
    settled = {"items": pair["items"], "resolution": "Die Hecke bleibt bis auf 10 m erhalten.",
               "outward": True}  # fmt: skip
    there.call("coordinator", "PUT", f"{where}/contradictions", json=settled)
    left = there.call("coordinator", "POST", f"{here}/circulation", 422)
    gaps = [{"kind": one["kind"], "subject": one["subject"], "title": one["de"],
             "reason": "Die Frist endet.", "follows": "Nachtrag", "until": in_days(30)}
            for one in left["open"]]  # fmt: skip
    there.call("coordinator", "PATCH", here, json={"gaps": gaps})
    there.call("coordinator", "POST", f"{here}/circulation")
    with transaction(there.app.state.engine) as session:
        account = session.scalars(select(Account).where(Account.login == "coordinator")).one()
        account.functions = ["staff-unit"]
    signed = there.call("coordinator", "POST", f"{here}/signature", json={})
    assert signed["state"] == "approved"
    sent = there.call("coordinator", "POST", f"{here}/sending")
    assert there.call("coordinator", "GET", where)["state"] == "sent"

    outward, inner = (said(there, sent, edition) for edition in ("outward", "inner"))
    assert [voice["office"] for voice in outward["voices"]] == ["KE", "UNB", "UWB", "UFB"]
    assert [one["office"] for one in outward["no_objection"]] == ["SBA"]
    assert [one["office"] for one in outward["no_answer"]] == ["UDB"]
    assert "IMM" in {one["office"] for one in outward["not_concerned"]}
    assert [one["text"] for one in outward["missing"]] == [forward["text"]]
    assert [one["text"] for one in outward["resolutions"]] == [settled["resolution"]]
    assert outward["gaps"]
    texts = [point["text"] for voice in outward["voices"] for point in voice["points"]]
    assert KEEP in texts
    assert CUT in texts
    assert INNER not in json.dumps(outward, ensure_ascii=False)
    assert INNER in json.dumps(inner, ensure_ascii=False)
    assert INNER.encode() not in package(there, sent, "outward")
    assert INNER.encode() in package(there, sent, "inner")

    late = there.task(case, "UDB")["id"]
    there.call("UDB", "POST", f"/tasks/{late}/answers", 201, json=short)
    waiting = there.call("coordinator", "GET", f"{where}/answers")["supplement"]
    assert [one["office"] for one in waiting] == ["UDB"]
    more = there.call(
        "coordinator", "POST", f"{where}/statements", 201, json={"kind": "supplement"}
    )
    assert more["number"] == 2
    with transaction(there.app.state.engine) as session:
        assert list(journal.faults(session)) == []


def loaded(there: House, sent: Any, edition: str, form: str) -> bytes:
    [file] = [f for f in sent["files"] if (f["edition"], f["form"]) == (edition, form)]
    answer = there.ask("coordinator", "GET", file["href"])
    assert answer.status_code == 200
    content: bytes = answer.content
    return content


def said(there: House, sent: Any, edition: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(loaded(there, sent, edition, "json"))
    return read


def package(there: House, sent: Any, edition: str) -> bytes:
    """Return all files of the package one after the other, those inside others unpacked."""
    found = []
    with zipfile.ZipFile(io.BytesIO(loaded(there, sent, edition, "package"))) as archive:
        for name in archive.namelist():
            content = archive.read(name)
            found.append(content)
            if name.endswith((".docx", ".xlsx")):
                with zipfile.ZipFile(io.BytesIO(content)) as inside:
                    found += map(inside.read, inside.namelist())
    return b"\n".join(found)
