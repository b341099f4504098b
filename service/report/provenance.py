"""What a result rests on: versions of data, rules and software; enough to repeat it."""

from importlib.metadata import version
from typing import Any

import pyproj
import shapely

from layers.catalogue import Catalogue
from service.checks.run import Evidence


def provenance(evidence: Evidence, catalogue: Catalogue, as_of: str | None) -> dict[str, Any]:
    """Return the versions behind a result; `as_of` is the day on which the rules were in force."""
    return {
        "belang": version("belang"),
        "geos": shapely.geos_version_string,
        "proj": pyproj.proj_version_str,
        "catalogue": catalogue.sha256,
        "rules": catalogue.rules_sha256,
        "rules_as_of": as_of,
        "crs": catalogue.crs.to_string(),
        "plan": evidence.plan.sha256,
        "layers": {f.layer.code: f.version for f in evidence.findings},
    }
