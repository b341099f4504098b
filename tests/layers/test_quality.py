"""Whether data are as fresh as promised: by the day that is given, never by the clock."""

from dataclasses import replace
from datetime import date

import pytest

from gis.problem import Text
from layers.layer import Layer, Source
from layers.quality import as_of, joined, overdue, stale

LAYER = Layer(
    code="nsg", title=Text("a", "a"), theme="natur", keeper="UNB", source=Source("file"), id=None,
    name=None, accuracy_m=1.0, half_width=None, linear_reference=None, visibility="public",
    declaratory=False, coverage=None, data_date="2026-01-31", licence="", attribution="", note=None,
    refresh_days=30,
)  # fmt: skip


@pytest.mark.parametrize(
    ("on", "refreshed", "late"),
    [
        ("2026-01-31", None, False),
        ("2026-03-02", None, False),  # the last of the 30 days
        ("2026-03-03", None, True),
        ("2026-03-03", "2026-02-10", False),
        ("2026-03-13", "2026-02-10", True),
        ("2026-03-03", "2025-02-10", True),  # an older look proves nothing newer
    ],
)
def test_overdue_on_the_day_after_the_interval(on: str, refreshed: str | None, late: bool) -> None:
    assert (overdue(LAYER, date.fromisoformat(on), refreshed) is not None) is late


def test_it_says_of_when_and_until_when() -> None:
    text = overdue(LAYER, date(2026, 4, 1))
    assert text is not None
    assert "31.01.2026" in text.de
    assert "02.03.2026" in text.de
    assert "2026-03-02" in text.en


def test_without_an_interval_nothing_is_overdue() -> None:
    assert overdue(replace(LAYER, refresh_days=None), date(2050, 1, 1)) is None


def test_with_an_interval_and_no_date_nobody_knows() -> None:
    text = overdue(replace(LAYER, data_date=None), date(2026, 1, 1))
    assert text is not None
    assert "nicht bekannt" in text.de


def test_the_day_of_the_data_is_the_catalogues_or_that_of_publishing() -> None:
    assert as_of(LAYER, "2026-02-02") == "2026-01-31"
    assert as_of(replace(LAYER, data_date=None), "2026-02-02") == "2026-02-02"
    assert as_of(replace(LAYER, data_date=None)) is None


def test_a_renewal_that_fails_is_told_with_its_reason() -> None:
    state = {"stale_since": "2026-02-03T04:05:06+00:00", "reason": {"de": "kaputt", "en": "broken"}}
    assert stale(state) == Text(
        "Seit dem 03.02.2026 scheitert die Erneuerung: kaputt",
        "Since 2026-02-03 the renewal fails: broken",
    )
    assert stale({}) is None
    assert stale({"stale_since": None, "reason": None}) is None


def test_joined_says_all_there_is() -> None:
    assert joined(None, None) is None
    assert joined(Text("a", "b"), None, Text("c", "d")) == Text("a c", "b d")
