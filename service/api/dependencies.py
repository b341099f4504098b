"""What routes ask for: the session of the request, who is asking, the district, the blobs."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.orm import Session

from gis.problem import Text
from service.access.arrival import arrival, outside
from service.access.origin import address
from service.access.pace import Pace
from service.access.principal import Principal
from service.access.unprivileged import narrowed
from service.api.language import language_of
from service.api.rights import may_call
from service.blobs import Blobs
from service.cases.asking.desk import Desk as AskingDesk
from service.cases.importing.shaping import Outliner
from service.cases.opening import Desk
from service.cases.rasters import Sheets
from service.config import Settings
from service.db import transaction
from service.district import District
from service.errors import ForbiddenError, UnauthenticatedError
from service.house import House
from service.plans.paperreader import PaperReader


def session(request: Request) -> Iterator[Session]:
    """Yield the session of one request; committed once, before the answer leaves."""
    with transaction(request.app.state.engine) as opened:
        yield opened


def settings(request: Request) -> Settings:
    """Return the settings of this process."""
    found: Settings = request.app.state.settings
    return found


def district(request: Request) -> District:
    """Return what the district is set up with, as its catalogue is now."""
    found: District = request.app.state.districts.current()
    return found


def house(request: Request) -> House:
    """Return how the district works; its file is read once, when the service starts."""
    found: House = request.app.state.house
    return found


def blobs(request: Request) -> Blobs:
    """Return the folder of stored bytes."""
    found: Blobs = request.app.state.blobs
    return found


# scope="function": a commit that fails is an error, not an answer that lies.
InSession = Annotated[Session, Depends(session, scope="function")]
InSettings = Annotated[Settings, Depends(settings)]
InDistrict = Annotated[District, Depends(district)]
InHouse = Annotated[House, Depends(house)]
InBlobs = Annotated[Blobs, Depends(blobs)]
InLanguage = Annotated[str, Depends(language_of)]


def admitted(request: Request, session: InSession, settings: InSettings) -> Principal:
    """Return who is asking, if the table of rights lets them call this route.

    Raises
    ------
    UnauthenticatedError, ForbiddenError
        If not; the route's own work has not begun.
    """
    here = settings.public_instance
    principal = outside(request, settings) if here else arrival(request, session, settings)
    request.state.pseudonym = principal.pseudonym  # for the log
    route = f"{request.method} {request.scope['route'].path}"
    if may_call(route, principal):
        narrowed(session, principal, route)
        return principal
    if principal.role == "public":
        raise UnauthenticatedError("log-in-required", LOG_IN)
    raise ForbiddenError("role-not-allowed", NOT_YOURS)


Who = Annotated[Principal, Depends(admitted)]


def unhurried(request: Request, who: Who) -> None:
    """Let pass who does not ask the maps faster than a person can.

    Raises
    ------
    TooManyError
        Otherwise.
    """
    pace: Pace = request.app.state.pace
    pace.count(address(request) if who.account_id is None else who.pseudonym)


Unhurried = Depends(unhurried)


def desk(
    request: Request,
    session: InSession,
    who: Who,
    district: InDistrict,
    blobs: InBlobs,
    settings: InSettings,
    house: InHouse,
) -> Desk:
    """Return what handing in a plan works with."""
    read = request.app.state.read
    return Desk(session, blobs, district, settings, read, who, house.calendar)


InDesk = Annotated[Desk, Depends(desk)]


def sheets(request: Request) -> Sheets:
    """Return what lays scanned sheets on the map, in a child."""
    found: Sheets = request.app.state.sheets
    return found


InSheets = Annotated[Sheets, Depends(sheets)]


def papers(request: Request) -> PaperReader:
    """Return what looks through documents, in a child."""
    found: PaperReader = request.app.state.papers
    return found


InPapers = Annotated[PaperReader, Depends(papers)]


def outliner(request: Request) -> Outliner:
    """Return what reads the outlines of many cases, in a child."""
    found: Outliner = request.app.state.outliner
    return found


InOutliner = Annotated[Outliner, Depends(outliner)]


def asking(session: InSession, who: Who, district: InDistrict, house: InHouse) -> AskingDesk:
    """Return what asking offices, and taking their answers, works with."""
    return AskingDesk(session, who, house, district.offices)


InAsking = Annotated[AskingDesk, Depends(asking)]

LOG_IN = Text("Bitte melden Sie sich an.", "Please log in.")
NOT_YOURS = Text(
    "Ihre Rolle oder Ihr Token erlaubt das nicht.", "Your role or your token does not allow this."
)
