"""Forms of pages: what was sent is done and the page shown anew, or told why not where it stands.

A page has one address for all its forms; the field `act` says which of them was sent.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Generic, TypeVar, get_origin

from fastapi import Depends, Request
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ValidationError
from sqlalchemy.orm import Session

from gis.problem import Problem, Text
from service.errors import NotFoundError, ServiceError

NO_FIELDS = ("csrf", "act", "of")
MISSING = Text("Bitte ausfüllen.", "Please fill this in.")
TOLD: Mapping[str, Text] = {
    "missing": MISSING,
    "day": Text("Bitte als Tag angeben, etwa 31.01.2027.", "Please give a day, 2027-01-31."),
    "string_too_long": Text("Bitte kürzer fassen.", "Please make this shorter."),
    "string_too_short": MISSING,
    "too_short": Text("Bitte mehr auswählen.", "Please choose more."),
    "too_long": Text("Bitte weniger auswählen.", "Please choose fewer."),
    "literal_error": Text("Bitte eine Möglichkeit wählen.", "Please choose one of them."),
}
UNUSABLE = Text("Das lässt sich so nicht verwenden.", "This cannot be used as it is.")
LOOK = Text("Bitte die Angaben prüfen.", "Please look at what you have entered.")


@dataclass(frozen=True, slots=True)
class Sent:
    """A form as it came; `of` tells apart the forms of one kind, as one for each office."""

    act: str
    of: str
    fields: Mapping[str, list[Any]]


@dataclass(frozen=True, slots=True)
class Failed:
    """Why a form was not taken: as a whole, and by field; `given` is what it held."""

    act: str
    of: str
    text: Text
    status: int
    fields: Mapping[str, Text] = field(default_factory=dict)
    given: Mapping[str, str] = field(default_factory=dict)

    def at(self, act: str, of: object = "") -> bool:
        """Tell whether it is this form."""
        return (self.act, self.of) == (act, str(of))


Context = TypeVar("Context")


@dataclass(frozen=True, slots=True)
class Act(Generic[Context]):
    """What a form says, and what is done with it."""

    model: type[BaseModel]
    do: Callable[[Context, str, Any], None]


async def _sent(request: Request) -> AsyncIterator[Sent]:
    async with request.form() as form:  # the files that came are closed when it is done
        fields = {name: form.getlist(name) for name in form if name not in NO_FIELDS}
        yield Sent(str(form.get("act", "")), str(form.get("of", "")), fields)


InForm = Annotated[Sent, Depends(_sent, scope="function")]


def done(
    session: Session, sent: Sent, acts: Mapping[str, Act[Context]], context: Context
) -> Failed | None:
    """Do what a form asks for, all of it or nothing; return why it was not, if it was not.

    Raises
    ------
    NotFoundError
        If the page has no such form, or what it is about is not there.
    """
    act = acts.get(sent.act)
    if act is None:
        raise NotFoundError
    try:
        said = act.model.model_validate(_values(act.model, sent.fields))
        with session.begin_nested():
            act.do(context, sent.of, said)
    except ValidationError as error:
        return _failed(sent, LOOK, 422, _faults(error))
    except NotFoundError:
        raise
    except ServiceError as error:
        return _failed(sent, error.text, error.status)
    except Problem as problem:
        return _failed(sent, problem.text, 422)
    return None


def again(request: Request, to: str = "") -> RedirectResponse:
    """Return the way back to the page a form stands on, so that reloading does nothing twice."""
    return RedirectResponse(f"{request.scope.get('root_path', '')}{request.url.path}{to}", 303)


def _values(model: type[BaseModel], fields: Mapping[str, list[Any]]) -> dict[str, Any]:
    """Return what a browser sent as its model takes it; empty fields say nothing."""
    lists = {n for n, f in model.model_fields.items() if get_origin(f.annotation) is list}
    values: dict[str, Any] = {name: [] for name in lists}  # a browser leaves out what is not ticked
    for name, all_given in fields.items():
        given = [one for one in all_given if not _is_empty(one)]
        if name in lists:
            values[name] = given
        elif given:
            values[name] = given[-1]
    return values


def _is_empty(given: Any) -> bool:
    if isinstance(given, str):
        return not given.strip()
    return not getattr(given, "filename", None)


def _faults(error: ValidationError) -> dict[str, Text]:
    found: dict[str, Text] = {}
    for one in error.errors():
        name = str(one["loc"][0]) if one["loc"] else ""
        found.setdefault(name, TOLD.get(one["type"], UNUSABLE))
    return found


def _failed(
    sent: Sent, text: Text, status: int, fields: Mapping[str, Text] | None = None
) -> Failed:
    given = {n: v[-1] for n, v in sent.fields.items() if v and isinstance(v[-1], str)}
    return Failed(sent.act, sent.of, text, status, fields or {}, given)
