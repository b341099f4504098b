"""What a deadline is warned of: a letter that sets less than the statute, days nobody named."""

from dataclasses import dataclass
from datetime import date, timedelta

from gis.problem import Text
from service.deadlines.procedures import EVENTS, TITLES, Rule
from service.deadlines.said import shown


@dataclass(frozen=True, slots=True)
class Warned:
    """A warning: a stable code, the clock it is about (None: the case), what to do."""

    code: str
    clock: str | None
    text: Text


def below_minimum(rule: Rule, named: date, legal: date) -> Warned:
    """The letter names a day before the end of the statute's least period."""
    return Warned(
        "below-minimum",
        rule.code,
        Text(
            f"Gesetzliche Mindestfrist unterschritten: das Schreiben nennt {shown(named).de}, nach "
            f"{rule.basis} läuft die Frist bis {shown(legal).de}. Bitte die Stelle darauf "
            "hinweisen.",
            f"Less than the statute's least: the letter names {shown(named).en}; under "
            f"{rule.basis} the period runs until {shown(legal).en}. Please tell the sender.",
        ),
    )


def beyond_statute(rule: Rule, named: date, legal: date) -> Warned:
    """The letter names a later day than the statute's own."""
    return Warned(
        "beyond-statute",
        rule.code,
        Text(
            f"Das Schreiben nennt {shown(named).de}; die gesetzliche Frist ({rule.basis}) endet "
            f"aber {shown(legal).de}. Nur eine aktenkundige Verlängerung ändert das.",
            f"The letter names {shown(named).en}, but the statute's period ({rule.basis}) ends "
            f"{shown(legal).en}. Only an extension on record changes that.",
        ),
    )


def above_maximum(rule: Rule, named: date, most: date) -> Warned:
    """The authority sets more than it may."""
    return Warned(
        "above-maximum",
        rule.code,
        Text(
            f"Die gesetzte Frist ({shown(named).de}) ist länger, als {rule.basis} erlaubt "
            f"({shown(most).de}); bitte nachfragen.",
            f"The period set ({shown(named).en}) is longer than {rule.basis} allows "
            f"({shown(most).en}); please inquire.",
        ),
    )


def no_day_named(rule: Rule, guess: date) -> Warned:
    """No day was named where the authority sets one."""
    return Warned(
        "no-day-named",
        rule.code,
        Text(
            f"Das Schreiben nennt keine Frist ({TITLES[rule.code].de}); vorsorglich wird mit "
            f"{shown(guess).de} geplant. Bitte `deadline` nachtragen.",
            f"The letter names no day ({TITLES[rule.code].en}); to be safe "
            f"{shown(guess).en} is planned with. Please enter `deadline`.",
        ),
    )


def start_missing(rule: Rule) -> Warned:
    """The event that starts the clock has no day yet."""
    events = " / ".join(f"{EVENTS[name].de} (`{name}`)" for name in rule.start)
    english = " / ".join(f"{EVENTS[name].en} (`{name}`)" for name in rule.start)
    title = TITLES[rule.code]
    return Warned(
        "start-missing",
        rule.code,
        Text(
            f"{title.de}: noch kein Datum. Bitte eintragen, sobald bekannt: {events}.",
            f"{title.en}: no day yet. Please enter as soon as it is known: {english}.",
        ),
    )


def display_unknown(rule: Rule, end: date) -> Warned:
    """The six weeks are counted from the receipt, because the display's beginning is unknown."""
    return Warned(
        "display-unknown",
        rule.code,
        Text(
            f"Der Beginn der Auslegung fehlt; gerechnet ist ab Eingang bis {shown(end).de}. Begann "
            "sie früher, endet die Frist früher: bitte `public_from` nachtragen.",
            f"The beginning of the public display is missing; counted from receipt until "
            f"{shown(end).en}. If it began earlier, the period ends earlier: please enter "
            "`public_from`.",
        ),
    )


def first_day(rule: Rule, end: date) -> Warned:
    """Whoever counts the first day of the display gets an end a day earlier."""
    earlier = end - timedelta(days=1)
    return Warned(
        "first-day-may-count",
        rule.code,
        Text(
            f"Zählt die Behörde den ersten Tag der Auslegung mit (§ 187 (2) BGB), endet die Frist "
            f"schon am {shown(earlier).de}; maßgeblich ist, was ihre Bekanntmachung sagt.",
            f"If the authority counts the first day of the display (§ 187 (2) BGB), the period "
            f"ends on {shown(earlier).en} already; its announcement decides.",
        ),
    )


