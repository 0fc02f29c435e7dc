"""Simulated raters judge a whole study in a database of their own, to size it before people are paid.

Everything is as in earnest but the raters: assignment, gold items, repeats, exclusions, sealing, unblinding. What
comes out is marked simulated, and none of it enters the real store.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from harness.ratings.assignment import NoAssignment
from harness.ratings.database import Database, database_url
from harness.ratings.judging import Answers, Shown
from harness.ratings.progress import StudyInfo
from harness.ratings.protocol import ItemSet, StudyProtocol
from harness.ratings.store import RatingStore
from harness.ratings.unblinding import Unblinded
from harness.records import Choice, Contrast
from harness.seeds import numpy_generator


@dataclass(frozen=True)
class SimulatedRater:
    """How a simulated rater errs. care: how often a gold item is answered rightly. ties, skips: how often, on the
    items whose answer is not plain.

    left_bias: added to the chance of choosing left. item_spread: how much items differ around the win rate, from
    0 (every item alike) towards 1 (each item is certain one way or the other).
    """

    care: float = 0.95
    ties: float = 0.1
    skips: float = 0.02
    left_bias: float = 0.0
    item_spread: float = 0.3


@dataclass(frozen=True)
class Rehearsed:
    """A rehearsed study, closed and unblinded. minutes: the raters' simulated working time together."""

    study: StudyInfo
    unblinded: tuple[Unblinded, ...]
    store: RatingStore
    minutes: float


def rehearse(protocol: StudyProtocol, items: ItemSet, *, win_rates: Mapping[Contrast, float],
             raters: int, seed: int, folder: Path | None = None, rater: SimulatedRater | None = None) -> Rehearsed:
    """Walk the study with simulated raters.

    win_rates: the true win rate of each contrast over items, ties counted half; arms of which it says nothing are
    equal. folder: where the throw-away database lies, a temporary one by default.
    """
    where = folder or Path(tempfile.mkdtemp(prefix="rehearsal-"))
    clock = _Clock()
    database = Database(database_url(str(where / "rehearsal.db")), durable=False)
    database.migrate()
    database.hold()
    store = RatingStore(database, clock)
    study_id = store.publish_study(replace(protocol, simulated=True), items.items, items.key)
    habits = rater or SimulatedRater()
    chances = _item_chances(items, win_rates, habits, seed=seed)
    rater_ids = [store.add_rater(f"simulated-{number + 1:02d}", simulated=True) for number in range(raters)]
    for rater_id in rater_ids:
        store.consent(study_id, rater_id)
    working = set(rater_ids)
    rng = numpy_generator(seed, "raters")
    while working:
        for rater_id in [each for each in rater_ids if each in working]:
            held = store.next_assignment(study_id, rater_id)
            if isinstance(held, NoAssignment):
                working.discard(rater_id)
            else:
                _judge(store, rater_id, store.show(rater_id, held), chances, habits, clock, rng)
    store.close(study_id)
    unblinded = store.unblind_in_full(study_id)
    return Rehearsed(store.study(study_id), tuple(unblinded), store, clock.worked / 60)


class _Clock:
    """Simulated time: it passes when a rater reads."""

    def __init__(self) -> None:
        self.seconds, self.worked = 1_700_000_000.0, 0.0

    def __call__(self) -> float:
        return self.seconds

    def read_for(self, seconds: float) -> None:
        self.seconds += seconds
        self.worked += seconds


def _item_chances(items: ItemSet, win_rates: Mapping[Contrast, float], habits: SimulatedRater, *,
                  seed: int) -> dict[tuple[str, str], tuple[float, float]]:
    """For each item, by its two texts: the chance of a tie, and that a decided rater prefers the first text.

    A Beta around the pair's own rate keeps its mean exactly, however much the items differ.
    """
    rng = numpy_generator(seed, "items")
    chances: dict[tuple[str, str], tuple[float, float]] = {}
    for each in items.items:
        texts = (each.item.left_text, each.item.right_text)
        if each.expected is not None:
            chances[texts] = 0.0, habits.care if each.expected == Choice.LEFT else 1 - habits.care
        elif each.item.id in items.key.arms:
            shown = Contrast(*items.key.arms[each.item.id])
            rate = win_rates[shown] if shown in win_rates else 1 - win_rates.get(shown.turned, 0.5)
            decided = float(np.clip(0.5 + (rate - 0.5) / (1 - habits.ties), 1e-3, 1 - 1e-3))
            strength = (1 - habits.item_spread) / max(habits.item_spread, 1e-3)
            chances[texts] = habits.ties, float(rng.beta(decided * strength, (1 - decided) * strength))
        if texts in chances:
            ties, chance = chances[texts]
            chances[texts[1], texts[0]] = ties, 1 - chance
    return chances


def _judge(store: RatingStore, rater_id: str, shown: Shown, chances: Mapping[tuple[str, str], tuple[float, float]],
           habits: SimulatedRater, clock: _Clock, rng: np.random.Generator) -> None:
    words = sum(len(text.split()) for text in (shown.query_text, *shown.texts))
    clock.read_for(float(2 + words / 4 * rng.lognormal(0, 0.3)))
    if shown.stage == "ask":
        store.answer(rater_id, shown.id, revision=shown.revision, answers=Answers())
        return
    first, second = shown.texts
    ties, chance = chances[first, second]
    if ties and rng.random() < habits.skips:
        choice = Choice.SKIP
    elif rng.random() < ties:
        choice = Choice.TIE
    else:
        choice = Choice.LEFT if rng.random() < chance + habits.left_bias else Choice.RIGHT
    store.vote(rater_id, shown.id, revision=shown.revision, choice=choice.value)
