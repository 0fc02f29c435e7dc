"""An arm's figures from its texts, by hand and against rouge_score."""

import numpy as np
import pytest
from rouge_score import rouge_scorer

from harness.artifacts.files import read_measures, read_samples
from harness.artifacts.outcome import write_outcome
from harness.labels.scorers import get_scorer
from harness.records import ArmKey
from harness.results.file import read_measured
from harness.study.slices import MeasureSlice, SampleSlice
from harness.tasks.query_table import read_queries
from tests.unit.stages.stage_calls import STUDY, call_stage

ARM = ArmKey("zero_shot")


@pytest.fixture(scope="module")
def measured(inputs, tmp_path_factory):
    """(folder of the samples, folder of their measures)."""
    sample, out = (tmp_path_factory.mktemp(name) for name in ("sample", "measure"))
    settings = SampleSlice(task=STUDY.task, compute=STUDY.compute)
    policies = {"policy": inputs["start"], "reference_policy": inputs["start"], "queries": inputs["queries"]}
    write_outcome(sample, call_stage(settings, policies, sample, arm=ARM))
    call_stage(MeasureSlice(task=STUDY.task, gold_scorer="vader"), {"sample": sample, **inputs}, out, arm=ARM)
    return sample, out


def test_an_arms_figures_are_means_over_its_texts(inputs, measured):
    sample, out = measured
    samples, queries = read_samples(sample), read_queries(inputs["queries"] / "test.arrow")
    entry, values = read_measured(out).entry, read_measures(out)
    assert (entry.arm, entry.n_queries) == (ARM, 12)
    gold = get_scorer("vader")(queries, [each.text for each in samples])
    assert entry.gold_score == pytest.approx(np.mean(gold), abs=1e-6)
    assert values["words"].tolist() == [len(each.text.split()) for each in samples]
    assert entry.valid == pytest.approx(np.mean([each.valid for each in samples]), abs=1e-6)
    scorer = rouge_scorer.RougeScorer(["rouge1"], use_stemmer=True)
    expected = [scorer.score(query.reference, each.text)["rouge1"].fmeasure
                for query, each in zip(queries, samples, strict=True)]
    assert values["rouge1"] == pytest.approx(expected)
    assert entry.rouge["rouge1"] == pytest.approx(np.mean(expected), abs=1e-6)
