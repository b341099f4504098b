"""Means refused as a container or a kernel refuses them: by a filter put on before all else.

It holds for the thread that asks for it and for whatever that starts. As a program it puts the
filter on and becomes what follows: ``python -m tests.layers.apart.refusing namespaces -- PROGRAM``.
"""

import os
import platform
import sys
from collections.abc import Iterable

from layers.apart import kernel, seccomp
from layers.apart.apart import Apart
from layers.apart.seccomp import ALLOW, DENY, EQUAL, LOAD, RETURN, UNKNOWN, Steps

# unshare; prctl; seccomp.
UNSHARE, PRCTL, FILTER = {"x86_64": (272, 157, 317), "aarch64": (97, 167, 277)}.get(
    platform.machine(), (0, 0, 0)
)
LANDLOCK = 444  # asked first, and by itself, whether it is there


def refuse(*means: str) -> None:
    """Refuse this thread, and what it starts, ``namespaces``, ``calls``, ``files``."""
    kernel.no_new_privileges()
    assert set(means) <= STEPS.keys()
    steps = [step for each in means for step in STEPS[each]]
    assert seccomp.installed([(LOAD, 0, 0, 0), *steps, (RETURN, 0, 0, ALLOW)])


def refused(runner: Apart, means: Iterable[str]) -> Apart:
    """Return a runner, not begun yet, whose children cannot have some means."""
    # They stem from the thread that starts them; no other thread is touched.
    runner._keeper.submit(refuse, *means).result()
    return runner


def _on(number: int, answer: int) -> Steps:
    return [(EQUAL, 0, 1, number), (RETURN, 0, 0, answer)]


STEPS: dict[str, Steps] = {
    "namespaces": _on(UNSHARE, DENY),
    "calls": [
        *_on(FILTER, DENY),
        (EQUAL, 0, 4, PRCTL),
        (LOAD, 0, 0, 16),  # the first argument
        (EQUAL, 0, 1, kernel.SECCOMP),
        (RETURN, 0, 0, DENY),
        (LOAD, 0, 0, 0),
    ],
    "files": _on(LANDLOCK, UNKNOWN),
}

if __name__ == "__main__":
    end = sys.argv.index("--")
    refuse(*sys.argv[1:end])
    os.execv(sys.argv[end + 1], sys.argv[end + 1 :])  # noqa: S606 - what the test says
