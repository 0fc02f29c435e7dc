"""Stage: the simulated judge compares every trained policy with every baseline on the same queries."""

from __future__ import annotations

from harness.artifacts.call import StageCall
from harness.artifacts.files import read_samples
from harness.artifacts.log import StageLog
from harness.json_records import write_json
from harness.labels.scorers import get_scorer
from harness.labels.simulated import judged
from harness.records import Done
from harness.results.file import write_outcomes
from harness.results.records import Outcomes, PairOutcomes
from harness.seeds import derive_seed
from harness.study.slices import JudgeSlice
from harness.tasks.query_table import read_queries

PLAN_FILE = "analysis_plan.json"


def run(call: StageCall[JudgeSlice], log: StageLog) -> Done:
    """outcomes.json: for each pair a list in the order of the queries, 1 win, 0.5 tie, 0 loss of the trained policy.

    The analysis plan is frozen beside it, before the first judgment. Two texts that the judge's scorer cannot tell
    apart are a tie; else Luce's rule with a lapse rate decides.
    """
    settings = call.settings
    write_json(call.out / PLAN_FILE, settings.plan.as_json())
    queries = read_queries(call.inputs["queries"] / "test.arrow")
    scorer = get_scorer(settings.judge.scorer)
    arms = sorted({arm for pair in settings.pairs for arm in (pair.arm, pair.opponent)})
    samples = call.inputs.by_arm("samples")
    scores = {}
    for number, arm in enumerate(arms):
        scores[arm] = scorer(queries, [sample.text for sample in read_samples(samples[arm])])
        log.progress(number + 1, len(arms))
    pairs = []
    for pair in settings.pairs:
        outcome = judged(scores[pair.arm], scores[pair.opponent], noise=settings.judge.noise,
                         lapse_rate=settings.judge.lapse_rate,
                         seed=derive_seed(call.seed, str(pair.arm), str(pair.opponent)))
        pairs.append(PairOutcomes(pair, tuple(outcome.tolist())))
    write_outcomes(call.out, Outcomes(judge="simulated", scorer=settings.judge.scorer,
                                      queries=tuple(query.id for query in queries), pairs=tuple(pairs)))
    return Done({"comparisons": float(sum(len(pair.outcomes) for pair in pairs))})
