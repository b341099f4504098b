"""One operation of the interface tried against its own description, many times."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import Failure, FailureGroup

CONFIG = SchemathesisConfig.from_path(Path(__file__).parent / "schemathesis.toml")
# What a route's own work answers: it was reached, whatever became of it.
REACHED = frozenset({404, 409, 412})
Headers = Mapping[str, str]


@dataclass(frozen=True)
class Kind:
    """How cases are made: of what an example shows, of all that is allowed, of what is not."""

    name: str
    valid: bool
    examples: bool = False

    @property
    def mode(self) -> GenerationMode:
        """As the generator calls it."""
        return GenerationMode.POSITIVE if self.valid else GenerationMode.NEGATIVE


KINDS = (Kind("as the examples", True, True), Kind("valid", True), Kind("invalid", False))


@dataclass
class Walk:
    """What came of trying one operation."""

    cases: Counter[str] = field(default_factory=Counter)  # by kind
    past: int = 0  # of the valid ones
    answers: Counter[str] = field(default_factory=Counter)  # by kind, status and code
    failures: dict[str, str] = field(default_factory=dict)  # what failed: how to see it again

    @property
    def valid(self) -> int:
        """How many of the cases were valid by the description."""
        return sum(self.cases[kind.name] for kind in KINDS if kind.valid)

    def seen(self, kind: Kind, status: int, code: str) -> None:
        """Count an answer."""
        self.cases[kind.name] += 1
        self.answers[f"{kind.name}: {status} {code}".strip()] += 1
        if kind.valid and (status < 400 or status in REACHED):
            self.past += 1


def walked(
    kinds: Mapping[Kind, Any],
    callers: Mapping[str, Headers],
    *,
    cases: int,
    seed: int,
    base_url: str | None = None,
) -> Walk:
    """Send at least so many cases, of each kind as many, as all callers, with all checks.

    `kinds` gives the operation from which cases of a kind are made.
    """
    walk = Walk()
    for kind, operation in kinds.items():

        def send(case: Any, role: str, kind: Kind = kind) -> None:
            sent(case, callers[role], walk, kind, base_url)

        try:
            _tried(
                send,
                operation.as_strategy(kind.mode),
                sorted(callers),
                -(-cases // len(kinds)),
                seed,
            )
        except Unsatisfiable:  # nothing can be said wrongly where nothing can be said
            if kind.valid:
                raise
    return walk


def _tried(
    send: Callable[[Any, str], None], strategy: Any, roles: list[str], cases: int, seed: int
) -> None:
    """Call with so many cases, the same ones every time."""

    @given(case=strategy, role=st.sampled_from(roles))
    def drawn(case: Any, role: str) -> None:
        send(case, role)

    limits = settings(
        max_examples=cases, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    seeded(seed)(limits(drawn))()


def sent(case: Any, headers: Headers, walk: Walk, kind: Kind, base_url: str | None) -> None:
    """Send one case; what it finds is kept, once a kind."""
    answer = case.call(base_url=base_url, headers=dict(headers))
    is_problem = "problem" in str(answer.headers.get("content-type"))
    walk.seen(kind, answer.status_code, answer.json()["code"] if is_problem else "")
    try:
        case.validate_response(
            answer, headers=dict(headers), transport_kwargs={"headers": dict(headers)}
        )
    except FailureGroup as found:
        for failure in found.exceptions:
            title = failure.title if isinstance(failure, Failure) else type(failure).__name__
            walk.failures.setdefault(f"{title} ({answer.status_code})", str(found))
