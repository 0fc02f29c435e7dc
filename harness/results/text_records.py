"""Records of what the arms' texts are like: one arm's measures, intervals, copying and what it earns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.json_records import INLINE
from harness.records import ArmKey, Contrast
from harness.results.spelling import ARM_AND_BUDGET, ARM_BUDGET_AND_SEED, KIND_AND_BASELINE
from harness.statistics.resampling import MeanInterval


@dataclass(frozen=True)
class ArmMeasures:
    """One arm's responses to the test queries: means over them, to six decimals.

    arm, label_budget, seed: whose they are; budget and seed are null for a baseline. n_queries: how many. rouge: mean
    F-measure against the human text by measure (`rouge1`, `rouge2`, `rougeL`, `rougeLsum`), null without human texts.
    copying: mean of each measure of copying from the source, or from the query where there is no source, over the
    responses where it is defined. gold_score: by the gold scorer, without noise. reward_model_score: by the policy's
    own reward model. kl_to_reference: nats a response, to the policy that training started from. mean_tokens: of a
    response, null for texts that no model wrote. valid: the share that ends in time.
    """

    arm: ArmKey = field(metadata=ARM_BUDGET_AND_SEED)
    n_queries: int
    rouge: Mapping[str, float | None] | None
    copying: Mapping[str, float | None]
    gold_score: float
    reward_model_score: float | None
    kl_to_reference: float | None
    mean_tokens: float | None
    valid: float


@dataclass(frozen=True)
class CopyingDetails:
    """What the report shows of one arm's copying beside its means.

    copied_sentence_positions: how many copied sentences stand in each tenth of their source. copying_settings: the
    rules by which copying was measured.
    """

    copied_sentence_positions: tuple[int, ...]
    copying_settings: Mapping[str, str]


@dataclass(frozen=True)
class Measured:
    """measure.json, which the measure stage writes for one arm.

    entry: its row of `arms`. details: what the report shows beside it.
    """

    entry: ArmMeasures
    details: CopyingDetails


@dataclass(frozen=True)
class FirstThreeWords:
    """The share of texts that open with their source's first three words; null where there are no such texts.

    all: of all texts. with_preamble, without_preamble: of those whose source opens with a preamble, something other
    than its news; and of the others.
    """

    all: float | None
    with_preamble: float | None
    without_preamble: float | None


@dataclass(frozen=True)
class TextRow:
    """The texts of one budget of an arm, or of a baseline or control, the seeds together.

    arm, label_budget: whose they are. n_texts: how many. measures: each measure of ROUGE and copying, and `words`.
    difference: the paired difference of each from zero-shot on the same queries, null for zero-shot itself.
    first_three_words: how often a text opens as its source does.
    """

    arm: ArmKey = field(metadata=ARM_AND_BUDGET)
    n_texts: int
    measures: Mapping[str, MeanInterval]
    difference: Mapping[str, MeanInterval] | None
    first_three_words: FirstThreeWords


@dataclass(frozen=True)
class Growth:
    """One measure under the smallest and under the largest budget. `mean` and its interval are of the paired
    difference, largest less smallest, on the same queries and training seeds.

    smallest, largest: its mean under each budget.
    """

    smallest: float | None
    largest: float | None
    difference: MeanInterval = field(metadata=INLINE)


@dataclass(frozen=True)
class CopyingGrowth:
    """How more labels changed copying, for one kind of policy.

    arm: the kind of policy. smallest, largest: the two label budgets. measures: `novel_trigrams` and `novel_sentences`.
    """

    arm: str
    smallest: int
    largest: int
    measures: Mapping[str, Growth]


@dataclass(frozen=True)
class CopyingPreference:
    """The simulated judge's win rate for a policy's texts of one class, by `copied` and `accurate`. Budgets and seeds
    together.

    arm, baseline: the policy, and against whom. copied: whether `none`, `some` or `all` of a text's sentences are its
    source's. accurate: whether all its names and numbers stand in the source. n: how many judgments. win_rate, ci_low,
    ci_high: over the baseline, clustered by query. why_undefined: why there is no interval.
    """

    contrast: Contrast = field(metadata=KIND_AND_BASELINE)
    copied: str
    accurate: bool | None
    n: int
    win_rate: float | None
    ci_low: float | None
    ci_high: float | None
    why_undefined: str | None
