"""Several plans side by side: whom each touches, what forbids it, what stays open. Pure.

A row is one figure, one office or one prohibition; a column is one plan.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gis.problem import Text
from service import figures
from service.offices.rule import Effect
from service.plans.kinds import Vocabulary

Json = Mapping[str, Any]
CERTAIN, POSSIBLE = "certain", "possible"
TOUCHED = ("affected", "borders")
UNCHECKED = ("failed", "not_covered")
LINE = 45  # characters of a cell on paper, with five columns


@dataclass(frozen=True, slots=True)
class Column:
    """One plan that was checked; `name` is what its reader calls it."""

    key: str
    name: str
    report: Json


@dataclass(frozen=True, slots=True)
class OfficeRow:
    """An office, and for each plan the reason that counts most; None: not touched."""

    name: str
    cells: tuple[tuple[str, Text] | None, ...]
    differs: bool


@dataclass(frozen=True, slots=True)
class LayerRow:
    """A layer, and for each plan the extent to which it is touched; empty: not."""

    title: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Plans beside each other, figure by figure."""

    columns: tuple[Column, ...]
    figures: tuple[tuple[Text, tuple[str, ...]], ...]
    forbidden: tuple[tuple[str, ...], ...]
    offices: tuple[OfficeRow, ...]
    layers: tuple[LayerRow, ...]
    open: tuple[tuple[str, ...], ...]

    @property
    def density(self) -> int:
        """How many tens of lines the table has on paper; what is told in a cell may need some."""
        told = [max(map(_lines, row), default=0) for row in (self.forbidden, self.open)]
        beside = -(-len(self.layers) // 2)  # in two columns
        return (len(self.figures) + len(self.offices) + beside + 5 + sum(told)) // 10


def compared(
    columns: Sequence[Column], words: Vocabulary, effects: Mapping[str, Text], language: str
) -> Comparison:
    """Return plans side by side; what differs between them stands first."""
    reports = [one.report for one in columns]
    return Comparison(
        columns=tuple(columns),
        figures=tuple(_figures(reports, words, language)),
        forbidden=tuple(_forbidden(one) for one in reports),
        offices=tuple(_offices(reports, effects)),
        layers=tuple(_layers(reports, language)),
        open=tuple(_open(one) for one in reports),
    )


def _figures(
    reports: Sequence[Json], words: Vocabulary, language: str
) -> Iterable[tuple[Text, tuple[str, ...]]]:
    def say(text: Text) -> str:
        return text.in_language(language)

    plans = [one["plan"] for one in reports]
    yield Text("Art", "Kind"), tuple(say(words.title(plan["kind"])) for plan in plans)
    yield (
        Text("Fläche", "Area"),
        tuple(say(figures.square_metres(p["area_m2"])) if p["area_m2"] else "–" for p in plans),
    )
    if any(plan["length_m"] for plan in plans):
        yield (
            Text("Länge", "Length"),
            tuple(say(figures.metres(p["length_m"])) if p["length_m"] else "–" for p in plans),
        )
    yield (
        Text("Gemeinden", "Municipalities"),
        tuple(", ".join(town["name"] for town in p["by_municipality"] or ()) or "–" for p in plans),
    )
    yield Text("Stellen sicher beteiligt", "Offices certainly involved"), _counted(reports, CERTAIN)
    yield Text("Stellen möglich", "Offices possibly involved"), _counted(reports, POSSIBLE)


def _lines(told: Iterable[str]) -> int:
    return sum(-(-len(one) // LINE) for one in told) or 1


def _counted(reports: Sequence[Json], certainty: str) -> tuple[str, ...]:
    return tuple(
        str(sum(one["certainty"] == certainty for one in each["offices"])) for each in reports
    )


def _forbidden(report: Json) -> tuple[str, ...]:
    """Return the sentences of what forbids a plan, once each."""
    told = (
        reason["because"]
        for office in report["offices"]
        for reason in office["reasons"]
        if reason["effect"] == Effect.PROHIBITION and reason["certainty"] == CERTAIN
    )
    return tuple(dict.fromkeys(told))


def _offices(reports: Sequence[Json], effects: Mapping[str, Text]) -> list[OfficeRow]:
    names: dict[str, str] = {}
    found: list[dict[str, tuple[str, Text]]] = []
    for report in reports:
        names.update((one["office"], one["name"]) for one in report["offices"])
        found.append(
            {o["office"]: (o["certainty"], effects[o["effect"]]) for o in report["offices"]}
        )
    rows = [_office(name, [each.get(code) for each in found]) for code, name in names.items()]
    return sorted(rows, key=lambda row: not row.differs)


def _office(name: str, cells: Sequence[tuple[str, Text] | None]) -> OfficeRow:
    return OfficeRow(name, tuple(cells), len(set(cells)) > 1)


def _layers(reports: Sequence[Json], language: str) -> list[LayerRow]:
    """Return the layers that any of the plans touches; lengths and shares where there are some."""
    titles: dict[str, str] = {}
    found: list[dict[str, str]] = []
    for report in reports:
        touched = [one for one in report["findings"] if one["outcome"] in TOUCHED]
        titles.update((one["layer"], one["title"]) for one in touched)
        found.append({one["layer"]: _extent(one, language) for one in touched})
    rows = [
        LayerRow(title, tuple(c.get(code, "") for c in found)) for code, title in titles.items()
    ]
    return sorted(rows, key=lambda row: "" not in row.cells)


def _extent(finding: Json, language: str) -> str:
    def say(text: Text) -> str:
        return text.in_language(language)

    parts = []
    if finding["length_m"]:
        parts.append(say(figures.metres(finding["length_m"])))
    elif finding["overlap_m2"]:
        parts.append(say(figures.square_metres(finding["overlap_m2"])))
    elif finding["nearest_m"] is not None:
        away = figures.metres(round(finding["nearest_m"], 1))
        parts.append(say(Text(f"Abstand {away.de}", f"{away.en} away")))
    return ", ".join(parts) or "●"


def _open(report: Json) -> tuple[str, ...]:
    """Return what a check could not settle: questions to the planner, layers without data."""
    titles = {one["layer"]: one["title"] for one in report["findings"]}
    questions = [ask for row in report["unresolved"] for ask in row["asks"]]
    gaps = [titles[row["layer"]] for row in report["unresolved"]
            if row["layer"] in titles and row["outcome"] in UNCHECKED]  # fmt: skip
    return tuple(dict.fromkeys([*questions, *gaps]))
