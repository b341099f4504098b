"""One browser for all tests of the pages."""

from tests.maps.conftest import browser

__all__ = ["browser"]
