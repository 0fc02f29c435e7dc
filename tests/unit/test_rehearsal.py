"""A rehearsal recovers what was planted: nothing where there is nothing, and 65% where there is 65%."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from rating_helpers import known

from harness.ratings.blinding import Pair, build_items
from harness.ratings.protocol import StudyProtocol
from harness.ratings.rehearsal import SimulatedRater, rehearse
from harness.ratings.store import RatingStore, open_store
from harness.stages.human_results import analyse, study_report

PLANTED = ("rl/500/1", "zero_shot")
ALIKE = ("twin", "other_twin")


def compared(arms: tuple[str, str], count: int) -> list[Pair]:
    return [(f"q{i}", f"query {i}", None, arms[0], f"{arms[0]} says {i} in some words", arms[1],
             f"{arms[1]} says {i} in other words") for i in range(count)]


@pytest.mark.slow
def test_a_planted_65_percent_is_found_and_twins_are_not_called_different(tmp_path: Path) -> None:
    items = build_items([*compared(PLANTED, 90), *compared(ALIKE, 90)], seed=1, overlap=3, gold=known(5), repeats=5)
    done = rehearse(StudyProtocol(name="rehearsal", title="t", instructions="i", seed=1), items,
                    win_rates={frozenset(PLANTED): (PLANTED[0], 0.65)}, raters=10, seed=3, folder=tmp_path)
    report = analyse(done.study, done.unblinded, done.store)
    found = {(row["arm_a"], row["arm_b"]): row for row in report["comparisons"]}
    planted, alike = found[PLANTED], found[tuple(sorted(ALIKE))]
    assert planted["p_value_holm"] < 0.05
    # Over 270 judgments with such raters and items the standard error is about 0.037: three of them.
    assert planted["win_rate"] == pytest.approx(0.65, abs=0.11)
    assert alike["p_value_holm"] > 0.05
    assert alike["ci_low"] < 0.5 < alike["ci_high"]
    assert report["simulated_judge"]
    assert report["judge"] == "simulated"
    assert report["excluded"] == []
    lefts = [each.judgment.a_was_left for each in done.unblinded]
    assert np.mean(lefts) == pytest.approx(0.5, abs=0.03)


def test_a_rater_who_does_not_look_is_left_out_and_the_result_stands_beside(tmp_path: Path) -> None:
    items = build_items(compared(PLANTED, 60), seed=2, overlap=1, gold=known(8))
    done = rehearse(StudyProtocol(name="careless", title="t", instructions="i", seed=2), items, win_rates={},
                    raters=1, seed=3, folder=tmp_path, rater=SimulatedRater(care=0.2, skips=0))
    report = analyse(done.study, done.unblinded, done.store)
    (left_out,) = report["excluded"]
    assert "gold accuracy" in left_out["why"]
    assert report["n_judgments"] == 0


def test_sides_do_not_bias_the_result_of_raters_who_love_the_left(tmp_path: Path) -> None:
    items = build_items(compared(ALIKE, 60), seed=4, overlap=2)
    done = rehearse(StudyProtocol(name="left", title="t", instructions="i", seed=4), items, win_rates={}, raters=6,
                    seed=5, folder=tmp_path, rater=SimulatedRater(left_bias=0.35, item_spread=0.01))
    (row,) = analyse(done.study, done.unblinded, done.store)["comparisons"]
    assert row["ci_low"] < 0.5 < row["ci_high"]


def test_the_report_is_reproduced_byte_for_byte_from_the_store(tmp_path: Path) -> None:
    items = build_items(compared(PLANTED, 12), seed=6, overlap=2)
    done = rehearse(StudyProtocol(name="again", title="t", instructions="i", seed=6), items, win_rates={}, raters=3,
                    seed=6, folder=tmp_path)
    filed = study_report(done.store, done.study.id)
    other: RatingStore = open_store(str(tmp_path / "rehearsal.db"))
    assert study_report(other, done.study.id) == filed
