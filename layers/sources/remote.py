"""A file at an address as the source of a layer: fetched whole, checked, read as any other."""

import hashlib
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import replace
from typing import cast

from gis.problem import Refusal
from layers.harvest import apart
from layers.harvest.page import check_no_web_page
from layers.harvest.place import check_place
from layers.harvest.refusals import refuse, translated
from layers.harvest.request import Answer, Request
from layers.harvest.sift import End, Pages, sifted
from layers.harvest.visit import UnchangedError, Visit
from layers.harvest.where import where_from
from layers.layer import Source
from layers.reading import Features

NOT_MODIFIED = 304
CONDITIONS = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}


def pages(source: Source, visit: Visit) -> Iterator[Features]:
    """Yield the features of a file, a batch at a time; complete when it ends.

    With ``sha256`` the file may come from anywhere, since it cannot be another; without it, only
    from the server named.

    Raises
    ------
    Refusal, Question
        With the cause, at any moment; what was yielded before is then worth nothing.
    UnchangedError
        Where the server says that the file is the one the visit knows.
    """
    text = source.options.get("where")
    where = where_from(text) if text else None
    yield from sifted(visit, where, _pages(source, visit))


def _pages(source: Source, visit: Visit) -> Pages:
    answer = _fetched(source, visit)
    said = source.options
    number = 0
    try:
        encoding = said.get("encoding")
        batches = cast(
            "Generator[Features, None, None]",
            apart.batches(answer.path, layer=source.layer, encoding=encoding),
        )
        with closing(batches):  # a reader keeps files open until it is done
            for batch in batches:
                found = replace(batch, crs=said["crs"]) if "crs" in said else batch
                check_place(found, None)
                # The objects of a file are what they are: twins in it are no fault of the way.
                visit.count(found, (str(number + i) for i in range(len(found.geometries))))
                number += len(found.geometries)
                yield found
    except Refusal as refusal:
        raise refusal if refusal.code.startswith("source-") else translated(refusal) from refusal
    return End("cursor")


def _fetched(source: Source, visit: Visit) -> Answer:
    """Return the file; nothing of an earlier attempt is used, as half a file is none."""
    visit.client.manners = visit.manners.for_files()
    request = Request(source.options["url"])
    conditions = {CONDITIONS[k]: v for k, v in visit.known.items() if k in CONDITIONS}
    checksum = source.options.get("sha256")
    answer = visit.client.fetch(
        request,
        visit.aside / f"{request.key}.body",
        headers=conditions,
        elsewhere=checksum is not None,
    )
    if answer.status == NOT_MODIFIED and conditions:
        raise UnchangedError
    check_no_web_page(answer)
    if checksum is not None:
        with answer.path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        if digest != checksum:
            raise refuse("source-checksum", digest)
    visit.ledger.validators.update(
        {k: answer.headers[k] for k in CONDITIONS if k in answer.headers}
    )
    return answer
