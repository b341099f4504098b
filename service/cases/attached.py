"""A plan that comes with attachments: what lies beside it in its archive becomes documents.

All of it is looked through before the plan itself is kept. What cannot be a document is left out
and said; where the scanner finds something, nothing is taken at all.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import exists, select

from gis.problem import Text
from service.cases import opening
from service.cases.document_kind import kind_of
from service.cases.documents import OUTWARD, Filed, Looked, add, looked_at, may_add
from service.cases.events import happened
from service.cases.opening import Desk, Letter, Sent
from service.clamd import Clamd
from service.db import Json
from service.models.case import Case
from service.models.document import Document
from service.models.version import PlanVersion
from service.plans.paperreader import PaperReader, opened


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An attachment that is no document, and the code of the reason."""

    name: str
    code: str


@dataclass(frozen=True, slots=True)
class Beside:
    """What lies beside a plan."""

    taken: tuple[Looked, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


def open_case(
    desk: Desk, papers: PaperReader, sent: Sent, letter: Letter
) -> tuple[Case, PlanVersion]:
    """Open a case for a plan and file what came with it.

    Raises
    ------
    Refusal, UnusableError, ConflictError
        As `service.cases.opening.open_case`; ``document-infected``.
    UnavailableError, TooLargeError
        As `service.clamd.Clamd.found`.
    """
    with beside(desk, papers, sent.arrived.path) as found:
        case, version = opening.open_case(desk, sent, letter)
        _file(desk, case, version, found)
    return case, version


def add_version(desk: Desk, papers: PaperReader, case: Case, sent: Sent) -> PlanVersion:
    """Add a further draft to a case and file what came with it; errors as `open_case`."""
    with beside(desk, papers, sent.arrived.path) as found:
        if found.taken:
            may_add(desk.session, desk.principal, case)
        version = opening.add_version(desk, case, sent)
        _file(desk, case, version, found)
    return version


@contextmanager
def beside(desk: Desk, papers: PaperReader, path: Path) -> Iterator[Beside]:
    """Yield what lies beside the plan in the file at `path`, arrived and looked through: nothing
    where it is no archive.
    """
    scanner = Clamd(desk.settings.clamd) if desk.settings.clamd else None
    taken: list[Looked] = []
    left: list[LeftOut] = []
    with ExitStack() as stack, papers.beside(path) as found:
        for paper, copy in found:
            if paper.media_type is None:
                left.append(LeftOut(paper.name, str(paper.refused)))
                continue
            with opened(copy) as file:
                most = desk.settings.document_bytes
                arrived = stack.enter_context(desk.blobs.arriving(file, most=most))
            copy.unlink()
            taken.append(looked_at(arrived, paper.name, paper.media_type, scanner))
        yield Beside(tuple(taken), tuple(left))


def _file(desk: Desk, case: Case, version: PlanVersion, found: Beside) -> None:
    for looked in found.taken:
        if _known(desk, case, looked):
            continue
        kind = kind_of(looked.filename, looked.media_type)
        filed = Filed(kind, OUTWARD, {}, version.id)
        add(desk.session, desk.principal, case, looked, filed, desk.blobs)
    for one in found.left_out:
        facts: Json = {"version": version.number, "code": one.code}
        detail = {"filename": one.name}
        actor = desk.principal.pseudonym
        happened(
            desk.session, case, "document.left_out", actor=actor, facts=facts, detail=detail
        )  # fmt: skip
    if found.left_out and version.understood is not None:
        notices = [*version.understood["notices"], _notice(found.left_out)]
        version.understood = {**version.understood, "notices": notices}


def _known(desk: Desk, case: Case, looked: Looked) -> bool:
    """Tell whether an earlier draft came with the same file already."""
    same = (Document.case_id == case.id) & (Document.blob == looked.arrived.sha256)
    named = Document.filename == looked.filename
    return bool(desk.session.scalar(select(exists().where(same & named))))


def _notice(left: tuple[LeftOut, ...]) -> Json:
    names = ", ".join(f"{one.name} ({one.code})" for one in left[:20])
    text = Text(
        f"Nicht als Unterlage übernommen: {names}. Bitte in einer zulässigen Form nachreichen.",
        f"Not taken as a document: {names}. Please supply it in a form that is taken.",
    )
    return {"code": "attachment-left-out", "text": text._asdict()}
