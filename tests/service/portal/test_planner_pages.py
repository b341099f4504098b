"""The planner's pages as a browser gets them: handing in, the receipt, the case."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from service.blobs import Blobs
from service.cases.checking import carry_out
from service.db import transaction
from service.models import Case, Check, Document, PlanVersion, Supplement
from tests.builders import geojson, polygon
from tests.service.api.offices import House, add, house, in_days
from tests.service.cases.files import OLE, packed
from tests.service.cases.region import outline
from tests.service.postgres import Server

HTML = {"Accept": "text/html"}
CANARY = "<img src=x onerror=alert(1)>"
PDF = b"%PDF-1.4\n%%EOF\n"


@pytest.fixture(scope="module")
def there(
    postgres: Server, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    with postgres.database(template) as name:
        folder: Path = tmp_path_factory.mktemp("house")
        with house(postgres.url(name), folder) as made:
            add(made, "planner", "planner")
            yield made


def send(there: House, path: str, status: int = 303, *, files: Any = None, **fields: Any) -> Any:
    answer = there.client.post(
        path, data=fields, files=files or {"nothing": ("", b"")}, follow_redirects=False,
        headers={**there.people["planner"], **HTML},
    )  # fmt: skip
    assert answer.status_code == status, (path, answer.status_code, answer.text)
    assert CANARY not in answer.text
    return answer


def see(there: House, path: str, status: int = 200, who: str = "planner") -> str:
    answer = there.client.get(path, headers={**there.people[who], **HTML})
    assert answer.status_code == status, (path, answer.status_code, answer.text)
    assert CANARY not in answer.text
    return answer.text


def rows(there: House, model: Any, *where: Any) -> list[Any]:
    with transaction(there.app.state.engine) as session:
        return list(session.scalars(select(model).where(*where)))


def check(there: House, case: UUID) -> None:
    """Carry out what is queued, as a worker does."""
    versions = [one.id for one in rows(there, PlanVersion, PlanVersion.case_id == case)]
    for one in rows(there, Check, Check.version_id.in_(versions), Check.state == "queued"):
        carry_out(there.app.state.engine, there.district, Blobs(there.data / "blobs"), one.id)


@pytest.fixture(scope="module")
def case(there: House) -> UUID:
    """Return a case that was handed in on the page; tests go on in order."""
    fields = {
        "act": "send", "key": "k-1", "title": CANARY, "summary": CANARY, "label": CANARY,
        "sender_reference": CANARY, "outline": "", "parcels": "", "width_m": "", "radius_m": "",
        "kind": "bebauungsplan", "procedure": "par4-2", "deadline": in_days(30),
    }  # fmt: skip
    files = [
        ("file", ("plan.geojson", outline(100.0))),
        ("documents", (f"{CANARY}.pdf", PDF)),
        ("documents", ("Begründung.pdf", PDF + b"\n")),
    ]
    away = send(there, "/einreichen", files=files, **fields)
    again = send(there, "/einreichen", files=files, **fields)
    assert again.headers["location"] == away.headers["location"]
    [made] = rows(there, Case)
    assert away.headers["location"] == f"/vorgaenge/{made.id}/eingang"
    return UUID(str(made.id))


def test_a_plan_is_handed_in_once_with_documents_and_a_receipt(there: House, case: UUID) -> None:
    receipt = see(there, f"/vorgaenge/{case}/eingang")
    [version] = rows(there, PlanVersion)
    assert version.blob in receipt
    assert len(rows(there, Document)) == 2
    page = see(there, f"/vorgaenge/{case}")
    assert "wird gerade geprüft" in page
    check(there, case)
    page = see(there, f"/vorgaenge/{case}")
    assert "Naturschutz" in page
    assert "data-features=" in page
    assert len(page.encode()) < 100_000
    see(there, f"/vorgaenge/{case}/planung")
    assert see(there, f"/vorgaenge/{case}/eingang", who="coordinator")


def test_the_receipt_says_what_was_left_out_and_how_the_plan_was_read(
    there: House, tmp_path: Path
) -> None:
    spike = [(0, 0), (100, 0), (100, 50), (180, 50), (100, 50.0001), (100, 100), (0, 100)]
    drawn = geojson(tmp_path / "a.geojson", [polygon(*spike)])
    files = {"a.geojson": drawn.read_bytes(), "Bericht.pdf": PDF, "alt.doc": OLE}
    gone = send(there, "/einreichen", files={"file": ("a.zip", packed(files))}, act="send")
    receipt = see(there, gone.headers["location"])
    assert "Bericht.pdf" in receipt
    assert "Nicht als Unterlage übernommen: alt.doc (document-old-office)" in receipt
    assert "Spitze" in receipt
    for who in ("planner", "coordinator"):
        case = see(there, gone.headers["location"].removesuffix("/eingang"), who=who)
        assert "alt.doc (document-old-office)" in case
        assert "Spitze" in case


def test_what_is_handed_in_is_looked_at_first(there: House) -> None:
    before = len(rows(there, Case))
    file = {"file": ("plan.geojson", outline(100.0))}
    seen = send(there, "/einreichen", 200, files=file, act="look", title=CANARY)
    assert "So wurde die Planung verstanden" in seen.text
    assert 'id="belang-data"' in seen.text
    route = "LINESTRING (318000 5668000, 318100 5668000)"
    asked = send(there, "/einreichen", 422, act="look", outline=route, width_m="3,x")
    assert "width_m" in asked.text
    nothing = send(there, "/einreichen", 422, act="send", title=CANARY)
    assert "file-or-outline" in nothing.text
    bad = {"file": ("plan.geojson", outline(100.0)), "documents": ("x.exe", b"MZ\x00\x01")}
    send(there, "/einreichen", 422, files=bad, act="send")
    assert len(rows(there, Case)) == before


def test_a_revised_draft_says_what_differs(there: House, case: UUID) -> None:
    here = f"/vorgaenge/{case}/planung"
    send(there, here, 422, act="revise", label=CANARY)
    file = {"file": ("plan-2.geojson", outline(140.0))}
    send(there, here, files=file, act="revise", label=CANARY, width_m="3,5")
    check(there, case)
    page = see(there, f"/vorgaenge/{case}?getan=revise")
    assert "Was sich gegenüber der letzten Prüfung ändert" in page
    assert re.search(r"Umriss: \+9\.600,0 m²", page)
    send(there, here, files=[("files", ("Gutachten.pdf", PDF + b"3"))], act="document")
    assert "Gutachten.pdf" in see(there, f"/vorgaenge/{case}")


def test_a_question_of_the_district_is_answered_with_a_document(there: House, case: UUID) -> None:
    asked = {"question": CANARY}
    one = there.call("coordinator", "POST", f"/cases/{case}/supplements", 201, json=asked)
    path = f"/supplements/{one['id']}/events"
    there.call("coordinator", "POST", path, json={"action": "forward"})
    assert "Rückfrage des Landkreises" in see(there, f"/vorgaenge/{case}")
    here = f"/vorgaenge/{case}/planung"
    send(there, here, 422, act="reply", of=one["id"])
    file = {"file": ("Schall.pdf", PDF + b"4")}
    send(there, here, files=file, act="reply", of=one["id"], text=CANARY)
    [kept] = rows(there, Supplement)
    assert (kept.state, kept.answer, kept.document_id is None) == ("answered", CANARY, False)
    see(there, f"/vorgaenge/{case}")


def test_a_question_about_the_plan_is_answered_by_a_button(there: House) -> None:
    sketch = b"POLYGON ((4520000 5668000, 4520300 5668000, 4520300 5668200, 4520000 5668000))"
    away = send(there, "/einreichen", files={"file": ("skizze.wkt", sketch)}, act="send")
    case = away.headers["location"].split("/")[2]
    page = see(there, f"/vorgaenge/{case}")
    options = re.findall(r'name="option" value="([^"]+)"', page)
    here = f"/vorgaenge/{case}/planung"
    wrong = send(there, here, 422, act="answer", option=CANARY)
    assert 'role="alert"' in wrong.text
    answer = send(there, here, 303, act="answer", option=options[0])
    assert answer.headers["location"].startswith(f"/vorgaenge/{case}")
    send(there, here, act="withdraw", reason=CANARY)
    assert "zurückgezogen" in see(there, f"/vorgaenge/{case}")
