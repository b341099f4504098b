"""The journal: every event of a case and every act of a person, chained so that changes show.

An entry's hash covers its own columns and the hash of the entry before. Names and free text stay
outside, bound by a salted hash: they can be erased, the chain still holds, and an entry says which
were erased. Entries are appended one transaction after the other, so `seq` has no gaps.

What the chain alone cannot show: that somebody who may write to the database has rewritten all of
it from some entry on. Heads that were kept elsewhere (`belang audit head`) show that, too.
"""

import hashlib
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Select, String, case, cast, func, select
from sqlalchemy.orm import Session

from service.erasures import ERASED, Erasure, differing, told, written
from service.models.case import Counter
from service.models.journal import Detail, Entry

SYSTEM = "system"
LOCK = 0x42_45_4C_41_4E_47  # advisory, of everybody who appends
FIRST = bytes(32)
LARGEST = 2**53  # larger numbers may come back as others
COUNTER = "journal"  # the last seq once more, so that a cut-off end shows
CHUNK = 1_000
TIMES = (datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC))  # read in any zone


@dataclass(frozen=True, slots=True)
class Fault:
    """Where the chain does not hold: the entry and what is wrong with it."""

    seq: int
    what: str


@dataclass(frozen=True, slots=True)
class Happening:
    """Something to be written down, as `append` takes it."""

    action: str
    actor: str
    case_id: UUID | None = None
    facts: Mapping[str, Any] | None = None
    detail: Mapping[str, Any] | None = None


def append(
    session: Session,
    action: str,
    *,
    actor: str,
    case_id: UUID | None = None,
    facts: Mapping[str, Any] | None = None,
    detail: Mapping[str, Any] | None = None,
) -> Entry:
    """Append one entry; others wait until this transaction ends, so append last.

    `facts` must hold neither names nor free text; what does goes into `detail`.

    Raises
    ------
    ValueError
        If either holds a number that the database would give back as another one.
    """
    return append_all(session, [Happening(action, actor, case_id, facts, detail)])[0]


def append_all(session: Session, happenings: Sequence[Happening]) -> list[Entry]:
    """Append several entries in order and at once; otherwise as `append`."""
    for one in happenings:
        for content in (one.facts, one.detail):
            _lasting(content)
    session.execute(select(func.pg_advisory_xact_lock(LOCK)))
    counter = session.get(Counter, COUNTER, with_for_update=True, populate_existing=True)
    if counter is None:
        counter = Counter(name=COUNTER, last=0)
        session.add(counter)
    previous = session.scalar(select(Entry.hash).where(Entry.seq == counter.last)) or FIRST
    made = []
    for seq, one in enumerate(happenings, counter.last + 1):
        entry, detail = _chained(seq, one, previous)
        previous = entry.hash
        made.append((entry, detail))
    counter.last += len(made)
    session.add_all(entry for entry, _ in made)
    session.flush()
    session.add_all(detail for _, detail in made if detail is not None)
    return [entry for entry, _ in made]


def _chained(seq: int, one: Happening, previous: bytes) -> tuple[Entry, Detail | None]:
    """Return the next entry after the one with the hash `previous`, and its names and text."""
    salt = secrets.token_bytes(16) if one.detail is not None else None
    entry = Entry(
        seq=seq,
        at=datetime.now(UTC),
        actor=one.actor,
        case_id=one.case_id,
        action=one.action,
        facts=dict(one.facts or {}),
        detail_hash=None if salt is None else detail_hash(salt, one.detail or {}),
        previous=previous,
    )
    entry.hash = hash_of(entry)
    if salt is None:
        return entry, None
    return entry, Detail(seq=seq, salt=salt, body=dict(one.detail or {}), erased=None)


def hash_of(entry: Entry) -> bytes:
    """Return the hash of an entry: SHA-256 over all its other columns in a canonical form."""
    content = {
        "seq": entry.seq,
        "at": written(entry.at),
        "actor": entry.actor,
        "case": None if entry.case_id is None else str(entry.case_id),
        "action": entry.action,
        "facts": entry.facts,
        "detail": None if entry.detail_hash is None else entry.detail_hash.hex(),
        "previous": entry.previous.hex(),
    }
    return hashlib.sha256(_canonical(content)).digest()


def detail_hash(salt: bytes, body: Mapping[str, Any]) -> bytes:
    """Return what binds names and free text to the chain without telling them."""
    return hashlib.sha256(salt + _canonical(dict(body))).digest()


def erase(session: Session, numbers: Iterable[int], *, actor: str, reason: str) -> list[int]:
    """Erase names and free text of entries; one entry says of which and when, so that no others
    can go, nor these at another time.

    Returns the numbers of those that had any; without any nothing is written. `reason` is a word
    of ours (``retention``, ``request``).
    """
    rows = select(Detail).where(Detail.seq.in_(sorted(set(numbers))), Detail.erased.is_(None))
    found = list(session.scalars(rows.order_by(Detail.seq)))
    if not found:
        return []
    gone = [detail.seq for detail in found]
    now = datetime.now(UTC)
    facts = {"entries": gone, "reason": reason, "at": written(now)}
    append(session, ERASED, actor=actor, facts=facts)
    for detail in found:
        detail.salt, detail.body, detail.erased = None, None, now
    session.flush()
    return gone


