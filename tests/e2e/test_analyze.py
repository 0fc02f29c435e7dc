"""The command analyze, as a person or a script calls it.

harness.reporting.analysis and harness.reporting.tables print what is seen here.
"""

import json
from itertools import combinations
from statistics import multimode

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.stats import binomtest, t

from harness import analyze
from tests.e2e.command_files import HEADER, json_of, rows_of_three_raters, write_csv
from tests.shared_data import shared_file
from tests.unit.statistics.baseball import baseball


def _judgments(rows):
    """{item: [outcomes of rl]} by the rows themselves."""
    by_item: dict[str, list[float]] = {}
    for item, _, left, _, choice in rows:
        outcome = {"left": 1.0, "right": 0.0, "tie": 0.5}[choice]
        by_item.setdefault(item, []).append(outcome if left == "rl" else 1 - outcome)
    return by_item


def test_a_comparison_counts_the_judgments_and_averages_over_items(tmp_path, capsys) -> None:
    rows = rows_of_three_raters()
    found = json_of(analyze, capsys, write_csv(tmp_path / "r.csv", rows), "--baseline", "base")
    by_item, (comparison,) = _judgments(rows), found["comparisons"]
    votes = [vote for item in by_item.values() for vote in item]
    assert (comparison["arm_a"], comparison["arm_b"]) == ("rl", "base")
    assert [comparison[key] for key in ("wins", "ties", "losses")] == [votes.count(value) for value in (1.0, 0.5, 0.0)]
    assert (comparison["n_judgments"], comparison["n_items"], comparison["n_raters"]) == (90, 30, 9)
    assert comparison["win_rate"] == pytest.approx(np.mean(votes))
    assert comparison["win_rate_without_ties"] == pytest.approx(np.mean(
        [np.mean(decisive) for item in by_item.values() if (decisive := [vote for vote in item if vote != 0.5])]))
    assert comparison["win_rate_majority"] == pytest.approx(np.mean(
        [values[0] if len(values := multimode(item)) == 1 else 0.5 for item in by_item.values()]))
    assert (found["excluded"], found["warnings"]) == ([], [])


def test_interval_and_p_values_are_of_t_with_the_fewer_clusters(tmp_path, capsys) -> None:
    rows = rows_of_three_raters()
    (row,) = json_of(analyze, capsys, write_csv(tmp_path / "r.csv", rows), "--baseline", "base")["comparisons"]
    of_t = t(9 - 1)
    rate, error = row["win_rate"], row["standard_error"]
    reach = of_t.ppf(0.975) * error
    assert (row["ci_low"], row["ci_high"]) == pytest.approx((rate - reach, rate + reach))
    assert row["p_value"] == row["p_value_holm"] == pytest.approx(2 * of_t.sf(abs(rate - 0.5) / error))
    assert row["equivalence"]["margin"] == 0.05
    # Two one-sided tests: the larger p counts.
    assert row["equivalence"]["p_equivalent"] == pytest.approx(
        max(of_t.cdf((rate - 0.55) / error), of_t.sf((rate - 0.45) / error)))


def test_sides_strengths_and_agreement_are_of_the_same_judgments(tmp_path, capsys) -> None:
    rows = rows_of_three_raters()
    found = json_of(analyze, capsys, write_csv(tmp_path / "r.csv", rows), "--baseline", "base")
    choices = [row[4] for row in rows]
    left, decisive = choices.count("left"), 90 - choices.count("tie")
    assert (found["position"]["left_rate"], found["position"]["n_decisive"]) == (left / decisive, decisive)
    assert found["position"]["p_value"] == pytest.approx(binomtest(left, decisive).pvalue)
    outcomes = np.array([{"left": 1.0, "right": 0.0, "tie": 0.5}[choice] for choice in choices])
    x = np.array([[1.0 if row[2] == "rl" else -1.0, 1.0] for row in rows])
    fit = sm.GLM(outcomes, x, family=sm.families.Binomial()).fit()
    assert {row["arm"]: row["log_strength"] for row in found["bradley_terry"]} == pytest.approx(
        {"base": 0.0, "rl": fit.params[0]})
    assert found["bradley_terry_side"]["estimate"] == pytest.approx(fit.params[1])
    pairs = [list(combinations(item, 2)) for item in _judgments(rows).values()]
    assert found["agreement"]["raw"] == pytest.approx(np.mean([np.mean([x == y for x, y in item]) for item in pairs]))
    assert found["agreement"]["n_items"] == 30
    (fragility,) = found["fragility"]
    assert (fragility["arm_a"], fragility["n_judgments"]) == ("rl", 90)
    assert fragility["share"] == fragility["votes"] / 90


