"""What a plan does not say and something hangs on: asked on the page, answered by a click."""

import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, Field, field_validator

from gis.problem import Text, plainly
from service.api.handing_in import Line
from service.offices.because import ATTRIBUTES, UNITS
from service.offices.rule import Rule
from service.offices.verdict import asked_of
from service.plans.attributes import KNOWN
from service.portal.entered import decimal


class Answers(BaseModel):
    """What a form says to questions about its plan: options by a click, figures typed."""

    option: list[Line] = Field([], max_length=40, description="questions answered so far")
    measured: list[Line] = Field([], max_length=20, description="what the figures below are of")
    figure: list[Line] = Field([], max_length=20, description="figures asked for, in that order")

    @field_validator("figure", mode="before")
    @classmethod
    def _figures(cls, values: Any) -> Any:
        return [decimal(one) for one in values] if isinstance(values, list) else values

    @property
    def options(self) -> list[str]:
        """All that was answered so far, as options."""
        figures = zip(self.measured, self.figure, strict=False)
        return [
            *self.option,
            *(f"--attribute {name}={shlex.quote(said)}" for name, said in figures if said),
        ]


YES_OR_NO = "{0}=ja|nein"


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing to be said about a plan; without `yes_no` it is a figure."""

    name: str
    title: Text
    unit: str
    yes_no: bool
    asks: tuple[str, ...]


def missing(report: Mapping[str, Any], every: Iterable[Rule]) -> list[Missing]:
    """Return what rules that stayed open would like to know, once each, in their words.

    `report` is cut to its reader, so that no rule is asked about which they may not know.
    """
    rules = {rule.code: rule for rule in every}
    names = _asked_by(report, rules)
    told: dict[str, list[str]] = {}
    for question, asked in sorted(names.items(), key=lambda one: len(one[1])):
        # A question about several things is told where none of them was asked about by itself.
        new = not any(name in told for name in asked)
        for name in asked:
            told.setdefault(name, [])
        if new:
            told[asked[0]].append(question)
    plain = {name: _is_plain(report, rules, name) for name in told}
    return [
        Missing(name, ATTRIBUTES.get(name, Text(name, name)), _unit(name), plain[name], tuple(asks))
        for name, asks in told.items()
    ]


def without_questions(
    report: Mapping[str, Any], every: Iterable[Rule], notes: Iterable[str]
) -> tuple[str, ...]:
    """Return the notes of a picture without the questions `missing` asks."""
    questions = tuple(_asked_by(report, {rule.code: rule for rule in every}))
    return tuple(note for note in notes if not note.endswith(questions))


def _asked_by(report: Mapping[str, Any], rules: Mapping[str, Rule]) -> dict[str, list[str]]:
    """Return each question that is open, and the names of what it asks about."""
    found: dict[str, list[str]] = {}
    for row, rule in _open(report, rules):
        wanted = sorted(asked_of(rule) & KNOWN - report["plan"]["attributes"].keys())
        for question in map(plainly, row["asks"]) if wanted else ():
            names = found.setdefault(question, [])
            names.extend(name for name in wanted if name not in names)
    return found


def _open(report: Mapping[str, Any], rules: Mapping[str, Rule]) -> Iterator[tuple[Any, Rule]]:
    for row in report["unresolved"]:
        for code in row["rules"] if row["asks"] else ():
            if code in rules:
                yield row, rules[code]


def _is_plain(report: Mapping[str, Any], rules: Mapping[str, Rule], name: str) -> bool:
    """Tell whether yes or no is the answer: the catalogue's questions say so."""
    asking = [rule for _, rule in _open(report, rules) if name in asked_of(rule)]
    return all(rule.ask is not None and YES_OR_NO.format(name) in rule.ask.de for rule in asking)


def _unit(name: str) -> str:
    return UNITS.get(name.rpartition("_")[2], "")
