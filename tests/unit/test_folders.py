"""A folder that cannot be used is one line before anything is done, and nothing is written."""

import errno
import os
from pathlib import Path

import pytest

from harness.errors import InputError, StoreRefused
from harness.folders import check_folder, check_root


def test_a_folder_can_be_written_into_or_made(tmp_path, monkeypatch):
    check_folder(tmp_path / "new" / "below")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file").touch()
    for place in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(InputError, match=r"--output: .*file is a file, and a folder is needed there"):
            check_folder(place, key="--output")
    with pytest.raises(InputError, match=r"a name in it is longer than the \d+ bytes"):
        check_folder(tmp_path / "new" / ("é" * 128), key="--output")

    def refuse(folder):
        raise PermissionError(errno.EACCES, "Permission denied", folder)

    monkeypatch.setattr(os, "mkdir", lambda path, mode: refuse(path))
    for key, kind in ((None, StoreRefused), ("--output", InputError)):
        with pytest.raises(InputError, match=r"cannot be written into \(Permission denied\)") as caught:
            check_folder(tmp_path / "new", key=key)
        assert type(caught.value) is kind


@pytest.mark.parametrize(("number", "said"), [
    (errno.EROFS, "the disk is mounted for reading only, at .*Mount it for writing or copy the folder"),
    (errno.ENOSPC, "the disk is full, at .*Free space there .* or move the folder to a larger disk")])
def test_a_disk_that_takes_nothing_is_not_cured_by_permissions(tmp_path, monkeypatch, number, said):
    def refuse(path, mode):
        raise OSError(number, os.strerror(number), path)

    monkeypatch.setattr(os, "mkdir", refuse)
    with pytest.raises(StoreRefused, match=f"^{tmp_path}: {said}"):
        check_folder(tmp_path)


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="Linux only")
def test_a_place_that_takes_no_folder_whatever_its_permissions_say_is_refused():
    with pytest.raises(InputError, match="/proc cannot be written into"):
        check_folder(Path("/proc/new"))


def test_a_name_that_is_too_long_where_it_stands_is_no_traceback(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=r"a name in it is longer than the \d+ bytes"):
        check_folder(Path("é" * 128))


@pytest.mark.parametrize("part", ["mlruns", "mlruns/artifacts", "mlruns/downloads", "mlruns/reports"])
def test_the_root_and_its_parts_may_be_missing_and_may_be_links_but_not_to_nothing(tmp_path, monkeypatch, part):
    monkeypatch.chdir(tmp_path)
    check_root()
    place, disk = Path(part), tmp_path / "disk"
    place.parent.mkdir(exist_ok=True)
    place.symlink_to(disk)
    with pytest.raises(InputError, match=f"^{part}: it is a link to {disk}, which is not there. Make that folder or"):
        check_root()
    disk.mkdir()
    check_root()
    place.unlink()
    place.touch()
    with pytest.raises(InputError, match=f"^{part}: .* is a file, and a folder is needed there. Move the file away"):
        check_root()


@pytest.mark.parametrize("name", ["mlflow.lock", "locks/a.lock", "underway/a.lock", "downloads/a.lock"])
def test_a_folder_in_place_of_a_lock_is_refused(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    lock = Path("mlruns", name)
    lock.mkdir(parents=True)
    with pytest.raises(InputError, match=f"^{lock}: it is a folder, and a file is needed there. Move the folder away"):
        check_root()
    lock.rmdir()
    lock.touch()
    check_root()
