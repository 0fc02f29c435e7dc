"""Measures how often intervals over runs hold the true win rate, and how often verdicts err, for docs/statistics.md.

    python -m benchmarks.run_coverage [--studies 2000] [--only doses]
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import Any

import numpy as np
from scipy import special

from benchmarks.write_table import measured, write_table
from harness.seeds import numpy_generator
from harness.statistics.clustered import cluster_meat
from harness.statistics.dose_response import DoseResponse, dose_response
from harness.statistics.more_runs import decision_power
from harness.statistics.run_simulation import (
    RunDesign,
    SimulatedRuns,
    simulate_budgets,
    simulate_doses,
    simulate_runs,
)
from harness.statistics.runs import RateOverRuns, rate_over_runs
from harness.statistics.seed_spread import seed_spread
from harness.statistics.verdict import budget_verdicts

JUDGE = RunDesign(win_rate=0.5, n_runs=4, n_queries=200)
PEOPLE = RunDesign(win_rate=0.5, n_runs=4, n_queries=100, n_raters=12, raters_per_item=3)
DESIGNS = [replace(design, n_runs=n_runs) for design in (JUDGE, replace(JUDGE, n_queries=1000), PEOPLE)
           for n_runs in (2, 3, 4, 8, 12)]
DESIGNS += [replace(JUDGE, win_rate=0.65), replace(JUDGE, run_sd=0.0), replace(JUDGE, run_sd=0.4),
            replace(PEOPLE, win_rate=0.65)]
MARGIN = 0.05
BUDGETS = (500, 2500, 5000, 60000)
SLOPE = 0.15

Interval = tuple[float | None, float | None]


def over_runs(judged: SimulatedRuns) -> RateOverRuns:
    """The study as a report analyses it."""
    raters = judged.raters if judged.raters.any() else None
    return rate_over_runs(judged.outcomes, queries=judged.queries, runs=judged.runs, raters=raters)


def textbook(judged: SimulatedRuns) -> Interval:
    """Multiway clustering without any of the harness's care for few runs: t with (fewest clusters - 1) degrees."""
    factors = [judged.runs, judged.queries, *([judged.raters] if judged.raters.any() else [])]
    mean = judged.outcomes.mean()
    influence = (judged.outcomes - mean)[:, None] / len(judged.outcomes)
    variance = max(float(cluster_meat(influence, groups)[0, 0])
                   for groups in (factors, *([each] for each in factors)))
    reach = special.stdtrit(min(int(codes.max()) for codes in factors), 0.975) * variance**0.5
    return mean - reach, mean + reach


def intervals(judged: SimulatedRuns) -> list[Interval]:
    """About these policies only, runs as the only sample, the textbook's multiway, and the harness's."""
    found = over_runs(judged)
    sample = seed_spread(judged.outcomes, judged.runs, items=np.arange(len(judged.outcomes)))
    these = found.these_runs
    return [(these.ci_low, these.ci_high), (sample.ci_low, sample.ci_high), textbook(judged),
            (found.ci_low, found.ci_high)]


def coverage(design: RunDesign, studies: int, rng: np.random.Generator) -> list[str]:
    """A row: shares of studies whose interval holds the true win rate, and the mean width of the harness's."""
    intercept = design.intercept()
    found = [intervals(simulate_runs(design, rng, intercept=intercept)) for _ in range(studies)]
    held = [np.mean([low is not None and high is not None and low <= design.win_rate <= high for low, high in column])
            for column in zip(*found, strict=True)]
    width = np.mean([(high or 1) - (low or 0) for *_, (low, high) in found])
    return [f"{design.n_runs} runs, {_named(design)}", *(f"{share:.1%}" for share in held), f"{100 * width:.1f} points"]


def _named(design: RunDesign) -> str:
    raters = f", {design.n_raters} raters, {design.raters_per_item} an item" if design.n_raters > 1 else ""
    spread = "" if design.run_sd == JUDGE.run_sd else f", run SD {design.run_sd:g}"
    return f"{design.n_queries:,} queries{raters}, W {design.win_rate:g}{spread}"


def write_coverage(studies: int) -> None:
    """The table of coverage."""
    rows = []
    for index, design in enumerate(DESIGNS):
        rows.append(coverage(design, studies, numpy_generator(0, "run coverage", index)))
        print(*rows[-1], sep="  ", flush=True)
    note = (f"Shares of {studies:,} simulated studies, nominally 95%. Effects on the logit have SD 0.2 over pairs of "
            f"runs, 1.0 over queries and 0.5 over raters. Measured {measured()}.")
    write_table("run coverage", ["study", "these policies only", "runs as the only sample", "multiway, t(fewest - 1)",
                                 "over runs (ours)", "width of ours"], rows, note=note)


