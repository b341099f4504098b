"""The fields with which a plan is handed in: the file, and what is said beside it."""

import io
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date
from typing import Annotated, Any, BinaryIO, Literal
from uuid import UUID

import orjson
from fastapi import Form, UploadFile
from pydantic import BaseModel, Field

from gis.problem import Text
from service.api.moments import Day
from service.cases.opening import Letter
from service.district import District
from service.errors import UnusableError
from service.plans.declared import Intake
from service.plans.origin import PARCELS
from service.plans.parcels import outline_of
from service.plans.pasted import as_drawn, written

Metres = Annotated[float, Field(ge=0, le=10_000, allow_inf_nan=False)]
VALUES = (str, int, float, bool)
PRINTABLE = r"^[^\x00-\x1f\x7f]*$"
Line = Annotated[str, Field(max_length=300, pattern=PRINTABLE)]
WITH_BREAKS = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f]*$"
Prose = Annotated[str, Field(max_length=10_000, pattern=WITH_BREAKS)]


def _as_form(schema: dict[str, Any]) -> None:
    """Describe what a form can say: no nulls, and one way to say where the plan is."""
    for field in schema["properties"].values():
        said = [form for form in field.pop("anyOf", ()) if form != {"type": "null"}]
        field.update(said[0] if said else {})
        if field.get("default", 0) is None:
            del field["default"]
    schema["oneOf"] = [{"required": [way]} for way in ("file", "outline", "parcels")]


Use = Annotated[Line, Field(json_schema_extra={"x-vocabulary": "uses"})]


class Said(BaseModel, extra="forbid", json_schema_extra=_as_form):
    """A plan file, or its outline, and what is said beside it."""

    file: UploadFile | None = Field(
        None,
        description="GeoJSON, GeoPackage, zipped Shapefile, GML, XPlanGML, KML, KMZ, GPX, WKT, DXF",
    )
    outline: str | None = Field(
        None,
        max_length=5_000_000,
        description="instead of a file: GeoJSON (WGS 84), WKT, or lines of coordinates",
        examples=[
            '{"type":"Polygon","coordinates":'
            "[[[12.5,51.15],[12.502,51.15],[12.502,51.151],[12.5,51.15]]]}",
            '{"type":"Polygon","coordinates":'
            "[[[12.62,51.11],[12.63,51.11],[12.63,51.12],[12.62,51.12],[12.62,51.11]]]}",
        ],
    )
    parcels: str | None = Field(
        None,
        max_length=130_000,
        description="instead of a file: a list of parcels (Gemarkung, Flur, Flurstück)",
        examples=["Gemarkung Borna, Flur 3, Flst. 124/5"],
    )
    title: Line | None = Field(None, examples=["Bebauungsplan Nr. 12 „Am Hainer See“"])
    kind: Line | None = Field(
        None, description="see /vocabulary", examples=["bebauungsplan"],
        json_schema_extra={"x-vocabulary": "kinds"},
    )  # fmt: skip
    uses: list[Use] = Field([], max_length=20, examples=[["wohnen"]])
    procedure: Line | None = Field(
        None, description="see /vocabulary", examples=["par4-2"],
        json_schema_extra={"x-vocabulary": "procedures"},
    )  # fmt: skip
    crs: Line | None = Field(None, description="of the file", examples=["EPSG:25833"])
    plan_layer: Line | None = Field(None, description="layer of the file that holds the plan")
    encoding: Line | None = Field(None, description="of the file's texts", examples=["utf-8"])
    accept: list[Line] = Field([], max_length=20, description="codes of questions answered yes")
    width_m: Metres | None = Field(None, description="of a route's corridor", examples=[3.5])
    radius_m: Metres | None = Field(None, description="of sites", examples=[25])
    accuracy_m: Metres = Field(0, description="standard deviation of the outline")
    origin: Literal["official", "drawn", "traced", "parcels"] | None = Field(
        None, description="how the outline came about"
    )
    attributes: str | None = Field(
        None,
        max_length=10_000,
        description="what the plan says, as a JSON object",
        examples=['{"hoehe_m": "12"}'],
    )

    def intake(self, district: District, filename: str | None) -> Intake:
        """Return the intake these fields make; words the district does not know are refused."""
        words = district.vocabulary
        _known("kind", [self.kind], words.kinds)
        _known("procedure", [self.procedure], words.procedures)
        _known("uses", self.uses, words.uses)
        blank = district.intake()
        return replace(
            blank,
            source_crs=self.crs,
            layer=self.plan_layer,
            encoding=self.encoding,
            accept=frozenset(self.accept),
            kind=self.kind,
            uses=tuple(self.uses),
            procedure=self.procedure,
            title=self.title,
            width_m=self.width_m,
            radius_m=self.radius_m,
            accuracy_m=self.accuracy_m,
            origin=self.origin,
            attributes=_attributes(self.attributes),
            named=None if filename is None else filename.rpartition(".")[0] or filename,
        )


