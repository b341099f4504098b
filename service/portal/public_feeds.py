"""What was published lately, and until when one can comment: feeds to subscribe to, without
persons.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from gis.problem import Text
from service.api.dependencies import InLanguage, InSession, Who
from service.cases.calendar import escaped, folded
from service.cases.dates import known
from service.cases.publishing import Published
from service.portal.embedding import base_of
from service.portal.feeds import atom
from service.portal.published_plans import plans

router = APIRouter(include_in_schema=False)
Key = Annotated[str, Query(pattern=r"^(\d{8})?$", max_length=8)]
KEPT = {"Cache-Control": "public, max-age=600", "Vary": "Accept-Language, Cookie"}
NAME = Text("Wo kann ich mich bis wann äußern?", "Where can I comment until when?")
LAST = Text("Letzter Tag der Auslegung", "Last day of the public display")
DOCUMENTS = Text("Unterlagen und Äußerung bei der Stelle, die plant",
                 "Documents and comments: the body that plans")  # fmt: skip


@router.get("/neu.atom")
def feed(
    request: Request, session: InSession, who: Who, language: InLanguage, gemeinde: Key = ""
) -> Response:
    """Tell of published plans as an Atom feed, of all or of one municipality."""
    found = plans(request, session)(date.today(), municipality=gemeinde or None)
    here = f"{base_of(request)}neu.atom{f'?gemeinde={gemeinde}' if gemeinde else ''}"
    body = atom(found, base_of(request), here, language)
    return Response(body, 200, KEPT, media_type="application/atom+xml")


@router.get("/neu.ics")
def days(
    request: Request, session: InSession, who: Who, language: InLanguage, gemeinde: Key = ""
) -> Response:
    """Give the last days to comment as a calendar, of all plans or of one municipality."""
    found = plans(request, session)(date.today(), municipality=gemeinde or None)
    body = calendar(found, base_of(request), language)
    return Response(body, 200, KEPT, media_type="text/calendar; charset=utf-8")


def calendar(found: Iterable[Published], base: str, language: str) -> bytes:
    """Return the last days of public displays (iCalendar, RFC 5545); without a day: no event."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Belang//Public display//DE",
             "METHOD:PUBLISH", f"X-WR-CALNAME:{escaped(NAME.in_language(language))}"]  # fmt: skip
    for one in found:
        end = known(one.case.dates).get("public_to")
        if end is not None:
            lines += _event(one, end, base, language)
    return b"".join(folded(line) for line in [*lines, "END:VCALENDAR"])


def _event(one: Published, end: date, base: str, language: str) -> list[str]:
    about = [one.release.summary, one.release.link and _documents(one.release.link, language)]
    said, where = "\n".join(text for text in about if text), one.case.municipality_names
    return [
        "BEGIN:VEVENT",
        f"UID:{one.case.id}-public@belang",
        f"DTSTAMP:{_moment(one.release.at)}",
        f"DTSTART;VALUE=DATE:{end:%Y%m%d}",
        f"DTEND;VALUE=DATE:{end + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{escaped(f'{LAST.in_language(language)}: {one.release.title}')}",
        *([f"LOCATION:{escaped(where)}"] if where else []),
        *([f"DESCRIPTION:{escaped(said)}"] if said else []),
        f"URL:{base}plan/{one.case.id}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]  # fmt: skip


def _documents(link: str, language: str) -> str:
    return f"{DOCUMENTS.in_language(language)}: {link}"


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
