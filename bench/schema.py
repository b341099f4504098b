"""Every operation of a running service against its own description, as every role that may call it.

The service runs as it is run everywhere, with the cases of the demonstration. Valid and invalid
requests are made from the description (schemathesis, with all its checks); ids in addresses are
those of cases, checks and accounts that are there, every second time.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

import httpx2
import schemathesis
from sqlalchemy import text

from bench.figure import figure, tell
from bench.running import ROOT, database_url, person, ready, serving
from bench.walk import CONFIG, KINDS, Headers, Kind, Walk, walked
from service.api.rights import PUBLIC, RIGHTS
from service.db import engine_for, transaction

SCHEMA = "/api/v1/openapi.json"
NOWHERE = "00000000-0000-4000-8000-000000000000"
REFERENCE = re.compile(r"#/components/schemas/([\w.-]+)")
# Texts in a form that no schema describes; by example in all valid cases.
WRITTEN = ("outline", "attributes", "expires")
LEAST_PAST = 0.5  # of the valid cases, over all operations
IDS = {
    "case_id": "select id from cases order by title",
    "check_id": "select id from checks where state = 'done' order by created limit 5",
    "account_id": "select id from accounts where login not like 'bench%'",
    "task_id": "select id from tasks order by office limit 20",
    "contribution_id": "select id from contributions",
    "item_id": "select id from items limit 20",
    "document_id": "select id from documents",
    "statement_id": "select id from statements",
}


def narrowed(document: Mapping[str, Any], kind: Kind, ids: Mapping[str, list[str]]) -> Any:
    """Return the description from which cases of a kind are made.

    Valid ones name what is there, and with `If-Match` what is there now; those by the examples
    say nothing else than the examples do, and send no file.
    """
    made = deepcopy(dict(document))
    if not kind.valid:
        return made
    for parameter in _parameters(made):
        if parameter["name"] in ids:
            parameter["schema"] = {"type": "string", "enum": [*ids[parameter["name"]], NOWHERE]}
        elif parameter["name"] == "If-Match":
            parameter["schema"] = {"type": "string", "enum": ["*", '"1"']}
            parameter["required"] = True
    for schema in _schemas(made):
        if kind.examples:
            _without_files(schema)
        _by_example(schema, only=() if kind.examples else WRITTEN)
    return made


def _parameters(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for path in document["paths"].values():
        for operation in path.values():
            yield from operation.get("parameters", ())


def _schemas(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield what describes objects that are sent, not those that are answered."""
    known = document["components"]["schemas"]
    asked = [o["requestBody"] for p in document["paths"].values() for o in p.values()
             if "requestBody" in o]  # fmt: skip
    open_, seen = set(REFERENCE.findall(json.dumps(asked))), set[str]()
    while open_:
        name = open_.pop()
        seen.add(name)
        open_ |= set(REFERENCE.findall(json.dumps(known[name]))) - seen
        if "properties" in known[name]:
            yield known[name]


def _without_files(schema: dict[str, Any]) -> None:
    """Leave only the outline as the way to say where a plan is."""
    if {"required": ["outline"]} in schema.get("oneOf", ()):
        schema["required"] = [*schema.get("required", ()), "outline"]
        del schema["oneOf"], schema["properties"]["file"], schema["properties"]["parcels"]


def _by_example(schema: dict[str, Any], only: Collection[str]) -> None:
    """Let properties be what their examples say; `only` names which, empty: all."""
    for name, about in schema["properties"].items():
        if about.get("examples") and (not only or name in only):
            schema["properties"][name] = {"enum": about["examples"]}


def known(url: str) -> dict[str, list[str]]:
    """Return ids of what is there, by the name they have in addresses."""
    engine = engine_for(url)
    try:
        with transaction(engine) as session:
            return {name: [str(row[0]) for row in session.execute(text(query))]
                    for name, query in IDS.items()}  # fmt: skip
    finally:
        engine.dispose()


