"""The web application: settings in, FastAPI out. Nothing is opened at import."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import metadata

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute

from service.access.pace import Pace
from service.api import (
    accounts,
    answer_links,
    asking,
    calendars,
    case_events,
    cases,
    checks,
    checks_of_cases,
    consolidation,
    contributions,
    deadlines,
    description,
    documents,
    explaining,
    imports,
    item_places,
    items,
    jobs,
    learning,
    link_documents,
    log_in,
    neighbours,
    opening,
    operations,
    parties,
    problems,
    rasters,
    releases,
    statement_files,
    statements,
    statistics,
    supplements,
    tasks,
    tokens,
    vocabulary,
)
from service.api.rights import OUTSIDE
from service.api.size import BodyLimit
from service.assessors import Assess, Here
from service.blobs import Blobs
from service.cases.opening import Read
from service.config import Settings
from service.db import engine_for
from service.district import District, Districts, open_district
from service.house import open_house
from service.plans.apart import Reader
from service.portal import ROUTERS as PAGES
from service.portal import problems as problem_pages

ROUTERS = (
    log_in.router,
    tokens.router,
    accounts.router,
    checks.router,
    vocabulary.router,
    explaining.router,
    opening.router,
    cases.router,
    case_events.router,
    parties.router,
    deadlines.router,
    calendars.router,
    documents.router,
    rasters.router,
    neighbours.router,
    checks_of_cases.router,
    consolidation.router,
    statements.router,
    statement_files.router,
    releases.router,
    asking.router,
    learning.router,
    tasks.router,
    contributions.router,
    items.router,
    item_places.router,
    supplements.router,
    answer_links.router,
    link_documents.router,
    jobs.router,
    imports.router,
    statistics.router,
)
CONNECTIONS = 25  # and as many again for a while: no request of the 40 at a time waits for one
FORM_BYTES = 6_000_000  # of a request beside its file


def outside(router: APIRouter) -> APIRouter:
    """Return a router with nothing but what a public instance offers: the rest is not there."""
    cut = APIRouter()
    cut.routes = [
        route
        for route in router.routes
        if isinstance(route, APIRoute)
        and all(f"{method} {route.path}" in OUTSIDE for method in route.methods or ())
    ]
    return cut


def create_app(
    settings: Settings,
    database_url: str,
    district: District | None = None,
    read: Read | None = None,
    assess: Assess | None = None,
    reader: Reader | None = None,
) -> FastAPI:
    """Return the application for a database whose schema is up to date.

    Plans are read in children with neither network nor rights, those of `reader` where they have
    begun already, unless `read` says how else; they are checked in this process, unless `assess`
    says where else.
    """
    reader = reader or Reader()

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        yield
        reader.close()
        app.state.engine.dispose()

    app = FastAPI(
        title="Belang",
        summary="Check plans, decide which offices are affected, coordinate one statement",
        description=description.ABOUT,
        openapi_tags=description.tags(),
        generate_unique_id_function=description.operation_id,
        version=metadata.version("belang"),
        license_info={"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
        openapi_url="/api/v1/openapi.json",
        docs_url=None,  # would load from a foreign host
        redoc_url=None,
        lifespan=life,
        strict_content_type=False,
    )
    # As an attribute: as an argument it is deprecated.
    app.root_path = settings.root_path
    app.state.settings = settings
    app.state.engine = engine_for(database_url, pool=CONNECTIONS)
    app.state.district = district or open_district(settings)
    app.state.house = open_house(settings, app.state.district.offices)
    app.state.districts = Districts.of(settings, app.state.district)
    app.state.blobs = Blobs(settings.data / "blobs")
    app.state.read = read or reader.read
    app.state.sheets = reader.sheet
    app.state.papers = reader.papers
    app.state.outliner = reader
    here = Here(app.state.districts)
    app.state.turns, app.state.assess = here.turns, assess or here
    app.state.pace = Pace()
    app.state.pages = problem_pages
    for router in (*ROUTERS, *PAGES):
        app.include_router(outside(router) if settings.public_instance else router)
    problems.install(app)
    description.install(app)
    app.add_middleware(
        BodyLimit, most=max(settings.upload_bytes, settings.document_bytes) + FORM_BYTES
    )
    # Last: it is around everything else.
    operations.install(app, settings, None if read else reader.isolation)
    return app
