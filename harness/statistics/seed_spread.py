"""How much the win rate differs between training seeds, beyond what items and raters explain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.statistics.clustered import FloatArray
from harness.statistics.run_mean import t_interval
from harness.statistics.win_rate import Labels, win_rate

ENOUGH_SEEDS = 3


@dataclass(frozen=True)
class SeedSpread:
    """Win rates by seed and what their spread says.

    mean: of the seeds' win rates. seed_sd: what seeds differ by beyond sampling (0 where they differ by
    less than sampling alone would); sampling_sd: one seed's standard error from items and raters. ci_low,
    ci_high: t over the seeds, for a new training run as well. None where there is one seed; note says
    when there are few.
    """

    win_rates: dict[str, float]
    mean: float | None
    seed_sd: float | None
    sampling_sd: float | None
    ci_low: float | None
    ci_high: float | None
    note: str | None


def seed_spread(outcomes: Sequence[float] | FloatArray, seeds: Labels, *, items: Labels,
                raters: Labels | None = None, confidence: float = 0.95) -> SeedSpread:
    """The spread of one budget's win rates over its seeds. outcomes: (n,) 1, ½, 0; the others (n,) labels."""
    scores = np.asarray(outcomes, dtype=np.float64)
    seed_labels, item_labels = _strings(seeds), _strings(items)
    rater_labels = None if raters is None else _strings(raters)
    rates, errors = {}, []
    for seed in sorted(set(seed_labels)):
        here = seed_labels == seed
        rate = win_rate(scores[here], items=item_labels[here],
                        raters=None if rater_labels is None else rater_labels[here])
        assert rate.win_rate is not None
        rates[seed] = rate.win_rate
        errors.append(rate.standard_error or 0.0)
    values = np.array(list(rates.values()))
    if len(values) < 2:
        mean = float(values[0]) if len(values) else None
        only = "one training seed: its luck cannot be told apart"
        return SeedSpread(rates, mean, None, None, None, None, only)
    sampling = float(np.sqrt(np.mean(np.square(errors))))
    between = float(values.var(ddof=1))
    low, high = t_interval(values, confidence)
    assert low is not None and high is not None
    few = len(values) < ENOUGH_SEEDS
    note = f"{len(values)} training seeds; {ENOUGH_SEEDS} or more are wanted" if few else None
    return SeedSpread(rates, float(values.mean()), float(np.sqrt(max(between - sampling**2, 0.0))), sampling,
                      max(low, 0.0), min(high, 1.0), note)


def _strings(labels: Labels) -> NDArray[Any]:
    return np.array([str(label) for label in labels], dtype=object)
