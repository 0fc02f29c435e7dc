"""ROUGE against the rouge_score package and against ROUGE-1.5.5's own numbers."""

import json

import pytest
from rouge_score import rouge_scorer

from harness.text.rouge import ROUGE_KEYS, rouge_scores
from tests.shared_data import shared_file


def _package(responses, references, stemmer):
    scorer = rouge_scorer.RougeScorer(list(ROUGE_KEYS), use_stemmer=stemmer)
    scored = [scorer.score_multi([reference] if isinstance(reference, str) else reference, response)
              for response, reference in zip(responses, references, strict=True)]
    return {key: [score[key].fmeasure for score in scored] for key in ROUGE_KEYS}


def test_the_fox_and_the_dog() -> None:
    found = rouge_scores(["The quick brown dog jumps on the log."],
                         ["The quick brown fox jumps over the lazy dog"])
    assert [found[key][0] for key in ROUGE_KEYS] == pytest.approx([0.7059, 0.2667, 0.5882, 0.5882], abs=5e-5)


@pytest.mark.shared
def test_rouge_155_figures() -> None:
    fixture = json.loads(shared_file("fixtures", "rouge.json").read_text())
    targets, predictions = fixture["target_lines"], fixture["prediction_lines"]
    expected = fixture["expected"]
    plain, stemmed = (rouge_scores(predictions, targets, stemmer=stemmer) for stemmer in (False, True))
    for key, found in (("rouge1", plain["rouge1"]), ("rouge1_stem", stemmed["rouge1"]),
                       ("rouge2", plain["rouge2"]), ("rougeL", plain["rougeL"])):
        assert found == pytest.approx([row["f"] for row in expected[key]], abs=1e-5)
    summary = rouge_scores([fixture["prediction_multi_0"]], [fixture["target_multi_0"]])
    # The package itself differs from the Perl script in the fourth decimal here.
    assert summary["rougeLsum"][0] == pytest.approx(expected["rougeLsum_stem_multi_0"]["f"], abs=1e-3)
    for toy in fixture["toy"]:
        found = rouge_scores([toy["hyp"]], [toy["ref"]], stemmer=False)
        for key in set(toy) & set(ROUGE_KEYS):
            assert found[key][0] == pytest.approx(toy[key]["f"], abs=1e-5)


@pytest.mark.shared
@pytest.mark.parametrize("stemmer", [True, False])
def test_real_summaries_score_as_in_the_package(stemmer: bool) -> None:
    responses, references = [], []
    for line in shared_file("judgments", "summeval.jsonl").read_text().splitlines()[:12]:
        row = json.loads(line)
        for system in row["systems"].values():
            responses.append(system["summary"].replace(" . ", " .\n"))
            references.append([text.replace(". ", ".\n") for text in row["references"][:3]])
    found = rouge_scores(responses, references, stemmer=stemmer)
    expected = _package(responses, references, stemmer)
    for key in ROUGE_KEYS:
        assert found[key] == pytest.approx(expected[key], abs=1e-9)


def test_no_reference_and_unequal_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="no reference"):
        rouge_scores(["a"], [[]])
    with pytest.raises(ValueError, match="2 responses"):
        rouge_scores(["a", "b"], ["a"])
