"""What the forms on putting answers together, and on the statement, say."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import UploadFile
from pydantic import BaseModel, Field

from gis.problem import Text
from service.api.consolidation_forms import Kind, Number, Verdict, Way
from service.api.handing_in import Line, Prose
from service.api.moments import Day
from service.errors import GoneStaleError, UnusableError
from service.portal.involving_forms import Said
from service.portal.words import RESULTS

Short = Annotated[Line, Field(min_length=1)]


class Marked(BaseModel):
    """Two items that exclude each other."""

    first: Number
    second: Number
    note: Said


class Settled(BaseModel):
    """How a contradiction was settled."""

    resolution: Said
    outward: bool = False


class Bundled(BaseModel):
    """Items that say the same."""

    heading: Short
    items: list[Number] = Field(min_length=2, max_length=50)


class Begun(BaseModel):
    """A statement, supplement or correction."""

    kind: Kind = "statement"
    changes: Said | None = None


class Written(BaseModel):
    """The overall assessment; `revision` is of the draft it was written on."""

    revision: int
    verdict: Verdict
    assessment: Said
    objection: bool = False
    committee: Short | None = None
    sitting: Day | None = None
    number: Short | None = None
    urgent: bool = False

    def require(self, revision: int) -> None:
        """Let pass what was written on the draft as it is now; GoneStaleError otherwise."""
        if revision != self.revision:
            raise GoneStaleError("statement-changed", CHANGED)

    def values(self) -> dict[str, Any]:
        """Return it as the draft keeps it."""
        decided = (self.committee, self.sitting, self.number)
        if any(decided) and not all(decided):
            raise UnusableError("committee-incomplete", COMMITTEE)
        committee = None
        if self.sitting is not None:
            committee = {"name": self.committee, "sitting": self.sitting.isoformat(),
                         "number": self.number, "urgent": self.urgent}  # fmt: skip
        said = {"verdict": self.verdict, "assessment": self.assessment}
        return {**said, "objection": self.objection, "committee": committee}


class Gap(BaseModel):
    """Why the statement goes out although something is missing."""

    reason: Said
    follows: Line | None = None
    until: Day | None = None


class Weighed(BaseModel):
    """What was made of items; each `result` is an item with one of the results."""

    received: Day
    document: UUID | None = None
    result: list[Annotated[str, Field(max_length=60)]] = Field(min_length=1, max_length=2_000)

    def by_item(self) -> dict[str, tuple[str, str | None]]:
        """Return the results by item; UnusableError for what is none."""
        pairs = [one.rpartition("=") for one in self.result]
        if any(result not in RESULTS for _, _, result in pairs):
            raise UnusableError("result-unknown", RESULT, known=sorted(RESULTS))
        return {item: (result, None) for item, _, result in pairs}


class Remark(BaseModel):
    """A remark of whoever signs."""

    remark: Said | None = None


class Return(BaseModel):
    """Why a statement is given back."""

    remark: Said


class Dispatched(BaseModel):
    """How a statement went out."""

    way: Way
    recipient: Line | None = None
    on: Day
    proof: UUID | None = None
    note: Prose | None = None


class Bound(BaseModel):
    """The copy that was signed outside."""

    file: UploadFile


CHANGED = Text(
    "Der Entwurf wurde inzwischen geändert. Ihr Text steht noch hier; bitte vergleichen und noch "
    "einmal speichern.",
    "The draft was changed meanwhile. Your text is still here; please compare and save again.",
)
COMMITTEE = Text(
    "Zum Beschluss gehören Gremium, Sitzungstag und Nummer.",
    "A decision needs the committee, the day of its sitting and the number.",
)
RESULT = Text("Dieses Ergebnis gibt es nicht.", "There is no such result.")
