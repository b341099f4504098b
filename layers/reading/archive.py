"""ZIP archives: inspected before a byte is written, unpacked by counting, under own names."""

import re
import stat
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path, PurePosixPath

from gis.problem import Notice, Refusal, Text
from layers.reading.directory import opened, understood
from layers.reading.profile import Profile
from layers.reading.refusals import refuse, which
from layers.reading.sniff import HEAD, sniff

MOST_RATIO = 200
SMALL = 100_000  # below this a high ratio does no harm: an empty form packs well
PIECE = 1 << 20  # bytes unpacked at a time
LITTER = (".DS_Store", "Thumbs.db", "desktop.ini")
OF_A_MAC = "__MACOSX"  # a folder of what a Mac knows about files, each called ._ and its name
SHAPEFILE = (".shp", ".shx", ".dbf", ".prj", ".cpg")
DATA = (
    ".gml", ".gpkg", ".geojson", ".json", ".kml", ".gpx", ".dxf", ".wkt", ".xml", ".fgb",
    ".parquet",
)  # fmt: skip
ARCHIVES = (".zip", ".kmz", ".7z", ".rar", ".gz", ".tgz", ".bz2", ".xz", ".zst", ".tar", ".jar")
FORBIDDEN = (".vrt", ".gdalg", ".sh", ".exe")
LOGS = ("-wal", "-journal")  # of a database that was packed while it was open
OFFICE = frozenset({"[Content_Types].xml", "mimetype"})  # first in what office suites write
STEERING = (".gfs", ".xsd")  # tell other programs how a GML is to be read
COMMENT, ROOT = re.compile(rb"<!--.*?-->", re.DOTALL), re.compile(rb"<(?:[\w.-]+:)?([\w.-]+)")
METADATA = frozenset({b"MD_Metadata", b"MI_Metadata", b"metadata", b"PAMDataset"})
MOST_TOLD = 5  # names in a notice


@dataclass(frozen=True, slots=True)
class Unpacked:
    """The file that holds the data, its format, whether its name was the choice made, and what is
    to be told about the archive.
    """

    path: Path
    format: str
    chosen: bool
    notices: tuple[Notice, ...] = ()


def unpacked(path: Path, folder: Path, profile: Profile, chosen: str | None) -> Unpacked:
    """Unpack the one data set of an archive into `folder`.

    Raises
    ------
    Refusal
        With one of the ``archive-…`` codes, or as `sniff`.
    Question
        ``archive-multiple`` where there are several data sets and none is `chosen`.
    """
    with inspected(path, profile) as (archive, members):
        sets = _sets(members)
        described = _described(archive, sets)
        plans = {name: parts for name, parts in sets.items() if name not in described} or sets
        name = _one(plans, chosen)
        for member in plans[name]:
            extract(archive, member, folder / f"data{suffix(member)}", profile)
    steering = [PurePosixPath(m.filename).name for m in members if suffix(m) in STEERING]
    beside = _beside([*steering, *sorted(described - {name})])
    if _has_shp(plans[name]):
        return Unpacked(folder / "data.shp", "shapefile", name == chosen, beside)
    target = folder / f"data{suffix(plans[name][0])}"
    return Unpacked(target, sniff(target), name == chosen, beside)


@contextmanager
def inspected(
    path: Path, profile: Profile
) -> Iterator[tuple[zipfile.ZipFile, list[zipfile.ZipInfo]]]:
    """Open an archive that has been looked through, with its members; litter left out.

    Raises
    ------
    Refusal
        With one of the ``archive-…`` codes; while members are read, as `pieces`.
    """
    with opened(path) as archive:
        yield archive, _inspected(archive, path.stat().st_size, profile)


def suffix(member: zipfile.ZipInfo) -> str:
    """Return how the name of a member ends, in small letters."""
    return PurePosixPath(member.filename).suffix.lower()


def _inspected(archive: zipfile.ZipFile, size: int, profile: Profile) -> list[zipfile.ZipInfo]:
    members = archive.infolist()
    if any(not 0 <= m.header_offset < size for m in members):
        raise refuse("archive-corrupt")
    spans = sorted((m.header_offset, m.header_offset + 30 + m.compress_size) for m in members)
    if any(end > archive.start_dir for _, end in spans):
        raise refuse("archive-corrupt")
    if any(a[1] > b[0] for a, b in pairwise(spans)):
        raise refuse("archive-overlap")
    if len(members) > profile.most_members:
        raise refuse("archive-entries")
    for member in members:
        _inspect(member)
    names = [m.filename for m in members]
    if len(set(names)) != len(names):
        raise refuse("archive-duplicate")
    total = sum(m.file_size for m in members)
    if total > profile.most_unpacked or (total > SMALL and total > MOST_RATIO * size):
        raise refuse("archive-ratio")
    kept = [m for m in members if not m.is_dir() and not _litter(m.filename)]
    if any(suffix(m) in ARCHIVES for m in kept):
        raise refuse("archive-nested")
    return kept


def _inspect(member: zipfile.ZipInfo) -> None:
    mode = member.external_attr >> 16
    if stat.S_ISLNK(mode):
        raise refuse("archive-symlink")
    if member.flag_bits & 0x1:
        raise refuse("archive-encrypted")
    if not member.filename:
        raise refuse("archive-corrupt")
    name = PurePosixPath(member.filename)
    if (
        name.is_absolute()
        or ".." in name.parts
        or "\\" in member.filename
        or ":" in member.filename
    ):
        raise refuse("archive-path")


