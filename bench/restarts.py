"""The database ended again and again under load, in all ways; the service goes on by itself."""

import argparse
import os
import signal
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from bench.clients import Clients
from bench.crashes import postmaster, spread
from bench.figure import figure, tell
from bench.mailbox import Mailbox, free_port, listening
from bench.promises import broken, mails_broken
from bench.running import coordinator, database_url, ready, serving
from service.db import engine_for, snapshot

CLIENTS = 8
WAYS = (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL)  # fast, immediate, none at all
WORK_S = 1.5
PATIENCE_S = 120.0


def taken(clients: Clients) -> float | None:
    """Wait until a plan is taken again; return after how many seconds, None where none is."""
    before, begun = len(clients.promised), time.monotonic()
    while len(clients.promised) == before:
        if time.monotonic() - begun > PATIENCE_S:
            return None
        time.sleep(0.02)
    return time.monotonic() - begun


def run(folder: Path, restarts: int) -> dict[str, Any]:
    """End the database so often; return what was seen."""
    data, port, box, begun = folder / "data", free_port(), Mailbox(), time.monotonic()
    clients, again_s, wrong = (
        Clients(f"http://127.0.0.1:{port}", CLIENTS),
        list[float](),
        list[str](),
    )
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
                database = postmaster(data)
                if database is not None:
                    with suppress(ProcessLookupError):
                        os.kill(database, WAYS[number % len(WAYS)])
                seconds = taken(clients)
                if seconds is None:
                    wrong.append(f"takes nothing {PATIENCE_S:.0f} s after restart {number}")
                else:
                    again_s.append(seconds)
            if process.poll() is not None:
                wrong.append("the service ended")
            clients.stop()
            engine = engine_for(database_url(data), pool=1)
            wrong += broken(engine, data, clients.promised)
            with snapshot(engine) as session:
                wrong += mails_broken(session, list(box.arrived))
            engine.dispose()
            process.send_signal(signal.SIGTERM)
            process.wait(60)
    wrong += [f"answered {what} {n} times" for what, n in clients.refused.items()
              if not what.startswith("503") or "no problem" in what]  # fmt: skip
    return figure(
        "the database ended under load",
        tries=restarts,
        failures=wrong,
        seed=None,
        begun=begun,
        acknowledged=len(clients.promised),
        answers_that_refused=dict(clients.refused),
        takes_plans_again_s=spread(again_s),
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
