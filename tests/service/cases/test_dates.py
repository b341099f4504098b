"""Days that an XPlanGML file names, as a case keeps them."""

from datetime import date

from service.cases.dates import known, of_file, of_plan


def test_the_days_of_a_file_become_those_of_the_procedure() -> None:
    said = {
        "aufstellungsbeschlussDatum": ["2025-03-01"],
        "auslegungsStartDatum": ["2025-06-02", "2026-01-05"],  # two rounds: the later one runs
        "auslegungsEndDatum": ["2026-02-06", "kein Tag"],
        "satzungsbeschlussDatum": ["2026-13-01"],
        "technHerstellDatum": ["2026-01-01"],
    }
    assert of_file(said) == {
        "resolution": "2025-03-01",
        "public_from": "2026-01-05",
        "public_to": "2026-02-06",
    }


def test_a_question_names_no_days_and_what_is_no_day_is_left_out() -> None:
    assert of_plan(ValueError()) == {}
    kept = {"public_from": "2026-01-05", "hearing": ["2026-01-05"], "adoption": "bald"}
    assert known(kept) == {"public_from": date(2026, 1, 5)}
