"""The result for people, on a terminal: outcome by layer, offices with reasons, what is open."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from gis.problem import Text
from layers.catalogue import Catalogue
from layers.layer import Layer
from layers.store import LayerUnavailableError
from layers.version import LayerVersion
from service.figures import metres, percent, square_metres
from service.offices.rule import Rule
from service.plans.kinds import Vocabulary
from service.report import words
from service.report.harmless import harmless
from service.report.trust import by_hand

STYLES = {
    "affected": "bold red",
    "borders": "yellow",
    "not_covered": "magenta",
    "failed": "bold magenta",
    "clear": "green",
    "prohibition": "bold red",
    "consent": "red",
    "assessment": "yellow",
    "consideration": "cyan",
    "note": "white",
    "support": "green",
}
WIDTH = 120  # of a table written to a file or a pipe


def quoted(text: str) -> str:
    """Return what a file or a catalogue says so that it is printed letter by letter."""
    return escape(harmless(text))


class _Console(Console):
    """A console that leaves it to the command what to do when nobody reads on."""

    def on_broken_pipe(self) -> None:
        """Raise, where rich would end the program with the status of a bug."""
        raise BrokenPipeError


def screen() -> Console:
    """Return what to print to: the terminal, or a wide page where that is a file or a pipe."""
    console = _Console(highlight=False, emoji=False)
    return console if console.is_terminal else _Console(highlight=False, emoji=False, width=WIDTH)


def plain(text: str) -> None:
    """Print a line as it is."""
    _Console(highlight=False, emoji=False, markup=False, soft_wrap=True).print(harmless(text))


def show(document: Mapping[str, Any], vocabulary: Vocabulary, language: str) -> None:
    """Print a report."""
    console = screen()
    _plan(console, document["plan"], vocabulary, language)
    _findings(console, document["findings"], language)
    _offices(console, document["offices"], language)
    _warnings(console, document["procedure_warnings"], language)
    _unresolved(console, document, language)
    _negative(console, document, language)
    console.print(f"[dim]{quoted(document['disclaimer'])}[/dim]")


def _say(text: Text, language: str) -> str:
    return text.in_language(language)


def _plan(console: Console, plan: Mapping[str, Any], vocabulary: Vocabulary, language: str) -> None:
    size = square_metres(plan["area_m2"])
    facts = [_say(vocabulary.title(plan["kind"]), language)]
    facts += [_say(vocabulary.named(word), language) for word in plan["uses"]]
    facts.append(_say(size, language))
    if plan["length_m"] is not None:
        facts.append(_say(metres(round(plan["length_m"], 1)), language))
    towns = plan["by_municipality"]
    if towns:
        facts.append(", ".join(t["name"] for t in towns))
    elif towns is None:
        facts.append(_say(words.MUNICIPALITY_UNKNOWN, language))
    console.print(f"\n[bold]{quoted(plan['title'])}[/bold]  {quoted(' · '.join(facts))}")
    for item in (*plan["repairs"], *plan["notices"]):
        console.print(f"  [yellow]{quoted(item['text'])}[/yellow]")


def _findings(console: Console, findings: Sequence[Mapping[str, Any]], language: str) -> None:
    table = Table(title=_say(words.FINDINGS, language), title_justify="left", expand=False)
    for heading, justify in words.FINDING_COLUMNS:
        table.add_column(_say(heading, language), justify=justify, overflow="fold")  # type: ignore[arg-type]  # one of its literals
    silent = []
    for finding in findings:
        if finding["outcome"] == "clear" and finding["by_hand"] is None:
            silent.append(finding)
            continue
        outcome = _say(words.outcome(finding), language)
        style = STYLES[finding["outcome"]]
        table.add_row(
            quoted(finding["title"]),
            f"[{style}]{quoted(outcome)}[/{style}]",
            str(finding["objects_affected"] or ""),
            _extent(finding, language),
            _nearest(finding, language),
            quoted(finding["data_date"] or "–"),
        )
    if table.row_count:
        console.print(table)
    _remarks(console, findings, language)
    if silent:
        titles = ", ".join(
            f["title"] + (" *" if f["register"] != "complete" else "") for f in silent
        )
        console.print(f"[green]{_say(words.NO_INDICATION, language)}[/green] {quoted(titles)}")
        if any(f["register"] != "complete" for f in silent):
            console.print(f"  [dim]{_say(words.NO_ENTRY, language)}[/dim]")
    console.print()


def _remarks(console: Console, findings: Iterable[Mapping[str, Any]], language: str) -> None:
    """Print who has settled what by hand, and which data are older than they should be."""
    for finding in findings:
        told = by_hand(finding, lambda text: _say(text, language))
        if told:
            console.print(f"  {quoted(finding['title'])}: {quoted(told)}", soft_wrap=True)
    # Most data are renewed together: what is said of many is told once.
    overdue: dict[str, list[str]] = {}
    for finding in findings:
        if finding["overdue"]:
            overdue.setdefault(finding["overdue"], []).append(finding["title"])
    for text, titles in overdue.items():
        heading = _say(words.OVERDUE, language)
        console.print(
            f"[yellow]{heading}[/yellow] {quoted(', '.join(titles))}: {quoted(text)}",
            soft_wrap=True,
        )


def _extent(finding: Mapping[str, Any], language: str) -> str:
    parts = []
    if finding["overlap_m2"]:
        parts.append(_say(square_metres(finding["overlap_m2"]), language))
    elif finding["length_m"]:
        parts.append(_say(metres(round(finding["length_m"], 1)), language))
    if finding["share_of_plan"]:
        parts.append(_say(percent(finding["share_of_plan"]), language))
    return " / ".join(parts)


def _nearest(finding: Mapping[str, Any], language: str) -> str:
    nearest = finding["nearest_m"]
    return "" if nearest is None else _say(metres(round(nearest, 1)), language)


def _offices(console: Console, offices: Sequence[Mapping[str, Any]], language: str) -> None:
    console.print(f"[bold]{_say(words.OFFICES, language)}[/bold]")
    for office in offices:
        effect = _say(words.EFFECTS[office["effect"]], language)
        style = STYLES[office["effect"]]
        console.print(
            f"  [bold]{quoted(office['office'])}[/bold] {quoted(office['name'])} – "
            f"[{style}]{quoted(effect)}[/{style}]"
        )
        for reason in office["reasons"]:
            origin = _say(words.ORIGINS[reason["origin"]], language)
            console.print(f"      {quoted(reason['because'])}", soft_wrap=True)
            console.print(
                f"      [dim]{quoted(reason['rule'])} · {quoted(reason['basis'])} · {origin}[/dim]"
            )
    console.print()


def _warnings(console: Console, warnings: Sequence[Mapping[str, Any]], language: str) -> None:
    for warning in warnings:
        console.print(
            f"[bold red]{_say(words.PROCEDURE, language)}[/bold red] {quoted(warning['text'])} "
            f"[dim]{quoted(warning['rule'])} · {quoted(warning['basis'])}[/dim]"
        )


def _unresolved(console: Console, document: Mapping[str, Any], language: str) -> None:
    if not document["unresolved"]:
        return
    titles = {f["layer"]: f["title"] for f in document["findings"]}
    console.print(f"[bold]{_say(words.UNRESOLVED, language)}[/bold]")
    # The same reason for eighty layers, as at the border, is told once.
    by_reason: dict[str, list[Mapping[str, Any]]] = {}
    for item in document["unresolved"]:
        by_reason.setdefault(item["reason"], []).append(item)
    for reason, items in by_reason.items():
        about = [titles.get(i["layer"]) or ", ".join(i["rules"]) for i in items]
        offices = dict.fromkeys(office for i in items for office in i["offices"])
        console.print(
            f"  [magenta]?[/magenta] {quoted(', '.join(about))}: {quoted(reason)} "
            f"[dim]→ {quoted(', '.join(offices))}[/dim]",
            soft_wrap=True,
        )
    console.print()


def _negative(console: Console, document: Mapping[str, Any], language: str) -> None:
    for key, heading in (("not_affected", words.NEGATIVE), ("no_entry", words.NEGATIVE_REGISTER)):
        if document[key]:
            names = "; ".join(
                f"{o['office']} ({', '.join(o['checked']) or '–'})" for o in document[key]
            )
            console.print(
                f"[bold]{_say(heading, language)}[/bold] {quoted(names)}\n", soft_wrap=True
            )
    for office in document["withheld"]:
        console.print(f"[dim]{quoted(office['office'])}: {quoted(office['text'])}[/dim]")


def catalogue(shown: Catalogue, rules: Iterable[Rule], language: str) -> None:
    """Print what a catalogue says: offices, layers and rules."""
    console = screen()
    console.print(
        f"[bold]{quoted(_say(shown.title, language))}[/bold]  {quoted(shown.crs.to_string())}\n"
    )
    for office in shown.offices:
        console.print(f"  [bold]{quoted(office.code)}[/bold] {quoted(_say(office.name, language))}")
    layers([(layer, None) for layer in shown.layers], language)
    table = Table(title=_say(words.RULES, language), title_justify="left")
    for heading in words.RULE_COLUMNS:
        table.add_column(_say(heading, language), overflow="fold")
    for rule in rules:
        when = rule.when.predicate + (
            f" {rule.when.distance_m:g} m" if rule.when.distance_m else ""
        )
        table.add_row(
            rule.code, rule.layer or "–", when, rule.effect.value, " ".join(rule.offices),
            quoted(rule.basis), _say(words.ORIGINS[rule.origin], language),
        )  # fmt: skip
    console.print(table)


State = LayerVersion | LayerUnavailableError | None


def layers(shown: Iterable[tuple[Layer, State]], language: str) -> None:
    """Print layers, with the state of their data where it is known."""
    table = Table(title=_say(words.LAYERS, language), title_justify="left")
    for heading in words.LAYER_COLUMNS:
        table.add_column(_say(heading, language), overflow="fold")
    for layer, state in shown:
        table.add_row(
            layer.code,
            quoted(_say(layer.title, language)),
            layer.keeper,
            layer.visibility,
            f"{layer.accuracy_m:g}",
            layer.data_date or "–",
            _state(state, language),
        )
    screen().print(table)


def _state(state: State, language: str) -> str:
    if state is None:
        return ""
    if isinstance(state, LayerUnavailableError):
        return f"[bold magenta]{quoted(_say(state.text, language))}[/bold magenta]"
    broken = f", {len(state.broken)} ✗" if state.broken else ""
    return f"{state.count}{broken}  {state.sha256[7:19]}"
