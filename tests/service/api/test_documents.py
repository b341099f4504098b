"""Documents over HTTP: who sees which, what is refused, scans, rasters, attachments of plans."""

import io
import json
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from PIL import Image
from sqlalchemy import func, select

from service import journal, upkeep
from service.app import create_app
from service.blobs import recorded
from service.cases import documents
from service.cases.checking import carry_out
from service.config import Settings
from service.db import transaction
from service.models import Blob, Case, Document, Entry, Tracing
from service.plans.intake import read_plan
from tests.builders import X, Y
from tests.layers.reading.pictures import picture
from tests.layers.reading.test_xplan import document as xplan
from tests.layers.reading.test_xplan import polygon
from tests.service.api.people import person
from tests.service.cases import files
from tests.service.cases.region import district as opened
from tests.service.cases.region import outline, region
from tests.service.postgres import Server
from tests.service.scanners import SIGNATURE, stand_in

Headers = Mapping[str, str]
World = Mapping[str, Any]
PIXEL = 0.2
PLACE = f"{PIXEL}\n0\n0\n-{PIXEL}\n{X + PIXEL / 2}\n{Y - PIXEL / 2}\n"


class Office:
    """One application and the people around one case of a planner."""

    def __init__(self, app: FastAPI) -> None:
        self.app = app
        self.client = TestClient(app, raise_server_exceptions=False)
        engine = app.state.engine
        self.planner, self.other = (person(engine, "planner") for _ in range(2))
        self.coordinator = person(engine, "coordinator")
        self.unb, self.far = (
            person(engine, "officer", office=code, login=code) for code in ("UNB", "AMT2")
        )
        case = self.hand_in(outline(), "plan.geojson")
        self.case = f"/api/v1/cases/{case['id']}"
        self.case_id = UUID(case["id"])

    def hand_in(self, content: bytes, name: str, **said: str) -> Any:
        given = {"file": (name, content)}
        answer = self.client.post("/api/v1/cases", files=given, data=said, headers=self.planner)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def check(self, address: str) -> None:
        state = self.app.state
        carry_out(state.engine, state.district, state.blobs, UUID(address.rpartition("/")[2]))

    def add(
        self, who: Headers, content: bytes = files.PDF, name: str = "Bericht.pdf",
        headers: Headers | None = None, case: str | None = None, **said: Any,
    ) -> Any:  # fmt: skip
        return self.client.post(
            f"{case or self.case}/documents", files={"file": (name, content)}, data=said,
            headers={**who, **(headers or {})},
        )  # fmt: skip

    def names(self, who: Headers, case: str | None = None) -> list[str]:
        answer = self.client.get(f"{case or self.case}/documents", headers=who)
        return [one["filename"] for one in answer.json()["documents"]]

    def etag(self, who: Headers) -> dict[str, str]:
        return {"If-Match": self.client.get(self.case, headers=who).headers["etag"]}

    def kept(self) -> tuple[int, int, list[Path]]:
        """Return rows of documents and blobs, and the files there are."""
        with transaction(self.app.state.engine) as session:
            rows = [session.scalar(select(func.count()).select_from(t)) for t in (Document, Blob)]
        folder = self.app.state.blobs.folder
        return rows[0] or 0, rows[1] or 0, sorted(p for p in folder.rglob("*") if p.is_file())


@pytest.fixture(scope="module")
def office(
    postgres: Server, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Office]:
    folder, data = tmp_path_factory.mktemp("region"), tmp_path_factory.mktemp("data")
    settings = Settings(data=data, uploads_per_minute=10_000, document_bytes=3_000_000)
    with postgres.database(template) as name:
        district = opened(region(folder), data)
        app = create_app(settings, postgres.url(name), district, read_plan)
        with TestClient(app):
            made = Office(app)
            case = made.client.get(made.case, headers=made.coordinator).json()
            made.check(case["check"])
            yield made


@pytest.fixture
def scanned(office: Office) -> Iterator[None]:
    """Have documents scanned as long as the test lasts."""
    state = office.app.state
    before = state.settings
    with stand_in() as address:
        state.settings = before.model_copy(update={"clamd": address})
        yield
    state.settings = before


def code(answer: Any) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    return answer.status_code, answer.json()["code"]


