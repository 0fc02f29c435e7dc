"""Runs a study anew with other root seeds and says whether another run says the same: docs/results.md.

    python -m benchmarks.stability label_budget --base FOLDER 11 12 13 14
    python -m benchmarks.stability label_budget 15
    HARNESS_KERNELS=0 python -m benchmarks.stability label_budget --base FOLDER 11

FOLDER is the base model that repetitions share: a copy of the folder `model` of the stage `pretrain`. Without it each
draws its own. What was run stands in docs/stability.jsonl and is not run again, so it goes on where it stopped.
"""

from __future__ import annotations

import argparse
import json
import os
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from benchmarks.write_table import measured, write_table
from harness import run
from harness.folders import ROOT
from harness.results.file import read_results
from harness.results.rate_records import EquivalenceRow
from harness.study.parts import AT_END

DOCS = Path(__file__).parents[1] / "docs"
LEDGER = DOCS / "stability.jsonl"
OF_FORMER_SETTINGS = 0.056
"""The standard deviation between runs of W(60,000 over 2,500) when policies were compared at the end of training."""


@dataclass(frozen=True)
class Found:
    """What one repetition says of one budget. base: `kept` or `new`. win_rate, low, high: of the largest budget over
    it, and the 95% interval. spread: standard deviation of win rates between runs, beyond what sampling explains.
    """

    study: str
    seed: int
    base: str
    kernels: bool
    label_budget: int
    finding: str
    win_rate: float
    low: float
    high: float
    spread: float
    n_runs: int
    measured: str


def main(argv: Sequence[str] | None = None) -> int:
    """Run what is missing, one after the other, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("study")
    parser.add_argument("seeds", type=int, nargs="*")
    parser.add_argument("--base", metavar="FOLDER", help="the base model of all repetitions")
    parser.add_argument("--set", dest="overrides", action="append", default=[], metavar="KEY=VALUE")
    options = parser.parse_args(argv)
    kernels, base = os.environ.get("HARNESS_KERNELS") != "0", "kept" if options.base else "new"
    for seed in options.seeds:
        if (seed, base, kernels) in {(one.seed, one.base, one.kernels) for one in _ledger(options.study)}:
            continue
        name = f"{options.study}_{seed}_{base}{'' if kernels else '_plain'}"
        settings = [f"seed={seed}", f"study={name}", *([f"base_model={options.base}"] if options.base else [])]
        if code := run.main([options.study, *(part for one in (*settings, *options.overrides)
                                              for part in ("--set", one))]):
            return code
        rows = read_results(ROOT / "reports" / name).equivalence
        with LEDGER.open("a", encoding="utf-8") as file:
            for row in rows:
                if not row.contrast.arm.arm.endswith(AT_END):
                    file.write(json.dumps(asdict(_found(row, options.study, seed, base, kernels))) + "\n")
    _write(options.study)
    return 0


def _found(row: EquivalenceRow, study: str, seed: int, base: str, kernels: bool) -> Found:
    spread = row.seeds.seed_sd
    assert row.test.win_rate is not None and row.ci_low is not None and row.ci_high is not None and spread is not None
    return Found(study, seed, base, kernels, row.contrast.opponent.label_budget or 0, row.finding, row.test.win_rate,
                 row.ci_low, row.ci_high, spread, row.n_runs, measured())


def _ledger(study: str) -> list[Found]:
    if not LEDGER.is_file():
        return []
    found = [Found(**json.loads(line)) for line in LEDGER.read_text(encoding="utf-8").splitlines()]
    return [one for one in found if one.study == study]


def _write(study: str) -> None:
    rows = _ledger(study)
    write_table(f"stability of {study}",
                ("root seed", "base model", "labels", "verdict", "the largest wins", "spread, points", "measured"),
                [(f"{one.seed}{'' if one.kernels else ', without kernels'}", one.base, f"{one.label_budget:,}",
                  one.finding, f"{one.win_rate:.1%} ({one.low:.1%} to {one.high:.1%})", f"{100 * one.spread:.1f}",
                  one.measured) for one in sorted(rows, key=lambda one: (not one.kernels, one.label_budget, one.seed))],
                note=" ".join(_said([one for one in rows if one.kernels])), document=DOCS / "results.md")


def _said(rows: Sequence[Found]) -> list[str]:
    """Whether repetitions agree: how many have the most frequent verdict, how many intervals hold the mean of all."""
    by_budget: dict[int, list[Found]] = defaultdict(list)
    for one in rows:
        by_budget[one.label_budget].append(one)
    said, held = [], 0
    for budget, mine in sorted(by_budget.items()):
        (verdict, count), = Counter(one.finding for one in mine).most_common(1)
        mean = float(np.mean([one.win_rate for one in mine]))
        held += sum(one.low <= mean <= one.high for one in mine)
        spread = float(np.sqrt(np.mean([one.spread**2 for one in mine])))
        said.append(f"Of {budget:,} labels {count} of {len(mine)} repetitions say '{verdict}'; the mean is {mean:.1%}, "
                    f"the spread between runs {100 * spread:.1f} points "
                    f"({spread / OF_FORMER_SETTINGS:.0%} of the former {100 * OF_FORMER_SETTINGS:g}).")
    return [*said, f"{held} of {len(rows)} intervals hold the mean of their budget."]


if __name__ == "__main__":
    raise SystemExit(main())
