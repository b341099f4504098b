"""Every promise, broken on purpose: each is noticed, in its sentence, and nothing else is told."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from bench import points, promises
from bench.clients import Promise, plan
from bench.deeds import Place
from bench.sendings import Mailed
from service.cases.checking import carry_out
from service.db import transaction
from service.jobs import MOST_TRIES
from service.models import Mail
from tests.service.postgres import Server

UNBOUND = text(
    "do $$ declare r record; begin for r in select conrelid::regclass as t, conname as n "
    "from pg_constraint where contype = 'f' loop "
    "execute format('alter table %s drop constraint %I', r.t, r.n); end loop; end $$"
)
AGAIN = (
    "insert into journal (seq, at, actor, case_id, action, facts, detail_hash, previous, hash) "
    "select seq + 900, at, actor, case_id, action, facts, detail_hash, previous, hash "
    "from journal where case_id = :case and action = :action"
)
OVER = "update procrastinate_jobs set status = cast(:status as procrastinate_job_status)"
FAILED = (
    "update checks set state = 'failed', tries = :tries, "
    "problem = jsonb_build_object('code', cast(:code as text)) where id = :check"
)
STATES = ("succeeded", "failed", "aborted", "cancelled")  # of a job that is over


@dataclass(frozen=True)
class Case:
    """A plan that was handed in, with its check."""

    case: UUID
    check: UUID
    number: int

    @property
    def title(self) -> str:
        return f"Plan {self.number:06d}"

    @property
    def promise(self) -> Promise:
        return Promise(str(self.case), self.title, hashlib.sha256(plan(self.number)).hexdigest())

    @property
    def named(self) -> dict[str, str]:
        return {"case": str(self.case), "check": str(self.check)}


@dataclass(frozen=True)
class Ground:
    """A database in which everything holds: a check that is done, one that waits, a mail."""

    place: Place
    done: Case
    waits: Case
    mail: str  # its Message-ID

    @property
    def promised(self) -> list[Promise]:
        return [self.done.promise, self.waits.promise]


@pytest.fixture(scope="module")
def ground(
    postgres: Server, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Ground]:
    data = tmp_path_factory.mktemp("data")
    with postgres.database(template) as name, points.place(data, postgres.url(name)) as place:
        done, waits = (Case(*place.handed_in(), place.numbers) for _ in range(2))
        carry_out(place.engine, place.district, place.blobs, done.check)
        mailed = Mailed(place)
        mailed.prepare()
        with transaction(place.engine) as session:
            mail = session.get_one(Mail, mailed.mail).message_id
        yield Ground(place, done, waits, mail)


@contextmanager
def harmed(ground: Ground, statement: str = "select", **values: Any) -> Iterator[Session]:
    """Yield a session in which a statement was carried out that is undone afterwards."""
    with Session(ground.place.engine) as session:
        session.execute(text("alter table journal disable trigger append_only"))
        session.execute(UNBOUND)
        session.execute(text(statement), values)
        yield session
        session.rollback()


def amiss(ground: Ground, statement: str, case: Case, **values: Any) -> list[str]:
    named = {name: value for name, value in case.named.items() if f":{name}" in statement}
    with harmed(ground, statement, **named, **values) as session:
        return promises.amiss(session, ground.promised)


def test_where_everything_holds_nothing_is_told(ground: Ground) -> None:
    assert promises.broken(ground.place.engine, ground.place.data, ground.promised) == []
    with harmed(ground) as session:
        assert promises.amiss(session, ground.promised) == []
        assert promises.mails_broken(session, []) == []
        assert promises.checks_told(session) == {"done": 1, "failed": 0, "waiting": 1}


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("delete from cases where id = :case", ["{} was acknowledged and is lost"]),
        ("delete from plan_versions where case_id = :case",
         ["{} has no version", "{} was acknowledged and is lost"]),
        ("update plan_versions set blob = (select max(blob) from plan_versions "
         "where case_id <> :case) where case_id = :case", ["{} has other bytes"]),
        ("delete from journal where case_id = :case and action = 'case.received'",
         ["{} came without an entry"]),
        ("delete from reports where check_id = :check", ["{} is checked and has no report"]),
        ("delete from checks where id = :check", ["{} has no check that anybody carries out"]),
    ],
)  # fmt: skip
def test_what_is_missing_or_otherwise_is_noticed(
    ground: Ground, statement: str, told: list[str]
) -> None:
    title = ground.done.title
    assert amiss(ground, statement, ground.done) == [sentence.format(title) for sentence in told]


def test_what_is_there_twice_is_noticed(ground: Ground) -> None:
    title = ground.waits.title
    renamed = "update cases set title = :title where id = :case"
    assert amiss(ground, renamed, ground.done, title=title) == [f"{title} is there 2 times"]
    for action in ("check.queued", "check.done"):
        (told,) = amiss(ground, AGAIN, ground.done, action=action)
        case, check = ground.done.case, ground.done.check
        assert told == f"{case}{action}{check} was told 2 times"


@pytest.mark.parametrize("status", STATES)
def test_a_check_whose_job_is_over_is_carried_out_by_nobody(ground: Ground, status: str) -> None:
    over = f"{OVER} where args->>'check_id' = :check"
    told = [f"{ground.waits.title} has no check that anybody carries out"]
    assert amiss(ground, over, ground.waits, status=status) == told
    assert amiss(ground, over, ground.done, status=status) == []


def test_a_check_without_a_job_is_carried_out_by_nobody(ground: Ground) -> None:
    told = [f"{ground.waits.title} has no check that anybody carries out"]
    gone = "delete from procrastinate_jobs where args->>'check_id' = :check"
    assert amiss(ground, gone, ground.waits) == told


def test_a_job_of_a_worker_that_died_is_given_back_later(ground: Ground) -> None:
    doing = f"{OVER} where args->>'check_id' = :check"
    assert amiss(ground, doing, ground.waits, status="doing") == []


def test_a_check_may_fail_only_where_it_was_begun_too_often(ground: Ground) -> None:
    title = ground.waits.title
    for code, tries in (("check-failed", MOST_TRIES), ("check-lost", MOST_TRIES + 1)):
        told = amiss(ground, FAILED, ground.waits, code=code, tries=tries)
        assert told == [f"the check of {title} failed at try {tries}: {code}"]
    by_rule = {"code": "check-failed", "tries": MOST_TRIES + 1}
    assert amiss(ground, FAILED, ground.waits, **by_rule) == []


def test_checks_that_failed_are_counted_and_may_be_excused(ground: Ground) -> None:
    values = {"check": str(ground.waits.check), "code": "check-failed", "tries": 2}
    with harmed(ground, FAILED, **values) as session:
        assert promises.checks_told(session) == {"done": 1, "failed": 1, "waiting": 0}
        assert promises.failed(session, {"check-failed"}) == []
        assert promises.failed(session, {"check-lost"}) != []


@pytest.mark.parametrize("harm", ["gone", "changed", "cut"])
def test_torn_bytes_are_noticed(ground: Ground, harm: str) -> None:
    path = ground.place.blobs.path(ground.done.promise.sha256)
    whole = path.read_bytes()
    path.unlink()
    if harm != "gone":
        path.write_bytes(b"x" + whole[1:] if harm == "changed" else whole[:-1])
    try:
        found = promises.broken(ground.place.engine, ground.place.data, ground.promised)
        assert found == [f"{ground.done.title} is torn"]
    finally:
        path.unlink(missing_ok=True)
        path.write_bytes(whole)


def test_a_journal_that_lost_its_end_is_noticed(ground: Ground) -> None:
    heads = {9_000: "00"}
    found = promises.broken(ground.place.engine, ground.place.data, [], heads)
    assert found == ["journal 9000: is missing at the end"]


def test_what_was_promised_and_never_kept_is_noticed(ground: Ground) -> None:
    never = Promise(str(uuid4()), "Plan 000009", "0")
    found = promises.broken(ground.place.engine, ground.place.data, [never])
    assert found == ["Plan 000009 was acknowledged and is lost"]


# --- mails ---------------------------------------------------------------------------------------


def test_a_mail_that_is_marked_and_never_came_is_noticed(ground: Ground) -> None:
    with harmed(ground, "update mails set sent = now()") as session:
        told = [f"mail {ground.mail} is marked as sent and never came"]
        assert promises.mails_broken(session, []) == told
        assert promises.mails_broken(session, [(ground.mail, b"a"), (ground.mail, b"a")]) == []


@pytest.mark.parametrize("status", STATES)
def test_a_mail_that_nobody_sends_is_noticed(ground: Ground, status: str) -> None:
    with harmed(ground, f"{OVER} where task_name = 'letters.send'", status=status) as session:
        told = [f"mail {ground.mail} is neither sent nor waiting"]
        assert promises.mails_broken(session, []) == told


def test_a_mail_in_two_wordings_or_of_nobody_is_noticed(ground: Ground) -> None:
    with harmed(ground) as session:
        two = [(ground.mail, b"a"), (ground.mail, b"b")]
        assert promises.mails_broken(session, two) == [f"mail {ground.mail} came in 2 wordings"]
        told = ["mail <9@belang> was asked for by nobody"]
        assert promises.mails_broken(session, [("<9@belang>", b"a")]) == told


class Arriving(list[tuple[str, bytes]]):
    """A mailbox at which a mail arrives after it was looked into for the first time."""

    def __init__(self, *later: tuple[str, bytes]) -> None:
        super().__init__()
        self.later = later

    def __iter__(self) -> Iterator[tuple[str, bytes]]:
        yield from super().__iter__()
        self.extend(self.later)
        self.later = ()


def test_mails_that_arrive_while_the_database_is_read_are_no_fault(ground: Ground) -> None:
    with harmed(ground, "update mails set sent = now()") as session:
        arrived = Arriving((ground.mail, b"a"), ("<asked-for-later@belang>", b"b"))
        assert promises.mails_broken(session, arrived) == []


@pytest.mark.parametrize("at_work", [True, False])
def test_a_service_at_work_is_asked_for_rows_and_mails(
    ground: Ground, monkeypatch: pytest.MonkeyPatch, at_work: bool
) -> None:
    url = ground.place.url
    monkeypatch.setattr(promises, "database_url", lambda data: url)
    data, never = ground.place.data, Promise(str(uuid4()), "Plan 000009", "0")
    arrived = [("<9@belang>", b"a")]
    if at_work:
        found = promises.amiss_at(data, [never], arrived)
    else:
        found = promises.broken_at(data, [never], promises.head_at(data), arrived)
    assert found == [
        "Plan 000009 was acknowledged and is lost", "mail <9@belang> was asked for by nobody",
    ]  # fmt: skip
    assert promises.checks_at(data) == {"done": 1, "failed": 0, "waiting": 1}
