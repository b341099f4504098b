import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis.problem import Refusal
from layers.harvest.proof import Account, Ending, Tally, prove
from layers.reading import Features
from layers.reading.features import shapes


def code(account: Account) -> str | None:
    try:
        prove(account)
    except Refusal as refusal:
        return refusal.code
    return None


@pytest.mark.parametrize(
    ("account", "expected"),
    [
        (Account(2_500, 2_500, {"hits": 2_500}, "empty"), None),
        (Account(2_500, 2_500, {"hits": 1_000}, "empty"), None),
        (Account(2_500, 2_500, {"hits": 1_000, "page": 2_500}, "empty"), None),
        (Account(1_000, 1_000, {"hits": 1_000, "page": 2_500}, "empty"), "source-incomplete"),
        (Account(1_000, 1_000, {"hits": 2_500}, "empty"), "source-incomplete"),
        (Account(2_500, 1_000, {"hits": 2_500}, "empty"), "source-repeats"),
        (Account(2_500, 2_500, {}, "empty"), None),
        (Account(7, 7, {}, "single"), "source-incomplete"),
        (Account(7, 7, {"hits": 7}, "single"), None),
        (Account(7, 7, {}, "last-link"), None),
        (Account(7, 7, {}, "last-link", full=True), "source-incomplete"),
        (Account(7, 7, {"numberMatched": 7}, "last-link", full=True), None),
        (Account(0, 0, {"hits": 0}, "empty"), None),
        (Account(0, 0, {"hits": 1}, "empty"), "source-incomplete"),
        (Account(7, 7, {"count": 7, "ids": 7}, "all-ids"), None),
        (Account(7, 7, {"count": 8, "ids": 7}, "all-ids"), "source-incomplete"),
    ],
)
def test_verdicts(account: Account, expected: str | None) -> None:
    assert code(account) == expected


@given(
    received=st.integers(0, 50),
    repeated=st.integers(0, 5),
    announced=st.dictionaries(st.sampled_from(["hits", "page"]), st.integers(0, 60)),
    ended=st.sampled_from(["empty", "last-link", "all-ids", "single", "cursor"]),
    full=st.booleans(),
)
def test_complete_means_that_no_sign_speaks_against_it(
    received: int, repeated: int, announced: dict[str, int], ended: Ending, full: bool
) -> None:
    distinct = max(0, received - repeated)
    account = Account(received, distinct, announced, ended, full=full)

    complete = code(account) is None

    doubts = [distinct < received, any(n > received for n in announced.values())]
    doubts.append(not announced and (ended == "single" or (ended == "last-link" and full)))
    assert complete == (not any(doubts))


def test_a_lie_is_written_down() -> None:
    notes = prove(Account(2_500, 2_500, {"hits": 1_000, "page": 2_500}, "empty", "content"))

    assert [note.code for note in notes] == ["count-understated", "no-ids"]
    assert "1000" in notes[0].text.de
    assert "2500" in notes[0].text.en


def features(*numbers: int) -> Features:
    points = [shapely.Point(n, 0) for n in numbers]
    return Features(shapes(points), tuple({"nr": n} for n in numbers), "EPSG:25833", "test")


def test_every_object_counts_once() -> None:
    tally = Tally()
    tally.add(features(1, 2), ["a", "b"])
    tally.add(features(3), ["c"])
    tally.add(features(), [])

    assert (tally.received, tally.distinct, tally.evidence) == (3, 3, "ids")
    assert tally.knows(features(1), ["b"])
    assert not tally.knows(features(4), ["d"])


@pytest.mark.parametrize(
    ("second", "ids"),
    [
        (features(1, 2), ["a", "b"]),  # the same page
        (features(2, 3), ["b", "c"]),  # a window that overlaps
        (features(1, 2), ["x", "y"]),  # the same page under new ids
        (features(9, 9), ["d", "d"]),  # one id for two
    ],
)
def test_anything_that_comes_twice_is_refused(second: Features, ids: list[str]) -> None:
    tally = Tally()
    tally.add(features(1, 2), ["a", "b"])

    with pytest.raises(Refusal) as caught:
        tally.add(second, ids)
    assert caught.value.code == "source-repeats"


def test_without_ids_twins_on_one_page_are_in_the_data() -> None:
    tally = Tally()
    tally.add(features(1, 1, 2), [None, None, None])

    assert (tally.received, tally.distinct, tally.evidence) == (3, 3, "content")
    with pytest.raises(Refusal):
        tally.add(features(1, 3), [None, None])


def test_objects_without_a_place_are_objects() -> None:
    nowhere = Features(shapes([None, None]), ({"nr": 1}, {"nr": 2}), None, "test")
    tally = Tally()
    tally.add(nowhere, [None, None])

    assert tally.distinct == 2
    assert np.array_equal(nowhere.geometries == None, [True, True])  # noqa: E711
