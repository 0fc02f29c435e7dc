"""Supervised fine-tuning: which demonstrations are read, and what is said of the fit."""

import numpy as np
import pytest

from harness.errors import InputError
from harness.labels.scorers import get_scorer
from harness.seeds import numpy_generator
from harness.study.parts import SupervisedSpec
from harness.study.slices import SupervisedSlice
from harness.tasks.query_table import QueryTable
from harness.training.settings import LanguageModelFitSettings
from tests.unit.stages.stage_calls import STUDY, call_stage


def _settings(scorer, **spec):
    fit = LanguageModelFitSettings(learning_rate=1e-2, batch_size=4, epochs=2)
    return SupervisedSlice(task=STUDY.task, compute=STUDY.compute, scorer=scorer,
                           supervised=SupervisedSpec(learning_rates=(1e-2,), fit=fit, **spec))


def test_validation_loss_falls_and_the_rate_is_noted(inputs, tmp_path):
    done = call_stage(_settings(None, pairs=40), inputs, tmp_path)
    assert done.summary["validation_nats"] < done.summary["validation_nats_before"]
    assert (done.summary["learning_rate"], done.summary["demonstrations"]) == (1e-2, 40)


def test_the_continuations_that_the_scorer_ranks_highest_are_kept(inputs, tmp_path, monkeypatch):
    read = []
    monkeypatch.setattr("harness.stages.supervised.fit_language_model",
                        lambda model, *, tokens, **_: read.extend(row.tolist() for row in tokens))
    call_stage(_settings("vader", pairs=40, keep=0.25), inputs, tmp_path, seed=3)
    table = QueryTable(inputs["queries"] / "train.arrow")
    drawn = table.take(np.sort(numpy_generator(3, "pairs", "train").permutation(len(table))[:40]))
    scores = get_scorer("vader")(drawn, [query.reference for query in drawn])
    best = sorted(sorted(range(40), key=lambda row: -scores[row])[:10])
    assert read == [[*drawn[row].tokens, *drawn[row].reference_tokens] for row in best]


def test_without_a_human_answer_there_is_nothing_to_learn_from(inputs, tmp_path, monkeypatch):
    monkeypatch.setattr(QueryTable, "take", lambda table, rows: [])
    with pytest.raises(InputError, match="supervised: no train query has a human answer"):
        call_stage(_settings(None, pairs=5), inputs, tmp_path)
