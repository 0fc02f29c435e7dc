"""How much of a response is copied from its source, and from where ('smart copier').

Fragments: Grusky et al. 2018 (Newsroom). N-gram novelty: See et al. 2017. First three words and preambles:
Ziegler et al. 2019, section 4.2.
Both texts must be what the model saw: a source cut at 500 tokens is cut for the measure too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from harness.statistics.resampling import mean_of_defined
from harness.text.tokenization import SENTENCE_RULES, Sentence, Tokenizer, load_tokenizer, split_sentences

FloatArray = NDArray[np.float64]
FragmentRule = Literal["newsroom", "exact"]

COPYING_KEYS = ("novel_unigrams", "novel_bigrams", "novel_trigrams", "novel_4grams", "novel_sentences",
                "coverage", "density", "compression", "longest_copied_span", "copied_sentences",
                "lead_copied")
SHARES = frozenset(COPYING_KEYS) - {"density", "compression", "longest_copied_span"}
"""Those that lie between 0 and 1."""
_NOVEL_KEYS = COPYING_KEYS[:4]

_TLDR_PREAMBLE = re.compile(r"\s*(?:hi|hello|hey|ok|okay|so)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Fragment:
    """A run of `length` tokens that stands at both places (positions in tokens)."""

    response_start: int
    source_start: int
    length: int


@dataclass(frozen=True)
class CopyStatistics:
    """Per-text measures of n responses. NaN in an array: the measure is undefined for that text.

    values: {key: (n,)} with the keys of `COPYING_KEYS`; shares in [0, 1], the longest span in tokens. Novel
    n-grams there are counted by token (each occurrence); distinct_ngrams: the same by distinct n-gram.
    first_three_words: (n,) 1 where the response opens with the source's first three words.
    copied_from: for each text the source sentences (0-based) that its copied sentences are.
    source_sentences: (n,) how many sentences the source has.
    preambles: whether each source opens with a preamble, None where nobody can tell.
    """

    values: dict[str, FloatArray]
    distinct_ngrams: dict[str, FloatArray]
    first_three_words: FloatArray
    copied_from: tuple[tuple[int, ...], ...]
    source_sentences: NDArray[np.int64]
    preambles: tuple[bool | None, ...]
    settings: dict[str, str]

    def take(self, rows: slice) -> CopyStatistics:
        """The measures of these texts alone."""
        return replace(
            self, values={key: known[rows] for key, known in self.values.items()},
            distinct_ngrams={key: known[rows] for key, known in self.distinct_ngrams.items()},
            first_three_words=self.first_three_words[rows], copied_from=self.copied_from[rows],
            source_sentences=self.source_sentences[rows], preambles=self.preambles[rows])

    @property
    def copied_positions(self) -> FloatArray:
        """(copied sentences,) where in its source each stands: 0 is the first sentence, 1 the last."""
        places = [index / max(count - 1, 1) for indices, count
                  in zip(self.copied_from, self.source_sentences, strict=True) for index in indices]
        return np.array(places, dtype=np.float64)

    def first_three_rate(self, *, preamble: bool | None = None) -> float | None:
        """Share of responses that open with the source's first three words; None where there is no such
        text.

        preamble: only sources with (True) or without (False) a preamble; None takes all.
        """
        chosen = np.array([preamble is None or known is preamble for known in self.preambles], dtype=bool)
        return mean_of_defined(self.first_three_words[chosen])


def copy_statistics(responses: Sequence[str], sources: Sequence[str], *, tokenizer: Tokenizer | None = None,
                    preambles: Sequence[bool | None] | None = None, fragments: FragmentRule = "newsroom",
                    cut_off: bool | Sequence[bool] = True) -> CopyStatistics:
    """The measures of copying for each response against its source.

    fragments: `newsroom` gives the published code's numbers, `exact` finds the longest match at each
    place. cut_off: a last sentence without a closing mark was cut off and is not a sentence; False for
    texts that people wrote to their end, or one for each. Undefined, and NaN: n-grams of a response shorter than n,
    sentence measures of one without a whole sentence, everything of an empty one. Raises ValueError where
    lengths differ.
    """
    if len(responses) != len(sources) or (preambles is not None and len(preambles) != len(responses)):
        raise ValueError("responses, sources and preambles must be equally many")
    tokenizer = tokenizer or load_tokenizer()
    n = len(responses)
    may_be_cut = [cut_off] * n if isinstance(cut_off, bool) else cut_off
    values = {key: np.full(n, np.nan) for key in COPYING_KEYS}
    distinct = {key: np.full(n, np.nan) for key in _NOVEL_KEYS}
    first_three = np.full(n, np.nan)
    copied_from: list[tuple[int, ...]] = [()] * n
    n_sentences = np.zeros(n, dtype=np.int64)
    # Arms share their sources: each source is prepared once, and only one is in memory.
    for source_text, rows in _rows_by_text(sources).items():
        source = _Source(source_text, tokenizer)
        n_sentences[rows] = len(source.sentences)
        for row in rows:
            tokens = tokenizer.tokens(responses[row])
            if not tokens:
                continue
            longest = _longest_matches(tokens, source.positions)
            _fill_ngrams(values, distinct, row, tokens, longest)
            _fill_fragments(values, row, tokens, source, _fragments(tokens, source, longest, fragments))
            values["longest_copied_span"][row] = max(longest)
            if len(source.first_words) == 3:
                first_three[row] = float(_first_words(tokens) == source.first_words)
            copied_from[row] = _fill_sentences(values, row, responses[row], source, tokenizer,
                                               may_be_cut[row])
    settings = {"tokenizer": tokenizer.rules, "sentences": SENTENCE_RULES, "fragments": fragments,
                "novel_ngrams": "counted by token; the distinct count stands beside it"}
    known = tuple(preambles) if preambles is not None else (None,) * n
    return CopyStatistics(values, distinct, first_three, tuple(copied_from), n_sentences, known, settings)


def copied_fragments(response: str, source: str, *, tokenizer: Tokenizer | None = None,
                     fragments: FragmentRule = "exact") -> list[Fragment]:
    """The extractive fragments of one response, in order: what a page highlights."""
    tokenizer = tokenizer or load_tokenizer()
    tokens, prepared = tokenizer.tokens(response), _Source(source, tokenizer)
    return _fragments(tokens, prepared, _longest_matches(tokens, prepared.positions), fragments)


def lead(source: str, k: int) -> str:
    """The source's first k sentences as they stand there (all of it where it has fewer)."""
    sentences = split_sentences(source)[:k]
    return source[sentences[0].start:sentences[-1].end] if sentences else ""


