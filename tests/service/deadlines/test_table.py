"""The page for coordinators holds the table of procedures that the code works by.

RECORD=1 writes the tables anew; what changed shows in the difference.
"""

import os
import re
from pathlib import Path

import pytest

from service.deadlines import warned
from service.deadlines.procedures import EVENTS, PAR7, TITLES, Rule, procedures
from service.plans.kinds import vocabulary_of

PAGE = Path(__file__).parents[3] / "docs" / "deadlines.md"
HEADS = {
    "de": ("Verfahren", "Frist", "beginnt mit", "Dauer", "Grundlage", "danach", "Verlängerung"),
    "en": ("procedure", "clock", "begins with", "length", "basis", "afterwards", "extension"),
}
FORCES = {
    "minimum": ("mindestens {}", "at least {}"),
    "statute": ("{}", "{}"),
    "maximum": ("von der Behörde gesetzt, höchstens {}", "set by the authority, at most {}"),
    "set": ("von der Behörde gesetzt", "set by the authority"),
    "practice": ("von der Stelle gesetzt, üblich {}", "set by the sender, usually {}"),
    "before": ("vorher", "before"),
    "event": ("Termin", "fixed day"),
}
LAWS = {"old": ("bis 28.07.2026", "until 28 July 2026"), None: ("", ""), "new": ("", "")}


def table(language: str) -> str:
    """Return the table of all clocks in one language, as Markdown."""
    words = vocabulary_of().procedures
    rows = [
        (f"{words[code].in_language(language)} (`{code}`)", rule)
        for code, procedure in procedures().items()
        for rule in procedure.rules
    ]
    plan = words["par4-2"]._replace(
        de="Flächennutzungsplan in der Beteiligung", en="preparatory plan in participation"
    )
    rows.append((plan.in_language(language), PAR7))
    lines = [HEADS[language], ("---",) * 7, *(cells(name, rule, language) for name, rule in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def cells(name: str, rule: Rule, language: str) -> tuple[str, ...]:
    """Return the cells of one clock."""
    number = 0 if language == "de" else 1
    law = LAWS[rule.law][number]
    length = FORCES[rule.force][number].format(rule.span.said()[number] if rule.span else "")
    late = f"{rule.late[number]} ({rule.late_basis})" if rule.late_basis else rule.late[number]
    longer = rule.extension[number] if rule.extension else "–"
    return (
        f"{name}{', ' + law if law else ''}",
        f"{TITLES[rule.code][number]} (`{rule.code}`)",
        " / ".join(f"{EVENTS[event][number]} (`{event}`)" for event in rule.start),
        length,
        rule.basis,
        late,
        f"{longer} ({rule.extension_basis})" if rule.extension_basis else longer,
    )


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_page_has_the_table_of_the_code(language: str) -> None:
    page = PAGE.read_text(encoding="utf-8")
    begin, end = f"<!-- table {language} -->\n", f"\n<!-- end {language} -->"
    before, _, rest = page.partition(begin)
    found, _, after = rest.partition(end)
    if os.environ.get("RECORD"):
        PAGE.write_text(before + begin + table(language) + end + after, encoding="utf-8")
        return
    assert found == table(language)


def test_the_page_explains_every_warning_and_every_event() -> None:
    page = PAGE.read_text(encoding="utf-8")
    source = Path(warned.__file__).read_text(encoding="utf-8")
    source += (Path(warned.__file__).parent / "planning.py").read_text(encoding="utf-8")
    codes = set(re.findall(r'Warned\(\s*"([a-z-]+)"', source))
    assert len(codes) > 15
    assert {code for code in codes | set(EVENTS) if f"`{code}`" not in page} == set()
