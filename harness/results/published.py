"""The figures that Ziegler et al. 2019 published, and what a study of the same measure has beside them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any, Literal

PaperTask = Literal["sentiment", "descriptiveness", "tldr", "cnndm"]

_SAME_BUDGET = 0.05
"""4,992 labels stand beside 5,000."""

_WIN_RATES: dict[PaperTask, dict[tuple[str, int, str], float]] = {
    "sentiment": {("rl", 5000, "zero_shot"): 88},
    "descriptiveness": {("rl", 5000, "zero_shot"): 86},
    "tldr": {("rl", 60000, "zero_shot"): 96, ("rl", 60000, "supervised"): 97, ("rl", 60000, "lead"): 45,
             ("rl", 60000, "reference"): 96},
    "cnndm": {("rl", 60000, "zero_shot"): 91, ("rl", 60000, "supervised"): 80, ("rl", 60000, "lead"): 40,
              ("rl", 60000, "reference"): 84},
}
"""Percent of 1,024 queries on which most of three labelers preferred the arm, by (arm, labels, baseline)."""

_BUDGETS: dict[PaperTask, dict[tuple[int, int], float]] = {
    "sentiment": {(5000, 20000): 48}, "descriptiveness": {(5000, 20000): 47}, "tldr": {(60000, 30000): 40}, "cnndm": {},
}
"""Percent by which the first budget's policy won against the second's."""

_MOCK_REWARD: dict[PaperTask, dict[int, float]] = {"sentiment": {5000: 77}}
"""Percent by which the policy of so many labels won against the one that optimizes the mock labeler itself."""

_TRAINED = 60000
_ROUGE: dict[PaperTask, dict[str, tuple[float, float, float]]] = {
    "tldr": {"zero_shot": (15.862, 2.325, 13.518), "supervised": (17.535, 3.124, 14.969), "rl": (16.800, 2.884, 14.011),
             "supervised_rl": (18.434, 3.542, 15.457), "lead": (17.435, 3.243, 14.575)},
    "cnndm": {"zero_shot": (28.406, 8.321, 25.175), "supervised": (39.525, 16.992, 36.728),
              "rl": (37.385, 15.478, 33.330), "supervised_rl": (40.093, 17.611, 37.104),
              "lead": (40.379, 17.658, 36.618)},
}
"""ROUGE-1, -2 and -L, times 100."""

_NOVEL_SENTENCES: dict[PaperTask, dict[str, float]] = {
    "tldr": {"reference": 98.9, "zero_shot": 96.3, "rl": 29.0, "supervised": 96.9, "supervised_rl": 94.0},
    "cnndm": {"reference": 96.7, "zero_shot": 91.7, "rl": 2.5, "supervised": 83.6, "supervised_rl": 69.6},
}
"""Percent of the summaries' sentences that are not in the source."""

_FIRST_WORDS: dict[PaperTask, tuple[float, float]] = {"tldr": (28.3, 0.2), "cnndm": (77.6, 1.4)}
"""Percent of the rl arm's summaries that open with the source's first three words: of all, where it has a preamble."""


@dataclass(frozen=True)
class Comparison:
    """One line of the table. paper, ours: percent, or ROUGE times 100. majority: of the votes on each item."""

    measure: str
    arm: str
    labels: int | None
    paper: float
    ours: float
    judge: str | None = None
    majority: float | None = None


def paper_task(study: Mapping[str, Any]) -> PaperTask | None:
    """Which of the paper's four tasks the study is, by its criterion or its texts; None for another one.

    The embedded reports stand beside CNN/DM: both are news, and the question is the same.
    """
    task, source = study["task"], study["task"]["source"]
    if task["kind"] == "continuation":
        by_scorer: dict[str, PaperTask] = {"vader": "sentiment", "descriptiveness": "descriptiveness"}
        return by_scorer.get(study["evaluation"]["judge"]["scorer"])
    named: PaperTask | None = source.get("clean")
    return "cnndm" if source["kind"] == "storyworld" else named


