"""A stage's metrics survive a kill, and a resumed stage writes none twice; progress is thinned out, its end never."""

import pytest

from harness.artifacts.log import METRICS_FILE, Progress, Said, StageLog, read_metrics


def _logged(folder):
    return [(record["step"], record["metrics"]) for record in read_metrics(folder / METRICS_FILE)]


def test_metrics_come_back_in_their_order_and_rewinding_forgets_later_steps(tmp_path):
    log = StageLog(tmp_path, lambda progress: None)
    for step in (1, 2, 3):
        log.metrics({"loss": step / 3}, step)
    assert _logged(tmp_path) == [(1, {"loss": 1 / 3}), (2, {"loss": 2 / 3}), (3, {"loss": 1.0})]
    log.rewind(1)
    log.metrics({"loss": 0.5}, 2)
    assert _logged(tmp_path) == [(1, {"loss": 1 / 3}), (2, {"loss": 0.5})]


def test_a_line_that_a_kill_cut_off_is_left_out(tmp_path):
    StageLog(tmp_path, lambda progress: None).metrics({"loss": 2.0}, 1)
    with (tmp_path / METRICS_FILE).open("a") as file:
        file.write('{"step": 2, "met')
    assert _logged(tmp_path) == [(1, {"loss": 2.0})]


def test_a_stage_that_logged_nothing_has_no_metrics(tmp_path):
    assert list(read_metrics(tmp_path / METRICS_FILE)) == []


def test_quick_reports_are_thinned_out_and_the_last_is_always_sent(tmp_path):
    sent = []
    log = StageLog(tmp_path, sent.append)
    for done in range(1, 1001):
        log.progress(done, 1000, "note")
    assert sent[0] == Progress(1, 1000, "note")
    assert sent[-1] == Progress(1000, 1000, "note")
    assert len(sent) < 100


@pytest.mark.parametrize("line", [
    b'{"step": 2, "ti{"step": 3, "time": 1, "metrics": {}}\n', b"\0" * 30 + b"\n", b"\xff\xfe\n", b"[]\n", b"3\n",
    b'{"stfp": 2, "time": 1, "metrics": {}}\n', b'{"step": "2", "time": 1, "metrics": {}}\n',
    b'{"step": 2, "time": 1, "metrics": {"loss": "x"}}\n'])
def test_nothing_is_read_from_a_damaged_line_on(tmp_path, line):
    log = StageLog(tmp_path, lambda progress: None)
    log.metrics({"loss": 2.0}, 1)
    with (tmp_path / METRICS_FILE).open("ab") as file:
        file.write(line)
    log.metrics({"loss": 1.0}, 3)
    assert _logged(tmp_path) == [(1, {"loss": 2.0})]
    log.rewind(1)
    log.metrics({"loss": 1.5}, 2)
    assert _logged(tmp_path) == [(1, {"loss": 2.0}), (2, {"loss": 1.5})]


def test_what_is_said_is_sent_at_once(tmp_path):
    sent = []
    log = StageLog(tmp_path, sent.append)
    log.progress(1, 100)
    log.say("one")
    log.say("two")
    assert sent[1:] == [Said("one"), Said("two")]
