"""Hit or not, who may not see a restricted layer gets the same answers: not only no word of it.

Two districts differ in where the object of their restricted layer lies; the same case is in both,
and meets it in one. Every address and form is asked in both, as everybody whom it is kept from.
Two offices are named by that layer alone, though another one keeps it; one of them is asked.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import uuid4

import pytest
from sqlalchemy import select

from service.access.principal import Principal
from service.api import answer_links
from service.cases.answering.contributions import open_to
from service.cases.answering.copying import copied
from service.cases.answering.preparing import prepared_for
from service.cases.asking.proposal import proposal_of
from service.cases.tasks.reading import decision_of
from service.db import transaction
from service.models import Case, Entry, Item, Task
from tests.builders import rectangle
from tests.service.askings import Answer, answers
from tests.service.builders import undone
from tests.service.inside import Inside, inside_of
from tests.service.planted import ONLY_BY_HIDDEN, RESTRICTED, UNASKED
from tests.service.postgres import Server

READERS = ("public", "planner", "other planner", "office UWB", "steward", "administrator")
TOLD_ALIKE = ("text/", "application/json", "application/geo+json", "application/problem+json")
# What is made up for each of the two, or grows with time.
OF_ITS_OWN = re.compile(
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b[0-9a-f]{12,}\b|\b1[78]\d{8}(?:\.\d+)?\b"
    r"|[\w-]{60,}|\d{4}-\d\d-\d\dT[\d:.]+(?:Z|\+\d\d:\d\d)?|\d{8}T\d{6}Z?|\b\d\d:\d\d(?::\d\d)?\b"
)
# The figures of the machine; how many objects layers have, and what rules say of a plan, which who
# tries rules is told (see docs/catalogue.md).
APART = {"GET /metrics", "GET /readyz"}
TRYING = {"POST /regelprobe", "GET /schichten", "GET /schichten/{code}"}


@dataclass(frozen=True)
class Twins:
    """The case that meets what is hidden, and the one that does not."""

    hit: Inside
    missed: Inside


@pytest.fixture(scope="module")
def twins(
    postgres: Server, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Twins]:
    with (
        postgres.database(template) as one,
        postgres.database(template) as other,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr(answer_links, "MOST", 10_000)  # uses of one link in a minute
        made = Twins(
            inside_of(tmp_path_factory.mktemp("hit"), postgres.url(one), []),
            inside_of(tmp_path_factory.mktemp("missed"), postgres.url(other), [], moved=["arten"]),
        )
        yield made
        for each in (made.hit, made.missed):
            each.app.state.engine.dispose()


def told(answer: Answer) -> tuple[int, str]:
    """Return what an answer tells; of files the first bytes say what they are, and no more."""
    kind = answer.given.get("content-type", "text/")
    if not kind.startswith(TOLD_ALIKE):
        return answer.status, kind
    return answer.status, OF_ITS_OWN.sub("…", answer.content.decode("utf-8", "replace"))


@pytest.mark.parametrize("who", READERS)
def test_hit_or_not_the_answers_are_the_same(twins: Twins, who: str) -> None:
    asked, different = 0, []
    both = zip(answers(twins.hit, who), answers(twins.missed, who), strict=True)
    for one, other in both:
        route = one.asking.route
        if route in APART or (who == "steward" and route in TRYING):
            continue
        asked += one.real
        if told(one) != told(other):
            different.append(f"{one.asking}: {_first(told(one)[1], told(other)[1])}")
    assert different == []
    assert asked > 20


def _first(one: str, other: str) -> str:
    """Return where two texts differ first."""
    at = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), 0)
    return f"{one[max(0, at - 60) : at + 60]!r} against {other[max(0, at - 60) : at + 60]!r}"


@pytest.mark.parametrize("who", ["coordinator", "office UNB"])
def test_who_may_know_is_told_the_difference(twins: Twins, who: str) -> None:
    """Else nothing would be compared."""
    path = "GET /api/v1/checks/{check_id}/report"
    one, other = (next(iter(answers(each, who, [path]))) for each in (twins.hit, twins.missed))
    assert told(one) != told(other)


def test_only_the_coordinator_finds_a_case_by_an_office_that_what_is_hidden_names(
    twins: Twins,
) -> None:
    found = {}
    for who in ("coordinator", *READERS[1:], "office UNB"):
        answer = twins.hit.client.get(
            f"/api/v1/cases?office={UNASKED}&count=true", headers=twins.hit.people[who]
        )
        found[who] = len(answer.json()["cases"])
    assert found == {"coordinator": 1, **dict.fromkeys(READERS[1:], 0), "office UNB": 1}


def test_whoever_tries_rules_is_not_told_how_far_away_it_is(twins: Twins) -> None:
    plan = rectangle(RESTRICTED.corner[0] - 60, RESTRICTED.corner[1], RESTRICTED.corner[0] - 50, 30)
    form = {"outline": plan.wkt, "crs": "EPSG:25833", "kind": "bebauungsplan",
            "office": ONLY_BY_HIDDEN}  # fmt: skip
    for who in ("steward", "coordinator"):
        headers = {**twins.hit.people[who], "Accept": "text/html"}
        page = twins.hit.client.post("/regelprobe", data=form, headers=headers).text
        assert "aber nicht wie die Regel es verlangt" in page
        assert "nächstes" not in page
    with transaction(twins.hit.app.state.engine) as session:
        read = select(Entry.facts).where(Entry.action == "restricted.read")
        forms = [facts for facts in session.scalars(read) if facts["form"] == "trial"]
    assert {"form": "trial", "layers": ["arten"]} in forms


def test_an_office_that_stands_in_learns_no_more_than_it_may_itself(twins: Twins) -> None:
    app = twins.hit.app
    with undone(app.state.engine) as session:
        task = session.scalars(select(Task).where(Task.office == "UNB")).one()
        case, decision = session.get_one(Case, task.case_id), decision_of(session, task)
        for office, rules in (("UNB", ["A1", "N1"]), ("UWB", ["N1"])):
            who = Principal(role="officer", office=office, pseudonym=f"{office}-1")
            items = prepared_for(session, who, case, task, app.state.district.blocks)
            why = proposal_of(session, decision, who.audience)
            assert why is not None
            assert sorted(one["rule"] for one in why.reasons) == rules
            assert why.effect == ("prohibition" if office == "UNB" else "consent")
            assert ("A1" in {one.get("rule") for one in items}) is (office == "UNB")
        kept = session.scalars(select(Item).where(Item.restricted)).all()
        again = copied(kept, uuid4(), "UWB-1")  # a new version, begun by who stands in
        assert again
        assert open_to(who, "UNB", again) == []


def test_what_rests_on_a_hidden_context_is_marked_and_in_no_mail(twins: Twins) -> None:
    """Rule C1 meets a public layer, but only where something restricted lies."""
    with undone(twins.hit.app.state.engine) as session:
        task = session.scalars(select(Task).where(Task.office == "UDB")).one()
        decision = decision_of(session, task)
        told = {
            audience: {one["rule"]: one["visibility"] for one in found.reasons}
            for audience in ("internal", "office:UNB", "office:UDB", "office")
            if (found := proposal_of(session, decision, audience)) is not None
        }
    assert told == {
        "internal": {"C1": "restricted", "D1": "offices"},
        "office:UNB": {"C1": "restricted", "D1": "offices"},
        "office:UDB": {"D1": "offices"},
        "office": {"D1": "offices"},
    }
