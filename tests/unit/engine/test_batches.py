"""Parameters, figures and tags in as few calls as MLflow allows."""

from harness.engine.batches import log_batch


class Recorder:
    def __init__(self):
        self.calls = []

    def log_batch(self, run_id, metrics, params, tags):
        self.calls.append((len(params), len(metrics), len(tags)))


def calls(**what):
    client = Recorder()
    log_batch(client, "run", **what)
    return client.calls


def test_everything_goes_in_one_call_but_for_a_hundred_parameters_each():
    params = {f"key{number}": number for number in range(250)}
    assert calls(params=params, metrics={"a": 1.0}, tags={"b": "c"}) == [(100, 1, 1), (100, 0, 0), (50, 0, 0)]
    assert calls(params={"a": 1}, metrics={"a": 1.0}) == [(1, 1, 0)]
    assert calls(tags={"b": "c"}) == [(0, 0, 1)]
    assert calls() == calls(params={}) == []
