"""Every text source keeps the same promises."""

from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict, ValidationError

from harness.tasks.sources import SPLITS, Document, TextSource
from tests.contract.text_sources import SOURCES, WITH_SUMMARIES, hub_of_books, text_split_by_digest

pytestmark = pytest.mark.usefixtures("datasets_alone")


@pytest.fixture(params=SOURCES)
def named(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, TextSource]:
    return request.param, SOURCES[request.param](tmp_path)


def some(source: TextSource, split: Any) -> list[Document]:
    return list(islice(source.documents(split), 300))


class TestContract:
    def test_a_sound_source_passes_its_check(self, named: tuple[str, TextSource]) -> None:
        named[1].check()

    def test_every_split_has_texts_and_the_same_ones_each_time(self, named: tuple[str, TextSource]) -> None:
        for split in SPLITS:
            documents = some(named[1], split)
            assert documents
            assert all(document.text.strip() for document in documents)
            assert documents == some(named[1], split)

    def test_no_text_is_in_two_splits(self, named: tuple[str, TextSource]) -> None:
        train, valid, test = ({document.text for document in some(named[1], split)} for split in SPLITS)
        assert not train & valid
        assert not train & test
        assert not valid & test

    def test_ids_are_unique_within_a_split(self, named: tuple[str, TextSource]) -> None:
        for split in SPLITS:
            ids = [document.id for document in some(named[1], split)]
            assert len(set(ids)) == len(ids)

    def test_length_counts_the_documents_or_is_endless(self, named: tuple[str, TextSource]) -> None:
        for split in SPLITS:
            length = named[1].length(split)
            assert len(some(named[1], split)) == (300 if length is None else length)

    def test_summaries_come_with_the_pairs_alone(self, named: tuple[str, TextSource]) -> None:
        name, source = named
        for document in some(source, "train"):
            assert (document.reference is not None) == (name in WITH_SUMMARIES)

    def test_a_source_is_a_strict_part_of_a_study(self, named: tuple[str, TextSource]) -> None:
        """Survives the way through a study file, and a typo in its keys does not."""
        kind = type(named[1])

        class Study(BaseModel):
            model_config = ConfigDict(frozen=True, extra="forbid")
            source: kind  # type: ignore[valid-type]

        written = Study(source=named[1]).model_dump()
        assert Study.model_validate(written).source == named[1]
        with pytest.raises(ValidationError, match="pathh"):
            Study.model_validate({"source": {**written["source"], "pathh": "x"}})


def test_a_book_is_cut_into_passages_after_the_split(tmp_path: Path) -> None:
    """No book is in two splits, and none loses a line."""
    source = hub_of_books(tmp_path)
    ids = {split: [document.id for document in source.documents(split)] for split in SPLITS}
    books = {split: {name.split("#")[0] for name in names} for split, names in ids.items()}
    assert sum(map(len, books.values())) == len(set.union(*books.values())) == 30
    assert min(len(ids[split]) / len(books[split]) for split in SPLITS) > 3
    text = "\n".join(document.text for split in SPLITS for document in source.documents(split))
    assert all(text.count(f"Line 7 of paragraph {number} has") == 1 for number in range(240))


def test_nothing_is_lost_or_doubled_by_the_split(tmp_path: Path) -> None:
    source = text_split_by_digest(tmp_path)
    text = "\n".join(document.text for split in SPLITS for document in source.documents(split))
    for number in range(80):
        assert text.count(f"Line 7 of paragraph {number} has") == 1
