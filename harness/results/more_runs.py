"""How many more training runs would decide which label budgets were enough, from a study's results."""

from __future__ import annotations

from harness.results.more_runs_records import Chance, ContrastToDecide
from harness.results.rate_records import EquivalenceRow
from harness.results.records import Results
from harness.statistics.more_runs import decision_power, runs_to_decide

_TIMES = (1.0, 1.5, 2.0, 3.0, 4.0)
"""The numbers of runs whose chances are shown, as multiples of those there are."""


def contrasts_to_decide(results: Results, *, power: float = 0.8) -> list[ContrastToDecide]:
    """One for each row of `equivalence`. power: the chance of a verdict that is aimed at."""
    return [_to_decide(row, power) for row in results.equivalence]


def _to_decide(row: EquivalenceRow, power: float) -> ContrastToDecide:
    test, more, chances = row.test, row.more_runs, _chances(row)
    if more is not None and row.spread is not None:
        more = runs_to_decide(row.spread, have=row.n_runs, win_rate=more.win_rate, margin=test.margin,
                              alpha=test.alpha, power=power)
    return ContrastToDecide(
        contrast=row.contrast, judge=row.judge, study=row.study, finding=row.finding,
        why_not_decided=row.why_not_decided, n_runs=row.n_runs, win_rate=test.win_rate, more_runs=more,
        chances=tuple(chances), seconds=None)


def _chances(row: EquivalenceRow) -> list[Chance]:
    spread, rate = row.spread, row.test.win_rate
    if spread is None or rate is None or row.n_runs < 2:
        return []
    counts = dict.fromkeys(round(times * row.n_runs) for times in _TIMES)
    found = [(n, decision_power(spread, n, win_rate=rate, margin=row.test.margin, alpha=row.test.alpha))
             for n in counts]
    return [Chance(n, chance.enough, chance.not_enough) for n, chance in found]
