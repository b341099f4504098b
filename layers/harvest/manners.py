"""How Belang behaves towards other people's servers, and how long it puts up with them."""

from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version


def _user_agent() -> str:
    try:
        return f"belang/{version('belang')}"
    except PackageNotFoundError:  # run from a checkout that was never installed
        return "belang"


@dataclass(frozen=True, slots=True)
class Manners:
    """Limits of one harvest: times in seconds, sizes in bytes.

    `parallel` and `per_second` hold for one server, over all harvests of a process. A body must
    arrive with `least_rate` bytes a second, measured after `patience` seconds. `longest_wait`
    bounds a single pause and all pauses of a request together, whatever ``Retry-After`` says.
    """

    user_agent: str = _user_agent()
    parallel: int = 2
    per_second: float = 5.0
    connect: float = 10.0
    read: float = 60.0
    request: float = 600.0
    harvest: float = 4 * 3600.0
    patience: float = 20.0
    least_rate: float = 1_000.0
    attempts: int = 5
    first_wait: float = 1.0
    longest_wait: float = 120.0
    redirects: int = 5
    most_received: int = 500_000_000  # of one answer, as it comes over the wire
    most_decoded: int = 1_000_000_000  # of one answer, unpacked
    most_features: int = 20_000_000
    most_file: int = 8_000_000_000
    spool_age: float = 6 * 3600.0

    def for_files(self) -> "Manners":
        """Return the limits for a whole file, which is larger than a page and takes longer."""
        return replace(
            self,
            most_received=self.most_file,
            most_decoded=self.most_file,
            request=self.harvest,
        )


POLITE = Manners()
