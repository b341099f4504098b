"""Every way to hand in a file, as the routes of an application and the forms of its pages say."""

import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, get_args
from uuid import uuid4

from fastapi import FastAPI, UploadFile
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts
from pydantic import BaseModel

from service.portal.forms import Act, InForm

# Forms of which no model says under which names files come.
UNSAID = {"POST /regelvergleich": ("file",), "POST /varianten": ("file-A", "file-B")}
SENT = get_args(InForm)[1].dependency


@dataclass(frozen=True)
class Way:
    """A route, the fields that choose what it does, and the names under which it takes files."""

    route: str
    fields: Mapping[str, str]
    files: tuple[str, ...]


def taking(app: FastAPI) -> Iterator[Way]:
    """Yield every way."""
    for found in iter_route_contexts(app.routes):
        if isinstance(found.route, APIRoute):
            for method in found.methods:
                yield from _ways(f"{method} {found.path}", found.route)


def _ways(name: str, route: APIRoute) -> Iterator[Way]:
    for one in _needed(route.dependant):
        for field in one.body_params:
            kind = field.field_info.annotation
            if _is_file(kind):
                yield Way(name, {}, (field.name,))
            elif files := _files(kind):
                for act in _acts(kind) or ("",):
                    yield Way(name, {"act": act} if act else {}, files)
        if one.call is SENT:
            yield from _forms(name, route.endpoint)


def _needed(one: Dependant) -> Iterator[Dependant]:
    yield one
    for other in one.dependencies:
        yield from _needed(other)


def _forms(name: str, endpoint: Callable[..., Any]) -> Iterator[Way]:
    """Yield the forms of a page that hold files, of `ACTS` of its module."""
    acts = getattr(sys.modules[endpoint.__module__], "ACTS", None)
    if acts is None:
        assert name in UNSAID, f"{name}: under which names do files come?"
        yield Way(name, {}, UNSAID[name])
        return
    of_roles = [some for some in acts.values() if isinstance(some, Mapping)]
    for act, how in (pair for some in (acts, *of_roles) for pair in some.items()):
        if isinstance(how, Act) and (files := _files(how.model)):
            yield Way(name, {"act": act, "of": str(uuid4())}, files)


def _files(model: Any) -> tuple[str, ...]:
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        return ()
    return tuple(name for name, one in model.model_fields.items() if _is_file(one.annotation))


def _is_file(kind: Any) -> bool:
    return kind is UploadFile or any(_is_file(one) for one in get_args(kind))


def _acts(model: type[BaseModel]) -> tuple[str, ...]:
    """Return the words of a form that says itself which of its buttons was pressed."""
    act = model.model_fields.get("act")
    return () if act is None else get_args(act.annotation)
