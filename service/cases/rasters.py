"""Scanned plans among the documents: laid on the map, shown on it, and traced over."""

import hashlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from uuid import UUID

import orjson
import shapely
from sqlalchemy import select
from sqlalchemy.orm import Session

from gis.problem import Text
from layers.folder import write_whole
from layers.reading.document import IMAGES
from layers.reading.georeference import Affine
from layers.reading.raster import Raster
from service.access.principal import Principal
from service.cases.document_kind import RASTER
from service.cases.documents import document_of
from service.cases.events import happened
from service.cases.outlines import geojson
from service.db import Json
from service.errors import ConflictError, UnusableError
from service.models.case import Case
from service.models.document import Document, Tracing
from service.models.version import PlanVersion
from service.plans.declared import Intake
from service.plans.origin import TRACED
from service.plans.sheet import Draw, Lay, Sheet
from service.plans.tracing import Laid

FILE = "sheet"
FOLDER = "rasters"  # of overlays, below that of what was drawn
Sheets = Callable[[Path, Lay | Draw], Sheet]


@dataclass(frozen=True, slots=True)
class Place:
    """What is said of where a picture lies: its CRS, the text of its world file, the scale of the
    drawing (1 : `scale`), questions answered with yes.
    """

    crs: str | None = None
    world: str | None = None
    scale: float | None = None
    accept: frozenset[str] = frozenset()

    def over(self, facts: Json) -> "Place":
        """Return this on top of what was said before, as `facts_of` has kept it."""
        before = facts.get("said", {})
        return Place(
            self.crs or before.get("crs"),
            self.world or before.get("world"),
            self.scale or before.get("scale"),
            self.accept | frozenset(before.get("accept", ())),
        )


def facts_of(sheets: Sheets, path: Path, media_type: str, place: Place, blank: Intake) -> Json:
    """Return where a picture lies, as it is kept with its document; else as `shown`."""
    return shown(sheets, path, media_type, place, blank)[0]


def shown(
    sheets: Sheets, path: Path, media_type: str, place: Place, blank: Intake
) -> tuple[Json, bytes]:
    """Return where a picture lies and its overlay, a PNG; `blank` is the district's intake.

    Coordinates of `affine` are in `own_crs`, of `corners` in the working CRS, of `bounds` (the
    frame of the overlay) in degrees; lengths are in metres.

    Raises
    ------
    UnusableError
        If it is no picture.
    Refusal, Question
        As `service.plans.sheet.work`.
    """
    if media_type not in IMAGES:
        raise UnusableError("raster-no-picture", NO_PICTURE)
    intake = replace(blank, source_crs=place.crs, accept=place.accept)
    sheet = sheets(path, Lay(FILE, intake, place.world, place.scale))
    return _facts(sheet, place), sheet.preview.png


def _facts(sheet: Sheet, place: Place) -> Json:
    laid, frame = sheet.laid, sheet.preview
    return {
        "format": laid.raster.format,
        "width": laid.raster.width,
        "height": laid.raster.height,
        "affine": list(laid.raster.affine),
        "own_crs": laid.raster.crs,
        "crs": laid.crs,
        "corners": [list(corner) for corner in laid.corners],
        "outline": geojson(shapely.Polygon(laid.corners)),
        "bounds": [frame.west, frame.south, frame.east, frame.north],
        "pixel_m": laid.pixel_m,
        "accuracy_m": laid.accuracy_m,
        "overlay_error_m": frame.error_m,
        "said": {**asdict(place), "accept": sorted(place.accept)},
    }


def placed(document: Document) -> Json:
    """Return where the picture of a document lies.

    Raises
    ------
    ConflictError
        If it is not known: the document is no raster.
    """
    if document.kind != RASTER or not document.facts:
        raise ConflictError("document-no-raster", NO_RASTER)
    return document.facts


