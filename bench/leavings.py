"""What is left of files that were refused: rows of all tables, stored bytes, files, processes.

Nothing may be there that nobody was told of. A row has to belong to what was acknowledged, bytes
to a row, a file to what was there before; whatever has no rule here may not change at all.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from bench.handing import Answer
from service.blobs import Blobs
from service.db import engine_for, referring, transaction
from service.models import Blob

# Tables that grow whatever becomes of a file, and why.
GROWS: Mapping[str, str] = {
    "attempts": "every try is counted before it is made, and forgotten after a day",
    "details": "names and texts of entries of the journal, which are looked at",
    "procrastinate_events": "what happened to jobs, which are looked at",
}
# Rows of other tables that grow, each as what it has to belong to.
OWNERS: Mapping[str, str] = {
    "cases": "select 'case ' || id from cases",
    "plan_versions": "select 'case ' || case_id from plan_versions",
    "checks": "select 'case ' || v.case_id from checks c left join plan_versions v "
              "on v.id = c.version_id and v.question is null",
    "reports": "select 'case ' || v.case_id from reports r left join checks c "
               "on c.id = r.check_id left join plan_versions v on v.id = c.version_id",
    "involvements": "select 'case ' || v.case_id from involvements i left join checks c "
                    "on c.id = i.check_id left join plan_versions v on v.id = c.version_id",
    "documents": "select coalesce('contribution ' || c.id, 'case ' || v.case_id, "
                 "'document ' || d.id) from documents d left join contributions c "
                 "on c.document_id = d.id left join plan_versions v on v.id = d.version_id",
    "contributions": "select 'contribution ' || id from contributions",
    "journal": "select case when d.id is null and j.facts->>'document' is not null "
               "then 'document ' || (j.facts->>'document') "
               "when c.id is null and j.facts->>'contribution' is not null "
               "then 'contribution ' || (j.facts->>'contribution') "
               "else coalesce('case ' || j.case_id, 'entry ' || j.seq) end from journal j "
               "left join documents d on d.id::text = j.facts->>'document' "
               "left join contributions c on c.id::text = j.facts->>'contribution'",
    "mails": "select case when j.seq is null then 'no entry' else 'case ' || j.case_id end "
             "from mails m left join journal j on j.seq = m.event",
    "procrastinate_jobs": "select case when k.id is null and m.id is null then 'job ' || j.id "
                          "else 'case ' || coalesce(v.case_id, e.case_id) end "
                          "from procrastinate_jobs j "
                          "left join checks k on k.id::text = j.args->>'check_id' "
                          "left join plan_versions v on v.id = k.version_id "
                          "left join mails m on m.id::text = j.args->>'mail_id' "
                          "left join journal e on e.seq = m.event",
    "blobs": "",  # looked at together with their files
}  # fmt: skip

SPARE = 2  # folders of children that are just made, or just go


@dataclass
class Acknowledged:
    """What was answered with 201, as the rows of it are called."""

    names: set[str] = field(default_factory=set)

    def add(self, kind: str, answer: Answer, name: str = "id") -> Answer:
        """Note what an answer acknowledges, if it does; return the answer."""
        with suppress(ValueError, KeyError, TypeError):  # a refusal, or none of our answers
            self.names.add(f"{kind} {json.loads(answer[2])[name]}")
        return answer


@dataclass(frozen=True)
class State:
    """How many rows each table has, what they belong to, and which files there are beside the
    stored bytes; of temporary folders, which come and go, the number.
    """

    rows: Mapping[str, int]
    owners: Mapping[str, frozenset[str]]
    files: frozenset[str]
    folders: int


def state(url: str, data: Path, scratch: Path) -> State:
    """Return how things are now; files of the database itself and stored bytes do not count."""
    engine = engine_for(url)
    try:
        with transaction(engine) as session:
            rows = {name: counted(session, name) for name in tables(session)}
            owners = {table: frozenset(str(row[0]) for row in session.execute(text(query)))
                      for table, query in OWNERS.items() if query}  # fmt: skip
    finally:
        engine.dispose()
    folders = sum(path.is_dir() for path in scratch.rglob("*"))
    return State(rows, owners, frozenset(files([data, scratch])), folders)


def tables(session: Session) -> list[str]:
    """Return the tables of the schema."""
    return [str(row[0]) for row in session.execute(text(
        "select table_name from information_schema.tables "
        "where table_schema = 'public' and table_type = 'BASE TABLE' order by table_name"
    ))]  # fmt: skip


def counted(session: Session, table: str) -> int:
    """Return how many rows a table has."""
    return int(session.execute(text(f'select count(*) from "{table}"')).scalar_one())  # noqa: S608 - our own tables


def files(folders: Iterable[Path]) -> set[str]:
    """Return the files below folders, but for those of a database and stored bytes."""
    found = set()
    for folder in folders:
        left_out = (folder / "pg", folder / "blobs")
        found |= {str(path) for path in folder.rglob("*")
                  if not path.is_dir() and not any(map(path.is_relative_to, left_out))}  # fmt: skip
    return found


def left(
    url: str, data: Path, before: State, after: State, acknowledged: Collection[str]
) -> list[str]:
    """Return everything that is left of what was refused, as sentences."""
    engine = engine_for(url)
    try:
        needed, known = blobs_of(engine)
    finally:
        engine.dispose()
    wrong = changed(before.rows, after.rows)
    for table, named in after.owners.items():
        wrong += strays(table, named - before.owners[table], acknowledged)
    if after.folders > before.folders + SPARE:
        wrong.append(f"{after.folders} temporary folders, {before.folders} before")
    wrong += [f"file {name}" for name in sorted(after.files - before.files)]
    return wrong + unowned(needed, known, stored(data / "blobs"))


def changed(before: Mapping[str, int], after: Mapping[str, int]) -> list[str]:
    """Return what has changed in tables that have no rule, and may not change."""
    names = sorted({*before, *after} - {*GROWS, *OWNERS})
    return [f"{after.get(name, 0) - before.get(name, 0):+} rows in {name}" for name in names
            if before.get(name) != after.get(name)]  # fmt: skip


def strays(table: str, owners: Iterable[str], acknowledged: Collection[str]) -> list[str]:
    """Return the rows of a table that belong to nothing that was acknowledged."""
    return [f"a row in {table} of {name}" for name in sorted(owners) if name not in acknowledged]


def unowned(needed: Collection[str], rows: Collection[str], there: Mapping[str, str]) -> list[str]:
    """Return what is wrong with stored bytes: `needed` are the hashes that rows refer to, `rows`
    those with a row, `there` the files by their names, with the hash of what they hold.
    """
    wrong = [f"blob {one} has a row and nothing refers to it" for one in set(rows) - set(needed)]
    wrong += [f"blob {one} has a row and no bytes" for one in set(rows) - set(there)]
    wrong += [f"file {name} has no row" for name in set(there) - set(rows)]
    wrong += [f"file {name} holds other bytes" for name, held in there.items() if held != name]
    return sorted(wrong)


def blobs_of(engine: Engine) -> tuple[set[str], set[str]]:
    """Return the hashes that any row refers to, and those that have a row."""
    with transaction(engine) as session:
        columns = referring(Blob.__table__.c.sha256)
        needed = {str(one) for column in columns for one in session.scalars(_said(column))}
        return needed, {str(one) for one in session.scalars(_said(Blob.__table__.c.sha256))}


def _said(column: Any) -> Any:
    return column.table.select().with_only_columns(column).where(column.is_not(None)).distinct()


def stored(folder: Path) -> dict[str, str]:
    """Return the stored bytes by the name of their file, with their hash; also what has not
    arrived whole, by its path.
    """
    found = {}
    for path in folder.rglob("*"):
        if path.is_file():
            final = path == Blobs(folder).path(path.name)
            name = path.name if final else str(path.relative_to(folder))
            found[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found
