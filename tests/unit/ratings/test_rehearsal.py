"""A rehearsal recovers what was planted: nothing where there is nothing, and 65% where there is 65%."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from rating_helpers import known

from harness.ratings.blinding import Pair, build_items
from harness.ratings.drafting import Draft, draft_study
from harness.ratings.pairing import ArmSample
from harness.ratings.protocol import StudyProtocol
from harness.ratings.rehearsal import SimulatedRater, rehearse
from harness.ratings.store import RatingStore, open_store
from harness.records import ArmKey, Contrast
from harness.results.people import analyse, study_report
from harness.statistics.plan import AnalysisPlan
from harness.study.loading import load_study
from harness.study.plan import make_plan
from harness.study.slices import PublishSlice
from harness.tasks.sources import StoryworldSource

ROOT = Path(__file__).parents[3]

PLANTED = Contrast(ArmKey("rl", 500, 1), ArmKey("zero_shot"))
ALIKE = Contrast(ArmKey("twin"), ArmKey("other_twin"))


def compared(contrast: Contrast, count: int) -> list[Pair]:
    return [Pair(f"q{i}", f"query {i}", None, contrast, f"{contrast.arm} says {i} in some words",
                 f"{contrast.opponent} says {i} in other words") for i in range(count)]


def default_study(budget: int) -> tuple[PublishSlice, Draft]:
    """What the default study would publish of one label budget, on the text it is about.

    Every arm's response is a passage of its own from the study's source: what the texts say is nothing to the
    simulated raters, whose truth is planted.
    """
    study = load_study(str(ROOT / "studies" / "label_budget.yaml"), ["evaluation.people={}"])
    settings = next(stage.settings for stage in make_plan(study, {}).stages if stage.kind == "publish")
    assert isinstance(settings, PublishSlice)
    compared = [pair for pair in settings.pairs
                if pair.arm.label_budget == budget and pair.opponent.arm in ("zero_shot", "supervised")]
    source = study.task.source
    assert isinstance(source, StoryworldSource)
    passages = iter([document.text for document in islice(source.documents("test"), 6_000)])
    samples = []
    for number in range(3 * settings.people.items):
        query = next(passages)
        samples += [ArmSample(f"q{number}", query, None, arm, next(passages), True)
                    for arm in sorted({arm for pair in compared for arm in (pair.arm, pair.opponent)}, key=str)]
    return settings, draft_study(samples, compared, settings.people.sizes, seed=1)


@pytest.mark.slow
def test_the_default_study_finds_a_planted_65_percent_and_calls_no_twins_different(tmp_path: Path) -> None:
    settings, draft = default_study(60_000)
    pairs = {pair.contrast for pair in draft.pairs}
    assert pairs == set(settings.pairs) & pairs
    assert len(pairs) == 2 * len({pair.arm.seed for pair in pairs}) > 2, "every run against two baselines"
    assert draft.fewest_raters == settings.people.overlap, "no query returns"
    planted = {pair: 0.65 for pair in pairs if pair.opponent == ArmKey("zero_shot")}
    protocol = StudyProtocol(name="rehearsal", title=settings.people.title, instructions="i", seed=1,
                             plan=AnalysisPlan(gatekeeping=settings.plan.gatekeeping, margin=settings.plan.margin))
    done = rehearse(protocol, draft.items, win_rates=planted, raters=12, seed=4, folder=tmp_path)
    report = analyse(done.study, done.unblinded, done.store, other_models=False)
    found = {row.contrast.opponent.arm: row for row in report.win_rates}
    assert found["zero_shot"].p_value_holm < 0.05
    assert found["zero_shot"].rate.ci_low < 0.65 < found["zero_shot"].rate.ci_high
    assert found["supervised"].p_value_holm > 0.05
    assert found["supervised"].rate.ci_low < 0.5 < found["supervised"].rate.ci_high
    assert {row.judge for row in report.win_rates} == {"simulated"}
    assert report.simulated_judge
    assert report.excluded == ()
    lefts = [each.judgment.arm_was_left for each in done.unblinded]
    assert np.mean(lefts) == pytest.approx(0.5, abs=0.03)


def test_a_rater_who_does_not_look_is_left_out_and_the_result_stands_beside(tmp_path: Path) -> None:
    items = build_items(compared(PLANTED, 60), seed=2, overlap=1, gold=known(8))
    done = rehearse(StudyProtocol(name="careless", title="t", instructions="i", seed=2), items, win_rates={},
                    raters=1, seed=3, folder=tmp_path, rater=SimulatedRater(care=0.2, skips=0))
    report = analyse(done.study, done.unblinded, done.store, other_models=False)
    (left_out,) = report.excluded
    assert "gold accuracy" in left_out.why
    assert report.n_judgments == 0


def test_sides_do_not_bias_the_result_of_raters_who_love_the_left(tmp_path: Path) -> None:
    items = build_items(compared(ALIKE, 60), seed=4, overlap=2)
    done = rehearse(StudyProtocol(name="left", title="t", instructions="i", seed=4), items, win_rates={}, raters=6,
                    seed=5, folder=tmp_path, rater=SimulatedRater(left_bias=0.35, item_spread=0.01))
    (row,) = analyse(done.study, done.unblinded, done.store, other_models=False).comparisons
    assert row.rate.ci_low < 0.5 < row.rate.ci_high


def test_the_report_is_reproduced_byte_for_byte_from_the_store(tmp_path: Path) -> None:
    items = build_items(compared(PLANTED, 12), seed=6, overlap=2)
    done = rehearse(StudyProtocol(name="again", title="t", instructions="i", seed=6), items, win_rates={}, raters=3,
                    seed=6, folder=tmp_path)
    filed = study_report(done.store, done.study.id)
    other: RatingStore = open_store(str(tmp_path / "rehearsal.db"))
    assert study_report(other, done.study.id) == filed
