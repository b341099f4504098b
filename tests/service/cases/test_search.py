"""Finding cases: every filter, the order, pages, and what is hidden from whom."""

from collections.abc import Iterator
from datetime import date
from uuid import uuid4

import pytest
import shapely
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from service.access.principal import PUBLIC, Principal
from service.cases.outlines import box_from, geojson, working_crs
from service.cases.search import Wanted, count, find
from service.cases.state import State
from service.db import engine_for
from service.errors import NotFoundError, UnusableError
from service.models import Case
from tests.service.builders import (
    PLACE,
    account,
    case,
    check,
    ids,
    organisation,
    principal,
    square,
    undone,
    version,
)


@pytest.fixture(scope="module")
def engine(database_url: str) -> Iterator[Engine]:
    engine = engine_for(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with undone(engine) as opened:
        yield opened


@pytest.fixture
def coordinator(session: Session) -> Principal:
    return principal(account(session, "coordinator"))


def found(session: Session, who: Principal, **wanted: object) -> list[Case]:
    return list(find(session, who, Wanted(**wanted)).cases)  # type: ignore[arg-type]


def test_filters_by_what_stands_in_the_case(session: Session, coordinator: Principal) -> None:
    road = case(session, kind="strasse", procedure="planfeststellung", deadline=date(2026, 4, 1))
    town = case(session, municipalities=["14729010", "14729050"], state=State.CLOSED)
    for wanted, expected in (
        ({"kind": "strasse"}, [road]),
        ({"procedure": "planfeststellung"}, [road]),
        ({"municipality": "14729010"}, [town]),
        ({"municipality": "14729099"}, []),
        ({"states": ("closed", "archived")}, [town]),
        ({"due_from": date(2026, 4, 1), "due_to": date(2026, 4, 1)}, [road]),
        ({"due_to": date(2026, 3, 31)}, []),
        ({"kind": "strasse", "states": ("closed",)}, []),
    ):
        assert ids(found(session, coordinator, **wanted)) == ids(expected), wanted


def test_the_day_due_by_all_clocks_goes_before_the_day_named(
    session: Session, coordinator: Principal
) -> None:
    named = case(session, deadline=date(2026, 4, 2))
    sooner = case(session, deadline=date(2026, 5, 4), due=date(2026, 4, 1))
    later = case(session, deadline=date(2026, 4, 1), due=date(2026, 4, 3))
    assert ids(found(session, coordinator)) == ids([sooner, named, later])
    until = {"due_to": date(2026, 4, 1)}
    assert ids(found(session, coordinator, **until)) == ids([sooner])
    first = find(session, coordinator, Wanted(), most=1)
    second = find(session, coordinator, Wanted(), most=1, cursor=first.cursor)
    assert ids(second.cases) == [named.id]


def test_filters_by_office_named_by_a_check_or_claiming(
    session: Session, coordinator: Principal
) -> None:
    named = case(session, shape=square())
    check(session, version(session, named, square(), number=2), "UNB", "UWB")
    case(session)
    assert ids(found(session, coordinator, office="UWB")) == [named.id]
    assert found(session, coordinator, office="UDB") == []


@pytest.mark.parametrize(
    "words",
    ["Wohngebiete", "wohngebiet Hainer", '"Hainer See"', "wohngebiet -Gewerbe", "Uferwege", "T/1"],
)
def test_german_full_text_finds_by_stem(
    session: Session, coordinator: Principal, words: str
) -> None:
    wanted = case(
        session, "Wohngebiet am Hainer See", summary="mit einem Uferweg", reference="T/1-26"
    )
    case(session, "Gewerbepark Wohngebiete Nord")
    assert wanted.id in ids(found(session, coordinator, text=words))
    assert found(session, coordinator, text=words + " Kiesgrube") == []


@pytest.mark.parametrize("words", ["%", "_", "100%", "' or 1=1 --", "&|!():*", "\\", "-", '"'])
def test_no_word_is_a_pattern_or_a_command(
    session: Session, coordinator: Principal, words: str
) -> None:
    case(session, "Wohngebiet")
    assert found(session, coordinator, text=words) == []


def test_finds_in_a_map_extent_by_the_latest_draft(
    session: Session, coordinator: Principal
) -> None:
    moved = case(session, shape=square())
    version(session, moved, square(east=5_000), number=2)
    version(session, moved, None, number=3)  # not understood yet: the one before counts
    here, there = square(50), square(50, east=5_020)
    assert found(session, coordinator, box=here) == []
    assert ids(found(session, coordinator, box=there)) == [moved.id]
    assert found(session, coordinator, box=shapely.Polygon()) == []


def test_a_box_in_degrees_finds_the_same(session: Session, coordinator: Principal) -> None:
    there = case(session, shape=square())
    outline = geojson(square(300, east=-100, north=-100))["coordinates"][0]
    lon, lat = [p[0] for p in outline], [p[1] for p in outline]
    box = box_from((min(lon), min(lat), max(lon), max(lat)), "wgs84")
    assert ids(found(session, coordinator, box=box)) == [there.id]
    world = box_from((-180, -90, 180, 90), "wgs84")
    assert there.id in ids(found(session, coordinator, box=world))
    assert box_from((-120, 30, -110, 40), "wgs84").is_empty
    assert box_from((0, 0, 1, 1), "working").bounds == (0, 0, 1, 1)


def test_geojson_turns_anticlockwise_and_in_degrees() -> None:
    clockwise = shapely.Polygon([PLACE, (PLACE[0], PLACE[1] + 9), (PLACE[0] + 9, PLACE[1])])
    outline = geojson(clockwise)
    assert outline["type"] == "Polygon"
    assert shapely.LinearRing(outline["coordinates"][0]).is_ccw
    assert 12 < outline["coordinates"][0][0][0] < 13
    assert geojson(clockwise, "working")["coordinates"][0][0] == list(PLACE)
    assert working_crs().to_epsg() == 25833


def test_near_a_case_means_others_within_a_distance(
    session: Session, coordinator: Principal
) -> None:
    middle = case(session, shape=square())
    near = case(session, shape=square(east=200))
    case(session, shape=square(east=1_101))
    assert ids(found(session, coordinator, near=middle.id, within_m=100.0)) == [near.id]
    assert found(session, coordinator, near=middle.id, within_m=99.9) == []
    assert found(session, coordinator, near=case(session).id, within_m=1e4) == []
    with pytest.raises(NotFoundError):
        found(session, coordinator, near=uuid4(), within_m=1.0)


@pytest.mark.parametrize("sort", ["deadline", "received"])
def test_pages_meet_every_case_once_while_others_come_in(
    session: Session, coordinator: Principal, sort: str
) -> None:
    days = [
        None,
        date(2026, 5, 2),
        None,
        date(2026, 5, 1),
        date(2026, 5, 1),
        None,
        date(2027, 1, 1),
    ]
    made = {
        case(session, deadline=day, received=day or date(2026, 1, 1), kind="abbau").id
        for day in days
    }
    seen: list[Case] = []
    cursor = None
    while True:
        page = find(session, coordinator, Wanted(kind="abbau", sort=sort), cursor=cursor, most=2)
        seen += page.cases
        early = {"deadline": date(2026, 1, 1), "received": date(2028, 1, 1)}
        case(session, **early, kind="abbau")  # type: ignore[arg-type]
        cursor = page.cursor
        if cursor is None:
            break
    assert len(seen) == len(ids(seen)) == len(made)
    assert set(ids(seen)) == made
    if sort == "deadline":
        keys = [c.deadline or date.max for c in seen]
        assert keys == sorted(keys)
    else:
        assert [c.received for c in seen] == sorted((c.received for c in seen), reverse=True)
    assert count(session, coordinator, Wanted(kind="abbau")) == len(made) + 4


@pytest.mark.parametrize("cursor", ["x", "", "AAAA", "WzEsMiwzXQ", "bnVsbA", "e30", "=", "ÄÖ"])
def test_a_made_up_cursor_is_refused(session: Session, coordinator: Principal, cursor: str) -> None:
    with pytest.raises(UnusableError, match="cursor"):
        find(session, coordinator, Wanted(), cursor=cursor)


def test_a_cursor_of_the_other_order_is_refused(session: Session, coordinator: Principal) -> None:
    for _ in range(2):
        case(session)
    cursor = find(session, coordinator, Wanted(), most=1).cursor
    with pytest.raises(UnusableError):
        find(session, coordinator, Wanted(sort="received"), cursor=cursor)


def test_planners_find_their_organisations_cases_only(session: Session) -> None:
    ours, theirs = organisation(session), organisation(session)
    mine = case(session, organisation=ours, state=State.CLOSED)
    case(session, organisation=theirs)
    case(session)
    who = principal(account(session, "planner", ours), ours)
    assert ids(found(session, who)) == [mine.id]
    assert found(session, principal(account(session, "planner"))) == []
    assert found(session, PUBLIC) == []


def test_officers_find_others_cases_by_their_outline_only(session: Session) -> None:
    who = principal(account(session, "officer"))
    other = case(session, "Wohngebiet", summary="Fledermaus", kind="bebauungsplan", shape=square())
    closed = case(session, "Wohngebiet", state=State.CLOSED)
    own = case(session, "Wohngebiet", summary="Fledermaus", shape=square(), state=State.CLOSED)
    check(session, version(session, own, square(), number=2), "UNB")
    both = {other.id, own.id}
    assert set(ids(found(session, who))) == both
    assert set(ids(found(session, who, text="Wohngebiet"))) == both
    assert set(ids(found(session, who, box=square()))) == both
    assert closed.id not in ids(found(session, who, text="Wohngebiet"))
    # What they do not see does not give itself away by being found.
    for hidden in (
        {"text": "Fledermaus"}, {"text": other.reference[:3]}, {"kind": "bebauungsplan"},
        {"states": ("received", "closed")}, {"office": "UNB"},
    ):  # fmt: skip
        assert other.id not in ids(found(session, who, **hidden)), hidden
        assert ids(found(session, who, **hidden)) == [own.id], hidden
