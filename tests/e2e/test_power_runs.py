"""The command power with --runs: how many more training runs of a finished study would decide.

harness.results.more_runs computes what is seen here, harness.results.more_runs_records are its records.
"""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from harness import power
from harness.engine.exported_runs import write_execution
from harness.engine.run_times import RunTimes
from harness.records import ArmKey, Contrast
from harness.results.file import write_results
from harness.results.rates import equivalence_rows
from harness.results.votes import Votes
from harness.statistics.more_runs import decision_power, runs_to_decide
from tests.e2e.command_files import json_of
from tests.result_records import results_of


def _row(small: int, win_rate: float, *, runs: int = 4, queries: int = 300, run_sd: float = 0.05):
    rng = np.random.default_rng(small)
    rates = win_rate + run_sd * np.linspace(-1.3, 1.3, runs)
    outcomes = (rng.random((runs, queries)) < rates[:, None]).astype(float).ravel()
    votes = {Contrast(ArmKey("rl", 60000), ArmKey("rl", small)): Votes(
        outcomes, np.tile(np.arange(queries), runs).astype(object), np.repeat(np.arange(runs), queries))}
    (row,) = equivalence_rows(votes, margin=0.05, confidence=0.95, judge="simulated")
    return row


OPEN = _row(2500, 0.5)


def _study(folder: Path, *rows, times: RunTimes | None = None) -> Path:
    write_results(folder, results_of(equivalence=rows))
    write_execution(folder, execution="a run", tracking_uri="sqlite:///m.db", files={}, run_times=times)
    return folder / "results.json"


def test_the_runs_that_decide_are_those_of_the_noncentral_t(tmp_path, capsys) -> None:
    (row,) = json_of(power, capsys, "--runs", _study(tmp_path, OPEN))["contrasts"]
    expected = runs_to_decide(OPEN.spread, have=4, win_rate=OPEN.test.win_rate, margin=0.05)
    assert row["more_runs"]["n_runs"] == expected.n_runs > 4
    assert (row["arm_a"], row["budget_a"], row["budget_b"], row["n_runs"]) == ("rl", 60000, 2500, 4)
    assert [chance["n_runs"] for chance in row["chances"]] == [4, 6, 8, 12, 16]
    assert row["chances"][2]["enough"] == pytest.approx(
        decision_power(OPEN.spread, 8, win_rate=OPEN.test.win_rate, margin=0.05).enough)
    assert row["seconds"] is None
    more = json_of(power, capsys, "--runs", tmp_path, "--power", "0.95")["contrasts"][0]["more_runs"]
    assert more["n_runs"] > expected.n_runs


def test_minutes_come_from_what_the_stages_of_the_runs_took(tmp_path, capsys) -> None:
    more = runs_to_decide(OPEN.spread, have=4, win_rate=OPEN.test.win_rate, margin=0.05).more
    path = _study(tmp_path, OPEN, times=RunTimes({"rl/60000 vs rl/2500": 90.0}, again=30.0, jobs=2))
    assert json_of(power, capsys, "--runs", path)["contrasts"][0]["seconds"] == pytest.approx(more * 45 + 30)
    assert power.main(["--runs", str(path)]) == 0
    shown = capsys.readouterr().out
    assert f"60,000 against 2,500: 4 runs of each, {100 * OPEN.test.win_rate:.1f}%." in shown
    assert f"{more} more of each, about {round((more * 45 + 30) / 60)} minutes, would decide with a chance of" in shown
    assert "reuse every stage" in shown


def test_what_is_decided_and_what_cannot_be_says_so(tmp_path, capsys) -> None:
    decided = _row(5000, 0.5, runs=8, queries=2000, run_sd=0.0)
    one = _row(500, 0.5, runs=1)
    few_queries = _row(100, 0.54, queries=40, run_sd=0.0)
    assert (decided.finding, one.finding, few_queries.finding) == ("enough", "not decided", "not decided")
    path = _study(tmp_path, decided, one, few_queries)
    assert power.main(["--runs", str(path)]) == 0
    shown = capsys.readouterr().out
    assert "60,000 against 5,000: decided. 5,000 labels were enough, with 8 runs of each." in shown
    assert "60,000 against 500: not decided, about these policies only: one training run" in shown
    assert "60,000 against 100: not decided with 4 runs of each, and " in shown
    first, second, third = json_of(power, capsys, "--runs", path)["contrasts"]
    assert (first["more_runs"], second["more_runs"], second["chances"]) == (None, None, [])
    assert third["more_runs"]["n_runs"] is None


@pytest.mark.parametrize(("make", "said"), [
    (lambda folder: folder / "nowhere", "nowhere/results.json: cannot be read (No such file or directory)"),
    (lambda folder: _written(folder / "results.csv", "a,b"), "results.csv: --runs: not a results.json"),
    (lambda folder: _written(folder / "results.json", "{"), "results.json: not a JSON record"),
    (lambda folder: _written(folder / "results.json", '{"version": 2}'), "json: version: these results are of "),
    (lambda folder: _study(folder), "results.json: equivalence: no two label budgets were compared"),
    (lambda folder: _without_spread(folder), "results.json: equivalence.0.spread: is missing"),
    (lambda folder: Path("/dev/zero"), "/dev/zero: --runs: it is no regular file"),
])
def test_another_file_is_one_message(tmp_path, capsys, make, said) -> None:
    assert power.main(["--runs", str(make(tmp_path))]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1


def test_a_page_of_runs_is_refused(tmp_path, capsys) -> None:
    assert power.main(["--runs", str(_study(tmp_path, OPEN)), "--html", str(tmp_path / "p.html")]) == 2
    assert "--html: there is no page of training runs" in capsys.readouterr().err


def _written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def _without_spread(folder: Path) -> Path:
    path = _study(folder, replace(OPEN, more_runs=None))
    document = json.loads(path.read_text())
    del document["equivalence"][0]["spread"]
    return _written(path, json.dumps(document))
