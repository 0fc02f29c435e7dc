"""Two truths planted in a study that has been run, judged as its report judges: does its verdict find them?

    python -m benchmarks.planted_truth studies/label_budget.yaml --budget 2500 --tracking-uri sqlite:///mlflow.db

- Labels drawn at random: the smaller budget is trained anew on them. It must be found worse than the largest.
- The same labels: every run of the largest budget has the whole pool, so half of its runs against the other half is a
  comparison of nothing. All splits are judged; 'better by more than the margin' must be found in none.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations
from pathlib import Path

import numpy as np

from harness import run
from harness.artifacts.files import read_samples
from harness.engine import tracking
from harness.errors import InputError
from harness.folders import ROOT
from harness.labels.scorers import get_scorer
from harness.labels.simulated import judged
from harness.records import ArmKey
from harness.seeds import derive_seed
from harness.shipped import study_file
from harness.statistics.equivalence import equivalence
from harness.statistics.runs import RateOverRuns, rate_over_runs
from harness.statistics.verdict import budget_verdicts
from harness.study.externals import external_digests
from harness.study.loading import load_study
from harness.study.plan import make_plan
from harness.study.spec import StudySpec
from harness.study.stage import Stage
from harness.tasks.query_table import read_queries

Scores = Mapping[int, np.ndarray]
"""The judge's scorer on the responses of each run, (queries,), by training seed."""


def main(argv: Sequence[str] | None = None) -> int:
    """Train on random labels where that has not been done, judge, tell. Exit code 0 where both truths were found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("study")
    parser.add_argument("--budget", type=int, required=True, help="which gets labels drawn at random")
    parser.add_argument("--set", dest="overrides", action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument("--tracking-uri", required=True)
    options = parser.parse_args(argv)
    options.study = study_file(options.study)
    random_labels = [*options.overrides, f"labels.budgets=[{options.budget}]", "labels.labeler.lapse_rate=1"]
    told = [argument for setting in random_labels for argument in ("--set", setting)]
    if code := run.main([options.study, *told, "--tracking-uri", options.tracking_uri]):
        return code
    study = load_study(options.study, options.overrides)
    largest = max(study.labels.budgets)
    best = _scores(study, largest, options.tracking_uri)
    worse = _scores(load_study(options.study, random_labels), options.budget, options.tracking_uri)
    found = _random_labels(study, best, worse, options.budget), _same_labels(study, best, largest)
    return 0 if all(found) else 1


def _scores(study: StudySpec, budget: int, uri: str) -> Scores:
    plan = make_plan(study, external_digests(study))
    wanted: dict[ArmKey | str, Stage] = {
        stage.arm or stage.kind: stage for stage in plan.stages if stage.kind in ("queries", "sample")}
    store = tracking.Tracking(uri, root=ROOT, writes=False)

    def folder(key: ArmKey | str) -> Path:
        stored = store.finished(wanted[key].fingerprint)
        if stored is None:
            raise InputError("has not been run", file=study.study, key=wanted[key].name)
        return store.fetch(stored)

    queries = read_queries(folder("queries") / "test.arrow")
    scorer = get_scorer(study.evaluation.judge.scorer)
    texts = {seed: [sample.text for sample in read_samples(folder(ArmKey("rl", budget, seed)))] for seed in study.seeds}
    return {seed: np.asarray(scorer(queries, texts[seed])) for seed in study.seeds}


def _judged(study: StudySpec, ours: Scores, theirs: Scores, pairs: Sequence[tuple[int, int]]) -> RateOverRuns:
    """W(ours over theirs) over these pairs of runs, judged as the stage `judge` does."""
    judge = study.evaluation.judge
    outcomes = [judged(ours[one], theirs[other], noise=judge.noise, lapse_rate=judge.lapse_rate,
                       seed=derive_seed(study.seed, "planted", str(one), str(other))) for one, other in pairs]
    count = len(outcomes[0])
    return rate_over_runs(np.concatenate(outcomes), queries=np.tile(np.arange(count), len(pairs)),
                          runs=np.repeat([one for one, _ in pairs], count),
                          opponent_runs=np.repeat([other for _, other in pairs], count))


def _random_labels(study: StudySpec, best: Scores, worse: Scores, budget: int) -> bool:
    rate = _judged(study, best, worse, [(seed, seed) for seed in study.seeds])
    verdict = budget_verdicts({budget: rate}, margin=study.evaluation.plan.margin)[0].verdict
    print(f"{budget:,} labels drawn at random: the largest budget over them {_told(rate)}: {verdict}")
    return verdict == "not enough"


def _same_labels(study: StudySpec, best: Scores, largest: int) -> bool:
    """Each half of the runs against the other; the halves swapped are another split."""
    seeds, margin = study.seeds, study.evaluation.plan.margin
    verdicts: Counter[str] = Counter()
    for half in combinations(seeds, len(seeds) // 2):
        pairs = list(zip(half, [seed for seed in seeds if seed not in half], strict=False))
        verdicts[equivalence(_judged(study, best, best, pairs), margin=margin).verdict or "nothing"] += 1
    told = ", ".join(f"{verdict} {count}" for verdict, count in verdicts.most_common())
    print(f"{largest:,} labels against the same, {verdicts.total()} splits of {len(seeds)} runs: {told}")
    return not verdicts["better by more than the margin"]


def _told(rate: RateOverRuns) -> str:
    if rate.win_rate is None or rate.ci_low is None or rate.ci_high is None:
        return "unknown"
    return f"{rate.win_rate:.1%} ({rate.ci_low:.1%} to {rate.ci_high:.1%})"


if __name__ == "__main__":
    raise SystemExit(main())
