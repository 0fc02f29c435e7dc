"""Stage: the simulated judge compares every trained policy with every baseline on the same queries."""

from __future__ import annotations

import numpy as np

from harness.artifacts.call import StageCall, StageLog
from harness.artifacts.files import read_samples, write_json
from harness.labels.scorers import get_scorer
from harness.labels.simulated import choose_best
from harness.records import Done
from harness.seeds import derive_seed
from harness.tasks.query_table import read_queries

PLAN_FILE = "analysis_plan.json"


def run(call: StageCall, log: StageLog) -> Done:
    """outcomes.json: for each pair a list in the order of the queries, 1 win, 0.5 tie, 0 loss of the trained policy.

    The analysis plan is frozen beside it, before the first judgment. Two texts that the judge's scorer cannot tell
    apart are a tie; else Luce's rule with a lapse rate decides.
    """
    settings = call.settings
    write_json(call.out / PLAN_FILE, settings.plan)
    queries = read_queries(call.inputs["queries"] / "test.arrow")
    scorer = get_scorer(settings.judge.scorer)
    arms = sorted({name for pair in settings.pairs for name in pair})
    scores = {}
    for number, arm in enumerate(arms):
        scores[arm] = scorer(queries, [sample.text for sample in read_samples(call.inputs[f"sample:{arm}"])])
        log.progress(number + 1, len(arms))
    outcomes = []
    for arm, baseline in settings.pairs:
        both = np.stack([scores[arm], scores[baseline]], axis=1)
        best = choose_best(both, noise=settings.judge.noise, lapse_rate=settings.judge.lapse_rate,
                           seed=derive_seed(call.seed, arm, baseline), numbers=range(len(both)))
        outcome = np.where(both[:, 0] == both[:, 1], 0.5, np.where(best == 0, 1.0, 0.0))
        outcomes.append({"arm": arm, "baseline": baseline, "outcomes": outcome.tolist()})
    write_json(call.out / "outcomes.json", {"judge": "simulated", "scorer": settings.judge.scorer,
                                            "queries": [query.id for query in queries], "pairs": outcomes})
    return Done({"comparisons": float(sum(len(pair["outcomes"]) for pair in outcomes))})
