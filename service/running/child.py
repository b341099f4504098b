"""A process of Belang that ends with the one that started it, however that one ends.

`python -m service.running.child PARENT COMMAND …` is `belang COMMAND …` with that promise. The
kernel keeps it: a parent that is killed has no chance to stop anything.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def end_with(parent: int) -> None:
    """Ask for SIGTERM when the process `parent` ends; end now where it has ended already."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM) != 0:
        raise OSError(ctypes.get_errno(), "prctl")
    if os.getppid() != parent:  # it ended before we could ask
        sys.exit(0)


if __name__ == "__main__":
    from service.cli import main

    end_with(int(sys.argv[1]))
    sys.exit(main(sys.argv[2:]))
