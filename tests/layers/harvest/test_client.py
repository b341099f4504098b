"""The client against servers of a few lines: what it asks, how often, how fast."""

import gzip
import threading
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from time import monotonic

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.problem import Refusal
from layers.harvest.backoff import pause, retry_after
from layers.harvest.client import Client
from layers.harvest.gate import Gate, Gates
from layers.harvest.manners import Manners
from layers.harvest.protocol import Ledger
from layers.harvest.request import Request, followed, with_parameters
from layers.harvest.spool import Spool
from tests.upstream.gateway import Asked, Reply, Served, answering

QUICK = Manners(per_second=10_000, attempts=4, first_wait=0.001, read=30, request=60)
NOW = datetime(2026, 1, 31, 12, 0, 0, tzinfo=UTC)


def fetch(served: Served, tmp_path: Path, manners: Manners = QUICK, path: str = "/a") -> bytes:
    client = Client(Ledger("test"), manners, Gates())
    try:
        answer = client.fetch(Request(served.url + path), tmp_path / "body")
        return answer.path.read_bytes()
    finally:
        client.close()


def code_of(served: Served, tmp_path: Path, manners: Manners = QUICK, path: str = "/a") -> str:
    with pytest.raises(Refusal) as caught:
        fetch(served, tmp_path, manners, path)
    assert not (tmp_path / "body").exists()
    return caught.value.code


def test_it_says_who_it_is_and_asks_once(tmp_path: Path) -> None:
    with answering(lambda _: (200, {}, b"hello")) as served:
        assert fetch(served, tmp_path) == b"hello"

    assert len(served.asked) == 1
    assert served.asked[0].headers["User-Agent"].startswith("belang")
    assert served.asked[0].headers["Accept-Encoding"] == "gzip"


def test_it_waits_as_long_as_it_is_told_to(tmp_path: Path) -> None:
    answers = iter([(503, {"Retry-After": "7"}, b""), (429, {}, b""), (200, {}, b"x")])
    slept: list[float] = []
    ledger = Ledger("test")
    with answering(lambda _: next(answers)) as served:
        client = Client(ledger, QUICK, Gates(), sleep=slept.append, chance=lambda: 0.5)
        client.fetch(Request(served.url), tmp_path / "body")
        client.close()

    waits = [s for s in slept if s > 0]
    assert waits == [7.0, pytest.approx(0.001 * 2 * 0.75)]
    assert (ledger.requests, ledger.retries) == (3, 2)


def test_it_gives_up_rather_than_wait_for_an_hour(tmp_path: Path) -> None:
    with answering(lambda _: (503, {"Retry-After": "3600"}, b"")) as served:
        assert code_of(served, tmp_path) == "source-busy"
    assert len(served.asked) == 1


@pytest.mark.parametrize(("status", "asked"), [(503, 4), (404, 1), (400, 1), (500, 1), (401, 1)])
def test_it_asks_again_only_where_that_may_help(status: int, asked: int, tmp_path: Path) -> None:
    with answering(lambda _: (status, {}, b"")) as served:
        assert code_of(served, tmp_path) in ("source-busy", "source-status")
    assert len(served.asked) == asked


@pytest.mark.parametrize(
    ("limits", "body", "packed"),
    [
        ({"most_received": 99}, b"x" * 100, False),
        ({"most_decoded": 999}, b"x" * 1_000, True),
        ({"most_decoded": 999}, b"x" * 1_000, False),
    ],
)
def test_limits_hold_as_received_and_as_unpacked(
    limits: dict[str, int], body: bytes, packed: bool, tmp_path: Path
) -> None:
    headers = {"Content-Encoding": "gzip"} if packed else {}
    sent = gzip.compress(body) if packed else body
    manners = replace(QUICK, **limits)  # type: ignore[arg-type]
    larger = replace(QUICK, **{name: value + 1 for name, value in limits.items()})  # type: ignore[arg-type]
    with answering(lambda _: (200, headers, sent)) as served:
        assert code_of(served, tmp_path, manners) == "source-too-large"
        assert fetch(served, tmp_path, larger) == body


def test_a_packing_nobody_asked_for_is_refused(tmp_path: Path) -> None:
    with answering(lambda _: (200, {"Content-Encoding": "br"}, b"x")) as served:
        assert code_of(served, tmp_path) == "source-content"


def test_it_follows_on_the_same_server_and_not_for_ever(tmp_path: Path) -> None:
    def answer(asked: Asked) -> Reply:
        number = int(asked.path[1:])
        return (200, {}, b"there") if number == 5 else (302, {"Location": f"/{number + 1}"}, b"")

    with answering(answer) as served:
        assert fetch(served, tmp_path, path="/1") == b"there"
        (tmp_path / "body").unlink()
        assert code_of(served, tmp_path, path="/6") == "source-link"


