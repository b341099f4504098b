"""From what was gathered to the statement's content, and from its content to documents."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from gis.problem import Text
from service.blobs import Blobs
from service.cases.drafts import last_check
from service.cases.drawing import Table, pictured
from service.cases.repeating import blob_of
from service.cases.results import OFFICE
from service.consolidation.gathering import PLANNER, Gathered
from service.consolidation.sending import Made
from service.district import District
from service.errors import ConflictError
from service.models.case import Case
from service.models.check import Check, Report
from service.models.journal import Entry
from service.models.statement import StatementFile
from service.statements import canonical, handover
from service.statements.checked import checked_of
from service.statements.content import Content, Edition
from service.statements.edition import Copy, Result, cut

EDITIONS: tuple[Edition, Edition] = ("inner", "outward")
# How a file is asked for; the others are inside the package only.
FORMS = {
    "stellungnahme.pdf": "pdf",
    "stellungnahme.docx": "docx",
    "stellungnahme.html": "html",
    "karte.html": "map",
    "abwaegung.docx": "weighing-docx",
    "abwaegung.xlsx": "weighing-xlsx",
    "statement.json": "json",
    "places.gpkg": "geopackage",
}
PACKAGE, SIGNED = "package", "package-signed"


@dataclass(frozen=True, slots=True)
class Press:
    """What documents are made with; `template` is the district's own DOCX."""

    session: Session
    district: District
    table: Table
    template: Path | None

    def copies(self, case: Case, content: Content) -> dict[Edition, Copy]:
        """Return both editions of a content. The inner one shows of the check what every office
        may know, for every office that takes part can load it.

        Raises
        ------
        ConflictError
            If the case was not checked, or the check cannot be drawn again as it was.
        """
        check = last_check(self.session, case, "done")
        if check is None:
            raise ConflictError("check-missing", NOT_CHECKED)
        inner, outer = (self._result(check, name, content) for name in (OFFICE, PLANNER))
        return {edition: cut(content, inner, outer, edition) for edition in EDITIONS}

    def documents(self, case: Case, content: bytes) -> Sequence[Made]:
        """Return all documents of a statement, and the package of each edition."""
        said = canonical.from_bytes(content)
        made: list[Made] = []
        for edition, copy in self.copies(case, said).items():
            ready = handover.prepare(copy)
            audit = self._audit(case) if edition == "inner" else None
            files = handover.files(ready, template=self._template(), audit=audit)
            made += [Made(edition, FORMS[n], _named(case, n), files[n]) for n in FORMS]
            whole = handover.package(copy.content, files)
            made.append(Made(edition, PACKAGE, _named(case, "uebergabe.zip"), whole))
        return made

    def preview(self, case: Case, content: Content, edition: Edition) -> bytes:
        """Return the PDF of a statement as it would be now."""
        return handover.statement_pdf(handover.prepare(self.copies(case, content)[edition]))

    def _result(self, check: Check, audience: str, content: Content) -> Result:
        row = self.session.get_one(Report, (check.id, audience, content.language))
        report: Mapping[str, Any] = orjson.loads(row.body)
        picture = pictured(self.table, check, blob_of(self.session, check), row)
        rules = self.district.rules
        return Result(report, picture, checked_of(report, rules, content.language))

    def _template(self) -> bytes | None:
        return None if self.template is None else self.template.read_bytes()

    def _audit(self, case: Case) -> bytes:
        """Return the entries of the journal on a case, without names and free text."""
        rows = select(Entry).where(Entry.case_id == case.id).order_by(Entry.seq)
        entries = [
            {"seq": e.seq, "at": e.at.isoformat(), "actor": e.actor, "action": e.action,
             "facts": e.facts, "previous": e.previous.hex(), "hash": e.hash.hex()}
            for e in self.session.scalars(rows)
        ]  # fmt: skip
        return orjson.dumps(entries, option=orjson.OPT_INDENT_2)


def content_of(found: Gathered) -> bytes:
    """Return all that the statement says, inner edition, as canonical bytes."""
    return canonical.to_bytes(found.content)


def repacked(
    case: Case, content: bytes, files: Sequence[StatementFile], store: Blobs, signed: bytes
) -> list[Made]:
    """Return the packages once more, with the copy that was signed outside."""
    said = canonical.from_bytes(content)
    made = []
    for one in files:
        if one.form == PACKAGE:
            members = handover.members(store.path(one.blob).read_bytes())
            whole = handover.package(said, members, signed=signed)
            made.append(Made(one.edition, SIGNED, _named(case, "uebergabe-signiert.zip"), whole))
    return made


def _named(case: Case, name: str) -> str:
    """Return a file name with the reference of its case."""
    return f"{''.join(c if c.isalnum() else '-' for c in case.reference)}-{name}"


NOT_CHECKED = Text(
    "Der Planstand ist nicht geprüft; ohne Prüfung gibt es keine Unterlagen.",
    "The draft was not checked; without a check there are no documents.",
)
