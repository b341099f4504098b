"""What must hold after any fault: nothing lost, nothing torn, nothing twice, the chain whole."""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from bench.clients import Promise
from bench.running import database_url
from service import journal
from service.db import engine_for, snapshot, transaction
from service.jobs import MOST_TRIES

READY_S = 5.0  # so long after any fault a service may take to be ready again
GIVEN_UP = "check-failed"
Mails = Sequence[tuple[str, bytes]]  # `Message-ID` and bytes, as often as each came

# Of a worker that died the job is `doing` until another worker gives it back: it is not lost.
VERSIONS = text(
    "with jobs as (select distinct args->>'check_id' as of_check from procrastinate_jobs "
    "where task_name = 'checks.run' and status in ('todo', 'doing')) "
    "select c.id::text as case, c.title, v.blob, c.state, k.id is not null as checked, "
    "k.state in ('done', 'failed') or j.of_check is not null as carried_out "
    "from cases c join plan_versions v on v.case_id = c.id "
    "left join checks k on k.version_id = v.id left join jobs j on j.of_check = k.id::text"
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
FAILED = text("select c.title, k.problem->>'code' as code, k.tries from checks k "
              "join plan_versions v on v.id = k.version_id join cases c on c.id = v.case_id "
              "where k.state = 'failed'")  # fmt: skip
CHECKS = text("select case when state in ('queued', 'running') then 'waiting' else state end "
              "as state, count(*) as checks from checks group by 1")  # fmt: skip
BLOBS = text("select c.title, v.blob from plan_versions v join cases c on c.id = v.case_id")
MAILS = text("with jobs as (select distinct args->>'mail_id' as of_mail from procrastinate_jobs "
             "where task_name = 'letters.send' and status in ('todo', 'doing')) "
             "select message_id, sent is not null as sent, j.of_mail is not null as waiting "
             "from mails m left join jobs j on j.of_mail = m.id::text")  # fmt: skip


def broken(
    engine: Engine,
    data: Path,
    promised: Iterable[Promise],
    heads: Mapping[int, str] | None = None,
    excused: Collection[str] = (),
) -> list[str]:
    """Return every broken promise, as sentences; `heads` of the journal were kept meanwhile.

    Checks may have failed with one of the codes that are `excused`.
    """
    known = list(promised)
    with snapshot(engine) as session:  # a worker may still be at work
        wrong = [f"journal {f.seq}: {f.what}" for f in journal.faults(session, heads)]
        wrong += amiss(session, known, excused)
        blobs = session.execute(BLOBS).all()
    return wrong + [f"{title} is torn" for title, blob in blobs if torn(data, blob)]


def amiss(
    session: Session, promised: Iterable[Promise], excused: Collection[str] = ()
) -> list[str]:
    """Return what the rows alone show to be broken: soon seen, also of ten thousands of cases
    while more come in.

    The session must be a `snapshot` that began after everything `promised` was acknowledged.
    """
    rows = session.execute(VERSIONS).all()
    wrong = [f"{t} has no version" for t in session.scalars(BARE)]
    wrong += [f"{t} came without an entry" for t in session.scalars(UNTOLD)]
    wrong += [f"{t} is checked and has no report" for t in session.scalars(REPORTS)]
    wrong += [f"{key} was told {n} times" for key, n in session.execute(REPEATED)]
    wrong += lost(rows, promised)
    wrong += [f"{row.title} has no check that anybody carries out" for row in rows
              if row.state != "asking" and not (row.checked and row.carried_out)]  # fmt: skip
    return wrong + failed(session, excused)


def failed(session: Session, excused: Collection[str] = ()) -> list[str]:
    """Return the checks that failed, but for those given up by the rule: what was begun more than
    `MOST_TRIES` times, and took its worker with it each time, is not begun again.
    """
    return [
        f"the check of {title} failed at try {tries}: {code}"
        for title, code, tries in session.execute(FAILED)
        if code not in excused and not (code == GIVEN_UP and tries > MOST_TRIES)
    ]


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
    arrived: Mails,
    excused: Collection[str] = (),
) -> list[str]:
    """Return every broken promise of the service at work in a data folder, mails among them."""
    with _connected(data) as engine:
        wrong = broken(engine, data, promised, heads, excused)
        with snapshot(engine) as session:
            return wrong + mails_broken(session, arrived)


