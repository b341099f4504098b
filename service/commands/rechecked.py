"""What a finished run says on the terminal."""

from collections.abc import Iterator
from typing import Any

from gis.problem import Text
from service.bulk.row import CHECKED
from service.bulk.running import Run
from service.bulk.table import read
from service.commands.usage import UsageError
from service.report import console
from service.report.listing import as_json as print_json
from service.report.listing import listing

OPEN = 3
SHOWN = 20
COLUMNS = (Text("Planung", "plan"), Text("Kennung", "code"), Text("was zu tun ist", "what to do"))
WITHOUT = Text("Ohne Ergebnis", "Without a result")
STATES = {
    "checked": Text("geprüft", "checked"),
    "refused": Text("nicht verwendbar", "cannot be used"),
    "question": Text("mit offener Frage", "with a question"),
    "failed": Text("gescheitert", "failed"),
    "skipped": Text("übergangen", "passed over"),
}
CHANGES = {
    "finding_new": Text("Befunde neu", "findings new"),
    "finding_gone": Text("Befunde entfallen", "findings gone"),
    "finding_changed": Text("Befunde geändert", "findings changed"),
    "office_new": Text("Ämter neu", "offices new"),
    "office_gone": Text("Ämter entfallen", "offices gone"),
    "office_changed": Text("Ämter geändert", "offices changed"),
    "plan_new": Text("Planungen ohne früheres Ergebnis", "plans without an earlier result"),
    "plan_gone": Text("Planungen ohne Ergebnis mehr", "plans without a result any more"),
}


def show(made: Run, language: str, *, as_json: bool) -> int:
    """Print what came of a run; 3 where a plan has no result, or a case was left alone."""
    said = made.said
    without = list(_without(made))
    if as_json:
        print_json({"folder": str(made.folder), "run": made.name, **said, "without": without})
    else:
        _listed(made, without, language)
        console.plain("\n".join(_lines(made, said, language)))
    left = said.get("cases", {}).get("left", 0)
    return OPEN if without or left else 0


def _without(made: Run) -> Iterator[dict[str, Any]]:
    columns = ["name", "state", "code", "text_de", "text_en"]
    try:
        rows = read(made.folder / "plans.parquet", columns).to_pylist()
    except OSError as error:
        raise UsageError(f"{made.folder} is not whole: {error}; see --restart") from error
    return (row for row in rows if row["state"] != CHECKED)


def _listed(made: Run, without: list[dict[str, Any]], language: str) -> None:
    if not without:
        return
    rows = [(row["name"], row["code"], row[f"text_{language}"]) for row in without[:SHOWN]]
    listing(WITHOUT, COLUMNS, rows, language)
    if (more := len(without) - SHOWN) > 0:
        text = Text(f"… und {more} weitere in plans.parquet", f"… and {more} more in plans.parquet")
        console.plain(text.in_language(language))


def _lines(made: Run, said: dict[str, Any], language: str) -> Iterator[str]:
    def counts(names: dict[str, Text], found: dict[str, int]) -> str:
        return ", ".join(f"{n} {names[key].in_language(language)}" for key, n in found.items())

    yield counts(STATES, said["plans"])
    if "differences" in said:
        nothing = Text("nichts geändert", "nothing changed").in_language(language)
        yield counts(CHANGES, said["differences"]) or nothing
    if "cases" in said:
        kept, left = said["cases"]["kept"], said["cases"]["left"]
        yield Text(
            f"{kept} Vorgänge haben eine neue Prüfung, {left} wurden nicht angerührt",
            f"{kept} cases have a new check, {left} were left alone",
        ).in_language(language)
    yield str(made.folder)
