"""Simulated choices follow Luce's rule; scorers order what people would order; label files are checked row by row."""

import json

import numpy as np
import pytest
from scipy import stats

from harness.errors import InputError
from harness.labels.imported import read_labels
from harness.labels.scorers import descriptiveness, get_scorer, reference_agreement, source_facts, vader
from harness.labels.simulated import SimulatedLabeler, choose_best
from harness.records import LabelTask, Query
from harness.tasks.tokenizer import train_tokenizer


def _query(**more):
    return Query(id="q", tokens=(1,), text="They met at the harbor.", **more)


def test_choices_have_the_frequencies_of_luces_rule():
    scores = np.tile([0.3, 0.1, -0.2, 0.0], (20000, 1))
    chosen = choose_best(scores, noise=0.2, lapse_rate=0.1, seed=5, numbers=range(20000))
    weights = np.exp(scores[0] / 0.2)
    expected = 0.1 / 4 + 0.9 * weights / weights.sum()
    assert stats.chisquare(np.bincount(chosen, minlength=4), expected * 20000).pvalue > 0.001


def test_a_choice_depends_on_its_own_number_alone():
    scores = np.random.default_rng(0).normal(size=(50, 4))
    together = choose_best(scores, noise=0.5, lapse_rate=0.1, seed=9, numbers=range(50))
    later = choose_best(scores[30:], noise=0.5, lapse_rate=0.1, seed=9, numbers=range(30, 50))
    assert (together[30:] == later).all()


def test_without_noise_and_lapses_the_best_wins_and_pure_lapses_are_uniform():
    scores = np.tile([0.0, 2.0, 1.0], (3000, 1))
    assert (choose_best(scores, noise=0.0, lapse_rate=0.0, seed=1, numbers=range(3000)) == 1).all()
    lapsed = choose_best(scores, noise=0.0, lapse_rate=1.0, seed=1, numbers=range(3000))
    assert stats.chisquare(np.bincount(lapsed, minlength=3)).pvalue > 0.001


def test_a_labeler_without_noise_picks_the_most_cheerful_candidate():
    labeler = SimulatedLabeler("vader", noise=0.0, lapse_rate=0.0)
    candidates = ("He wept in despair.", "He read the paper.", "She laughed with joy.", "It rained.")
    task = LabelTask("0", _query(), candidates)
    assert labeler.choose([task], seed=1) == [2]


def test_scorers_order_texts_as_a_reader_would():
    query = _query()
    joyful, bleak = vader([query] * 2, ["A wonderful, happy day!", "A horrible, cruel death."])
    assert joyful > 0.5 > -0.5 > bleak
    rich, plain = descriptiveness([query] * 2, ["Crimson leaves lay like a soft carpet on the mossy stones.",
                                                "He went to the place and did the thing again after that."])
    assert rich > plain == 0
    report = _query(source="A fire in Ashford on Monday hurt 12 people. Anna Kessler led the rescue.",
                    reference="Twelve were injured by flames in Ashford.",
                    facts=(("fire", "flames"), ("12", "twelve"), ("Ashford",)))
    full, partial, invented = source_facts([report] * 3, ["Flames in Ashford hurt twelve.", "There was a fire.",
                                                          "A fire in Ashford hurt 12, said Boris Blake of Rome, 77."])
    assert full == pytest.approx(1.0)
    assert partial == pytest.approx(1 / 3)
    assert invented < full
    same, other = reference_agreement([report] * 2, ["Twelve were injured by flames in Ashford.", "It rained."])
    assert same == pytest.approx(1.0)
    assert other == 0


def test_any_importable_function_is_a_scorer(tmp_path, monkeypatch):
    (tmp_path / "my_scorers.py").write_text(
        "def longest(queries, responses):\n    return [len(text) for text in responses]\n"
        "def broken(queries, responses):\n    return [1.0]\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert get_scorer("my_scorers:longest")([_query()] * 2, ["ab", "abc"]).tolist() == [2, 3]
    with pytest.raises(InputError, match="must return one finite number for each of 2"):
        get_scorer("my_scorers:broken")([_query()] * 2, ["ab", "abc"])
    with pytest.raises(InputError, match="no scorer 'vadr'"):
        get_scorer("vadr")
    with pytest.raises(InputError, match="cannot be imported"):
        get_scorer("my_scorers:absent")


@pytest.fixture(scope="module")
def tokenizer():
    return train_tokenizer(iter(["the cat sat on the mat and ran away from the dog"] * 20), 300)


def _texts(tmp_path, *rows):
    path = tmp_path / "labels.jsonl"
    path.write_text("".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return path


GOOD = {"query": "the cat", "candidates": [" sat", " ran"], "best": 1}


def test_labels_of_texts_become_the_tokenizers_ids(tmp_path, tokenizer):
    label = read_labels(_texts(tmp_path, GOOD), "texts", tokenizer, candidates=2, budget=1, longest=24)[0]
    assert tokenizer.decode(label.query) == "the cat"
    assert [tokenizer.decode(candidate) for candidate in label.candidates] == [" sat", " ran"]
    assert label.best == 1


@pytest.mark.parametrize(("row", "expected"), [
    ("{broken", r"labels.jsonl:2: .*JSON"),
    ({**GOOD, "best": 2}, r"labels.jsonl:2: best: 'best' must be one of 0\.\.1, not 2"),
    ({**GOOD, "best": True}, r"must be one of 0\.\.1"),
    ({**GOOD, "candidates": ["one"]}, r"labels.jsonl:2: candidates: 'candidates' must be 2 texts"),
    ({"candidates": ["a", "b"], "best": 0}, r"labels.jsonl:2: query"),
])
def test_a_bad_label_is_named_by_its_line(tmp_path, tokenizer, row, expected):
    with pytest.raises(InputError, match=expected):
        read_labels(_texts(tmp_path, GOOD, row), "texts", tokenizer, candidates=2, budget=2, longest=24)


def _released(tmp_path, rows):
    path = tmp_path / "offline.json"
    path.write_text(json.dumps(rows))
    return path


@pytest.mark.parametrize("padding", [50257, 50259])
def test_padding_of_released_labels_is_read_from_the_data(tmp_path, tokenizer, padding):
    row = {"query": [padding, padding, 5, 6], "sample0": [7, 8, padding], "sample1": [9, padding, padding], "best": 0}
    label = read_labels(_released(tmp_path, [row]), "token_ids", tokenizer, candidates=2, budget=1, longest=24)[0]
    assert label.query == (5, 6)
    assert label.candidates == ((7, 8), (9,))


def test_released_labels_of_another_tokenizer_are_refused(tmp_path, tokenizer):
    rows = [{"query": [5, 6], "sample0": [7], "sample1": [9], "best": 0},
            {"query": [5, 4000], "sample0": [7], "sample1": [5000], "best": 0}]
    with pytest.raises(InputError, match=r"label 1: token ids 4000, 5000 are past .*another tokenizer"):
        read_labels(_released(tmp_path, rows), "token_ids", tokenizer, candidates=2, budget=2, longest=24)


def test_a_budget_larger_than_the_labels_is_refused(tmp_path, tokenizer):
    with pytest.raises(InputError, match="budget of 3 is larger than the 1 labels"):
        read_labels(_texts(tmp_path, GOOD), "texts", tokenizer, candidates=2, budget=3, longest=24)