def test_a_document_is_kept_listed_and_downloaded(office: Office) -> None:
    answer = office.add(office.planner, name="Begründung „See“.pdf")
    made = answer.json()
    assert answer.status_code == 201
    assert (made["kind"], made["edition"], made["scan"], made["scan_text"]) == (
        "report", "outward", "unchecked", "ungeprüft",
    )  # fmt: skip
    assert answer.headers["location"] == made["download"]
    assert "Begründung „See“.pdf" in office.names(office.planner)
    loaded = office.client.get(made["download"], headers=office.planner)
    assert loaded.content == files.PDF
    assert loaded.headers["content-type"] == "application/pdf"
    assert loaded.headers["content-disposition"].startswith("attachment; filename*=utf-8''Begr")
    assert loaded.headers["x-content-type-options"] == "nosniff"
    policy = "default-src 'none'; sandbox; frame-ancestors 'none'"
    assert loaded.headers["content-security-policy"] == policy
    case = office.client.get(office.case, headers=office.planner).json()
    assert case["documents"] == len(office.names(office.planner))
    with transaction(office.app.state.engine) as session:
        entry = session.scalars(select(Entry).order_by(Entry.seq.desc()).limit(1)).one()
        assert (entry.action, entry.facts["document"]) == ("document.added", made["id"])
        assert "Begr" not in json.dumps(entry.facts)


def test_the_inner_edition_is_for_the_district_alone(office: Office) -> None:
    inner = office.add(office.coordinator, name="Vermerk.pdf").json()
    assert inner["edition"] == "inner"
    assert code(office.add(office.planner, edition="inner")) == (403, "edition-not-yours")
    assert "Vermerk.pdf" not in office.names(office.planner)
    for method in ("GET", "DELETE"):
        answer = office.client.request(method, inner["download"], headers=office.planner)
        assert code(answer) == (404, "not-found")
    told = office.client.get(f"{office.case}/journal", headers=office.planner).json()["entries"]
    assert inner["id"] not in json.dumps(told)
    added = [entry for entry in told if entry["action"] == "document.added"]
    assert len(added) == len(office.names(office.planner))
    for who in (office.coordinator, office.unb):
        assert "Vermerk.pdf" in office.names(who)
        assert office.client.get(inner["download"], headers=who).status_code == 200


def test_who_takes_no_part_comes_to_no_document(office: Office) -> None:
    made = office.add(office.coordinator, edition="outward").json()
    here, one = f"{office.case}/documents", made["download"]
    for method, address in (("GET", here), ("POST", here), ("GET", one), ("DELETE", one)):
        more: Any = {"files": {"file": ("a.pdf", files.PDF)}} if method == "POST" else {}
        far = office.client.request(method, address, headers=office.far, **more)
        assert code(far) == (403, "not-involved")
        other = office.client.request(method, address, headers=office.other, **more)
        assert code(other) == (404, "not-found")
    elsewhere = office.hand_in(outline(50), "b.geojson")["id"]
    moved = made["download"].replace(str(office.case_id), elsewhere)
    assert code(office.client.get(moved, headers=office.coordinator)) == (404, "not-found")


def test_filing_differently_needs_the_right_and_the_state_seen(office: Office) -> None:
    made = office.add(office.planner, name="Anlage 7.pdf").json()
    here, ours = made["download"], office.coordinator

    def refile(who: Headers, headers: Headers, **given: Any) -> Any:
        return office.client.patch(here, json=given, headers={**who, **headers})

    assert code(refile(ours, {}, kind="letter")) == (428, "if-match-missing")
    assert code(refile(ours, {"If-Match": '"1"'}, kind="letter")) == (412, "case-changed")
    assert code(refile(office.unb, office.etag(office.unb), kind="plan"))[0] == 403
    hidden = refile(office.planner, office.etag(office.planner), edition="inner")
    assert code(hidden) == (403, "edition-not-yours")
    changed = refile(ours, office.etag(ours), kind="letter", edition="inner")
    assert (changed.json()["kind"], changed.json()["edition"]) == ("letter", "inner")
    assert "Anlage 7.pdf" not in office.names(office.planner)
    seen = office.etag(ours)
    assert refile(ours, seen, kind="letter").status_code == 200
    assert office.etag(ours) == seen  # nothing happened
    no_picture = refile(ours, seen, kind="raster")
    assert code(no_picture) == (422, "raster-no-picture")


