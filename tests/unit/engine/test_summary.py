"""What each arm's own MLflow run is given, and what is left of a report."""

import json
import threading
import time
from types import SimpleNamespace

from harness.artifacts.outcome import listed
from harness.engine import summary
from harness.engine.exported_runs import write_execution
from harness.engine.summary import arm_metrics, copy_together, publish_results
from harness.records import ArmKey
from harness.results.training_records import RewardModelRow
from tests.result_records import arm_measures, rate, results_of, win_rate_row


def test_an_arms_run_has_its_own_seeds_win_rate_and_that_of_all_seeds():
    rows = [win_rate_row(found=rate(0.7)), win_rate_row(found=rate(0.9), judge="human"),
            win_rate_row(label_budget=1000, found=rate(0.2))]
    models = (RewardModelRow(ArmKey("rl", 250, seed), 250, 500, 0.1 * seed, 1.2, 0.5, 0.05, 1.0, 0.0)
              for seed in (6, 1))
    found = arm_metrics(arm_measures("rl", 250, 1), results_of(win_rates=rows, reward_models=tuple(models)))
    assert (found["win_rate_vs_zero_shot"], found["win_rate_vs_zero_shot_all_seeds"]) == (0.7, 0.7)
    assert found["win_rate_vs_zero_shot_human_all_seeds"] == 0.9
    assert found["label_budget"] == 250
    assert (found["reward_model_accuracy"], found["reward_model_calibration_error"]) == (0.1, 0.05)


def test_what_an_arm_lacks_is_no_metric():
    found = arm_metrics(arm_measures("zero_shot"), results_of(win_rates=[win_rate_row()]))
    assert not {name for name in found if name.startswith("win_rate") or name == "label_budget"}
    assert "reward_model_score" not in found
    assert found["copying/novel_sentences"] == 0.5


def test_figures_of_a_former_report_go_and_files_of_others_stay(tmp_path):
    output = tmp_path / "output"

    def export(*names):
        folder = tmp_path / "stage"
        files = [folder / name for name in ("report.html", *names)]
        for file in files:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text("text")
        copy_together(folder, files, output)
        write_execution(output, execution="1", tracking_uri="", files=listed(folder, files))

    export("figures/old.svg", "figures/kept.svg")
    (output / "figures" / "mine.svg").write_text("the reader's own")
    export("figures/kept.svg")
    assert sorted(path.name for path in output.rglob("*") if path.is_file()) == [
        "execution.json", "kept.svg", "mine.svg", "report.html"]


def test_two_studies_that_end_at_once_leave_the_whole_report_of_one(tmp_path, monkeypatch):
    """Each is slow between its files, so that without a lock they would come to stand together."""
    names, output = ("report.html", "results.json", "samples.jsonl", "figures/win-rate.svg"), tmp_path / "output"
    monkeypatch.setattr(summary, "sync", lambda path: time.sleep(0.05))
    monkeypatch.setattr(summary, "run_times", lambda *_, **__: None)
    monkeypatch.setattr(summary, "seconds_of_stages", lambda _: None)
    failures = []

    def publish(study):
        for name in names:
            (tmp_path / study / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / study / name).write_text(study)
        tracking = SimpleNamespace(root=tmp_path / "mlruns", uri="", fetch=lambda _: tmp_path / study,
                                   log_files=lambda *_: None)
        plan = SimpleNamespace(report=SimpleNamespace(fingerprint="report"))
        execution = SimpleNamespace(refs={"report": None}, run_id=study, pending=["an early end"])
        try:
            publish_results(plan, execution, tracking, output, jobs=1)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=publish, args=(study,)) for study in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert len({(output / name).read_text() for name in names}) == 1
    assert json.loads((output / "execution.json").read_text())["execution"] == (output / "report.html").read_text()
    assert not list(output.rglob("*.part"))
