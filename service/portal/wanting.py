"""What a plan does not say and something hangs on: asked on the page, answered by a click."""

import shlex
from collections.abc import Iterable, Mapping
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


def missing(report: Mapping[str, Any], rules: Iterable[Rule]) -> list[Missing]:
    """Return what the rules that stayed open would like to know, once each, in their words.

    `report` is cut to its reader, so that no rule is asked about which they may not know.
    """
    by_code = {rule.code: rule for rule in rules}
    asks: dict[str, list[str]] = {}
    plain: dict[str, bool] = {}
    for row in report["unresolved"]:
        for code in row["rules"] if row["asks"] else ():
            if (rule := by_code.get(code)) is None:
                continue
            for name in sorted(asked_of(rule) & KNOWN - report["plan"]["attributes"].keys()):
                asks.setdefault(name, []).extend(map(plainly, row["asks"]))
                plain[name] = plain.get(name, True) and _is_plain(rule, name)
    return [
        Missing(name, ATTRIBUTES.get(name, Text(name, name)), _unit(name), plain[name],
                tuple(dict.fromkeys(told)))
        for name, told in asks.items()
    ]  # fmt: skip


def _is_plain(rule: Rule, name: str) -> bool:
    """Tell whether yes or no is the answer: the catalogue's question says so."""
    return rule.ask is not None and YES_OR_NO.format(name) in rule.ask.de


def _unit(name: str) -> str:
    return UNITS.get(name.rpartition("_")[2], "")
