"""A process killed, or left without a disk, at single calls to the kernel: every promise holds."""

from pathlib import Path

import pytest

from bench import points
from bench.strikes import KILL, NoTracerError, tracer


@pytest.mark.parametrize(("how", "every", "first"), [(KILL, 61, 7), (points.FULL, 37, 5)])
def test_every_promise_holds(
    fresh_database_url: str, tmp_path: Path, how: str, every: int, first: int
) -> None:
    """A few of all the calls of `make goal`."""
    try:
        tracer()
    except NoTracerError as error:
        pytest.skip(str(error))
    (data := tmp_path / "data").mkdir()
    with points.place(data, fresh_database_url) as here:
        seen = points.run(here, tmp_path, every=every, first=first, how=how)
    assert {name: deed["wrong"] for name, deed in seen.items() if deed["wrong"]} == {}
    assert sum(deed["struck"] for deed in seen.values()) >= 4
    assert sum(deed.get("not acknowledged", 0) for deed in seen.values()) >= 2
