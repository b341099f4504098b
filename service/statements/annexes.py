"""The annexes of a statement: maps, findings, provenance, and in the house its co-signatures."""

from collections.abc import Sequence

from service.statements.blocks import Chapter, chapter, figure, rows, table, text, titled
from service.statements.chapters import on
from service.statements.content import Content
from service.statements.plates import Plate
from service.statements.words import Words

CLEAR = "clear"


def annexes(content: Content, plates: Sequence[Plate]) -> list[Chapter]:
    """Return the annexes that there are; their numbers are their places."""
    say = Words(content.language)
    found = (
        chapter(say("maps"), [figure(p.name, p.title, p.alt, p.caption) for p in plates]),
        _findings(content, say),
        _provenance(content, say),
        _cosigned(content, say),
    )
    return [one for one in found if one is not None]


def _findings(content: Content, say: Words) -> Chapter | None:
    telling = [f for f in content.checked.findings if f.outcome_code != CLEAR]
    clear: dict[str, list[str]] = {}  # no entry in a register is not the same as no indication
    for finding in content.checked.findings:
        if finding.outcome_code == CLEAR:
            known = f"{finding.outcome}, {say('data_date')} {finding.data_date}"
            clear.setdefault(known, []).append(finding.title)
    met = table(
        say("findings"),
        [say("layer"), say("outcome"), say("objects"), say("extent"), say("data_date")],
        [
            [f.title, f.outcome, str(f.objects) if f.objects else "–", f.extent or "–", f.data_date]
            for f in telling
        ],
        [32, 20, 10, 24, 14],
    )
    return chapter(
        say("findings"),
        [
            met,
            *titled(
                say("clear"),
                rows((known, ", ".join(named)) for known, named in clear.items()),
            ),
        ],
    )


def _provenance(content: Content, say: Words) -> Chapter | None:
    return chapter(
        say("provenance"),
        [
            rows(content.checked.provenance, mono=True),
            text(say("provenance_note")),
            text(content.checked.disclaimer),
        ],
    )


def _cosigned(content: Content, say: Words) -> Chapter | None:
    lines = [[s.function, on(s.on, say), s.remark or "–"] for s in content.cosigned]
    head = [say("function"), say("signed_on"), say("remark")]
    return chapter(say("cosigned"), [table(say("cosigned"), head, lines, [46, 18, 36])])
