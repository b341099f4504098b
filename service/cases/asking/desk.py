"""What asking offices works with."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from service.access.principal import Principal
from service.house import House


@dataclass(frozen=True, slots=True)
class Desk:
    """What asking offices works with; `names` are those of the offices, in German."""

    session: Session
    who: Principal
    house: House
    names: Mapping[str, str]
    today: date
