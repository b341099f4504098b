from tests.upstream.fixtures import (  # noqa: F401 - fixtures by name
    arcgis_answers,
    arcgis_service,
    database,
    mapserver_answers,
    mapserver_service,
    pygeoapi_answers,
    pygeoapi_service,
)
