"""What a base model from scratch reads."""

from itertools import islice

import pytest

from harness.study.loading import load_study
from harness.tasks.pretraining import pretraining_texts
from harness.text.tokenization import split_sentences
from tests.e2e.runs import ROOT


@pytest.mark.shared
def test_a_base_model_reads_as_many_summaries_and_extracts_as_asked():
    task = load_study(ROOT / "studies" / "smart_copier.yaml").task
    count, kinds = 600, {"summary": 0, "extract": 0, "alone": 0}
    for document, text in zip(islice(task.source.documents("train"), count),
                              pretraining_texts(task, "train"), strict=False):
        source, suffix, answer = text.partition(task.suffix)
        assert source == document.text
        if not suffix:
            kinds["alone"] += 1
        elif answer == f" {document.reference}\n":
            kinds["summary"] += 1
        else:
            assert answer[1:-1] in [sentence.text.strip() for sentence in split_sentences(document.text)]
            kinds["extract"] += 1
    # Four standard errors of the binomial counts are 39.2 and 44.9.
    assert abs(kinds["summary"] - 0.2 * count) < 40
    assert abs(kinds["extract"] - 0.3 * count) < 46
