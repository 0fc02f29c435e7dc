"""Files that are there whole or not at all, and digests by which one flipped bit is found."""

import hashlib
import os
from pathlib import Path

import pytest

from harness import durable
from harness.durable import open_sealed, piece_digests, replaced, write_sealed
from harness.errors import DamagedFile


def test_a_small_file_has_the_digest_that_sha256sum_gives(tmp_path):
    files = {}
    for name, content in {"a": b"abc", "empty": b"", "b": bytes(range(256)) * 5000}.items():
        (tmp_path / name).write_bytes(content)
        files[tmp_path / name] = len(content)
    assert piece_digests(files) == {path: (hashlib.sha256(path.read_bytes()).hexdigest(),) for path in files}


def test_a_large_file_has_a_digest_for_each_piece(tmp_path, monkeypatch):
    monkeypatch.setattr(durable, "PIECE", 1000)
    content = bytes(range(251)) * 10
    path = tmp_path / "large"
    path.write_bytes(content)
    pieces = [content[start:start + 1000] for start in range(0, len(content), 1000)]
    assert piece_digests({path: len(content)}) == {path: tuple(hashlib.sha256(piece).hexdigest() for piece in pieces)}


def test_a_sealed_file_is_read_as_it_was_written(tmp_path):
    path = tmp_path / "file"
    for content in (b"", b"one", b"x" * 100_000):
        write_sealed(path, lambda file, content=content: file.write(content))
        with open_sealed(path) as file:
            assert file.read() == content
    assert [found.name for found in tmp_path.iterdir()] == ["file"]
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(DamagedFile, match="its bytes are not those"), open_sealed(path):
        pass


def test_a_file_of_another_kind_is_opened_as_it_is(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"PK\x03\x04 and what else a zip file has")
    with open_sealed(path) as file:
        assert file.read(2) == b"PK"


def test_what_was_there_stays_until_the_new_file_is_whole(tmp_path):
    (tmp_path / "file").write_text("old")
    (tmp_path / "link").symlink_to("file")
    with pytest.raises(UnicodeEncodeError), replaced(tmp_path / "link") as temporary:
        temporary.write_text("ne" * 10_000 + "\ud800", encoding="utf-8")
    assert (tmp_path / "file").read_text() == "old"
    with replaced(tmp_path / "link") as temporary:
        temporary.write_text("new")
    assert (tmp_path / "file").read_text() == "new" and (tmp_path / "link").is_symlink()
    assert {found.name for found in tmp_path.iterdir()} == {"file", "link"}


def test_what_is_no_file_is_written_to_and_not_replaced():
    device = Path(os.devnull)
    with replaced(device) as place:
        place.write_text("gone")
    assert device.is_char_device()


def test_a_link_to_itself_gives_way_to_the_file(tmp_path):
    (tmp_path / "page").symlink_to("page")
    with replaced(tmp_path / "page") as temporary:
        temporary.write_text("whole")
    assert (tmp_path / "page").read_text() == "whole"
