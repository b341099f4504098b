"""What the report says of offices: who is affected and why, who is not, what stays open."""

from typing import Any

from service.offices.decide import (
    Cleared,
    Decision,
    Involvement,
    ProcedureWarning,
    Reason,
    Unresolved,
)
from service.report.language import Language

Json = dict[str, Any]


def office_sections(decision: Decision, say: Language) -> Json:
    """Return the sections of the report that come from the rules."""
    return {
        "offices": [_involvement(i, say) for i in decision.involvements],
        "not_affected": [_cleared(c, say) for c in decision.cleared],
        "no_entry": [
            {**_cleared(c, say), "registers": list(c.no_entry)} for c in decision.no_entry
        ],
        "unresolved": [_unresolved(u, say) for u in decision.unresolved],
        "procedure_warnings": [_warning(w, say) for w in decision.warnings],
    }


def _certainty(certain: bool) -> str:
    return "certain" if certain else "possible"


def _involvement(involvement: Involvement, say: Language) -> Json:
    return {
        "office": involvement.office,
        "name": say.name(involvement.office),
        "effect": involvement.effect.value,
        "certainty": _certainty(involvement.certain),
        "reasons": [_reason(reason, say) for reason in involvement.reasons],
    }


def _reason(reason: Reason, say: Language) -> Json:
    rule = reason.rule
    return {
        "rule": rule.code,
        "layer": reason.layer,
        "effect": reason.effect.value,
        "certainty": _certainty(reason.certain),
        "basis": rule.basis,
        "origin": rule.origin,
        "because": say(reason.because),
        "text": say(rule.text),
        "asks": [say(ask) for ask in reason.asks],
        "external": [{"code": c, "name": say.name(c)} for c in rule.external],
        "links": list(rule.links),
        "objects": list(reason.objects),
    }


def _cleared(cleared: Cleared, say: Language) -> Json:
    return {
        "office": cleared.office,
        "name": say.name(cleared.office),
        "checked": list(cleared.checked),
        "not_applicable": list(cleared.not_applicable),
    }


def _unresolved(unresolved: Unresolved, say: Language) -> Json:
    return {
        "layer": unresolved.layer,
        "outcome": unresolved.outcome,
        "reason": say(unresolved.reason),
        "offices": list(unresolved.offices),
        "rules": list(unresolved.rules),
        "asks": [say(ask) for ask in unresolved.asks],
    }


def _warning(warning: ProcedureWarning, say: Language) -> Json:
    return {
        "rule": warning.rule,
        "procedure": warning.procedure,
        "basis": warning.basis,
        "certainty": _certainty(warning.certain),
        "text": say(warning.text),
    }
