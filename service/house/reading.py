"""The house rules as a YAML file, checked against `schema.json`, every fault with its line."""

import json
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema_rs

from layers.complaint import complaints
from layers.document import CatalogueError, Document, Fault, Key, read_document
from layers.entry import text_from
from service.config import Settings
from service.house.house import (
    Committee,
    Function,
    House,
    HouseCalendar,
    HouseOffice,
    LeadDays,
    Letterhead,
    Reminders,
    Signer,
)

SAMPLE, SCHEMA = "sample.yaml", "schema.json"


def open_house(settings: Settings, offices: Collection[str] | None = None) -> House:
    """Return the house the settings name; the sample's without one.

    Raises
    ------
    CatalogueError
        With every fault found: file, line, key and what is wrong. `offices` are those of the
        catalogue; a district's own file may name no other.
    """
    if settings.house is not None:
        return house_from(read_document(settings.house.resolve()), offices)
    text = resources.files(__package__).joinpath(SAMPLE).read_text(encoding="utf-8")
    return house_from(read_document(Path(SAMPLE), text))


def house_from(document: Document, offices: Collection[str] | None = None) -> House:
    """Return the house a document describes; errors as `open_house`."""
    faults = list(_against_schema(document)) or list(_loose_ends(document, offices))
    if faults:
        raise CatalogueError(faults)
    said = document.data
    template = said.get("template")
    return House(
        letterhead=_letterhead(said["letterhead"]),
        template=None if template is None else document.path.parent / template,
        staff_unit=frozenset(said.get("staff_unit", [])),
        offices={code: _office(office) for code, office in said.get("offices", {}).items()},
        sign_off=_steps(said),
        committee=_committee(said["committee"]) if "committee" in said else None,
        lead_days=LeadDays(**said.get("lead_days", {})),
        reminders=Reminders(**_tuples(said.get("reminders", {}))),
        calendar=_calendar(said.get("calendar", {})),
        texts={name: text_from(text) for name, text in said.get("texts", {}).items()},
    )


@cache
def house_schema() -> Mapping[str, Any]:
    """Return the JSON Schema of a house file."""
    content = resources.files(__package__).joinpath(SCHEMA).read_text(encoding="utf-8")
    return dict(json.loads(content))


def _against_schema(document: Document) -> Iterator[Fault]:
    for error in jsonschema_rs.validator_for(dict(house_schema())).iter_errors(document.data):
        for key, message in complaints(error, house_schema()):
            yield document.fault(key, message)


def _loose_ends(document: Document, offices: Collection[str] | None) -> Iterator[Fault]:
    said = document.data
    for code in said.get("offices", {}):
        if offices is not None and code not in offices:
            yield document.fault(("offices", code), "is no office of the catalogue")
    for number, code in enumerate(said.get("staff_unit", [])):
        if offices is not None and code not in offices:
            yield document.fault(("staff_unit", number), "is no office of the catalogue")
    for code, office in said.get("offices", {}).items():
        if office.get("head_releases") and "head" not in office:
            yield document.fault(("offices", code, "head_releases"), "needs `head`")
    for number, day in enumerate(said.get("committee", {}).get("sittings", [])):
        yield from _no_day(document, ("committee", "sittings", number), day)
    for number, day in enumerate(said.get("calendar", {}).get("closed", [])):
        whole = day if len(day) > 5 else f"2028-{day}"  # a leap year: 02-29 is a day
        yield from _no_day(document, ("calendar", "closed", number), whole)
    template = said.get("template")
    if template is not None and not (document.path.parent / template).is_file():
        yield document.fault(("template",), f"no such file: {template}")


def _no_day(document: Document, key: Key, day: str) -> Iterator[Fault]:
    try:
        date.fromisoformat(day)
    except ValueError:
        yield document.fault(key, f"there is no such day: {day}")


def _letterhead(said: Mapping[str, Any]) -> Letterhead:
    texts = {"name": text_from(said["name"]), "unit": text_from(said["unit"])}
    return Letterhead(**{**said, **texts, "address": tuple(said["address"])})


def _function(said: Mapping[str, Any]) -> Function:
    return Function(text_from(said["function"]), said["mailbox"])


def _deputies(said: Mapping[str, Any]) -> tuple[Function, ...]:
    return tuple(_function(one) for one in said.get("deputies", []))


def _office(said: Mapping[str, Any]) -> HouseOffice:
    return HouseOffice(
        mailbox=said["mailbox"],
        head=_function(said["head"]) if "head" in said else None,
        head_releases=said.get("head_releases", False),
        deputies=_deputies(said),
        answering_days=said.get("answering_days"),
        sign_off=_steps(said),
    )


def _steps(said: Mapping[str, Any]) -> tuple[Signer, ...]:
    return tuple(
        Signer(
            step["code"],
            text_from(step["function"]),
            step["mailbox"],
            _deputies(step),
            frozenset(step.get("procedures", [])),
        )
        for step in said.get("sign_off", [])
    )


def _committee(said: Mapping[str, Any]) -> Committee:
    return Committee(
        name=text_from(said["name"]),
        mailbox=said.get("mailbox"),
        lead_days=said["lead_days"],
        procedures=frozenset(said.get("procedures", [])),
        sittings=tuple(sorted(map(date.fromisoformat, said.get("sittings", [])))),
    )


def _calendar(said: Mapping[str, Any]) -> HouseCalendar:
    sets = {name: frozenset(value) for name, value in said.items() if isinstance(value, list)}
    return HouseCalendar(**{**said, **sets})


def _tuples(said: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(v) if isinstance(v, list) else v for name, v in said.items()}
