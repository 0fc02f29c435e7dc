"""Means over runs and articles against the analysis of variance, and how often their interval holds the mean."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.formula.api import ols
from statsmodels.stats.anova import anova_lm

from harness.statistics.mean_over_runs import means_over_runs
from harness.statistics.resampling import Bounds, MeanInterval

THESE = MeanInterval(0.5, 0.4, 0.6)


def _texts(n_runs=5, n_articles=40, seed=0, *, run_sd=0.5):
    """One figure (run, article), and the codes of both."""
    rng = np.random.default_rng(seed)
    run, article = (codes.ravel() for codes in np.indices((n_runs, n_articles)))
    noise = rng.normal(size=len(run))
    return run_sd * rng.normal(size=n_runs)[run] + rng.normal(size=n_articles)[article] + noise, run, article


def _found(values, run, article, *, within=(-np.inf, np.inf)):
    (found,) = means_over_runs(values[:, None], articles=article, runs=run, these_runs=[THESE], ranges=[within])
    return found


def test_the_interval_is_the_analysis_of_variances() -> None:
    values, run, article = _texts(run_sd=2.0)
    data = pd.DataFrame({"y": values, "run": run, "article": article})
    table = anova_lm(ols("y ~ C(run) + C(article)", data).fit())
    of_run, of_article, rest = table["sum_sq"] / table["df"]
    found = _found(values, run, article)
    error = np.sqrt((of_run + of_article - rest) / len(values))
    # Runs are nearly all of it: t with about four degrees of freedom.
    assert (found.high - found.low) / 2 / error == pytest.approx(2.776, rel=0.06)
    assert (found.high + found.low) / 2 == pytest.approx(values.mean())
    assert (found.scope, found.these_runs) == ("procedure", Bounds(0.4, 0.6))


def test_with_one_run_it_stays_about_these_policies() -> None:
    values, run, article = _texts(n_runs=1)
    assert _found(values, run, article) is THESE
    # A second run in which the measure is undefined is none.
    values, run, article = _texts(n_runs=2)
    assert _found(np.where(run == 1, np.nan, values), run, article) is THESE


def test_runs_that_do_not_differ_leave_the_articles_spread() -> None:
    values = np.random.default_rng(0).normal(size=30)
    found = _found(np.tile(values, 4), np.repeat(range(4), 30), np.tile(range(30), 4))
    assert (found.high - found.low) / 2 == pytest.approx(2.045 * values.std(ddof=1) / np.sqrt(30), rel=1e-3)


def test_runs_that_differ_alike_on_every_article_have_an_interval() -> None:
    """A bootstrap over articles sees no spread there."""
    run, article = (codes.ravel() for codes in np.indices((3, 20)))
    undefined = MeanInterval(0.5, None, None, "every article has the same value: no spread to measure")
    (found,) = means_over_runs(np.array([0.4, 0.5, 0.6])[run][:, None], articles=article, runs=run,
                               these_runs=[undefined], ranges=[(0.0, 1.0)])
    assert found.low == pytest.approx(0.5 - 4.303 * 0.1 / np.sqrt(3), rel=1e-3)
    assert (found.why_undefined, found.these_runs) == (None, Bounds(None, None))


def test_the_interval_stays_within_what_a_mean_can_be() -> None:
    values, run, article = _texts(n_runs=2, run_sd=3.0)
    found = _found(values, run, article, within=(-0.1, 0.1))
    assert (found.low, found.high) == (-0.1, 0.1)


def test_coverage() -> None:
    found = [_found(*_texts(n_runs=4, seed=seed)) for seed in range(400)]
    # Three standard errors of 400 studies about 95%; it may be careful.
    assert 0.917 <= np.mean([each.low <= 0 <= each.high for each in found]) <= 0.99
