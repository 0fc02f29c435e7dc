"""Raw votes and texts of published studies must give the figures that were published of them."""

import csv
import json

import numpy as np
import pytest

from harness import analyze
from harness.statistics.agreement import agreement
from harness.statistics.bradley_terry import fit_bradley_terry
from harness.statistics.davidson import fit_davidson
from harness.text.copying import lead
from harness.text.rouge import rouge_scores
from tests.shared_data import shared_file

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def crowd():
    """(left, right, outcome of the left) of 8,931 votes of 124 people on 59 models."""
    with shared_file("judgments", "llmfao.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return ([row["left"] for row in rows], [row["right"] for row in rows],
            [{"left": 1.0, "right": 0.0, "tie": 0.5}[row["winner"]] for row in rows])


# dustalov/evalica, llmfao-golden.csv: scores of 59 models that sum to 1, ties one half.
EVALICA_BRADLEY_TERRY = {"GPT 4": 0.04121787368330589, "command": 0.028852056443071993,
                         "Claude v2": 0.022926082609681264, "Weaver 12k": 0.011844297145315567,
                         "Dolly v2 (3B)": 0.006293634508067855}
# The same file, 'newman': strengths with an outcome of its own for ties (Davidson's model), up to a factor.
EVALICA_WITH_TIES = {"GPT 4": 7.418300743854287, "command": 3.9169486465276333, "Claude v2": 2.6107367805547685,
                     "Weaver 12k": 0.8225784029059382, "Dolly v2 (3B)": 0.2717629111247303}


def test_bradley_terry_of_the_llmfao_crowd(crowd) -> None:
    model = fit_bradley_terry(*crowd, side=False)
    strengths = {each.arm: np.exp(each.log_strength) for each in model.strengths}
    assert len(strengths) == 59
    total = sum(strengths.values())
    found = {arm: strengths[arm] / total for arm in EVALICA_BRADLEY_TERRY}
    assert found == pytest.approx(EVALICA_BRADLEY_TERRY, rel=1e-6)


def test_davidson_of_the_llmfao_crowd(crowd) -> None:
    model = fit_davidson(*crowd, baseline="GPT 4", side=False)
    found = {each.arm: each.log_strength for each in model.strengths if each.arm in EVALICA_WITH_TIES}
    expected = {arm: np.log(score / EVALICA_WITH_TIES["GPT 4"]) for arm, score in EVALICA_WITH_TIES.items()}
    assert found == pytest.approx(expected, abs=1e-6)


@pytest.fixture(scope="module")
def panda() -> list[list[int]]:
    """Three annotators' labels of 999 pairs: 0 tie, 1 or 2 that response."""
    lines = shared_file("judgments", "pandalm.jsonl").read_text(encoding="utf-8").splitlines()
    return [[row[f"annotator{k}"] for row in map(json.loads, lines)] for k in (1, 2, 3)]


# Cohen's kappa as PandaLM's authors print it, two decimals.
@pytest.mark.parametrize(("one", "other", "kappa"), [(0, 1, 0.85), (0, 2, 0.88), (1, 2, 0.86)])
def test_agreement_of_pandalms_annotators(panda, one: int, other: int, kappa: float) -> None:
    items = list(range(999))
    found = agreement(panda[one] + panda[other], items=items * 2, rng=np.random.default_rng(0), resamples=200)
    # With two raters who judged the same many items alpha is kappa but for 1/n.
    assert found.krippendorff_alpha == pytest.approx(kappa, abs=0.006)
    assert found.alpha_low < kappa < found.alpha_high


def test_majority_votes_of_pandalm_by_command(panda, tmp_path, capsys) -> None:
    names = {0: "tie", 1: "response1", 2: "response2"}
    rows = [f"{item},annotator{k},response1,response2,{names[label]}"
            for k, labels in enumerate(panda) for item, label in enumerate(labels)]
    path = tmp_path / "pandalm.csv"
    path.write_text("\n".join(["pair,who,first,second,winner", *rows]), encoding="utf-8")
    mapping = "pair=item_id,who=rater_id,first=left_arm,second=right_arm,winner=choice"
    assert analyze.main([str(path), "--columns", mapping, "--majority", "--resamples", "0", "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)["comparisons"]
    # The label distribution that its authors print: 105 ties, 422 and 472 wins.
    assert (row["ties"], row["wins"], row["losses"]) == (105, 422, 472)


def test_lead_3_of_cnn_scores_what_is_published() -> None:
    # Narayan, Cohen and Lapata 2018, table 2, LEAD on CNN: ROUGE-1 29.1, -2 11.1, -L (over sentences) 25.9.
    lines = shared_file("cnndm", "test.jsonl").read_text(encoding="utf-8").splitlines()
    articles = [json.loads(line) for line in lines]
    found = rouge_scores([lead(each["article"], 3) for each in articles], [each["highlights"] for each in articles],
                         split_summaries=True)
    for key, published in (("rouge1", 0.291), ("rouge2", 0.111), ("rougeLsum", 0.259)):
        error = found[key].std(ddof=1) / np.sqrt(len(articles))
        assert error < 0.015
        assert found[key].mean() == pytest.approx(published, abs=3 * error)
