"""A plan of the sample region as it comes in, ready to be checked."""

import io
import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, select

from service.access.principal import Principal
from service.blobs import Blobs
from service.cases import opening
from service.cases.opening import Desk, Letter, Sent
from service.config import Settings
from service.db import transaction
from service.district import District
from service.models import Case, Check, PlanVersion
from service.plans.intake import read_plan

COORDINATOR = Principal(role="coordinator", pseudonym="c-1")
CORNER = (318_000.0, 5_668_000.0)  # in the working CRS, inside the sample district


def outline(side_m: float = 400.0, *, east: float = 0.0, north: float = 0.0) -> bytes:
    """Return a square plan as GeoJSON in the working CRS."""
    x, y = CORNER[0] + east, CORNER[1] + north
    far_x, far_y = x + side_m, y + side_m
    ring = [[x, y], [far_x, y], [far_x, far_y], [x, far_y], [x, y]]
    document = {
        "type": "Polygon",
        "coordinates": [ring],
        "crs": {"type": "name", "properties": {"name": "EPSG:25833"}},
    }
    return json.dumps(document).encode()


def hand_in(
    engine: Engine,
    district: District,
    data: Path,
    content: bytes,
    *,
    case_id: UUID | None = None,
    who: Principal = COORDINATOR,
    **said: Any,
) -> UUID:
    """Open a case for a plan, or add a draft to one; return the id of the check asked for."""
    blobs, settings = Blobs(data / "blobs"), Settings(data=data)
    with transaction(engine) as session:
        desk = Desk(session, blobs, district, settings, read_plan, who)
        with blobs.arriving(io.BytesIO(content), most=10_000_000) as arrived:
            told = {"named": "plan", "kind": "bebauungsplan", **said}
            sent = Sent(arrived, "plan.geojson", replace(district.intake(), **told))
            if case_id is None:
                _, version = opening.open_case(desk, sent, Letter(date(2026, 11, 25)))
            else:
                version = opening.add_version(desk, session.get_one(Case, case_id), sent)
        return session.scalars(select(Check.id).where(Check.version_id == version.id)).one()


def case_of(engine: Engine, check_id: UUID) -> UUID:
    """Return the case of a check."""
    with transaction(engine) as session:
        version = session.get_one(Check, check_id).version_id
        return session.get_one(PlanVersion, version).case_id


def check_again(engine: Engine, district: District, data: Path, check_id: UUID) -> UUID:
    """Ask for another check of the same version; return its id."""
    with transaction(engine) as session:
        before = session.get_one(Check, check_id)
        version = session.get_one(PlanVersion, before.version_id)
        case = session.get_one(Case, version.case_id)
        desk = Desk(session, Blobs(data / "blobs"), district, Settings(data=data), read_plan,
                    COORDINATOR)  # fmt: skip
        return opening.queue_check(desk, case, version, opening.RECHECK).id


def found(engine: Engine, check_id: UUID) -> Check:
    """Return a check as it is now."""
    with transaction(engine) as session:
        return session.get_one(Check, check_id)
