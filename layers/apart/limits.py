"""How much one task may take, and which means keep it apart from everything else."""

from dataclasses import dataclass

from gis.problem import Text

MB = 1 << 20


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
    def complete(self) -> bool:
        """Whether a child that was taken over could neither call anybody nor read data."""
        return self.network != "settings" and self.files

    @property
    def text(self) -> Text:
        """One sentence for whoever operates the service."""
        network = NETWORK[self.network]
        files = SHUT if self.files else OPEN
        user = OTHER if self.user else SAME
        lim = self.limits
        return Text(
            f"Gelesen wird in Kindprozessen: {network.de}; {files.de}; {user.de}; höchstens "
            f"{lim.cpu_s} s Rechenzeit, {lim.wall_s:g} s, {lim.memory_mb} MB.",
            f"Files are read in child processes: {network.en}; {files.en}; {user.en}; at most "
            f"{lim.cpu_s} s of computing, {lim.wall_s:g} s, {lim.memory_mb} MB.",
        )


NETWORK = {
    "namespace": Text("ohne Netz (eigener Namensraum)", "no network (a namespace of their own)"),
    "seccomp": Text("ohne Netz (Systemaufrufe gefiltert)", "no network (system calls filtered)"),
    "settings": Text(
        "NICHT vom Netz getrennt (weder Namensraum noch Filter erlaubt)",
        "NOT cut off from the network (neither namespace nor filter allowed)",
    ),
}
SHUT = Text("nur der eigene Ordner sichtbar", "only their own folder in sight")
OPEN = Text("alle Dateien des Benutzers sichtbar", "all files of the user in sight")
OTHER = Text("unter einem anderen Benutzer", "as another user")
SAME = Text("unter demselben Benutzer", "as the same user")
