"""What no study needs goes, and nothing else: not what one is about to go on with, not what a running one holds."""

import multiprocessing
import time

import pytest
from filelock import FileLock
from mlflow import MlflowClient

from harness.engine import cleaning
from harness.engine.cleaning import Cleaner
from harness.engine.execution import finished_stages
from harness.engine.run_records import RunRecords
from harness.engine.tracking import Tracking
from harness.engine.tracking_uri import default_uri
from harness.records import Pending
from harness.shipped import STUDIES
from harness.study.loading import load_study
from harness.study.plan import make_plan
from tests.unit.engine.at_once import executed

NEXT_WEEK = 7 * 86_400.0


def planned(*overrides):
    return make_plan(load_study(STUDIES / "quick.yaml", ["seeds=[1]", "labels.budgets=[100]", *overrides]), {})


OLD, NEW = planned("seed=1"), planned("seed=2")


def tracking(root):
    return Tracking(default_uri(root), root=root)


def cleaner(root, **options):
    return Cleaner(tracking(root).stored_runs(), root, **options)


def of_kind(root, kind, **options):
    """The paths of that kind that can go, relative to the root."""
    return {str(each.path.relative_to(root)) for each in cleaner(root, **options).find().waste if each.kind == kind}


def unneeded(root):
    """The fingerprints of the finished stages that can go."""
    return {each.fingerprint for each in cleaner(root).find().waste if each.kind == "stages"}


def ended(root, plan, status, outcomes=None):
    """An execution that did everything and ended like this."""
    execution, _ = executed(plan, root, outcomes)
    MlflowClient(tracking(root).uri).set_terminated(execution.run_id, status)
    return execution


def without_reports(plan):
    return {stage.fingerprint for stage in plan.stages if stage.kind != "report"}


@pytest.fixture
def later(monkeypatch):
    """A week has passed for whoever cleans."""
    now = time.time
    monkeypatch.setattr(cleaning.time, "time", lambda: now() + NEXT_WEEK)


def test_what_a_finished_execution_uses_stays(tmp_path):
    ended(tmp_path, OLD, "FINISHED")
    ended(tmp_path, NEW, "FINISHED")
    ended(tmp_path, NEW, "FINISHED")
    found = cleaner(tmp_path).find()
    assert not [each for each in found.waste if each.kind == "stages"]
    assert found.kept == len({stage.fingerprint for plan in (OLD, NEW) for stage in plan.stages})


@pytest.mark.parametrize(("status", "goes"), [("FAILED", True), ("KILLED", True), ("SCHEDULED", False)])
def test_what_only_an_execution_used_that_came_to_nothing_goes_once_there_is_another(tmp_path, status, goes):
    ended(tmp_path, OLD, status)
    assert unneeded(tmp_path) == set(), "the last one can be gone on with"
    ended(tmp_path, NEW, "FINISHED")
    shared = without_reports(OLD) & without_reports(NEW)
    assert unneeded(tmp_path) == ((without_reports(OLD) - shared) if goes else set())


def test_removed_stages_are_said_in_mlflow_and_computed_anew(tmp_path):
    ended(tmp_path, OLD, "FAILED")
    ended(tmp_path, NEW, "FINISHED")
    found = cleaner(tmp_path).find().waste
    assert {each.path for each in cleaner(tmp_path).remove(found)} == {each.path for each in found}
    for waste in found:
        assert not waste.path.exists()
        if waste.run is not None:
            assert "MiB" in MlflowClient(tracking(tmp_path).uri).get_run(waste.run.run_id).data.tags["cleaned"]
    assert cleaner(tmp_path).find().waste == ()
    assert not executed(OLD, tmp_path)[1].calls, "a report stays, and needs nothing else"
    again, executor = executed(planned("seed=1", "evaluation.judge.noise=0.2"), tmp_path)
    names = {stage.fingerprint: stage.name for stage in OLD.stages}
    assert {names[each.fingerprint] for each in found} <= {call.name for call in executor.calls}
    assert not again.failures


def test_stages_of_an_execution_that_was_deleted_go(tmp_path):
    execution = ended(tmp_path, OLD, "FINISHED")
    ended(tmp_path, NEW, "FINISHED")
    MlflowClient(tracking(tmp_path).uri).delete_run(execution.run_id)
    assert unneeded(tmp_path) == without_reports(OLD) - without_reports(NEW)


def test_what_people_were_asked_and_said_stays(tmp_path):
    asking = planned("labels={source: human, budgets: [100], candidates: 4}", "supervised.scorer=vader")
    ended(tmp_path, asking, "FAILED")
    ended(tmp_path, NEW, "FINISHED")
    labels = {stage.fingerprint for stage in asking.stages if stage.kind == "labels"}
    assert labels and unneeded(tmp_path) == without_reports(asking) - without_reports(NEW) - labels


