"""ZIP archives: inspected before a byte is written, unpacked by counting, under own names."""

import stat
import zipfile
from itertools import pairwise
from pathlib import Path, PurePosixPath

from layers.reading.refusals import refuse, which
from layers.reading.sniff import sniff

MOST_MEMBERS, MOST_BYTES, MOST_RATIO = 100, 500_000_000, 200
SMALL = 100_000  # below this a high ratio does no harm: an empty form packs well
LITTER = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")
SHAPEFILE = (".shp", ".shx", ".dbf", ".prj", ".cpg")
DATA = (".gml", ".gpkg", ".geojson", ".json", ".kml", ".dxf", ".wkt", ".xml")
ARCHIVES = (".zip", ".kmz", ".7z", ".rar", ".gz", ".tar")
FORBIDDEN = (".vrt", ".csv", ".gdalg", ".sh", ".exe")


def unpacked(path: Path, folder: Path, chosen: str | None) -> tuple[Path, str]:
    """Unpack the one data set of an archive into `folder`; return its file and format.

    Raises
    ------
    Refusal
        With one of the ``archive-…`` codes, or as `sniff`.
    Question
        ``archive-multiple`` where there are several data sets and none is `chosen`.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = _inspected(archive, path.stat().st_size)
            stem, wanted = _chosen(members, chosen)
            for member in wanted:
                _extract(archive, member, folder / f"{stem}{_suffix(member)}")
    except (zipfile.BadZipFile, NotImplementedError, EOFError) as error:
        raise refuse("archive-corrupt") from error
    except RuntimeError as error:  # zipfile's word for "needs a password"
        raise refuse("archive-encrypted") from error
    if any(_suffix(m) == ".shp" for m in wanted):
        return folder / f"{stem}.shp", "shapefile"
    target = folder / f"{stem}{_suffix(wanted[0])}"
    return target, sniff(target)


def _suffix(member: zipfile.ZipInfo) -> str:
    return PurePosixPath(member.filename).suffix.lower()


def _inspected(archive: zipfile.ZipFile, size: int) -> list[zipfile.ZipInfo]:
    members = archive.infolist()
    spans = sorted((m.header_offset, m.header_offset + 30 + m.compress_size) for m in members)
    if any(a[1] > b[0] for a, b in pairwise(spans)):
        raise refuse("archive-overlap")
    if len(members) > MOST_MEMBERS:
        raise refuse("archive-entries")
    for member in members:
        _inspect(member)
    names = [m.filename for m in members]
    if len(set(names)) != len(names):
        raise refuse("archive-duplicate")
    total = sum(m.file_size for m in members)
    if total > MOST_BYTES or (total > SMALL and total > MOST_RATIO * size):
        raise refuse("archive-ratio")
    kept = [m for m in members if not m.is_dir() and not _litter(m.filename)]
    if any(_suffix(m) in ARCHIVES for m in kept):
        raise refuse("archive-nested")
    return kept


def _inspect(member: zipfile.ZipInfo) -> None:
    mode = member.external_attr >> 16
    if stat.S_ISLNK(mode):
        raise refuse("archive-symlink")
    if member.flag_bits & 0x1:
        raise refuse("archive-encrypted")
    name = PurePosixPath(member.filename)
    if (
        name.is_absolute()
        or ".." in name.parts
        or "\\" in member.filename
        or ":" in member.filename
    ):
        raise refuse("archive-path")


def _litter(name: str) -> bool:
    return name.startswith(LITTER[0]) or PurePosixPath(name).name in LITTER[1:]


def _chosen(
    members: list[zipfile.ZipInfo], chosen: str | None
) -> tuple[str, list[zipfile.ZipInfo]]:
    """Return the members of the one data set: a Shapefile's files, or a single document."""
    sets: dict[str, list[zipfile.ZipInfo]] = {}
    for member in members:
        suffix = _suffix(member)
        if suffix in FORBIDDEN:
            raise refuse("format-not-allowed")
        if suffix in SHAPEFILE or suffix in DATA:
            name = PurePosixPath(member.filename)
            key = str(name.with_suffix("")) if suffix in SHAPEFILE else str(name)
            sets.setdefault(key, []).append(member)
    usable = {k: v for k, v in sets.items() if _suffix(v[0]) in DATA or _has_shp(v)}
    if not usable:
        raise refuse("shp-incomplete" if sets else "format-not-allowed")
    stems = {PurePosixPath(k).name: k for k in usable}
    if chosen is not None and chosen in stems:
        return "plan", usable[stems[chosen]]
    if len(usable) > 1:
        raise which("archive-multiple", sorted(stems))
    return "plan", next(iter(usable.values()))


def _has_shp(members: list[zipfile.ZipInfo]) -> bool:
    return any(_suffix(m) == ".shp" for m in members)


def _extract(archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path) -> None:
    """Write one member, counting what really comes out."""
    written = 0
    with archive.open(member) as source, target.open("wb") as out:
        while chunk := source.read(1 << 20):
            written += len(chunk)
            if written > member.file_size or written > MOST_BYTES:
                raise refuse("archive-corrupt")
            out.write(chunk)
    if written != member.file_size:
        raise refuse("archive-corrupt")
