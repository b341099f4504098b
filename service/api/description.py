"""What the interface says of itself: `/api/v1/openapi.json`, OpenAPI 3.1.

FastAPI writes most of it. Added here is what it cannot know: the problem every route may answer
with, the report's own schema, the words of the district, and who may call what.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute

from service.access.sessions import cookie_name
from service.api.problems import Problem9457
from service.api.rights import PUBLIC, RIGHTS
from service.district import District
from service.report.document import schema

ABOUT = """Hand in a plan, follow its check, read which offices are affected and why.

Errors are problems as RFC 9457 describes them, in German or English by `Accept-Language`; their
`code` is stable. Requests that create something may carry an `Idempotency-Key`. Of each operation
`x-roles` says who may call it and `x-scope` what a token must be allowed to do."""
TAGS = {
    "log-in": "Log in and out; who is asking.",
    "tokens": "One's own tokens for programs.",
    "accounts": "Accounts and organisations; one's own account.",
    "checks": "Check a plan without a case; follow checks of cases and read their results.",
    "cases": "Hand in plans; find, read, correct and lead cases.",
    "documents": "Plans, explanatory reports and proofs of a case; scans laid on the map.",
    "deadlines": "The clocks of a case, with their steps; extensions; calendars of offices.",
    "asking": "Decide which offices are asked, and ask them.",
    "tasks": "What an office has to answer, and by when.",
    "answer links": "Answer without an account, by a sealed link.",
    "contributions": "Answers of offices: write, sign, release; their items and suggestions.",
    "supplements": "Ask the planner for what is missing.",
    "statement": "Bring the answers together; sign the statement and send it.",
    "statistics": "Numbers of a period: cases, times, offices, rules; never of a person.",
    "public": "What is released to the public, and until when.",
    "jobs": "Work in the background that was given up.",
}
WORDS = "x-vocabulary"  # a field whose words are the district's; replaced by an enum
REPORT = {"$ref": "#/components/schemas/Report"}
Document = dict[str, Any]


def tags() -> list[dict[str, str]]:
    """Return the groups of operations, with what they are for."""
    return [{"name": name, "description": about} for name, about in TAGS.items()]


def operation_id(route: APIRoute) -> str:
    """Return the name of an operation, which stays as long as its address: ``get_cases_case_id``.

    Of a route with several methods it is that of the first by name.
    """
    words = re.findall(r"\w+", route.path.removeprefix("/api/v1"))
    return "_".join([min(route.methods or {"GET"}).lower(), *words])


def install(app: FastAPI) -> None:
    """Let the application describe itself in full; `app.state` holds settings and districts."""
    written = app.openapi
    seen: District | None = None

    def openapi() -> Document:
        """Return the description, with the words of the district as it is now."""
        nonlocal seen
        district = app.state.districts.current()
        if district is not seen:
            app.openapi_schema, seen = None, district
        if app.openapi_schema is None:
            completed(written(), district, cookie_name(app.state.settings))
        return written()

    app.openapi = openapi  # type: ignore[method-assign]  # as FastAPI's manual has it


def completed(document: Document, district: District, cookie: str) -> None:
    """Add to a description what FastAPI does not know."""
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    schemas["Problem9457"] = Problem9457.model_json_schema()
    schemas.update(report_schemas())
    components["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer", "description": "see /api/v1/tokens"},
        "session": {"type": "apiKey", "in": "cookie", "name": cookie,
                    "description": "set by POST /api/v1/session; what changes something needs "
                    "`X-CSRF-Token` beside it"},
    }  # fmt: skip
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            operation.update(_rights(f"{method.upper()} {path}"))
    words = _words(district)
    for node in _nodes(document):
        if WORDS in node:
            _named(node, words[node.pop(WORDS)])


def report_schemas() -> Document:
    """Return the schema of reports as components, each part under a name of its own."""
    whole = dict(schema())
    parts = whole.pop("$defs")
    for name in ("$schema", "$id"):
        whole.pop(name)
    made = {"Report": whole, **{f"Report.{name}": part for name, part in parts.items()}}
    return {name: _relative(part) for name, part in made.items()}


def _relative(node: Any) -> Any:
    """Return a copy whose references lead to components."""
    if isinstance(node, dict):
        made = {key: _relative(inner) for key, inner in node.items()}
        if isinstance(made.get("$ref"), str):
            made["$ref"] = made["$ref"].replace("#/$defs/", "#/components/schemas/Report.")
        return made
    return [_relative(inner) for inner in node] if isinstance(node, list) else node


def _rights(route: str) -> Document:
    roles, scope = RIGHTS.get(route, (frozenset(), ""))
    ways: list[Document] = [{"token": []}, {"session": []}]
    return {
        "security": [{}, *ways] if PUBLIC in roles else ways,
        "x-roles": sorted(roles),
        "x-scope": scope,
    }


def _words(district: District) -> dict[str, list[str]]:
    known = district.vocabulary
    return {
        "kinds": sorted(known.kinds),
        "uses": sorted(known.uses),
        "procedures": sorted(known.procedures),
        "offices": sorted(district.offices),
    }


def _named(node: Document, words: list[str]) -> None:
    """Let the text a schema describes be one of the words; examples are of them, too."""
    node["examples"] = [*(e for e in node.get("examples", ()) if e in words), *words][:1]
    for form in node.get("anyOf", [node]):
        if form.get("type") == "string":
            form["enum"] = words


def _nodes(node: Any) -> Iterator[Document]:
    if isinstance(node, Mapping):
        yield node  # type: ignore[misc]  # a mapping of JSON has names as keys
    if isinstance(node, (Mapping, list)):
        for inner in list(node.values()) if isinstance(node, Mapping) else node:
            yield from _nodes(inner)
