"""How often something may be tried: failed log-ins, checks, uploads and drawings a minute.

A try is counted before it is made, in a transaction and on a connection of its own: whatever
becomes of the request, and however many come at once, none is forgotten.
"""

import hashlib
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from sqlalchemy import URL, Engine, NullPool, create_engine, delete, false, func, select
from sqlalchemy.orm import Session

from gis.problem import Text
from service.access.principal import Principal
from service.config import Settings
from service.db import LOCK_TIMEOUT_MS, transaction
from service.errors import TooManyError
from service.models.account import Attempt

A_MINUTE = timedelta(minutes=1)


def counted(
    session: Session, key: str, most: int, within: timedelta, *, now: datetime | None = None
) -> int:
    """Count one more of `key`; returns its number, for `forgiven`. Names in `key` are hashed.

    Raises
    ------
    TooManyError
        ``too-often``: there were `most` within the time already; this one is not counted.
    """
    now = now or datetime.now(UTC)
    hashed = _hashed(key)
    with transaction(aside(session)) as own:
        lock = int.from_bytes(bytes.fromhex(hashed[:16]), signed=True)
        own.execute(select(func.pg_advisory_xact_lock(lock)))
        # What lies far in the future was counted by a clock that was wrong, and keeps nobody out.
        gone = (Attempt.at <= now - within) | (Attempt.at > now + within)
        own.execute(delete(Attempt).where(Attempt.key == hashed, gone))
        times = own.scalars(select(Attempt.at).where(Attempt.key == hashed).order_by(Attempt.at))
        earlier = times.all()
        if len(earlier) < most:
            attempt = Attempt(key=hashed, at=now)
            own.add(attempt)
            own.flush()
            return attempt.id
    # As many as `most` must be left behind before there is room for one.
    again = earlier[-most] + within if most else now + within
    seconds = max(1, int((again - now).total_seconds()) + 1)
    raise too_often(seconds)


def counted_upload(session: Session, who: Principal, settings: Settings) -> None:
    """Count what somebody hands in: files, or an answer for which one is read again.

    However many files come in one request, its size is limited, and it counts once.

    Raises
    ------
    TooManyError
        If they hand in too often.
    """
    counted(session, f"upload/{who.pseudonym}", settings.uploads_per_minute, A_MINUTE)


def counted_drawing(session: Session, who: Principal, settings: Settings) -> None:
    """Count what is drawn or printed anew for somebody whenever they ask; errors as above."""
    counted(session, f"drawing/{who.pseudonym}", settings.uploads_per_minute, A_MINUTE)


def too_often(seconds: int) -> TooManyError:
    """Return the error that says when to come again."""
    text = Text(
        f"Das war zu oft; bitte in {seconds} s noch einmal versuchen.",
        f"That was too often; please try again in {seconds} s.",
    )
    return TooManyError("too-often", text, retry_after_s=seconds)


def forgiven(session: Session, *, key: str | None = None, number: int | None = None) -> None:
    """Forget all attempts of a key and the one with that number: they are none that count.

    Like the count this stays, whatever becomes of the request.
    """
    of_key = Attempt.key == _hashed(key) if key is not None else false()
    with transaction(aside(session)) as own:
        own.execute(delete(Attempt).where(of_key | (Attempt.id == number)))


def forgotten(session: Session, before: datetime) -> None:
    """Remove all attempts before a time; they say who came from where."""
    session.execute(delete(Attempt).where(Attempt.at < before))


def aside(session: Session) -> Engine:
    """Return an engine on the session's database whose connections are outside of its pool.

    A request that holds one connection never waits for a second one out of the same pool.
    """
    bind = session.get_bind()
    return _aside(bind.engine.url)


@lru_cache(maxsize=4)
def _aside(url: URL) -> Engine:
    options = f"-c lock_timeout={LOCK_TIMEOUT_MS} -c timezone=UTC"
    return create_engine(url, poolclass=NullPool, connect_args={"options": options})


def _hashed(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
