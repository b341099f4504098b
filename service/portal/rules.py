"""The rules of the district, readable: which office, when, on which basis; with a search."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from gis.problem import Text
from service.api.dependencies import InDistrict, Who
from service.figures import asked_metres, number
from service.offices.rule import Rule, When
from service.portal.sheet import sheet
from service.report.words import EFFECTS, ORIGINS

router = APIRouter(include_in_schema=False)
Words = Annotated[str, Query(max_length=200)]
PREDICATES = {
    "overlaps": Text("überlagert", "overlaps"),
    "crosses": Text("quert", "crosses"),
    "contains": Text("umfasst ganz", "wholly contains"),
    "inside": Text("liegt ganz in", "lies wholly in"),
    "outside": Text("liegt nicht ganz in", "lies not wholly in"),
    "borders": Text("grenzt an", "borders"),
    "always": Text("stets", "always"),
}


@router.get("/regeln")
def rule_list(
    request: Request,
    who: Who,
    district: InDistrict,
    q: Words = "",
    amt: Words = "",
    schicht: Words = "",
) -> Response:
    """Show the rules, by office, layer or words."""
    titles = {layer.code: layer.title for layer in district.catalogue.layers}
    names = {o.code: o.name for o in district.catalogue.offices}
    words = q.strip().lower()
    found = [
        rule
        for rule in district.rules
        if (not amt or amt in rule.offices)
        and (not schicht or schicht == rule.layer)
        and words in _searched(rule, titles, names)
    ]
    return sheet(
        request, "rules.html", who, rules=found, total=len(district.rules), sought=q, office=amt,
        layer=schicht, titles=titles, names=names, effects=EFFECTS, origins=ORIGINS, when=when,
        kinds=district.vocabulary,
    )  # fmt: skip


def when(rule: Rule) -> Text:
    """Return when a rule holds, in words; distances as the rule has them."""
    how = rule.when
    if rule.layer is None:
        return PREDICATES["always"]
    said = _predicate(how)
    limits = _limits(how)
    if not limits:
        return said
    german = ", ".join(text.de for text in limits)
    return Text(f"{said.de} ({german})", f"{said.en} ({', '.join(text.en for text in limits)})")


def _predicate(how: When) -> Text:
    metres = asked_metres(how.distance_m)
    if how.predicate == "within":
        far = f", mindestens {how.beyond_m:g} m" if how.beyond_m else ""
        away = f", at least {how.beyond_m:g} m" if how.beyond_m else ""
        if how.attribute is not None:
            times = f"{how.times:g} × {how.attribute}"
            return Text(f"im Umkreis von {times}{far}", f"within {times}{away}")
        return Text(f"im Umkreis von {metres.de}{far}", f"within {metres.en}{away}")
    if how.predicate == "farther":
        return Text(f"nichts im Umkreis von {metres.de}", f"nothing within {metres.en}")
    if how.predicate == "alongside":
        over = asked_metres(how.over_m)
        return Text(
            f"verläuft auf {over.de} im Abstand bis {metres.de}",
            f"runs alongside over {over.en} within {metres.en}",
        )
    return PREDICATES.get(how.predicate, Text(how.predicate, how.predicate))


def _limits(how: When) -> list[Text]:
    """Return the least a hit must reach."""
    area, length = number(how.min_m2, 0), asked_metres(how.min_length_m)
    share, count = number(100 * how.min_share, 1), how.min_count
    told = [
        (how.min_m2 > 0, Text(f"ab {area.de} m²", f"from {area.en} m²")),
        (how.min_share > 0, Text(f"ab {share.de} %", f"from {share.en} %")),
        (how.min_length_m > 0, Text(f"ab {length.de}", f"from {length.en}")),
        (count > 1, Text(f"ab {count} Objekten", f"from {count} objects")),
    ]
    return [text for wanted, text in told if wanted]


def _searched(rule: Rule, titles: dict[str, Text], names: dict[str, Text]) -> str:
    layer = titles.get(rule.layer or "")
    offices = [names[code] for code in rule.offices if code in names]
    texts = [text for text in (layer, rule.about, rule.text, *offices) if text is not None]
    parts = [rule.code, rule.layer or "", rule.basis, *rule.offices]
    return " ".join([*parts, *(f"{text.de} {text.en}" for text in texts)]).lower()
