"""The chapters of a statement, in the order of its form."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from service.figures import day
from service.statements.blocks import (
    Block,
    Chapter,
    bullets,
    chapter,
    heading,
    points,
    rows,
    table,
    text,
    titled,
)
from service.statements.content import Content, Kind, Outside, Point, Silent, Voice
from service.statements.labels import VERDICTS, Family, family, label
from service.statements.words import Words


def chapters(content: Content) -> list[Chapter]:
    """Return the chapters of the letter, without its annexes."""
    say = Words(content.language)
    found = (
        _basics(content, say),
        _assessment(content, say),
        _voices(content, say),
        _own_rights(content, say),
        _agreed(content, say),
        _others(content, say),
        _unsettled(content, say),
        _versions(content, say),
    )
    return [one for one in found if one is not None]


def opening(content: Content, say: Words) -> str:
    """Return the sentence the letter begins with."""
    asked = content.subject.asked
    parts = [say("asked", asked=on(asked, say)) if asked else say("asked_undated")]
    if family(content.subject.procedure_code) is Family.APPROVAL:
        parts.append(say("one_voice"))
    return " ".join([*parts, say("own_words")])


def on(iso: str | None, say: Words) -> str:
    """Return a day as people write it; a dash for none."""
    return day(iso).in_language(say.language) if iso else "–"


def _basics(content: Content, say: Words) -> Chapter | None:
    of = content.subject
    facts = rows(
        [
            (say("plan"), of.title),
            (say("kind"), of.kind),
            (say("plan_state"), of.plan_state),
            (say("procedure"), of.procedure),
            (say("municipality"), ", ".join(of.municipalities)),
            (say("received_on"), on(of.received, say) if of.received else None),
            (say("period_end"), on(of.period_end, say) if of.period_end else None),
        ]
    )
    received = table(
        say("documents"),
        [say("document"), say("dated"), say("received_on"), say("checksum")],
        [
            [one.title, on(one.dated, say), on(one.received, say), f"{one.sha256[:12]}…"]
            for one in content.received
        ],
        [50, 16, 16, 18],
    )
    return chapter(say("basics"), [facts, received])


def _assessment(content: Content, say: Words) -> Chapter | None:
    verdict = VERDICTS[content.assessment.verdict].in_language(content.language)
    objection = content.objection_par7
    return chapter(
        say("assessment"),
        [
            text(f"{say('result')}: {verdict}", "strong"),
            text(content.assessment.text),
            *([heading(say("objection")), text(objection)] if objection else []),
        ],
    )


def _voices(content: Content, say: Words) -> Chapter | None:
    blocks: list[Block] = []
    for voice in content.voices:
        mine = [p for p in voice.points if p.party == "authority"]
        if mine:
            blocks += [heading(voice.name), text(about(voice, say), "quiet")]
            blocks += _by_kind(mine, content, say)
    return chapter(say("voices"), blocks)


def about(voice: Voice, say: Words) -> str:
    """Return the line below an office's name: its reference, contact, and day."""
    parts = [
        f"{say('reference')} {voice.reference}" if voice.reference else "",
        f"{say('ask')}: {voice.contact}" if voice.contact else "",
        f"{say('of')} {on(voice.answered, say)}" if voice.answered else "",
    ]
    return " · ".join(part for part in parts if part)


def _by_kind(mine: Iterable[Point], content: Content, say: Words) -> Iterator[Block]:
    for kind, group in groupby(mine, key=lambda point: point.kind):
        some = list(group)
        yield heading(_label(kind, content, many=len(some) > 1), 3)
        yield points(point_of(point, content, say) for point in some)


def _label(kind: Kind, content: Content, *, many: bool) -> str:
    return label(kind, content.subject.procedure_code, many=many).in_language(content.language)


def point_of(point: Point, content: Content, say: Words) -> dict[str, Any]:
    """Return a point as documents show it: number, label, text, facts and marks."""
    marks = [say("internal")] if point.edition == "internal" else []
    if point.restricted and content.edition == "inner":
        marks.append(say("restricted"))
    return {
        "number": point.number,
        "label": _label(point.kind, content, many=False),
        "text": point.text,
        "facts": [[name, value] for name, value in _facts(point, content, say) if value],
        "marks": marks,
    }


def _facts(point: Point, content: Content, say: Words) -> Iterator[tuple[str, str | None]]:
    yield say("basis"), point.basis
    if point.kind in ("einwendung", "bedenken") and point.binding:
        yield say("binding"), say(point.binding)
    yield say("overcome"), overcome(point, say)
    yield say("planned_for"), point.planned_for
    if point.stance:
        rank = f", {say('priority')} {point.priority}" if point.priority else ""
        yield say("kek"), say(point.stance) + rank
    yield say("same_as"), ", ".join(point.same_as)
    yield say("attachment"), point.attachment
    if content.edition == "inner":
        yield say("released"), point.released


