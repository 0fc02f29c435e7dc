"""What a log says of a study that runs."""

import io

import pytest

from harness.artifacts.log import Progress
from harness.engine import screen
from harness.records import Done
from harness.study.estimate import estimate_stage
from harness.study.loading import load_study
from harness.study.plan import make_plan
from tests.e2e.runs import ROOT


@pytest.fixture
def plan():
    return make_plan(load_study(ROOT / "studies" / "quick.yaml"), {})


def test_a_log_is_told_what_runs_and_how_long_it_takes(plan, monkeypatch):
    now = [0.0]
    monkeypatch.setattr(screen.time, "monotonic", lambda: now[0])
    out = io.StringIO()
    lines = screen.LineScreen(out)
    lines.begin(plan, reused=0, slots=2)
    lines.expect([stage.fingerprint for stage in plan.stages])
    first, second = plan.stages[:2]
    lines.started(first)
    for seconds in (10, 59):
        now[0] = seconds
        lines.progress(first.name, Progress(5, 100))
    assert len(out.getvalue().splitlines()) == 1
    now[0] = 61
    lines.progress(first.name, Progress(50, 100))
    said = out.getvalue().splitlines()[-1]
    assert f"running: {first.name} 50/100" in said
    assert "time left ?" not in said
    lines.finished(first, Done({"loss": 1.0}))
    lines.progress(first.name, Progress(100, 100))
    lines.started(second)
    now[0] = 200
    lines.progress(second.name, Progress(1, 2))
    assert first.name not in out.getvalue().splitlines()[-1]


def test_the_time_left_follows_the_pace_of_the_stages_and_how_many_run_at_once(plan, monkeypatch):
    now = [0.0]
    monkeypatch.setattr(screen.time, "monotonic", lambda: now[0])
    work = {stage.fingerprint: estimate_stage(stage, plan).work for stage in plan.stages}
    (pretrain,) = (stage for stage in plan.stages if stage.kind == "pretrain")
    ppo = [stage for stage in plan.stages if stage.kind == "ppo"][:2]
    for slots in (1, 2):
        now[0] = 0.0
        out = io.StringIO()
        lines = screen.LineScreen(out)
        lines.begin(plan, reused=0, slots=slots)
        expected = [pretrain.fingerprint, *(stage.fingerprint for stage in ppo)]
        lines.expect(expected)
        lines.started(pretrain)
        now[0] = 30.0
        lines.finished(pretrain, Done({}))
        left = 30 / work[pretrain.fingerprint] * sum(work[each] for each in expected[1:]) / slots
        assert out.getvalue().endswith(f"(0:30, time left {screen.readable_time(left)})\n")
        # Another process had the first of the two.
        lines.finished(ppo[0], Done({}))
        assert out.getvalue().endswith(f"(0:00, time left {screen.readable_time(left / 2)})\n")