def beside_the_paper(study: Mapping[str, Any], results: Mapping[str, Any]) -> list[Comparison]:
    """Every published figure that the study has measured as well, in the order of the paper, by each judge."""
    task = paper_task(study)
    if task is None:
        return []
    mock = [policy["arm"] for policy in study["policies"] if policy["reward"] == "gold"]
    return [*_win_rates(task, mock, results), *_budgets(task, results), *_texts(task, results["arms"]),
            *_first_words(task, results["texts"])]


def _same(ours: int | None, theirs: int) -> bool:
    return ours is not None and abs(ours - theirs) <= _SAME_BUDGET * theirs


def _win_rates(task: PaperTask, mock: Iterable[str], results: Mapping[str, Any]) -> Iterator[Comparison]:
    """mock: the arms whose reward is the simulated labeler's own scorer."""
    published = {(*key, _words(key[2])): percent for key, percent in _WIN_RATES[task].items()}
    for labels, percent in _MOCK_REWARD.get(task, {}).items():
        published |= {("rl", labels, arm, "the mock reward's policy"): percent for arm in mock}
    for (arm, labels, baseline, words), percent in published.items():
        for row in results["win_rates"]:
            if (row["arm"], row["baseline"]) == (arm, baseline) and _same(row["label_budget"], labels) \
                    and row["win_rate"] is not None:
                yield Comparison(f"wins against {words}", arm, row["label_budget"], percent, 100 * row["win_rate"],
                                 row["judge"], _percent(row.get("win_rate_majority")))


def _budgets(task: PaperTask, results: Mapping[str, Any]) -> Iterator[Comparison]:
    """The study asks of the larger budget whether it wins."""
    for (first, second), percent in _BUDGETS[task].items():
        for row in results["equivalence"]:
            if row["arm_a"] != row["arm_b"] or row["arm_a"] != "rl" or row["win_rate"] is None:
                continue
            budgets = row["budget_a"], row["budget_b"]
            if _same(budgets[0], max(first, second)) and _same(budgets[1], min(first, second)):
                rate = row["win_rate"] if first > second else 1 - row["win_rate"]
                yield Comparison(f"wins against itself with {second:,} labels", "rl", first, percent, 100 * rate,
                                 row.get("judge"))


def _texts(task: PaperTask, arms: list[dict[str, Any]]) -> Iterator[Comparison]:
    for arm, figures in _ROUGE.get(task, {}).items():
        for name, key, paper in zip(("ROUGE-1", "ROUGE-2", "ROUGE-L (summary level)"),
                                    ("rouge1", "rouge2", "rougeLsum"), figures, strict=True):
            yield from _of_arm(name, arm, arms, paper, lambda entry, key=key: (entry["rouge"] or {}).get(key))
    for arm, paper in _NOVEL_SENTENCES.get(task, {}).items():
        yield from _of_arm("novel sentences", arm, arms, paper, lambda entry: entry["copying"]["novel_sentences"])


def _of_arm(measure: str, arm: str, arms: list[dict[str, Any]], paper: float, value: Any) -> Iterator[Comparison]:
    """The mean over seeds; a trained arm's at the paper's number of labels."""
    entries = [entry for entry in arms if entry["arm"] == arm
               and (entry["label_budget"] is None or _same(entry["label_budget"], _TRAINED))]
    values = [value(entry) for entry in entries]
    if values and all(one is not None for one in values):
        yield Comparison(measure, arm, entries[0]["label_budget"], paper, 100 * fmean(values))


def _first_words(task: PaperTask, texts: Sequence[Mapping[str, Any]]) -> Iterator[Comparison]:
    if task not in _FIRST_WORDS:
        return
    for row in texts:
        if row["arm"] != "rl" or not _same(row["label_budget"], _TRAINED):
            continue
        for where, key, paper in zip(("", ", where it has a preamble"), ("all", "with_preamble"), _FIRST_WORDS[task],
                                     strict=True):
            if row["first_three_words"][key] is not None:
                yield Comparison(f"opens with the source's first three words{where}", "rl", row["label_budget"], paper,
                                 100 * row["first_three_words"][key])


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share


def _words(baseline: str) -> str:
    return {"lead": "lead-3", "reference": "the reference"}.get(baseline, baseline.replace("_", "-"))