def test_files_that_name_the_winner_and_other_columns_give_the_same(tmp_path, capsys) -> None:
    rows = rows_of_three_raters()
    named = [[*row[:4], {"left": row[2], "right": row[3]}.get(row[4], "tie")] for row in rows]
    first = json_of(analyze, capsys, write_csv(tmp_path / "a.csv", rows))
    header = ["pair", "worker", "x", "y", "winner"]
    second = json_of(analyze, capsys, write_csv(tmp_path / "b.csv", named, header), "--columns",
                   "pair=item_id,worker=rater_id,x=left_arm,y=right_arm,winner=choice")
    lines = [json.dumps(dict(zip(HEADER, row, strict=True))) for row in rows]
    (tmp_path / "c.jsonl").write_text("\n".join(lines))
    third = json_of(analyze, capsys, tmp_path / "c.jsonl")
    assert first == second == third


def test_swapping_every_side_changes_no_comparison(tmp_path, capsys) -> None:
    rows = rows_of_three_raters()
    other = {"left": "right", "right": "left", "tie": "tie"}
    turned = [[row[0], row[1], row[3], row[2], other[row[4]]] for row in rows]
    here = json_of(analyze, capsys, write_csv(tmp_path / "a.csv", rows))
    there = json_of(analyze, capsys, write_csv(tmp_path / "b.csv", turned))
    assert here["comparisons"] == there["comparisons"]
    assert here["agreement"] == there["agreement"]
    assert here["position"]["left_rate"] == pytest.approx(1 - there["position"]["left_rate"])


def test_the_latest_judgment_counts_and_skips_are_counted(tmp_path, capsys) -> None:
    rows = [["1", "x", "a", "b", "left", 5], ["1", "x", "a", "b", "right", 9], ["1", "x", "a", "b", "tie", 1],
            ["2", "x", "b", "a", "left", 3], ["3", "y", "a", "b", "skip", 3], ["2", "y", "a", "b", "left", 3]]
    found = json_of(analyze, capsys, write_csv(tmp_path / "r.csv", rows, [*HEADER, "decided_at"]))
    comparison = found["comparisons"][0]
    assert (comparison["wins"], comparison["ties"], comparison["losses"]) == (1, 0, 2)
    assert {row["reason"]: row["n"] for row in found["excluded"]} == {
        "skipped by the rater": 1, "replaced by a later judgment": 2}
    assert any("2 judgments were replaced" in warning for warning in found["warnings"])


def test_majority_vote_counts_each_item_once(tmp_path, capsys) -> None:
    path = write_csv(tmp_path / "r.csv", rows_of_three_raters())
    votes, majority = json_of(analyze, capsys, path), json_of(analyze, capsys, path, "--majority")
    row = majority["comparisons"][0]
    assert row["n_judgments"] == row["n_items"] == 30
    assert row["win_rate"] == pytest.approx(votes["comparisons"][0]["win_rate_majority"])


def test_raters_are_excluded_by_gold_and_both_results_are_shown(tmp_path, capsys) -> None:
    rows = [[*row, ""] for row in rows_of_three_raters()]
    for rater in range(9):
        choice = "right" if rater == 0 else "left"
        rows += [[f"g{k}", f"r{rater}", "rl", "base", choice, "left"] for k in range(4)]
    path = write_csv(tmp_path / "r.csv", rows, [*HEADER, "gold_choice"])
    found = json_of(analyze, capsys, path, "--min-gold", "0.6")
    of_r0 = sum(row[1] == "r0" and not row[5] for row in rows)
    assert {"reason": "gold accuracy 0 is below 0.6", "rater": "r0", "n": of_r0} in found["excluded"]
    assert found["comparisons"][0]["n_judgments"] == 90 - of_r0
    assert found["comparisons_without_exclusion"][0]["n_judgments"] == 90


