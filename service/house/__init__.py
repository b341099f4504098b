"""How a district works, as it says in a file of its own."""

from service.house.house import House
from service.house.reading import open_house

__all__ = ["House", "open_house"]