def overcome(point: Point, say: Words) -> str | None:
    """Return how a binding objection can be overcome, who decides on that and by which step."""
    if point.exception is None:
        return None
    parts = [say(point.exception)]
    if point.exception_by:
        parts.append(f"{say('decided_by')}: {point.exception_by}")
    if point.exception_step:
        parts.append(f"{say('by_step')}: {point.exception_step}")
    return "; ".join(parts)


def _own_rights(content: Content, say: Words) -> Chapter | None:
    affected = [p for p in content.points if p.party == "affected"]
    shown = points(point_of(point, content, say) for point in affected)
    words = text(say("own_rights_text"))
    return chapter(say("own_rights"), [words, shown] if affected else [])


def _agreed(content: Content, say: Words) -> Chapter | None:
    lines = [[f"{r.first}, {r.second}", r.text, on(r.on, say)] for r in content.resolutions]
    head = [say("agreed_head"), say("agreed_text"), say("date")]
    return chapter(say("agreed"), [table(say("agreed"), head, lines, [18, 66, 16])])


def _others(content: Content, say: Words) -> Chapter | None:
    checked = content.checked
    return chapter(
        say("others"),
        [
            *titled(say("no_objection"), _silent(content.no_objection, "no_objection", say)),
            *titled(
                say("no_answer"),
                text(say("no_answer_note")),
                _silent(content.no_answer, "no_answer", say),
            ),
            *titled(say("not_concerned"), _silent(content.not_concerned, "not_concerned", say)),
            *titled(say("withheld"), *_withheld(checked.withheld)),
            *titled(
                say("not_affected"),
                text(say("not_affected_note")),
                table(
                    say("not_affected"),
                    [say("office"), say("looked_at")],
                    [[one.name, ", ".join(one.checked)] for one in checked.not_affected],
                    [34, 66],
                ),
            ),
            *titled(
                say("outside"),
                text(say("outside_note")),
                table(
                    say("outside"),
                    [say("body"), say("because")],
                    [[body.name, _because(body, say)] for body in checked.outside],
                    [50, 50],
                ),
            ),
        ],
    )


def _withheld(offices: Iterable[Silent]) -> Iterator[Block]:
    """Yield every reason once, followed by the offices it is true of."""
    by_reason: dict[str, list[str]] = {}
    for one in offices:
        by_reason.setdefault(one.reason or "", []).append(one.name)
    for reason, named in by_reason.items():
        yield text(reason)
        yield bullets(named)


def _because(body: Outside, say: Words) -> str:
    return "; ".join(body.because) or say("by_hand")


def _silent(offices: Iterable[Silent], name: str, say: Words) -> Block:
    """Return offices as a list, or as a table where anything is said about them."""
    some = list(offices)
    if not any(one.reason or one.on for one in some):
        return bullets(one.name for one in some)
    if not any(one.reason for one in some):
        return bullets(f"{one.name} ({on(one.on, say)})" if one.on else one.name for one in some)
    head = [say("office"), say("remark"), say("date")]
    lines = [[one.name, one.reason or "–", on(one.on, say)] for one in some]
    return table(say(name), head, lines, [34, 50, 16])


def _unsettled(content: Content, say: Words) -> Chapter | None:
    return chapter(
        say("unsettled"),
        [
            *titled(
                say("missing"),
                table(
                    say("missing"),
                    [say("document"), say("missing_item"), say("until")],
                    [[m.text, on(m.asked, say), on(m.until, say)] for m in content.missing],
                    [64, 18, 18],
                ),
            ),
            *titled(
                say("gaps"),
                table(
                    say("gaps"),
                    [say("gap"), say("why"), say("follows"), say("until")],
                    [[g.title, g.reason, g.follows or "–", on(g.until, say)] for g in content.gaps],
                    [28, 34, 22, 16],
                ),
            ),
            *titled(
                say("unresolved"),
                table(
                    say("unresolved"),
                    [say("matter"), say("why"), say("offices")],
                    [
                        [u.title, u.reason, ", ".join(u.offices) or "–"]
                        for u in content.checked.unresolved
                    ],
                    [30, 52, 18],
                ),
            ),
            *titled(say("warnings"), bullets(content.checked.warnings)),
        ],
    )


def _versions(content: Content, say: Words) -> Chapter | None:
    return chapter(
        say("corrections"),
        [
            block
            for one in content.corrections
            for block in (
                heading(f"{say('draft_of')} {one.version}, {on(one.date, say)}"),
                bullets(one.changes),
            )
        ],
    )
