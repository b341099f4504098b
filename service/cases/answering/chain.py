"""The chain of signatures under a contribution: who comes after whom, who may sign. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from gis.problem import Text
from service.house.house import HouseOffice

HEAD, DEPUTY = "head", "deputy:"


@dataclass(frozen=True, slots=True)
class Link:
    """One step of a chain; `office`: only its people may sign, None: whoever has the function."""

    code: str
    function: Text
    mailbox: str | None
    office: str | None


def chain(office: HouseOffice, code: str, procedure: str | None) -> tuple[Link, ...]:
    """Return who signs a contribution of an office, in order; its head last, who releases it."""
    steps = tuple(
        Link(one.code, one.function, one.mailbox, None)
        for one in office.sign_off
        if not one.procedures or procedure in one.procedures
    )
    if not office.head_releases or office.head is None:
        return steps
    return (*steps, Link(HEAD, office.head.function, office.head.mailbox, code))


def may_sign(
    functions: frozenset[str], own: str | None, code: str, office: str | None
) -> str | None:
    """Return in which function somebody may sign a step: the step's own, or its deputy's.

    `own` is their office; `office` that of the step. None where they may not.
    """
    if office is not None and own != office:
        return None
    return next((f for f in (code, DEPUTY + code) if f in functions), None)


def following(states: Sequence[str]) -> int | None:
    """Return the index of the step to be asked next; None where all have signed."""
    return next((at for at, state in enumerate(states) if state not in ("signed", "void")), None)
