"""A study with people's labels runs to Pending, and goes on when the labels are in the store."""

import itertools
import sqlite3

from harness.ratings.assignment import NoAssignment
from harness.ratings.protocol import StudyKind
from harness.ratings.store import open_store
from tests.e2e.runs import TINY, results, run_study

SETTINGS = {**TINY, "labels": "{source: human, budgets: [6, 10]}", "supervised.scorer": "vader", "seeds": "[1]"}


def _label(folder, most):
    """One labeler, who always takes the first candidate on the screen, gives at most so many labels."""
    seconds = itertools.count(1_900_000_000, 10)
    store = open_store(f"sqlite:///{folder}/mlruns/ratings.db", clock=lambda: float(next(seconds)))
    (queue,) = store.studies(StudyKind.LABELS)
    rater = store.add_rater(f"amber-{most}")
    store.consent(queue.id, rater)
    given = 0
    while given < most and not isinstance(held := store.next_assignment(queue.id, rater), NoAssignment):
        shown = store.show(rater, held)
        store.vote(rater, held, revision=shown.revision, choice="1")
        given += 1
    return given


def test_a_study_waits_for_its_labels_and_then_goes_on(tmp_path):
    first = run_study(tmp_path, settings=SETTINGS)
    assert first.returncode == 3, first.stdout + first.stderr
    assert "10 labels are missing" in first.stdout
    assert "Open the app with `harness app`" in first.stdout

    assert _label(tmp_path, 4) == 4
    second = run_study(tmp_path, settings=SETTINGS)
    assert second.returncode == 3
    assert "6 labels are missing" in second.stdout

    assert _label(tmp_path, 100) >= 6
    last = run_study(tmp_path, settings=SETTINGS)
    assert last.returncode == 0, last.stdout + last.stderr
    document = results(tmp_path)
    assert document["simulated_labels"] is False
    assert {arm["label_budget"] for arm in document["arms"]} == {None, 6, 10}
    with sqlite3.connect(tmp_path / "mlruns" / "ratings.db") as database:
        assert database.execute("pragma integrity_check").fetchone() == ("ok",)
