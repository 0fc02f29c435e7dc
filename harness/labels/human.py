"""Labels from people: tasks go to the rating store, and the choices made in the app come back."""

from __future__ import annotations

from collections.abc import Sequence

from harness.ratings.store import RatingStore, open_store
from harness.records import LabelTask

DEFAULT_TITLE = "Which text is best?"
DEFAULT_INSTRUCTIONS = (
    "You see the beginning of a text and several ways it might go on. Choose the one that is best overall. "
    "Where two seem equally good, take the one you would rather read. Skip a task you cannot judge; it comes back "
    "at the end. If a task itself is broken (empty, unreadable, nonsense in the question), flag it.")


class HumanLabeler:
    """A labeler that is people: `choose` never waits, it says which choices are there already.

    queue: the name of the label queue, one for each study and data set. Candidates are shown to each labeler in
    an order shuffled by task; what comes back are indices into the task's own candidates.
    """

    def __init__(self, queue: str, *, store: RatingStore | None = None, title: str = DEFAULT_TITLE,
                 instructions: str = DEFAULT_INSTRUCTIONS, agreement_share: float = 0.05) -> None:
        self.queue = queue
        self._store = store or open_store()
        self._title, self._instructions = title, instructions
        self._agreement_share = agreement_share

    def choose(self, tasks: Sequence[LabelTask], *, seed: int) -> list[int | None]:
        """The best candidate of each task, None where nobody has chosen yet. New tasks enter the queue."""
        self._store.publish_label_tasks(self.queue, tasks, title=self._title, instructions=self._instructions,
                                        seed=seed, agreement_share=self._agreement_share)
        labels = self._store.labels(self.queue)
        return [labels.get(task.id) for task in tasks]

    def retired(self) -> frozenset[str]:
        """The ids of tasks that the owner took out as broken; they will never have a label."""
        return self._store.retired_tasks(self.queue)
