"""Measures how often three intervals hold the true win rate of simulated studies, for docs/statistics.md.

    python -m benchmarks.coverage [--studies 2000]
"""

from __future__ import annotations

import argparse

import numpy as np

from benchmarks.write_table import measured, write_table
from harness.seeds import numpy_generator
from harness.statistics.proportion import wilson
from harness.statistics.simulation import Design, simulate_judgments
from harness.statistics.win_rate import win_rate

DESIGNS = (Design(win_rate=0.5, n_items=200), Design(win_rate=0.6, n_items=200),
           Design(win_rate=0.5, n_items=200, tie_rate=0.2), Design(win_rate=0.5, n_items=200, n_raters=30),
           Design(win_rate=0.5, n_items=200, n_raters=6), Design(win_rate=0.5, n_items=1000))


def coverage(design: Design, studies: int, rng: np.random.Generator) -> list[float]:
    """Shares of studies whose interval holds the true win rate: Wilson over votes, by item, two-way."""
    intercept = design.intercept()
    held = np.zeros(3)
    for _ in range(studies):
        judged = simulate_judgments(design, rng, intercept=intercept)
        votes = wilson(round(float(judged.outcomes.sum())), len(judged.outcomes))
        by_item = win_rate(judged.outcomes, items=judged.items)
        two_way = win_rate(judged.outcomes, items=judged.items, raters=judged.raters)
        intervals = ((votes.low, votes.high), (by_item.ci_low, by_item.ci_high),
                     (two_way.ci_low, two_way.ci_high))
        held += [low is not None and high is not None and low <= design.win_rate <= high
                 for low, high in intervals]
    return [float(share) for share in held / studies]


def main() -> None:
    """Run every design and write the table."""
    parser = argparse.ArgumentParser(description="Coverage of the primary interval.")
    parser.add_argument("--studies", type=int, default=2000)
    studies = parser.parse_args().studies
    rows = []
    for index, design in enumerate(DESIGNS):
        votes, by_item, two_way = coverage(design, studies, numpy_generator(0, "coverage", index))
        name = (f"{design.n_items} items, {design.n_raters} raters, {design.raters_per_item} an item, "
                f"W {design.win_rate:g}" + (f", {design.tie_rate:.0%} ties" if design.tie_rate else ""))
        alarms = f"{1 - two_way:.1%}" if design.win_rate == 0.5 else ""
        rows.append([name, f"{votes:.1%}", f"{by_item:.1%}", f"{two_way:.1%}", alarms])
        print(*rows[-1], sep="  ")
    note = (f"Shares of {studies:,} simulated studies, nominally 95%. Effects on the logit have SD 1.0 over items and "
            "0.5 over raters. The last column is the share of studies of two equal arms (A/A) that reject W = ½. Six "
            "raters are enough here, because their effects are drawn from a normal distribution. For six real raters "
            "this cannot be checked, so results of fewer than eight raters carry a note. "
            f"Measured {measured()}.")
    write_table("coverage", ["study", "Wilson over votes", "clustered by item", "two-way (ours)",
                             "A/A rejections"], rows, note=note)


if __name__ == "__main__":
    main()
