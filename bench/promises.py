"""What must hold after any fault: nothing lost, nothing torn, nothing twice, the chain whole."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from bench.clients import Promise
from bench.running import database_url
from service import journal
from service.db import engine_for, snapshot, transaction

READY_S = 5.0  # so long after any fault a service may take to be ready again

VERSIONS = text(
    "select c.id::text as case, c.title, v.blob, c.state, k.id is not null as checked, "
    "k.state in ('done', 'failed') or exists(select from procrastinate_jobs j "
    "where j.args->>'check_id' = k.id::text) as carried_out "
    "from cases c join plan_versions v on v.case_id = c.id "
    "left join checks k on k.version_id = v.id"
)
BARE = text("select title from cases c where not exists "
            "(select from plan_versions v where v.case_id = c.id)")  # fmt: skip
UNTOLD = text("select c.title from cases c where not exists (select from journal j "
              "where j.case_id = c.id and j.action = 'case.received')")  # fmt: skip
REPORTS = text("select c.title from cases c join plan_versions v on v.case_id = c.id "
               "join checks k on k.version_id = v.id where k.state = 'done' and not exists "
               "(select from reports r where r.check_id = k.id)")  # fmt: skip
REPEATED = text("select key, count(*) from (select case_id || action || (facts->>'check') as key "
                "from journal where action in ('check.queued', 'check.done')) x "
                "group by key having count(*) > 1")  # fmt: skip
MAILS = text("select message_id, sent is not null as sent, exists(select from procrastinate_jobs j "
             "where j.args->>'mail_id' = m.id::text and j.status in ('todo', 'doing')) as waiting "
             "from mails m")  # fmt: skip


def broken(
    engine: Engine, data: Path, promised: Iterable[Promise], heads: Mapping[int, str] | None = None
) -> list[str]:
    """Return every broken promise, as sentences; `heads` of the journal were kept meanwhile."""
    with snapshot(engine) as session:  # a worker may still be at work
        rows = session.execute(VERSIONS).all()
        wrong = [f"journal {f.seq}: {f.what}" for f in journal.faults(session, heads)]
        wrong += [f"{t} has no version" for t in session.scalars(BARE)]
        wrong += [f"{t} came without an entry" for t in session.scalars(UNTOLD)]
        wrong += [f"{t} is checked and has no report" for t in session.scalars(REPORTS)]
        wrong += [f"{key} was told {n} times" for key, n in session.execute(REPEATED)]
    wrong += lost(rows, promised)
    wrong += [f"{row.title} is torn" for row in rows if torn(data, row.blob)]
    wrong += [f"{row.title} has no check that anybody carries out" for row in rows
              if row.state != "asking" and not (row.checked and row.carried_out)]  # fmt: skip
    return wrong


def lost(rows: Iterable[Any], promised: Iterable[Promise]) -> list[str]:
    """Return what was acknowledged and is not there, or is there twice or otherwise."""
    found = {row.case: row for row in rows}
    titles = Counter(row.title for row in found.values())
    wrong = [f"{title} is there {n} times" for title, n in titles.items() if n > 1]
    for promise in promised:
        row = found.get(promise.case)
        if row is None:
            wrong.append(f"{promise.title} was acknowledged and is lost")
        elif row.blob != promise.sha256:
            wrong.append(f"{promise.title} has other bytes")
    return wrong


def torn(data: Path, sha256: str) -> bool:
    """Tell whether the bytes of that hash are missing or others."""
    path = data / "blobs" / sha256[:2] / sha256
    return not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != sha256


def broken_at(
    data: Path,
    promised: Iterable[Promise],
    heads: Mapping[int, str],
    arrived: Iterable[tuple[str, bytes]],
) -> list[str]:
    """Return every broken promise of the service at work in a data folder, mails among them."""
    engine = engine_for(database_url(data), pool=1)
    try:
        wrong = broken(engine, data, promised, heads)
        with snapshot(engine) as session:
            return wrong + mails_broken(session, arrived)
    finally:
        engine.dispose()


def late(seconds: Iterable[float]) -> list[str]:
    """Return as a sentence how often a service was ready again too late; none where never."""
    times = list(seconds)
    above = sum(one > READY_S for one in times)
    told = f"ready again only after more than {READY_S:.0f} s in {above} of {len(times)} times"
    return [told] if above else []


def mails_told(arrived: Iterable[tuple[str, bytes]]) -> dict[str, int]:
    """Return how many mails have arrived, how many different ones, and how many of these came
    twice or more often with the same bytes.

    The last is no failure: between the mail server's yes and our commit there is a moment at which
    a kill leaves nobody who knows of the yes, and SMTP has no way to ask. The mail is sent again
    then, under the same `Message-ID`, by which mailboxes show it once. How often that happens is
    told all the same.
    """
    times = Counter(arrived)
    return {
        "arrived": times.total(),
        "different": len({number for number, _ in times}),
        "twice": len({number for (number, _), n in times.items() if n > 1}),
    }


def mails_broken(session: Session, arrived: Iterable[tuple[str, bytes]]) -> list[str]:
    """Return what is wrong with mails, of which `arrived` (`Message-ID` and bytes) reached the
    mail server: one that is marked as sent and never came, one that nobody will send, one that
    came with other bytes than before, one that nobody asked for. For those that came twice with
    the same bytes see `mails_told`.
    """
    came: dict[str, set[bytes]] = {}
    for number, content in arrived:
        came.setdefault(number, set()).add(content)
    asked = {row.message_id: row for row in session.execute(MAILS)}
    wrong = [f"mail {n} was asked for by nobody" for n in came if n not in asked]
    wrong += [f"mail {n} came in {len(v)} wordings" for n, v in came.items() if len(v) > 1]
    for number, row in asked.items():
        if row.sent and number not in came:
            wrong.append(f"mail {number} is marked as sent and never came")
        if not row.sent and not row.waiting:
            wrong.append(f"mail {number} is neither sent nor waiting")
    return wrong


def kept_head(engine: Engine) -> dict[int, str]:
    """Return the head of the journal as it is now: no entry up to it may ever go."""
    with transaction(engine) as session:
        return dict([journal.head(session)])


def head_at(data: Path) -> dict[int, str]:
    """Return the head of the journal of the service at work in a data folder, as `kept_head`."""
    engine = engine_for(database_url(data), pool=1)
    try:
        return kept_head(engine)
    finally:
        engine.dispose()
