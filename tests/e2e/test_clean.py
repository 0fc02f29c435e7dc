"""`harness clean` says what it would remove, removes it when told to, and refuses what is wrong in one line."""

import json
import os
import random
import signal
import subprocess
import sys
import time

import pytest

from harness import clean
from harness.engine.cleaning import KINDS
from harness.engine.stage_files import StageFiles
from harness.engine.stored_runs import CLEANED_TAG
from tests.e2e.runs import ROOT
from tests.small_disk import fill, mounting, small_disk
from tests.unit.engine.test_cleaning import NEW, OLD, ended, tracking, unneeded

KILLS = 5


@pytest.fixture
def root(tmp_path, monkeypatch):
    """mlruns/ of a study that failed and of one that is finished, in the current folder."""
    monkeypatch.chdir(tmp_path)
    root = tmp_path / "mlruns"
    ended(root, OLD, "FAILED")
    ended(root, NEW, "FINISHED")
    return root


def test_it_is_dry_until_told_otherwise(root, capsys):
    gone = unneeded(root)
    assert clean.main([]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0].split()[:2] == ["stages", str(len(gone))]
    assert "`harness clean --yes` removes it" in said[-1]
    assert unneeded(root) == gone
    assert clean.main(["--yes", "--older-than", "1"]) == 0
    assert unneeded(root) == gone, "all of it is new"
    assert clean.main(["--yes", "--json"]) == 0
    document = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert document["removed"] and {row["kind"]: row["number"] for row in document["tallies"]}["stages"] == len(gone)
    assert unneeded(root) == set()


def test_what_a_server_keeps_stays_and_its_download_is_a_copy(root, monkeypatch, capsys):
    monkeypatch.setattr(StageFiles, "local", lambda self, artifact_uri: None)
    copy = root / "downloads" / NEW.report.fingerprint
    copy.mkdir(parents=True)
    assert clean.main([]) == 0
    told = capsys.readouterr()
    rows = {line.split("  ")[0]: line.split()[-3] for line in told.out.splitlines()[:len(KINDS)]}
    assert {kind for kind, number in rows.items() if number != "0"} == {"downloads"}
    kept = len({stage.fingerprint for plan in (OLD, NEW) for stage in plan.stages})
    assert f"; {kept} finished stages stay.\nThe server keeps {kept} of them: their downloads here are cop" in told.out
    assert told.err == "", "no bars of MLflow"
    assert clean.main(["--yes"]) == 0 and not copy.exists()


@pytest.mark.parametrize("arguments", [[], ["--tracking-uri", "sqlite:///elsewhere.db"]])
def test_where_there_are_no_runs_it_says_so_and_writes_nothing(tmp_path, monkeypatch, capsys, arguments):
    monkeypatch.chdir(tmp_path)
    assert clean.main(arguments) == 2
    said = capsys.readouterr().err
    assert "there are no runs here" in said and said.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("uri", "code", "said"), [
    ("foo://x", 2, "names no server and no database"), ("http://127.0.0.1:9", 5, "no MLflow server answers"),
    ("sqlite:///text.db", 2, "text.db: the MLflow store is damaged (file is not a database)")])
def test_a_wrong_address_is_said_where_there_are_no_runs_too(tmp_path, monkeypatch, capsys, uri, code, said):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "text.db").write_text("no database")
    assert clean.main(["--tracking-uri", uri]) == code
    told = capsys.readouterr().err
    assert said in told and told.count("\n") == 1
    assert [each.name for each in tmp_path.iterdir()] == ["text.db"]


@pytest.mark.parametrize("elsewhere", [False, True])
def test_on_a_full_disk_stages_are_removed_without_a_write_before(tmp_path, monkeypatch, capsys, elsewhere):
    """elsewhere: the files are on another disk, so there is no more room for the database afterwards."""
    if lack := mounting():
        pytest.skip(lack)
    disk = tmp_path / "disk"
    disk.mkdir()
    with small_disk(disk, 8192):
        monkeypatch.chdir(disk)
        root = disk / "mlruns"
        root.mkdir()
        if elsewhere:
            (tmp_path / "artifacts").mkdir()
            (root / "artifacts").symlink_to(tmp_path / "artifacts")
        ended(root, OLD, "FAILED")
        ended(root, NEW, "FINISHED")
        gone = unneeded(root)
        fill(disk)
        assert clean.main(["--yes"]) == 0, capsys.readouterr().err
        assert gone and unneeded(root) == set() and not tracking(root).finished_among(gone)
        assert _marked(root) != elsewhere
        monkeypatch.chdir(tmp_path)


@pytest.mark.slow
def test_killed_at_any_moment_it_leaves_whole_stages_and_goes_on(root):
    gone, random_moments = unneeded(root), random.Random(1)
    for _ in range(KILLS):
        process = subprocess.Popen([sys.executable, "-m", "harness.clean", "--yes"], cwd=root.parent,
                                   env={**os.environ, "PYTHONPATH": str(ROOT)})
        while process.poll() is None and not _marked(root):
            time.sleep(0.01)
        time.sleep(random_moments.random() / 20)
        process.send_signal(signal.SIGKILL)
        process.wait()
        store = tracking(root)
        found = store.finished_among(stage.fingerprint for plan in (OLD, NEW) for stage in plan.stages)
        for ref in found.values():
            assert os.path.isfile(os.path.join(ref.path, "outcome.json"))
        assert not {each.fingerprint for each in NEW.stages} - found.keys()
    assert clean.main(["--yes"]) == 0
    assert not unneeded(root) and not gone & tracking(root).finished_among(gone).keys()


def _marked(root):
    return any(CLEANED_TAG in run.tags for run in tracking(root).stored_runs().of_level("stage"))
