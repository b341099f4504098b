"""How much one task may take, and which means keep it apart from everything else."""

from dataclasses import dataclass

MB = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """What one task may take before it is ended.

    `memory_mb` is address space beyond what an idle child has; `cpu_s` and `wall_s` are seconds
    from the moment it begins; `file_mb` is the size of a file it writes, `answer_mb` of what it
    answers; `files` is how many it may hold open.
    """

    memory_mb: int = 1024
    cpu_s: int = 5
    wall_s: float = 8.0
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