def announced_earlier(rule: Rule, named: date, legal: date) -> Warned:
    """The announcement names an earlier end of the objections than the statute."""
    return Warned(
        "announced-earlier",
        rule.code,
        Text(
            f"Die Bekanntmachung nennt {shown(named).de}, nach {rule.basis} wäre es "
            f"{shown(legal).de}. Weil danach Einwendungen ausgeschlossen sein können, wird mit dem "
            "früheren Tag geplant.",
            f"The announcement names {shown(named).en}; under {rule.basis} it would be "
            f"{shown(legal).en}. Since objections may be excluded afterwards, the earlier day is "
            "planned with.",
        ),
    )


def announced_later(rule: Rule, named: date, legal: date) -> Warned:
    """The announcement names a later end of the objections than the statute."""
    return Warned(
        "announced-later",
        rule.code,
        Text(
            f"Die Bekanntmachung nennt {shown(named).de}, die Frist nach {rule.basis} endet aber "
            f"{shown(legal).de}; vorsorglich wird mit dem früheren Tag geplant.",
            f"The announcement names {shown(named).en}, but the period under {rule.basis} ends "
            f"{shown(legal).en}; to be safe the earlier day is planned with.",
        ),
    )


def not_extendable(rule: Rule) -> Warned:
    """An extension is on record that the statute does not allow."""
    return Warned(
        "not-extendable",
        rule.code,
        Text(
            f"Diese Frist ({rule.basis}) kann nicht verlängert werden; die eingetragene "
            "Verlängerung ändert sie nicht.",
            f"This period ({rule.basis}) cannot be extended; the extension on record does not "
            "change it.",
        ),
    )


def no_extension(rule: Rule, until: date, end: date) -> Warned:
    """An extension would end before the period does."""
    return Warned(
        "no-extension",
        rule.code,
        Text(
            f"Die eingetragene Verlängerung bis {shown(until).de} endet nicht später als die Frist "
            f"({shown(end).de}); sie ändert nichts.",
            f"The extension on record until {shown(until).en} ends no later than the period "
            f"({shown(end).en}); it changes nothing.",
        ),
    )


def too_long(rule: Rule, until: date, limit: date) -> Warned:
    """An extension is longer than the statute allows."""
    return Warned(
        "extension-too-long",
        rule.code,
        Text(
            f"Die eingetragene Verlängerung bis {shown(until).de} geht über das hinaus, was "
            f"{rule.extension_basis or rule.basis} erlaubt; geplant wird mit {shown(limit).de}.",
            f"The extension on record until {shown(until).en} exceeds what "
            f"{rule.extension_basis or rule.basis} allows; planned with {shown(limit).en}.",
        ),
    )


def hearing_early(hearing: date, end: date) -> Warned:
    """The hearing is before the period for objections has ended."""
    return Warned(
        "hearing-early",
        "hearing",
        Text(
            f"Der Erörterungstermin ({shown(hearing).de}) liegt vor dem Ende der Einwendungsfrist "
            f"({shown(end).de}, § 73b (1) VwVfG); bitte nachfragen.",
            f"The hearing ({shown(hearing).en}) is before the period for objections ends "
            f"({shown(end).en}, § 73b (1) VwVfG); please inquire.",
        ),
    )


def hearing_notice(hearing: date, announced: date) -> Warned:
    """The hearing was announced less than a week before."""
    return Warned(
        "hearing-notice",
        "hearing",
        Text(
            f"Der Erörterungstermin ({shown(hearing).de}) wurde erst am {shown(announced).de} "
            "bekannt gemacht, weniger als eine Woche vorher (§ 73b (2) VwVfG).",
            f"The hearing ({shown(hearing).en}) was announced on {shown(announced).en}, less than "
            "a week before (§ 73b (2) VwVfG).",
        ),
    )


def implausible(name: str) -> Warned:
    """A day cannot be meant."""
    return Warned(
        "day-implausible",
        None,
        Text(
            f"`{name}` kann so nicht gemeint sein; bitte prüfen. Fristen werden damit nicht "
            "berechnet.",
            f"`{name}` cannot be meant like this; please check. No deadline is computed with it.",
        ),
    )


NO_PROCEDURE = Warned(
    "procedure-missing",
    None,
    Text(
        "Ohne Verfahren lässt sich keine gesetzliche Frist berechnen; bitte `procedure` angeben.",
        "Without a procedure no statutory period can be computed; please state `procedure`.",
    ),
)
NO_PAUSE = Warned(
    "supplement-no-pause",
    None,
    Text(
        "Die Nachforderung hält die Frist nicht an: mit Vorbehalt absenden oder eine Verlängerung "
        "beantragen; erst die aktenkundige Zustimmung verschiebt das Ende.",
        "Asking for documents does not stop the clock: send with a reservation or ask for an "
        "extension; only a consent on record moves the end.",
    ),
)
