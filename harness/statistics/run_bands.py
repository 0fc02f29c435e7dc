"""A figure against another one, over several runs: their mean and their range."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Band:
    """Over runs.

    x: evenly spaced, or where all runs were measured. mean, low, high: of the runs that were there at that x; low and
    high are the least and the largest. n_runs: how many those are.
    """

    x: tuple[float, ...]
    mean: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    n_runs: tuple[int, ...]


def band(runs: Sequence[tuple[Sequence[float], Sequence[float]]], *, points: int = 30,
         at: Sequence[float] | None = None) -> Band | None:
    """runs: of each (x ascending, values); between its points a run is a straight line, beyond them nothing. points:
    how many evenly spaced x, where `at` does not name them.

    None where no run has two points.
    """
    known = [(np.asarray(x, dtype=np.float64), np.asarray(value, dtype=np.float64)) for x, value in runs if len(x) > 1]
    if not known:
        return None
    ends = min(x[0] for x, _ in known), max(x[-1] for x, _ in known)
    grid = np.linspace(*ends, points) if at is None else np.asarray(at, dtype=np.float64)
    values = np.array([np.interp(grid, x, value, left=np.nan, right=np.nan) for x, value in known])
    there = ~np.isnan(values)
    some = there.any(axis=0)
    values, there, grid = values[:, some], there[:, some], grid[some]
    return Band(tuple(grid.tolist()), tuple(np.nanmean(values, axis=0).tolist()),
                tuple(np.nanmin(values, axis=0).tolist()), tuple(np.nanmax(values, axis=0).tolist()),
                tuple(there.sum(axis=0).tolist()))
