"""More hostile files: of each class of attack the ways that the collection does not hold."""

from collections import Counter
from functools import cache

from bench import awkward_archives, awkward_databases, awkward_json, awkward_texts, awkward_xml
from bench.corpus import Sample


@cache
def variants() -> tuple[Sample, ...]:
    """Return all of them, by unique names."""
    modules = (awkward_json, awkward_xml, awkward_texts, awkward_archives, awkward_databases)
    found = [sample for module in modules for sample in module.samples()]
    names = Counter(sample.name for sample in found)
    if twice := [name for name, count in names.items() if count > 1]:
        raise ValueError(f"two variants are called {twice[0]}")
    return tuple(found)
