"""A folder is moved within a disk and to another one, and is never half there."""

import errno
import multiprocessing
import os
import shutil
import stat
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

from harness.engine import moving
from harness.engine.moving import move_folder

MEMORY = "/dev/shm"  # noqa: S108
"""Linux has a file system of its own there."""
FILES = {"outcome.json": b"{}", "model/config.json": b"1", "model/weights": bytes(range(256)) * 40_000}


def fill(folder):
    for name, content in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def content(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(params=["mounted", "in memory"])
def other_disk(request, tmp_path):
    """A folder on another file system: one that is mounted here, or one that the system has."""
    if request.param == "mounted":
        place = tmp_path / "disk"
        place.mkdir()
        if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", place],
                                               capture_output=True).returncode != 0:
            pytest.skip("mounting a file system needs an owner of the machine")
        yield place
        subprocess.run(["umount", place], check=True)
    else:
        if not os.access(MEMORY, os.W_OK) or os.stat(MEMORY).st_dev == tmp_path.stat().st_dev:
            pytest.skip("there is no second file system")
        place = Path(tempfile.mkdtemp(dir=MEMORY))
        yield place
        shutil.rmtree(place)


def test_within_a_disk_it_is_renamed(tmp_path):
    source = fill(tmp_path / "source")
    inode = source.stat().st_ino
    move_folder(source, tmp_path / "above" / "target")
    assert (tmp_path / "above" / "target").stat().st_ino == inode and not source.exists()


def test_what_was_there_is_replaced(tmp_path):
    (tmp_path / "target").mkdir()
    (tmp_path / "target" / "old").touch()
    move_folder(fill(tmp_path / "source"), tmp_path / "target")
    assert content(tmp_path / "target") == FILES


@pytest.mark.parametrize("to_the_other", [True, False])
def test_to_another_disk_it_is_copied_whole(tmp_path, other_disk, to_the_other):
    here, there = (tmp_path, other_disk) if to_the_other else (other_disk, tmp_path)
    (there / "target.part").mkdir()
    (there / "target.part" / "of a try that was killed").touch()
    source = fill(here / "source")
    (source / "model" / "weights").chmod(0o600)
    before = os.umask(0o002)
    try:
        move_folder(source, there / "target")
    finally:
        os.umask(before)
    assert content(there / "target") == FILES
    assert not source.exists() and not (there / "target.part").exists()
    assert stat.S_IMODE((there / "target" / "model" / "weights").stat().st_mode) == 0o664


def test_another_error_is_not_hidden(tmp_path):
    with pytest.raises(FileNotFoundError):
        move_folder(tmp_path / "nothing", tmp_path / "target")


@pytest.mark.slow
def test_whenever_it_is_killed_one_of_both_is_whole(tmp_path, other_disk):
    """A slow disk, so that kills strike in the middle."""
    def move():
        sync = moving.sync
        moving.sync = lambda path: (time.sleep(0.02), sync(path))
        move_folder(tmp_path / "source", other_disk / "target")

    seen = set()
    for number in range(12):
        shutil.rmtree(other_disk / "target", ignore_errors=True)
        shutil.rmtree(tmp_path / "source", ignore_errors=True)
        fill(tmp_path / "source")
        process = multiprocessing.get_context("fork").Process(target=move)
        process.start()
        process.join(0.01 * number)
        process.kill()
        process.join()
        target = (other_disk / "target").exists()
        if target:
            assert content(other_disk / "target") == FILES
        else:
            assert content(tmp_path / "source") == FILES
            move_folder(tmp_path / "source", other_disk / "target")
            assert content(other_disk / "target") == FILES
        seen.add(target)
    assert False in seen


def test_a_full_disk_leaves_the_source(tmp_path, other_disk, monkeypatch):
    def full(source, target):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), target)

    monkeypatch.setattr(shutil, "copyfile", full)
    with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
        move_folder(fill(tmp_path / "source"), other_disk / "target")
    assert content(tmp_path / "source") == FILES and not (other_disk / "target").exists()
