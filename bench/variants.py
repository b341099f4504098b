"""More hostile files."""

from bench.corpus import Sample


def variants() -> tuple[Sample, ...]:
    """Return them."""
    return ()
