"""Measures time and memory of the statistics on large files, for docs/statistics.md.

    HARNESS_SHARED=... python -m benchmarks.statistics_speed

A million judgments, and ROUGE and copying on 10,000 pairs. The texts are articles of the shared data.
"""

from __future__ import annotations

import csv
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path

import numpy as np
from rouge_score import rouge_scorer

from benchmarks.write_table import measured, write_table
from harness.text.copying import copy_statistics
from harness.text.rouge import ROUGE_KEYS, rouge_scores

JUDGMENTS, PAIRS, LOOP_PAIRS = 1_000_000, 10_000, 1_000


def write_judgments(path: Path, n: int) -> None:
    """n judgments of six arms by 500 raters, three an item, with lengths."""
    rng = np.random.default_rng(0)
    items = np.arange(n) // 3
    first, turn = rng.integers(6, size=n)[items], rng.integers(1, 6, size=n)[items]
    raters = (rng.integers(500, size=n)[items] + 7 * (np.arange(n) % 3)) % 500
    choices = np.array(["left", "right", "tie"])[rng.choice(3, n, p=[0.45, 0.4, 0.15])]
    lengths = rng.integers(20, 70, size=(2, n))[:, items]
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["item_id", "rater_id", "left_arm", "right_arm", "choice", "left_length",
                       "right_length"])
        rows.writerows((f"i{item}", f"r{rater}", f"arm{a}", f"arm{(a + b) % 6}", choice, x, y) for
                       item, rater, a, b, choice, x, y in zip(items, raters, first, turn, choices, *lengths,
                                                              strict=True))


def texts(n: int) -> tuple[list[str], list[str], list[str]]:
    """(responses, references, articles), n of each: a summary of two sentences from the article's middle."""
    root = Path(os.environ.get("HARNESS_SHARED", Path(__file__).parents[2] / "shared"))
    rows = [json.loads(line) for line in (root / "data/cnndm/train.jsonl").read_text().splitlines()]
    responses, references, articles = [], [], []
    for index, row in enumerate(islice(cycle(rows), n)):
        words = row["article"].split()
        start = (37 * index) % max(len(words) - 60, 1)
        halves = (" ".join(words[at:at + 28]) for at in (start, start + 28))
        responses.append(" .\n".join([*halves, ""]))
        references.append(row["highlights"])
        # A number at the end makes every article a new one: no cache helps.
        articles.append(f"{row['article']} {index}")
    return responses, references, articles


def main() -> None:
    """Measure and write the table."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "ratings.csv")
        write_judgments(path, JUDGMENTS)
        start = time.perf_counter()
        subprocess.run([sys.executable, "-m", "harness.analyze", str(path), "--json"], check=True,
                       stdout=subprocess.DEVNULL)
        seconds = time.perf_counter() - start
    gigabytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2**20
    rows.append([f"analyze, {JUDGMENTS:,} judgments, 1,000 bootstrap resamples",
                 f"{seconds:.0f} s, {gigabytes:.1f} GiB", ""])
    responses, references, articles = texts(PAIRS)
    for stemmer in (True, False):
        start = time.perf_counter()
        found = rouge_scores(responses, references, stemmer=stemmer)
        ours = time.perf_counter() - start
        scorer = rouge_scorer.RougeScorer(list(ROUGE_KEYS), use_stemmer=stemmer)
        start = time.perf_counter()
        expected = [scorer.score(reference, response) for response, reference in
                    zip(responses[:LOOP_PAIRS], references[:LOOP_PAIRS], strict=True)]
        loop = (time.perf_counter() - start) * PAIRS / LOOP_PAIRS
        furthest = max(abs(found[key][row] - score[key].fmeasure) for row, score in enumerate(expected)
                       for key in ROUGE_KEYS)
        stems = "stems" if stemmer else "no stems"
        rows.append([f"ROUGE-1/2/L/Lsum, {PAIRS:,} pairs, {stems}", f"{ours:.1f} s",
                     f"{loop / ours:.1f} times as fast as a loop over rouge_score ({loop:.0f} s, from "
                     f"{LOOP_PAIRS:,} pairs); largest difference {furthest:.0e}"])
    start = time.perf_counter()
    copy_statistics(responses, articles)
    seconds = time.perf_counter() - start
    rows.append([f"copy statistics, {PAIRS:,} articles", f"{seconds:.1f} s", ""])
    for row in rows:
        print(*row, sep="  ")
    write_table("speed", ["what", "here", "compared with"], rows,
                note=f"An otherwise idle two-core machine. Measured {measured()}.")


if __name__ == "__main__":
    main()
