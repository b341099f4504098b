"""How much one task may take, which means keep it apart from everything else, and their want."""

import errno
from dataclasses import dataclass

from gis.problem import Text

MB = 1 << 20
FULL = frozenset({errno.ENOSPC, errno.EDQUOT})  # a fault of the disk, and of no file


class UnavailableError(Exception):
    """No child can be started, or none has room to work; nothing is wrong with the task."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one task may take before it is ended.

    `memory_mb` is address space beyond what an idle child has; `cpu_s` and `wall_s` are seconds
    from the moment it begins; `file_mb` is the size of a file it writes, `answer_mb` of what it
    answers; `files` is how many it may hold open. What computes is ended by `cpu_s`; `wall_s` ends
    what waits for nothing, and leaves room for a machine that has much else to do.
    """

    memory_mb: int = 1024
    cpu_s: int = 5
    wall_s: float = 30.0
    file_mb: int = 512
    answer_mb: int = 64
    files: int = 64


@dataclass(frozen=True, slots=True)
class Isolation:
    """The means in force on this machine, for whoever operates it.

    `network` is ``namespace`` (there is none), ``seccomp`` (no sockets) or ``settings`` (the
    libraries are told not to; nothing stops a library that was taken over). `calls` tells
    whether system calls are filtered, `files` whether only its own folder and the program can be
    seen, `user` whether it runs as another user than the service.
    """

    network: str
    calls: bool
    files: bool
    user: bool
    limits: Limits

    @property
    def missing(self) -> tuple[Text, ...]:
        """What this machine does not let a child have; another user is no matter of the machine."""
        there = {"namespace": self.network == "namespace", "calls": self.calls, "files": self.files}
        return tuple(MEANS[name] for name, had in there.items() if not had)

    @property
    def complete(self) -> bool:
        """Whether every means is in force; what is left of them holds by itself."""
        return not self.missing

    @property
    def text(self) -> Text:
        """What is in force and what is missing, for whoever operates the service."""
        means = _joined(
            NETWORK[self.network], SHUT if self.files else OPEN, OTHER if self.user else SAME
        )
        lacking, lim = _joined(*self.missing), self.limits
        return Text(
            f"Gelesen wird in Kindprozessen: {means.de}; höchstens {lim.cpu_s} s Rechenzeit, "
            f"{lim.wall_s:g} s, {lim.memory_mb} MB."
            + (f" Es fehlt: {lacking.de}." if self.missing else ""),
            f"Files are read in child processes: {means.en}; at most {lim.cpu_s} s of computing, "
            f"{lim.wall_s:g} s, {lim.memory_mb} MB."
            + (f" Missing: {lacking.en}." if self.missing else ""),
        )


def _joined(*parts: Text) -> Text:
    return Text("; ".join(each.de for each in parts), "; ".join(each.en for each in parts))


NETWORK = {
    "namespace": Text("ohne Netz (eigener Namensraum)", "no network (a namespace of their own)"),
    "seccomp": Text("ohne Netz (Systemaufrufe gefiltert)", "no network (system calls filtered)"),
    "settings": Text(
        "NICHT vom Netz getrennt (weder Namensraum noch Filter erlaubt)",
        "NOT cut off from the network (neither namespace nor filter allowed)",
    ),
}
MEANS = {
    "namespace": Text("ein Namensraum ohne Netz", "a namespace without network"),
    "calls": Text("der Filter der Systemaufrufe", "the filter of system calls"),
    "files": Text("Landlock, das fremde Dateien verdeckt", "Landlock, which hides others' files"),
}
SHUT = Text("nur der eigene Ordner sichtbar", "only their own folder in sight")
OPEN = Text("alle Dateien des Benutzers sichtbar", "all files of the user in sight")
OTHER = Text("unter einem anderen Benutzer", "as another user")
SAME = Text("unter demselben Benutzer", "as the same user")
