"""Scorers: functions of (queries, responses) that simulate what people prefer. Named simulated wherever they show.

A scorer takes `queries: Sequence[Query]` and `responses: Sequence[str]` of equal length and returns one float each.
Any importable function of that form serves, written `module:function`, and any sequence classifier, `classifier:` and
its folder or hub name: the score is its log odds for the response alone.
"""

from __future__ import annotations

import importlib
import inspect
import re
from collections import Counter
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import TYPE_CHECKING

import numpy as np

from harness.errors import InputError
from harness.labels.descriptive_words import DESCRIPTIVE_WORDS
from harness.records import Query

if TYPE_CHECKING:
    from harness.models.classifiers import Classifier

Scorer = Callable[[Sequence[Query], Sequence[str]], np.ndarray]

CLASSIFIER = "classifier:"
"""Before the folder or hub name of a sequence classifier."""

_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?|\d[\d,.]*\d|\d")
_NAME_OR_NUMBER = re.compile(r"\b(?:[A-Z][a-z]+|\d[\d,.]*\d|\d)\b")
_FUNCTION_WORDS = frozenset("""a an and are as at be been but by for from had has have he her his i in is it its me my
not of on or our she so that the their them there they this to was we were which who will with you your after before
said also more than into about over under when while would could""".split())


def vader(queries: Sequence[Query], responses: Sequence[str]) -> np.ndarray:
    """Sentiment of the response: VADER's compound score, −1 (bleak) to 1 (joyful) (Hutto and Gilbert 2014)."""
    analyzer = _vader_analyzer()
    return np.array([analyzer.polarity_scores(response)["compound"] for response in responses])


@lru_cache(maxsize=1)
def _vader_analyzer():  # type: ignore[no-untyped-def]
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    return SentimentIntensityAnalyzer()


def descriptiveness(queries: Sequence[Query], responses: Sequence[str]) -> np.ndarray:
    """How much a response paints: different descriptive words and similes for each ten words, 0 to about 5."""
    return np.array([_descriptiveness(response) for response in responses])


def _descriptiveness(text: str) -> float:
    words = _WORD.findall(text.lower())
    if not words:
        return 0.0
    found = {word for word in words if word in DESCRIPTIVE_WORDS or (len(word) > 5 and word.endswith(("ous", "ish")))}
    similes = len(re.findall(r"\blike an? |\bas \w+ as\b", text.lower()))
    # Long empty responses must not win by one word, nor three-word ones by two.
    return 10.0 * (len(found) + similes) / max(len(words), 12)


def source_facts(queries: Sequence[Query], responses: Sequence[str]) -> np.ndarray:
    """Accuracy and coverage against the source, about −1 to 1.

    Coverage: the share of the source's facts that are mentioned (where facts are not given: of the names and numbers
    of its opening 60 words). Errors: names and numbers in the response that the source does not have, each costs 0.25.
    """
    return np.array([_source_facts(query, response) for query, response in zip(queries, responses, strict=True)])


def _source_facts(query: Query, response: str) -> float:
    source = query.source or query.text
    lowered = f" {' '.join(_WORD.findall(response.lower()))} "
    if query.facts:
        groups = [[f" {' '.join(_WORD.findall(wording.lower()))} " for wording in group] for group in query.facts]
    else:
        opening = " ".join(source.split()[:60])
        groups = [[f" {word.lower()} "] for word in dict.fromkeys(_NAME_OR_NUMBER.findall(opening))][:12]
    covered = sum(any(wording in lowered for wording in group) for group in groups) / max(len(groups), 1)
    return covered - 0.25 * min(invented_names(query, response), 4)


def invented_names(query: Query, response: str) -> int:
    """How many names and numbers of the response neither the source nor its facts have."""
    known = set(_WORD.findall((query.source or query.text).lower()))
    known |= {word for group in query.facts for wording in group for word in _WORD.findall(wording.lower())}
    return sum(name.lower() not in known for name in _names_and_numbers(response))


