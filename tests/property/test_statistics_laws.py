"""Laws that hold for any judgments and any texts."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rouge_score import rouge_scorer

from harness.statistics.bradley_terry import fit_bradley_terry
from harness.statistics.equivalence import equivalence
from harness.statistics.multiplicity import benjamini_hochberg, holm
from harness.statistics.power import simulate_power
from harness.statistics.sequential import by_arrival, e_process
from harness.statistics.simulation import Design
from harness.statistics.win_rate import win_rate
from harness.text.copying import copy_statistics
from harness.text.rouge import ROUGE_KEYS, rouge_scores
from harness.text.tokenization import load_tokenizer

JUDGMENTS = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 5), st.sampled_from([0.0, 0.5, 1.0])),
                     min_size=2, max_size=60)
WORDS = st.lists(st.sampled_from(["the", "cat", "cats", "running", "a", "b", ".", "\n", "é"]), max_size=14)


def _rate(judged, scores):
    return win_rate(scores, items=[item for item, _, _ in judged], raters=[rater for _, rater, _ in judged])


@given(JUDGMENTS)
def test_renaming_the_arms_gives_one_minus_w(judged) -> None:
    scores = np.array([score for _, _, score in judged])
    there, back = _rate(judged, scores), _rate(judged, 1 - scores)
    assert there.win_rate == pytest.approx(1 - back.win_rate)
    assert there.win_rate_majority == pytest.approx(1 - back.win_rate_majority)
    assert (there.wins, there.ties, there.losses) == (back.losses, back.ties, back.wins)
    assert (there.ci_low is None) == (back.ci_low is None)
    if there.ci_low is not None:
        assert (there.ci_low, there.ci_high) == pytest.approx((1 - back.ci_high, 1 - back.ci_low), abs=1e-9)
        assert there.p_value == pytest.approx(back.p_value)
        mirrored = equivalence(there, margin=0.05), equivalence(back, margin=0.05)
        assert mirrored[0].p_a_not_worse == pytest.approx(mirrored[1].p_a_not_better)


@given(JUDGMENTS, st.randoms())
def test_the_order_of_judgments_and_the_names_of_raters_change_nothing(judged, random) -> None:
    scores = np.array([score for _, _, score in judged])
    shuffled = list(judged)
    random.shuffle(shuffled)
    found = _rate(judged, scores)
    other = win_rate([score for _, _, score in shuffled], items=[f"i{item}" for item, _, _ in shuffled],
                     raters=[f"r{rater}" for _, rater, _ in shuffled])
    assert other.win_rate == pytest.approx(found.win_rate)
    assert (other.standard_error or 0) == pytest.approx(found.standard_error or 0)


@given(JUDGMENTS)
def test_the_interval_holds_the_estimate_and_stays_in_zero_to_one(judged) -> None:
    found = _rate(judged, [score for _, _, score in judged])
    if found.ci_low is None:
        assert found.why_undefined
    else:
        assert 0 <= found.ci_low <= found.win_rate + 1e-12
        assert found.win_rate - 1e-12 <= found.ci_high <= 1
        assert 0 <= found.p_value <= 1


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc"), st.sampled_from([0.0, 0.5, 1.0])),
                min_size=8, max_size=40))
def test_swapping_all_sides_leaves_the_strengths_and_turns_the_side_effect(games) -> None:
    games = [(left, right, score) for left, right, score in games if left != right]
    if not games:
        return
    left, right, score = zip(*games, strict=True)
    there = fit_bradley_terry(left, right, score)
    back = fit_bradley_terry(right, left, [1 - value for value in score])
    for one, other in zip(there.strengths, back.strengths, strict=True):
        assert (one.log_strength is None) == (other.log_strength is None)
        if one.log_strength is not None:
            assert one.log_strength == pytest.approx(other.log_strength, abs=1e-6)
    if there.side is not None and back.side is not None:
        assert there.side.estimate == pytest.approx(-back.side.estimate, abs=1e-6)


# Few examples: statsmodels' multipletests collects garbage on each call.
@settings(deadline=None, max_examples=15)
@given(st.lists(st.integers(0, 1000).map(lambda n: n / 1000), min_size=1, max_size=12))
def test_adjusted_p_values_keep_their_order_and_never_shrink(p_values) -> None:
    by_holm, by_bh = holm(p_values), benjamini_hochberg(p_values)
    for adjusted in (by_holm, by_bh):
        assert all(new >= old - 1e-12 for old, new in zip(p_values, adjusted, strict=True))
        order = np.argsort(p_values, kind="stable")
        assert np.all(np.diff(np.array(adjusted)[order]) >= -1e-12)
    assert all(bh <= h + 1e-12 for bh, h in zip(by_bh, by_holm, strict=True))


@given(st.lists(st.floats(0, 1), max_size=30))
def test_the_next_bet_is_fair(outcomes) -> None:
    # Under the null a 0 and a 1 are equally likely: their mean e-value is the one before.
    before = e_process(outcomes).value
    after = [e_process([*outcomes, outcome]).value for outcome in (0.0, 1.0)]
    assert np.mean(after) == pytest.approx(before, rel=1e-9)


@given(JUDGMENTS, st.integers(1, 60), st.booleans())
def test_what_a_later_look_adds_changes_nothing_that_an_earlier_one_saw(judged, looked_after, timed) -> None:
    items = np.array([item for item, _, _ in judged])
    scores = np.array([score for _, _, score in judged])
    decided = np.arange(len(judged), dtype=float) if timed else np.full(len(judged), -np.inf)
    # The last judgment has no time: the file's order counts, and it comes last.
    decided[-1] = -np.inf
    early = by_arrival(scores[:looked_after], items[:looked_after], decided[:looked_after])
    late = by_arrival(scores, items, decided)
    assert late[:len(early)].tolist() == early.tolist()


@settings(deadline=None)
@given(WORDS, WORDS, st.booleans())
def test_rouge_is_the_packages_for_any_text(response, reference, stemmer) -> None:
    texts = " ".join(response), " ".join(reference)
    scorer = rouge_scorer.RougeScorer(list(ROUGE_KEYS), use_stemmer=stemmer)
    expected = scorer.score(texts[1], texts[0])
    found = rouge_scores([texts[0]], [texts[1]], stemmer=stemmer)
    for key in ROUGE_KEYS:
        assert found[key][0] == pytest.approx(expected[key].fmeasure, abs=1e-9)


def _newsroom_fragments(summary, text):
    """Grusky et al. 2018, figure 2, in its own words: lengths of the fragments."""
    lengths, i = [], 0
    while i < len(summary):
        best, j = 0, 0
        while j < len(text):
            if summary[i] == text[j]:
                run = 0
                while i + run < len(summary) and j + run < len(text) and summary[i + run] == text[j + run]:
                    run += 1
                best = max(best, run)
                j += run
            else:
                j += 1
        if best:
            lengths.append(best)
        i += max(best, 1)
    return lengths


@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=12),
       st.lists(st.sampled_from("abcd"), min_size=1, max_size=20))
def test_fragments_are_the_papers_and_coverage_is_the_share_of_shared_tokens(response, source) -> None:
    tokenizer = load_tokenizer("whitespace")
    texts = [" ".join(response)], [" ".join(source)]
    newsroom = copy_statistics(*texts, tokenizer=tokenizer, fragments="newsroom").values
    exact = copy_statistics(*texts, tokenizer=tokenizer, fragments="exact").values
    lengths = _newsroom_fragments(response, source)
    assert newsroom["coverage"][0] == pytest.approx(sum(lengths) / len(response))
    assert newsroom["density"][0] == pytest.approx(sum(length**2 for length in lengths) / len(response))
    # Coverage counts the response's tokens that the source has, however they are cut into fragments.
    share = np.mean([token in source for token in response])
    assert newsroom["coverage"][0] == pytest.approx(share)
    assert exact["coverage"][0] == pytest.approx(share)
    assert exact["novel_unigrams"][0] == pytest.approx(1 - share)
    runs = [k for k in range(1, len(response) + 1) for i in range(len(response) - k + 1)
            for j in range(len(source) - k + 1) if response[i:i + k] == source[j:j + k]]
    assert exact["longest_copied_span"][0] == max(runs, default=0)


@pytest.mark.slow
def test_coverage_and_false_alarms_of_the_primary_interval() -> None:
    # 200 items, 12 raters, 3 an item, as in the specification; the benchmark runs more studies.
    same = simulate_power(Design(win_rate=0.5, n_items=200), np.random.default_rng(0), simulations=1000)
    assert 0.93 <= same.coverage <= 0.97
    assert 0.03 <= same.different <= 0.07
