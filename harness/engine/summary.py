"""What the terminal shows after a run, and what goes to the arms' own MLflow runs."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from harness.engine.execution import Execution
from harness.engine.exported_runs import EXECUTION_FILE
from harness.engine.run_records import arm_params
from harness.engine.tracking import Tracking
from harness.records import ArmKey, Pending
from harness.reporting.page import p_value
from harness.study.plan import Plan


def publish_results(plan: Plan, execution: Execution, tracking: Tracking, output: Path) -> None:
    """Copy report and samples, log them to the execution's run, and give each arm its own run with its figures: one run
    a study, so not while people are awaited.
    """
    folder = Path(execution.refs[plan.report.fingerprint].path)
    output.mkdir(parents=True, exist_ok=True)
    files = [folder / "report.html", folder / "results.json", folder / "samples.jsonl"]
    for file in files:
        shutil.copyfile(file, output / file.name)
    tracking.log_files(execution.run_id, files)
    (output / EXECUTION_FILE).write_text(json.dumps(
        {"execution": execution.run_id, "tracking_uri": tracking.uri}), encoding="utf-8")
    if execution.pending:
        return
    results = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    experiment = tracking.experiment(plan.study.study)
    for entry in results["arms"]:
        arm = ArmKey(entry["arm"], entry["label_budget"], entry["seed"])
        tracking.record_run(experiment, str(arm), parent=execution.run_id, params=arm_params(arm),
                            tags={"level": "arm", "spec_digest": plan.spec_digest,
                                  "simulated_judge": str(results["simulated_judge"]).lower()},
                            metrics=arm_metrics(entry, results["win_rates"]))


def arm_metrics(entry: dict[str, Any], win_rates: list[dict[str, Any]]) -> dict[str, float]:
    """The figures of one arm's run: its measures, its own win rates, and its label budget to plot them against."""
    figures: dict[str, Any] = {
        name: entry[name] for name in ("gold_score", "reward_model_score", "kl_to_reference", "mean_tokens")}
    figures |= {f"rouge/{name}": value for name, value in (entry["rouge"] or {}).items()}
    figures |= {f"copying/{name}": value for name, value in entry["copying"].items()}
    if entry["label_budget"] is not None:
        figures["label_budget"] = entry["label_budget"]
    for row in win_rates:
        if row["arm"] == entry["arm"] and row["label_budget"] == entry["label_budget"]:
            name = f"win_rate_vs_{row['baseline']}" + ("" if row["judge"] == "simulated" else f"_{row['judge']}")
            own = {point["seed"]: point["win_rate"] for point in row["by_seed"]}
            figures[name] = own.get(entry["seed"])
            figures |= {f"{name}_all_seeds": row["win_rate"], f"{name}_all_seeds_ci_low": row["ci_low"],
                        f"{name}_all_seeds_ci_high": row["ci_high"]}
    return {name: float(value) for name, value in figures.items() if value is not None}


def say_what_happened(plan: Plan, execution: Execution, console: Console, output: Path) -> None:
    """The win-rate table and where the report is; or what failed, or what people still have to do."""
    if plan.report.fingerprint in execution.refs:
        console.print(_win_rate_table(json.loads((output / "results.json").read_text(encoding="utf-8"))))
        console.print(f"report:  {output / 'report.html'}\nresults: {output / 'results.json'}", highlight=False,
                      markup=False, soft_wrap=True)
    for name, message in execution.failures.items():
        console.print(f"FAILED {name}: {message}", style="red", highlight=False, markup=False, soft_wrap=True)
    if execution.pending:
        console.print("\n".join(f"waiting for people: {line}." for line in _awaited(execution.pending.values()))
                      + "\nOpen the app with `harness app`, then give the same command again.",
                      highlight=False, markup=False, soft_wrap=True)
    console.print(f"{len(execution.executed)} stages executed, {len(execution.reused)} reused", highlight=False)


def _awaited(pending: Iterable[Pending]) -> list[str]:
    """One line for the labels, one for the judgments, one for each word of the owner that is awaited."""
    waiting = list(pending)
    counts: Counter[str] = Counter()
    for each in waiting:
        counts[each.what] += each.missing
    return [*(f"{count} {what} are missing" for what, count in counts.items() if count),
            *(each.reason for each in waiting if not each.missing)]


def _win_rate_table(results: dict[str, Any]) -> Table:
    """Who judged is a column of its own where people did, beside the simulated judge. The p values are the report's."""
    simulated = [*(["simulated judge"] if not results["people"] else []),
                 *(["simulated labels"] if results["simulated_labels"] else [])]
    table = Table(title="Win rates" + (f" ({', '.join(simulated)})" if simulated else ""), title_justify="left",
                  box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    judge = ("judge",) if results["people"] else ()
    for column in ("policy", "labels", "against", *judge, "win rate", "interval", "seeds", "p adjusted"):
        table.add_column(column, justify="left" if column in ("policy", "against", "judge") else "right",
                         overflow="fold", no_wrap=column == "interval")
    for row in results["win_rates"]:
        rate = "undefined" if row["win_rate"] is None else f"{100 * row['win_rate']:.1f}%"
        interval = "undefined" if row["ci_low"] is None else f"{100 * row['ci_low']:.1f} – {100 * row['ci_high']:.1f}"
        seeds = " ".join(f"{100 * point['win_rate']:.0f}" for point in row["by_seed"])
        table.add_row(row["arm"], f"{row['label_budget']:,}", row["baseline"].replace("_", "-"),
                      *([row["judge"]] if judge else []), rate, interval, seeds,
                      p_value(row["p_value_gatekept" if row["confirmatory"] else "p_value_explored"]))
    return table
