"""The page of results.json says what the records say, and leaves out no key."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from harness.json_records import INLINE, is_inline, keys_of
from harness.results.document import meanings, page, records
from harness.results.people_records import PeopleResults
from harness.results.records import Results
from harness.statistics.equivalence import Equivalence

PAGE = Path(__file__).parents[3] / "docs" / "results-json.md"


def test_the_page_is_the_one_that_the_records_make() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run python -m harness.results.document"


def test_records_are_found_through_lists_objects_and_inlined_ones() -> None:
    assert records()[0] is Results
    assert {PeopleResults, Equivalence} <= set(records())


@pytest.mark.parametrize("record", records(), ids=lambda record: record.__name__)
def test_every_key_has_a_meaning(record: type) -> None:
    said = meanings(record)
    assert [key for key, _, part in keys_of(record) if not is_inline(part) and not said.get(key)] == []


@dataclass(frozen=True)
class _Inner:
    """Part of it. n: how many."""

    n: int


@dataclass(frozen=True)
class _Example:
    """An example.

    low, high: the interval: it may be
    null. name: whose. Something: else.
    """

    name: str
    low: float
    high: float
    inner: _Inner = field(metadata=INLINE)


def test_a_meaning_ends_where_the_next_key_begins() -> None:
    assert meanings(_Example) == {"low": "the interval: it may be null.", "high": "the interval: it may be null.",
                                  "name": "whose. Something: else."}