def test_repeats_are_looked_up_by_item_and_pair_of_arms(tmp_path, capsys) -> None:
    # An id that stands for a query comes again for other arms; the repeat is of A against B.
    rows = [["i1", "r", "A", "B", "A", ""], ["i1", "r", "A", "C", "C", ""], ["i2", "r", "A", "B", "B", ""],
            ["x1", "r", "B", "A", "A", " i1 "], ["x2", "r", "B", "A", "A", "i9"]]
    found = json_of(analyze, capsys, write_csv(tmp_path / "r.csv", rows, [*HEADER, "repeat_of"]))
    assert (found["quality"][0]["repeat_consistency"], found["quality"][0]["n_repeats"]) == (1.0, 1)
    assert (found["swapped_repeats"]["n_pairs"], found["swapped_repeats"]["consistent"]) == (1, 1)
    assert "repeat_of names no item of the file in 1 row" in found["warnings"]


def test_baseball_by_command(tmp_path, capsys) -> None:
    home, away, won = baseball()
    rows = [[str(k), "umpire", x, y, "left" if w else "right"]
            for k, (x, y, w) in enumerate(zip(home, away, won, strict=True))]
    found = json_of(analyze, capsys, write_csv(tmp_path / "r.csv", rows), "--baseline", "BAL", "--resamples", "0")
    strengths = {row["arm"]: row["log_strength"] for row in found["bradley_terry"]}
    # With a home effect in the model (left is home): Agresti's second table.
    assert strengths["MIL"] == pytest.approx(1.6196, abs=5e-5)
    assert found["bradley_terry_side"]["estimate"] == pytest.approx(0.3023, abs=5e-5)


def test_budgets_against_a_baseline_give_a_curve_and_a_page(tmp_path, capsys) -> None:
    rng = np.random.default_rng(0)
    rows = []
    for budget, chance in ((100, 0.55), (400, 0.6), (1600, 0.65)):
        for run in range(120):
            seed, query, choice = 1 + run % 2, run // 2, "left" if rng.random() < chance else "right"
            rows.append([f"{query}-{budget}-{seed}", f"r{query % 9}", "rl", "base", choice, budget, seed])
    page = tmp_path / "page.html"
    found = json_of(analyze, capsys, write_csv(tmp_path / "r.csv", rows, [*HEADER, "label_budget", "seed"]),
                  "--baseline", "base", "--html", page)
    assert [point["label_budget"] for point in found["dose_response"]["points"]] == [100, 400, 1600]
    assert len(found["dose_response"]["points"][0]["seeds"]) == 2
    assert [row["label_budget"] for row in found["by_label_budget"]] == [100, 400, 1600]
    text = page.read_text()
    assert "<svg" in text
    assert "not identified" in text
    assert "curvature: negative where it levels off" in text
    assert "src=" not in text
    assert "http" not in text.replace("http://www.w3.org", "")


def test_what_is_equivalent_is_in_the_answer(tmp_path, capsys) -> None:
    rows = [[f"i{item}", f"r{(item + shift) % 9}", "a", "b", ("left", "right")[(item + shift) % 2]]
            for item in range(300) for shift in range(2)]
    assert analyze.main([str(write_csv(tmp_path / "r.csv", rows)), "--margin", "0.2", "--resamples", "0"]) == 0
    assert "Equivalent within 20 points, not adjusted: a and b." in " ".join(capsys.readouterr().out.split())


@pytest.mark.shared
def test_real_crowd_judgments(capsys) -> None:
    mapping = "id=item_id,prompt=query_id,worker=rater_id,left=left_arm,right=right_arm,winner=choice"
    path = shared_file("judgments", "llmfao.csv")
    found = json_of(analyze, capsys, path, "--columns", mapping, "--resamples", "50")
    assert sum(row["n_judgments"] for row in found["comparisons"]) == 8931
    ranked = sorted(found["bradley_terry"], key=lambda row: row["log_strength"])
    assert "GPT 4" in [row["arm"] for row in ranked[-5:]]
    # This crowd prefers the left side.
    assert found["position"]["p_value"] < 1e-4
