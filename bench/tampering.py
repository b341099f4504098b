"""Manipulations of a journal, one at a time, as somebody who may write to the database could."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import DateTime, String, cast, delete, func, literal, null, select, text, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from service import journal
from service.erasures import ERASED
from service.models.case import Counter
from service.models.journal import Detail, Entry

Luck = random.Random


@dataclass(frozen=True, slots=True)
class Tampering:
    """What is done, and to which entry."""

    name: str
    do: Callable[[Session, Luck], str]


def written(session: Session, count: int, seed: int) -> None:
    """Write a journal to be tampered with: entries with and without details, some erased."""
    luck = random.Random(seed)  # noqa: S311 - for tries that can be repeated
    for number in range(count):
        journal.append(
            session,
            luck.choice(["case.received", "check.done", "task.answered", "statement.sent"]),
            actor=f"p-{luck.randrange(5)}",
            facts={"n": number, "share": luck.random(), "of": [luck.randrange(9), None, True]},
            detail={"text": f"Text {number}"} if number % 2 else None,
        )
    with_text = list(session.scalars(select(Detail.seq).order_by(Detail.seq)))
    journal.erase(session, with_text[: len(with_text) // 4], actor="p-0", reason="retention")


def opened(session: Session) -> None:
    """Switch off, in this transaction, what keeps everybody else from changing the journal."""
    session.execute(text("alter table journal disable trigger append_only"))


def _any(session: Session, luck: Luck, *, least: int = 1) -> Entry:
    numbers = select(Entry.seq).where(Entry.seq >= least).order_by(Entry.seq)
    return session.get_one(Entry, luck.choice(list(session.scalars(numbers))))


def _set(session: Session, seq: int, **values: Any) -> None:
    session.execute(update(Entry).where(Entry.seq == seq).values(**values))


def _time(session: Session, luck: Luck) -> str:
    entry = _any(session, luck)
    _set(session, entry.seq, at=entry.at + timedelta(microseconds=luck.choice([-1, 1, 10**9])))
    return f"{entry.seq}"


def _time_lost(session: Session, luck: Luck) -> str:
    """Set a time that Python does not know: no end, no beginning, before Christ."""
    entry, other = _any(session, luck), luck.choice(["infinity", "-infinity", "0044-03-15 BC"])
    _set(session, entry.seq, at=cast(other, DateTime(timezone=True)))
    return f"{entry.seq} {other}"


def _actor(session: Session, luck: Luck) -> str:
    entry = _any(session, luck)
    _set(session, entry.seq, actor=entry.actor + luck.choice(["x", " ", "\u200b"]))
    return f"{entry.seq}"


def _action(session: Session, luck: Luck) -> str:
    entry = _any(session, luck)
    _set(session, entry.seq, action=luck.choice(["case.closed", entry.action.upper()]))
    return f"{entry.seq}"


def _case(session: Session, luck: Luck) -> str:
    entry = _any(session, luck)
    _set(session, entry.seq, case_id=func.gen_random_uuid())
    return f"{entry.seq}"


def _facts(session: Session, luck: Luck) -> str:
    entry = _any(session, luck)
    other: Any = luck.choice([{"more": 1}, {"n": 2**70}, {"n": None}, {"of": [1.5]}, {"n": "1"}])
    _set(session, entry.seq, facts={**entry.facts, **other})
    return f"{entry.seq} {other}"


def _facts_misshapen(session: Session, luck: Luck) -> str:
    """Put something else than an object in place of the facts of any entry, or of an erasure."""
    erasure = session.scalars(select(Entry.seq).where(Entry.action == ERASED)).first()
    seq = luck.choice([erasure or 1, _any(session, luck).seq])
    deep = "[" * 3_000 + "]" * 3_000
    other = luck.choice(["[]", "[1]", '"gone"', "null", "7", "9" * 5_000, deep])
    _set(session, seq, facts=cast(literal(other, String), JSONB))
    return f"{seq} {other[:9]}"


def _bytes(session: Session, luck: Luck) -> str:
    entry, name = _any(session, luck), luck.choice(["hash", "previous", "detail_hash"])
    whole = bytearray(getattr(entry, name) or bytes(32))
    whole[luck.randrange(32)] ^= 1 << luck.randrange(8)
    _set(session, entry.seq, **{name: bytes(whole)})
    return f"{entry.seq} {name}"


def _rehashed(session: Session, luck: Luck) -> str:
    """Change an entry and make its own hash fit; the next one still does not."""
    last = journal.head(session)[0]
    seq = luck.randrange(1, last)
    entry = session.get_one(Entry, seq)
    _set(session, seq, actor="somebody else")
    session.refresh(entry)
    _set(session, seq, hash=journal.hash_of(entry))
    return f"{seq}"


def _removed(session: Session, luck: Luck) -> str:
    entry = _any(session, luck)
    session.execute(delete(Detail).where(Detail.seq == entry.seq))
    session.execute(delete(Entry).where(Entry.seq == entry.seq))
    return f"{entry.seq}"


def _cut_off(session: Session, luck: Luck) -> str:
    """Cut off the end, and set the counter back where it helps to hide that."""
    left = luck.randrange(0, journal.head(session)[0])
    _cut(session, left)
    if luck.random() < 0.5:
        _set_counter(session, left)
    return f"after {left}"


def _cut(session: Session, left: int) -> None:
    session.execute(delete(Detail).where(Detail.seq > left))
    session.execute(delete(Entry).where(Entry.seq > left))


def _set_counter(session: Session, last: int) -> None:
    session.execute(update(Counter).where(Counter.name == journal.COUNTER).values(last=last))


def _swapped(session: Session, luck: Luck) -> str:
    last = journal.head(session)[0]
    one, other = sorted(luck.sample(range(1, last + 1), 2))
    first, second = session.get_one(Entry, one), session.get_one(Entry, other)
    kept = [(e.at, e.actor, e.action, e.facts, e.case_id) for e in (first, second)]
    if kept[0] == kept[1]:
        return _removed(session, luck)
    for seq, values in ((one, kept[1]), (other, kept[0])):
        names = ("at", "actor", "action", "facts", "case_id")
        _set(session, seq, **dict(zip(names, values, strict=True)))
    return f"{one} {other}"


def _rewritten(session: Session, luck: Luck) -> str:
    """Write the whole chain anew from some entry on: only heads kept elsewhere show it."""
    last = journal.head(session)[0]
    begin = luck.randrange(1, last + 1)
    _set(session, begin, actor="somebody else")
    previous = None
    for seq in range(begin, last + 1):
        entry = session.get_one(Entry, seq, populate_existing=True)
        if previous is not None:
            _set(session, seq, previous=previous)
            session.refresh(entry)
        previous = journal.hash_of(entry)
        _set(session, seq, hash=previous)
    return f"from {begin}"


def _text(session: Session, luck: Luck) -> str:
    rows = select(Detail).where(Detail.erased.is_(None))
    detail = luck.choice(list(session.scalars(rows)))
    detail.body = {"text": luck.choice(["Anderes", "Text 1 ", ""])}
    session.flush()
    return f"{detail.seq}"


def _text_misshapen(session: Session, luck: Luck) -> str:
    rows = select(Detail.seq).where(Detail.erased.is_(None))
    seq = luck.choice(list(session.scalars(rows)))
    other = luck.choice(["[]", '"Text"', "null", "true", '{"text": ' + "9" * 5_000 + "}"])
    body = cast(literal(other, String), JSONB)
    session.execute(update(Detail).where(Detail.seq == seq).values(body=body))
    return f"{seq} {other[:9]}"


def _salt(session: Session, luck: Luck) -> str:
    rows = select(Detail).where(Detail.erased.is_(None))
    detail = luck.choice(list(session.scalars(rows)))
    detail.salt = bytes(16)
    session.flush()
    return f"{detail.seq}"


def _text_lost(session: Session, luck: Luck) -> str:
    detail = luck.choice(list(session.scalars(select(Detail))))
    session.delete(detail)
    session.flush()
    return f"{detail.seq}"


def _text_added(session: Session, luck: Luck) -> str:
    bare = select(Entry.seq).where(Entry.detail_hash.is_(None))
    seq = luck.choice(list(session.scalars(bare)))
    session.add(Detail(seq=seq, salt=bytes(16), body={"text": "neu"}, erased=None))
    session.flush()
    return f"{seq}"


def _erased_silently(session: Session, luck: Luck) -> str:
    rows = select(Detail).where(Detail.erased.is_(None))
    detail = luck.choice(list(session.scalars(rows)))
    detail.salt, detail.body, detail.erased = None, None, func.now()
    session.flush()
    return f"{detail.seq}"


def _erased_for_ever(session: Session, luck: Luck) -> str:
    rows = select(Detail.seq).where(Detail.erased.is_(None))
    seq = luck.choice(list(session.scalars(rows)))
    never = cast("infinity", DateTime(timezone=True))
    gone = update(Detail).where(Detail.seq == seq).values(salt=None, body=null(), erased=never)
    session.execute(gone)
    return f"{seq}"


def _erased_and_back(session: Session, luck: Luck) -> str:
    rows = select(Detail).where(Detail.erased.is_not(None))
    detail = luck.choice(list(session.scalars(rows)))
    kept = luck.choice(["salt", "body"])
    setattr(detail, kept, bytes(16) if kept == "salt" else {"text": "wieder da"})
    session.flush()
    return f"{detail.seq} {kept}"


def _erased_otherwise(session: Session, luck: Luck) -> str:
    """Say that names and text were erased at another time than they were."""
    rows = select(Detail).where(Detail.erased.is_not(None))
    detail = luck.choice(list(session.scalars(rows)))
    by = timedelta(microseconds=luck.choice([-1, 1, 10**6, -(10**9), 10**13]))
    session.execute(
        update(Detail).where(Detail.seq == detail.seq).values(erased=Detail.erased + by)
    )
    return f"{detail.seq} {by}"


def _unerased(session: Session, luck: Luck) -> str:
    """Let something be erased in order, then put names and text back as they were."""
    rows = select(Detail).where(Detail.erased.is_(None))
    detail = luck.choice(list(session.scalars(rows)))
    salt, body = detail.salt, detail.body
    journal.erase(session, [detail.seq], actor="p-0", reason="request")
    detail.salt, detail.body, detail.erased = salt, body, None
    session.flush()
    return f"{detail.seq}"


def _end_replaced(session: Session, luck: Luck) -> str:
    """Cut off the end and write another one with right hashes, as long as it was or longer."""
    last = journal.head(session)[0]
    left = luck.randrange(0, last)
    _cut(session, left)
    _set_counter(session, left)
    forged = journal.Happening("case.received", "p-1", facts={"n": 0})
    journal.append_all(session, [forged] * (last - left + luck.randrange(3)))
    return f"after {left}"


TAMPERINGS = tuple(
    Tampering(do.__name__.strip("_"), do)
    for do in (
        _time, _time_lost, _actor, _action, _case, _facts, _facts_misshapen, _bytes, _rehashed,
        _removed, _cut_off, _swapped, _rewritten, _text, _text_misshapen, _salt, _text_lost,
        _text_added, _erased_silently, _erased_for_ever, _erased_and_back,
        _erased_otherwise, _unerased, _end_replaced,
    )
)  # fmt: skip