def write_verdicts(studies: int) -> None:
    """The table of verdicts on two smaller budgets."""
    rows = []
    for index, (n_runs, small) in enumerate((n_runs, small) for small in (0.5, 0.55, 0.6) for n_runs in (4, 8, 12)):
        design, rng = replace(JUDGE, n_runs=n_runs, n_queries=500), numpy_generator(0, "verdicts", index)
        verdicts = [budget_verdicts({budget: over_runs(judged) for budget, judged in
                                     simulate_budgets({5000: small, 2500: small}, design, rng).items()}, margin=MARGIN)
                    for _ in range(studies)]
        enough, too_few = (f"{np.mean([any(one.verdict == verdict for one in each) for each in verdicts]):.1%}"
                           for verdict in ("enough", "not enough"))
        promised = decision_power(replace(design, win_rate=small).variance(), n_runs, win_rate=small, margin=MARGIN)
        rows.append([f"{n_runs} runs, W {small:g}", enough, f"{promised.enough:.1%}", too_few])
        print(*rows[-1], sep="  ", flush=True)
    note = (f"Shares of {studies:,} simulated studies of a largest budget and two smaller ones over which it has the "
            f"given W; 500 queries, a margin of {100 * MARGIN:g} points. At W 0.5 budgets do not matter. At W 0.55, at "
            "the margin, each verdict but 'not decided' is an error; at W 0.6 each 'enough' is. "
            f"Measured {measured()}.")
    columns = ["study", "a budget is 'enough'", "as `decision_power` promises", "a budget is 'not enough'"]
    write_table("verdicts", columns, rows, note=note)


def dose_curve(design: RunDesign, nested: float, rng: np.random.Generator) -> DoseResponse:
    """The curve of one study in which the logit grows by SLOPE when labels double."""
    rates = {budget: float(special.expit(SLOPE * np.log2(budget / BUDGETS[0]))) for budget in BUDGETS}
    found = simulate_doses(rates, design, rng, nested=nested)

    def together(name: str) -> Any:
        return np.concatenate([getattr(judged, name) for judged in found.values()])

    items = [f"{budget}|{item}" for budget, judged in found.items() for item in range(len(judged.runs))]
    return dose_response(together("outcomes"), np.repeat(BUDGETS, design.n_runs * design.n_queries).tolist(),
                         items=items, queries=together("queries"), runs=together("runs"))


def write_doses(studies: int) -> None:
    """The table of the dose-response's slope."""
    rows = []
    for index, (n_runs, nested) in enumerate((n_runs, nested) for n_runs in (3, 4, 8) for nested in (0.0, 0.5, 1.0)):
        rng, design = numpy_generator(0, "doses", index), replace(JUDGE, n_runs=n_runs)
        fits = [dose_curve(design, nested, rng) for _ in range(studies)]
        columns = ([fit.slope.these_runs for fit in fits], [fit.slope_over_runs for fit in fits],
                   [fit.slope for fit in fits])
        held = [np.mean([each is not None and (each.ci_low or 1) <= SLOPE <= (each.ci_high or 0) for each in column])
                for column in columns]
        width = np.mean([(fit.slope.ci_high or 0) - (fit.slope.ci_low or 0) for fit in fits])
        rows.append([f"{n_runs} runs, {nested:.0%} in common", *(f"{share:.1%}" for share in held), f"{width:.3f}"])
        print(*rows[-1], sep="  ", flush=True)
    note = (f"Shares of {studies:,} simulated studies, nominally 95%, with {len(BUDGETS)} budgets on the same 200 "
            f"queries and a slope of {SLOPE}. In common: the share of the variance between runs that all budgets of a "
            f"run share. Measured {measured()}.")
    write_table("dose coverage", ["study", "these policies only", "runs as the only sample", "over runs (ours)",
                                  "width of ours"], rows, note=note)


def main() -> None:
    """Run every design and write the tables."""
    tables = {"coverage": write_coverage, "verdicts": write_verdicts, "doses": write_doses}
    parser = argparse.ArgumentParser(description="Coverage and verdicts over runs.")
    parser.add_argument("--studies", type=int, default=2000)
    parser.add_argument("--only", choices=tables, help="write this table alone")
    arguments = parser.parse_args()
    for name, write in tables.items():
        if arguments.only in (None, name):
            write(arguments.studies)


if __name__ == "__main__":
    main()
