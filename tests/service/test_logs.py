"""The log: one line an event, nothing personal, whatever it is given."""

import json
import logging
import warnings
from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from service import logs
from service.config import Settings
from service.db import engine_for, transaction

CANARY = "Kanarienvogel"
log = logging.getLogger("service.somewhere")


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = before
    logging.captureWarnings(False)


def _configured(form: str = "json", level: str = "INFO") -> None:
    logs.configure(Settings.model_validate({"log_format": form, "log_level": level}))


def _lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_an_event_is_one_object_with_its_facts(capsys: pytest.CaptureFixture[str]) -> None:
    _configured()
    token = logs.request_id.set("0123456789abcdef")
    log.info("job done", extra={"facts": {"job": 7, "queue": "checks"}})
    logs.request_id.reset(token)
    (line,) = _lines(capsys)
    assert str(line.pop("at")).endswith("+00:00")
    assert line == {
        "level": "INFO",
        "logger": "service.somewhere",
        "message": "job done",
        "request": "0123456789abcdef",
        "job": 7,
        "queue": "checks",
    }


def test_less_than_the_level_is_not_written(capsys: pytest.CaptureFixture[str]) -> None:
    _configured(level="WARNING")
    log.info("quiet")
    log.warning("loud")
    assert [line["message"] for line in _lines(capsys)] == ["loud"]


@pytest.mark.parametrize("form", ["json", "text"])
@pytest.mark.parametrize(
    "end", ["\n", "\r", "\r\n", "\x1b[2J", "\u2028", "\x85", "\x00", "\u202e", "\ud800"]
)
def test_no_value_ends_a_line_or_moves_the_terminal(
    form: str, end: str, capsys: pytest.CaptureFixture[str]
) -> None:
    _configured(form)
    forged = f'a{end}{{"level": "ERROR", "message": "forged"}}'
    log.info("said", extra={"facts": {"value": forged}})
    written = capsys.readouterr().err
    assert len(written.splitlines()) == 1
    assert all(c.isprintable() for c in written.rstrip("\n"))
    if form == "json":
        assert json.loads(written)["value"] == forged


def test_of_an_exception_type_and_place_are_written_not_its_text(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for form in ("json", "text"):
        _configured(form)
        try:
            try:
                raise KeyError(CANARY)
            except KeyError as error:
                raise ValueError(f"cannot read {CANARY}.geojson") from error
        except ValueError:
            log.exception("bug")
        written = capsys.readouterr().err
        assert CANARY not in written
        assert "ValueError" in written
        assert "test_logs.py" in written
    _configured()
    log.warning("without", exc_info=True)
    assert "error" not in _lines(capsys)[0]


def test_what_libraries_say_is_withheld(capsys: pytest.CaptureFixture[str]) -> None:
    _configured()
    logging.getLogger("pyogrio._io").warning("cannot open %s.gpkg", CANARY)
    logging.getLogger("serviceable").warning(CANARY)
    logging.getLogger("serviceable").info(CANARY)
    logging.getLogger("uvicorn.error").info("running on %s", CANARY)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn(CANARY, stacklevel=1)
    written = _lines(capsys)
    assert CANARY not in str(written)
    assert [line["message"] for line in written][2] == "running on %s"
    assert str(written[0]["message"]).startswith("(message of a library, from test_logs.py:")
    assert len(written) == 4


def test_a_statement_that_fails_does_not_tell_its_values(database_url: str) -> None:
    engine = engine_for(database_url)
    with pytest.raises(DBAPIError) as caught, transaction(engine) as session:
        session.execute(text("select :name from nowhere"), {"name": CANARY})
    engine.dispose()
    assert CANARY not in str(caught.value)
