"""mlruns/ that two users of a group share: what the one makes the other can go on with, back up, restore and clean."""

import os
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.e2e.runs import ROOT

GROUP, USERS = 64_100, (64_101, 64_102)
"""Ids that no account has."""

AS_A_USER = """
import os, sys
from pathlib import Path
from harness import clean, raters
from harness.ratings.store import open_store
from rating_helpers import item_set, publish, rater_in
from tests.unit.engine.at_once import executed
from tests.unit.engine.test_cleaning import planned

def act(folder, name):
    os.chdir(folder)
    execution, _ = executed(planned(f"seed={len(name)}"), Path("mlruns"))
    assert not execution.failures
    store = open_store()
    rater_in(store, publish(store, item_set(2, overlap=1), name=name), name)
    for command in (["invite", name], ["export", "--rater", name, "-o", f"mlruns/{name}.json"],
                    ["backup", f"mlruns/{name}.backup"], ["list"], ["verify"]):
        assert raters.main(command) == 0, command
    store.database.hold()
    store.add_rater(f"{name} held")

folder, name, uid, gid = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
warm = Path(sys.argv[5])
warm.mkdir()
act(warm, name)  # loads what another user may not be allowed to read: Python itself may lie in somebody's home
os.setgroups([]), os.setgid(gid), os.setuid(uid), os.umask(0o002)
act(folder, name)
assert clean.main(["--yes"]) == 0
os._exit(0)  # as a kill would leave it: the write-ahead log of the ratings stays
"""


@pytest.fixture
def shared():
    """A folder of the group, which hands its group on. Not below pytest's own, which nobody else may enter."""
    if os.geteuid() != 0:
        pytest.skip("needs root, to be two users")
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o711)
        folder = Path(name) / "shared"
        folder.mkdir()
        os.chown(folder, USERS[0], GROUP)
        folder.chmod(0o2775)
        yield folder


@pytest.mark.slow
def test_what_the_one_makes_the_other_goes_on_with(shared, tmp_path):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "tests")))}
    environment.pop("HARNESS_RATINGS_URL", None)
    for turn, (name, user) in enumerate([("amber", USERS[0]), ("birch-2", USERS[1]), ("cedar", USERS[0])]):
        done = subprocess.run([sys.executable, "-c", AS_A_USER, str(shared), name, str(user), str(GROUP),
                               str(tmp_path / f"warm{turn}")], env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr + done.stdout
        files = [path for path in shared.rglob("*") if not path.is_symlink()]
        assert {path.name for path in files} >= {"ratings.db", "mlflow.db", f"{name}.json", f"{name}.backup"}
        assert turn or any(path.name == "ratings.db-wal" for path in files), "the first kill leaves one"
        closed = [str(path.relative_to(shared)) for path in files
                  if not path.stat().st_mode & stat.S_IWGRP or path.stat().st_gid != GROUP]
        assert closed == [], "the other user may not write them"
    assert {path.stat().st_uid for path in shared.rglob("*")} == {*USERS}
