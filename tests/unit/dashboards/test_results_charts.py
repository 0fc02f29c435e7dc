"""The charts of the results page: the figures of the rows, and names as people read them."""

from dashboards.results_charts import curve, intervals, opponents, series
from tests.result_records import rate, win_rate_row

ROWS = [win_rate_row("rl", 5000), win_rate_row("rl", 250, found=rate(0.4, ci_low=0.3, ci_high=0.5))]


def _values(chart) -> list[dict]:
    return [row for rows in chart.to_dict()["datasets"].values() for row in rows]


def test_rows_are_named_by_their_arms() -> None:
    assert [opponents(row) for row in ROWS] == ["rl 5,000 vs zero-shot", "rl 250 vs zero-shot"]
    assert {series(row) for row in ROWS} == {"rl vs zero-shot"}


def test_a_comparison_is_a_line_from_one_end_of_its_interval_to_the_other() -> None:
    drawn = [row for row in _values(intervals({opponents(row): row.rate for row in ROWS})) if "name" in row]
    assert [(row["name"], row["ci_low"], row["win_rate"], row["ci_high"]) for row in drawn] == [
        ("rl 5,000 vs zero-shot", 0.6, 0.7, 0.8), ("rl 250 vs zero-shot", 0.3, 0.4, 0.5)]


def test_a_curve_has_a_point_for_each_budget_and_one_for_each_seed() -> None:
    drawn = _values(curve(ROWS))
    assert sorted(row["label_budget"] for row in drawn if "ci_low" in row) == [250, 5000]
    assert sorted((row["label_budget"], row["seed"]) for row in drawn if "seed" in row) == [(250, 1), (5000, 1)]
