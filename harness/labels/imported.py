"""Reads label files and checks every row: JSONL of texts, or the JSON lists of token ids released with the paper."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Literal, TypeVar

from harness.errors import InputError
from harness.tasks.text_tokens import beginning_tokens, encode

LabelFormat = Literal["texts", "token_ids"]
T = TypeVar("T")


@dataclass(frozen=True)
class ImportedLabel:
    """query and candidates: token ids without padding. best: index of the labeler's choice."""

    query: tuple[int, ...]
    candidates: tuple[tuple[int, ...], ...]
    best: int


def check_labels(path: Path, form: LabelFormat, *, candidates: int, budget: int, vocabulary: int | None) -> None:
    """Raises InputError for what is wrong with the first `budget` labels whatever the tokenizer is: their form, their
    fields, their number. vocabulary: the most entries it can have, which ids are held against; None where not known.
    """
    rows: Iterator[object] = (_text_rows(path, candidates) if form == "texts" else
                              _id_labels(path, math.inf if vocabulary is None else vocabulary, candidates))
    _first(rows, budget, path)


def read_labels(path: Path, form: LabelFormat, tokenizer: Any, *, candidates: int, budget: int,
                longest: int) -> list[ImportedLabel]:
    """The first `budget` labels of a file. Raises InputError with the row (its line, or its index from 0) and the cure.

    longest: the tokens of a response. A longer candidate is refused: people chose it for all that it says.

    texts: a line is {"query": text, "candidates": [k texts], "best": 0..k-1}. token_ids: one JSON list of
    {"query": ids, "sample0": ids, ..., "best"}; ids past the vocabulary are padding, and must all be the same id.
    """
    return _first(_text_labels(path, tokenizer, candidates, longest) if form == "texts" else
                  _id_labels(path, len(tokenizer), candidates, longest), budget, path)


def _first(rows: Iterator[T], budget: int, path: Path) -> list[T]:
    found = list(islice(rows, budget))
    if len(found) < budget:
        raise InputError(f"the budget of {budget} is larger than the {len(found)} labels there are", file=str(path),
                         key="labels.budgets",
                         cure=f"Ask for {len(found)} or fewer." if found else "Give a file with labels.")
    return found


def _text_labels(path: Path, tokenizer: Any, count: int, longest: int) -> Iterator[ImportedLabel]:
    first = beginning_tokens(tokenizer)
    for number, query, texts, best in _text_rows(path, count):
        ids = encode(tokenizer, [query, *texts])
        _check_lengths(ids[1:], longest, path, line=number)
        yield ImportedLabel(first + tuple(ids[0]), tuple(tuple(row) for row in ids[1:]), best)


def _text_rows(path: Path, count: int) -> Iterator[tuple[int, str, list[str], int]]:
    """(line, query, candidates, best) of each label."""
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if line.lstrip().startswith(b"["):
                raise InputError("a list stands here, where each label is a line of its own", file=str(path),
                                 line=number, key="labels.format",
                                 cure="Write one {...} a line; the paper's lists have the format token_ids.")
            if line.strip():
                yield number, *_checked_texts(_parsed(line, path, number), path, number, count)


