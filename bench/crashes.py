"""Kill -9 under eight uploading clients: what was acknowledged must be there, once, and whole.

The service runs as it is run everywhere: `belang serve` with a worker and a mail server. It is
killed at a random moment, with its worker, every tenth time with its database; then started again,
on and on. After every tenth kill the database and the mailbox are compared with every
acknowledgement, while the load goes on; in the end the disk and the whole journal as well, with
the heads of it that were kept meanwhile. What is broken then ends the run.

A check that failed is a broken promise, unless it was given up by the rule
(`bench.promises.failed`). Here hardly any comes so far: a job is given back once its worker has
been silent for half a minute, and hardly any service lives so long.
"""

import argparse
import os
import random
import signal
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from math import inf
from pathlib import Path
from subprocess import Popen
from typing import Any

from bench.clients import Clients
from bench.figure import figure, tell
from bench.mailbox import Mailbox, free_port, listening
from bench.promises import (
    READY_S,
    Mails,
    amiss_at,
    broken_at,
    checks_at,
    head_at,
    late,
    mails_told,
)
from bench.running import busy_s, coordinator, database_url, kill, ready, serving

CLIENTS = 8
LONGEST_S = 3.0  # so long a service works before it is killed, at most
LONG_S = 15.0  # but one of `LONG_EVERY`, so that checks end and mails go out beside the clients
LONG_EVERY = 20
EVERY = 10  # one of so many kills takes the database along
ENOUGH = 300  # among so many kills some come late enough for mails to go out


@dataclass
class Seen:
    """What was seen on the way."""

    starts_s: list[float] = field(default_factory=list)  # until it is ready; the first: a new one
    busy_s: list[float] = field(default_factory=list)  # processor time of each start
    recovered_s: list[float] = field(default_factory=list)  # starts after the database was killed
    heads: dict[int, str] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    checks: dict[str, int] = field(default_factory=dict)  # in the end, by how they stand
    looks: int = 0  # at every acknowledgement, between kills
    kills: int = 0
    killed_databases: int = 0


def postmaster(data: Path) -> int | None:
    """Return the process of the embedded database; None while there is none."""
    found = next(data.glob("**/postmaster.pid"), None)
    return None if found is None else int(found.read_text(encoding="ascii").splitlines()[0])


def strike(process: "Popen[bytes]", data: Path, seen: Seen, *, database: bool) -> None:
    """Kill the service with its workers, and its `database`."""
    kill(process)
    number = postmaster(data) if database else None
    if number is not None:
        with suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)
            seen.killed_databases += 1


def look(data: Path, clients: Clients, arrived: Mails, seen: Seen) -> None:
    """Look between two kills at what is soon seen, and keep the head of the journal."""
    seen.heads |= head_at(data)
    wrong = amiss_at(data, clients.promised, arrived)
    seen.wrong += [f"after {seen.kills} kills: {what}" for what in wrong]
    seen.looks += 1


def run(
    folder: Path, kills: int, seed: int, most_seconds: float = inf, every: int = EVERY
) -> dict[str, Any]:
    """Kill so often, within so many seconds, each so many-th time with the database; return what
    was seen.
    """
    data, port, box = folder / "data", free_port(), Mailbox()
    clients, seen = Clients(f"http://127.0.0.1:{port}", CLIENTS), Seen()
    begun = time.monotonic()
    with listening(box) as smtp:
        environment = {
            **os.environ,
            "BELANG_DATA": str(data),
            "BELANG_PORT": str(port),
            "BELANG_SMTP_HOST": "127.0.0.1",
            "BELANG_SMTP_PORT": str(smtp),
            "BELANG_UPLOADS_PER_MINUTE": "1000000",
        }
        end = begun + most_seconds
        _killed(folder, environment, clients, seen, kills, seed, box, end, every)
    again_s, mails = seen.starts_s[1:], mails_told(box.arrived)
    return figure(
        "kill -9 under eight uploading clients",
        tries=seen.kills,
        failures=[*seen.wrong, *mails_wrong(mails, seen.kills), *late(again_s)],
        seed=seed,
        begun=begun,
        clients=CLIENTS,
        databases_killed=seen.killed_databases,
        acknowledged=len(clients.promised),
        answers_that_refused=dict(clients.refused),
        mails=mails,
        checks=seen.checks,
        looks_between_kills=seen.looks,
        heads_kept=len(seen.heads),
        broken_promises=len(seen.wrong),
        ready_again_s=spread(again_s),
        ready_again_with_its_database_s=spread(seen.recovered_s),
        ready_again_processor_s=spread(seen.busy_s[1:]),
    )


def mails_wrong(mails: Mapping[str, int], kills: int) -> list[str]:
    """Return what the number of mails says against a run with so many kills.

    Each kill may leave a mail of which nobody knows that it was taken, and which is sent again.
    Where none came at all, none was tried, unless there were too few kills for that.
    """
    wrong = []
    if mails["twice"] > kills:
        wrong.append(f"{mails['twice']} mails came twice, more than there were kills ({kills})")
    if kills >= ENOUGH and not mails["arrived"]:
        wrong.append(f"no mail arrived between {kills} kills")
    return wrong


def spread(seconds: list[float]) -> dict[str, float]:
    """Return the middle, the 95th percentile and the most of some times, and how many are too
    late (`READY_S`); zeros of none.
    """
    found = sorted(seconds) or [0.0]
    at = {"median": len(found) // 2, "p95": int(len(found) * 0.95), "most": len(found) - 1}
    told: dict[str, float] = {name: round(found[place], 2) for name, place in at.items()}
    return {**told, "above_5": sum(one > READY_S for one in found)}


def _killed(
    folder: Path, environment: dict[str, str], clients: Clients, seen: Seen, kills: int, seed: int,
    box: Mailbox, end: float, every: int,
) -> None:  # fmt: skip
    chance = random.Random(seed)  # noqa: S311 - no secret
    data = folder / "data"
    while True:
        with serving(environment, folder / "log") as process:
            seen.starts_s.append(ready(clients.address, process, "/readyz"))
            if seen.kills and seen.kills % every == 0:
                seen.recovered_s.append(seen.starts_s[-1])
            seen.busy_s.append(busy_s(process))
            if len(seen.starts_s) == 1:
                clients.start(coordinator(database_url(data), mail="koordination@example.org"))
            going_on = seen.kills < kills and time.monotonic() < end
            if going_on and seen.kills % every == 0:
                look(data, clients, box.arrived, seen)
            if going_on and not seen.wrong:
                longest = LONG_S if seen.kills % LONG_EVERY == LONG_EVERY // 2 else LONGEST_S
                time.sleep(chance.uniform(0, longest))
                strike(process, data, seen, database=seen.kills % every == every - 1)
                seen.kills += 1
                continue
            clients.stop()
            seen.wrong += broken_at(data, clients.promised, seen.heads, box.arrived)
            seen.checks = checks_at(data)
            process.send_signal(signal.SIGTERM)
            process.wait(60)
            return


def main() -> None:
    """Kill and print what was seen as JSON; status 1 where a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--most-seconds", type=float, default=inf, help="stop killing after so long"
    )
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(
        prefix="belang-crashes-", ignore_cleanup_errors=True
    ) as folder:
        Path(folder).chmod(0o755)  # the database runs as somebody else
        tell(run(Path(folder), given.kills, given.seed, given.most_seconds))


if __name__ == "__main__":
    main()
