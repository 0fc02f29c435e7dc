"""Scores against KL: along the training of each run, of best-of-n, and of the best that any policy could do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Literal

import numpy as np

from harness.labels.simulated import SimulatedLabeler
from harness.records import ArmKey, by_way
from harness.results.training import Steps
from harness.results.training_records import FrontierRow
from harness.statistics.clustered import FloatArray
from harness.statistics.frontier import LEAST_EFFECTIVE, Form, Optimum, best_of_kl, best_of_n, fit_gain, optimum
from harness.statistics.run_bands import band

Line = tuple[list[float], list[float]]
"""d = √KL ascending, and the score there."""

_METRICS = {"reward": "held_out/score", "gold_score": "held_out/gold_score", "win_rate": "held_out/win_rate"}
_BETAS = np.geomspace(10.0, 0.05, 200)
"""From nearly ρ to nearly the best sample alone, for rewards of standard deviation 1."""


@dataclass(frozen=True)
class RunOfFrontier:
    """One run. steps: PPO's metrics. rewards: (q, k), of samples of ρ. gold: the labeler's own scores of the same, None
    where people label.
    """

    steps: Steps
    rewards: FloatArray
    gold: FloatArray | None


def frontier_rows(runs: Mapping[ArmKey, RunOfFrontier], labeler: SimulatedLabeler | None, *,
                  confidence: float) -> list[FrontierRow]:
    """One row for each budget, score and method."""
    return [row for arm, group in by_way(runs.items()).items() for row in _rows_of(arm, group, labeler, confidence)]


def _rows_of(arm: ArmKey, runs: Sequence[RunOfFrontier], labeler: SimulatedLabeler | None,
             confidence: float) -> Iterator[FrontierRow]:
    values = [_values_of(run, labeler) for run in runs]
    for score, metric in _METRICS.items():
        there = [(run, each[score]) for run, each in zip(runs, values, strict=True) if score in each]
        if not there:
            continue
        ppo = [_of_training(run.steps, metric, float(value.mean())) for run, value in there]
        yield from _row(arm, score, "ppo", ppo, confidence)
        best = [_of_best(run.rewards, value) for run, value in there]
        yield from _row(arm, score, "best_of_n", best, confidence, at=best[0][0])
        ideal = [_of_optimum(run.rewards, value) for run, value in there]
        least = min((points[-1].effective_samples for points in ideal if points), default=None)
        lines = [_line(float(value.mean()), ((each.kl, each.value) for each in points))
                 for points, (_, value) in zip(ideal, there, strict=True)]
        yield from _row(arm, score, "optimum", lines, confidence, effective_samples=least)


def _values_of(run: RunOfFrontier, labeler: SimulatedLabeler | None) -> dict[str, FloatArray]:
    """(q, k) of each score: of every sample of ρ."""
    found = {"reward": run.rewards}
    if run.gold is not None and labeler is not None:
        found["gold_score"] = run.gold
        others = run.gold.shape[1] - 1
        wins = labeler.chance_preferred(run.gold[:, :, None] - run.gold[:, None, :])
        # A sample is held against the others, and not against itself.
        found["win_rate"] = (wins.sum(axis=2) - 0.5) / others if others else np.full_like(run.gold, 0.5)
    return found


def _row(arm: ArmKey, score: str, method: Form | Literal["optimum"], lines: Sequence[Line], confidence: float, *,
         at: Sequence[float] | None = None, effective_samples: float | None = None) -> Iterator[FrontierRow]:
    over_runs = band(lines, at=at)
    if over_runs is None:
        return
    fit = None
    if score != "win_rate" and method != "optimum":
        gains = [([x for x in d if x > 0], [y - values[0] for x, y in zip(d, values, strict=True) if x > 0])
                 for d, values in lines]
        fit = fit_gain(gains, method, confidence=confidence)
    yield FrontierRow(arm, score, method, over_runs, fit, effective_samples)


def _of_training(steps: Steps, metric: str, start: float) -> Line:
    """From ρ, where nothing is lost or gained, by the KL that each measurement found."""
    return _line(start, ((step["held_out/kl"], step[metric]) for step in steps if metric in step))


def _line(start: float, points: Iterable[tuple[float, float]]) -> Line:
    """points: (KL, score) in any order. start: the score at no KL."""
    known = sorted(points)
    return [0.0, *(float(np.sqrt(max(kl, 0.0))) for kl, _ in known)], [start, *(score for _, score in known)]


def _of_best(rewards: FloatArray, values: FloatArray) -> Line:
    """n = 1, 2, 4 and so on, as far as the samples reach; KL = log n − (n − 1)/n (Stiennon et al. 2020)."""
    numbers = [2**power for power in range(rewards.shape[1].bit_length())]
    return ([float(np.sqrt(best_of_kl(n))) for n in numbers],
            [best_of_n(rewards, values, n) for n in numbers])


def _of_optimum(rewards: FloatArray, values: FloatArray) -> list[Optimum]:
    """From near ρ as far as the reweighted samples are enough."""
    found = (optimum(rewards, values, float(beta)) for beta in _BETAS)
    return list(takewhile(lambda each: each.effective_samples >= LEAST_EFFECTIVE, found))
