"""The documentation agrees with the code: examples work, options and codes are all there."""

import argparse
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

from layers.catalogue import read_catalogue, schema
from layers.harvest.refusals import TEXTS as HARVESTED
from layers.reading.refusals import NOTICES, TEXTS
from service.api.problems import HTTP
from service.cli import parser
from service.config import Settings
from service.explained import explained, page
from service.offices.rule import rules_from
from service.plans.kinds import vocabulary_of

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
YAML = re.compile(r"^```yaml\n(.*?)^```", re.MULTILINE | re.DOTALL)
PROOF = re.compile(
    r"^\| .+ \(\[file\]\((benchmark/[\w.-]+\.json)\)\) \| ([\d,]+) \| ([^|]+) \| ([^|]+) \|$",
    re.MULTILINE,
)
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)")
# Codes of one word would be any text.
SAID = re.compile(
    r"\b(?:Refusal|Question|Notice|(?:Unusable|Conflict|Forbidden|Unavailable|Unauthenticated"
    r"|TooLarge|TooMany|GoneStale|Unconditional|Service)Error|refuse|notice|which|_objection"
    r')\(\s*"([a-z0-9]+(?:-[a-z0-9]+)+)"'
)
RAISED = re.compile(r'(?:Refusal|Question|Notice|refuse|notice|which)\(\s*"([a-z0-9-]+)"')