def test_removed_the_row_goes_the_journal_stays_and_the_bytes_are_swept(office: Office) -> None:
    app = office.app
    content = files.PDF + b"% removed"
    one, two = (office.add(office.planner, content, f"{n}.pdf").json() for n in "ab")
    assert code(office.client.delete(one["download"], headers=office.unb))[0] == 403
    assert office.client.delete(one["download"], headers=office.planner).status_code == 204
    assert code(office.client.get(one["download"], headers=office.planner))[0] == 404
    path = app.state.blobs.path(one["sha256"])

    def swept() -> bool:
        os.utime(path, (0, 0))
        upkeep.sweep(app.state.engine, app.state.settings, app.state.blobs,
                     app.state.district.store)  # fmt: skip
        return not path.exists()

    assert not swept()  # the other still needs them
    assert office.client.get(two["download"], headers=office.planner).content == content
    assert office.client.delete(two["download"], headers=office.coordinator).status_code == 204
    with transaction(app.state.engine) as session:
        # Somebody else is just handing in the same bytes.
        stored = app.state.blobs.store(io.BytesIO(content), most=10_000)
        recorded(session, stored)
        assert not swept()
    assert swept()
    with transaction(app.state.engine) as session:
        assert list(journal.faults(session)) == []
        gone = select(Entry).where(Entry.action == "document.removed").order_by(Entry.seq)
        assert [e.facts["document"] for e in session.scalars(gone)][-2:] == [one["id"], two["id"]]


@pytest.mark.parametrize(
    ("content", "status", "problem"),
    [
        (files.packed(files.WORD, **{"word/vbaProject.bin": b"x"}), 422, "document-macros"),
        (files.OLE, 422, "document-old-office"),
        (b"MZ\x90\0", 422, "document-type"),
        (b"", 422, "document-empty"),
        (files.packed({**files.WORD, "a": bytes(5_000_000)}), 422, "archive-ratio"),
        (files.PDF + bytes(3_000_000), 413, "upload-too-large"),
        (files.PDF + SIGNATURE, 422, "document-infected"),
        (files.PDF + bytes(2_500_000), 413, "scanner-limit"),
    ],
)
@pytest.mark.usefixtures("scanned")
def test_what_is_refused_leaves_nothing(
    office: Office, content: bytes, status: int, problem: str
) -> None:
    before = office.kept()
    assert code(office.add(office.planner, content, "a.docx")) == (status, problem)
    assert office.kept() == before


@pytest.mark.usefixtures("scanned")
def test_with_a_scanner_documents_are_scanned_or_not_taken(office: Office) -> None:
    made = office.add(office.planner, headers={"Accept-Language": "en"}).json()
    assert (made["scan"], made["scan_text"]) == ("clean", "nothing found")
    state, before = office.app.state, office.kept()
    state.settings = state.settings.model_copy(update={"clamd": "127.0.0.1:9"})
    assert code(office.add(office.planner)) == (503, "scanner-unavailable")
    zipped = files.packed({"plan.geojson": outline(), "Begründung.pdf": files.PDF + b"x"})
    answer = office.client.post(
        "/api/v1/cases", files={"file": ("a.zip", zipped)}, headers=office.planner
    )
    assert code(answer) == (503, "scanner-unavailable")
    assert office.kept() == before


def test_a_repeat_with_the_same_key_keeps_one(office: Office) -> None:
    keyed = {"Idempotency-Key": "document-1"}
    first, again = (office.add(office.planner, headers=keyed) for _ in range(2))
    assert (first.content, again.headers["idempotent-replay"]) == (again.content, "true")
    other = office.add(office.planner, files.PDF + b"%", headers=keyed)
    assert code(other) == (422, "idempotency-key-reused")


