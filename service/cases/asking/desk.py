"""What asking offices, and taking their answers, works with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.orm import Session

from service.access.principal import Principal
from service.house import House


@dataclass(frozen=True, slots=True)
class Desk:
    """Who works in which session, under which house rules; `names` are those of the offices, in
    German.
    """

    session: Session
    who: Principal
    house: House
    names: Mapping[str, str]
    today: date = field(default_factory=date.today)
