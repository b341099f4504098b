"""A reader that was taken over and answers with a plan of its own."""

from dataclasses import replace
from functools import cache
from pathlib import Path

from pyproj import CRS

from layers.apart.wire import packed, unpacked
from service.plans.child import Job
from service.plans.intake import read_plan


def another(content: bytes, folder: Path) -> bytes:
    job = unpacked(content, Job, cache(CRS.from_user_input))
    plan = read_plan(folder / job.file, job.intake)
    return packed(replace(plan, sha256=f"sha256:{'0' * 64}"))