def test_a_raster_is_placed_shown_and_traced_over(office: Office, tmp_path: Path) -> None:
    ours = office.coordinator
    png = picture(tmp_path / "scan.png").read_bytes()
    asked = office.add(ours, png, "scan.png", kind="raster", world=PLACE)
    assert code(asked) == (422, "crs-missing")
    assert "--crs EPSG:25833" in {p["option"] for p in asked.json()["proposals"]}
    assert code(office.add(ours, png, "scan.png", kind="raster")) == (422, "raster-unplaced")
    bare = office.add(ours, png, "scan.png").json()
    assert (bare["kind"], bare["placement"]) == ("plan", None)
    none = office.client.get(f"{bare['download']}/placement", headers=ours)
    assert code(none) == (409, "document-no-raster")

    given = {"kind": "raster", "world": PLACE, "crs": "EPSG:25833", "scale": 2000}
    laid = office.client.patch(
        bare["download"], json=given, headers={**ours, **office.etag(ours)}
    ).json()
    place = office.client.get(laid["placement"], headers=ours).json()
    assert place["corners"] == [[X, Y], [X + 40, Y], [X + 40, Y - 20], [X, Y - 20]]
    assert (place["pixel_m"], place["accuracy_m"]) == (pytest.approx(PIXEL), pytest.approx(1.0))
    first, again = (office.client.get(place["overlay"], headers=ours) for _ in range(2))
    assert first.headers["content-type"] == "image/png"
    assert first.content == again.content
    with Image.open(io.BytesIO(first.content)) as shown:
        assert shown.format == "PNG"
    west, south, east, north = place["bounds"]
    assert 12 < west < east < 13
    assert 51 < south < north < 52

    said = {"outline": json.dumps(place["outline"]), "traced_over": laid["id"], "label": "Scan"}
    draft = office.client.post(f"{office.case}/versions", data=said, headers=ours)
    assert draft.status_code == 201, draft.text
    assert draft.json()["understood"]["accuracy_m"] == pytest.approx(1.0)
    assert "nachgezeichnet" in json.dumps(draft.json()["understood"], ensure_ascii=False)
    office.check(draft.json()["check"])
    report = office.client.get(f"{draft.json()['check']}/report", headers=ours).json()
    assert report["plan"]["declared_accuracy_m"] == pytest.approx(1.0)
    with transaction(office.app.state.engine) as session:
        assert str(session.scalars(select(Tracing.document_id)).one()) == laid["id"]
    used = office.client.delete(laid["download"], headers=ours)
    assert code(used) == (409, "document-in-use")
    nothing = {**said, "traced_over": str(office.case_id)}
    answer = office.client.post(f"{office.case}/versions", data=nothing, headers=ours)
    assert code(answer) == (404, "not-found")


def test_a_scan_is_traced_over_before_there_is_a_case(office: Office, tmp_path: Path) -> None:
    ours, before = office.coordinator, office.kept()
    scan = {"file": ("scan.png", picture(tmp_path / "scan.png").read_bytes())}
    placed = {"world": PLACE, "crs": "EPSG:25833"}
    answer = office.client.post("/api/v1/rasters", files=scan, data=placed, headers=ours)
    place = answer.json()
    assert place["overlay"].startswith("data:image/png;base64,iVBOR")
    assert office.kept() == before
    said = {"outline": json.dumps(place["outline"]), "origin": "traced",
            "accuracy_m": str(place["accuracy_m"])}  # fmt: skip
    case = office.client.post("/api/v1/cases", data=said, headers=ours).json()
    assert case["understood"]["accuracy_m"] == pytest.approx(0.4)
    here = f"/api/v1/cases/{case['id']}"
    given = {**placed, "kind": "raster", "traced_draft": "1"}
    content = scan["file"][1]
    assert office.add(ours, content, "scan.png", case=here, **given).status_code == 201
    before, content = office.kept(), picture(tmp_path / "other.png", (100, 50)).read_bytes()
    bare = {"kind": "plan", "traced_draft": "1"}
    answer = office.add(ours, content, "a.png", case=here, **bare)
    assert code(answer) == (409, "document-no-raster")
    assert code(office.add(ours, content, "b.png", case=here, **given)) == (409, "traced-already")
    given["traced_draft"] = "2"
    refused = office.add(ours, content, "c.png", case=here, **given)
    assert code(refused) == (422, "draft-not-traced")
    assert office.kept() == before
    assert office.names(ours, here) == ["scan.png"]
    pdf = {"file": ("a.pdf", files.PDF)}
    no_picture = office.client.post("/api/v1/rasters", files=pdf, headers=ours)
    assert code(no_picture) == (422, "raster-no-picture")


