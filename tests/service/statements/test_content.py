"""The content as data: the same bytes for the same statement, described by a published schema."""

import json
from dataclasses import replace
from pathlib import Path

import jsonschema_rs
import pytest

from service.statements.canonical import FORMAT, from_bytes, schema, schema_of, to_bytes
from tests.service.statements.sample import content


def test_it_comes_back_as_it_was(sample: Path) -> None:
    whole = content(sample)
    again = from_bytes(to_bytes(whole))
    assert to_bytes(again) == to_bytes(whole)
    assert again.points == whole.points
    assert again.checked == whole.checked


def test_the_published_schema_describes_it(sample: Path) -> None:
    assert schema() == schema_of(), "service/statements/schema.json is not what the classes say"
    jsonschema_rs.validator_for(dict(schema())).validate(json.loads(to_bytes(content(sample))))


def test_the_schema_refuses_what_is_no_statement(sample: Path) -> None:
    document = json.loads(to_bytes(content(sample)))
    document["voices"][0]["points"][0]["kind"] = "wunsch"
    assert not jsonschema_rs.validator_for(dict(schema())).is_valid(document)


def test_equal_statements_give_equal_bytes_and_others_do_not(sample: Path) -> None:
    whole = content(sample)
    assert to_bytes(content(sample)) == to_bytes(whole)
    assert to_bytes(replace(whole, version=3)) != to_bytes(whole)


@pytest.mark.parametrize("data", [b"{}", b'{"format": "x"}', f'{{"format": "{FORMAT}"}}'.encode()])
def test_other_data_are_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="statement"):
        from_bytes(data)
