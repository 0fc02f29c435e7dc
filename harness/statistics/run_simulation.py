"""Simulated studies with several training runs a budget, on which coverage and verdicts are measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from harness.statistics.clustered import FloatArray, IntArray
from harness.statistics.more_runs import RunVariance
from harness.statistics.multiway import degrees_of_freedom
from harness.statistics.simulation import Design


@dataclass(frozen=True, kw_only=True)
class RunDesign:
    """A comparison of two budgets, run by run, and how its runs, queries and raters differ.

    win_rate: W over all runs, queries and raters that might have been drawn. n_runs: runs a budget; each run of one
    budget meets the same run of the other on every query. n_raters, raters_per_item: one each for a simulated judge.
    run_sd, query_sd, rater_sd: standard deviations on the logit scale; run_sd is of a pair of runs.
    """

    win_rate: float
    n_runs: int
    n_queries: int
    n_raters: int = 1
    raters_per_item: int = 1
    run_sd: float = 0.2
    query_sd: float = 1.0
    rater_sd: float = 0.5

    def __post_init__(self) -> None:
        self._as_design()

    def intercept(self) -> float:
        """b with E[expit(b + run + query + rater)] = win_rate."""
        return self._as_design().intercept()

    @property
    def rater_spread(self) -> float:
        """rater_sd, and 0 for one judge, who is part of the question."""
        return self.rater_sd if self.n_raters > 1 else 0.0

    def _as_design(self) -> Design:
        return Design(win_rate=self.win_rate, n_items=self.n_queries, n_raters=self.n_raters,
                      raters_per_item=self.raters_per_item, item_sd=float(np.hypot(self.run_sd, self.query_sd)),
                      rater_sd=self.rater_spread)

    def variance(self) -> RunVariance:
        """Where the variance of the win rate comes from, exactly, with raters dealt at random."""
        run, query, rater = self.run_sd**2, self.query_sd**2, self.rater_spread**2
        q, m, k = 1 / self.n_queries, 1 / self.n_raters, 1 / self.raters_per_item
        b = self.intercept()
        rest = run + query + rater

        def shared(effects: float) -> float:
            return _covariance(b, effects, rest - effects)

        between = (q * (m * shared(query + rater) + (1 - m) * shared(query)) + (1 - q) * m * shared(rater))
        within = (q * (k * self.win_rate * (1 - self.win_rate) + (1 - k) * shared(run + query))
                  + (1 - q) * (m * shared(run + rater) + (1 - m) * shared(run)))
        parts = {"query": q * shared(query), "rater": m * shared(rater)}
        freedom = degrees_of_freedom(between, parts, {"query": self.n_queries, "rater": self.n_raters})
        return RunVariance(of_one_run=within - between, between_runs_sd=float(np.sqrt(shared(run))), shared=between,
                           shared_degrees_of_freedom=freedom)


def _covariance(b: float, shared: float, apart: float) -> float:
    """Of two votes with logit b + x + y, where x with variance `shared` is common to both and y of `apart` is not."""
    from scipy.special import expit

    nodes, weights = np.polynomial.hermite_e.hermegauss(41)
    weights = weights / weights.sum()
    if shared == 0:
        return 0.0
    chances = expit(b + np.sqrt(shared) * nodes[:, None] + np.sqrt(apart) * nodes) @ weights
    return float(weights @ chances**2 - (weights @ chances) ** 2)


@dataclass(frozen=True)
class SimulatedRuns:
    """outcomes: (n,) 1 or 0. runs, queries, raters: (n,) codes; a run is one pair of runs."""

    outcomes: FloatArray
    runs: IntArray
    queries: IntArray
    raters: IntArray


def simulate_runs(design: RunDesign, rng: np.random.Generator, *, intercept: float | None = None) -> SimulatedRuns:
    """One study. Raters are dealt to items in turn from a shuffled deck, so that their loads are equal.

    intercept: design.intercept(), where the caller has it already.
    """
    b = design.intercept() if intercept is None else intercept
    k, n = design.raters_per_item, design.n_runs * design.n_queries
    of_runs = rng.normal(0, design.run_sd, design.n_runs)
    of_queries = rng.normal(0, design.query_sd, design.n_queries)
    of_raters = rng.normal(0, design.rater_spread, design.n_raters)
    runs, queries = (np.repeat(codes, k) for codes in np.divmod(np.arange(n), design.n_queries))
    raters = ((rng.permutation(n)[:, None] * k + np.arange(k)) % design.n_raters).ravel()
    chances = 1 / (1 + np.exp(-(b + of_runs[runs] + of_queries[queries] + of_raters[raters])))
    return SimulatedRuns((rng.random(n * k) < chances).astype(np.float64), runs, queries, raters)


def simulate_budgets(win_rates: Mapping[int, float], design: RunDesign,
                     rng: np.random.Generator) -> dict[int, SimulatedRuns]:
    """One study of several budgets with one judge: the largest budget against each smaller one, by budget.

    win_rates: W(largest over budget), in place of the design's. The largest budget's runs and responses are the same in
    every comparison. A response's worth is the sum of what its budget, run and query add and a Gumbel variable, so that
    the better of two is chosen with the logit of the difference.
    """
    n, q = design.n_runs, design.n_queries
    half = np.sqrt(0.5)

    def worth() -> FloatArray:
        of_runs, of_queries = rng.normal(0, half * design.run_sd, (n, 1)), rng.normal(0, half * design.query_sd, q)
        return np.asarray(of_runs + of_queries + rng.gumbel(size=(n, q)), dtype=np.float64)

    runs, queries = np.divmod(np.arange(n * q), q)
    largest = worth()
    return {budget: SimulatedRuns(
        (replace(design, win_rate=rate).intercept() + largest > worth()).astype(np.float64).ravel(), runs, queries,
        np.zeros_like(runs)) for budget, rate in win_rates.items()}


def simulate_doses(win_rates: Mapping[int, float], design: RunDesign, rng: np.random.Generator, *,
                   nested: float = 0.5) -> dict[int, SimulatedRuns]:
    """One study of several budgets with one judge: each budget against one baseline on the same queries, by budget.

    win_rates: W(budget over the baseline), in place of the design's. nested: the share of the runs' variance that the
    budgets of a run have in common, as where a run's labels are nested.
    """
    n, q = design.n_runs, design.n_queries
    of_queries = rng.normal(0, design.query_sd, q)
    in_common = rng.normal(0, np.sqrt(nested) * design.run_sd, n)
    runs, queries = np.divmod(np.arange(n * q), q)
    found = {}
    for budget, rate in win_rates.items():
        of_runs = in_common + rng.normal(0, np.sqrt(1 - nested) * design.run_sd, n)
        logits = replace(design, win_rate=rate).intercept() + of_runs[runs] + of_queries[queries]
        outcomes = (rng.random(n * q) < 1 / (1 + np.exp(-logits))).astype(np.float64)
        found[budget] = SimulatedRuns(outcomes, runs, queries, np.zeros_like(runs))
    return found
