"""What a statement says of the check: one section made from the report of one audience."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gis.problem import Text, plainly
from service.figures import day, metres
from service.offices.rule import Rule
from service.report import words
from service.report.rows import Say, extent
from service.statements.content import (
    Checked,
    FindingRow,
    NotAffected,
    Outside,
    Silent,
    Unresolved,
)

Json = Mapping[str, Any]
BY_KIND = Text("Art, Nutzung und Verfahren", "kind, use and procedure")
NO_RULE_FOR_KIND = Text(
    "Art der Planung: keine Prüfregel dieser Stelle betrifft sie",
    "kind of plan: no rule of this office concerns it",
)
UNKNOWN = Text("Angabe zur Planung", "Fact about the plan")


def checked_of(report: Json, rules: Iterable[Rule], language: str) -> Checked:
    """Return the section on the check that gave `report`, which is in `language` already.

    `rules` tell which layers stand behind the rule codes of the negative list.
    """

    def say(text: Text) -> str:
        return text.in_language(language)

    titles = {finding["layer"]: finding["title"] for finding in report["findings"]}
    looked_at = {rule.code: titles[rule.layer] for rule in rules if rule.layer in titles}
    return Checked(
        findings=tuple(_finding(f, report, say) for f in report["findings"]),
        not_affected=tuple(_not_affected(report, looked_at, say)),
        outside=tuple(_outside(report)),
        unresolved=tuple(_unresolved(report, titles, say)),
        warnings=tuple(f"{w['text']} ({w['basis']})" for w in report["procedure_warnings"]),
        withheld=tuple(Silent(w["office"], w["name"], w["text"]) for w in report["withheld"]),
        disclaimer=report["disclaimer"],
        provenance=tuple((say(label), value) for label, value in _provenance(report, say)),
    )


def _finding(finding: Json, report: Json, say: Say) -> FindingRow:
    code = finding["layer"]
    involved = [
        office["office"]
        for office in report["offices"]
        if any(reason["layer"] == code for reason in office["reasons"])
    ]
    return FindingRow(
        layer=code,
        title=finding["title"],
        theme=finding["theme"],
        visibility=finding["visibility"],
        outcome_code=finding["outcome"],
        outcome=say(words.outcome(finding)),
        objects=finding["objects_affected"],
        extent=extent(finding, say),
        data_date=say(day(finding["data_date"])) if finding["data_date"] else "–",
        source=finding["attribution"] or "",
        offices=tuple(involved),
    )


def _not_affected(report: Json, looked_at: Mapping[str, str], say: Say) -> Iterator[NotAffected]:
    for section in ("not_affected", "no_entry"):
        for row in report[section]:
            by = [looked_at.get(code, say(BY_KIND)) for code in row["checked"]]
            yield NotAffected(
                row["office"], row["name"], tuple(dict.fromkeys(by or [say(NO_RULE_FOR_KIND)]))
            )


def _outside(report: Json) -> Iterator[Outside]:
    named: dict[str, str] = {}
    because: dict[str, dict[str, None]] = {}
    for office in report["offices"]:
        for reason in office["reasons"]:
            for body in reason["external"]:
                named[body["code"]] = body["name"]
                because.setdefault(body["code"], {})[reason["basis"]] = None
    for code, name in named.items():
        yield Outside(code, name, tuple(because[code]))


def _unresolved(report: Json, titles: Mapping[str, str], say: Say) -> Iterator[Unresolved]:
    seen: set[tuple[Any, ...]] = set()
    for row in report["unresolved"]:
        title = titles.get(row["layer"] or "", say(UNKNOWN))
        key = (row["layer"], row["reason"])
        if key not in seen:
            seen.add(key)
            asks = row["asks"] if row["layer"] is None and row["asks"] else [row["reason"]]
            yield Unresolved(row["layer"], title, " ".join(_plain(asks)), tuple(row["offices"]))


def _plain(asks: Iterable[str]) -> Iterator[str]:
    """Yield questions without what only the command line needs."""
    for ask in asks:
        yield plainly(ask)


def _provenance(report: Json, say: Say) -> Iterator[tuple[Text, str]]:
    plan, rests_on = report["plan"], report["provenance"]
    yield Text("Planung (SHA-256)", "Plan (SHA-256)"), _hash(rests_on["plan"])
    yield Text("Koordinatensystem der Planung", "CRS of the plan"), plan["source_crs"]
    accuracy = say(metres(plan["transformation_accuracy_m"]))
    yield Text("Umrechnung", "Transformation"), f"{plan['transformation']} (± {accuracy})"
    yield Text("Koordinatensystem der Prüfung", "CRS of the check"), rests_on["crs"]
    yield Text("Katalog (SHA-256)", "Catalogue (SHA-256)"), _hash(rests_on["catalogue"])
    yield Text("Regeln (SHA-256)", "Rules (SHA-256)"), _hash(rests_on["rules"])
    if rests_on["rules_as_of"]:
        yield Text("Regeln in Kraft am", "Rules in force on"), say(day(rests_on["rules_as_of"]))
    for finding in report["findings"]:
        if finding["outcome"] != "clear" and finding["version"]:
            yield _same(finding["title"]), _hash(finding["version"])
    software = f"Belang {rests_on['belang']}, GEOS {rests_on['geos']}, PROJ {rests_on['proj']}"
    yield Text("Programme", "Software"), software


def _same(text: str) -> Text:
    return Text(text, text)


def _hash(value: str) -> str:
    return value.removeprefix("sha256:")
