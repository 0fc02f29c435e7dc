"""The tokens around each text in a query: the tokenizer's first token, and the task's prefix and suffix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from harness.tasks.spec import TaskSpec
from harness.tasks.text_tokens import beginning_tokens, encode


@dataclass(frozen=True)
class QueryFrame:
    """Token ids. beginning: a Llama's BOS, nothing for a GPT-2. prefix, suffix: empty in a continuation."""

    beginning: tuple[int, ...]
    prefix: tuple[int, ...]
    suffix: tuple[int, ...]

    @staticmethod
    def of(tokenizer: Any, *, prefix: str = "", suffix: str = "") -> QueryFrame:
        return QueryFrame(beginning_tokens(tokenizer), *(tuple(encode(tokenizer, [text])[0]) if text else ()
                                                         for text in (prefix, suffix)))

    def __len__(self) -> int:
        return len(self.beginning) + len(self.prefix) + len(self.suffix)

    def complete(self, bare: Sequence[int]) -> tuple[int, ...]:
        """The query of a bare text. Its beginning is not doubled where it has one already."""
        own = tuple(bare)
        if own[:len(self.beginning)] == self.beginning:
            own = own[len(self.beginning):]
        return self.beginning + self.prefix + own + self.suffix

    def bare(self, query: Sequence[int]) -> tuple[int, ...]:
        """The text of a query that has this frame."""
        return tuple(query)[len(self.beginning) + len(self.prefix):len(query) - len(self.suffix)]


def frame_of(task: TaskSpec, tokenizer: Any) -> QueryFrame:
    """The frame of a task's queries. A continuation has neither prefix nor suffix."""
    if task.kind == "continuation":
        return QueryFrame.of(tokenizer)
    return QueryFrame.of(tokenizer, prefix=task.prefix, suffix=task.suffix)
