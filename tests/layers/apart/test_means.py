"""Each means by itself, since where one is missing the others have to do."""

import subprocess
import sys
from pathlib import Path

import pytest

from layers.apart import landlock, surroundings


def said(script: str, *arguments: object) -> list[str]:
    """Return the lines a process prints that confines itself first."""
    command = [sys.executable, "-c", script, *map(str, arguments)]
    ended = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30)
    return ended.stdout.split()


TRIES = """
def tried(attempt):
    try: attempt()
    except OSError as error: print(type(error).__name__)
    else: print("done")
"""


@pytest.mark.parametrize("others", [False, True])
def test_the_filter_denies_sockets_and_programs(*, others: bool) -> None:
    script = f"""{TRIES}
import os, socket, threading
from layers.apart import seccomp
pair = socket.socketpair()
print(seccomp.deny(others={others}))
for family in (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX, socket.AF_NETLINK):
    tried(lambda: socket.socket(family))
tried(lambda: os.execv("/bin/true", ["true"]))
tried(lambda: pair[0].send(b"x"))
thread = threading.Thread(target=print, args=("thread",))
thread.start(); thread.join()
def forked():
    if (child := os.fork()) == 0: os._exit(0)
    os.waitpid(child, 0)
tried(forked)
tried(lambda: os.kill(os.getppid(), 0))
"""
    first, *rest = said(script)
    if first == "False":
        pytest.skip("this kernel or machine has no filter")
    outside = "PermissionError" if others else "done"
    assert rest == ["PermissionError"] * 5 + ["done", "thread", outside, outside]


@pytest.mark.skipif(not landlock.version(), reason="this kernel has no Landlock")
def test_files_are_those_of_the_program_and_of_one_folder(tmp_path: Path) -> None:
    own, other = tmp_path / "own", tmp_path / "other"
    own.mkdir()
    other.mkdir()
    (other / "secret").write_text("hush")
    (other / "shown").write_text("may be read")
    script = f"""{TRIES}
import os, sys
from pathlib import Path
from layers.apart import landlock, surroundings
own, other = map(Path, sys.argv[1:])
readable = (*surroundings.readable(), other / "shown", other / "missing")
print(landlock.confine(readable, own))
tried((other / "secret").read_text)
tried(lambda: (other / "shown").read_text())
tried(lambda: (other / "shown").write_text("changed"))
tried(lambda: (other / "new").write_text("x"))
tried(lambda: os.listdir(other))
tried(lambda: Path("/etc/passwd").read_text())
tried(lambda: Path("/proc/self/environ").read_text())
tried(lambda: (own / "new").write_text("x"))
tried(lambda: (own / "folder").mkdir())
tried(lambda: (own / "new").rename(own / "folder" / "moved"))
tried(lambda: os.mkfifo(own / "pipe"))
import decimal, lxml.etree, sqlite3
print("imported")
"""
    denied = "PermissionError"
    assert said(script, own, other) == [
        "True", denied, "done", denied, denied, denied, denied, denied, "done", "done", "done",
        denied, "imported",
    ]  # fmt: skip
    assert (other / "shown").read_text() == "may be read"


def test_the_environment_is_made_of_what_is_harmless(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hush")
    found = surroundings.environment()
    assert found["TZ"] == "Europe/Berlin"
    assert "hush" not in str(found)


def test_the_superuser_gives_up_only_where_others_may_read_the_program(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shut = tmp_path / "shut"
    shut.mkdir(mode=0o700)
    monkeypatch.setattr(sys, "path", [str(shut)])
    surroundings.user.cache_clear()
    try:
        assert surroundings.user() is None
    finally:
        surroundings.user.cache_clear()
