"""ZIP archives with the same bytes every time: what stands in them counts, not when it was made."""

import io
import re
import zipfile
from collections.abc import Mapping

EPOCH = (1980, 1, 1, 0, 0, 0)
TEXT = 0o644 << 16
# What writers of office files note of the time they were written; nobody may choose it there.
MOMENT = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:)")


def packed(members: Mapping[str, bytes], *, stored: frozenset[str] = frozenset()) -> bytes:
    """Return an archive of `members` in their order; those in `stored` are not compressed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.external_attr = TEXT
            entry.create_system = 3
            how = zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED
            archive.writestr(entry, content, how)
    return buffer.getvalue()


def settled(office_file: bytes, day: str) -> bytes:
    """Return a DOCX or XLSX as if it had been written at the beginning of `day` (ISO)."""
    with zipfile.ZipFile(io.BytesIO(office_file)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    core = "docProps/core.xml"
    if core in members:
        moment = rf"\g<1>{day}T00:00:00Z\g<3>".encode()
        members[core] = MOMENT.sub(moment, members[core])
    return packed(members)
