"""What the terminal shows after a run, and what goes to the arms' own MLflow runs."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from filelock import FileLock
from rich.console import Console

from harness.artifacts.outcome import listed
from harness.disk_full import full_disk_said
from harness.durable import sync
from harness.engine.execution import Execution
from harness.engine.experiment_page import experiment_tags
from harness.engine.exported_runs import (
    REPORT_FILE,
    SAMPLES_FILE,
    exported_files,
    exported_times,
    write_execution,
)
from harness.engine.run_times import RunTimes, run_times, seconds_of_stages
from harness.engine.tracking import Tracking
from harness.records import ArmKey, Pending
from harness.reporting.enough import what_would_decide
from harness.reporting.figure_files import FIGURES_FOLDER
from harness.reporting.terminal import win_rate_table
from harness.reporting.win_rates import headline
from harness.results.file import RESULTS_FILE, read_results
from harness.results.records import Results
from harness.results.text_records import ArmMeasures
from harness.study.plan import Plan


def publish_results(plan: Plan, execution: Execution, tracking: Tracking, output: Path, *, jobs: int) -> None:
    """Copy report and samples, log them to the execution's run, and give each arm its own run with its figures: one run
    a study, so not while people are awaited.

    jobs: how many stages ran at once.
    """
    folder = tracking.fetch(execution.refs[plan.report.fingerprint])
    figures = sorted((folder / FIGURES_FOLDER).iterdir())
    files = [*map(folder.joinpath, (REPORT_FILE, RESULTS_FILE, SAMPLES_FILE)), *figures]
    with full_disk_said(output), _report_lock(tracking.root):
        copy_together(folder, files, output)
        write_execution(output, execution=execution.run_id, tracking_uri=tracking.uri, files=listed(folder, files),
                        run_times=run_times(plan, seconds_of_stages(execution.refs), jobs=jobs))
    tracking.log_files(execution.run_id, folder, files)
    if execution.pending:
        return
    results = read_results(folder)
    experiment = tracking.experiment(plan.study.study)
    tracking.describe(experiment, experiment_tags(experiment, plan.study, results, output))
    tags = {"simulated_judge": str(results.simulated_judge).lower()}
    models = _models(plan, execution, tracking)
    for measures in results.arms:
        execution.tree.record_arm(measures.arm, arm_metrics(measures, results), tags,
                                  models.get(measures.arm))


def _report_lock(root: Path) -> FileLock:
    """Two commands that end at once write one report after the other; else files of both could come to stand together,
    and the one would take away what the other had begun.
    """
    locks = root / "locks"
    locks.mkdir(parents=True, exist_ok=True)
    return FileLock(locks / "reports.lock")


def _models(plan: Plan, execution: Execution, tracking: Tracking) -> dict[ArmKey, str]:
    """The model of each arm's policy in MLflow; none where the models have these figures already."""
    if plan.report.name not in execution.executed:
        return {}
    runs = {arm: execution.refs[policy].run_id or "" for arm, policy in plan.report.inputs.by_arm("policies").items()}
    models = tracking.models_of(runs.values())
    return {arm: models[run] for arm, run in runs.items() if run in models}


def copy_together(folder: Path, files: list[Path], output: Path) -> None:
    """Files of the folder to the same places below `output`. Those that are there stay whole until all new ones are;
    figures that the last report had and this one has not go then.
    """
    places = [output / file.relative_to(folder) for file in files]
    former = exported_files(output)
    for place in places:
        place.parent.mkdir(parents=True, exist_ok=True)
    parts = [place.with_name(f"{place.name}.part") for place in places]
    try:
        for file, part in zip(files, parts, strict=True):
            shutil.copyfile(file, part)
            sync(part)
        for place, part in zip(places, parts, strict=True):
            part.replace(place)
        old = {output / name for name in former if Path(name).parent == Path(FIGURES_FOLDER)}
        for place in old - {*places}:
            place.unlink(missing_ok=True)
    finally:
        for part in parts:
            part.unlink(missing_ok=True)


def arm_metrics(measures: ArmMeasures, results: Results) -> dict[str, float]:
    """The figures of one arm's run: its measures, its reward model's, its own win rates, and its label budget to plot
    them against.
    """
    arm = measures.arm
    figures: dict[str, float | None] = {
        "gold_score": measures.gold_score, "reward_model_score": measures.reward_model_score,
        "kl_to_reference": measures.kl_to_reference, "mean_tokens": measures.mean_tokens}
    figures |= {f"rouge/{name}": value for name, value in (measures.rouge or {}).items()}
    figures |= {f"copying/{name}": value for name, value in measures.copying.items()}
    figures["label_budget"] = arm.label_budget
    for model in results.reward_models:
        if model.arm == arm:
            figures |= {"reward_model_accuracy": model.validation_accuracy,
                        "reward_model_log_loss": model.validation_loss,
                        "reward_model_calibration_error": model.validation_calibration_error}
    for row in results.win_rates:
        if row.contrast.arm == arm.without_seed:
            name = f"win_rate_vs_{row.contrast.opponent}" + ("" if row.judge == "simulated" else f"_{row.judge}")
            own = {point.seed: point.win_rate for point in row.seeds.by_seed}
            figures |= {name: None if arm.seed is None else own.get(arm.seed), f"{name}_all_seeds": row.rate.win_rate,
                        f"{name}_all_seeds_ci_low": row.rate.ci_low, f"{name}_all_seeds_ci_high": row.rate.ci_high}
    return {name: float(value) for name, value in figures.items() if value is not None}


def say_what_happened(plan: Plan, execution: Execution, console: Console, output: Path) -> None:
    """The win-rate table, the answer, and where the report is; or what failed, or what people still have to do."""
    if plan.report.fingerprint in execution.refs:
        results, times = read_results(output), exported_times(output)
        console.print(win_rate_table(results))
        for said in (headline(plan.study, results), *_what_would_decide(results, times)):
            console.print(said, highlight=False, markup=False, soft_wrap=True)
        console.print(f"report:  {output / REPORT_FILE}\nresults: {output / RESULTS_FILE}", highlight=False,
                      markup=False, soft_wrap=True)
    for name, message in execution.failures.items():
        console.print(f"FAILED {name}: {message}", style="red", highlight=False, markup=False, soft_wrap=True)
    if execution.pending:
        console.print("\n".join(f"waiting for people: {line}." for line in _awaited(execution.pending.values()))
                      + "\nOpen the app with `harness app`, then give the same command again.",
                      highlight=False, markup=False, soft_wrap=True)
    console.print(f"{len(execution.executed)} stages executed, {len(execution.reused)} reused", highlight=False)


def _what_would_decide(results: Results, times: RunTimes | None) -> Iterable[str]:
    for row in results.equivalence:
        more = None if row.more_runs is None else row.more_runs.more
        seconds = None if times is None or more is None else times.seconds(row.contrast, more)
        if said := what_would_decide(row, seconds=seconds):
            yield said


def _awaited(pending: Iterable[Pending]) -> list[str]:
    """One line for the labels, one for the judgments, one for each word of the owner that is awaited.

    A label that several stages wait for is one label.
    """
    waiting = list(pending)
    counts: Counter[str] = Counter()
    for each in waiting:
        counts[each.what] += 0 if each.tasks else each.missing
    for what in {each.what for each in waiting}:
        counts[what] += len({task for each in waiting if each.what == what for task in each.tasks})
    return [*(f"{count} {what} are missing" for what, count in sorted(counts.items()) if count),
            *(each.reason for each in waiting if not each.missing)]
