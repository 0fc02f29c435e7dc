"""Bootstrap intervals of texts' means, against scipy's bootstrap and by hand."""

import numpy as np
import pytest
from scipy.stats import bootstrap

from harness.statistics.resampling import bootstrap_means


def test_the_interval_of_one_text_an_article_is_scipys() -> None:
    values = np.random.default_rng(0).normal(3.0, 1.0, 80)
    (found,) = bootstrap_means(values[:, None], np.arange(80), np.random.default_rng(1), resamples=4000)
    expected = bootstrap((values,), np.mean, method="percentile", n_resamples=4000,
                         rng=np.random.default_rng(2)).confidence_interval
    assert found.mean == pytest.approx(values.mean())
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=0.02)


def test_articles_are_resampled_whole() -> None:
    # Ten copies of four articles tell no more than the four.
    values = np.random.default_rng(0).normal(size=4)
    few, copied = (bootstrap_means(np.repeat(values, n)[:, None], np.repeat(range(4), n), np.random.default_rng(1))[0]
                   for n in (1, 10))
    assert (copied.low, copied.high) == pytest.approx((few.low, few.high))


def test_what_is_undefined_for_a_text_is_left_out_of_the_mean() -> None:
    values = np.array([[1.0, np.nan, 5.0], [3.0, np.nan, 5.0], [np.nan, np.nan, 5.0]])
    first, nowhere, constant = bootstrap_means(values, ["p", "q", "r"], np.random.default_rng(0))
    assert first.mean == 2.0
    assert (nowhere.mean, nowhere.why_undefined.split(":")[0]) == (None, "undefined for every text")
    assert (constant.mean, constant.low) == (5.0, None)
    assert "same value" in constant.why_undefined


def test_one_article_has_a_mean_and_no_interval() -> None:
    (found,) = bootstrap_means(np.array([[1.0], [2.0]]), ["p", "p"], np.random.default_rng(0))
    assert (found.mean, found.low, found.why_undefined) == (1.5, None, "one article only: no interval")