def test_a_stage_that_was_moved_but_not_called_finished_goes(tmp_path):
    """A kill between the two: nobody finds it."""
    ended(tmp_path, NEW, "FINISHED")
    client = MlflowClient(tracking(tmp_path).uri)
    run = client.search_runs([e.experiment_id for e in client.search_experiments()], "tags.kind = 'labels'")[0]
    client.set_terminated(run.info.run_id, "KILLED")
    assert unneeded(tmp_path) == {run.data.tags["fingerprint"]}


def _run_until_told(root, plan_overrides, ready, go):
    """A driver's process: it has begun, and holds one stage."""
    plan = planned(*plan_overrides)
    store = tracking(root)
    records = RunRecords(plan, store, locks=root / "locks")
    with records.begin(), FileLock(root / "locks" / f"{plan.stages[0].fingerprint}.lock"):
        records.stage_begun(plan.stages[0])
        ready.set()
        go.wait(60)
        records.end("FINISHED", {})


@pytest.fixture
def running(tmp_path):
    """Starts another process that runs the study with these overrides; it ends with the test."""
    context = multiprocessing.get_context("spawn")
    processes, go = [], context.Event()

    def start(*overrides):
        ready = context.Event()
        processes.append(context.Process(target=_run_until_told, args=(tmp_path, overrides, ready, go)))
        processes[-1].start()
        assert ready.wait(60)

    yield start
    go.set()
    for process in processes:
        process.join(60)


def test_nothing_that_a_running_study_holds_goes(tmp_path, running, later):
    ended(tmp_path, OLD, "FAILED")
    ended(tmp_path, NEW, "FINISHED")
    other = planned("seed=1", "study=other")
    before = list(cleaner(tmp_path).find().waste)
    assert {each.fingerprint for each in before if each.kind == "stages"}
    for folder in ("underway", "downloads"):
        for stage in OLD.stages[:2]:
            (tmp_path / folder / stage.fingerprint).mkdir(parents=True)
    running("seed=1", "study=other")
    assert {stage.fingerprint for stage in other.stages} >= unneeded(tmp_path) == set()
    assert of_kind(tmp_path, "unfinished stages") == of_kind(tmp_path, "downloads") == set()
    taken = cleaner(tmp_path).remove(each for each in before if each.kind == "stages")
    assert taken == [], "found before it began: it is seen when they are about to go"
    assert set(finished_stages(OLD, tracking(tmp_path))) == {stage.fingerprint for stage in OLD.stages}


def test_of_a_study_that_runs_no_stage_goes(tmp_path, running):
    """Where an arm fails, it may plan others than those it began with."""
    ended(tmp_path, OLD, "FAILED")
    ended(tmp_path, NEW, "FINISHED")
    assert unneeded(tmp_path)
    running("seed=3")
    assert unneeded(tmp_path) == set()


def test_while_a_study_of_another_store_runs_here_only_stages_of_this_one_are_looked_at(tmp_path, later):
    ended(tmp_path, OLD, "FAILED")
    (tmp_path / "downloads" / "abc").mkdir(parents=True)
    assert of_kind(tmp_path, "downloads") == {"downloads/abc"}
    with FileLock(tmp_path / "locks" / "execution-elsewhere.lock"):
        assert cleaner(tmp_path).find().waste == ()


def test_an_execution_that_is_about_to_write_its_plan_holds_everything(tmp_path):
    ended(tmp_path, OLD, "FAILED")
    ended(tmp_path, NEW, "FINISHED")
    store = tracking(tmp_path)
    begun = store.begin_run(store.experiment("another"), "another", tags={"level": "execution"})
    assert unneeded(tmp_path) == set()
    store.end_run(begun, "KILLED")
    assert unneeded(tmp_path)


def test_unfinished_stages_that_the_last_execution_can_go_on_with_stay(tmp_path, later):
    goes_on, waits = OLD.stages[3], OLD.stages[4]
    ended(tmp_path, OLD, "SCHEDULED", {waits.name: Pending("people label", missing=3)})
    ended(tmp_path, planned("seed=4"), "KILLED", {goes_on.name: RuntimeError("it broke")})
    for name in (waits.fingerprint, "strange"):
        (tmp_path / "underway" / name).mkdir(parents=True, exist_ok=True)
    found = cleaner(tmp_path).find()
    assert not [each for each in found.waste if each.kind == "unfinished stages"]
    assert found.unknown == (tmp_path / "underway" / "strange",), "of a study of another store, perhaps"