def test_what_comes_with_a_plan_becomes_documents(office: Office) -> None:
    ring = outline()
    beside = {"Begründung.pdf": files.PDF, "anlagen/Karte.docx": files.packed(files.WORD),
              "alt.doc": files.OLE}  # fmt: skip
    zipped = files.packed({"plan.geojson": ring, **beside})
    opened = office.hand_in(zipped, "plan.zip")
    case = f"/api/v1/cases/{opened['id']}"
    listed = office.client.get(f"{case}/documents", headers=office.planner).json()["documents"]
    assert [(d["filename"], d["kind"], d["version"]) for d in listed] == [
        ("Begründung.pdf", "report", 1), ("Karte.docx", "plan", 1),
    ]  # fmt: skip
    notice = {n["code"]: n["text"] for n in opened["understood"]["notices"]}
    assert "alt.doc (document-old-office)" in notice["attachment-left-out"]
    again = files.packed({"plan.geojson": outline(90), **beside, "Gutachten.pdf": files.PDF})
    answer = office.client.post(
        f"{case}/versions", files={"file": ("plan.zip", again)}, headers=office.planner
    )
    assert answer.status_code == 201, answer.text
    assert office.names(office.planner, case) == ["Begründung.pdf", "Karte.docx", "Gutachten.pdf"]


def test_attachments_of_xplanung_and_a_find_in_one(office: Office) -> None:
    corner = f"{X} {Y} {X + 50} {Y} {X + 50} {Y + 50} {X} {Y}"
    scope = "raeumlicherGeltungsbereich"
    gml = xplan(outline=f"<xplan:{scope}>{polygon(corner)}</xplan:{scope}>").encode()
    opened = office.hand_in(files.packed({"a.gml": gml, "Plan.pdf": files.PDF}), "a.zip")
    assert office.names(office.planner, f"/api/v1/cases/{opened['id']}") == ["Plan.pdf"]
    before, state = office.kept(), office.app.state
    plain = state.settings
    with stand_in() as address:
        state.settings = plain.model_copy(update={"clamd": address})
        bad = files.packed({"a.gml": gml, "Plan.pdf": files.PDF + SIGNATURE})
        answer = office.client.post(
            "/api/v1/cases", files={"file": ("a.zip", bad)}, headers=office.planner
        )
    state.settings = plain
    assert code(answer) == (422, "document-infected")
    assert office.kept() == before


@pytest.mark.parametrize(("damage", "expected"), [
    (files.relabelled, "archive-method"), (files.misnamed, "archive-corrupt"),
])  # fmt: skip
def test_a_damaged_archive_is_the_senders_fault_wherever_it_arrives(
    office: Office, damage: Callable[[bytes, str], bytes], expected: str
) -> None:
    gml = xplan().encode()
    plan = damage(files.packed({"plan.gml": gml, "a.pdf": files.PDF}), "a.pdf")
    letter = damage(files.packed(files.WORD), "word/document.xml")
    before = office.kept()
    for path, content in {
        "/api/v1/cases": plan, f"{office.case}/versions": plan, f"{office.case}/documents": letter,
        "/api/v1/rasters": letter,
    }.items():  # fmt: skip
        answer = office.client.post(
            path, files={"file": ("a.zip", content)}, headers=office.planner
        )
        assert code(answer) == (422, expected), path
    assert office.kept() == before


def test_a_case_that_has_ended_takes_what_the_coordinator_files(office: Office) -> None:
    made = office.hand_in(outline(70), "c.geojson")
    case = f"/api/v1/cases/{made['id']}"
    own = office.add(office.planner, case=case).json()
    step = {"action": "withdraw", "reason": "Die Gemeinde verzichtet."}
    taken = office.client.post(f"{case}/events", json=step, headers=office.coordinator)
    assert taken.status_code == 200, taken.text
    assert code(office.add(office.planner, case=case)) == (409, "state-conflict")
    late = office.client.delete(own["download"], headers=office.planner)
    assert code(late) == (409, "state-conflict")
    assert office.add(office.coordinator, case=case).status_code == 201
    with transaction(office.app.state.engine) as session:
        assert session.get_one(Case, UUID(made["id"])).state == "withdrawn"
        assert documents.forget_names(session, UUID(made["id"])) == 2
    assert office.names(office.coordinator, case) == ["Unterlage.pdf", "Unterlage.pdf"]
