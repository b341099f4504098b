"""The application with one case of which everything there is to ask for exists, and its readers.

Somebody of every role, a plan over all that is hidden, answers with something restricted in them,
documents, an answer link, a statement that was sent and released, tiles, a base map.
"""

import hashlib
import logging
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine, select, text

from layers.tiles import tiles
from service import seal
from service.app import create_app
from service.blobs import Blobs
from service.cases.asking.letters import answer_link
from service.cases.asking.proposal import proposals_of
from service.cases.checking import carry_out
from service.config import Settings
from service.db import transaction
from service.models import Account, Case, Contribution, Decision, Item, Membership, Task
from service.plans.intake import read_plan
from service.portal import base_tiles, files, public_ground
from service.portal.layer_states import looked
from service.portal.public_tiles import tiled
from tests.builders import X, Y
from tests.layers.reading.pictures import picture
from tests.service.api.people import person
from tests.service.cases.files import WORD, packed
from tests.service.cases.handing import case_of, hand_in
from tests.service.cases.region import district, outline
from tests.service.consolidation.answers import asked
from tests.service.planted import OFFICES, ONLY_BY_HIDDEN, RESTRICTED, region
from tests.service.test_basemap import png

Headers = Mapping[str, str]
IDS = {
    "case_id": "select id from cases",
    "check_id": "select id from checks",
    "task_id": "select id from tasks",
    "contribution_id": "select id from contributions",
    "item_id": "select id from items",
    "document_id": "select id from documents",
    "statement_id": "select id from statements",
    "account_id": "select id from accounts limit 1",
    "edition": "select distinct edition from statement_files",
    "form": "select distinct form from statement_files",
}
CODES = ("nsg", "denkmal", "arten")
OUR_MACHINE = ("127.0.0.1", 50_000)  # from which the figures for machines may be read
NOWHERE = "http://127.0.0.1:9/{z}/{x}/{y}.png"
WHOLE_WORLD = "0/0/0"
PLACE = f"0.2\n0\n0\n-0.2\n{X + 0.1}\n{Y - 0.1}\n"


@dataclass
class Inside:
    """The application with its case, and who asks it; `log` is all that was logged meanwhile.

    `values` are what the parts of addresses can be, `paths` the addresses of routes whose parts
    belong together.
    """

    app: FastAPI
    people: dict[str, Headers]
    values: dict[str, list[str]] = field(default_factory=dict)
    paths: dict[str, list[str]] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)

    @property
    def client(self) -> TestClient:
        """A way to ask it that follows no redirect."""
        return TestClient(
            self.app, raise_server_exceptions=False, follow_redirects=False, client=OUR_MACHINE
        )


def inside_of(folder: Path, url: str, log: list[str], *, moved: Collection[str] = ()) -> Inside:
    """Make the application in a folder, with its case and all that belongs to it; what layers that
    are `moved` hide, the case does not meet.
    """
    (folder / "district").mkdir()
    here = district(region(folder / "district", moved=moved), folder)
    settings = Settings(
        data=folder, anonymous_checks_per_minute=10_000, uploads_per_minute=10_000,
        embedding="https://borna.example.org", base_map_url=NOWHERE,
    )  # fmt: skip
    app = create_app(settings, url, here, read_plan)
    engine = app.state.engine
    check_id = hand_in(engine, here, folder, outline())
    carry_out(engine, here, Blobs(folder / "blobs"), check_id)
    case_id = case_of(engine, check_id)
    for office in ("UNB", "UDB", "UWB", ONLY_BY_HIDDEN):
        _decide(engine, case_id, office)
        task_id = asked(engine, case_id, office, [("keine_bedenken", "Keine Bedenken.")])
        if office == "UNB":
            _confide(engine, task_id)
    made = Inside(app, readers(engine, case_id), log=log)
    _file(made, case_id, folder)
    sent(made, case_id)
    for code in ("nsg", "denkmal"):
        layer = here.catalogue.layer(code)
        assert tiles(here.store.version(layer), layer) is not None
    _lay_ground(folder)
    made.values.update(_known(engine), z=["0"], x=["0"], y=["0"], word=[_link(engine, folder)])
    made.paths.update(_paths(made))
    return made


@contextmanager
def logged() -> Iterator[list[str]]:
    """Yield a list to which everything is added that anybody logs, with its facts."""
    lines: list[str] = []

    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(f"{record.getMessage()} {getattr(record, 'facts', '')}")

    root, handler = logging.getLogger(), Handler(logging.DEBUG)
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    try:
        yield lines
    finally:
        root.removeHandler(handler)
        root.setLevel(before)


def readers(engine: Engine, case_id: UUID) -> dict[str, Headers]:
    """Return somebody of every kind; the planner is the one whose case it is."""
    people = {role: person(engine, role) for role in ("coordinator", "steward", "administrator")}
    people |= {f"office {code}": person(engine, "officer", office=code)
               for code in ("UNB", "UDB", "UWB")}  # fmt: skip
    people |= {"public": {}, "other planner": person(engine, "planner", login="other")}
    people["planner"] = person(engine, "planner", login="own", organisation="Stadt")
    with transaction(engine) as session:
        account = session.scalars(select(Account).where(Account.login == "own")).one()
        member = select(Membership.organisation_id).where(Membership.account_id == account.id)
        session.get_one(Case, case_id).organisation_id = session.scalars(member).one()
    return people


