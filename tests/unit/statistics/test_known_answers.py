"""Published and hand-checked figures that the statistics must reproduce."""

import numpy as np
import pytest

from harness.statistics.agreement import agreement, krippendorff_alpha
from harness.statistics.bradley_terry import fit_bradley_terry
from harness.statistics.equivalence import equivalence_of_counts
from harness.statistics.multiplicity import benjamini_hochberg, gatekeeping, holm
from harness.statistics.power import items_for_equivalence, items_for_non_inferiority, items_for_win_rate
from harness.statistics.proportion import clopper_pearson, wilson
from harness.statistics.sequential import crossing_probability, e_process, obrien_fleming
from tests.unit.statistics.baseball import baseball

NAN = np.nan
KRIPPENDORFF_2011 = [[1, 2, 3, 3, 2, 1, 4, 1, 2, NAN, NAN, NAN], [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NAN, 3],
                     [NAN, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NAN], [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NAN]]


@pytest.mark.parametrize(("count", "n", "low", "high"), [
    (81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)])
def test_wilson_intervals_of_newcombe_1998(count: int, n: int, low: float, high: float) -> None:
    interval = wilson(count, n)
    assert (interval.low, interval.high) == pytest.approx((low, high), abs=5e-5)


def test_clopper_pearson_of_five_in_ten() -> None:
    interval = clopper_pearson(5, 10)
    assert (interval.low, interval.high) == pytest.approx((0.1871, 0.8129), abs=5e-5)


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


def test_bradley_terry_of_agrestis_baseball() -> None:
    home, away, won = baseball()
    model = fit_bradley_terry(home, away, won, baseline="BAL", side=False)
    found = {strength.arm: strength.log_strength for strength in model.strengths}
    expected = {"MIL": 1.5814, "DET": 1.4364, "TOR": 1.2945, "NY": 1.2476, "BOS": 1.1077, "CLE": 0.6839}
    assert found == pytest.approx(expected | {"BAL": 0.0}, abs=5e-5)


def test_bradley_terry_home_advantage_of_agrestis_baseball() -> None:
    home, away, won = baseball()
    model = fit_bradley_terry(home, away, won, baseline="BAL")
    # Agresti's table with a home effect.
    assert (model.side.estimate, model.side.standard_error) == pytest.approx((0.3023, 0.1309), abs=5e-5)


def test_holm_benjamini_hochberg_and_gatekeeping() -> None:
    p_values = [0.01, 0.04, 0.03, 0.005]
    assert holm(p_values) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert benjamini_hochberg(p_values) == pytest.approx([0.02, 0.04, 0.04, 0.02])
    assert holm([0.01, None, 0.04]) == [pytest.approx(0.02), None, pytest.approx(0.04)]
    # Nothing behind a closed gate is smaller than the gate's own p.
    assert gatekeeping([0.01, 0.2], [0.001]) == ([0.01, 0.2], [0.2])
    assert gatekeeping([0.01, None], [0.001]) == ([0.01, None], [None])


def test_uniform_mixture_e_value_of_eight_in_ten() -> None:
    assert e_process([1] * 8 + [0] * 2).value == pytest.approx(2.0687, abs=5e-5)


def test_five_naive_looks_cost_a_seventh() -> None:
    assert crossing_probability([1.959964] * 5) == pytest.approx(0.142, abs=5e-4)


def test_obrien_fleming_and_pocock_constants() -> None:
    # Jennison and Turnbull 2000, tables 2.1 and 2.3: 2.040 and 2.413 for five looks.
    assert obrien_fleming(5)[-1] == pytest.approx(2.040, abs=5e-4)
    assert crossing_probability([2.413] * 5) == pytest.approx(0.05, abs=5e-4)


def test_decisive_items_for_a_win_rate() -> None:
    assert [items_for_win_rate(rate) for rate in (0.55, 0.60, 0.65)] == [783, 194, 85]
    assert items_for_equivalence(0.05, power=0.9) == 1082
    assert items_for_non_inferiority(0.5, 0.05, power=0.9) < 1082
    with pytest.raises(ValueError, match=r"0\.5"):
        items_for_win_rate(0.5)


def test_the_papers_own_equivalence_claims() -> None:
    sentiment, descriptiveness = (equivalence_of_counts(wins, 1024, margin=0.05) for wins in (492, 481))
    assert sentiment.p_equivalent == pytest.approx(0.027, abs=5e-4)
    assert sentiment.verdict == "equivalent"
    assert descriptiveness.p_equivalent == pytest.approx(0.108, abs=5e-4)
    assert descriptiveness.verdict != "equivalent"


def test_better_by_more_than_the_margin_is_not_easier_to_show_than_different() -> None:
    for n in (30, 100):
        for wins in range(n + 1):
            found = equivalence_of_counts(wins, n, margin=0.05).verdict
            bounds = clopper_pearson(wins, n)
            assert (found == "better by more than the margin") == (bounds.low > 0.55)
            assert (found == "worse by more than the margin") == (bounds.high < 0.45)
