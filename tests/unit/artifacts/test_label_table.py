"""Labels on disk: what is read by batches is what lay in memory, and trains to the same bits."""

import numpy as np
import pytest
import torch

from harness.artifacts.label_table import LabelFiles, LabelTable, query_rows
from harness.models.prompts import TokenBatch
from harness.models.reward import RewardModel
from harness.records import PAD
from harness.stages.reward_model import StoredLabels
from harness.training.comparisons import Comparisons
from harness.training.reward_fit import evaluate_reward_model, fit_reward_model
from harness.training.settings import RewardFitSettings
from tests import tiny

K, LENGTH = 4, 5


def piece(folder, labels, *, longest, seed):
    rng = np.random.default_rng(seed)
    queries = [rng.integers(0, 8, size=size).tolist() for size in [*rng.integers(1, longest, size=labels - 1), longest]]
    candidates = rng.integers(0, 8, size=(labels, K, LENGTH)).astype(np.int32)
    candidates[:, 1, 3:] = PAD
    table = LabelTable(queries=query_rows(queries), candidates=candidates, best=rng.integers(K, size=labels),
                       scores=rng.random((labels, K)), rows=rng.integers(1000, size=labels))
    folder.mkdir()
    table.save(folder)
    return table


@pytest.fixture
def pieces(tmp_path):
    return {tmp_path / str(longest): piece(tmp_path / str(longest), labels, longest=longest, seed=longest)
            for longest, labels in ((4, 7), (9, 20), (6, 13))}


def in_memory(pieces, count):
    """All labels as one comparison, put together without the code under test."""
    width = max(table.queries.shape[1] for table in pieces.values())
    queries = np.full((sum(map(len, pieces.values())), width), PAD)
    start = 0
    for table in pieces.values():
        queries[start:start + len(table), width - table.queries.shape[1]:] = table.queries
        start += len(table)
    candidates, best = (np.concatenate([getattr(table, name) for table in pieces.values()])
                        for name in ("candidates", "best"))
    return Comparisons(TokenBatch(torch.from_numpy(queries[:count])), torch.from_numpy(candidates[:count]).long(),
                       torch.from_numpy(best[:count]))


def test_a_saved_table_is_loaded_as_it_was(pieces):
    for folder, table in pieces.items():
        for name, column in vars(LabelTable.load(folder)).items():
            assert np.array_equal(column, getattr(table, name)), name
            assert column.dtype == getattr(table, name).dtype


def test_labels_come_in_the_order_asked_for_from_whichever_file_has_them(pieces):
    files = LabelFiles(list(pieces))
    assert len(files) == sum(map(len, pieces.values()))
    numbers = np.random.default_rng(0).permutation(35)[:30]
    taken = files.take(numbers)
    for name in ("candidates", "best", "scores", "rows"):
        whole = np.concatenate([getattr(table, name) for table in pieces.values()])
        assert np.array_equal(getattr(taken, name), whole[numbers]), name
    assert taken.queries.shape == (30, 9)
    assert np.array_equal(taken.queries, in_memory(pieces, 35).queries.tokens[numbers].numpy())


def test_batches_are_all_labels_in_order(pieces, monkeypatch):
    monkeypatch.setattr("harness.artifacts.label_table.READ_AT_ONCE", 8)
    tables = list(LabelFiles(list(pieces)).batches(np.arange(35)))
    assert [len(table) for table in tables] == [8, 8, 8, 8, 3]
    rows = np.concatenate([table.rows for table in pieces.values()])[:35]
    assert np.array_equal(np.concatenate([table.rows for table in tables]), rows)


def test_a_piece_without_labels_is_passed_over(tmp_path):
    """All its tasks were taken out as broken."""
    table = piece(tmp_path / "full", 5, longest=4, seed=0)
    (tmp_path / "none").mkdir()
    LabelTable(**{name: column[:0] for name, column in vars(table).items()} | {"queries": query_rows([])}
               ).save(tmp_path / "none")
    files = LabelFiles([tmp_path / "none", tmp_path / "full"])
    assert len(files) == 5
    assert np.array_equal(files.take(np.arange(5)).queries, table.queries)


def test_labels_on_disk_train_to_the_bits_of_labels_in_memory(pieces):
    settings = RewardFitSettings(learning_rate=1e-3, batch_size=8)
    weights, results = [], []
    for labels in (in_memory(pieces, 35), StoredLabels(LabelFiles(list(pieces)), np.arange(35))):
        model = RewardModel.from_language_model(tiny.gpt2(), seed=2)
        fit_reward_model(model, labels, settings=settings, seed=1)
        weights.append(torch.cat([p.detach().flatten() for p in model.parameters()]))
        results.append(evaluate_reward_model(model, labels))
    assert torch.equal(*weights)
    assert results[0] == results[1]
