"""Executing a plan whose stages take no time and write next to nothing."""

from concurrent.futures import Future

from harness.artifacts.outcome import write_outcome
from harness.engine.execution import Runner, Screen
from harness.engine.tracking import Tracking
from harness.engine.tracking_uri import default_uri
from harness.records import Done

FILE = "model.bin"


class AtOnce:
    """An executor whose stages write a file and their outcome. outcomes: of single stages, by name."""

    slots = 3

    def __init__(self, outcomes=None):
        self.outcomes, self.calls = outcomes or {}, []

    def submit(self, call):
        self.calls.append(call)
        outcome, future = self.outcomes.get(call.name, Done({"figure": 1.0})), Future()
        if isinstance(outcome, Exception):
            future.set_exception(outcome)
        else:
            call.out.mkdir(parents=True, exist_ok=True)
            if isinstance(outcome, Done):
                (call.out / FILE).write_text(call.name)
                write_outcome(call.out, outcome)
            future.set_result(outcome)
        return future

    def close(self): ...

    def abandon(self): ...


def executed(plan, root, outcomes=None, *, screen=None):
    """What came of executing the plan in this folder, and the executor."""
    executor = AtOnce(outcomes)
    execution = Runner(plan, tracking=Tracking(default_uri(root), root=root), executor=executor,
                       screen=screen or Screen(), cores=2, narrow_threads=1).run()
    return execution, executor