def random_sentences(source: str, n_tokens: int, rng: np.random.Generator, *,
                     tokenizer: Tokenizer | None = None) -> str:
    """Random sentences of the source, in its order, about n_tokens long: the length-matched control.

    Sentences are drawn without replacement; the last one stays where it brings the length nearer to
    n_tokens.
    """
    tokenizer = tokenizer or load_tokenizer()
    sentences = split_sentences(source)
    chosen: list[int] = []
    length = 0
    for index in rng.permutation(len(sentences)):
        added = len(tokenizer.tokens(sentences[index].text))
        if chosen and abs(length + added - n_tokens) >= abs(length - n_tokens):
            break
        chosen.append(int(index))
        length += added
    return " ".join(sentences[index].text for index in sorted(chosen))


def has_preamble(source: str, rule: Literal["tldr", "cnndm"]) -> bool:
    """Whether the source opens with something other than its news (Ziegler 4.2).

    `tldr`: begins with hi, hello, hey, ok, okay or so. `cnndm`: a colon within the first three words.
    """
    if rule == "tldr":
        return _TLDR_PREAMBLE.match(source) is not None
    return any(":" in word for word in source.split(maxsplit=3)[:3])


def _rows_by_text(texts: Iterable[str]) -> dict[str, list[int]]:
    rows: dict[str, list[int]] = {}
    for row, text in enumerate(texts):
        rows.setdefault(text, []).append(row)
    return rows


class _Source:
    """A source, ready to be compared: its tokens, where each token stands, and its sentences as compared."""

    def __init__(self, text: str, tokenizer: Tokenizer) -> None:
        self.tokens = tokenizer.tokens(text)
        self.first_words = _first_words(self.tokens)
        self.positions: dict[str, list[int]] = {}
        for position, token in enumerate(self.tokens):
            self.positions.setdefault(token, []).append(position)
        self.sentences = _comparable(split_sentences(text), tokenizer)
        self.sentence_index: dict[tuple[str, ...], int] = {}
        for index, sentence in enumerate(self.sentences):
            self.sentence_index.setdefault(sentence, index)