def _parsed(line: bytes, path: Path, number: int) -> Any:
    try:
        row = json.loads(line.decode("utf-8"))
        # Half a surrogate pair ("\ud800") parses, but no tokenizer takes it.
        json.dumps(row, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise InputError(f"not a line of JSON in UTF-8 ({error})", file=str(path), line=number,
                         cure="Mend or remove the line.") from None
    return row


def _checked_texts(row: Any, path: Path, number: int, count: int) -> tuple[str, list[str], int]:
    if not isinstance(row, dict) or not isinstance(row.get("query"), str) or not row["query"].strip():
        raise InputError("the line needs a text under 'query'", file=str(path), line=number, key="query",
                         cure='Write {"query": ..., "candidates": [...], "best": ...}.')
    texts = row.get("candidates")
    if not isinstance(texts, list) or len(texts) != count or not all(isinstance(text, str) and text for text in texts):
        raise InputError(f"'candidates' must be {count} texts", file=str(path), line=number, key="candidates",
                         cure="Mend the line, or set labels.candidates.")
    return row["query"], texts, _checked_best(row.get("best"), count, path, line=number)


def _checked_best(best: Any, count: int, path: Path, *, line: int | None = None, index: int | None = None) -> int:
    if isinstance(best, bool) or not isinstance(best, int) or not 0 <= best < count:
        where = "" if index is None else f"label {index}: "
        raise InputError(f"{where}'best' must be one of 0..{count - 1}, not {best!r}", file=str(path), line=line,
                         key="best", cure="Mend the label.")
    return best


def _check_lengths(candidates: Sequence[Sequence[int]], longest: int, path: Path, *, line: int | None = None,
                   index: int | None = None) -> None:
    most = max(map(len, candidates))
    if most > longest:
        where = "" if index is None else f"label {index}: "
        raise InputError(f"{where}a candidate has {most} tokens, and a response at most {longest}", file=str(path),
                         line=line, key="labels.path",
                         cure="Is it another task's file? Else set task.response.tokens, or leave the label out.")


def _id_labels(path: Path, size: float, count: int, longest: int | None = None) -> Iterator[ImportedLabel]:
    """size: the tokenizer's entries, or the most it can have; then an id below may still be padding, and no length is
    known.
    """
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise InputError(f"not a JSON file in UTF-8 ({error})", file=str(path),
                         line=getattr(error, "lineno", None), cure="Give the released file as it is.") from None
    if not isinstance(rows, list):
        raise InputError("the file must hold one JSON list of labels", file=str(path), cure="Give the released file.")
    padding: set[int] = set()
    names = ("query", *(f"sample{i}" for i in range(count)))
    for index, row in enumerate(rows):
        sequences = [_checked_ids(row, name, path, index) for name in names]
        if f"sample{count}" in row:  # the best of more is not the best of these
            raise InputError(f"label {index}: there are more than {count} samples", file=str(path),
                             key=f"sample{count}", cure="Set labels.candidates to the number of samples.")
        padding |= {token for ids in sequences for token in ids if token >= size}
        if len(padding) > 1:
            raise InputError(
                f"label {index}: token ids {', '.join(map(str, sorted(padding)))} are past the tokenizer's {size} "
                "entries, and only one id can be padding", file=str(path), key="labels.path",
                cure="These labels were made with another tokenizer; use that one's base model.")
        best = _checked_best(row.get("best"), count, path, index=index)
        query, *samples = (_without_padding(ids, size, name, path, index)
                           for name, ids in zip(names, sequences, strict=True))
        if not query or not all(samples):
            raise InputError(f"label {index}: a query or sample has no token but {min(padding)}, which is past the "
                             f"tokenizer's {size} entries, as only padding is", file=str(path), key="labels.path",
                             cure="Mend or remove the label; another tokenizer's need that one's base model.")
        if longest is not None:
            _check_lengths(samples, longest, path, index=index)
        yield ImportedLabel(query, tuple(samples), best)


def _checked_ids(row: Any, name: str, path: Path, index: int) -> Sequence[int]:
    if isinstance(row, dict) and name not in row:
        raise InputError(f"label {index}: there is no '{name}'", file=str(path), key=name,
                         cure="Mend the label, or set labels.candidates to the number of samples.")
    ids = row.get(name) if isinstance(row, dict) else None
    if not isinstance(ids, list) or not ids or not all(type(token) is int and token >= 0 for token in ids):
        raise InputError(f"label {index}: '{name}' must be a list of token ids", file=str(path), key=name,
                         cure="Mend the label.")
    return ids


def _without_padding(ids: Sequence[int], size: float, name: str, path: Path, index: int) -> tuple[int, ...]:
    """The tokens between the padding at either end. Raises InputError for padding among them."""
    at = [place for place, token in enumerate(ids) if token < size]
    if at and at[-1] - at[0] >= len(at):
        raise InputError(f"label {index}: padding stands between the tokens of '{name}'", file=str(path), key=name,
                         cure="Mend or remove the label.")
    return tuple(ids[place] for place in at)
