"""A problem on its way out of a child: said there, raised here."""

import re
from dataclasses import dataclass

from shapely.errors import GEOSException

from gis.problem import Problem, Proposal, Question, Refusal, Text

CODE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
LONGEST = 60  # characters of a code


def is_code(text: str) -> bool:
    """Tell whether this can be the code of a problem, which stands in headers and addresses."""
    return len(text) <= LONGEST and CODE.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Told:
    """A refusal, or (with `asks`) a question; its code has to be one."""

    asks: bool
    code: str
    text: Text
    proposals: tuple[Proposal, ...]

    def __post_init__(self) -> None:
        """Hold it to what it may be: it comes from a process that may have been taken over."""
        if not is_code(self.code):
            raise ValueError("no code")

    @property
    def problem(self) -> Problem:
        """What was said, to be raised."""
        if self.asks:
            return Question(self.code, self.text, self.proposals)
        return Refusal(self.code, self.text)


def told(problem: Problem) -> Told:
    """Return a problem as it travels.

    Raises
    ------
    MemoryError
        If that was what a refusal goes back to.
    """
    if isinstance(problem, Question):
        return Told(True, problem.code, problem.text, problem.proposals)
    if _wanted_memory(problem):
        raise MemoryError from problem
    return Told(False, problem.code, problem.text, ())


def _wanted_memory(error: BaseException | None) -> bool:
    """Tell whether an error goes back to a lack of memory, in Python or in GEOS."""
    while error is not None:
        if isinstance(error, MemoryError):
            return True
        if isinstance(error, GEOSException) and "bad_alloc" in str(error):
            return True
        error = error.__cause__
    return False
