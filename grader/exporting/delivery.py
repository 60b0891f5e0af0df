"""Putting an export where it is wanted: a folder, or one zip."""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from grader.errors import UsageError
from grader.exporting.parcel import File
from grader.exporting.targets import Target
from grader.files import check_writable, write

# The earliest that a zip can say: the same export gives the same bytes.
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_SHOWN: Final = 3


def deliver(target: Target, files: Mapping[str, File], out: Path, force: bool = False) -> None:
    """Writes an export; what is there already is only replaced if ``force`` says so.

    Raises:
        UsageError: if something else is in the way, or the place cannot be written to.
        DlgradeError: if the disk is full.
    """
    if target.is_archive:
        check_writable(out)
        data = zipped(files)
        _check_free({out: data}, force)
        write(out, data)
        return
    places = {out / place: file for place, file in files.items()}
    _check_free({place: file.data for place, file in places.items()}, force)
    _check_course(out / target.course, set(places))
    for place, file in places.items():
        _make_folder(place.parent)
        write(place, file.data)
        if file.runs:
            place.chmod(place.stat().st_mode | 0o111)


def zipped(files: Mapping[str, File]) -> bytes:
    """The files as a zip, programmes marked as such."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for place in sorted(files):
            entry = zipfile.ZipInfo(place, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # Unix: otherwise the modes mean nothing
            entry.external_attr = (stat.S_IFREG | (0o755 if files[place].runs else 0o644)) << 16
            archive.writestr(entry, files[place].data)
    return buffer.getvalue()


def _check_free(wanted: Mapping[Path, bytes], force: bool) -> None:
    taken = [place for place, data in wanted.items() if _differs(place, data)]
    if taken and not force:
        raise UsageError(
            f"{_listed(taken)} would be replaced; name another place with --out, or replace what "
            "is there with --force"
        )


def _differs(place: Path, data: bytes) -> bool:
    if place.is_dir():
        raise UsageError(f"{place} is a folder, but a file must go there; name another with --out")
    return place.exists() and place.read_bytes() != data


def _check_course(folder: Path, places: set[Path]) -> None:
    """A solution that has left the course must not stay behind in its export."""
    left = [path for path in folder.rglob("*") if path.is_file() and path not in places]
    if left:
        raise UsageError(
            f"{_listed(left)} would be left over from before; remove {folder} and export again"
        )


def _listed(paths: list[Path]) -> str:
    shown = ", ".join(str(path) for path in sorted(paths)[:_SHOWN])
    more = len(paths) - _SHOWN
    return f"{shown} and {more} more" if more > 0 else shown


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror or error
        raise UsageError(f"{folder} cannot be made: {reason}; name another with --out") from error
