"""A disk that takes no more is one line with the place and the cure, whatever a library makes of the error."""

import errno
import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from mlflow.exceptions import MlflowException
from safetensors.torch import save_file

from harness.disk_full import full_disk, full_disk_said
from harness.durable import write_sealed
from harness.errors import InputError, StoreRefused

CURE = ("Free space there (`harness clean` says what no study needs) or move the folder to a larger disk, then give "
        "the same command again.")


@pytest.mark.parametrize(("error", "problem"), [
    (OSError(errno.ENOSPC, "No space left on device"), "the disk is full"),
    (OSError(errno.EDQUOT, "Disk quota exceeded"), "the disk quota is used up"),
    (sqlite3.OperationalError("database or disk is full"), "the disk is full"),
    (MlflowException("(sqlite3.OperationalError) database or disk is full [SQL: ...]"), "the disk is full"),
    (RuntimeError("Error: I/O error: No space left on device (os error 28)"), "the disk is full"),
    (sqlite3.OperationalError("disk I/O error"), "the disk cannot be written: it is full, a quota"),
    (RuntimeError("PytorchStreamWriter failed writing file data/0: file write failed"), "the disk is full"),
])
def test_each_is_known(tmp_path, error, problem):
    said = full_disk(error, tmp_path / "deep" / "down")
    mount = next(str(above) for above in tmp_path.parents if os.path.ismount(above))
    assert str(said).startswith(f"{tmp_path}/deep/down: {problem}")
    assert f", at {mount}. {CURE}" in str(said)


@pytest.mark.parametrize(("number", "cure"), [
    (errno.EFBIG, "Raise that limit or move the folder to another disk, then give the same command again."),
    (errno.EROFS, "Mount it for writing or copy the folder to another disk, then give the same command again.")])
def test_more_space_is_no_cure_for_another_limit(tmp_path, number, cure):
    assert str(full_disk(OSError(number, os.strerror(number)), tmp_path)).endswith(f". {cure}")


@pytest.mark.parametrize("text", ["attempt to write a readonly database", "unable to open database file"])
def test_sqlite_is_asked_what_keeps_it_from_writing(tmp_path, monkeypatch, text):
    error = sqlite3.OperationalError(text)
    assert full_disk(error, tmp_path / "mlflow.db") is None
    monkeypatch.setattr(os, "statvfs", lambda path: SimpleNamespace(f_flag=os.ST_RDONLY))
    assert "the disk is mounted for reading only" in str(full_disk(error, tmp_path / "mlflow.db"))


def test_where_it_was_wrapped_in_others_it_is_found():
    error = ValueError("something else")
    error.__context__ = OSError(errno.ENOSPC, "No space left on device", "/somewhere/file")
    with pytest.raises(StoreRefused, match="/somewhere/file: the disk is full"), full_disk_said("."):
        raise error


@pytest.mark.parametrize("error", [OSError(errno.EACCES, "Permission denied"), ValueError("a full house"),
                                   InputError("the file is wrong")])
def test_other_errors_stay_what_they_are(error):
    assert full_disk(error, ".") is None
    with pytest.raises(type(error)), full_disk_said("."):
        raise error


def _of_library(name, path):
    tensors = {"weight": torch.zeros(1_000_000)}
    if name == "torch":
        write_sealed(path, lambda file: torch.save(tensors, file))
    elif name == "safetensors":
        save_file(tensors, path)
    elif name == "sqlite":
        store = sqlite3.connect(path)
        store.execute("CREATE TABLE big (content BLOB)")
        store.execute("INSERT INTO big VALUES (?)", (bytes(4_000_000),))
        store.commit()
    else:
        path.write_bytes(bytes(4_000_000))


@pytest.mark.parametrize("library", ["torch", "safetensors", "sqlite", "python"])
def test_what_libraries_raise_at_a_limit_on_file_sizes_is_known(tmp_path, library):
    code = ("import resource, signal, sys\n"
            "from pathlib import Path\n"
            "from tests.unit.test_disk_full import _of_library, full_disk_said\n"
            "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
            "resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))\n"
            "with full_disk_said(sys.argv[2]):\n"
            "    _of_library(sys.argv[1], Path(sys.argv[2]) / 'file')\n")
    process = subprocess.run([sys.executable, "-c", code, library, str(tmp_path)], text=True, capture_output=True,
                             cwd=Path(__file__).resolve().parents[2])
    assert process.stderr.splitlines()[-1].startswith("harness.errors.StoreRefused: "), process.stderr
    assert not list(tmp_path.glob("*.tmp"))