def prepared(address: str, url: str) -> None:
    """Ask the offices of all cases that can be asked, and begin the answers of one office."""
    coordinator, officer = person(url, "coordinator"), person(url, "officer")
    with httpx2.Client(base_url=f"{address}/api/v1", timeout=60) as client:
        for case in client.get("/cases", headers=coordinator).raise_for_status().json()["cases"]:
            answer = client.post(f"/cases/{case['id']}/release", json={}, headers=coordinator)
            for task in answer.json().get("asked", ()):
                if task["office"] == "UNB":
                    path = f"/tasks/{task['task']}/contributions"
                    client.post(path, json={}, headers=officer).raise_for_status()


def callers(url: str, route: str) -> dict[str, Headers]:
    """Return the headers of each role that may call a route; each has an account of its own.

    Of its own, since some routes end a session, revoke a token or change the caller's account.
    """
    roles, _ = RIGHTS[route]
    return {role: {} if role == PUBLIC else person(url, role) for role in sorted(roles)}


def run(folder: Path, cases: int, seed: int, only: str) -> dict[str, Any]:
    """Walk over all operations whose name contains `only`; return what was seen of each."""
    data, port = folder / "data", 17_400 + os.getpid() % 1_000
    address = f"http://127.0.0.1:{port}"
    environment = {
        **os.environ, "BELANG_DATA": str(data), "BELANG_PORT": str(port),
        "BELANG_UPLOADS_PER_MINUTE": "1000000", "BELANG_ANONYMOUS_CHECKS_PER_MINUTE": "1000000",
    }  # fmt: skip
    demo = [sys.executable, "-m", "service.cli", "demo", "--accounts", str(folder / "accounts")]
    subprocess.run(demo, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - ours
    found: dict[str, Any] = {}
    with serving(environment, folder / "log") as process:
        ready(address, process)
        url = database_url(data)
        document = httpx2.get(f"{address}{SCHEMA}").raise_for_status().json()
        person(url, "officer", "kim.muster")  # as in the examples
        prepared(address, url)
        described = described_by(document, known(url))
        for name, kinds in described.items():
            if only not in name:
                continue
            walk = walked(kinds, callers(url, name), cases=cases, seed=seed, base_url=address)
            found[name] = told(walk)
            sys.stderr.write(f"{name}: {json.dumps(found[name])}\n")
    return {"cases": cases, "seed": seed, **total(found.values()), "operations": found}


def described_by(
    document: Mapping[str, Any], ids: Mapping[str, list[str]]
) -> dict[str, dict[Kind, Any]]:
    """Return all operations by name, for each kind of case."""
    made: dict[str, dict[Kind, Any]] = {}
    for kind in KINDS:
        schema = schemathesis.openapi.from_dict(narrowed(document, kind, ids), config=CONFIG)
        for result in schema.get_all_operations():
            operation = result.ok()  # type: ignore[union-attr]  # ends with one that cannot be read
            made.setdefault(f"{operation.method.upper()} {operation.path}", {})[kind] = operation
    return made


def told(walk: Walk) -> dict[str, Any]:
    """Return what is written about an operation."""
    return {
        "cases": dict(walk.cases),
        "share_past_validation": round(walk.past / walk.valid, 3),
        "answers": dict(sorted(walk.answers.items())),
        "failures": walk.failures,
    }


def total(operations: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what is true of all operations together."""
    rows = list(operations)
    shares = [row["share_past_validation"] for row in rows]
    return {
        "requests": sum(sum(row["cases"].values()) for row in rows),
        "share_past_validation": round(sum(shares) / len(shares), 3) if shares else None,
        "failures": sum(len(row["failures"]) for row in rows),
    }


def main() -> None:
    """Walk and print what was seen as JSON; status 1 where something is not as described."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=200, help="an operation")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="part of an operation's name")
    given = parser.parse_args()
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="belang-schema-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)  # the database runs as somebody else
        result = run(Path(folder), given.cases, given.seed, given.only)
    wrong = [f"{name}: {what}" for name, one in result["operations"].items()
             for what in one["failures"]]  # fmt: skip
    past = result["share_past_validation"] or 0
    if past < LEAST_PAST:
        wrong.append(f"only {past:.0%} of what is valid got past validation")
    name = "the interface against its description"
    requests = result.pop("requests")
    tell(figure(name, tries=requests, begun=begun, **{**result, "failures": wrong}))


if __name__ == "__main__":
    main()