def _litter(name: str) -> bool:
    path = PurePosixPath(name)
    return OF_A_MAC in path.parts or path.name.startswith("._") or path.name in LITTER


def _sets(members: list[zipfile.ZipInfo]) -> dict[str, list[zipfile.ZipInfo]]:
    """Return the data sets by name: a Shapefile's files, a database and its logs, or a single
    document.
    """
    found: dict[str, list[zipfile.ZipInfo]] = {}
    names = {member.filename.lower() for member in members}
    if any(member.filename in OFFICE for member in members):
        raise refuse("format-not-allowed")
    for member in members:
        ending = suffix(member)
        if ending in FORBIDDEN:
            raise forbidden(member)
        name = PurePosixPath(member.filename)
        if ending in SHAPEFILE:
            found.setdefault(str(name.with_suffix("")), []).append(member)
        elif ending in DATA and not _describes(member.filename.lower(), names):
            found[str(name)] = [member]
    _with_logs(found, members)
    usable = {k: v for k, v in found.items() if suffix(v[0]) in DATA or _has_shp(v)}
    if not usable:
        raise refuse("shp-incomplete" if found else "format-not-allowed")
    short = [PurePosixPath(k).name for k in usable]
    if len(set(short)) < len(short):  # the same name in several folders
        return usable
    return dict(zip(short, usable.values(), strict=True))


def _with_logs(found: dict[str, list[zipfile.ZipInfo]], members: list[zipfile.ZipInfo]) -> None:
    """Add to a database the log beside it: what was saved last stands there."""
    for member in members:
        for log in LOGS:
            of = str(PurePosixPath(member.filename)).removesuffix(log)
            if member.filename.endswith(log) and of in found:
                found[of].append(member)


def _describes(name: str, names: set[str]) -> bool:
    """Tell whether an XML file describes one of `names` (``plan.shp.xml``)."""
    stems = (name[:at] for at, letter in enumerate(name) if letter == ".")
    return name.endswith(".xml") and any(stem in names for stem in stems)


def _described(archive: zipfile.ZipFile, sets: dict[str, list[zipfile.ZipInfo]]) -> frozenset[str]:
    """Return which of several data sets are metadata in XML: nobody has to choose among them."""
    if len(sets) < 2:
        return frozenset()
    texts = {name: parts[0] for name, parts in sets.items() if suffix(parts[0]) == ".xml"}
    begins = {name: head(archive, member, HEAD) for name, member in texts.items()}
    roots = {name: ROOT.search(COMMENT.sub(b"", begin)) for name, begin in begins.items()}
    return frozenset(name for name, root in roots.items() if root and root[1] in METADATA)


def _beside(names: list[str]) -> tuple[Notice, ...]:
    """Return what is said of files that tell about others and were not read."""
    if not names:
        return ()
    listed = ", ".join(names[:MOST_TOLD]) + (", …" if len(names) > MOST_TOLD else "")
    text = Text(
        f"Im Archiv beschreiben weitere Dateien die Daten; sie wurden nicht gelesen ({listed}).",
        f"Further files in the archive describe the data; they were not read ({listed}).",
    )
    return (Notice("archive-sidecar", text),)


def forbidden(member: zipfile.ZipInfo) -> Refusal:
    """Return the refusal of an archive for one of its members, which it names."""
    name = PurePosixPath(member.filename).name[:60]
    return Refusal(
        "format-not-allowed",
        Text(
            f"Das ZIP-Archiv enthält „{name}“; Programme und Dateien, die auf andere verweisen, "
            "werden nicht angenommen. Bitte ohne diese Datei packen.",
            f"The ZIP archive holds “{name}”; programs, and files that refer to others, are not "
            "accepted. Please pack it without that file.",
        ),
    )


def _one(sets: dict[str, list[zipfile.ZipInfo]], chosen: str | None) -> str:
    if chosen is not None and chosen in sets:
        return chosen
    if len(sets) > 1:
        raise which("archive-multiple", sorted(sets))
    return next(iter(sets))


def _has_shp(members: list[zipfile.ZipInfo]) -> bool:
    return any(suffix(m) == ".shp" for m in members)


def common(member: zipfile.ZipInfo) -> bool:
    """Tell whether a member is stored or deflated, which takes little memory to unpack."""
    return member.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def head(archive: zipfile.ZipFile, member: zipfile.ZipInfo, most: int) -> bytes:
    """Return how a member begins, `most` bytes of it; refused as `pieces`."""
    with understood(), archive.open(member) as source:
        return source.read(most)


def pieces(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield what a member holds.

    Raises
    ------
    Refusal
        ``archive-corrupt``, ``archive-encrypted``.
    """
    with understood():
        source = archive.open(member)
    with source:
        while True:
            with understood():
                piece = source.read(PIECE)
            if not piece:
                return
            yield piece


def extract(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path, profile: Profile
) -> None:
    """Write one member, counting what really comes out; refused as `pieces`.

    Raises
    ------
    OSError
        If `target` cannot be written, which is no fault of the archive.
    """
    written = 0
    if target.exists():  # PLAN.SHP beside plan.shp
        raise refuse("archive-duplicate")
    with target.open("wb") as out:
        for piece in pieces(archive, member):
            written += len(piece)
            if written > member.file_size or written > profile.most_unpacked:
                raise refuse("archive-corrupt")
            out.write(piece)
    if written != member.file_size:
        raise refuse("archive-corrupt")
