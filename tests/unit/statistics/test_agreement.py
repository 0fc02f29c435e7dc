"""Agreement of raters against the krippendorff package, irrCAC and the published example."""

import krippendorff
import numpy as np
import pytest

from harness.statistics.agreement import agreement, krippendorff_alpha

NAN = np.nan
KRIPPENDORFF_2011 = [[1, 2, 3, 3, 2, 1, 4, 1, 2, NAN, NAN, NAN], [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NAN, 3],
                     [NAN, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NAN], [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NAN]]


@pytest.mark.parametrize(("level", "alpha"), [("nominal", 0.7434), ("ordinal", 0.8154), ("interval", 0.8491),
                                              ("ratio", 0.7974)])
def test_krippendorff_alpha_of_the_standard_data(level: str, alpha: float) -> None:
    assert krippendorff_alpha(KRIPPENDORFF_2011, level=level) == pytest.approx(alpha, abs=5e-5)


def test_agreement_on_the_standard_data_from_judgments_in_a_row() -> None:
    judged = [(value, item) for row in KRIPPENDORFF_2011 for item, value in enumerate(row) if value == value]
    found = agreement([value for value, _ in judged], items=[item for _, item in judged],
                      rng=np.random.default_rng(0))
    assert found.krippendorff_alpha == pytest.approx(0.7434, abs=5e-5)
    # irrCAC (Gwet's own package) on the same data.
    assert found.ac1 == pytest.approx(0.77544, abs=5e-6)
    assert found.alpha_low < found.krippendorff_alpha < found.alpha_high


def test_alpha_from_judgments_is_the_librarys_from_counts() -> None:
    rng = np.random.default_rng(0)
    items = np.repeat(np.arange(80), rng.integers(1, 6, 80))
    ratings = rng.choice(3, len(items), p=[0.5, 0.3, 0.2])
    counts = np.zeros((80, 3))
    np.add.at(counts, (items, ratings), 1)
    found = agreement(ratings, items=items, rng=rng)
    expected = krippendorff.alpha(value_counts=counts, level_of_measurement="nominal")
    assert found.krippendorff_alpha == pytest.approx(expected)


def test_raw_agreement_is_the_share_of_agreeing_pairs_averaged_over_items() -> None:
    # Item 1: a a b, one pair of three agrees. Item 2: a a. Item 3 has one rater and says nothing.
    found = agreement(["a", "a", "b", "a", "a", "b"], items=[1, 1, 1, 2, 2, 3], rng=np.random.default_rng(0))
    assert (found.raw, found.n_items) == (pytest.approx((1 / 3 + 1) / 2), 2)


def test_agreement_on_unanimous_votes_is_undefined_with_a_reason() -> None:
    found = agreement(["a"] * 6, items=[1, 1, 2, 2, 3, 3], rng=np.random.default_rng(0))
    assert found.raw == 1.0
    assert (found.krippendorff_alpha, found.ac1) == (None, None)
    assert "same choice" in found.why_undefined
    alone = agreement(["a", "b"], items=[1, 2], rng=np.random.default_rng(0))
    assert alone.raw is None
    assert "two raters" in alone.why_undefined
