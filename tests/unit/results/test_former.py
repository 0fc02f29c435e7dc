"""Reports that the first version filed at unblinding are read as those of today, and are still reproduced."""

import copy
import json
from pathlib import Path

from harness.records import ArmKey, Contrast
from harness.results.file import people_of_text, people_text, reproduces

FILED = (Path(__file__).parent / "people_of_version_1.json").read_text(encoding="utf-8")
OLD = json.loads(FILED)


def test_non_inferiority_of_the_first_version_is_that_a_is_not_better():
    found = people_of_text(FILED, study="old")
    rows = [row for row in found.equivalence if row.contrast.opponent == ArmKey("rl", 250)]
    assert [row.test.p_a_not_better for row in rows] == [row["p_non_inferior"] for row in OLD["equivalence"]]
    assert [row.equivalence.p_a_not_better for row in found.comparisons] == [
        row["equivalence"]["p_non_inferior"] for row in OLD["comparisons"]]
    assert {row.equivalence.p_a_not_worse for row in found.comparisons} == {None}, "the first version kept no such p"


def test_win_rates_and_curves_of_the_first_version_are_whole():
    found = people_of_text(FILED, study="old")
    assert [(str(row.contrast.arm), row.rate.win_rate, row.rate.ci_low, row.p_value_holm) for row in found.win_rates] \
        == [(f"{row['arm']}/{row['label_budget']}", row["win_rate"], row["ci_low"], row["p_value_holm"])
            for row in OLD["win_rates"]]
    (curve,) = found.dose_response
    assert curve.contrast == Contrast(ArmKey("rl"), ArmKey("zero_shot"))
    assert curve.slope.estimate == OLD["dose_response"]["rl vs zero_shot"]["slope"]["estimate"]
    assert (curve.slope.scope, curve.slope.these_runs.ci_low) == ("these policies", curve.slope.ci_low)
    assert found.arms[0].copying is None, "its texts had no source"
    assert found.answers[0].n_accurate == 4


def test_a_study_that_nobody_judged_has_no_agreement():
    nobody = {**OLD, "agreement": {"why_undefined": "no judgments"}, "position": {"why_undefined": "no judgments"}}
    found = people_of_text(json.dumps(nobody), study="old")
    assert (found.agreement.raw, found.agreement.why_undefined) == (None, "no judgments")
    assert (found.position.left_rate, found.position.why_undefined) == (None, "no judgments")


def test_a_report_of_the_first_version_is_reproduced_where_every_number_is_the_same():
    today = people_text(people_of_text(FILED, study="old"))
    assert reproduces(FILED, today)
    assert reproduces(today, today)
    other = copy.deepcopy(OLD)
    other["comparisons"][0]["equivalence"]["p_non_inferior"] += 1e-12
    assert reproduces(json.dumps(other), today), "another processor rounds otherwise"
    other["comparisons"][0]["equivalence"]["p_non_inferior"] += 1e-6
    assert not reproduces(json.dumps(other), today)
    assert not reproduces(today, today.replace(OLD["seal"], "another"))
    assert not reproduces("no JSON", today)
    assert not reproduces("{}", today), "it says nothing"


def test_a_report_of_the_second_version_is_read_as_one_about_its_own_runs_and_reproduced_but_for_them():
    today = json.loads(people_text(people_of_text(FILED, study="old")))
    second = copy.deepcopy(today) | {"version": 2}
    for row in second["win_rates"]:
        for name in ("scope", "n_runs", "these_runs"):
            del row[name]
    for row in second["equivalence"]:
        row["was_enough"] = True
        for name in ("finding", "why_not_decided", "n_runs", "spread", "more_runs", "these_runs"):
            del row[name]
    found = people_of_text(json.dumps(second), study="old")
    assert {row.finding for row in found.equivalence} == {"not decided"}
    assert [row.these_runs for row in found.equivalence] == [row.test for row in found.equivalence]
    assert [(row.scope, row.these_runs.ci_low) for row in found.win_rates] == [
        ("these policies", row.rate.ci_low) for row in found.win_rates]
    wider = copy.deepcopy(today)
    wider["win_rates"][0]["ci_low"] = 0.01
    assert reproduces(json.dumps(second), json.dumps(wider))
    wider["win_rates"][0]["win_rate"] = 0.01
    assert not reproduces(json.dumps(second), json.dumps(wider))
