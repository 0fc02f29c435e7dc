"""Turns imported labels into label tables, and label tables into files in the format released with the paper."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from harness.algorithms.responses import truncate
from harness.artifacts.label_table import LabelTable, query_rows
from harness.durable import replaced
from harness.labels.imported import ImportedLabel
from harness.records import PAD
from harness.tasks.query_frame import frame_of
from harness.tasks.spec import TaskSpec
from harness.tasks.text_tokens import single_token, strip_padding

_PADDING_PAST_VOCABULARY = 2
"""The released encoder's padding is its vocabulary's size plus 2 (released encodings.py): 50259 for GPT-2."""


def imported_table(labels: Sequence[ImportedLabel], task: TaskSpec, tokenizer: Any, *,
                   queries_are_bare: bool) -> LabelTable:
    """Labels as reward models are fitted to them: queries in the task's frame, candidates truncated like samples.

    A candidate that never ends stays whole, as people saw it. Bare queries that are too long lose their end where they
    are summarized, their beginning where they are continued.
    """
    rule, frame = task.response, frame_of(task, tokenizer)
    candidates = np.full((len(labels), len(labels[0].candidates), rule.tokens), PAD, dtype=np.int64)
    for index, label in enumerate(labels):
        for place, tokens in enumerate(label.candidates):
            candidates[index, place, :len(tokens)] = tokens
    end = single_token(tokenizer, rule.end, key="task.response.end")
    cut = truncate(torch.from_numpy(candidates), end_token=end,
                   truncate_after=rule.truncate_after).tokens.numpy().astype(np.int32)
    longest = task.query_tokens - (len(frame) if queries_are_bare else 0)
    kept = slice(None, longest) if task.kind == "summarization" and queries_are_bare else slice(-longest, None)
    queries = [frame.complete(label.query[kept]) if queries_are_bare else label.query[kept] for label in labels]
    return LabelTable(queries=query_rows(queries), candidates=cut,
                      best=np.array([label.best for label in labels], dtype=np.int64),
                      scores=np.full(cut.shape[:2], np.nan), rows=np.full(len(labels), -1))


def write_token_ids(path: Path, tables: Iterable[LabelTable], task: TaskSpec,
                    tokenizer: Any) -> None:
    """The tables as the released code reads them: bare queries and samples of one length each, padded on the right."""
    padding, frame = len(tokenizer) + _PADDING_PAST_VOCABULARY, frame_of(task, tokenizer)
    width = task.query_tokens - len(frame)

    def padded(tokens: Sequence[int], length: int) -> list[int]:
        return [*map(int, tokens), *[padding] * (length - len(tokens))]

    with replaced(path) as temporary, temporary.open("w", encoding="utf-8") as file:
        before = "[\n"
        for table in tables:
            for query, candidates, best in zip(table.queries, table.candidates, table.best, strict=True):
                samples = {f"sample{number}": padded(strip_padding(tokens), task.response.tokens)
                           for number, tokens in enumerate(candidates)}
                row = {"query": padded(frame.bare(strip_padding(query)), width), **samples, "best": int(best)}
                file.write(before + json.dumps(row))
                before = ",\n"
        file.write("\n]\n")
