"""The route by which closed cases of earlier years come in."""

from contextlib import ExitStack
from dataclasses import replace
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Response, UploadFile
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from service.access.throttle import counted_upload
from service.api.dependencies import InDesk, InDistrict, InLanguage, InOutliner
from service.api.handing_in import Line
from service.api.once import InOnce
from service.api.problems import DECLARED
from service.cases.importing.fault import IMPORT, FaultyError
from service.cases.importing.shaping import Geodata
from service.cases.importing.taking import Outcome, Source, take
from service.errors import UnusableError
from service.plans.declared import Intake

router = APIRouter(prefix="/api/v1", tags=["cases"])


def _as_form(schema: dict[str, Any]) -> None:
    """Describe what a form can say: no nulls."""
    for field in schema["properties"].values():
        said = [form for form in field.pop("anyOf", ()) if form != {"type": "null"}]
        field.update(said[0] if said else {})
        if field.get("default", 0) is None:
            del field["default"]


class Importing(BaseModel, extra="forbid", json_schema_extra=_as_form):
    """A table of closed cases, and where they lie."""

    file: UploadFile = Field(
        description="CSV with a heading: semicolons or commas, UTF-8 or Windows-1252"
    )
    geometry: UploadFile | None = Field(
        None, description="outlines, unless the table has them: GeoPackage, Shapefile, GeoJSON …"
    )
    by: Line | None = Field(
        None,
        min_length=1,
        description="attribute of `geometry` with the reference; default: aktenzeichen, az",
        examples=["aktenzeichen"],
    )
    crs: Line | None = Field(
        None, description="of the outlines; default: what the file says, else the district's",
        examples=["EPSG:25833"],
    )  # fmt: skip
    plan_layer: Line | None = Field(None, description="layer of `geometry`")
    accept: list[Line] = Field([], max_length=20, description="codes of questions answered yes")
    origin: Literal["official", "drawn", "traced", "parcels"] | None = Field(
        None, description="how the outlines came about"
    )
    dry_run: bool = Field(False, description="find out what would happen, and keep nothing")


ImportForm = Annotated[Importing, Form(media_type="multipart/form-data")]


class RemarkOut(BaseModel):
    """Something to know of a row that was taken all the same."""

    line: int = Field(description="as a spreadsheet counts; the heading is 1", examples=[7])
    reference: str
    text: str


class ImportedOut(BaseModel):
    """What became of the rows of a table."""

    dry_run: bool = Field(description="nothing was kept")
    imported: list[str] = Field(description="references", examples=[["KE-2019-0007"]])
    skipped: list[str] = Field(description="references that are here with just this content")
    without_outline: list[str] = Field(description="references that are found by text only")
    unused: int = Field(description="objects of `geometry` that belong to no row")
    remarks: list[RemarkOut]


@router.post("/imports", response_model=ImportedOut, status_code=201, responses=DECLARED)
def import_cases(
    form: ImportForm,
    desk: InDesk,
    once: InOnce,
    district: InDistrict,
    outliner: InOutliner,
    language: InLanguage,
) -> Response:
    """Import closed cases of earlier years: all of a table or nothing; a row that is here already
    with the same content is skipped.
    """
    counted_upload(desk.session, desk.principal, desk.settings)
    with ExitStack() as arriving:
        files = [
            arriving.enter_context(desk.blobs.arriving(f.file, most=desk.settings.upload_bytes))
            for f in (form.file, form.geometry)
            if f is not None
        ]
        said = form.model_dump(exclude={"file", "geometry"}, mode="json")
        if earlier := once.earlier(*(file.sha256 for file in files), said):
            return earlier
        geodata = Geodata(files[1].path, form.by) if len(files) > 1 else None
        source = Source(
            files[0].path.read_bytes(), _intake(form, district.intake()), geodata, district.towns
        )
        try:
            outcome = take(
                desk.session,
                desk.blobs,
                source,
                outliner,
                actor=desk.principal.pseudonym,
                today=date.today(),
                dry_run=form.dry_run,
            )
        except FaultyError as error:
            told = error.told(language)
            raise UnusableError(
                "import-faulty", IMPORT, errors=told, faults=len(error.faults)
            ) from error
    return once.keep(_answer(outcome, form.dry_run, language))


def _intake(form: Importing, blank: Intake) -> Intake:
    return replace(
        blank,
        source_crs=form.crs,
        layer=form.plan_layer,
        accept=frozenset(form.accept),
        origin=form.origin,
    )


def _answer(outcome: Outcome, dry_run: bool, language: str) -> Response:
    body = ImportedOut(
        dry_run=dry_run,
        imported=list(outcome.imported),
        skipped=list(outcome.skipped),
        without_outline=list(outcome.without_outline),
        unused=outcome.unused,
        remarks=[
            RemarkOut(line=r.line, reference=r.reference, text=r.text.in_language(language))
            for r in outcome.remarks
        ],
    )
    headers = {"Content-Language": language}
    return JSONResponse(body.model_dump(mode="json"), 201, headers)
