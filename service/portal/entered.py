"""What a browser sends, as the forms take it: empty fields say nothing, a comma is a point."""

from typing import Any
from uuid import UUID

from service.errors import NotFoundError


def is_empty(given: Any) -> bool:
    """Tell whether a field was left empty; a file that was not chosen comes without a name."""
    if isinstance(given, str):
        return not given.strip()
    return getattr(given, "filename", None) == "" and not getattr(given, "size", 1)


def decimal(given: Any) -> Any:
    """Return a number as a German writes it (3,5) as a program reads it."""
    return given.strip().replace(",", ".") if isinstance(given, str) else given


def number(of: str) -> UUID:
    """Return the number of what a form is about.

    Raises
    ------
    NotFoundError
        If it is none.
    """
    try:
        return UUID(of)
    except ValueError as error:
        raise NotFoundError from error
