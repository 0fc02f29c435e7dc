"""Files that outlast a kill and a power cut, and digests by which one flipped bit in them is found.

A digest is SHA-256. A file above 64 MiB has one for each 64 MiB.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from harness.errors import DamagedFile

PIECE = 64 << 20
"""Bytes of a large file that have a digest of their own."""

_BUFFER = 1 << 20
_MAGIC = b"harness-sha256 "
_HEAD = len(_MAGIC) + 64 + 1


def sync(path: Path) -> None:
    """Return when the file's content, or the names in the folder, are on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def replaced(path: Path) -> Iterator[Path]:
    """The path of a file beside, which takes the place of this one when it was written without an error. What was there
    stays whole until then. What is no file, such as `/dev/stdout`, is written to as it is.
    """
    if path.exists() and not path.is_file():
        yield path
        return
    place = Path(os.path.realpath(path))
    temporary = place.with_name(f"{place.name}.{os.getpid()}.part")
    try:
        yield temporary
        sync(temporary)
        temporary.replace(place)
    finally:
        temporary.unlink(missing_ok=True)  # half a file would keep a full disk full
    sync(place.parent)


def piece_digests(files: Mapping[Path, int], *, start: int = 0) -> dict[Path, tuple[str, ...]]:
    """Hexadecimal SHA-256 of each piece of each file. One thread: several gained nothing (docs/decisions.md).

    files: path -> how many bytes to read after `start`; one that has fewer is read to its end. Raises OSError.
    """
    return {path: tuple(_sha256(path, start + offset, min(PIECE, size - offset))
                        for offset in range(0, max(size, 1), PIECE)) for path, size in files.items()}


def _sha256(path: Path, start: int, length: int) -> str:
    digest, buffer = hashlib.sha256(), memoryview(bytearray(min(_BUFFER, max(length, 1))))
    with path.open("rb", buffering=0) as file:
        file.seek(start)
        while length > 0 and (read := file.readinto(buffer[:min(len(buffer), length)])):
            digest.update(buffer[:read])
            length -= read
    return digest.hexdigest()


def write_sealed(path: Path, write: Callable[[BinaryIO], None]) -> None:
    """A file that is there whole, on the disk, or not at all, and begins with a digest of the rest.

    write: is given the open file, behind the digest.
    """
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            file.write(bytes(_HEAD))
            write(file)
            file.flush()
            file.seek(0)
            file.write(_MAGIC + _digest_of_rest(temporary, _HEAD).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)  # half a checkpoint would keep a full disk full
    sync(path.parent)


@contextmanager
def open_sealed(path: Path) -> Iterator[BinaryIO]:
    """The file that `write_sealed` wrote, open where its content begins. Raises DamagedFile, and OSError.

    A file without a digest, as harness 0.2 wrote them, is opened as it is.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
        if _is_sealed(head):
            if head != _MAGIC + _digest_of_rest(path, _HEAD).encode() + b"\n":
                raise DamagedFile("its bytes are not those that were written", file=str(path))
        else:
            file.seek(0)
        yield file


def _is_sealed(head: bytes) -> bool:
    """Also where a byte of the mark itself is wrong: no other format begins nearly like it."""
    mark = head[:len(_MAGIC)]
    return sum(one != other for one, other in zip(mark, _MAGIC, strict=False)) <= len(_MAGIC) // 2


def _digest_of_rest(path: Path, start: int) -> str:
    pieces = piece_digests({path: path.stat().st_size - start}, start=start)[path]
    return hashlib.sha256("".join(pieces).encode()).hexdigest()
