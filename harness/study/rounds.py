"""Which labels and which PPO batches each round of online collection has."""

from __future__ import annotations

from dataclasses import dataclass

from harness.algorithms.schedules import online_labels
from harness.study.parts import OnlineSettings
from harness.training.settings import PPOSettings


@dataclass(frozen=True)
class Round:
    """labels: how many its reward model is fitted to, the earlier rounds' among them. PPO batches start .. stop−1."""

    number: int
    labels: int
    start: int
    stop: int

    def __str__(self) -> str:
        """As it stands behind a stage's name, counted from 1."""
        return f" round {self.number + 1}"


def online_rounds(budget: int, *, online: OnlineSettings, ppo: PPOSettings) -> tuple[Round, ...]:
    """Rounds evenly spaced in episodes, with l(n) labels at the episode n where each begins (Ziegler 2.3).

    The last round takes the whole budget: what the schedule would still ask for while it trains could not train a
    reward model any more, and an online arm has as many labels as an offline one.
    """
    updates, rounds = ppo.updates, online.rounds
    starts = [number * updates // rounds for number in range(rounds)]
    first = initial_labels(budget, online)
    labels = [round(online_labels(start * ppo.batch_size, initial=first, total=budget,
                                  episodes=updates * ppo.batch_size)) for start in starts[:-1]]
    return tuple(Round(number=number, labels=count, start=start, stop=stop) for number, (count, start, stop)
                 in enumerate(zip([*labels, budget], starts, [*starts[1:], updates], strict=True)))


def initial_labels(budget: int, online: OnlineSettings) -> int:
    """N₀, at least 2. One round is offline collection: it begins with the whole budget."""
    return budget if online.rounds == 1 else max(2, round(online.initial_share * budget))
