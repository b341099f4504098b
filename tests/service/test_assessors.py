import os
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest

from service.assessors import Beside, Here
from service.config import Settings
from service.district import Districts, open_district
from service.plans.intake import read_plan
from service.report.audience import INTERNAL, Audience

DAY = date(2026, 1, 1)
ENDLESS = """
import sys, time
from pathlib import Path
from service.assessors import Beside
from service.config import Settings

if __name__ == "__main__":
    settings = Settings(data=Path(sys.argv[1]), catalogue=Path(sys.argv[2]))
    with Beside(settings, 1, after_s=0) as beside:
        while not beside.pids:
            time.sleep(0.01)
        print(*beside.pids, flush=True)
        time.sleep(600)
"""


def settings(sample: Path, folder: Path) -> Settings:
    return Settings(data=folder, catalogue=sample / "catalogue.yaml")


def test_processes_beside_say_the_same_and_are_replaced_when_they_die(
    sample: Path, tmp_path: Path
) -> None:
    made = settings(sample, tmp_path)
    district = open_district(made)
    plan = read_plan(sample / "plans" / "wohnen-am-hainer-see.geojson", district.intake())
    here = Here(Districts.of(made, district))
    with Beside(made, 1) as beside:
        for audience in (INTERNAL, Audience("public")):
            expected = here(plan, "en", audience, DAY)
            assert beside(plan, "en", audience, DAY) == expected
        before = beside.pids
        os.kill(before[0], signal.SIGKILL)
        assert beside(plan, "en", audience, DAY) == expected
        assert len(beside.pids) == 1
        assert beside.pids != before
        last = beside.pids[0]
    assert _gone(last)


def test_a_process_beside_ends_with_the_one_that_started_it(sample: Path, tmp_path: Path) -> None:
    script = tmp_path / "endless.py"
    script.write_text(ENDLESS, encoding="utf-8")
    command = [sys.executable, str(script), str(tmp_path), str(sample / "catalogue.yaml")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as parent:
        assert parent.stdout is not None
        beside = int(parent.stdout.readline())
        parent.kill()
    deadline = time.monotonic() + 30
    while not _gone(beside) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert _gone(beside)


def test_nothing_is_begun_before_its_time(sample: Path, tmp_path: Path) -> None:
    with Beside(settings(sample, tmp_path), 1, after_s=60) as beside:
        time.sleep(0.2)
        assert beside.pids == []


def _gone(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return True
    return state == "Z"


@pytest.mark.parametrize("size", [-1, 65])
def test_the_number_of_processes_has_bounds(size: int) -> None:
    with pytest.raises(ValueError, match="check_processes"):
        Settings(data=Path(), check_processes=size)
