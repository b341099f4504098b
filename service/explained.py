"""What every code means and what whoever meets it can do: one table, for pages and programs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

from gis.problem import Text

KINDS: Mapping[str, Text] = {
    "refusal": Text("Ablehnung", "refusal"),
    "question": Text("Frage", "question"),
    "notice": Text("Hinweis", "notice"),
}
HEAD = """\
# Problem codes · Was die Codes bedeuten

Every refusal, question and notice carries a code that does not change; a program can rely on it.
Through HTTP it is the last part of the type of an RFC 9457 problem, `urn:belang:problem:CODE`, and
`GET /api/v1/problems/CODE` gives what stands here (the header `Link` of the problem leads there).
`belang check --json` leaves the same document. A *question* comes with proposals, each a complete
answer; a *notice* goes along with an accepted plan; a number is the HTTP status. This page is made
by `belang report problems`.

Jede Ablehnung, jede Frage und jeder Hinweis hat einen Code, der gleich bleibt. Zu einer *Frage*
gehören Vorschläge, jeder eine vollständige Antwort; ein *Hinweis* begleitet eine angenommene
Planung; eine Zahl ist der HTTP-Status.
"""


@dataclass(frozen=True, slots=True)
class Explained:
    """A code: its kind (`KINDS`, otherwise an HTTP status), its meaning and what to do."""

    code: str
    kind: str
    what: Text
    do: Text


@cache
def explained() -> Mapping[str, Explained]:
    """Return all codes, in order."""
    text = files("service").joinpath("problems.yaml").read_text(encoding="utf-8")
    return {
        code: Explained(code, str(row["kind"]), Text(*row["what"]), Text(*row["do"]))
        for code, row in yaml.safe_load(text).items()
    }


def page() -> str:
    """Return all of it as Markdown, German and English."""
    return "".join([HEAD, *map(_entry, explained().values())])


def _entry(one: Explained) -> str:
    return "".join(f"{line}\n" for line in _lines(one))


def _lines(one: Explained) -> Iterator[str]:
    kind = KINDS.get(one.kind, Text(one.kind, one.kind))
    yield ""
    yield f"## {one.code}"
    yield ""
    yield f"- *{kind.de}* · {one.what.de} **{one.do.de}**"
    yield f"- *{kind.en}* · {one.what.en} **{one.do.en}**"
