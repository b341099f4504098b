"""The one safe reader of geodata files, for plans handed in and for layer sources alike.

A file is recognised by its content, never by its name; scanned by parsers that cannot be made to
fetch, expand or run anything; and only then decoded. Whatever cannot be read is a `Refusal` or a
`Question` with a stable code, never a traceback and never silently less than the file holds.
"""

from layers.reading.features import Features
from layers.reading.profile import SOURCE, UPLOAD, Profile
from layers.reading.read import batches, read

__all__ = ["SOURCE", "UPLOAD", "Features", "Profile", "batches", "read"]
