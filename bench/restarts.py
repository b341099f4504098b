"""The database ended again and again under load, in all ways; the service goes on by itself."""

import argparse
import os
import signal
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.clients import Clients
from bench.crashes import postmaster, spread
from bench.figure import figure, tell
from bench.mailbox import Mailbox, free_port, listening
from bench.promises import broken_at, checks_at, head_at, late, mails_told
from bench.running import coordinator, database_url, ready, serving

CLIENTS = 8
WAYS = (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL)  # fast, immediate, none at all
WORK_S = 1.5
PATIENCE_S = 120.0


@dataclass
class Seen:
    """What was seen on the way."""

    again_s: list[float] = field(default_factory=list)
    heads: dict[int, str] = field(default_factory=dict)
    checks: dict[str, int] = field(default_factory=dict)  # in the end, by how they stand
    ended: int = 0
    last: int | None = None  # the process that was ended last
    wrong: list[str] = field(default_factory=list)


def end(database: int | None, number: int, seen: Seen) -> None:
    """End the database, in a way that follows from the number; what cannot be ended is told."""
    if database is None or database == seen.last:
        seen.wrong.append(f"no database was there to be ended at restart {number}")
        return
    with suppress(ProcessLookupError):
        os.kill(database, WAYS[number % len(WAYS)])
        seen.ended += 1
    seen.last = database


def run(folder: Path, restarts: int) -> dict[str, Any]:
    """End the database so often; return what was seen."""
    data, port, box, begun = folder / "data", free_port(), Mailbox(), time.monotonic()
    clients, seen = Clients(f"http://127.0.0.1:{port}", CLIENTS), Seen()
    with listening(box) as smtp:
        environment = {
            **os.environ,
            "BELANG_DATA": str(data),
            "BELANG_PORT": str(port),
            "BELANG_SMTP_HOST": "127.0.0.1",
            "BELANG_SMTP_PORT": str(smtp),
            "BELANG_UPLOADS_PER_MINUTE": "1000000",
        }
        with serving(environment, folder / "log") as process:
            ready(clients.address, process, "/readyz")
            clients.start(coordinator(database_url(data), mail="koordination@example.org"))
            for number in range(restarts):
                time.sleep(WORK_S)
                seen.heads |= head_at(data)
                end(postmaster(data), number, seen)
                seconds = clients.taken_s(PATIENCE_S)
                if seconds is None:
                    seen.wrong.append(f"takes nothing {PATIENCE_S:.0f} s after restart {number}")
                    break
                seen.again_s.append(seconds)
            if process.poll() is not None:
                seen.wrong.append("the service ended")
            clients.stop()
            seen.wrong += broken_at(data, clients.promised, seen.heads, box.arrived)
            seen.checks = checks_at(data)
            process.send_signal(signal.SIGTERM)
            process.wait(60)
    seen.wrong += [f"answered {what} {n} times" for what, n in clients.refused.items()
                   if not what.startswith("503") or "no problem" in what]  # fmt: skip
    return figure(
        "the database ended under load",
        tries=seen.ended,
        failures=seen.wrong + late(seen.again_s),
        seed=None,
        begun=begun,
        acknowledged=len(clients.promised),
        answers_that_refused=dict(clients.refused),
        mails=mails_told(box.arrived),
        checks=seen.checks,
        heads_kept=len(seen.heads),
        takes_plans_again_s=spread(seen.again_s),
    )


def main() -> None:
    """Restart and print what was seen as JSON; status 1 where a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--restarts", type=int, default=60)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="belang-restarts-") as folder:
        Path(folder).chmod(0o755)  # the database runs as somebody else
        tell(run(Path(folder), given.restarts))


if __name__ == "__main__":
    main()
