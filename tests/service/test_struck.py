"""A process killed, or left without a disk, at single calls to the kernel: every promise holds."""

import shutil
from pathlib import Path

import pytest

from bench import points
from bench.deeds import Deed, Upload
from bench.sendings import Mailed, StatementSent
from bench.strikes import KILL, NoTracerError, tracer

SENT: tuple[type[Deed], ...] = (Upload, Mailed, StatementSent)


@pytest.mark.parametrize(
    ("how", "deeds", "every", "first"), [(KILL, SENT, 43, 7), (points.FULL, (Upload,), 9, 2)]
)
def test_every_promise_holds(
    fresh_database_url: str, tmp_path: Path, how: str, deeds: tuple[type[Deed], ...], every: int,
    first: int,
) -> None:  # fmt: skip
    """A few of all the calls of `make goal`. Without strace, which `make test` installs, it fails;
    a machine may forbid to watch processes.
    """
    if shutil.which("strace"):
        try:
            tracer()
        except NoTracerError as error:
            pytest.skip(str(error))
    (data := tmp_path / "data").mkdir()
    with points.place(data, fresh_database_url) as here:
        seen = points.run(
            here, tmp_path, deeds=deeds, warm=False, every=every, first=first, how=how
        )
    assert {name: deed["wrong"] for name, deed in seen.items() if deed["wrong"]} == {}
    assert sum(deed.get("not acknowledged", 0) for deed in seen.values()) >= 2
    assert all(deed["killed"] for deed in seen.values()) == (how == KILL)
