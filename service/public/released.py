"""Plans released to the public, as an export carries them: what their page shows, and no more.

Outside they are rows of no database: a case without reference, applicant or history. Of a
statement the public edition goes with them, where that was released, too.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import shapely
from sqlalchemy.orm import Session

from service.cases.publishing import PLAN, STATEMENT, Published, last_sent, releases_of
from service.consolidation.publicly import public_edition
from service.district import District
from service.errors import NotFoundError
from service.models.case import Case
from service.models.release import Release
from service.statements.canonical import from_bytes, to_bytes
from service.statements.content import Content

DAYS = ("public_from", "public_to")


@dataclass(frozen=True, slots=True)
class Stated:
    """A statement as the public reads it, when it was sent, and the last day of its release."""

    content: Content
    sent: datetime
    until: date


def stated(session: Session, district: District, found: Iterable[Published]) -> dict[UUID, Stated]:
    """Return the statements that are released with these plans, by case."""
    with_statement = (one.case for one in found if one.statement)
    pairs = ((case.id, _stated(session, district, case)) for case in with_statement)
    return {number: one for number, one in pairs if one is not None}


def _stated(session: Session, district: District, case: Case) -> Stated | None:
    sent = last_sent(session, case)
    standing = [r for r in releases_of(session, case) if r.what == STATEMENT and r.ended is None]
    if sent is None or sent.sent is None or not standing:
        return None
    try:
        content = public_edition(session, district, sent)
    except NotFoundError:
        return None  # there is nothing it could be cut by
    return Stated(content, sent.sent, max(release.until for release in standing))


def plain(found: Iterable[Published], statements: Mapping[UUID, Stated] | None = None) -> bytes:
    """Return published plans as the content of a file; outlines in the working CRS."""
    rows = [_plain(one, (statements or {}).get(one.case.id)) for one in found]
    return orjson.dumps(rows, option=orjson.OPT_INDENT_2)


def _plain(one: Published, said: Stated | None) -> dict[str, Any]:
    case, release = one.case, one.release
    return {
        "case": str(case.id),
        "kind": case.kind,
        "municipalities": case.municipalities,
        "municipality_names": case.municipality_names,
        "dates": {name: case.dates[name] for name in DAYS if name in case.dates},
        "title": release.title,
        "summary": release.summary,
        "link": release.link,
        "until": release.until.isoformat(),
        "at": release.at.isoformat(),
        "shape": None if one.shape is None else shapely.to_wkb(one.shape, hex=True),
        "statement": said
        and {
            "until": said.until.isoformat(),
            "sent": said.sent.isoformat(),
            "content": orjson.loads(to_bytes(said.content)),
        },
    }


def plans(
    path: Path, today: date, *, municipality: str | None = None, text: str | None = None
) -> list[Published]:
    """Return the plans of an export that are public today; by municipality or by words, which
    must all stand in title, summary or the municipalities' names.
    """
    found = [_published(row, today) for row in orjson.loads(path.read_bytes())]
    words = (text or "").casefold().split()
    return [
        one
        for one in found
        if one.release.until >= today
        and (municipality is None or municipality in one.case.municipalities)
        and all(word in _said(one) for word in words)
    ]


def plan(path: Path, case_id: UUID, today: date) -> Published:
    """Return one plan; NotFoundError where there is none, or no more."""
    for one in plans(path, today):
        if one.case.id == case_id:
            return one
    raise NotFoundError


def statement(path: Path, case_id: UUID, today: date) -> Stated:
    """Return the statement on a plan that is public; NotFoundError where none is, or no more."""
    plan(path, case_id, today)
    for row in orjson.loads(path.read_bytes()):
        said = row.get("statement")
        if row["case"] == str(case_id) and said and date.fromisoformat(said["until"]) >= today:
            content = from_bytes(orjson.dumps(said["content"]))
            sent, until = datetime.fromisoformat(said["sent"]), date.fromisoformat(said["until"])
            return Stated(content, sent, until)
    raise NotFoundError


def _said(one: Published) -> str:
    said = (one.release.title, one.release.summary or "", one.case.municipality_names)
    return " ".join(said).casefold()


def _published(row: dict[str, Any], today: date) -> Published:
    case = Case(
        id=UUID(row["case"]),
        kind=row["kind"],
        municipalities=row["municipalities"],
        municipality_names=row["municipality_names"],
        dates=row["dates"],
    )
    release = Release(
        case_id=case.id,
        what=PLAN,
        title=row["title"],
        summary=row["summary"],
        link=row["link"],
        until=date.fromisoformat(row["until"]),
        at=datetime.fromisoformat(row["at"]),
    )
    said = row.get("statement")
    also = said is not None and date.fromisoformat(said["until"]) >= today
    return Published(case, release, row["shape"] and shapely.from_wkb(row["shape"]), also)