def head(session: Session) -> tuple[int, str]:
    """Return number and hash of the last entry: kept elsewhere, they show that none was cut off."""
    last = select(Entry.seq, Entry.hash).order_by(Entry.seq.desc()).limit(1)
    found = session.execute(last).first()
    return (0, FIRST.hex()) if found is None else (found.seq, found.hash.hex())


def faults(session: Session, expected: Mapping[int, str] | None = None) -> Iterator[Fault]:
    """Yield every place where the journal was changed, shortened or its details exchanged.

    `expected` are heads (number: hash) that were kept elsewhere. Where others may be writing, the
    session must be a `snapshot`: else what they add meanwhile looks as if it were missing.
    """
    previous, seq = FIRST, 0
    kept = {number: digest for number, digest in (expected or {}).items() if number}
    erased, said = dict[int, datetime | None](), dict[int, Erasure]()
    for row in session.execute(_rows().execution_options(yield_per=CHUNK)):
        entry = _entry(row)
        if row.seq != seq + 1:
            yield Fault(row.seq, f"the entry before is {seq}: entries are missing")
        if row.previous != previous:
            yield Fault(row.seq, "does not follow from the entry before")
        if entry is None or row.hash != _hashed(entry):
            yield Fault(row.seq, "was changed")
        if what := _detail_fault(row):
            yield Fault(row.seq, what)
        if kept.pop(row.seq, row.hash.hex()) != row.hash.hex():
            yield Fault(row.seq, "is not the entry that was kept elsewhere")
        if row.gone:
            erased[row.seq] = row.erased
        for number, erasure in told(entry).items() if entry is not None else ():
            said.setdefault(number, erasure)  # nothing is erased twice: the first one is right
        previous, seq = row.hash, row.seq
    counter = session.get(Counter, COUNTER, populate_existing=True)
    if (counter.last if counter else 0) != seq:
        yield Fault(seq, "entries are missing at the end")
    yield from (Fault(number, what) for number, what in differing(erased, said))
    yield from (Fault(missing, "is missing at the end") for missing in sorted(kept))


def _rows() -> Select[Any]:
    """Return the query for all entries, in a form that can be read whatever somebody made of them.

    A time that Python has not is no time here; JSON comes as text, for it may be too deep or hold
    numbers too long to be read.
    """
    named = (Entry.seq, Entry.actor, Entry.case_id, Entry.action, Entry.detail_hash)
    return (
        select(
            *named,
            Entry.previous,
            Entry.hash,
            case((Entry.at.between(*TIMES), Entry.at)).label("at"),
            cast(Entry.facts, String).label("facts"),
            Detail.seq.label("of"),
            Detail.salt,
            cast(Detail.body, String).label("body"),
            Detail.erased.is_not(None).label("gone"),
            case((Detail.erased.between(*TIMES), Detail.erased)).label("erased"),
        )
        .outerjoin(Detail, Detail.seq == Entry.seq)
        .order_by(Entry.seq)
    )


def _entry(row: Any) -> Entry | None:
    """Return the entry of a row; None where it holds what was never written."""
    facts = _object(row.facts)
    if row.at is None or facts is None:
        return None
    return Entry(
        seq=row.seq,
        at=row.at,
        actor=row.actor,
        case_id=row.case_id,
        action=row.action,
        facts=facts,
        detail_hash=row.detail_hash,
        previous=row.previous,
    )


def _object(text: str | None) -> dict[str, Any] | None:
    """Return what JSON says, where it can be read and is an object."""
    try:
        found = orjson.loads(text or "null")
    except orjson.JSONDecodeError:  # too deep
        return None
    return found if isinstance(found, dict) else None


def _hashed(entry: Entry) -> bytes | None:
    """Return the hash of an entry; None where it holds what was never written."""
    try:
        return hash_of(entry)
    except TypeError:  # a number beyond 64 bits, say
        return None


def _detail_fault(row: Any) -> str | None:
    if row.detail_hash is None:
        return None if row.of is None else "has names and text it never had"
    if row.of is None:
        return "has lost its names and text"
    if row.gone:
        gone = row.body is None and row.salt is None
        return None if gone else "was erased, but text is there"
    body = _object(row.body)
    if row.salt is None or row.body is None:
        return "has lost its names and text"
    try:
        same = body is not None and detail_hash(row.salt, body) == row.detail_hash
    except TypeError:
        same = False
    return None if same else "has other names or text than when it was written"


def _lasting(content: Any) -> None:
    """Let pass what the database gives back as it was."""
    if isinstance(content, Mapping):
        content = list(content.values())
    if isinstance(content, list | tuple):
        for value in content:
            _lasting(value)
    elif isinstance(content, int | float) and not abs(content) < LARGEST:
        raise ValueError(f"no number for the journal: {content}")


def _canonical(content: Mapping[str, Any]) -> bytes:
    return orjson.dumps(content, option=orjson.OPT_SORT_KEYS)
