"""What the report says of the texts."""

from harness.reporting.texts import growth_sentence
from harness.results.text_records import CopyingGrowth, Growth
from harness.statistics.resampling import Bounds, MeanInterval
from tests.result_records import text_row


def test_a_change_in_copying_is_one_whose_interval_leaves_out_zero() -> None:
    none = MeanInterval(-0.3, None, None, "one article only: no interval")
    row = CopyingGrowth("rl", 100, 400, {
        "novel_trigrams": Growth(0.7, 0.325, none),
        "novel_sentences": Growth(0.7, 0.325, MeanInterval(-0.3, -0.4, -0.1, None, "procedure", Bounds(-0.35, -0.2))),
        "novel_unigrams": Growth(0.7, 0.8, MeanInterval(0.1, -0.1, 0.2))})
    beside = [text_row(arm, novel_trigrams=mean, novel_sentences=mean, novel_unigrams=mean)
              for arm, mean in (("zero_shot", 0.9), ("rl", 0.5), ("reference", 0.99))]
    others = "(beside it zero-shot 90.0%, reference 99.0%)"
    assert growth_sentence(row, beside) == (
        f"rl, from 100 to 400 labels: novel 3-grams went from 70.0% to 32.5%: no interval {others}; "
        f"novel sentences went from 70.0% to 32.5% (−30.0 points, −40.0 to −10.0; these runs −35.0 to −20.0): "
        f"more copying {others}; "
        f"novel 1-grams went from 70.0% to 80.0% (+10.0 points, −10.0 to +20.0; these policies only): "
        f"no change that can be told {others}.")
