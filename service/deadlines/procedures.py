"""The procedures a district takes part in, and the clocks that run in each of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal

import yaml

from gis.problem import Text
from layers.document import Loader
from layers.entry import text_from
from service.deadlines.period import Span

Force = Literal["minimum", "statute", "maximum", "set", "practice", "before", "event"]
Party = Literal["authority", "affected", "decision", "other"]
OURS = frozenset({"authority", "affected", "decision"})

TITLES = {
    "statement": Text("Stellungnahme als Behörde", "Statement as an authority"),
    "objection": Text("Einwendung als Betroffener", "Objection as an affected party"),
    "change": Text(
        "Einwendung und Stellungnahme zur Planänderung", "Objection and statement on the change"
    ),
    "decision": Text("Entscheidung des Landkreises", "Decision of the district"),
    "consent": Text("Entscheidung einer anderen Stelle", "Decision of another body"),
    "hearing": Text("Erörterungstermin", "Hearing"),
    "par7": Text(
        "Widerspruch gegen den Flächennutzungsplan, § 7 BauGB",
        "Objection to the preparatory plan, § 7 BauGB",
    ),
}
EVENTS = {
    "received": Text("Eingang", "Received"),
    "complete": Text("Eingang der vollständigen Unterlagen", "Complete documents received"),
    "public_from": Text("Beginn der Auslegung", "Public display begun"),
    "public_to": Text("Ende der Auslegung", "Public display ended"),
    "changed_on": Text("Mitteilung der Planänderung", "Told of the change of the plan"),
    "hearing": Text("Erörterungstermin", "Hearing"),
    "adoption": Text("Beschluss der Gemeinde", "Resolution of the municipality"),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One clock of a procedure; what its words mean stands at the head of `procedures.yaml`."""

    code: str
    party: Party
    start: tuple[str, ...]
    force: Force
    span: Span | None
    basis: str
    late: Text
    late_basis: str | None = None
    extension: Text | None = None
    extension_basis: str | None = None
    extension_most: Span | None = None
    not_extended: frozenset[str] = frozenset()
    optional: bool = False
    instead: bool = False
    law: Literal["old", "new"] | None = None


@dataclass(frozen=True, slots=True)
class Procedure:
    """A procedure; `statute` says whether one voice of the district is law or house practice."""

    code: str
    statute: bool
    rules: tuple[Rule, ...]

    def under(self, law: Literal["old", "new"]) -> tuple[Rule, ...]:
        """Return the clocks under the procedural law as before 29 July 2026, or since."""
        return tuple(rule for rule in self.rules if rule.law in (None, law))


# The objection of a public body to a preparatory land-use plan, whatever the step it is at.
PAR7 = Rule(
    code="par7",
    party="affected",
    start=("adoption",),
    force="before",
    span=None,
    basis="§ 7 S. 1, 2 BauGB",
    late=Text(
        "Ohne Widerspruch bis zum Beschluss der Gemeinde muss der Landkreis seine Planungen "
        "anpassen.",
        "Without an objection until the municipality's resolution the district must adapt its "
        "plans.",
    ),
    late_basis="§ 7 S. 1 BauGB",
)
PAR7_PROCEDURES = frozenset({"par4-1", "par4-2", "par4a-3", "par13"})


@cache
def procedures() -> Mapping[str, Procedure]:
    """Return all procedures by their codes, those of the vocabulary of plans."""
    text = resources.files(__package__).joinpath("procedures.yaml").read_text(encoding="utf-8")
    rows = yaml.load(text, Loader=Loader)["procedures"]  # noqa: S506 - it is a safe one
    return {row["code"]: _procedure(row) for row in rows}


def _procedure(row: Mapping[str, Any]) -> Procedure:
    rules = tuple(_rule(clock) for clock in row["clocks"])
    return Procedure(row["code"], row["one_voice"] == "statute", rules)


def _rule(said: Mapping[str, Any]) -> Rule:
    return Rule(
        **{
            **{name: value for name, value in said.items() if name != "at_least_days"},
            "start": tuple(said["start"]),
            "span": _span(said),
            "late": text_from(said["late"]),
            "extension": text_from(said["extension"]) if "extension" in said else None,
            "extension_most": Span.of(most) if (most := said.get("extension_most")) else None,
            "not_extended": frozenset(said.get("not_extended", [])),
        }
    )


def _span(said: Mapping[str, Any]) -> Span | None:
    if "span" not in said:
        return None
    span = Span.of(said["span"])
    return Span(span.number, span.unit, said.get("at_least_days"))