class Opening(Said):
    """A plan file or outline, with what its letter says."""

    label: Line | None = Field(None, description="Planstand", examples=["Entwurf 03/2026"])
    summary: Prose | None = Field(None, description="what the plan is about")
    law: Line | None = Field(None, description="version of procedural law")
    received: Day | None = Field(None, description="day it came in; default: today")
    deadline: Day | None = Field(None, description="day named in the letter")
    deadline_fixed: bool = Field(
        False, description="named so with reference to § 31 (3) VwVfG: the day does not move"
    )
    sender_reference: Line | None = Field(None, description="the sender's own reference")
    reference: Line | None = Field(None, min_length=1, description="own reference, by hand")
    organisation: UUID | None = Field(None, description="for whom it is handed in")

    def letter(self) -> Letter:
        """Return what the letter says."""
        return Letter(
            received=self.received or date.today(),
            deadline=self.deadline,
            deadline_fixed=self.deadline_fixed,
            title=self.title,
            summary=self.summary,
            law=self.law,
            sender_reference=self.sender_reference,
            reference=self.reference,
            organisation_id=self.organisation,
        )


class Draft(Said):
    """A further draft of a plan."""

    label: Line | None = Field(None, description="Planstand", examples=["2. Entwurf"])
    traced_over: UUID | None = Field(
        None, description="raster among the documents over which the outline was traced"
    )


OpeningForm = Annotated[Opening, Form(media_type="multipart/form-data")]
DraftForm = Annotated[Draft, Form(media_type="multipart/form-data")]


def handed_in(form: Said, district: District, *, inside: bool) -> tuple[BinaryIO, str, Intake]:
    """Return the bytes, the name shown for them, and what is said beside them.

    Only who is `inside` may build on a parcel layer that is not public.

    Raises
    ------
    UnusableError
        Without file, outline and parcels, or with several of them.
    Refusal, Question
        If the outline cannot be understood, or a person must say what it is.
    """
    if [form.file, form.outline, form.parcels].count(None) != 2:
        raise UnusableError("file-or-outline", ONE_OF_THEM)
    if form.file is not None:
        name = _shown(form.file.filename)
        return form.file.file, name, form.intake(district, name)
    if form.parcels is not None:
        seen = ("public", "offices") if inside else ("public",)
        made = outline_of(
            form.parcels, district.catalogue, district.store, form.accept, visible=seen
        )
        return io.BytesIO(made), "parcels", replace(form.intake(district, None), origin=PARCELS)
    intake = as_drawn(form.intake(district, None))
    return io.BytesIO(written(form.outline or "", intake)), "outline", intake


def _shown(name: str | None) -> str:
    """Return a file name for display: the last part, printable, not too long."""
    last = (name or "").replace("\\", "/").rpartition("/")[2]
    return "".join(c for c in last if c.isprintable())[:200] or "plan"


def _known(field: str, said: Iterable[str | None], words: Collection[str]) -> None:
    for word in said:
        if word is not None and word not in words:
            raise UnusableError("word-unknown", UNKNOWN, field=field, known=sorted(words))


def _attributes(text: str | None) -> dict[str, str]:
    if text is None:
        return {}
    try:
        read = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise UnusableError("attributes-invalid", NO_OBJECT) from error
    plain = isinstance(read, dict) and all(isinstance(v, VALUES) for v in read.values())
    if not plain:
        raise UnusableError("attributes-invalid", NO_OBJECT)
    return {name: str(value) for name, value in read.items()}


ONE_OF_THEM = Text(
    "Bitte genau eines angeben: eine Datei (`file`), einen Umriss (`outline`) oder eine "
    "Flurstücksliste (`parcels`).",
    "Please give exactly one of them: a file (`file`), an outline (`outline`) or a list of "
    "parcels (`parcels`).",
)
UNKNOWN = Text(
    "Das Wort in `field` ist nicht bekannt; `known` nennt die bekannten.",
    "The word in `field` is not known; `known` lists those that are.",
)
NO_OBJECT = Text(
    "`attributes` muss ein JSON-Objekt aus Namen und Werten sein.",
    "`attributes` must be a JSON object of names and values.",
)