def _first_words(tokens: list[str]) -> list[str]:
    """The first three tokens that are words, not marks."""
    return list(islice(filter(_is_word, tokens), 3))


def _is_word(token: str) -> bool:
    return token.isalnum() or any(map(str.isalnum, token))


def _comparable(sentences: Iterable[Sentence], tokenizer: Tokenizer) -> list[tuple[str, ...]]:
    """Sentences as tokens without the marks at either end: a quote or a '!' does not make a copy new."""
    result = []
    for sentence in sentences:
        tokens = tokenizer.tokens(sentence.text)
        start, end = 0, len(tokens)
        while start < end and not _is_word(tokens[start]):
            start += 1
        while end > start and not _is_word(tokens[end - 1]):
            end -= 1
        result.append(tuple(tokens[start:end]))
    return result


def _longest_matches(tokens: list[str], positions: dict[str, list[int]]) -> list[int]:
    """For each place in the response: how many tokens from there on stand together in the source."""
    longest = [0] * len(tokens)
    # {place in the source: how many tokens agree}, for one place at a time: for all of them it grows with both lengths.
    following: dict[int, int] = {}
    for place in range(len(tokens) - 1, -1, -1):
        following = {at: following.get(at + 1, 0) + 1 for at in positions.get(tokens[place], ())}
        longest[place] = max(following.values(), default=0)
    return longest


def _fragments(tokens: list[str], source: _Source, longest: list[int], rule: FragmentRule) -> list[Fragment]:
    """Greedy longest matches from left to right (Grusky et al. 2018, section 4.1), the first of equals."""
    match = _newsroom_match if rule == "newsroom" else _exact_match
    found = []
    place = 0
    while place < len(tokens):
        if longest[place]:
            found.append(match(tokens, source, place, longest[place]))
        place += found[-1].length if longest[place] else 1
    return found


def _exact_match(tokens: list[str], source: _Source, place: int, longest: int) -> Fragment:
    words = tokens[place:place + longest]
    at = next(at for at in source.positions[tokens[place]] if source.tokens[at:at + longest] == words)
    return Fragment(place, at, longest)


def _newsroom_match(tokens: list[str], source: _Source, place: int, longest: int) -> Fragment:
    """The published code goes on behind each match it tries, and misses one that starts inside."""
    best_at, best, free_from, end = -1, 0, 0, len(source.tokens)
    for at in source.positions[tokens[place]]:
        if at < free_from:
            continue
        length = 1
        while length < longest and at + length < end and source.tokens[at + length] == tokens[place + length]:
            length += 1
        free_from = at + length
        if length > best:
            best_at, best = at, length
    return Fragment(place, best_at, best)


def _fill_ngrams(values: dict[str, FloatArray], distinct: dict[str, FloatArray], row: int, tokens: list[str],
                 longest: list[int]) -> None:
    for n, key in enumerate(_NOVEL_KEYS, start=1):
        places = range(len(tokens) - n + 1)
        if len(places) == 0:
            continue
        # An n-gram stands in the source where at least n tokens agree.
        values[key][row] = sum(longest[place] < n for place in places) / len(places)
        novel = {tuple(tokens[place:place + n]): longest[place] < n for place in places}
        distinct[key][row] = sum(novel.values()) / len(novel)


def _fill_fragments(values: dict[str, FloatArray], row: int, tokens: list[str], source: _Source,
                    fragments: list[Fragment]) -> None:
    values["coverage"][row] = sum(fragment.length for fragment in fragments) / len(tokens)
    values["density"][row] = sum(fragment.length**2 for fragment in fragments) / len(tokens)
    values["compression"][row] = len(source.tokens) / len(tokens)


def _fill_sentences(values: dict[str, FloatArray], row: int, response: str, source: _Source,
                    tokenizer: Tokenizer, cut_off: bool) -> tuple[int, ...]:
    whole = [sentence for sentence in split_sentences(response) if sentence.complete or not cut_off]
    sentences = _comparable(whole, tokenizer)
    if not sentences:
        return ()
    index = source.sentence_index
    copied = tuple(index[sentence] for sentence in sentences if sentence in index)
    values["copied_sentences"][row] = len(copied) / len(sentences)
    values["novel_sentences"][row] = 1.0 - len(copied) / len(sentences)
    values["lead_copied"][row] = float(source.sentences[:len(sentences)] == sentences)
    return copied
