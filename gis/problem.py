"""What can be wrong with a geometry or a file, in words for people and a code for programs.

Three degrees: a `Refusal` ends the matter, a `Question` ends it until a person has decided,
a `Notice` goes along with an accepted plan. Codes are stable; texts are German and English.
"""

import re
from dataclasses import dataclass
from typing import NamedTuple


class Text(NamedTuple):
    """The same sentence in German and English."""

    de: str
    en: str

    def in_language(self, language: str) -> str:
        """Return the English text for ``en``, the German one for anything else."""
        return self.en if language == "en" else self.de


# Within a sentence: an option of the command line, a field of the interface for programs.
ASIDE = re.compile(r"\s*\((?:--[^()]*|`[\w.]+`)\)|; `known` [^.;]*")


def plainly(text: str) -> str:
    """Return a sentence without what only a command line or a program needs, for people at a page.

    Such things stand in brackets: ``(--crs)``, ``(`state`)``.
    """
    return ASIDE.sub("", text)


@dataclass(frozen=True, slots=True)
class Notice:
    """Something a reader of the result must know: repaired, assumed, ignored."""

    code: str
    text: Text


@dataclass(frozen=True, slots=True)
class Proposal:
    """One way to answer a question: what it means, and the option that says so."""

    text: Text
    option: str  # as typed after `belang check PLAN`, e.g. "--crs EPSG:31468"


class Problem(Exception):  # the base; what is raised is a Refusal or a Question
    """Base of everything a user can mend; anything else that is raised is a bug."""

    def __init__(self, code: str, text: Text) -> None:
        super().__init__(text.en)
        self.code = code
        self.text = text


class Refusal(Problem):
    """Cannot be used; the text says what is wrong and what to do next."""


class Question(Problem):
    """Only a person can decide; every proposal is a complete answer."""

    def __init__(self, code: str, text: Text, proposals: tuple[Proposal, ...]) -> None:
        super().__init__(code, text)
        self.proposals = proposals
