"""What is said and answered about documents of a case."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Form, UploadFile
from pydantic import BaseModel, Field

from gis.problem import Text
from service.access.principal import Principal
from service.api.handing_in import Line
from service.cases.documents import CLEAN, UNCHECKED, Listed, may_touch
from service.cases.rasters import Place
from service.models.case import Case

Kind = Literal["plan", "report", "letter", "raster", "xplan", "other"]
Edition = Literal["inner", "outward"]
World = Annotated[str, Field(max_length=1_000, pattern=r"^[0-9eE+\-.,\s]*$")]
Scale = Annotated[float, Field(ge=1, le=1_000_000, allow_inf_nan=False)]
SCANS = {UNCHECKED: Text("ungeprüft", "unchecked"), CLEAN: Text("ohne Befund", "nothing found")}


class Placed(BaseModel, extra="forbid"):
    """What is said of where a picture lies."""

    crs: Line | None = Field(None, description="of the picture", examples=["EPSG:25833"])
    world: World | None = Field(
        None,
        description="text of its world file",
        examples=["0.2\n0\n0\n-0.2\n318000.1\n5668499.9\n"],
    )
    scale: Scale | None = Field(None, description="of the drawing, 1 : scale", examples=[2000])
    accept: list[Line] = Field([], max_length=20, description="codes of questions answered yes")

    def place(self) -> Place:
        """Return it as one value."""
        return Place(self.crs, self.world or None, self.scale, frozenset(self.accept))

    @property
    def says_where(self) -> bool:
        """Whether anything was said."""
        return self.place() != Place()


class Brought(Placed):
    """A document, and what is said of it."""

    file: UploadFile = Field(
        description="PDF, PNG, JPEG, TIFF, DOCX, XLSX, ODT, ODS, XML, GML, XPlanung ZIP, text"
    )
    kind: Kind | None = Field(None, description="default: by type and name", examples=["report"])
    edition: Edition | None = Field(
        None, description="`outward` is for planners, too; default: `inner`, of planners `outward`"
    )
    traced_draft: int | None = Field(
        None, ge=1, le=10_000, description="number of the draft that was traced over it"
    )


class Scanned(Placed):
    """A scanned plan, and what is said of where it lies."""

    file: UploadFile = Field(description="GeoTIFF, or PNG, JPEG, TIFF with `world`")


ScannedForm = Annotated[Scanned, Form(media_type="multipart/form-data")]
DocumentForm = Annotated[Brought, Form(media_type="multipart/form-data")]


class Refiled(Placed):
    """How to file a document differently; what is not given stays."""

    kind: Kind | None = Field(None, examples=["report"])
    edition: Edition | None = Field(None, examples=["outward"])


class DocumentOut(BaseModel):
    """A document of a case."""

    id: UUID
    kind: Kind
    filename: str = Field(examples=["Begründung.pdf"])
    media_type: str = Field(examples=["application/pdf"])
    size: int = Field(description="bytes")
    sha256: str
    edition: Edition
    scan: Literal["unchecked", "clean"] = Field(description="what the virus scanner said")
    scan_text: str = Field(description="the same in words", examples=["ungeprüft"])
    version: int | None = Field(description="number of the draft it came with")
    created: datetime
    changeable: bool = Field(description="whether the caller may change or remove it")
    download: str = Field(description="address of its bytes")
    placement: str | None = Field(description="address of where it lies, of a raster")


class DocumentsOut(BaseModel):
    """The documents of a case, oldest first."""

    documents: list[DocumentOut]


class PlacementOut(BaseModel):
    """Where a raster lies. `affine` leads from its pixels (upper left corner) to `own_crs`."""

    width: int = Field(description="pixels")
    height: int = Field(description="pixels")
    affine: list[float] = Field(description="x = a·column + b·row + c, y = d·column + e·row + f")
    own_crs: str | None = Field(description="what the picture or somebody said")
    crs: str = Field(description="what it was taken for")
    corners: list[list[float]] = Field(description="in the working CRS, from the upper left one")
    outline: dict[str, Any] = Field(description="GeoJSON, WGS 84")
    bounds: list[float] = Field(description="frame of the overlay: west, south, east, north")
    pixel_m: float = Field(description="size of a pixel on the ground")
    accuracy_m: float = Field(description="standard deviation of what is traced over it")
    overlay_error_m: float = Field(description="how far the overlay is off at most")
    overlay: str = Field(description="the overlay, a PNG in Web Mercator: its address, or `data:`")


def address(case: Case, document_id: UUID) -> str:
    """Return where a document is."""
    return f"/api/v1/cases/{case.id}/documents/{document_id}"


def described(one: Listed, who: Principal, case: Case, language: str) -> DocumentOut:
    """Return a document as it is answered to this principal."""
    document, here = one.document, address(case, one.document.id)
    kept = ("id", "kind", "filename", "media_type", "edition", "scan", "created")
    return DocumentOut(
        **{name: getattr(document, name) for name in kept},
        size=one.size,
        sha256=document.blob,
        scan_text=SCANS[document.scan].in_language(language),
        version=one.version,
        changeable=may_touch(who, case, document),
        download=here,
        placement=f"{here}/placement" if document.facts else None,
    )
