"""From findings to offices: who is involved and why, who is not, and what stays open. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from gis.problem import Text
from layers.catalogue import Catalogue
from service.checks.by_hand import MANUAL
from service.checks.finding import Finding, Outcome
from service.checks.run import Evidence
from service.offices.because import because
from service.offices.rule import Effect, Rule
from service.offices.verdict import Answer, Verdict, verdict
from service.plans.kinds import Vocabulary

POSSIBLE = "possible"


@dataclass(frozen=True)
class Reason:
    """One rule that makes an office affected."""

    rule: Rule
    layer: str | None
    effect: Effect
    certain: bool
    because: Text
    objects: tuple[str, ...]
    asks: tuple[Text, ...]


@dataclass(frozen=True)
class Involvement:
    """One office, affected, with its reasons, gravest first."""

    office: str
    reasons: tuple[Reason, ...]

    @property
    def effect(self) -> Effect:
        """The gravest effect among the certain reasons; of all where none is certain."""
        telling = [r for r in self.reasons if r.certain] or self.reasons
        return min((r.effect for r in telling), key=lambda e: e.weight)

    @property
    def certain(self) -> bool:
        """Whether any reason is certain."""
        return any(r.certain for r in self.reasons)


@dataclass(frozen=True)
class Cleared:
    """An office on the negative list: the rules that were answered with no, those that do not
    concern this plan, and (for `no_entry`) the registers that show no entry.
    """

    office: str
    checked: tuple[str, ...]
    not_applicable: tuple[str, ...]
    no_entry: tuple[str, ...] = ()


@dataclass(frozen=True)
class Unresolved:
    """Something the check could not settle, and the offices that must look at it.

    `outcome` is a finding's, or ``possible`` where a rule hangs on something unknown.
    """

    layer: str | None
    outcome: str
    reason: Text
    offices: tuple[str, ...]
    rules: tuple[str, ...]
    asks: tuple[Text, ...] = ()


@dataclass(frozen=True)
class ProcedureWarning:
    """A hit that puts the procedure itself in question."""

    rule: str
    procedure: str
    basis: str
    certain: bool
    text: Text


@dataclass(frozen=True)
class Decision:
    """Everything the rules say about a plan."""

    involvements: tuple[Involvement, ...]
    cleared: tuple[Cleared, ...]
    no_entry: tuple[Cleared, ...]
    unresolved: tuple[Unresolved, ...]
    warnings: tuple[ProcedureWarning, ...]


def decide(
    evidence: Evidence, rules: Iterable[Rule], catalogue: Catalogue, vocabulary: Vocabulary
) -> Decision:
    """Return which offices are involved, which are not, and what is open.

    An office with anything open, possible or merely bordering is never cleared.
    """
    verdicts = [verdict(rule, evidence, vocabulary) for rule in rules]
    unresolved = tuple(_unresolved(evidence, verdicts))
    involvements = tuple(_involvements(evidence, verdicts, catalogue, vocabulary))
    named = {i.office for i in involvements} | {o for u in unresolved for o in u.offices}
    negative = list(_negative(verdicts, catalogue, named))
    return Decision(
        involvements,
        tuple(c for c in negative if not c.no_entry),
        tuple(c for c in negative if c.no_entry),
        unresolved,
        tuple(_warnings(evidence, verdicts)),
    )


def _involvements(
    evidence: Evidence,
    verdicts: Sequence[Verdict],
    catalogue: Catalogue,
    vocabulary: Vocabulary,
) -> Iterator[Involvement]:
    """Yield the affected offices in the order of the catalogue."""
    reasons: dict[str, list[Reason]] = defaultdict(list)
    for found in verdicts:
        if found.answer is Answer.HIT:
            reason = _reason(found, because(found, evidence.plan, vocabulary))
            for code in found.rule.offices:
                reasons[code].append(reason)
    for office in catalogue.offices:
        if office.code in reasons:
            gravest_first = sorted(
                reasons[office.code], key=lambda r: (not r.certain, r.effect.weight)
            )
            yield Involvement(office.code, tuple(gravest_first))


def _reason(found: Verdict, sentence: Text) -> Reason:
    objects = tuple(o.id for o in found.objects)
    return Reason(
        found.rule, found.rule.layer, found.effect, found.certain, sentence, objects, found.asks
    )


def _negative(
    verdicts: Sequence[Verdict], catalogue: Catalogue, named: set[str]
) -> Iterator[Cleared]:
    """Yield the offices that have rules and no hit, with what was checked."""
    for office in catalogue.offices:
        mine = [v for v in verdicts if office.code in v.rule.offices]
        if not mine or office.code in named:
            continue
        by_answer = {a: tuple(v.rule.code for v in mine if v.answer is a) for a in Answer}
        registers = sorted({v.rule.layer or "" for v in mine if v.answer is Answer.NO_ENTRY})
        yield Cleared(
            office.code,
            by_answer[Answer.NO] + by_answer[Answer.NO_ENTRY],
            by_answer[Answer.NOT_APPLICABLE],
            tuple(registers),
        )


def _unresolved(evidence: Evidence, verdicts: Sequence[Verdict]) -> Iterator[Unresolved]:
    for finding in evidence.findings:
        mine = [v for v in verdicts if v.rule.layer == finding.layer.code]
        yield from _of_layer(finding, mine)
    uncertain = [v for v in verdicts if v.answer is Answer.HIT and not v.certain]
    told = {id(f) for f in evidence.findings if f.outcome is Outcome.BORDERS}
    yield from _together(_possible(v) for v in uncertain if v.asks or id(v.finding) not in told)


def _together(possible: Iterable[Unresolved]) -> Iterable[Unresolved]:
    """Ask each question once, whoever wants to know the answer."""
    asked: dict[tuple[str | None, Text, tuple[Text, ...]], Unresolved] = {}
    for one in possible:
        key = (one.layer, one.reason, one.asks)
        if (same := asked.get(key)) is not None:
            offices = tuple(dict.fromkeys((*same.offices, *one.offices)))
            one = replace(same, offices=offices, rules=(*same.rules, *one.rules))
        asked[key] = one
    return asked.values()


def _of_layer(finding: Finding, verdicts: Sequence[Verdict]) -> Iterator[Unresolved]:
    """Yield what the data of one layer leave open for the rules that looked at it."""
    layer = finding.layer
    concerned = [v for v in verdicts if v.finding is not None]
    if finding.outcome is Outcome.FAILED or finding.uncovered is not None:
        reason = finding.reason or Text("nicht geprüft", "not checked")
        yield _open(finding, finding.outcome.value, reason, concerned)
        return
    open_to_doubt = [v for v in concerned if v.answer is Answer.HIT and not v.certain]
    if finding.outcome is Outcome.BORDERS and (open_to_doubt or not verdicts):
        names = ", ".join(o.name for o in finding.objects[:3])
        text = Text(
            f"Kontakt nur innerhalb der Lagegenauigkeit: {names}",
            f"contact only within the positional accuracy: {names}",
        )
        yield _open(finding, Outcome.BORDERS.value, text, open_to_doubt)
    gaps = [v for v in concerned if v.answer is Answer.OPEN and v.gap is not None]
    if gaps:
        widest = max(gaps, key=lambda v: v.rule.when.distance_m)
        assert widest.gap is not None  # noqa: S101 - chosen so
        yield Unresolved(
            layer.code, finding.outcome.value, widest.gap, _offices(gaps), _codes(gaps)
        )


def _open(finding: Finding, outcome: str, reason: Text, verdicts: Sequence[Verdict]) -> Unresolved:
    """Return a gap of a layer; its keeper answers where no rule names anybody, and what can only
    be looked up by hand is always a task of the keeper.
    """
    offices, keeper = _offices(verdicts), finding.layer.keeper
    if not offices or finding.coverage == MANUAL:
        offices = tuple(dict.fromkeys((keeper, *offices)))
    return Unresolved(finding.layer.code, outcome, reason, offices, _codes(verdicts))


def _possible(found: Verdict) -> Unresolved:
    reason = found.asks[0] if found.asks else found.gap or _by_nature(found)
    return Unresolved(
        found.rule.layer, POSSIBLE, reason, found.rule.offices, (found.rule.code,), found.asks
    )


def _by_nature(found: Verdict) -> Text:
    if found.rule.certain:
        return Text(
            "Treffer nur innerhalb der Lagegenauigkeit oder mit unbekannten Merkmalen.",
            "A hit only within the positional accuracy, or with unknown attributes.",
        )
    return Text(
        "Ob die Stelle betroffen ist, lässt sich aus den Daten allein nicht sagen.",
        "The data alone cannot say whether the office is affected.",
    )


def _offices(verdicts: Sequence[Verdict]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(o for v in verdicts for o in v.rule.offices))


def _codes(verdicts: Sequence[Verdict]) -> tuple[str, ...]:
    return tuple(v.rule.code for v in verdicts)


def _warnings(evidence: Evidence, verdicts: Sequence[Verdict]) -> Iterator[ProcedureWarning]:
    procedure = evidence.plan.procedure
    for found in verdicts:
        warns = found.rule.warns
        if found.answer is Answer.HIT and warns and procedure in warns.procedures:
            yield ProcedureWarning(
                found.rule.code, str(procedure), found.rule.basis, found.certain, warns.text
            )
