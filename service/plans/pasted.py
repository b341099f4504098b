"""A plan typed or drawn instead of handed in as a file: it becomes a file, and is read like one.

What `written` returns is to be kept as the plan's bytes: reading them again gives the same plan.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from layers.reading.refusals import refuse
from layers.reading.sniff import WKT
from service.plans import origin
from service.plans.corners import wkt
from service.plans.declared import Intake
from service.plans.intake import read_plan
from service.plans.plan import Plan

LONGEST = 5_000_000  # characters of a text
NAME = "Planung"  # the title of a plan that says none


def written(text: str, intake: Intake) -> bytes:
    """Return the file that a pasted text is: WKT, GeoJSON, GML or KML as it is, a list of
    coordinates as WKT.

    Raises
    ------
    Refusal
        ``file-empty``, ``plan-too-large``, ``list-line``.
    Question
        ``list-shape`` where a list may be an outline, a route or sites.
    """
    if not text.strip():
        raise refuse("file-empty")
    if len(text) > LONGEST:
        raise refuse("plan-too-large")
    try:
        content = text.strip().encode("utf-8")
    except UnicodeEncodeError as error:  # half of a character
        raise refuse("text-control") from error
    if content.startswith((b"{", b"[", b"<")) or WKT.match(content):
        return content
    return wkt(text, intake).encode("ascii")


def pasted(text: str, intake: Intake) -> Plan:
    """Return the plan a pasted text describes; errors as `written` and `read_plan`."""
    return _read(written(text, intake), intake)


def drawn(geojson: Mapping[str, Any], intake: Intake) -> Plan:
    """Return the plan drawn on the map, as GeoJSON in WGS 84; errors as `read_plan`.

    It is drawn by hand unless the intake says how else its outline came about.
    """
    return _read(drawn_file(geojson), as_drawn(intake))


def drawn_file(geojson: Mapping[str, Any]) -> bytes:
    """Return the file that a drawing is, the same for the same drawing."""
    try:
        text = json.dumps(geojson, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        return text.encode("utf-8")
    except RecursionError as error:
        raise refuse("json-depth") from error
    except (UnicodeEncodeError, TypeError, ValueError) as error:
        raise refuse("json-malformed") from error


def as_drawn(intake: Intake) -> Intake:
    """Return `intake` with the origin of what was drawn by hand, unless it says another."""
    return intake if intake.origin else replace(intake, origin=origin.DRAWN)


def _read(content: bytes, intake: Intake) -> Plan:
    with TemporaryDirectory(prefix="belang-") as folder:
        path = Path(folder) / NAME
        path.write_bytes(content)
        return read_plan(path, intake)