def _text(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def _examples() -> list[dict[str, Any]]:
    return [yaml.safe_load(block) for block in YAML.findall(_text("catalogue.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_relative_links_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        if not re.match(r"[a-z]+:", target):
            assert (page.parent / target).exists(), target


def test_every_example_of_a_catalogue_meets_the_schema() -> None:
    validator = jsonschema_rs.validator_for(dict(schema()))
    examples = _examples()
    assert len(examples) >= 6
    for example in examples:
        assert [e.message for e in validator.iter_errors(example)] == []


def test_the_examples_are_one_whole_catalogue(tmp_path: Path) -> None:
    whole: dict[str, Any] = {}
    for example in _examples():
        for key, value in example.items():
            whole[key] = whole.get(key, []) + value if isinstance(value, list) else value
    path = tmp_path / "catalogue.yaml"
    path.write_text(yaml.safe_dump(whole, allow_unicode=True), encoding="utf-8")
    catalogue = read_catalogue(path)
    rules = rules_from(catalogue, vocabulary_of(catalogue.kinds))
    assert {rule.when.predicate for rule in rules} == _predicates()


def _predicates() -> set[str]:
    forms = schema()["$defs"]["rule"]["properties"]["when"]["anyOf"]
    words = {word for form in forms for word in form.get("enum", ())}
    return words | {name for form in forms for name in form.get("required", ())}


def _keys(node: Any) -> Iterator[str]:
    """Yield every key that the schema of catalogues knows."""
    if isinstance(node, dict):
        yield from node.get("properties", {})
        for inner in node.values():
            yield from _keys(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from _keys(inner)


def test_every_key_and_word_of_a_catalogue_is_explained() -> None:
    page = _text("catalogue.md")
    words = {w for form in re.findall(r'"enum": \[([^\]]*)\]', _raw_schema())
             for w in re.findall(r'"([^"]+)"', form)}  # fmt: skip
    known = set(re.findall(r"[\w-]+", page))
    assert set(_keys(dict(schema()))) - known == set()
    assert {word for word in words if word not in page} == set()


def _raw_schema() -> str:
    return (ROOT / "layers" / "schema.json").read_text(encoding="utf-8")


def _parsers(root: argparse.ArgumentParser, name: str = "belang") -> Iterator[tuple[str, Any]]:
    yield name, root
    for action in root._actions:
        if isinstance(action, argparse._SubParsersAction):
            for command, inner in action.choices.items():
                yield from _parsers(inner, f"{name} {command}")


def test_every_command_option_and_choice_is_listed() -> None:
    page = _text("command-line.md")
    listed = set(re.findall(r"--[a-z][a-z0-9-]*", page))
    offered = {"--help"}
    for name, command in _parsers(parser()):
        assert name in page
        for action in command._actions:
            offered |= {o for o in action.option_strings if o.startswith("--")}
            if action.choices and not isinstance(action.choices, dict):
                assert all(str(choice) in page for choice in action.choices), action.dest
    assert offered == listed


def test_every_code_is_explained_in_both_languages() -> None:
    raised = set(TEXTS) | set(NOTICES) | set(HARVESTED) | {code for code, _ in HTTP.values()}
    for package in ("gis", "layers", "service"):
        for path in (ROOT / package).rglob("*.py"):
            raised |= set(SAID.findall(path.read_text(encoding="utf-8")))
    assert raised - set(explained()) == set()
    for one in explained().values():
        assert all(text.strip().endswith((".", "?")) for text in (*one.what, *one.do)), one.code
        assert one.what.de != one.what.en, one.code


def test_the_page_of_codes_is_the_table() -> None:
    assert _text("problems.md") == page(), "belang report problems > docs/problems.md"


def test_every_code_is_listed() -> None:
    raised = set(TEXTS) | set(NOTICES)
    for package in ("gis", "layers", "service"):
        for path in (ROOT / package).rglob("*.py"):
            raised |= set(RAISED.findall(path.read_text(encoding="utf-8")))
    listed = set(re.findall(r"`([a-z0-9]+(?:-[a-z0-9]+)*)`", _text("command-line.md")))
    assert raised - listed == set()


def test_every_exit_status_is_listed() -> None:
    statuses = set(re.findall(r"^\| (\d+) \|", _text("command-line.md"), re.MULTILINE))
    assert statuses == {"0", "1", "2", "3", "4", "64"}


def test_the_table_of_proofs_says_what_their_files_say() -> None:
    """Tries are the same; nothing failed where the file lists nothing; minutes are rounded."""
    page = _text("proofs.md")
    rows = PROOF.findall(page)
    table = [line for line in page.splitlines() if line.startswith("| ")]
    assert len(rows) == len(table) - 1 > 10  # but for its head, each row has a file
    for place, tried, failed, minutes in rows:
        found = json.loads(_text(place))
        assert int(tried.replace(",", "")) == found["tries"], place
        assert (failed.strip() == "0") == (not found["failures"]), place
        assert float(minutes) == pytest.approx(found["seconds"] / 60, abs=0.51), place


def test_every_proof_kept_is_told_of() -> None:
    kept = {path.name for path in (ROOT / "docs" / "benchmark").glob("proof-*.json")}
    assert {name for name in kept if name not in _text("proofs.md")} == set()


def test_decisions_say_context_decision_consequences() -> None:
    decisions = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert [d.name[:4] for d in decisions] == [f"{n:04}" for n in range(1, len(decisions) + 1)]
    for decision in decisions:
        text = decision.read_text(encoding="utf-8")
        assert re.findall(r"^\*\*(\w+)\.\*\*", text, re.MULTILINE) == [
            "Context",
            "Decision",
            "Consequences",
        ]


def test_places_named_in_the_architecture_exist() -> None:
    page = _text("architecture.md")
    named = re.findall(r"`((?:gis|layers|maps|service|tests)/[\w/.]*)(?:: (\w+))?`", page)
    assert len(named) > 30
    for path, thing in named:
        place = ROOT / path
        assert place.exists(), path
        if thing:
            assert re.search(rf"^(?:def|class) {thing}\b", place.read_text(encoding="utf-8"), re.M)


def test_every_setting_is_in_the_table_with_what_it_is_unless_set() -> None:
    page = _text("operations.md")
    rows = {m[1]: m[0] for m in re.finditer(r"^\| `BELANG_(\w+)` \|.*$", page, re.MULTILINE)}
    assert set(rows) == {name.upper() for name in Settings.model_fields}
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert str(field.description) in rows[name.upper()]
        if field.default_factory is None and field.default not in (None, ""):
            assert f"`{field.default}` |" in rows[name.upper()]
