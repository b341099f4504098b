"""What a caller of the service can meet; anything else is a bug.

Each error has a stable code (the type of an RFC 9457 problem), an HTTP status, and a sentence in
both languages that says what to do. Only `service.api.problems` turns them into answers.
"""

from typing import Any

from gis.problem import Text


class ServiceError(Exception):
    """Base of every expected error of the service."""

    status = 400

    def __init__(self, code: str, text: Text, **more: Any) -> None:
        super().__init__(text.en)
        self.code = code
        self.text = text
        self.more = more  # members of the problem beyond the standard's: limits, proposals


class NotFoundError(ServiceError):
    """No such thing, or nothing this caller may know of."""

    status = 404

    def __init__(self) -> None:
        super().__init__(
            "not-found",
            Text(
                "Das gibt es nicht, oder es ist für Sie nicht sichtbar.",
                "There is no such thing, or it is not visible to you.",
            ),
        )


class UnauthenticatedError(ServiceError):
    """Nobody knows who is asking."""

    status = 401


class ForbiddenError(ServiceError):
    """Known, but not allowed to do this."""

    status = 403


class ConflictError(ServiceError):
    """Does not fit the state things are in."""

    status = 409


class GoneStaleError(ServiceError):
    """The thing was changed meanwhile (If-Match)."""

    status = 412


class TooLargeError(ServiceError):
    """Larger than a limit, which is named."""

    status = 413


class UnusableError(ServiceError):
    """Understood, but cannot be used."""

    status = 422


class TooManyError(ServiceError):
    """Too often within a time; `retry_after_s` says when to try again."""

    status = 429


class UnavailableError(ServiceError):
    """Not now: the database or the disk cannot take it."""

    status = 503


class UnconditionalError(ServiceError):
    """Must say which state of the thing it is about (If-Match)."""

    status = 428
