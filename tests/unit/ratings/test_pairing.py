"""Pairs are made of queries that both arms answered validly, with runs drawn evenly."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

import pytest
from rating_helpers import pairs

from harness.errors import InputError
from harness.ratings.blinding import Pair
from harness.ratings.drafting import Sizes, draft_study
from harness.ratings.pairing import ArmSample, pair_arms, pairs_of_runs
from harness.ratings.protocol import ItemKind
from harness.records import ArmKey, Contrast

ZERO_SHOT = ArmKey("zero_shot")


def runs(budget: int, seeds: int) -> list[ArmKey]:
    return [ArmKey("rl", budget, seed) for seed in range(1, seeds + 1)]


def written(arms: Sequence[ArmKey], queries: int) -> list[ArmSample]:
    return [ArmSample(f"q{i}", f"query {i}", None, arm, f"{arm} went down to the old sea and saw {i}", True)
            for i in range(queries) for arm in arms]


def drafted(comparisons: list[Contrast], *, items: int, queries: int, seed: int = 1) -> list[Pair]:
    arms = list(dict.fromkeys(arm for pair in comparisons for arm in (pair.arm, pair.opponent)))
    return pair_arms(written(arms, queries), comparisons, per_comparison=items, seed=seed)


def test_an_empty_arm_is_named() -> None:
    rl, zero_shot = ArmKey("rl"), ArmKey("zero_shot")
    samples = [ArmSample("q", "t", None, rl, "", True), ArmSample("q", "t", None, zero_shot, "x", True)]
    with pytest.raises(InputError, match="'rl' is empty"):
        pair_arms(samples, [Contrast(rl, zero_shot)], per_comparison=3, seed=1)


def test_pairs_helper_is_what_the_tests_think() -> None:
    assert {pair.text[0] + pair.opponent_text[0] for pair in pairs(3)} == {"PQ"}


def test_items_of_a_comparison_are_spread_evenly_over_its_pairs_of_runs() -> None:
    comparisons = [*pairs_of_runs(runs(500, 8), [ZERO_SHOT]), *pairs_of_runs(runs(5000, 8), runs(500, 8))]
    found = Counter(pair.contrast for pair in drafted(comparisons, items=42, queries=200))
    assert set(found) == set(comparisons)
    assert set(found.values()) == {5, 6}
    of_ways = Counter(pair.contrast.without_seeds for pair in drafted(comparisons, items=42, queries=200))
    assert set(of_ways.values()) == {42}


def test_no_query_returns_where_there_are_enough_of_them() -> None:
    comparisons = [*pairs_of_runs(runs(500, 4), [ZERO_SHOT]), *pairs_of_runs(runs(5000, 4), [ZERO_SHOT])]
    found = Counter(pair.query_id for pair in drafted(comparisons, items=30, queries=60))
    assert set(found.values()) == {1}


def test_queries_return_evenly_where_they_are_few_and_never_for_one_pair_of_runs() -> None:
    comparisons = [*pairs_of_runs(runs(500, 4), [ZERO_SHOT]), *pairs_of_runs(runs(5000, 4), [ZERO_SHOT])]
    made = drafted(comparisons, items=40, queries=20)
    assert set(Counter(pair.query_id for pair in made).values()) == {4}
    assert set(Counter((pair.contrast.without_seeds, pair.query_id) for pair in made).values()) == {2}
    assert set(Counter((pair.contrast, pair.query_id) for pair in made).values()) == {1}


def test_a_pair_of_runs_has_fewer_items_where_its_queries_run_out() -> None:
    samples = [*written([*runs(500, 2), ZERO_SHOT], 10)]
    samples = [each for each in samples if each.arm.seed != 2 or each.query_id in ("q1", "q2")]
    made = pair_arms(samples, pairs_of_runs(runs(500, 2), [ZERO_SHOT]), per_comparison=12, seed=1)
    assert Counter(pair.contrast.arm.seed for pair in made) == {1: 6, 2: 2}


def test_the_draft_depends_on_the_seed_alone() -> None:
    comparisons = pairs_of_runs(runs(500, 4), [ZERO_SHOT])
    assert drafted(comparisons, items=9, queries=50) == drafted(comparisons, items=9, queries=50)
    others = [drafted(comparisons, items=9, queries=50, seed=seed) for seed in range(8)]
    assert len({tuple(pair.query_id for pair in made) for made in others}) == 8
    assert len({made[-1].contrast for made in others}) > 1, "who has the ninth item is drawn, too"


def test_runs_with_one_seed_meet_and_a_baseline_meets_every_run() -> None:
    assert pairs_of_runs(runs(5000, 3), runs(500, 2)) == [
        Contrast(ArmKey("rl", 5000, seed), ArmKey("rl", 500, seed)) for seed in (1, 2)]
    assert pairs_of_runs(runs(500, 2), [ZERO_SHOT]) == [Contrast(run, ZERO_SHOT) for run in runs(500, 2)]
    assert pairs_of_runs([ZERO_SHOT], [ArmKey("supervised")]) == [Contrast(ZERO_SHOT, ArmKey("supervised"))]
    strangers = pairs_of_runs(runs(5000, 1), [ArmKey("rl", 500, seed) for seed in (2, 3)])
    assert strangers == [Contrast(ArmKey("rl", 5000, 1), ArmKey("rl", 500, seed)) for seed in (2, 3)]


def test_sides_are_balanced_within_each_pair_of_runs_and_known_items_have_queries_of_their_own() -> None:
    comparisons = [*pairs_of_runs(runs(500, 4), [ZERO_SHOT]), *pairs_of_runs(runs(5000, 4), runs(500, 4))]
    arms = list(dict.fromkeys(arm for pair in comparisons for arm in (pair.arm, pair.opponent)))
    sizes = Sizes(items=24, overlap=3, gold=6, repeats=0, training=2, qualification=4)
    draft = draft_study(written(arms, 100), comparisons, sizes, seed=3)
    lefts: dict[frozenset[ArmKey], Counter[ArmKey]] = defaultdict(Counter)
    for left, right in draft.items.key.arms.values():
        lefts[frozenset((left, right))][left] += 1
    assert len(lefts) == 8
    assert all(set(counts.values()) == {3} for counts in lefts.values())
    main = {each.item.query_id for each in draft.items.items if each.kind is ItemKind.MAIN}
    known = [each.item.query_id for each in draft.items.items if each.kind is not ItemKind.MAIN]
    assert len(set(known)) == len(known) == 12
    assert not main & set(known)
    assert draft.fewest_raters == 3