def test_all_harvests_together_stay_below_the_limits(tmp_path: Path) -> None:
    """Counted at the server: six harvests at once, at most two requests at a time, 20 a second."""
    manners = replace(QUICK, parallel=2, per_second=20)
    gates = Gates()
    barrier = threading.Barrier(6)

    def ask(number: int) -> None:
        client = Client(Ledger("test"), manners, gates)
        barrier.wait()
        for i in range(2):
            client.fetch(Request(f"{served.url}/{number}/{i}"), tmp_path / f"{number}-{i}")
        client.close()

    def slowly(_: Asked) -> Reply:
        threading.Event().wait(0.06)
        return 200, {}, b"x"

    with answering(slowly) as served:
        began = monotonic()
        threads = [threading.Thread(target=ask, args=(n,)) for n in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert len(served.asked) == 12
    assert served.most_at_once == 2
    # Machines may be late, never early: the twelfth start lies eleven twentieths after the first.
    assert served.asked[-1].at - began >= 11 / 20


def test_a_gate_hands_out_starts_one_after_another() -> None:
    slept: list[float] = []
    gate = Gate(parallel=1, per_second=4, clock=lambda: 100.0, sleep=slept.append)
    for _ in range(4):
        with gate.passage():
            pass

    assert slept == [0.0, 0.25, 0.5, 0.75]


def test_each_server_has_its_own_gate() -> None:
    gates = Gates()

    assert gates.of("http://a:80", QUICK) is gates.of("http://a:80", QUICK)
    assert gates.of("http://a:80", QUICK) is not gates.of("http://b:80", QUICK)


@given(attempt=st.integers(2, 8), chance=st.floats(0, 0.999))
def test_pauses_double_and_are_spread(attempt: int, chance: float) -> None:
    longest = 2.0 ** (attempt - 2)

    assert longest / 2 <= pause(attempt, first=1.0, chance=chance) <= longest


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("17", 17.0),
        (" 0 ", 0.0),
        ("-5", None),
        ("soon", None),
        ("", None),
        ("1e9", None),
        (format_datetime(NOW.replace(minute=1), usegmt=True), 60.0),
        (format_datetime(NOW.replace(hour=1), usegmt=True), 0.0),
        ("Sat, 99 Jan 2026 12:00:00 GMT", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str | None, seconds: float | None) -> None:
    assert retry_after(header, NOW) == seconds


def test_parameters_replace_those_of_the_same_name() -> None:
    url = "http://h/x?map=a%26b&SERVICE=wms&empty="

    assert with_parameters(url, [("service", "WFS"), ("q", "ü&")]) == (
        "http://h/x?map=a%26b&empty=&service=WFS&q=%C3%BC%26"
    )


@pytest.mark.parametrize(
    ("link", "target"),
    [
        ("/b?x=1", "http://h:80/b?x=1"),
        ("http://h/b", "http://h/b"),
        ("https://h/b", "https://h/b"),
        ("https://h:8443/b", None),
        ("http://h.evil/b", None),
        ("http://h@evil/b", None),
        ("//evil/b", None),
        ("file:///etc/passwd", None),
        ("javascript:1", None),
        ("http://[::1", None),
    ],
)
def test_links_lead_to_the_same_server(link: str, target: str | None) -> None:
    if target is None:
        with pytest.raises(Refusal) as caught:
            followed("http://h:80/a", link)
        assert caught.value.code == "source-link"
    else:
        assert followed("http://h:80/a", link) == target


# --- the spool -----------------------------------------------------------------------------------


def kept(spool: Spool, request: Request) -> bytes | None:
    answer = spool.kept(request)
    return answer.path.read_bytes() if answer else None


def spooled(folder: Path, now: float = 1_000.0) -> tuple[Spool, Request]:
    spool, request = Spool(folder, 60.0, now=lambda: now), Request("http://h/1")
    with answering(lambda _: (200, {"ETag": "e"}, b"page")) as served:
        spool.begin("a")
        client = Client(Ledger("test"), QUICK, Gates())
        spool.keep(request, client.fetch(Request(served.url), spool.place(request)))
        client.close()
    return spool, request


def test_a_spool_keeps_what_is_whole(tmp_path: Path) -> None:
    spool, request = spooled(tmp_path / "s")

    assert kept(spool, request) == b"page"
    assert spool.kept(request).headers == {"etag": "e"}  # type: ignore[union-attr]
    assert kept(spool, Request("http://h/2")) is None
    assert spool.begin("a")
    assert kept(spool, request) == b"page"


@pytest.mark.parametrize(("stamp", "now"), [("b", 1_000.0), ("a", 1_061.0), ("a", 900.0)])
def test_a_spool_forgets_what_is_old_or_of_another_state(
    stamp: str, now: float, tmp_path: Path
) -> None:
    _, request = spooled(tmp_path / "s")
    later = Spool(tmp_path / "s", 60.0, now=lambda: now)

    assert not later.begin(stamp)
    assert kept(later, request) is None


@pytest.mark.parametrize("name", ["stamp.json", "page.json"])
@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff"])
def test_what_a_crash_leaves_counts_for_nothing(name: str, content: bytes, tmp_path: Path) -> None:
    spool, request = spooled(tmp_path / "s")
    broken = "stamp.json" if name == "stamp.json" else f"{request.key}.json"
    (tmp_path / "s" / broken).write_bytes(content)

    assert spool.begin("a") == (name != "stamp.json")
    assert kept(spool, request) is None