def overlay(sheets: Sheets, drawn: Path, path: Path, document: Document) -> bytes:
    """Return the PNG that shows a raster on a Web Mercator map within its `bounds`; it is kept
    below the folder `drawn`, which may be emptied at any time.

    Raises
    ------
    ConflictError
        As `placed`.
    Refusal
        As `service.plans.sheet.work`.
    """
    facts = placed(document)
    kept = _kept(drawn, document)
    with suppress(FileNotFoundError):
        return kept.read_bytes()
    raster = Raster(
        facts["format"], facts["width"], facts["height"], Affine(*facts["affine"]), facts["own_crs"]
    )
    corners = tuple((float(x), float(y)) for x, y in facts["corners"])
    on = Laid(raster, facts["crs"], corners, facts["pixel_m"], facts["accuracy_m"])
    png = sheets(path, Draw(FILE, on)).preview.png
    kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_whole(kept, png)
    return png


def drop_overlay(drawn: Path, document: Document) -> None:
    """Remove what was drawn of a document that goes."""
    _kept(drawn, document).unlink(missing_ok=True)


def traced(
    session: Session, principal: Principal, case: Case, document_id: UUID, intake: Intake
) -> Intake:
    """Return the intake of an outline that was traced over a raster of the case: as accurate as
    that allows, unless somebody says otherwise.

    Raises
    ------
    NotFoundError
        If there is no such document.
    ConflictError
        As `placed`.
    """
    facts = placed(document_of(session, principal, case, document_id).document)
    accuracy_m = intake.accuracy_m or float(facts["accuracy_m"])
    return replace(intake, origin=TRACED, accuracy_m=accuracy_m)


def traced_draft(session: Session, case: Case, number: int, facts: Json) -> PlanVersion:
    """Return the draft of that number, which may have been traced over a picture that lies as
    `facts` say.

    Raises
    ------
    UnusableError
        If there is none, or nobody says of it that it was traced.
    ConflictError
        If the picture lies nowhere, or it is on record already what the draft was traced over.
    """
    if not facts:
        raise ConflictError("document-no-raster", NO_RASTER)
    wanted = select(PlanVersion).where(PlanVersion.case_id == case.id)
    version = session.scalars(wanted.where(PlanVersion.number == number)).first()
    if version is None or version.origin != TRACED:
        raise UnusableError("draft-not-traced", NOT_TRACED)
    if session.get(Tracing, version.id) is not None:
        raise ConflictError("traced-already", TRACED_ALREADY)
    return version


def trace(
    session: Session, principal: Principal, case: Case, version: PlanVersion, document_id: UUID
) -> None:
    """Write down over which raster the outline of a draft was traced."""
    session.add(Tracing(version_id=version.id, document_id=document_id))
    session.flush()
    facts = {"version": version.number, "document": str(document_id)}
    happened(session, case, "plan.traced", actor=principal.pseudonym, facts=facts)


def _kept(drawn: Path, document: Document) -> Path:
    about = orjson.dumps([document.blob, document.facts], option=orjson.OPT_SORT_KEYS)
    return drawn / FOLDER / f"{hashlib.sha256(about).hexdigest()[:32]}.png"


NO_PICTURE = Text(
    "Nachzeichnen lässt sich nur über PNG, JPEG oder TIFF; bitte die Planzeichnung als Bild mit "
    "Georeferenz liefern.",
    "Only a PNG, JPEG or TIFF can be traced over; supply the drawing as a georeferenced picture.",
)
NOT_TRACED = Text(
    "Es gibt keinen Planstand dieser Nummer, der nachgezeichnet wurde (`origin`: `traced`).",
    "There is no draft of that number that was traced (`origin`: `traced`).",
)
TRACED_ALREADY = Text(
    "Für diesen Planstand ist schon vermerkt, worüber er nachgezeichnet wurde.",
    "It is on record already over what this draft was traced.",
)
NO_RASTER = Text(
    "Diese Unterlage liegt nicht auf der Karte; bitte ihre Art auf `raster` setzen und, wo das "
    "Bild es nicht sagt, Weltdatei und Koordinatensystem angeben.",
    "This document does not lie on the map; set its kind to `raster` and, where the picture does "
    "not say, give its world file and coordinate reference system.",
)
