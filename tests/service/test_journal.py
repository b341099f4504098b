"""The journal: what is written holds, what is changed shows, what is erased is named."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from bench.audit import tried
from bench.tampering import opened
from service import journal
from service.db import engine_for, transaction
from service.erasures import ERASED
from service.models.journal import Detail, Entry


@pytest.fixture
def engine(fresh_database_url: str) -> Iterator[Engine]:
    made = engine_for(fresh_database_url, pool=1)
    yield made
    made.dispose()


def test_every_manipulation_is_found(engine: Engine) -> None:
    result = tried(engine, 480, seed=7, entries=40)
    assert result["missed"] == []
    assert result["false_alarms"] == []
    assert set(result["kinds"].values()) == {20}


def test_an_empty_journal_is_sound_whatever_head_was_kept_of_it(engine: Engine) -> None:
    with transaction(engine) as session:
        assert list(journal.faults(session, dict([journal.head(session)]))) == []


def test_what_is_erased_is_gone_named_and_no_fault(engine: Engine) -> None:
    with transaction(engine) as session:
        first = journal.append(session, "a", actor="p", detail={"name": "Frau Beispiel"})
        journal.append(session, "b", actor="p")
        assert journal.erase(session, [first.seq, 2, 99], actor="p", reason="request") == [1]
        assert journal.erase(session, [first.seq], actor="p", reason="request") == []
    with transaction(engine) as session:
        assert list(journal.faults(session)) == []
        assert journal.head(session)[0] == 3
        detail = session.get_one(Detail, 1)
        assert (detail.salt, detail.body) == (None, None)
        assert detail.erased is not None
        at = detail.erased.isoformat(timespec="microseconds")
        facts = {"entries": [1], "reason": "request", "at": at}
        assert session.get_one(Entry, 3).facts == facts
        whole = session.execute(text("select details::text from details")).scalars()
        assert "Beispiel" not in " ".join(whole)


@pytest.mark.parametrize("number", [2**53, -(2**63), 1e300, float("nan"), float("inf")])
def test_no_number_is_written_that_comes_back_as_another(engine: Engine, number: float) -> None:
    with transaction(engine) as session:
        with pytest.raises(ValueError, match="no number"):
            journal.append(session, "a", actor="p", facts={"deep": [{"n": number}]})
        with pytest.raises(ValueError, match="no number"):
            journal.append(session, "a", actor="p", detail={"n": number})
        assert journal.head(session)[0] == 0


def test_what_is_written_comes_back_as_it_was(engine: Engine) -> None:
    facts = {"a": 1.0, "b": 1e-7, "c": 123456789012345.0, "d": 2**53 - 1, "ä": "ß\u2028", "e": []}
    with transaction(engine) as session:
        journal.append(session, "a", actor="p", facts=facts, detail={"x": 0.1})
    with transaction(engine) as session:
        assert list(journal.faults(session)) == []


@pytest.mark.parametrize("change", ["update journal set actor = 'x'", "delete from journal",
                                    "truncate journal cascade"])  # fmt: skip
def test_the_database_refuses_to_change_it(engine: Engine, change: str) -> None:
    with transaction(engine) as session:
        journal.append(session, "a", actor="p")
    with pytest.raises(DBAPIError, match="append-only"), transaction(engine) as session:
        session.execute(text(change))


@pytest.mark.parametrize(
    ("later_s", "found"),
    [(0, []), (59, []), (61, ["was erased at another time than an entry says"])],
)
def test_an_entry_that_does_not_name_the_time_holds_within_a_minute(
    engine: Engine, later_s: int, found: list[str]
) -> None:
    with transaction(engine) as session:
        first = journal.append(session, "a", actor="p", detail={"name": "Frau Beispiel"})
        facts = {"entries": [first.seq], "reason": "retention"}  # as older releases wrote it
        said = journal.append(session, ERASED, actor="p", facts=facts)
        detail = session.get_one(Detail, first.seq)
        detail.salt, detail.body = None, None
        detail.erased = said.at + timedelta(seconds=later_s)
    with transaction(engine) as session:
        assert [fault.what for fault in journal.faults(session)] == found


def test_a_forged_end_is_found_by_heads_that_were_kept_of_the_true_one(engine: Engine) -> None:
    heads = {}
    with transaction(engine) as session:
        for _ in range(6):
            journal.append(session, "a", actor="p")
            heads |= dict([journal.head(session)])
    with transaction(engine) as session:
        opened(session)
        session.execute(text("delete from journal where seq > 3"))
        session.execute(text("update counters set last = 3 where name = 'journal'"))
        session.expire_all()
        for _ in range(9):
            journal.append(session, "b", actor="p")
    with transaction(engine) as session:
        assert list(journal.faults(session)) == []  # the chain alone shows nothing
        before = {number: heads[number] for number in (1, 2, 3)}
        assert list(journal.faults(session, before)) == []  # nor what was kept before
        for number in (4, 5, 6):
            (fault,) = journal.faults(session, {**before, number: heads[number]})
            assert fault == journal.Fault(number, "is not the entry that was kept elsewhere")


def test_what_is_forged_behind_the_last_head_cannot_be_taken_back(engine: Engine) -> None:
    with transaction(engine) as session:
        journal.append(session, "a", actor="p")
        before = dict([journal.head(session)])
        forged = journal.append(session, "b", actor="nobody")  # like one of the service's own
        after = dict([journal.head(session)])
    with transaction(engine) as session:
        assert list(journal.faults(session, before)) == []  # the limit: see docs/security.md
        opened(session)
        session.execute(text("delete from journal where seq = :seq"), {"seq": forged.seq})
        session.execute(text("update counters set last = 1 where name = 'journal'"))
    with transaction(engine) as session:
        assert list(journal.faults(session, before)) == []
        assert list(journal.faults(session, after)) == [journal.Fault(2, "is missing at the end")]
