"""The metrics and the checkpoint of a stage that trains."""

import json

from harness.artifacts.fitting import reporter
from harness.artifacts.log import METRICS_FILE, StageLog


def _steps(folder):
    return [json.loads(line)["step"] for line in (folder / METRICS_FILE).read_text().splitlines()]


def test_a_long_loop_logs_about_two_hundred_steps_and_its_last(tmp_path) -> None:
    on_step = reporter(StageLog(tmp_path, lambda _: None))
    for step in range(1, 1004):
        on_step(step, 1003, {"train/loss": 1.0})
    assert _steps(tmp_path) == [*range(5, 1004, 5), 1003]


def test_a_resumed_loop_logs_no_step_twice(tmp_path) -> None:
    first = reporter(StageLog(tmp_path, lambda _: None))
    for step in range(1, 8):
        first(step, 10, {"train/loss": 1.0})
    # Its checkpoint was of step 4, so it goes on with the fifth.
    again = reporter(StageLog(tmp_path, lambda _: None))
    for step in range(5, 11):
        again(step, 10, {"train/loss": 1.0})
    assert _steps(tmp_path) == list(range(1, 11))


def test_progress_names_the_loss(tmp_path) -> None:
    sent = []
    reporter(StageLog(tmp_path, sent.append))(10, 10, {"train/loss": 0.12345})
    assert [(progress.done, progress.total, progress.note) for progress in sent] == [(10, 10, "loss 0.123")]
