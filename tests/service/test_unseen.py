"""What somebody may not see is in nothing they get: no page, report, map, file, error, header, log.

Names, coordinates and counts are planted in a layer for offices and in a restricted one; a plan
meets both. Every address is asked as every reader, and all that comes is opened and searched.
"""

import os
from collections.abc import Collection, Iterator
from itertools import chain
from pathlib import Path

import pytest

from bench import unseen
from service.api import answer_links
from service.api.rights import RIGHTS
from tests.builders import X
from tests.service.askings import FORMS, answers, callable_by
from tests.service.inside import Inside, inside_of, logged
from tests.service.planted import OFFICES, RESTRICTED, Hidden, opened
from tests.service.postgres import Server

WHOLE = "BELANG_WHOLE" in os.environ  # every reader and form; else those most likely to tell
CHECKS = frozenset(route for route in RIGHTS if "/checks/" in route) | FORMS.keys()
FILES = "GET /api/v1/cases/{case_id}/statements/{statement_id}/files/{edition}/{form}"
PREVIEW = "GET /api/v1/cases/{case_id}/statements/{statement_id}/preview"
INNER = ("coordinator", "steward", "administrator")
STRANGER = "other planner"  # for whom there is no case
TRYING = {"POST /regelprobe", "GET /schichten", "GET /schichten/{code}"}  # of layers and rules
READERS = ("planner", "office UWB", "public", *INNER)  # who may call anything between them
Traces = dict[str, list[str]]


@pytest.fixture(scope="module")
def inside(
    postgres: Server, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Inside]:
    folder = tmp_path_factory.mktemp("unseen")
    with (
        postgres.database(template) as name,
        logged() as log,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr(answer_links, "MOST", 10_000)  # uses of one link in a minute
        made = inside_of(folder, postgres.url(name), log)
        yield made
        made.app.state.engine.dispose()


def found(
    inside: Inside,
    who: str,
    *hidden: Hidden,
    routes: Collection[str] = RIGHTS,
    places_only: bool = False,
) -> Traces:
    """Return what somebody gets of what is hidden, by address.

    What they may call must have answered them, or nothing was looked at: a route that says 404
    whatever is asked hides all there is.
    """
    traces, silent = Traces(), set(routes) & callable_by(who)
    for answer in answers(inside, who, routes, whole=WHOLE):
        if answer.real:
            silent.discard(answer.asking.route)
        told = answer.told
        for one in hidden:
            if some := one.traces(told, places_only=places_only):
                traces.setdefault(str(answer.asking), []).extend(some)
    assert who == STRANGER or not silent
    return traces


@pytest.mark.parametrize(
    ("who", "hidden", "words"),
    [("office UNB", RESTRICTED, "Zeisighorst"), ("office UDB", OFFICES, "Kellergewölbe")],
)
def test_the_keeper_is_told_so_that_there_is_something_to_be_found(
    inside: Inside, who: str, hidden: Hidden, words: str
) -> None:
    some = found(inside, who, hidden, routes=RIGHTS if WHOLE else CHECKS).values()
    assert {words, str(hidden.count), f"{X + hidden.corner[0]:.2f}"} <= set(chain(*some))


def test_what_is_packed_in_tiles_would_be_found(inside: Inside) -> None:
    """Those of the layer for offices lie on the disk, and are asked for below."""
    files = list(inside.app.state.settings.data.rglob("tiles/*/denkmal-*/*.pmtiles"))
    assert len(files) == 2
    for file in files:
        assert set(OFFICES.words) & set(OFFICES.traces(opened(file.read_bytes())))


def test_what_is_packed_in_files_would_be_found(inside: Inside) -> None:
    """Every form of the inner edition has the point that is confidential; where, is in none."""
    told = found(inside, "coordinator", RESTRICTED, routes=[FILES, PREVIEW])
    forms = {path.rpartition("/")[2]: traces for path, traces in told.items()}
    assert forms.keys() == {*inside.values["form"], "preview?edition=inner"}
    assert {"pdf", "docx", "geopackage", "package", "weighing-xlsx"} <= forms.keys()
    assert {RESTRICTED.words[0]} == set(chain(*forms.values()))


@pytest.mark.parametrize("who", ["planner", "public", STRANGER][: 3 if WHOLE else 2])
def test_outsiders_get_nothing_of_what_is_for_offices_or_restricted(
    inside: Inside, who: str
) -> None:
    assert found(inside, who, RESTRICTED, OFFICES) == {}


@pytest.mark.parametrize("who", ["office UWB", "office UDB"][: 2 if WHOLE else 1])
def test_offices_get_nothing_of_what_another_one_keeps_to_itself(inside: Inside, who: str) -> None:
    assert found(inside, who, RESTRICTED) == {}


@pytest.mark.parametrize("who", ["steward", "administrator"])
def test_who_looks_after_layers_or_accounts_learns_it_nowhere_else(
    inside: Inside, who: str
) -> None:
    """The steward sees how many objects a layer has, and what a rule says of a plan."""
    routes = (RIGHTS.keys() if WHOLE else callable_by(who)) - TRYING
    assert found(inside, who, RESTRICTED, routes=routes) == {}


@pytest.mark.parametrize("who", INNER)
def test_where_it_is_only_its_keeper_learns(inside: Inside, who: str) -> None:
    asked = callable_by(who) - callable_by("office UWB")
    routes = RIGHTS if WHOLE else asked | CHECKS
    assert found(inside, who, RESTRICTED, routes=routes, places_only=True) == {}


def test_between_them_they_may_call_whatever_can_be_asked() -> None:
    asked = {route for route in RIGHTS if route.startswith("GET ")} | FORMS.keys()
    assert asked - frozenset().union(*map(callable_by, READERS)) == set()


def test_no_small_plan_tells_a_hit_from_none(fresh_database_url: str, tmp_path: Path) -> None:
    """A few of the thousand of `make goal`."""
    wrong, hits = unseen.run(tmp_path, fresh_database_url, 50 if WHOLE else 10, seed=2)
    assert wrong == []
    assert hits["met_something_hidden"] > 0


def test_the_log_holds_nothing_of_it(inside: Inside) -> None:
    told = "\n".join(inside.log).encode()
    assert told
    assert RESTRICTED.traces(told) == []
    assert OFFICES.traces(told) == []
