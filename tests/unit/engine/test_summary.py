"""What each arm's own MLflow run is given."""

from harness.artifacts.outcome import listed
from harness.engine.exported_runs import write_execution
from harness.engine.summary import arm_metrics, copy_together
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
