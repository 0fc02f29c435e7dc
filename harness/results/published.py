"""The figures that Ziegler et al. 2019 published, and what a study of the same measure has beside them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Literal

from harness.results.rate_records import EquivalenceRow, WinRateRow
from harness.results.records import Results
from harness.results.text_records import ArmMeasures, TextRow
from harness.study.spec import StudySpec

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


def paper_task(study: StudySpec) -> PaperTask | None:
    """Which of the paper's four tasks the study is, by its criterion or its texts; None for another one.

    The embedded reports stand beside CNN/DM: both are news, and the question is the same.
    """
    source = study.task.source
    if not study.is_summarization:
        by_scorer: dict[str, PaperTask] = {"vader": "sentiment", "descriptiveness": "descriptiveness"}
        return by_scorer.get(study.evaluation.judge.scorer)
    if source.kind == "storyworld":
        return "cnndm"
    return None if source.kind == "text" else source.clean


def beside_the_paper(study: StudySpec, results: Results) -> list[Comparison]:
    """Every published figure that the study has measured as well, in the order of the paper, by each judge."""
    task = paper_task(study)
    if task is None:
        return []
    mock = [policy.arm for policy in study.policies if policy.reward == "gold"]
    return [*_win_rates(task, mock, results.win_rates), *_budgets(task, results.equivalence),
            *_texts(task, results.arms), *_first_words(task, results.texts)]


def _same(ours: int | None, theirs: int) -> bool:
    return ours is not None and abs(ours - theirs) <= _SAME_BUDGET * theirs


def _win_rates(task: PaperTask, mock: Iterable[str], rows: Sequence[WinRateRow]) -> Iterator[Comparison]:
    """mock: the arms whose reward is the simulated labeler's own scorer."""
    published = {(*key, _words(key[2])): percent for key, percent in _WIN_RATES[task].items()}
    for labels, percent in _MOCK_REWARD.get(task, {}).items():
        published |= {("rl", labels, arm, "the mock reward's policy"): percent for arm in mock}
    for (arm, labels, baseline, words), percent in published.items():
        for row in rows:
            ours, opponent = row.contrast.arm, row.contrast.opponent
            if (ours.arm, opponent.arm) == (arm, baseline) and _same(ours.label_budget, labels) \
                    and row.rate.win_rate is not None:
                yield Comparison(f"wins against {words}", arm, ours.label_budget, percent, 100 * row.rate.win_rate,
                                 row.judge, _percent(row.rate.win_rate_majority))


def _budgets(task: PaperTask, rows: Sequence[EquivalenceRow]) -> Iterator[Comparison]:
    """The study asks of the larger budget whether it wins."""
    for (first, second), percent in _BUDGETS[task].items():
        for row in rows:
            larger, smaller = row.contrast.arm, row.contrast.opponent
            if larger.arm != smaller.arm or larger.arm != "rl" or row.test.win_rate is None:
                continue
            if _same(larger.label_budget, max(first, second)) and _same(smaller.label_budget, min(first, second)):
                rate = row.test.win_rate if first > second else 1 - row.test.win_rate
                yield Comparison(f"wins against itself with {second:,} labels", "rl", first, percent, 100 * rate,
                                 row.judge)


def _texts(task: PaperTask, arms: Sequence[ArmMeasures]) -> Iterator[Comparison]:
    for arm, figures in _ROUGE.get(task, {}).items():
        for name, key, paper in zip(("ROUGE-1", "ROUGE-2", "ROUGE-L (summary level)"),
                                    ("rouge1", "rouge2", "rougeLsum"), figures, strict=True):
            entries = _entries(arms, arm)
            yield from _line(name, entries, paper, [(entry.rouge or {}).get(key) for entry in entries])
    for arm, paper in _NOVEL_SENTENCES.get(task, {}).items():
        entries = _entries(arms, arm)
        yield from _line("novel sentences", entries, paper,
                         [entry.copying.get("novel_sentences") for entry in entries])


def _entries(arms: Sequence[ArmMeasures], arm: str) -> list[ArmMeasures]:
    """The arm's seeds; a trained arm's at the paper's number of labels."""
    return [entry for entry in arms if entry.arm.arm == arm
            and (entry.arm.label_budget is None or _same(entry.arm.label_budget, _TRAINED))]


def _line(measure: str, entries: Sequence[ArmMeasures], paper: float,
          values: Sequence[float | None]) -> Iterator[Comparison]:
    """The mean over seeds, where every seed has one."""
    known = [value for value in values if value is not None]
    if known and len(known) == len(values):
        key = entries[0].arm
        yield Comparison(measure, key.arm, key.label_budget, paper, 100 * fmean(known))


def _first_words(task: PaperTask, texts: Sequence[TextRow]) -> Iterator[Comparison]:
    if task not in _FIRST_WORDS:
        return
    of_all, where_preamble = _FIRST_WORDS[task]
    for row in texts:
        if row.arm.arm != "rl" or not _same(row.arm.label_budget, _TRAINED):
            continue
        found = row.first_three_words
        for where, ours, paper in (("", found.all, of_all),
                                   (", where it has a preamble", found.with_preamble, where_preamble)):
            if ours is not None:
                yield Comparison(f"opens with the source's first three words{where}", "rl", row.arm.label_budget,
                                 paper, 100 * ours)


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share


def _words(baseline: str) -> str:
    return {"lead": "lead-3", "reference": "the reference"}.get(baseline, baseline.replace("_", "-"))
