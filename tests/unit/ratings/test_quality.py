"""A rater's figures are the same wherever they are shown: in the app, in the report and by `analyze`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rating_helpers import item_set, known

from harness.ratings.export import export_rows, to_csv
from harness.ratings.protocol import StudyProtocol
from harness.ratings.rehearsal import Rehearsed, SimulatedRater, rehearse
from harness.results.people import study_report
from harness.statistics.plan import AnalysisPlan
from harness.statistics.quality_of_file import quality_and_repeats
from harness.statistics.raters import ExclusionRules
from harness.statistics.ratings_file import read_ratings


def rehearsed(folder: Path, rules: ExclusionRules) -> Rehearsed:
    protocol = StudyProtocol(name="checked", title="t", instructions="i", seed=3, check_every=4,
                             plan=AnalysisPlan(exclusions=rules))
    return rehearse(protocol, item_set(24, overlap=3, gold=known(6), repeats=5), win_rates={}, raters=4, seed=5,
                    folder=folder, rater=SimulatedRater(care=0.7, skips=0.1))


def test_the_app_the_report_and_analyze_show_the_same_figures_of_a_rater(tmp_path: Path) -> None:
    done = rehearsed(tmp_path, ExclusionRules())
    app = {each.quality.rater: each.figures() for each in done.store.raters_of_study(done.study)}
    (tmp_path / "export.csv").write_text(to_csv(export_rows(done.store, done.study.id)), encoding="utf-8")
    of_file, _ = quality_and_repeats(read_ratings(tmp_path / "export.csv").ratings)
    report = json.loads(study_report(done.store, done.study.id))["quality"]
    assert [{**row, "rater": None} for row in report] == [{**row, "rater": None} for row in app.values()]
    assert len(of_file) == 4
    for each in of_file:  # an export holds main items, and no checks; its times are milliseconds
        here = app[each.rater]
        assert (here["n_judgments"], here["tie_rate"]) == (each.n_judgments, each.tie_rate)
        assert (here["agreement"], here["median_seconds"]) == pytest.approx((each.agreement, each.median_seconds))
    assert all(row["n_gold"] and row["n_repeats"] for row in app.values())
    assert sum(row["n_judgments"] for row in app.values()) == len(done.unblinded)


def test_a_rule_that_is_off_excludes_nobody_and_one_that_is_on_says_every_reason(tmp_path: Path) -> None:
    (tmp_path / "off").mkdir()
    (tmp_path / "on").mkdir()
    off = rehearsed(tmp_path / "off", ExclusionRules())
    assert [each.excluded for each in off.store.raters_of_study(off.study)] == [None] * 4
    on = rehearsed(tmp_path / "on", ExclusionRules(min_gold_accuracy=1.0, min_median_seconds=1e6))
    for each in on.store.raters_of_study(on.study):
        assert each.excluded is not None
        assert ("gold accuracy" in each.excluded) == (each.quality.gold_accuracy != 1.0)
        assert "median seconds" in each.excluded


def test_a_study_without_judgments_has_no_raters(tmp_path: Path) -> None:
    done = rehearse(StudyProtocol(name="empty", title="t", instructions="i", seed=3), item_set(2), win_rates={},
                    raters=0, seed=1, folder=tmp_path)
    assert done.store.raters_of_study(done.study) == []
