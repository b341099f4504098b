"""A process of Belang that ends with the one that started it, however that one ends.

`python -m service.running.child PARENT MODULE COMMAND …` is `belang COMMAND …` with that promise.
The kernel keeps it: a parent that is killed has no chance to stop anything. The child loads MODULE
while its parent may not know yet where the database is, and begins when it is told by its standard
input: variables of its environment, as JSON. Where nothing comes, it ends.
"""

import ctypes
import json
import os
import signal
import sys
from collections.abc import Mapping
from importlib import import_module

PR_SET_PDEATHSIG = 1


def end_with(parent: int) -> None:
    """Ask for SIGTERM when the process `parent` ends; end now where it has ended already."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM) != 0:
        raise OSError(ctypes.get_errno(), "prctl")
    if os.getppid() != parent:  # it ended before we could ask
        sys.exit(0)


def told() -> Mapping[str, str]:
    """Wait for the variables of our environment; none where our parent has no need of us."""
    content = sys.stdin.buffer.read()
    return json.loads(content) if content else {}


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # a parent that is stopping ignores it
    from service.cli import main
    from service.running.loading import loading

    end_with(int(sys.argv[1]))
    with loading():
        import_module(sys.argv[2])
    environment = told()
    if not environment:
        sys.exit(0)
    os.environ.update(environment)
    sys.exit(main(sys.argv[3:]))