def test_unfinished_stages_that_nothing_goes_on_with_go(tmp_path, later):
    done = tmp_path / "underway" / NEW.stages[0].fingerprint
    lost = next(stage for stage in OLD.stages if stage.kind == "ppo")
    ended(tmp_path, OLD, "FAILED", {lost.name: RuntimeError("it broke")})
    (tmp_path / "underway" / lost.fingerprint).mkdir(parents=True)
    (tmp_path / "underway" / lost.fingerprint / "checkpoint.pt").write_bytes(bytes(1000))
    assert of_kind(tmp_path, "unfinished stages") == set()
    ended(tmp_path, NEW, "FINISHED")
    done.mkdir()
    assert of_kind(tmp_path, "unfinished stages") == {f"underway/{lost.fingerprint}", f"underway/{done.name}"}
    done.rmdir()
    with FileLock(tmp_path / "underway" / f"{lost.fingerprint}.lock"):
        assert of_kind(tmp_path, "unfinished stages") == set(), "a worker writes into it"
    cleaner(tmp_path).remove(cleaner(tmp_path).find().waste)
    assert not (tmp_path / "underway" / lost.fingerprint).exists()


def test_temporary_files_go_when_they_have_settled(tmp_path, monkeypatch):
    ended(tmp_path, NEW, "FINISHED")
    stage = tracking(tmp_path).finished(NEW.stages[0].fingerprint)
    names = {"mlflow.db.part", "reports/quick/part-results.json", "downloads/abc.part/model.safetensors",
             f"{stage.path.removeprefix(str(tmp_path))[1:]}/checkpoint/checkpoint.pt"}
    for name in (*names, "reports/quick/report.html"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(bytes(1000))
    assert of_kind(tmp_path, "temporary files") == set()
    now = time.time
    monkeypatch.setattr(cleaning.time, "time", lambda: now() + NEXT_WEEK)
    whole = {"downloads/abc.part" if name.startswith("downloads") else name for name in names}
    assert of_kind(tmp_path, "temporary files") == whole
    cleaner(tmp_path).remove(cleaner(tmp_path).find().waste)
    assert not any((tmp_path / name).exists() for name in names)
    assert (tmp_path / "reports/quick/report.html").exists()


def test_locks_that_nobody_holds_go_but_not_those_that_tell_of_a_kill(tmp_path, later):
    ended(tmp_path, NEW, "FINISHED")
    killed = tracking(tmp_path).begin_run("1", "killed", tags={"level": "execution"})
    names = [f"locks/execution-{killed}.lock", "locks/free.lock", "locks/held.lock", "underway/free.lock"]
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    with FileLock(tmp_path / "locks" / "held.lock"):
        found = of_kind(tmp_path, "locks")
    assert {"locks/free.lock", "underway/free.lock"} <= found
    assert not found & {names[0], names[2], "mlflow.lock"}


def test_what_was_written_to_lately_can_be_kept(tmp_path, monkeypatch):
    ended(tmp_path, OLD, "FAILED")
    ended(tmp_path, NEW, "FINISHED")
    assert of_kind(tmp_path, "stages") and not of_kind(tmp_path, "stages", older_than=6)
    now = time.time
    monkeypatch.setattr(cleaning.time, "time", lambda: now() + NEXT_WEEK)
    assert of_kind(tmp_path, "stages", older_than=6) and not of_kind(tmp_path, "stages", older_than=8)


def test_a_kill_in_the_middle_leaves_no_half_stage(tmp_path, monkeypatch, later):
    ended(tmp_path, OLD, "FAILED")
    ended(tmp_path, NEW, "FINISHED")
    found = [each for each in cleaner(tmp_path).find().waste if each.kind == "stages"]

    def killed(path):
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(cleaning.shutil, "rmtree", killed)
        with pytest.raises(SystemExit):
            cleaner(tmp_path).remove(found)
    first = found[0]
    assert tracking(tmp_path).finished(first.fingerprint) is None
    left = of_kind(tmp_path, "temporary files")
    assert {str(first.path.relative_to(tmp_path)) + ".part"} == left
    cleaner(tmp_path).remove(cleaner(tmp_path).find().waste)
    assert not list((tmp_path / "artifacts").rglob("*.part"))


def test_looking_writes_nothing(tmp_path):
    ended(tmp_path, OLD, "FAILED")
    ended(tmp_path, NEW, "FINISHED")

    def all_files():
        return {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.suffix != ".lock"}

    looking, before = cleaner(tmp_path), all_files()
    looking.find()
    assert all_files() == before


