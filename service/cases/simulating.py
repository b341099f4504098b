"""A changed set of rules tried on past cases: whom it would ask then, and whom no longer.

Every case is checked again with everything as it was then but the rules. Nothing is kept.
"""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import yaml
from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from gis.problem import Problem, Text
from layers.catalogue import Catalogue, read_catalogue
from layers.document import CatalogueError, Fault, read_document
from service.access.principal import Principal
from service.blobs import Blobs
from service.cases.checking import gathering
from service.cases.freezing import Thawed, thaw
from service.cases.opening import Read
from service.cases.results import FOR_ALL, LANGUAGES, audience_kept, audience_named
from service.cases.visible import visible
from service.district import District
from service.errors import ServiceError
from service.models.case import Case
from service.models.check import Check, Report
from service.models.version import PlanVersion
from service.review import heard

GIVEN = Path("regeln.yaml")  # how faults name what was given
LONGEST_S = 30.0
CERTAIN, POSSIBLE = "certain", "possible"
Offices = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Tried:
    """A case under other rules: offices with their certainty then and now, or why not."""

    case: Case
    before: Offices
    now: Offices
    problem: Text | None = None

    @property
    def new(self) -> list[str]:
        """Offices only the changed rules name."""
        return sorted(self.now.keys() - self.before.keys())

    @property
    def gone(self) -> list[str]:
        """Offices the changed rules no longer name."""
        return sorted(self.before.keys() - self.now.keys())

    @property
    def changed(self) -> list[str]:
        """Offices that are named more or less surely."""
        both = self.before.keys() & self.now.keys()
        return sorted(code for code in both if self.before[code] != self.now[code])

    @property
    def same(self) -> bool:
        """Tell whether the changed rules ask the same offices as surely."""
        return self.problem is None and self.before == self.now


def with_rules(catalogue: Catalogue, text: str) -> dict[Path, str]:
    """Return the files of a catalogue with its rules replaced by those of a YAML text.

    The text holds ``rules:``, or the list of rules itself.

    Raises
    ------
    CatalogueError
        If the text holds no rules.
    """
    data = read_document(GIVEN, text).data
    rules = data.get("rules") if isinstance(data, dict) else data
    if not isinstance(rules, list) or not rules:
        raise CatalogueError([Fault(GIVEN, 1, "rules", "no list of rules")])
    given = text if isinstance(data, dict) and data.keys() == {"rules"} else _written(rules)
    files = {path: _without_rules(path, kept) for path, kept in catalogue.files}
    main = catalogue.files[0][0]
    beside = main.parent / GIVEN
    head = read_document(main, files[main]).data
    files[main] = _yaml({**head, "include": [*head.get("include", []), GIVEN.name]})
    return {**files, beside: given}


def simulated(
    session: Session, who: Principal, district: District, blobs: Blobs, read: Read, text: str, *,
    most: int,
) -> Iterator[Tried]:  # fmt: skip
    """Yield the latest cases under changed rules, of those somebody may know, as they may know
    them: a rule made up for it would find out what is restricted. Ends by itself after half a
    minute.

    Raises
    ------
    CatalogueError
        If the rules cannot be used with today's catalogue: every fault with its line.
    """
    read_catalogue(district.catalogue.files[0][0], with_rules(district.catalogue, text))
    begun, made = time.monotonic(), dict[str, Catalogue]()
    audience = audience_kept(who.audience, FOR_ALL)
    for case, check, blob, body in session.execute(_past(who, audience, most)):
        if time.monotonic() - begun > LONGEST_S:
            return
        before = {one["office"]: one["certainty"] for one in orjson.loads(body)["offices"]}
        try:
            thawed = thaw(blobs, district.store, check.frozen or {})
            key = str((check.frozen or {})["catalogue_blob"])
            if key not in made:
                made[key] = _changed(thawed, text)
            changed = District(made[key], thawed.district.store)
            now = _named(changed, thawed, blobs, blob, read, audience)
        except (Problem, ServiceError) as problem:
            yield Tried(case, before, {}, problem.text)
        except (OSError, KeyError, ValueError):
            yield Tried(case, before, {}, GONE)
        else:
            yield Tried(case, before, now)


def _changed(thawed: Thawed, text: str) -> Catalogue:
    then = thawed.district.catalogue
    return read_catalogue(then.files[0][0], with_rules(then, text))


def _named(
    district: District, thawed: Thawed, blobs: Blobs, blob: str, read: Read, audience: str
) -> Offices:
    gathered = gathering(district, district, blobs.path(blob), thawed.said, thawed.day, read)
    told = heard(gathered, audience_named(audience)).decision.involvements
    return {one.office: CERTAIN if one.certain else POSSIBLE for one in told}


def _past(who: Principal, audience: str, most: int) -> Select[Case, Check, str, bytes]:
    """Return the query for the latest cases: last check, its plan, what was told."""
    last = (
        select(Check.id)
        .join(PlanVersion, PlanVersion.id == Check.version_id)
        .where(Check.state == "done")
        .ext(distinct_on(PlanVersion.case_id))
        .order_by(PlanVersion.case_id, Check.finished.desc(), Check.id)
    )
    return (
        select(Case, Check, PlanVersion.blob, Report.body)
        .join(PlanVersion, PlanVersion.case_id == Case.id)
        .join(Check, Check.version_id == PlanVersion.id)
        .join(Report, Report.check_id == Check.id)
        .where(
            visible(who),
            Check.id.in_(last),
            Report.audience == audience,
            Report.language == LANGUAGES[0],
        )
        .order_by(Case.received.desc(), Case.id)
        .limit(most)
    )


def _without_rules(path: Path, text: str) -> str:
    data = read_document(path, text).data
    if not isinstance(data, dict) or "rules" not in data:
        return text
    return _yaml({name: value for name, value in data.items() if name != "rules"})


def _written(rules: list[Any]) -> str:
    return _yaml({"rules": rules})


def _yaml(data: Any) -> str:
    return yaml.safe_dump(data, allow_unicode=True, sort_keys=False)


GONE = Text(
    "Was dieser Prüfung zugrunde lag, ist nicht mehr vollständig da.",
    "What this check rested on is no longer complete.",
)
