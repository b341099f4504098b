"""What goes wrong around the service: a mail server that is away, a clock that jumps."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from procrastinate.jobs import Job
from sqlalchemy import Engine, select

from service import journal, letters
from service.access.throttle import counted
from service.config import Settings
from service.db import engine_for, snapshot, transaction
from service.errors import TooManyError
from service.letters.sending import UnsentError, send
from service.models import Account, Mail
from service.worker import LETTER_WAITS, Waits
from tests.service.letters.servers import Box, free_port, mail_server

HOUR = timedelta(hours=1)
NIGHT = datetime(2027, 3, 28, 1, 59, 59, tzinfo=UTC)  # the hour in which summer time begins


@pytest.fixture
def engine(fresh_database_url: str) -> Iterator[Engine]:
    made = engine_for(fresh_database_url)
    yield made
    made.dispose()


def asked(engine: Engine, number: int) -> UUID:
    with transaction(engine) as session:
        person = Account(login=f"k{number}", name="K", role="coordinator", mail="k@example.org")
        session.add(person)
        session.flush()
        entry = journal.append(session, "check.done", actor="system")
        values = {"case": "c", "reference": f"KE-{number}", "title": "t", "deadline": None}
        letters.ask(session, entry, person, "check_done", values)
        return session.scalars(select(Mail.id).where(Mail.account_id == person.id)).one()


def tries(engine: Engine, settings: Settings, mail: UUID, until: timedelta) -> Iterator[timedelta]:
    """Yield when the job of a mail is tried, as its worker would, until it is sent."""
    at, waits = timedelta(0), Waits(*LETTER_WAITS)
    job = Job(id=1, queue="letters", lock=None, queueing_lock=None, task_name="letters.send")
    for attempt in range(100):
        yield at
        try:
            send(engine, settings, mail)
        except UnsentError as error:
            before = datetime.now(UTC)
            decision = waits.get_retry_decision(exception=error, job=job.evolve(attempts=attempt))
            assert decision is not None, "it was given up"
            assert decision.retry_at is not None
            at += decision.retry_at - before
        else:
            return


def test_mails_of_an_hour_without_a_mail_server_are_sent_once_afterwards(engine: Engine) -> None:
    mails, box, port = [asked(engine, number) for number in range(3)], Box(), free_port()
    settings = Settings(smtp_host="127.0.0.1", smtp_port=port, mail_from="b@example.org")
    waiting = [(mail, tries(engine, settings, mail, HOUR)) for mail in mails]
    late: list[tuple[Any, Any]] = []
    for mail, moments in waiting:
        for at in moments:
            if at >= HOUR:  # the server is back before this try is made
                late.append((mail, moments))
                break
    assert box.arrived == []
    assert len(late) == 3
    with mail_server(box, port):
        for _, moments in late:
            assert next(moments, None) is None  # sent by this very try
        for mail in mails:
            send(engine, settings, mail)  # a job that is run again
    assert sorted(str(mail["Subject"])[:4] for mail in box.mails) == ["KE-0", "KE-1", "KE-2"]
    with transaction(engine) as session:
        assert all(session.scalars(select(Mail.sent.is_not(None))))


@pytest.mark.parametrize("jump", [-HOUR, HOUR, timedelta(days=-400), timedelta(days=366)])
def test_the_journal_follows_its_numbers_whatever_the_clock_does(
    engine: Engine, jump: timedelta, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Clock(datetime):
        moment = NIGHT

        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return cls.moment

    monkeypatch.setattr(journal, "datetime", Clock)
    with transaction(engine) as session:
        for number, moment in enumerate([NIGHT, NIGHT + jump, datetime(2028, 2, 29, tzinfo=UTC)]):
            Clock.moment = moment
            entry = journal.append(session, "check.done", actor="p-1", detail={"n": number})
            assert (entry.seq, entry.at) == (number + 1, moment)
    with transaction(engine) as session:
        assert list(journal.faults(session)) == []


def test_the_journal_can_be_verified_while_others_write(engine: Engine) -> None:
    with transaction(engine) as session:
        journal.append(session, "check.done", actor="p-1")
    with snapshot(engine) as session:
        seen = journal.head(session)
        with transaction(engine) as other:
            journal.append(other, "check.done", actor="p-2")
        assert list(journal.faults(session)) == []
        assert journal.head(session) == seen


def test_a_clock_that_was_ahead_for_a_moment_keeps_nobody_out(engine: Engine) -> None:
    now, window = datetime.now(UTC), timedelta(minutes=15)
    with transaction(engine) as session:
        for _ in range(2):
            counted(session, "login/k", 2, window, now=now + timedelta(days=1))
        with pytest.raises(TooManyError):
            counted(session, "login/k", 2, window, now=now + timedelta(days=1))
        for _ in range(2):
            counted(session, "login/k", 2, window, now=now)
        with pytest.raises(TooManyError):
            counted(session, "login/k", 2, window, now=now)
