"""Scanned sheets as a child reads them: laid on the map, and drawn as an overlay of it."""

from dataclasses import dataclass
from pathlib import Path

from layers.reading.preview import Preview
from service.plans.declared import Intake
from service.plans.tracing import Laid, laid, overlay

PIXELS = 4_000_000  # of an overlay
WORLD = "sheet.wld"


@dataclass(frozen=True, slots=True)
class Lay:
    """Say where the picture of this name lies; `world` is the text of its world file."""

    file: str
    intake: Intake
    world: str | None = None
    scale: float | None = None


@dataclass(frozen=True, slots=True)
class Draw:
    """Draw the picture of this name where it was found to lie."""

    file: str
    on: Laid
    most_pixels: int = PIXELS


@dataclass(frozen=True, slots=True)
class Sheet:
    """A picture that was laid on the map and drawn."""

    laid: Laid
    preview: Preview


def work(job: Lay | Draw, folder: Path) -> Sheet:
    """Do what a job says with the picture in `folder`: whatever is laid is drawn as well, so a
    picture that cannot be decoded is refused at once.

    Raises
    ------
    Refusal, Question
        As `service.plans.tracing.laid` and `overlay`.
    """
    path = folder / job.file
    if isinstance(job, Draw):
        return Sheet(job.on, overlay(path, job.on, most_pixels=job.most_pixels))
    world = None
    if job.world is not None:
        world = folder / WORLD
        world.write_text(job.world, encoding="utf-8")
    found = laid(path, job.intake, world=world, scale=job.scale)
    return Sheet(found, overlay(path, found, most_pixels=PIXELS))
