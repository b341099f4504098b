"""Plans released to the public, as an export carries them: what their page shows, and no more.

Outside they are rows of no database: a case without reference, applicant or history.
"""

from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import shapely

from service.cases.publishing import PLAN, Published
from service.errors import NotFoundError
from service.models.case import Case
from service.models.release import Release

DAYS = ("public_from", "public_to")


def plain(found: Iterable[Published]) -> bytes:
    """Return published plans as the content of a file; outlines in the working CRS."""
    return orjson.dumps([_plain(one) for one in found], option=orjson.OPT_INDENT_2)


def _plain(one: Published) -> dict[str, Any]:
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
    }


def plans(
    path: Path, today: date, *, municipality: str | None = None, text: str | None = None
) -> list[Published]:
    """Return the plans of an export that are public today; by municipality or by words, which
    must all stand in title, summary or the municipalities' names.
    """
    found = [_published(row) for row in orjson.loads(path.read_bytes())]
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


def _said(one: Published) -> str:
    said = (one.release.title, one.release.summary or "", one.case.municipality_names)
    return " ".join(said).casefold()


def _published(row: dict[str, Any]) -> Published:
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
    return Published(case, release, row["shape"] and shapely.from_wkb(row["shape"]), False)
