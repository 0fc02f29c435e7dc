"""Classifiers as labelers: they learn real sentiment, score as transformers does, and are part of the fingerprint."""

import json
import math
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer

from harness.classifier import main
from harness.errors import InputError
from harness.labels.scorers import get_scorer
from harness.models.classifiers import Classifier
from harness.models.loading import ModelShape, build_language_model
from harness.records import Query
from harness.study.externals import external_digests
from harness.study.loading import load_study
from harness.tasks.tokenizer import train_tokenizer
from tests.shared_data import shared_folder

QUICK = Path(__file__).resolve().parents[3] / "studies" / "quick.yaml"
TEXTS = ["It rained all day on the harbor.", "", "A joy. " * 300, "He wept", "She laughed at the sea."]


def _query(number):
    return Query(id=str(number), tokens=(1,), text="They met.")


def _saved(folder, labels, *, seed=1):
    tokenizer = train_tokenizer(iter(TEXTS * 20), 300)
    shape = ModelShape(layers=1, width=16, heads=2, context=32, vocab_size=len(tokenizer))
    made = Classifier.new(tokenizer, labels, base=shape, seed=seed)
    with torch.no_grad():
        made.model.score.weight *= 40
    made.save_pretrained(folder)
    return folder


@pytest.mark.shared
def test_a_small_classifier_learns_the_sentiment_of_real_sentences(tmp_path, capsys):
    """4,000 sentences, one epoch. By chance 0.6 or more of 400 are right once in 30,000 times."""
    with shared_folder("data", "sentiment", "sentence_polarity.jsonl").open(encoding="utf-8") as file:
        rows = list(islice(file, 0, None, 2))
    chosen = np.random.default_rng(1).permutation(len(rows))[:4000]
    (tmp_path / "texts.jsonl").write_text("".join(rows[row] for row in chosen), encoding="utf-8")
    command = [str(tmp_path / "texts.jsonl"), str(tmp_path / "out"), "--epochs", "1", "--json"]
    assert main(command) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["held_out_accuracy"] > 0.6
    assert result["positive"] == "pos"
    cheerful, bleak = get_scorer(f"classifier:{tmp_path / 'out'}")(
        [_query(0)] * 2, ["a moving , wonderful and touching film", "a dull , pointless and boring mess"])
    assert cheerful > 0.3 > -0.3 > bleak


@pytest.mark.parametrize(("labels", "positive"), [
    (["neg", "pos"], 1), (["POSITIVE", "NEGATIVE"], 0), (["one", "two", "three"], 2)])
def test_a_score_is_the_log_odds_that_transformers_gives(tmp_path, labels, positive):
    folder = _saved(tmp_path / "classifier", labels)
    scores = get_scorer(f"classifier:{folder}")([_query(number) for number in range(len(TEXTS))], TEXTS)
    model = AutoModelForSequenceClassification.from_pretrained(folder).eval()
    tokenizer = AutoTokenizer.from_pretrained(folder)
    for text, score in zip(TEXTS, scores, strict=True):
        ids = tokenizer(text or " ", return_tensors="pt").input_ids[:, :32]
        with torch.no_grad():
            chance = model(ids).logits[0].double().softmax(dim=0)[positive].item()
        assert score == pytest.approx(math.log(chance / (1 - chance)), abs=1e-3)


def test_a_score_does_not_depend_on_the_texts_beside_it(tmp_path):
    scorer = get_scorer(f"classifier:{_saved(tmp_path / 'classifier', ['neg', 'pos'])}")
    queries = [_query(number) for number in range(len(TEXTS))]
    together = scorer(queries, TEXTS)
    assert together.tolist() == [scorer([query], [text]).item() for query, text in zip(queries, TEXTS, strict=True)]
    assert len(set(together)) == len(TEXTS)


def test_what_is_no_classifier_is_refused_before_anything_is_scored(tmp_path):
    shape = ModelShape(layers=1, width=16, heads=2, context=32, vocab_size=40)
    build_language_model(shape, seed=0).save_pretrained(tmp_path / "language_model")
    with pytest.raises(InputError, match=r"no sequence classifier.*harness classifier"):
        get_scorer(f"classifier:{tmp_path / 'language_model'}")
    with pytest.raises(InputError, match="no such classifier"):
        get_scorer(f"classifier:{tmp_path / 'absent'}")


def test_a_folder_of_a_classifier_that_is_not_there_is_said_before_anything_is_loaded(tmp_path):
    study = load_study(QUICK, [f"labels.labeler.scorer='classifier:{tmp_path / 'absent'}'"])
    absent = []
    external_digests(study, absent=absent)
    assert [str(error) for error in absent] == [
        f"labels.labeler.scorer: there is no folder {tmp_path / 'absent'}. Give a classifier's folder or a name on the "
        "hub."]


def test_other_weights_make_other_fingerprints(tmp_path):
    def digest():
        study = load_study(QUICK, [f"labels.labeler.scorer='classifier:{tmp_path / 'classifier'}'"])
        return external_digests(study)[f"scorer:classifier:{tmp_path / 'classifier'}"]

    _saved(tmp_path / "classifier", ["neg", "pos"])
    first = digest()
    assert digest() == first
    _saved(tmp_path / "classifier", ["neg", "pos"], seed=2)
    assert digest() != first


@pytest.mark.parametrize(("rows", "expected"), [
    ([{"text": "good", "label": "pos"}, {"text": " ", "label": "neg"}], "jsonl:2: text"),
    ([{"text": "good"}], "jsonl:1: label"),
    ([{"text": "good", "label": "pos"}] * 30, "30 rows of 1 classes are too few"),
])
def test_a_bad_file_of_texts_is_one_line_and_exit_code_2(tmp_path, capsys, rows, expected):
    path = tmp_path / "texts.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    assert main([str(path), str(tmp_path / "out")]) == 2
    message = capsys.readouterr().err.strip()
    assert expected in message
    assert "\n" not in message
    assert "--skip-bad" not in message, "this command has no such option"
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("option", "value"), [
    ("--epochs", "0"), ("--epochs", "inf"), ("--learning-rate", "-1"), ("--learning-rate", "nan")])
def test_a_number_that_cannot_train_is_refused(tmp_path, capsys, option, value):
    with pytest.raises(SystemExit) as stopped:
        main([str(tmp_path / "texts.jsonl"), str(tmp_path / "out"), option, value])
    assert stopped.value.code == 2
    assert f"{value} is not a number above 0" in capsys.readouterr().err


@pytest.mark.parametrize(("option", "said"), [
    ("--epochs", "epochs must be positive and at"), ("--learning-rate", "learning_rate must be positive and at")])
def test_a_number_without_meaning_is_refused_before_anything_is_read(tmp_path, capsys, option, said):
    assert main([str(tmp_path / "texts.jsonl"), str(tmp_path / "out"), option, "1e300"]) == 2
    assert capsys.readouterr().err.startswith(f"error: {said}")


def test_a_folder_that_cannot_be_made_is_said_before_training(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("harness.training.classifier_fit.fit_classifier", None)
    path = tmp_path / "texts.jsonl"
    rows = [{"text": f"It is {word}, {number}", "label": word} for word in ("good", "bad") for number in range(20)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    assert main([str(path), str(path / "out")]) == 2
    assert "out: the folder cannot be made" in capsys.readouterr().err