def sent(inside: Inside, case_id: UUID) -> None:
    """Send the statement and release it to the public."""
    client, coordinator = inside.client, inside.people["coordinator"]

    def say(rest: str, method: str = "POST", who: Headers = coordinator, **body: Any) -> Any:
        path = f"/api/v1/cases/{case_id}{rest}"
        answer = client.request(method, path, headers=who, json=body)
        assert answer.status_code < 300, answer.text
        return answer.json()

    here = f"/statements/{say('/statements')['id']}"
    say(here, "PATCH", verdict="notes", assessment="Dem Plan wird zugestimmt.")
    say(f"{here}/circulation")
    head = person(inside.app.state.engine, "coordinator", login="head")
    with transaction(inside.app.state.engine) as session:
        account = session.scalars(select(Account).where(Account.login == "head")).one()
        account.functions = ["staff-unit"]
    say(f"{here}/signature", who=head)
    say(f"{here}/sending")
    for what in ("plan", "statement"):
        say("/releases", what=what, title="Sonnenhang", consent="Stadt", until="2027-03-31")


def _decide(engine: Engine, case_id: UUID, office: str) -> None:
    """Have an office asked as a release does: as proposed, or added with a reason."""
    with transaction(engine) as session:
        check, proposals = proposals_of(session, session.get_one(Case, case_id))
        assert check is not None
        said = next((one for one in proposals if one.office == office), None)
        made = Decision(
            case_id=case_id, version_id=check.version_id, office=office, decision="add",
            reason="vorsorglich", reasons=[], by="c-1",
        )  # fmt: skip
        if said is not None:
            made.decision, made.reason, made.check_id = "involve", None, check.id
            made.effect, made.certainty = said.effect, said.certainty
            made.reasons = list(said.reasons)
        session.add(made)


def _confide(engine: Engine, task_id: UUID) -> None:
    """Let the keeper say where and what it is, in a point for the house that is restricted."""
    words, outward = RESTRICTED.words[0], "Der Artenschutz ist zu beachten."
    with transaction(engine) as session:
        answer = select(Contribution.id).where(Contribution.task_id == task_id)
        session.add(
            Item(contribution_id=session.scalars(answer).one(), number=2, position=2,
                 kind="hinweis", text=f"{words} schonen.", outward=outward, by="o-1", layer="arten",
                 restricted=True, basis="§ 44 BNatSchG")
        )  # fmt: skip


def _file(inside: Inside, case_id: UUID, folder: Path) -> None:
    """File a scan of the planner's that lies on the map, and a paper for offices only."""
    scan = picture(folder / "scan.png").read_bytes()
    paper = packed({**WORD, "word/document.xml": f"<a>{OFFICES.words[1]}</a>".encode()})
    for who, name, content, said in (
        ("planner", "scan.png", scan, {"kind": "raster", "world": PLACE, "crs": "EPSG:25833"}),
        ("office UDB", f"{OFFICES.words[0]}.docx", paper, {}),
    ):
        answer = inside.client.post(
            f"/api/v1/cases/{case_id}/documents", files={"file": (name, content)}, data=said,
            headers=inside.people[who],
        )  # fmt: skip
        assert answer.status_code == 201, answer.text


def _link(engine: Engine, folder: Path) -> str:
    """Return the word by which the keeper's mailbox reads its task."""
    with transaction(engine) as session:
        task = session.scalars(select(Task).where(Task.office == "UNB")).one()
        task.due = max(task.due, date.today())
        return seal.sealed(folder, answer_link(session, task, "unb@example.org").id)


def _lay_ground(folder: Path) -> None:
    name = hashlib.sha256(NOWHERE.encode()).hexdigest()[:12]
    tile = folder / base_tiles.FOLDER / name / WHOLE_WORLD
    tile.parent.mkdir(parents=True)
    tile.write_bytes(png())


def _known(engine: Engine) -> dict[str, list[str]]:
    with transaction(engine) as session:
        return {name: [str(v) for v in session.scalars(text(q))] for name, q in IDS.items()}


def _paths(inside: Inside) -> dict[str, list[str]]:
    """Return addresses that hold a digest; those of hidden layers as they would be."""
    here = inside.app.state.district
    states = [looked(here.store, layer, date.today()) for layer in here.catalogue.layers]
    mark = public_ground.digest(here, {one.layer.code: one.version for one in states})
    opened = [replace(one, layer=replace(one.layer, visibility="public")) for one in states]
    there = {code: one.address for code, one in tiled(here, opened).items()}
    assert there.keys() == {"nsg", "denkmal"}
    digests = {address.partition("/")[0] for address in there.values()}
    return {
        "GET /static/{digest}/{name}": [files.address(name) for name in ("map.js", "map.css")],
        "GET /karte/{digest}/{name}.json": [
            f"/karte/{mark}/{name}.json" for name in (public_ground.GROUND, *CODES)
        ],
        "GET /kacheln/{digest}/{code}/{name}.pmtiles": [
            f"/kacheln/{digest}/{code}/{name}.pmtiles"
            for digest in sorted(digests)
            for code in CODES
            for name in ("tiles", "overview")
        ],
    }
