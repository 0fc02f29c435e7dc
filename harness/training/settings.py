"""The settings of reward model, PPO, language-model training, responses and computing.

Plain dataclasses, so that a study file and a bare GPU machine share them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

_MOST_EPOCHS = 10_000
"""A training of more never ends."""
_MOST_STEPS = 1_000_000_000
"""And none of more steps, or episodes."""
MOST_RATE = 1e30
"""A learning rate. At a step Adam moves each weight by about as much, and single precision ends at 3.4e38. What is too
large for a model is found by its training, which diverges.
"""


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise ValueError(message)


def _require_rate(rate: float) -> None:
    _require(0 < rate <= MOST_RATE, f"learning_rate must be positive and at most {MOST_RATE:g}, not {rate}")


def _require_micro_batch(size: int | None) -> None:
    _require(size is None or size >= 1, f"micro_batch must be 1 or more, not {size}")


@dataclass(frozen=True, kw_only=True)
class ComputeSettings:
    """What models are computed with, in every stage that trains or samples.

    device: `auto` takes a GPU where there is one. precision: `bf16` multiplies matrices in bfloat16; weights that are
    trained, Adam's moments, gradients summed over micro-batches, softmax, log-probabilities and losses stay in single
    precision. checkpoint_activations: keep one tensor a layer for the backward pass and compute the rest again,
    which takes a third more time.
    """

    device: Literal["auto", "cpu", "cuda"] = "auto"
    precision: Literal["fp32", "bf16"] = "fp32"
    checkpoint_activations: bool = False


DEFAULT_COMPUTE = ComputeSettings()


@dataclass(frozen=True, kw_only=True)
class EndRule:
    """When a response ends (method: response rules): after the first `end` at or after position `truncate_after`.

    tokens: how many tokens are sampled, always all of them. end: the text of one token. truncate_after: counted in
    tokens from 0. penalty: the score of a response that never ends.
    """

    tokens: int = 24
    end: str = "."
    truncate_after: int = 16
    penalty: float = -1.0

    def __post_init__(self) -> None:
        _require(self.tokens >= 1, f"tokens must be 1 or more, not {self.tokens}")
        _require(bool(self.end), "end is empty, and no response could end with it")
        _require(0 <= self.truncate_after < self.tokens,
                 f"truncate_after must be in 0..{self.tokens - 1}, not {self.truncate_after}")


@dataclass(frozen=True, kw_only=True)
class LanguageModelFitSettings:
    """Language-model training: pretraining from scratch, domain tuning, supervised fine-tuning.

    steps, or epochs over the given data (one of the two). schedule: what the learning rate does after warm-up.
    """

    learning_rate: float = 1e-3
    batch_size: int = 32
    steps: int | None = None
    epochs: float | None = None
    warmup: float = 0.05
    schedule: Literal["cosine", "linear", "constant"] = "cosine"
    weight_decay: float = 0.0
    dropout: float = 0.0
    clip_gradient: float = 1.0

    def __post_init__(self) -> None:
        _require((self.steps is None) != (self.epochs is None), "give exactly one of steps and epochs")
        _require_rate(self.learning_rate)
        _require(self.batch_size >= 1, f"batch_size must be 1 or more, not {self.batch_size}")
        _require(self.steps is None or 1 <= self.steps <= _MOST_STEPS,
                 f"steps must be in 1..{_MOST_STEPS}, not {self.steps}")
        _require(self.epochs is None or 0 < self.epochs <= _MOST_EPOCHS,
                 f"epochs must be positive and at most {_MOST_EPOCHS:,}, not {self.epochs}")
        _require(0 <= self.dropout < 1, f"dropout must be in [0, 1), not {self.dropout}")
        _require(self.weight_decay >= 0, f"weight_decay must not be negative, not {self.weight_decay}")
        _require(self.clip_gradient > 0, f"clip_gradient must be positive, not {self.clip_gradient}")
        _require(0 <= self.warmup <= 1, f"warmup is a share of the steps in [0, 1], not {self.warmup}")


@dataclass(frozen=True, kw_only=True)
class RewardFitSettings:
    """Reward-model training (Ziegler 2.2): one epoch, learning rate linearly to 0, Adam.

    validation_share: of its labels it is held against, where the study has no validation labels. micro_batch: labels
    read together, chosen by the model's size where None; it changes no gradient.
    """

    learning_rate: float = 1.77e-5
    batch_size: int = 8
    normalization_samples: int = 256
    normalize_before: bool = False
    validation_share: float = 0.02
    micro_batch: int | None = None

    def __post_init__(self) -> None:
        _require_rate(self.learning_rate)
        _require(self.batch_size >= 1, f"batch_size must be 1 or more, not {self.batch_size}")
        _require(self.normalization_samples >= 2,
                 f"normalization_samples must be 2 or more, not {self.normalization_samples}")
        _require(0 <= self.validation_share < 1, f"validation_share must be in [0, 1), not {self.validation_share}")
        _require_micro_batch(self.micro_batch)


@dataclass(frozen=True, kw_only=True)
class KLSettings:
    """The KL coefficient β. With a target it begins at `coefficient` and adapts (Ziegler 2.2); without one it stays."""

    coefficient: float = 0.15
    target: float | None = None
    horizon: int = 10_000

    def __post_init__(self) -> None:
        _require(self.coefficient >= 0, f"coefficient must not be negative, not {self.coefficient}")
        _require(self.target is None or self.target > 0, f"target must be positive, not {self.target}")
        _require(self.horizon >= 1, f"horizon must be 1 or more, not {self.horizon}")


@dataclass(frozen=True, kw_only=True)
class PPOSettings:
    """PPO on language (Ziegler 2.2, released train_policy.py). Defaults: the released code's style tasks.

    micro_batch: episodes read together, chosen by the model's size where None; it changes no gradient. snapshots: how
    many copies of the weights are held of the last two fifths of training, where policies are compared at a KL.
    """

    episodes: int = 1_000_000
    batch_size: int = 512
    minibatches: int = 1
    epochs: int = 4
    micro_batch: int | None = None
    learning_rate: float = 1e-5
    adam_epsilon: float = 1e-5
    gamma: float = 1.0
    lam: float = 0.95
    clip: float = 0.2
    clip_value: float = 0.2
    value_coefficient: float = 0.1
    whiten_rewards: bool = True
    kl: KLSettings = KLSettings()
    snapshots: int = 8

    def __post_init__(self) -> None:
        _require(2 <= self.snapshots <= 1000, f"snapshots must be in 2..1000, not {self.snapshots}")
        for name in ("episodes", "batch_size", "minibatches", "epochs"):
            _require(getattr(self, name) >= 1, f"{name} must be 1 or more, not {getattr(self, name)}")
        for name, most in (("epochs", _MOST_EPOCHS), ("episodes", _MOST_STEPS)):
            _require(getattr(self, name) <= most, f"{name} must be {most:,} or less, not {getattr(self, name)}")
        _require_rate(self.learning_rate)
        _require(self.episodes >= self.batch_size,
                 f"episodes ({self.episodes}) must be at least one batch ({self.batch_size})")
        _require(self.batch_size % self.minibatches == 0,
                 f"batch_size {self.batch_size} is not a multiple of minibatches {self.minibatches}")
        for name in ("clip", "clip_value", "adam_epsilon"):
            _require(getattr(self, name) > 0, f"{name} must be positive, not {getattr(self, name)}")
        _require(self.value_coefficient >= 0, f"value_coefficient must not be negative, not {self.value_coefficient}")
        _require_micro_batch(self.micro_batch)
        for name in ("gamma", "lam"):
            _require(0 <= getattr(self, name) <= 1, f"{name} must be in [0, 1], not {getattr(self, name)}")

    @property
    def updates(self) -> int:
        """How many batches are sampled; a last, smaller one is left out."""
        return self.episodes // self.batch_size