def amiss_at(data: Path, promised: Iterable[Promise], arrived: Mails) -> list[str]:
    """Return what is soon seen to be broken, as `amiss` and `mails_broken`, while clients and
    workers go on.
    """
    with _connected(data) as engine:
        known = list(promised)  # what is acknowledged from here on need not be seen
        with snapshot(engine) as session:
            wrong = amiss(session, known)
        with snapshot(engine) as session:
            return wrong + mails_broken(session, arrived)


def checks_at(data: Path) -> dict[str, int]:
    """Return how many checks are done, failed, and wait or are at work."""
    with _connected(data) as engine, transaction(engine) as session:
        return checks_told(session)


def checks_told(session: Session) -> dict[str, int]:
    """Return how many checks are done, failed, and wait or are at work."""
    counted = {row.state: row.checks for row in session.execute(CHECKS)}
    return {"done": 0, "failed": 0, "waiting": 0, **counted}


def late(seconds: Iterable[float]) -> list[str]:
    """Return as a sentence how often a service was ready again too late; none where never."""
    times = list(seconds)
    above = sum(one > READY_S for one in times)
    told = f"ready again only after more than {READY_S:.0f} s in {above} of {len(times)} times"
    return [told] if above else []


def mails_told(arrived: Iterable[tuple[str, bytes]]) -> dict[str, int]:
    """Return how many mails have arrived, how many different ones, and how many of these came
    twice or more often with the same bytes.

    The last is no failure by itself: between the mail server's yes and our commit there is a moment
    at which a kill leaves nobody who knows of the yes, and SMTP has no way to ask. The mail is sent
    again then, under the same `Message-ID`, by which mailboxes show it once. How often that happens
    is told all the same.
    """
    times = Counter(arrived)
    return {
        "arrived": times.total(),
        "different": len({number for number, _ in times}),
        "twice": len({number for (number, _), n in times.items() if n > 1}),
    }


def mails_broken(session: Session, arrived: Mails) -> list[str]:
    """Return what is wrong with mails, of which `arrived` reached the mail server: one that is
    marked as sent and never came, one that nobody will send, one that came with other bytes than
    before, one that nobody asked for. For those that came twice with the same bytes see
    `mails_told`.

    More may arrive meanwhile, where the session has not begun to look: each is asked for before it
    comes, and marked afterwards.
    """
    before = {number for number, _ in list(arrived)}
    asked = {row.message_id: row for row in session.execute(MAILS)}
    came: dict[str, set[bytes]] = {}
    for number, content in list(arrived):
        came.setdefault(number, set()).add(content)
    wrong = [f"mail {n} was asked for by nobody" for n in sorted(before) if n not in asked]
    wrong += [f"mail {n} came in {len(v)} wordings" for n, v in came.items() if len(v) > 1]
    for number, row in asked.items():
        if row.sent and number not in came:
            wrong.append(f"mail {number} is marked as sent and never came")
        if not row.sent and not row.waiting:
            wrong.append(f"mail {number} is neither sent nor waiting")
    return wrong


def head_at(data: Path) -> dict[int, str]:
    """Return the head of the journal of the service at work in a data folder: no entry up to it
    may ever go.
    """
    with _connected(data) as engine, transaction(engine) as session:
        return dict([journal.head(session)])


@contextmanager
def _connected(data: Path) -> Iterator[Engine]:
    engine = engine_for(database_url(data), pool=1)
    try:
        yield engine
    finally:
        engine.dispose()