def _names_and_numbers(text: str) -> list[str]:
    """Capitalised words that do not merely begin a sentence, and numbers."""
    return [match.group() for match in _NAME_OR_NUMBER.finditer(text)
            if match.group()[0].isdigit() or not re.search(r"(?:^|[.!?]\W*)$", text[:match.start()])]


def reference_agreement(queries: Sequence[Query], responses: Sequence[str]) -> np.ndarray:
    """F1 of the content words shared with the reference summary, 0 to 1."""
    return np.array([_overlap(query.reference or "", response)
                     for query, response in zip(queries, responses, strict=True)])


def _overlap(reference: str, response: str) -> float:
    wanted, given = (Counter(word for word in _WORD.findall(text.lower()) if word not in _FUNCTION_WORDS)
                     for text in (reference, response))
    shared = sum((wanted & given).values())
    return 2.0 * shared / max(sum(wanted.values()) + sum(given.values()), 1)


def summary_quality(queries: Sequence[Query], responses: Sequence[str]) -> np.ndarray:
    """What a reader who checks facts wants: half source_facts, half reference_agreement."""
    return 0.5 * source_facts(queries, responses) + 0.5 * reference_agreement(queries, responses)


_BUILT_IN: dict[str, Scorer] = {
    function.__name__: function
    for function in (vader, descriptiveness, source_facts, reference_agreement, summary_quality)
}


def get_scorer(name: str) -> Scorer:
    """A built-in scorer by name, a classifier, or any `module:function`. Raises InputError with the names there are."""
    if name in _BUILT_IN:
        return _BUILT_IN[name]
    if name.startswith(CLASSIFIER):
        return _classifier_scorer(name.removeprefix(CLASSIFIER))
    module_name, colon, function_name = name.partition(":")
    if not colon:
        raise InputError(f"there is no scorer '{name}'", key="scorer",
                         cure=f"Choose from {', '.join(_BUILT_IN)}, or write module:function or classifier:FOLDER.")
    try:
        function = getattr(importlib.import_module(module_name), function_name)
    except (ImportError, AttributeError) as error:
        raise InputError(f"the scorer '{name}' cannot be imported ({error})", key="scorer",
                         cure="Write module:function, with the module on PYTHONPATH.") from None
    if not _takes_two(function):
        raise InputError(f"the scorer '{name}' is no function of two lists, queries and responses", key="scorer",
                         cure="Name a function that takes both and returns a number for each response.")
    return partial(_checked, name, function)


def _takes_two(function: object) -> bool:
    if not callable(function):
        return False
    try:
        inspect.signature(function).bind([], [])
    except TypeError:
        return False
    except ValueError:  # some that are written in C do not say what they take
        return True
    return True


def _checked(name: str, function: Scorer, queries: Sequence[Query], responses: Sequence[str]) -> np.ndarray:
    try:
        scores = np.asarray(function(queries, responses), dtype=float)
    except Exception as error:  # the user's own code
        raise InputError(f"the scorer '{name}' failed ({type(error).__name__}: {error})", key="scorer",
                         cure="Mend the function; it must return one finite number for each response.") from error
    found = f"an array of shape {scores.shape}" if scores.shape != (len(responses),) else "NaN or infinity among them"
    if scores.shape != (len(responses),) or not np.isfinite(scores).all():
        raise InputError(f"the scorer '{name}' must return one finite number for each of {len(responses)} responses, "
                         f"but returned {found}", key="scorer", cure="Mend the function.")
    return scores


def _classifier_scorer(path: str) -> Scorer:
    """Its weights are loaded with the first score, so that a name can be checked without them."""
    from harness.models.classifiers import check_classifier

    check_classifier(path)

    def score(queries: Sequence[Query], responses: Sequence[str]) -> np.ndarray:
        return _loaded_classifier(path).log_odds(responses)

    return score


@lru_cache(maxsize=2)
def _loaded_classifier(path: str) -> Classifier:
    from harness.models.classifiers import Classifier

    return Classifier.from_pretrained(path)
