"""A server that is away is waited for, said once, and nothing that is asked twice counts twice."""

import itertools

import pytest
from mlflow import MlflowClient

from harness.engine import patience as module
from harness.engine.execution import Runner, Screen
from harness.engine.patience import VARIABLE, Patience
from harness.engine.tracking import Tracking
from harness.errors import InputError, StoreRefused, StoreUnreachable
from harness.shipped import STUDIES
from harness.study.loading import load_study
from harness.study.plan import make_plan
from tests.tracking_proxy import HANG, LOSE, PASS, free_port, mlflow_server, proxy_before
from tests.unit.engine.at_once import AtOnce

URI = "http://127.0.0.1:5000"


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch):
    monkeypatch.setattr(module, "FIRST_PAUSE", 0.01)


@pytest.fixture
def said():
    return []


REFUSED = ConnectionRefusedError(111, "Connection refused")


def failing(times, error=REFUSED):
    """Fails so often, then answers."""
    left = itertools.count(times, -1)

    def ask():
        if next(left) > 0:
            raise error
        return "answer"
    return ask


def test_an_answer_is_waited_for_and_both_ends_of_the_wait_are_said(said):
    assert Patience(URI, say=said.append).call(failing(3)) == "answer"
    assert said[0] == (f"the tracking server at {URI} cannot be reached (Connection refused); waiting for it, at most "
                       "15 min 0 s. Stages run on")
    assert said[1:] == ["the tracking server answers again, after 0 s"]


def test_who_answers_is_not_spoken_of(said):
    assert Patience(URI, say=said.append).call(failing(0)) == "answer"
    assert said == []


def test_patience_ends_and_then_nobody_is_waited_for_again(said):
    patience = Patience(URI, say=said.append, seconds=0.1)
    with pytest.raises(StoreUnreachable, match=r"5000: the tracking server cannot be reached for 0 s \(Connection ref"
                                               r".*Nothing is lost: give the same command again") as caught:
        patience.call(failing(1000))
    assert caught.value.exit_code == 5
    with pytest.raises(StoreUnreachable):
        patience.call(failing(0))
    assert len(said) == 1


@pytest.mark.parametrize("error", [ValueError("wrong"), StoreRefused("no"), FileNotFoundError(2, "gone")])
def test_another_error_is_not_waited_out(said, error):
    with pytest.raises(type(error)):
        Patience(URI, say=said.append).call(failing(1, error))
    assert said == []


def test_the_variable_sets_the_patience(monkeypatch, said):
    monkeypatch.setenv(VARIABLE, "0")
    with pytest.raises(StoreUnreachable):
        Patience(URI, say=said.append).call(failing(1))
    for wrong in ("soon", "-1", "inf", "nan"):
        monkeypatch.setenv(VARIABLE, wrong)
        with pytest.raises(InputError, match=f"{VARIABLE}: '{wrong}' is not a number of seconds"):
            Patience(URI)


@pytest.fixture(scope="module")
def plan():
    return make_plan(load_study(STUDIES / "quick.yaml", ["seeds=[1]", "labels.budgets=[100]"]), {})


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with mlflow_server(tmp_path_factory.mktemp("server")) as port, proxy_before(port) as proxy:
        yield proxy


@pytest.fixture
def executed(plan, server, tmp_path, said):
    """A function that executes the plan under another name each time; the runs that this leaves."""
    def execute(mood, seconds=60):
        server.mood = mood
        try:
            tracking = Tracking(server.url, root=tmp_path, patience=Patience(server.url, say=said.append,
                                                                             seconds=seconds))
            return Runner(plan, tracking=tracking, executor=AtOnce(), screen=Screen(), cores=2, narrow_threads=1).run()
        finally:
            server.mood = lambda method, path: PASS
    yield execute
    client = MlflowClient(server.url)
    experiment = client.get_experiment_by_name(plan.study.study).experiment_id
    client.rename_experiment(experiment, tmp_path.name)
    for run in client.search_runs([experiment]):
        client.delete_run(run.info.run_id)


def runs(server, plan):
    client = MlflowClient(server.url)
    experiment = client.get_experiment_by_name(plan.study.study).experiment_id
    return client.search_runs([experiment], max_results=1000)


def check_all_is_there_once(server, plan, execution, executions=1):
    found = runs(server, plan)
    kinds = sorted(run.data.tags["fingerprint"] for run in found if run.data.tags.get("is_original") == "true")
    assert kinds == sorted(stage.fingerprint for stage in plan.stages)
    assert sum(run.data.tags["level"] == "execution" for run in found) == executions
    assert {run.info.status for run in found} == {"FINISHED"}
    assert plan.report.fingerprint in execution.refs


@pytest.mark.slow
def test_answers_that_are_lost_make_nothing_twice(server, plan, executed, said):
    """Each kind of request is done, and its answer lost, the first time."""
    seen = set()

    def mood(method, path):
        kind = (method, path.split("?")[0].split("/artifacts/")[0])
        if kind in seen:
            return PASS
        seen.add(kind)
        return LOSE

    execution = executed(mood)
    check_all_is_there_once(server, plan, execution)
    assert server.moods.count(LOSE) > 5
    assert len(said) == 2 * sum("cannot be reached" in line for line in said)


@pytest.mark.slow
@pytest.mark.parametrize("status", [500, 503])
def test_what_a_proxy_says_in_the_server_s_place_is_waited_out(server, plan, executed, said, status):
    number = itertools.count()
    execution = executed(lambda method, path: status if 20 <= next(number) < 24 else PASS)
    check_all_is_there_once(server, plan, execution)
    assert said[0].startswith(f"the tracking server at {server.url} cannot be reached (status {status}); waiting")
    assert said[1].startswith("the tracking server answers again")
    assert len(said) == 2


@pytest.mark.slow
def test_a_request_that_is_done_after_its_time_out_makes_nothing_twice(server, plan, executed, monkeypatch):
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "2")
    server.hang, number = 3.0, itertools.count()

    def mood(method, path):
        return HANG if path.endswith("/runs/create") and next(number) == 1 else PASS

    execution = executed(mood)
    check_all_is_there_once(server, plan, execution)
    assert HANG in server.moods


@pytest.mark.slow
def test_when_patience_ended_the_same_command_goes_on(server, plan, executed, said):
    number = itertools.count()
    with pytest.raises(StoreUnreachable, match="503"):
        executed(lambda method, path: PASS if next(number) < 60 else 503, seconds=0.2)
    done = {run.data.tags["fingerprint"] for run in runs(server, plan)
            if run.data.tags.get("is_original") == "true" and run.info.status == "FINISHED"}
    assert done
    execution = executed(lambda method, path: PASS)
    by_name = {stage.name: stage.fingerprint for stage in plan.stages}
    assert not done & {by_name[name] for name in execution.executed}
    statuses = [run.info.status for run in runs(server, plan)]
    assert "RUNNING" not in statuses and "KILLED" in statuses


@pytest.mark.slow
def test_a_refusal_in_the_middle_is_not_waited_out(server, plan, executed, said):
    number = itertools.count()
    with pytest.raises(Exception, match="403"):
        executed(lambda method, path: PASS if next(number) < 30 else 403)
    assert said == []


def test_nobody_listens(tmp_path, said):
    uri = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(StoreUnreachable, match="Connection refused"):
        Tracking(uri, root=tmp_path, patience=Patience(uri, say=said.append, seconds=0.1))
