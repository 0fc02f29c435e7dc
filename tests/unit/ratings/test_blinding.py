"""Laws of the item set and of sides."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rating_helpers import ARMS, item_set, known, pairs

from harness.errors import InputError
from harness.ratings.blinding import Pair, Response, build_items, is_flipped, label_order, scrambled_pairs
from harness.ratings.drafting import Sizes, draft_study
from harness.ratings.pairing import ArmSample
from harness.ratings.protocol import ItemKind
from harness.records import ArmKey, Choice, Contrast


def test_the_key_tells_every_text_from_its_arm() -> None:
    built = item_set(12)
    for each in built.items:
        left, right = built.key.arms[each.item.id]
        assert each.item.left_text.startswith("P" if str(left) == ARMS[0] else "Q")
        assert each.item.right_text.startswith("P" if str(right) == ARMS[0] else "Q")


@given(count=st.integers(1, 40), seed=st.integers(0, 2**32))
@settings(max_examples=30, deadline=None)
def test_sides_are_balanced_within_every_pair_of_arms(count: int, seed: int) -> None:
    both = [*pairs(count), *pairs(count, arms=("rl/1000/1", "supervised"))]
    built = build_items(both, seed=seed)
    lefts = Counter(str(left) for left, _ in built.key.arms.values())
    assert abs(lefts[ARMS[0]] - lefts[ARMS[1]]) <= 1
    assert abs(lefts["rl/1000/1"] - lefts["supervised"]) <= 1


def test_a_pair_given_the_other_way_round_is_balanced_with_the_rest() -> None:
    turned = [pair.turned if i % 2 else pair for i, pair in enumerate(pairs(20))]
    built = build_items(turned, seed=5)
    assert {each.stratum for each in built.items} == {0}
    assert Counter(str(left) for left, _ in built.key.arms.values()) == {ARMS[0]: 10, ARMS[1]: 10}


@given(seed=st.integers(0, 2**32), rater=st.integers(0, 60), block=st.integers(0, 60))
@settings(max_examples=50, deadline=None)
def test_a_rater_sees_one_of_two_neighbours_flipped_and_two_raters_see_an_item_both_ways(
        seed: int, rater: int, block: int) -> None:
    def flipped(position: int, who: int) -> bool:
        return is_flipped(seed=seed, stratum=0, position=position, rater=who)

    assert flipped(2 * block, rater) != flipped(2 * block + 1, rater)
    pair = rater // 2 * 2
    assert flipped(block, pair) != flipped(block, pair + 1)


def test_which_block_is_flipped_looks_random() -> None:
    firsts = [is_flipped(seed=1, stratum=0, position=2 * block, rater=0) for block in range(400)]
    assert 160 < sum(firsts) < 240
    runs = sum(a != b for a, b in pairwise(firsts))
    assert 160 < runs < 240


def test_the_same_seed_gives_the_same_items_and_another_seed_others() -> None:
    assert item_set(10) == item_set(10)
    assert item_set(10).key.arms != item_set(10, seed=8).key.arms


def test_items_say_nothing_of_arms_or_queries() -> None:
    said = " ".join(each.item.id for each in item_set(10).items)
    assert not any(word in said for word in (*ARMS, "rl", "zero", "q1"))


def test_gold_repeats_and_practice_stand_in_the_set_with_their_answers() -> None:
    built = item_set(10, gold=known(4), repeats=3, training=known(1), qualification=known(2))
    assert Counter(each.kind for each in built.items) == {
        ItemKind.MAIN: 10, ItemKind.GOLD: 4, ItemKind.REPEAT: 3, ItemKind.TRAINING: 1, ItemKind.QUALIFICATION: 2}
    for each in built.items:
        if each.kind is ItemKind.GOLD:
            side = each.item.left_text if each.expected is Choice.LEFT else each.item.right_text
            assert side.startswith("GOOD")
        if each.kind is ItemKind.REPEAT:
            original = next(other for other in built.items if other.item.id == each.repeat_of)
            assert replace(each.item, id=original.item.id) == original.item


def test_a_scrambled_pair_has_the_same_words_in_another_order() -> None:
    responses = [Response(pair.query_id, pair.query_text, pair.source, pair.text) for pair in pairs(5)]
    for pair in scrambled_pairs(responses, count=5, seed=1):
        assert Counter(pair.better.split()) == Counter(pair.worse.split())
        assert pair.better != pair.worse


def test_label_orders_put_every_candidate_everywhere() -> None:
    orders = [label_order(seed=1, task=f"t{i}", rater=0, candidates=4) for i in range(400)]
    for place in range(4):
        assert all(60 < count < 140 for count in Counter(order[place] for order in orders).values())


@pytest.mark.parametrize(("given", "message"), [
    ([], "nothing to compare"),
    ([Pair("q", "t", None, Contrast(ArmKey("one"), ArmKey("one")), "a b", "c d")], "compared with itself"),
    ([Pair("q", "t", None, Contrast(ArmKey("one"), ArmKey("two")), "a b", "  ")], "'two' is empty"),
])
def test_what_cannot_be_compared_is_said(given: list, message: str) -> None:
    with pytest.raises(InputError, match=message):
        build_items(given, seed=1)


def test_known_items_are_made_of_what_people_wrote_where_there_is_any() -> None:
    salad, prose = "of of the a in it was he to and", "The cat found a warm mat and slept until noon"
    samples = [ArmSample(f"q{i}", f"query {i}", None, ArmKey.parse(arm), f"{text} {i}", True)
               for i in range(8) for arm, text in (("rl/500/1", salad), ("zero_shot", salad), ("reference", prose))]
    for count, written in ((6, 6), (12, 8)):
        drafted = draft_study(samples, [Contrast(ArmKey("rl", 500, 1), ArmKey("zero_shot"))], Sizes(
            items=8, overlap=1, gold=count, repeats=0, training=0, qualification=0), seed=1)
        gold = [each for each in drafted.items.items if each.kind is ItemKind.GOLD]
        better = [each.item.left_text if each.expected is Choice.LEFT else each.item.right_text for each in gold]
        assert len(better) == count
        assert sum(text.startswith(prose) for text in better) == written
